"""Asked what a benchmark is, script/benchmark tells it, and measures nothing."""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

BENCHMARKS: Final = sorted((ROOT / "benchmarks").glob("*/__main__.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.parent.name)
def test_a_benchmark_has_help(path: Path) -> None:
    assert f'ArgumentParser(prog="script/benchmark {path.parent.name}"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["bus", "commands"])
def test_help_is_help(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: script/benchmark {name} ")
