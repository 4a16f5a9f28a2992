"""Scripts that are asked for what they cannot do say what they can, and do nothing."""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
import sys
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["frontend", "--help"], "script/frontend [--check | --watch | --packages]"),
        (["frontend", "--chek"], "script/frontend [--check | --watch | --packages]"),
        (["frontend", "--check", "--watch"], "script/frontend [--check | --watch | --packages]"),
        (["lint", "--help"], "script/lint [--fix]"),
        (["lint", "tests"], "script/lint [--fix]"),
        (["release", "v0.1.0"], "script/release TAG FOLDER"),
        (["setup", "tests"], "script/setup [test|newest|meter|benchmark|fuzz]"),
        (["setup", "overrides"], "script/setup [test|newest|meter|benchmark|fuzz]"),
        (["setup", "bootstrap"], "script/setup [test|newest|meter|benchmark|fuzz]"),
        (["upgrade-data", "HEAD"], "script/upgrade-data REF NAME"),
    ],
    ids=lambda told: " ".join(told) if isinstance(told, list) else "",
)
def test_how_a_script_is_used_is_told(words: list[str], usage: str, tmp_path: Path) -> None:
    name, *rest = words
    (tmp_path / "script").mkdir()
    (tmp_path / "frontend").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "overrides.txt").touch()
    (tmp_path / "requirements" / "bootstrap.txt").touch()
    shutil.copy(ROOT / "script" / name, tmp_path / "script" / name)

    done = subprocess.run(
        [f"script/{name}", *rest], cwd=tmp_path, check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert f"usage: {usage}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("word", "status", "told"),
    [("--help", 0, "a checkout (default: this one)\n"), ("nowhere", 2, "there is no folder nowhere\n")],
)
def test_what_is_validated_is_a_folder(word: str, status: int, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "script.validation", word],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == status
    assert "usage: script/validate [-h] [folder]" in done.stdout + done.stderr
    assert told in done.stdout + done.stderr
