"""script/test, interrupted."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

PYTEST: Final = f"""\
#!{sys.executable}
import pathlib, sys, time
with pathlib.Path("begun").open("a") as begun:
    begun.write(sys.argv[-1] + "\\n")
try:
    print("begun", flush=True)
    for _ in range(600):
        time.sleep(0.1)
except KeyboardInterrupt:
    sys.exit(2)
"""
"""A minute of work that ends as pytest does: with a status of its own, and not by the signal."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The script, with parts that take a minute each."""
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "test", tmp_path / "script" / "test")
    programs = {f"script/{name}": "#!/bin/sh\n" for name in ("system-packages", "setup", "lint", "frontend")}
    programs |= {f".venv/{name}/bin/python": PYTEST for name in ("test", "newest")}
    for name, text in programs.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    return tmp_path


def test_a_ctrl_c_ends_all_parts(checkout: Path) -> None:
    with subprocess.Popen(
        ["script/test"], cwd=checkout, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout is not None
        try:
            while "begun" not in running.stdout.readline():
                assert running.poll() is None
            # a terminal tells all of its foreground
            os.killpg(running.pid, signal.SIGINT)
            assert running.wait(timeout=30) == 130
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)

    assert (checkout / "begun").read_text(encoding="utf-8").splitlines() == ["tests/upgrade"]
