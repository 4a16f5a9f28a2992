"""Monthly statements: what adds up, what is said when it does not, how they look on paper and in tables."""

from __future__ import annotations

from collections.abc import Iterator
import csv
from dataclasses import replace
import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser
import io
from itertools import pairwise, product
from pathlib import Path
from typing import Final, override
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, strategies as st
import pytest

from custom_components import csj_meter
from custom_components.csj_meter.anomaly.texts import LANGUAGES, Texts, english, placeholders_of, texts_in
from custom_components.csj_meter.prepay.errors import StatementError
from custom_components.csj_meter.prepay.hourly_energy import HourlyEnergy
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import (
    Actor,
    Movement,
    MovementKind,
    MovementState,
    Nameless,
    Reason,
    Source,
)
from custom_components.csj_meter.prepay.price_history import PricesSince
from custom_components.csj_meter.prepay.statement import (
    Account,
    BalanceAt,
    EnergyLine,
    Gap,
    Month,
    Period,
    Remark,
    statement,
)
from custom_components.csj_meter.prepay.statement_csv import to_csv
from custom_components.csj_meter.prepay.statement_html import to_html
from custom_components.csj_meter.prepay.tariffs import Prices
from custom_components.csj_meter.prepay.top_up import TopUps

from ..languages import Asked
from .model import LANDLORD, Clock, LineMeter

BERLIN: Final = ZoneInfo("Europe/Berlin")
MARCH: Final = Month(2026, 3)  # 743 hours in Berlin: summer time begins
START: Final = dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)
END: Final = dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)
AFTER: Final = dt.datetime(2026, 4, 2, 8, tzinfo=dt.UTC)
ENGLISH: Final = english()
PRICES: Final = Prices((Decimal("0.3000"), Decimal("0.2000")))


def read(language: str) -> dict[str, str]:
    """The texts of a language, as they are in its file."""
    path = Path(csj_meter.__file__).parent / "translations" / f"{language}.json"
    return texts_in(path.read_text(encoding="utf-8"))


def texts_of(language: str) -> Texts:
    return Texts.over(language, read(language), english())


def _movement(
    amount: str | None, day: int, state: MovementState = MovementState.DONE, name: str = "Tom Tenant"
) -> Movement:
    at = dt.datetime(2026, 3, day, 18, 5, tzinfo=dt.UTC)
    return Movement(
        id=f"movement-{day}",
        number=day,
        serial="CSJ000000001",
        kind=MovementKind.FOREIGN if state is MovementState.FOREIGN else MovementKind.TOP_UP,
        state=state,
        settles=False,
        amount=None if amount is None else Decimal(amount),
        unit="EUR",
        count=day,
        balance_before=None,
        balance_after=Decimal("20.00"),
        actor=Actor(id=None, name=name),
        source=Source.PORTAL,
        key=f"order {day}",
        reason=Reason.CONFIRMED,
        note="",
        detail="",
        voucher_id=None,
        created_at=at,
        sent_at=at,
        settled_at=at,
    )


def _account(**changes: object) -> Account:
    """100 kWh by day, 48.6 kWh by night: 30.00 and 9.72 EUR; two top-ups; 12.50 becomes 22.78."""
    hours = [(100 / 743, 48.6 / 743)] * 743
    account = Account(
        serial="CSJ000000001",
        name="Flat 3",
        unit="EUR",
        zone=BERLIN,
        energy=HourlyEnergy.of(START, hours),
        prices=[PricesSince(since=START - dt.timedelta(days=90), prices=PRICES)],
        balances=[
            BalanceAt(at=END - dt.timedelta(minutes=1), balance=Decimal("22.78")),
            BalanceAt(at=START - dt.timedelta(minutes=1), balance=Decimal("12.50")),
        ],
        movements=[_movement("30.00", 3), _movement("20.00", 17, MovementState.FOREIGN)],
    )
    return replace(account, **changes)  # type: ignore[arg-type]


def test_a_complete_month_adds_up() -> None:
    made = statement(_account(), MARCH, now=AFTER)

    assert (made.start, made.end) == (START, END)
    assert made.lines == (
        EnergyLine(tariff=1, energy=Decimal("100.00"), price=Decimal("0.3000"), cost=Decimal("30.00")),
        EnergyLine(tariff=2, energy=Decimal("48.60"), price=Decimal("0.2000"), cost=Decimal("9.72")),
    )
    assert (made.energy, made.cost, made.topped_up) == (
        Decimal("148.60"),
        Decimal("39.72"),
        Decimal("50.00"),
    )
    assert made.opening is not None
    assert made.closing is not None
    assert (made.opening.balance, made.closing.balance) == (Decimal("12.50"), Decimal("22.78"))
    assert made.difference == 0
    assert made.remarks == ()


