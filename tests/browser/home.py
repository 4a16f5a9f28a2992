"""The demo as browsers find it: a whole Home Assistant, started once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import signal
import socket
import subprocess
import sys
import threading
from typing import Any, Final

from demo import configuration

ROOT: Final = Path(__file__).parents[2]

SUSPICIOUS: Final = {
    "detection": {
        # the first bad minute is enough: a browser cannot wait for three
        "site": {"voltage_sag": {"confirm": 1}},
    }
}
"""Settings of the site besides those of the demo."""


class Home:
    """A running demo."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin, and return when all meters have values."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "demo", "--port", str(self.port), "--dir", self.folder],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        said: list[str] = []
        errors = self._process.stderr
        threading.Thread(target=lambda: said.extend(errors), daemon=True).start()
        line = self._process.stdout.readline()
        assert "ready" in line, "".join(said)

    def stop(self) -> None:
        """End in order."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(90)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def running(folder: Path) -> Iterator[Home]:
    """A demo in ``folder`` that has ended afterwards."""
    port = free_port()
    configuration.seed(folder, port)
    settings = folder / ".storage" / "csj_meter.site"
    stored: dict[str, Any] = json.loads(settings.read_text())
    stored["data"] |= SUSPICIOUS
    settings.write_text(json.dumps(stored))
    home = Home(folder, port)
    try:
        home.start()
        yield home
    finally:
        home.stop()
