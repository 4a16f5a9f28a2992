"""Every language says all that English says, with the same placeholders."""

from __future__ import annotations

import re

import pytest

from script.translations import FOLDER, LANGUAGES, SOURCE, faults, flat, read


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_complete(language: str) -> None:
    assert faults(language, read(language), read(SOURCE)) == []


def test_there_is_no_language_that_nobody_looks_at() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {SOURCE, *LANGUAGES}


def test_what_is_wrong_is_said() -> None:
    source = flat({"group": {"one": "{count} meters", "two": "Two", "three": "Three"}})
    texts = {"group.one": "{anzahl} Zähler", "group.two": " ", "group.four": "Vier"}
    assert [fault.split(" ", 1)[1][:28] for fault in faults("de", texts, source)] == [
        "group.three is missing",
        "group.four is not in the sou",
        "group.one has other placehol",
        "group.two is empty",
    ]


def test_in_french_no_line_begins_with_a_mark() -> None:
    """The space before it is one at which no line is broken."""
    assert [key for key, text in read("fr").items() if re.search("« | [:;!?»]", text)] == []
