"""Statements on paper: complete in themselves, safe, and in the language of their reader."""

from __future__ import annotations

from collections.abc import Iterator
import csv
from dataclasses import replace
import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser
import io
from itertools import product
from pathlib import Path
import re
from typing import override

import pytest

from custom_components import csj_meter
from custom_components.csj_meter.language.texts import LANGUAGES, Texts, english, placeholders_of, texts_in
from custom_components.csj_meter.prepay.hourly_energy import HourlyEnergy
from custom_components.csj_meter.prepay.movement import Actor, MovementKind, MovementState, Nameless
from custom_components.csj_meter.prepay.statement import Account, BalanceAt, Period, statement
from custom_components.csj_meter.prepay.statement_csv import to_csv
from custom_components.csj_meter.prepay.statement_html import to_html

from ..languages import Asked
from .statement_account import AFTER, BERLIN, END, ENGLISH, MARCH, START, a_movement, an_account


def read(language: str) -> dict[str, str]:
    """The texts of a language, as they are in its file."""
    path = Path(csj_meter.__file__).parent / "translations" / f"{language}.json"
    return texts_in(path.read_text(encoding="utf-8"))


def texts_of(language: str) -> Texts:
    return Texts.over(language, read(language), english())


class _Outline(HTMLParser):
    """Checks that tags nest, and collects what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _read(page: str) -> _Outline:
    outline = _Outline()
    outline.feed(page)
    outline.close()
    assert outline.open == []
    return outline


def test_the_page_is_complete_in_itself() -> None:
    page = to_html(statement(an_account(), MARCH, now=AFTER), ENGLISH)
    outline = _read(page)

    assert page.startswith("<!doctype html>")
    assert not outline.tags & {"script", "link", "img", "iframe", "object"}
    assert not outline.attributes & {"src", "href", "onclick", "onload", "style"}
    assert "url(" not in page
    assert "@import" not in page
    assert len(page) < 8000, "light"
    said = "".join(outline.text)
    for words in (
        "Statement March 2026 · Flat 3",
        "12.50 EUR (28 February 2026, 23:59)",
        "39.72",
        "3 March 2026, 19:05",
    ):
        assert words in said


def test_nothing_on_the_page_can_be_smuggled_in() -> None:
    evil = "<script>alert(1)</script>\"'&<b>"
    made = statement(an_account(name=evil, movements=[a_movement("5.00", 9, name=evil)]), MARCH, now=AFTER)

    page = to_html(made, Texts('"><script>', {**ENGLISH.templates, "statement.serial": evil}))
    outline = _read(page)

    assert "script" not in outline.tags
    assert "b" not in outline.tags
    assert evil in "".join(outline.text)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ("Abrechnung März 2026 · Flat 3", "39,72", "12,50 EUR (28. Februar 2026, 23:59)")),
        ("es", ("Extracto marzo de 2026 · Flat 3", "39,72", "12,50 EUR (28 de febrero de 2026, 23:59)")),
        ("fr", ("Décompte mars 2026 · Flat 3", "39,72", "12,50\xa0EUR (28 février 2026, 23:59)")),
        ("pt", ("Extrato março de 2026 · Flat 3", "39,72", "12,50 EUR (28 de fevereiro de 2026, 23:59)")),
        ("zh-Hans", ("2026年3月账单 · Flat 3", "39.72", "12.50 EUR（2026年2月28日 23:59）")),
    ],
)
def test_a_page_is_in_the_language_of_its_reader(language: str, said: tuple[str, ...]) -> None:
    texts, made = texts_of(language), statement(an_account(), MARCH, now=AFTER)

    page = to_html(made, texts)

    assert f'<html lang="{language}">' in page
    for words in said:
        assert words in page
    table = to_csv(made, texts)
    assert "39.72" in table, "programs want a point"
    assert table.partition(",")[0] == texts("statement.meter")


def everything_known_and_unknown() -> Iterator[Account]:
    """Accounts whose statements have every entry and every remark."""
    hours: list[tuple[float, float] | None] = [(0.1, 0.0)] * 743
    hours[10] = None
    movements = [
        replace(
            a_movement("5.00", day, state),
            kind=kind,
            actor=Actor(id=None, name=list(Nameless)[day % 5].value),
        )
        for day, (state, kind) in enumerate(product(MovementState, MovementKind), 1)
    ]
    old = [BalanceAt(at=at - dt.timedelta(hours=5), balance=Decimal(9)) for at in (START, END)]
    yield an_account(movements=movements, energy=HourlyEnergy.of(START, hours), prices=[], balances=[])
    yield an_account(movements=[], balances=old)
    yield an_account(movements=[])
    yield an_account(movements=[a_movement(None, 9)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_said_in_every_language(language: str) -> None:
    asked = Asked(texts_of(language))
    for account, now in product(everything_known_and_unknown(), (AFTER, END - dt.timedelta(days=1))):
        made = statement(account, MARCH, now=now)
        to_html(made, asked)
        to_csv(made, asked)

    own = {key: text for key, text in read(language).items() if key.startswith("statement.")}
    assert own.keys() - asked.words.keys() == set()
    assert own.keys() == {key for key in english().templates if key.startswith("statement.")}
    for key, text in own.items():
        assert asked.words[key] == {placeholders_of(text)}, key


def test_another_time_than_a_month_is_told_by_its_first_and_last_day() -> None:
    made = statement(an_account(), Period(START, END, BERLIN), now=AFTER)
    assert "Statement 1 to 31 March 2026 · Flat 3" in to_html(made, ENGLISH)
    assert "Décompte 1er au 31 mars 2026 · Flat 3" in to_html(made, texts_of("fr"))

    hours = Period(START + dt.timedelta(hours=3), START + dt.timedelta(hours=9), BERLIN)
    made = statement(an_account(), hours, now=AFTER)
    assert "Statement 1 March 2026 · Flat 3" in to_html(made, ENGLISH)


def test_energy_without_a_price_is_not_for_nothing() -> None:
    made = statement(an_account(prices=[]), MARCH, now=AFTER)
    assert made.energy > 0

    (foot,) = re.findall(r"<tfoot>(.*?)</tfoot>", to_html(made, ENGLISH).split("<caption>")[1], re.DOTALL)
    assert "not known" in foot
    assert "0.00" not in foot
    (total,) = [row for row in csv.reader(io.StringIO(to_csv(made, ENGLISH))) if row[3] == "Total"]
    assert total[9] == ""

    nothing = statement(an_account(energy=HourlyEnergy.nothing(START)), MARCH, now=AFTER)
    assert nothing.known_cost == 0


def test_a_month_without_anything_is_still_a_page() -> None:
    bare = an_account(energy=HourlyEnergy.nothing(START), movements=[], balances=[], unit="")

    said = "".join(_read(to_html(statement(bare, MARCH, now=AFTER), ENGLISH)).text)

    assert "No top-ups in this period" in said
    assert "not known" in said
    assert ENGLISH("statement.remark_gaps") in said
