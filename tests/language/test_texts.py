"""Texts of a language: nothing is told with a hole in it, and nothing silently in another language."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.anomaly.finding import Compared
from custom_components.csj_meter.anomaly.wording import compared_with
from custom_components.csj_meter.language.texts import TextError, Texts, english, placeholders_of

ENGLISH = Texts(
    "en",
    {
        "greeting": "Hello {name}",
        "days_one": "{count} day",
        "days_other": "{count} days",
        "figures.decimal_point": ".",
        "figures.list": "{first}, {next}",
        "figures.sentences": "{first} {next}",
        "figures.named": "{name}: {value}",
    },
)


def german(**templates: str) -> Texts:
    return Texts.over("de", templates, ENGLISH)


def test_a_text_is_filled() -> None:
    assert german(greeting="{name}, hallo")("greeting", name="Ada {x}") == "Ada {x}, hallo"


@pytest.mark.parametrize(("key", "words"), [("farewell", {}), ("greeting", {}), ("greeting", {"names": "A"})])
def test_a_text_that_is_not_there_or_lacks_a_word_is_an_error(key: str, words: dict[str, str]) -> None:
    with pytest.raises(TextError, match=f"{key} in en"):
        ENGLISH(key, **words)


@pytest.mark.parametrize(
    "template", ["{", "}", "{}", "{0}", "{name!r}", "{name:>9}", "{name.real}", "{name[0]}", "{na me}"]
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(TextError):
        placeholders_of(template)
    with pytest.raises(TextError, match="greeting"):
        Texts("en", {"greeting": template})


@pytest.mark.parametrize("template", ["{name", "Hallo", "Hallo {Name}", "{name} {count}", "{name!r}"])
def test_a_translation_that_cannot_be_filled_is_told_in_english(template: str) -> None:
    assert german(greeting=template)("greeting", name="Ada") == "Hello Ada"


def test_what_a_language_does_not_have_is_told_in_english_and_what_only_it_has_is_left_out() -> None:
    texts = german(of_another_version="Alt")

    assert texts.templates == ENGLISH.templates
    assert texts.language == "de"


@pytest.mark.parametrize(("count", "told"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_one_is_not_many(count: int, told: str) -> None:
    assert ENGLISH.counted("days", count) == told


@pytest.mark.parametrize(
    ("number", "decimals", "trimmed", "told"),
    [
        (1234.56, 1, False, "1234,6"),
        (60, 1, False, "60,0"),
        (60, 1, True, "60"),
        (100, 0, True, "100"),
        (-0.04, 1, False, "0,0"),
        (-0.06, 1, True, "-0,1"),
    ],
)
def test_a_number_is_written_as_the_language_does(
    number: float, decimals: int, trimmed: bool, told: str
) -> None:
    texts = german(**{"figures.decimal_point": ","})

    assert texts.number(number, decimals, trimmed=trimmed) == told


def test_names_stand_in_a_row_as_the_language_has_it() -> None:
    assert ENGLISH.listed([]) == ""
    assert ENGLISH.listed(["A"]) == "A"
    assert german(**{"figures.list": "{first}、{next}"}).listed(["A", "B", "C"]) == "A、B、C"


def test_sentences_follow_one_another_as_the_language_has_it() -> None:
    assert ENGLISH.sentences([]) == ""
    assert ENGLISH.sentences(["A.", "", "B {x}."]) == "A. B {x}."
    assert german(**{"figures.sentences": "{first}{next}"}).sentences(["A。", "B。", "C。"]) == "A。B。C。"


def test_a_name_is_told_from_what_it_stands_for_as_the_language_does() -> None:
    assert ENGLISH.named("A", "1") == "A: 1"
    assert german(**{"figures.named": "{name}：{value}"}).named("A", "1") == "A：1"


def test_words_stand_where_the_language_has_them() -> None:
    texts = Texts.over(
        "es", {"compared.weekday_nights": "las noches de {weekday}", "dates.weekday_1": "martes"}, english()
    )

    assert compared_with(texts, Compared(days=30, weekday=1, hour=3)) == "las noches de martes"