def test_a_price_that_changed_makes_a_line_of_its_own() -> None:
    changed = PricesSince(
        since=dt.datetime(2026, 3, 16, tzinfo=dt.UTC), prices=Prices((Decimal("0.4"), Decimal("0.2")))
    )
    made = statement(_account(prices=[changed, *_account().prices]), MARCH, now=AFTER)

    assert [(line.tariff, line.price) for line in made.lines] == [
        (1, Decimal("0.3000")),
        (1, Decimal("0.4")),
        (2, Decimal("0.2000")),
    ]
    assert sum(line.energy for line in made.lines) == pytest.approx(Decimal("148.60"), abs=Decimal("0.02"))
    assert Remark.DIFFERENCE in made.remarks, "the meter charged the old price"


def test_what_is_printed_adds_up_with_a_pencil() -> None:
    made = statement(_account(energy=HourlyEnergy.of(START, [(0.0333, 0.0777)] * 743)), MARCH, now=AFTER)

    for line in made.lines:
        assert line.price is not None
        assert line.cost == (line.energy * line.price).quantize(Decimal("0.01"))
    assert made.energy == sum(line.energy for line in made.lines)
    assert made.cost == sum(line.cost or 0 for line in made.lines)


def test_gaps_are_said_and_not_filled() -> None:
    hours: list[tuple[float, float] | None] = [(0.1, 0.0)] * 743
    hours[10:13] = [None] * 3
    hours[500] = None
    made = statement(_account(energy=HourlyEnergy.of(START, hours)), MARCH, now=AFTER)

    hour = dt.timedelta(hours=1)
    assert made.gaps == (
        Gap(start=START + 10 * hour, end=START + 13 * hour),
        Gap(start=START + 500 * hour, end=START + 501 * hour),
    )
    assert made.remarks == (Remark.GAPS,)
    assert made.difference is None, "with gaps there is nothing to compare"
    assert made.energy == Decimal("73.90")


def test_a_history_that_begins_late_or_ends_early_has_gaps_there() -> None:
    short = HourlyEnergy.of(START + dt.timedelta(days=1), [(0.1, 0.0)] * 24)

    made = statement(_account(energy=short), MARCH, now=AFTER)

    assert [gap.start for gap in made.gaps] == [START, START + dt.timedelta(days=2)]
    assert made.gaps[-1].end == END


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"prices": []}, Remark.NO_PRICE),
        ({"prices": [PricesSince(since=START, prices=Prices((Decimal("0.3"),)))]}, Remark.NO_PRICE),
        ({"movements": [_movement("5.00", 9, MovementState.UNCERTAIN)]}, Remark.UNSETTLED),
        ({"movements": [_movement(None, 9, MovementState.FOREIGN)]}, Remark.AMOUNT_UNKNOWN),
        ({"balances": [_account().balances[0]]}, Remark.NO_OPENING),
        ({"balances": [_account().balances[1]]}, Remark.NO_CLOSING),
        (
            {
                "balances": [
                    _account().balances[0],
                    BalanceAt(at=START - dt.timedelta(hours=5), balance=Decimal(9)),
                ]
            },
            Remark.OLD_BALANCE,
        ),
        ({"movements": []}, Remark.DIFFERENCE),
    ],
)
def test_what_is_not_known_is_said(changes: dict[str, object], remark: Remark) -> None:
    made = statement(_account(**changes), MARCH, now=AFTER)

    assert remark in made.remarks
    if remark is not Remark.DIFFERENCE:
        assert made.difference is None
        assert Remark.DIFFERENCE not in made.remarks


def test_only_money_on_this_meter_in_this_month_counts() -> None:
    movements = [
        _movement("1.00", 1),
        _movement("2.00", 5, MovementState.REFUSED),
        replace(_movement("4.00", 6), serial="CSJ000000002"),
        replace(_movement("8.00", 31), settled_at=END),
        replace(_movement("16.00", 7), settled_at=START),
        replace(_movement("32.00", 8), kind=MovementKind.CORRECTION),
    ]

    made = statement(_account(movements=movements), MARCH, now=AFTER)

    assert made.topped_up == Decimal("49.00")
    assert len(made.top_ups) == 3


