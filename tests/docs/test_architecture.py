"""docs/architecture.md is the map of the house: no folder is missing, its floors are those of the tests."""

from __future__ import annotations

import re
import subprocess

from tests.test_floors import BELOW, ROOMS

from .pages import ROOT, prose

PAGE = ROOT / "docs" / "architecture.md"
TEXT = PAGE.read_text(encoding="utf-8")
PICTURE = next(
    block for block in re.findall(r"^```\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE) if "┌" in block
)
PACKAGE = "custom_components/csj_meter"


def folders() -> set[str]:
    """What is kept in the repository: its folders, and those of the package."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    files = listed.stdout.splitlines()
    top = {file.partition("/")[0] for file in files if "/" in file}
    inner = {
        file.removeprefix(f"{PACKAGE}/").partition("/")[0]
        for file in files
        if file.startswith(f"{PACKAGE}/") and file.count("/") > 2
    }
    return {name for name in (top | inner) - {"custom_components"} if not name.startswith(".")}


def test_every_folder_has_its_line() -> None:
    rows = re.findall(r"^\| (.+?) \|", prose(PAGE), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w/]+)/`", row)}

    assert sorted(folders() - named) == []


def test_no_folder_is_told_of_that_is_not_there() -> None:
    rows = re.findall(r"^\| (.+?) \|", prose(PAGE), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w/]+)/`", row)}

    gone = [
        name for name in sorted(named) if not any((ROOT / base / name).is_dir() for base in ("", PACKAGE))
    ]
    assert gone == []


def test_every_file_of_the_root_has_its_line() -> None:
    table = prose(PAGE).partition("\n## The root of the surface\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+\.py)`", row)]

    assert sorted(named) == sorted(path.name for path in (ROOT / PACKAGE).glob("*.py"))


def test_the_floors_of_the_picture_are_those_that_imports_are_held_to() -> None:
    drawn = re.findall(r"^│ (\w+) ", PICTURE, re.MULTILINE)
    floors = [name for name in drawn if name in BELOW or name == "surface"]

    assert set(floors) == set(BELOW) - {"simulator"} | {"surface"}
    assert "simulator" in PICTURE
    for above, upper in enumerate(floors):
        for lower in floors[above:]:
            assert upper in ("surface", lower) or upper not in BELOW[lower], f"{lower} is below {upper}"


def test_the_rooms_of_the_picture_are_those_of_the_surface() -> None:
    surface = PICTURE.partition("│ surface")[2].partition("├")[0]
    drawn = set(re.findall(r"\w+", surface.partition("their rooms:")[2].replace("│", " ")))

    assert drawn >= ROOMS
