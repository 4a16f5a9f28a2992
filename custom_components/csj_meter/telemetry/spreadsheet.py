"""Texts as cells of a table that people open in a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

from typing import Final

FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""A text that begins like this is run, whatever space is before it; the last four are wide ones."""

CONTROLS: Final = frozenset("\t\r\n")
"""Spreadsheets begin another cell at these, or leave them away."""


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet might run it."""
    return f"'{text}" if text.lstrip()[:1] in FORMULA or text[:1] in CONTROLS else text
