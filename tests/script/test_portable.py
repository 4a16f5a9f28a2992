"""The scripts on a machine with other tools than GNU's and with an old bash, which is what a Mac has."""

from __future__ import annotations

from pathlib import Path
import re
import shutil
import subprocess
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

SCRIPTS: Final = sorted(
    path
    for folder in ("script", "script/bootstrap", ".ci")
    for path in (ROOT / folder).iterdir()
    # what makes use of Debian's own packages runs on Debian alone
    if path.is_file() and not path.suffix and path.name != "python-from-debian"
)

NOT_EVERYWHERE: Final = {
    "bash 4": r"declare -[A-Za-z]*[An]|local -n|mapfile|readarray|\$\{\w+(?:,,?|\^\^?|@[A-Za-z])|&>>|\|&",
    "GNU": r"mv -T|-printf|readlink -f|sed -i|paste -sd '.'(?! -)|\bnproc(?! 2>/dev/null \|\|)",
}


def run(words: list[str | Path], path: Path) -> subprocess.CompletedProcess[str]:
    """What a script does with the programs in a folder alone."""
    return subprocess.run(words, check=False, capture_output=True, text=True, env={"PATH": str(path)})


def programs(folder: Path, *names: str) -> Path:
    """A folder with these programs of the machine."""
    folder.mkdir()
    for name in names:
        program = shutil.which(name)
        assert program
        (folder / name).symlink_to(program)
    return folder


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_uses_what_there_is_everywhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    for what, pattern in NOT_EVERYWHERE.items():
        assert not (found := re.search(pattern, text)), f"{what} only: {found}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_checkout_may_be_moved(path: Path) -> None:
    """Programs in Python name the place that their environment was made at; ruff is none of those."""
    text = path.read_text(encoding="utf-8")

    assert set(re.findall(r"(?:\$bin|/bin)/(\w+)\b", text)) <= {"env", "python", "ruff"}


def test_where_there_is_no_debian_it_is_told_what_to_install(tmp_path: Path) -> None:
    done = run([ROOT / "script" / "system-packages"], programs(tmp_path / "bin", "bash"))

    assert (done.returncode, done.stdout) == (0, "")
    first, *packages = done.stderr.splitlines()
    assert first == "No Debian system: install for the tests that need them"
    assert {line.split()[0] for line in packages} >= {"chromium", "postgresql", "nodejs", "npm"}


def test_the_benchmarks_are_told_in_a_path_with_spaces(tmp_path: Path) -> None:
    checkout = tmp_path / "a b"
    (checkout / "script").mkdir(parents=True)
    shutil.copy(ROOT / "script" / "benchmark", checkout / "script" / "benchmark")
    for name in ("bus", "panel"):
        (checkout / "benchmarks" / name).mkdir(parents=True)
        (checkout / "benchmarks" / name / "__main__.py").touch()

    done = run([checkout / "script" / "benchmark"], programs(tmp_path / "bin", "bash", "dirname"))

    assert done.returncode == 1
    assert done.stderr == "usage: script/benchmark NAME [--json], NAME one of: bus panel\n"