def test_a_month_that_is_not_over_ends_now() -> None:
    now = dt.datetime(2026, 3, 10, 12, 30, tzinfo=dt.UTC)
    balances = [*_account().balances, BalanceAt(at=now, balance=Decimal("30.00"))]

    made = statement(_account(balances=balances), MARCH, now=now)

    assert made.end == now
    assert Remark.RUNNING in made.remarks
    assert made.closing == balances[-1]
    assert [movement.amount for movement in made.top_ups] == [Decimal("30.00")]
    assert made.gaps == ()
    with pytest.raises(StatementError, match="2026-05 has not begun"):
        statement(_account(), Month(2026, 5), now=AFTER)


@pytest.mark.parametrize(
    ("zone", "month", "start", "hours"),
    [
        ("Europe/Berlin", "2026-03", "2026-02-28T23:00", 743),
        ("Europe/Berlin", "2026-10", "2026-09-30T22:00", 745),
        ("Europe/Berlin", "2026-02", "2026-01-31T23:00", 672),
        ("Asia/Kolkata", "2026-03", "2026-02-28T18:30", 744),
        ("America/Asuncion", "2017-10", "2017-10-01T04:00", 743),  # midnight of the 1st was skipped
        ("Pacific/Apia", "2011-12", "2011-12-01T10:00", 720),  # the 30th was skipped
        ("UTC", "2028-02", "2028-02-01T00:00", 696),
    ],
)
def test_months_are_local_ones(zone: str, month: str, start: str, hours: int) -> None:
    first, last = Month.parse(month).bounds(ZoneInfo(zone))

    assert first == dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    assert (last - first) / dt.timedelta(hours=1) == hours


@given(st.sampled_from(sorted(available_timezones())), st.integers(1970, 2060), st.integers(1, 12))
def test_months_follow_each_other_without_gap_or_overlap(zone: str, year: int, month: int) -> None:
    this = Month(year, month)
    start, end = this.bounds(ZoneInfo(zone))

    assert start < end
    assert this.following.bounds(ZoneInfo(zone))[0] == end
    assert Month.of(start, ZoneInfo(zone)) == this
    assert Month.of(end - dt.timedelta(seconds=1), ZoneInfo(zone)) == this


@given(st.integers(0, 59), st.integers(1, 100))
def test_hours_cut_by_the_month_count_with_their_share(minutes: int, number: int) -> None:
    since = START + dt.timedelta(minutes=minutes)
    energy = HourlyEnergy.of(START, [(1.0,)] * (number + 1))

    hours = list(energy.between(since, since + dt.timedelta(hours=number)))

    assert sum(sum(hour.energy or ()) for hour in hours) == pytest.approx(number)
    assert hours[0].start == since
    assert all(one.end == next_one.start for one, next_one in pairwise(hours))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "26-03", "2026-3-1", "x-03", "0000-01"])
def test_what_is_no_month_says_how_to_write_one(text: str) -> None:
    with pytest.raises(StatementError, match="write it like 2026-03"):
        Month.parse(text)


def test_energy_of_a_history_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        HourlyEnergy.of(START.replace(tzinfo=None), [])


async def test_the_ledger_hands_over_what_a_statement_needs(
    ledger: Ledger, top_ups: TopUps, meter: LineMeter, clock: Clock
) -> None:
    await top_ups.top_up(meter, "30.00", actor=LANDLORD, source=Source.ACTION)
    meter.account.rival(Decimal("20.00"))
    await top_ups.settle(meter)

    made = statement(
        _account(movements=ledger.movements(meter.serial, since=START, until=END)), MARCH, now=AFTER
    )

    assert made.topped_up == Decimal("50.00")
    assert made.difference == 0


# on paper and in tables


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_has_units_in_its_header_and_a_line_for_every_entry() -> None:
    text = to_csv(statement(_account(), MARCH, now=AFTER), ENGLISH)

    assert text.splitlines()[0] == (
        "Meter,Serial number,Period,Entry,Time,Until,Tariff,Energy (kWh),Price (EUR/kWh),Cost (EUR),"
        "Amount topped up (EUR),Credit (EUR),State,By,Reference"
    )
    rows = _table(text)
    assert [row["Entry"] for row in rows] == [
        "Credit at the beginning",
        "Energy",
        "Energy",
        "Top-up",
        "Top-up by somebody else",
        "Total",
        "Credit at the end",
    ]
    assert (
        rows[1]["Tariff"],
        rows[1]["Energy (kWh)"],
        rows[1]["Price (EUR/kWh)"],
        rows[1]["Cost (EUR)"],
    ) == (
        "1",
        "100.00",
        "0.3000",
        "30.00",
    )
    assert (rows[3]["Time"], rows[3]["Amount topped up (EUR)"], rows[3]["State"]) == (
        "2026-03-03T19:05:00+01:00",
        "30.00",
        "done",
    )
    assert rows[-1]["Time"] == "2026-03-31T23:59:00+02:00", "summer time"
    assert rows[-2]["Cost (EUR)"] == "39.72"


