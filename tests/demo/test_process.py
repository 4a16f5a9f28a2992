"""Home Assistant ends with the demo."""

from __future__ import annotations

import fcntl
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from typing import Final

import pytest

from demo.errors import DemoError
from demo.process import RUN_LOCK, require_alone

ROOT: Final = Path(__file__).parents[2]

HASS: Final = """\
#!/bin/sh
trap 'echo ended >ended; exit' TERM
cd "$5"
echo begun >begun
for tick in $(seq 600); do sleep 0.1; done
"""
"""A Home Assistant that listens to nobody, and says in its folder when it ends in order."""

DEMO: Final = """\
import signal
import sys
from demo import __main__ as demo

demo.telemetry.fill = lambda home: None
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.exit(demo.main())
"""
"""The demo without a month of samples, and with a terminal also where the tests have none (``nohup``)."""


def test_a_terminal_that_is_closed_leaves_no_home_assistant_behind(tmp_path: Path) -> None:
    home, programs = tmp_path / "home", tmp_path / "bin"
    programs.mkdir()
    (programs / "python").write_text(HASS, encoding="utf-8")
    (programs / "python").chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    code = f"import sys; sys.executable = {str(programs / 'python')!r}\n{DEMO}"
    words = ["--port", str(port), "--dir", str(home)]

    with subprocess.Popen([sys.executable, "-c", code, *words], cwd=ROOT) as running:
        try:
            while not (home / "begun").exists():
                assert running.poll() is None
                time.sleep(0.05)
            running.send_signal(signal.SIGHUP)
            assert running.wait(timeout=60) == 0
        finally:
            running.kill()

    assert (home / "ended").exists()


def test_a_home_that_somebody_lives_in_is_left_alone(tmp_path: Path) -> None:
    require_alone(tmp_path)
    with (tmp_path / RUN_LOCK).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(DemoError, match=r"runs in .* already: end it, or choose another folder"):
            require_alone(tmp_path)

    require_alone(tmp_path)
