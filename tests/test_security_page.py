"""The threat model names tests that are there, and links that lead somewhere."""

from __future__ import annotations

from pathlib import Path
import re
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "security.md"

_DEFINED: Final = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def test_every_test_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in _DEFINED.findall(path.read_text(encoding="utf-8"))
    }

    assert named
    assert sorted(named - defined) == []


def test_every_point_names_one() -> None:
    rows = [
        line
        for line in PAGE.read_text(encoding="utf-8").split("\n## A neighbour", 1)[1].splitlines()
        if line.startswith("| ") and not line.endswith("| shown by |")
    ]

    assert len(rows) > 30
    assert [row for row in rows if "`test_" not in row.rsplit(" | ", 1)[1]] == []


def test_each_attacker_has_what_remains() -> None:
    chapters = PAGE.read_text(encoding="utf-8").split("\n## ")[2:]

    assert [one.splitlines()[0] for one in chapters if "\nRemains: " not in one] == []


def test_it_is_found_from_the_first_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for page in ("docs/security.md", "docs/dependencies.md", "SECURITY.md"):
        assert f"({page})" in readme
    assert "(docs/security.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
