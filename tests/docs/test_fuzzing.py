"""docs/fuzzing.md has the door behind each room of tests/fuzz."""

from __future__ import annotations

import re
from typing import Final

from .pages import ROOT, prose

PAGE: Final = ROOT / "docs" / "fuzzing.md"


def test_every_room_has_its_door_in_the_table() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", prose(PAGE), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    rooms = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "fuzz").glob("test_*.py")}

    assert told == rooms
