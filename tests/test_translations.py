"""Every language says all that English says, with the same placeholders."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

from script.translations import FOLDER, LANGUAGES, SOURCE, faults, flat, main, read


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


def test_that_all_is_well_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "Every language says what English says.\n"


@pytest.mark.parametrize("content", [None, "{"], ids=["nothing", "half"])
def test_a_file_that_cannot_be_read_is_told(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "texts.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert main(["merge", "de", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"{file} cannot be read: ")
