"""Debian's PostgreSQL, started by the tests for themselves: stopped, killed and frozen as they please."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
import ctypes
from functools import cached_property
import os
from pathlib import Path
import pwd
import random
import shutil
import signal
import subprocess
import time
from typing import Any, Final

import psycopg
from sqlalchemy import URL

USER: Final = "csj"
PASSWORD: Final = "s3cret/with:a@sign%"
"""A password that has to be quoted in an address."""

_LIBC: Final = ctypes.CDLL(None)
_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG
_UNTIL_READY: Final = 30.0


def find_programs() -> Path | None:
    """Where initdb and postgres are: of the newest release that is installed.

    ``POSTGRESQL_PROGRAMS`` names another folder: the same tests on another release, or with TimescaleDB.
    """
    if chosen := os.environ.get("POSTGRESQL_PROGRAMS"):
        return Path(chosen)
    releases = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    if releases:
        return releases[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class PostgresServer:
    """A PostgreSQL on a port of its own, in a folder of its own."""

    def __init__(
        self,
        programs: Path,
        folder: Path,
        *,
        durable: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """``durable``: as careful with its disk as it is by nature, for tests of just that.

        ``settings``: of the server, over those that tests need.
        """
        self._programs = programs
        self._folder = folder
        self._durable = durable
        self._settings = settings or {}
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def create(self) -> None:
        """Make its data folder."""
        self._folder.mkdir(exist_ok=True)
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (self._folder, secret):
                shutil.chown(path, **self._owner)
        subprocess.run(
            [
                self._programs / "initdb",
                *("--pgdata", self._folder / "data", "--username", USER, "--pwfile", secret),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=self._folder,
            **self._owner,
        )

    def start(self) -> None:
        """Start it, on the port it had, and wait until it answers."""
        assert self._process is None
        ends_at = time.monotonic() + _UNTIL_READY
        keeps_port = bool(self._port)
        while True:
            if not keeps_port:
                self._port = random.randrange(20_000, 32_000)
            self._process = self._launch()
            while self._process.poll() is None:
                with suppress(psycopg.OperationalError):
                    psycopg.connect(
                        self.url().render_as_string(hide_password=False).replace("+psycopg", "")
                    ).close()
                    return
                assert time.monotonic() < ends_at, self.log
                time.sleep(0.02)
            # somebody has the port, or what was killed is still about to go
            self._process = None
            assert time.monotonic() < ends_at, self.log
            time.sleep(0.05)

    def stop(self) -> None:
        """Let it end in order; connections are cut off."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it without a word, and those who serve its connections: they would notice a little later."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        self._end(signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.stop()
        self.start()

    def cut_off(self) -> None:
        """End all connections but one's own, whatever they are doing."""
        self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    @property
    def has_timescale(self) -> bool:
        """Whether TimescaleDB is installed in it."""
        return (self._programs.parent / "lib" / "timescaledb.so").exists()

    @property
    def is_running(self) -> bool:
        """Whether it was started and not ended."""
        return self._process is not None

    @property
    def log(self) -> str:
        """What it has written down."""
        return (self._folder / "log").read_text()

    def url(self, database: str = "postgres") -> URL:
        """The address of a database, password included."""
        return URL.create("postgresql+psycopg", USER, PASSWORD, "127.0.0.1", self._port, database)

    def create_database(self) -> str:
        """A new, empty database; its name."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, and cut off who still uses it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Do something as its administrator, outside a transaction."""
        with psycopg.connect(
            host="127.0.0.1", port=self._port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)

    @cached_property
    def _owner(self) -> Mapping[str, Any]:
        # PostgreSQL refuses to run as root
        if os.geteuid() != 0:
            return {}
        return {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid}

    def _launch(self) -> subprocess.Popen[bytes]:
        settings: dict[str, object] = {
            "port": self._port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._folder,
            "shared_buffers": "32MB",
            "max_connections": 40,
        }
        if self.has_timescale:
            settings |= {"shared_preload_libraries": "timescaledb", "timescaledb.telemetry_level": "off"}
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        settings |= self._settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / "postgres", "-D", self._folder / "data", *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                preexec_fn=_end_with_the_tests,  # noqa: PLW1509 - one call to the kernel, nothing of Python's
                **self._owner,
            )

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait()
        self._process = None


def _end_with_the_tests() -> None:
    """Not to outlive the tests when those are killed."""
    _LIBC.prctl(_DEATH_SIGNAL, signal.SIGQUIT)