def test_the_table_follows_rfc_4180() -> None:
    nasty = 'Flat "3",\nground floor; né Ω'
    text = to_csv(statement(_account(name=nasty), MARCH, now=AFTER), ENGLISH)

    assert text.count("\r\n") == 8
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {15}
    assert rows[1][0] == nasty
    assert text.encode().decode() == text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_a_name_is_never_run_by_a_spreadsheet(name: str) -> None:
    made = statement(_account(name=name, movements=[_movement("5.00", 9, name=name)]), MARCH, now=AFTER)

    rows = _table(to_csv(made, ENGLISH))

    assert rows[0]["Meter"] == f"'{name}"
    assert rows[3]["By"] == f"'{name}"


def test_negative_numbers_stay_numbers() -> None:
    overdrawn = [BalanceAt(at=START, balance=Decimal("-1.50")), *_account().balances]

    rows = _table(to_csv(statement(_account(balances=overdrawn), MARCH, now=AFTER), ENGLISH))

    assert rows[0]["Credit (EUR)"] == "-1.50"


def test_gaps_and_remarks_are_in_the_table() -> None:
    made = statement(_account(energy=HourlyEnergy.nothing(START)), MARCH, now=AFTER)

    rows = _table(to_csv(made, ENGLISH))

    gap = next(row for row in rows if row["Entry"] == "No data")
    assert (gap["Time"], gap["Until"]) == ("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00")
    assert rows[-1]["Entry"] == ENGLISH("statement.remark_gaps")


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
    page = to_html(statement(_account(), MARCH, now=AFTER), ENGLISH)
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
    made = statement(_account(name=evil, movements=[_movement("5.00", 9, name=evil)]), MARCH, now=AFTER)

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
    texts, made = texts_of(language), statement(_account(), MARCH, now=AFTER)

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
            _movement("5.00", day, state), kind=kind, actor=Actor(id=None, name=list(Nameless)[day % 5].value)
        )
        for day, (state, kind) in enumerate(product(MovementState, MovementKind), 1)
    ]
    old = [BalanceAt(at=at - dt.timedelta(hours=5), balance=Decimal(9)) for at in (START, END)]
    yield _account(movements=movements, energy=HourlyEnergy.of(START, hours), prices=[], balances=[])
    yield _account(movements=[], balances=old)
    yield _account(movements=[])
    yield _account(movements=[_movement(None, 9)])


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
    made = statement(_account(), Period(START, END, BERLIN), now=AFTER)
    assert "Statement 1 to 31 March 2026 · Flat 3" in to_html(made, ENGLISH)
    assert "Décompte 1er au 31 mars 2026 · Flat 3" in to_html(made, texts_of("fr"))

    hours = Period(START + dt.timedelta(hours=3), START + dt.timedelta(hours=9), BERLIN)
    made = statement(_account(), hours, now=AFTER)
    assert "Statement 1 March 2026 · Flat 3" in to_html(made, ENGLISH)


def test_a_month_without_anything_is_still_a_page() -> None:
    bare = _account(energy=HourlyEnergy.nothing(START), movements=[], balances=[], unit="")

    said = "".join(_read(to_html(statement(bare, MARCH, now=AFTER), ENGLISH)).text)

    assert "No top-ups in this period" in said
    assert "not known" in said
    assert ENGLISH("statement.remark_gaps") in said


def test_a_meter_that_counts_energy_has_a_statement_in_kilowatt_hours(tmp_path: Path) -> None:
    prepaid_energy = _account(unit="kWh", prices=[PricesSince(since=START, prices=Prices.by_energy())])

    made = statement(prepaid_energy, MARCH, now=AFTER)

    assert made.cost == made.energy == Decimal("148.60")
    assert "Credit (kWh)" in to_csv(made, ENGLISH)
