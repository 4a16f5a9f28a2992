"""script/frontend, on a machine that lacks what it needs."""

from __future__ import annotations

import json
from pathlib import Path
import shutil
import subprocess
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

NEEDED: Final = "20.19 or newer of 20, 22.13 or newer of 22, or 24 or newer"


def link(folder: Path, *names: str) -> None:
    """Have these programs of the machine in a folder."""
    for name in names:
        program = shutil.which(name)
        assert program
        (folder / name).symlink_to(program)


@pytest.mark.parametrize("how", [[], ["--check"], ["--packages"]], ids=["build", "check", "packages"])
def test_it_says_what_is_missing_where_there_is_no_npm(how: list[str], tmp_path: Path) -> None:
    link(tmp_path, "bash", "dirname")

    done = subprocess.run(
        [ROOT / "script" / "frontend", *how],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"There is no npm here: install Node.js {NEEDED}, with npm, and start again.\n"


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [
        ("v18.20.8", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.12.0", False),
        ("v22.13.0", True),
        ("v23.11.0", False),
        ("v24.0.0", True),
        ("v100.0.0", True),
        ("", False),
    ],
)
def test_it_says_which_node_it_needs(version: str, is_enough: bool, tmp_path: Path) -> None:
    """A checkout whose packages are there, so that nothing is to be done but to look."""
    checkout, programs = tmp_path / "checkout", tmp_path / "bin"
    (checkout / "script").mkdir(parents=True)
    shutil.copy(ROOT / "script" / "frontend", checkout / "script" / "frontend")
    modules = checkout / "frontend" / "node_modules"
    modules.mkdir(parents=True)
    lock = modules.with_name("package-lock.json")
    lock.write_text("{}", encoding="utf-8")
    told = subprocess.run(["cksum", lock.name], cwd=lock.parent, check=True, capture_output=True, text=True)
    (modules / ".locked").write_text(told.stdout, encoding="utf-8")
    programs.mkdir()
    link(programs, "bash", "dirname", "cksum", "cat")
    for name, said in (("npm", ""), ("node", version)):
        (programs / name).write_text(f"#!/bin/sh\necho {said}\n", encoding="utf-8")
        (programs / name).chmod(0o755)

    done = subprocess.run(
        [checkout / "script" / "frontend"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(programs)},
    )

    assert done.returncode == (0 if is_enough else 1)
    problem = f"This Node.js is {version or 'none'}: install {NEEDED}, with npm, and start again.\n"
    assert done.stderr == ("" if is_enough else problem)


def test_all_that_name_the_versions_of_node_name_the_same() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))

    assert package["engines"] == {"node": "^20.19.0 || ^22.13.0 || >=24.0.0"}
    for name in ("README.md", "docs/architecture.md"):
        assert NEEDED in (ROOT / name).read_text(encoding="utf-8"), name


def test_packages_that_cannot_be_had_are_told(tmp_path: Path) -> None:
    """npm itself says why, unless it is told to be silent."""
    (tmp_path / "script").mkdir()
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "package-lock.json").write_text("{}", encoding="utf-8")
    shutil.copy(ROOT / "script" / "frontend", tmp_path / "script" / "frontend")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(
        '#!/bin/sh\ncase "$*" in *silent*) ;; *) echo no network >&2 ;; esac\nexit 1\n', encoding="utf-8"
    )
    npm.chmod(0o755)
    link(npm.parent, "bash", "dirname", "cksum", "cat")

    done = subprocess.run(
        [tmp_path / "script" / "frontend", "--packages"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(npm.parent)},
    )

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "no network\n")
