"""What spreadsheets would run is a text for them, in every table that people get."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.telemetry.spreadsheet import harmless


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u00a0=1", "\t=1", "\tx", "\rx", "\n=1", "\uff1d1", "\uff20A"],
)
def test_a_formula_is_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "Elm Row 1", "1+1", "a=b", "'=1", "Ü", "ada@home.example"])
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
