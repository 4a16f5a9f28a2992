"""Home Assistant ends with the demo."""

from __future__ import annotations

from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from typing import Final

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
import sys
from demo import __main__ as demo

demo.telemetry.fill = lambda home: None
sys.exit(demo.main())
"""
"""The demo without a month of samples."""


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
