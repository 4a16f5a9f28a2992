"""Ways through Home Assistant lead where the pages say: each step is a text of the frontend or of ours.

A way is in *italics* or in **bold**, with " → " between its steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
from typing import Any, Final

import hass_frontend
import pytest

from .pages import PAGES, ROOT, prose

EN: Final = ROOT / "custom_components" / "csj_meter" / "translations" / "en.json"

OF_OTHERS: Final = frozenset(
    {
        "CSJ Meter",
        # the menu of a page, by its symbol
        "⋮",
        # of telephones
        "Apps",
        "CSJ Meter critical",
        "Critical alerts",
    }
)
"""Steps that neither has."""


def texts(told: Any) -> Iterator[str]:
    """All texts of a file of translations."""
    if isinstance(told, dict):
        for inner in told.values():
            yield from texts(inner)
    else:
        yield told


@cache
def of_the_frontend() -> frozenset[str]:
    """All that the installed frontend says in English."""
    folder = Path(hass_frontend.where()) / "static" / "translations"
    files = [file for file in folder.rglob("en-*.json") if re.fullmatch(r"en-[0-9a-f]+\.json", file.name)]
    assert files
    return frozenset(text for file in files for text in texts(json.loads(file.read_text(encoding="utf-8"))))


def ways(page: Path) -> list[list[str]]:
    """The steps of each way of a page."""
    text = re.sub(r"`[^`]*`", "", prose(page))
    marked = re.findall(r"(?<![*\w])(\*{1,2})([^*\s][^*]*→[^*]*?)\1(?![*\w])", text)
    return [[" ".join(step.split()) for step in way.rstrip(".").split("→")] for _, way in marked]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_step_of_a_way_is_there(page: Path) -> None:
    ours = set(texts(json.loads(EN.read_text(encoding="utf-8"))))
    seen = of_the_frontend() | ours | OF_OTHERS

    assert [f"{' → '.join(way)}: {step}" for way in ways(page) for step in way if step not in seen] == []


def test_ways_are_found() -> None:
    assert len([way for page in PAGES for way in ways(page)]) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_only_a_bridge_has_a_reconfigure_in_its_menu(page: Path) -> None:
    """A meter is a subentry: instead it has a cog, which says what we call it (*Change meter*)."""
    told = " ".join(prose(page).split())

    assert re.findall(r"\*Reconfigure\*(?! in the menu of (?:the|each) \**bridge\b).{,60}", told) == []
