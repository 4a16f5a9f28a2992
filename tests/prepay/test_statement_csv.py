"""Statements as tables: units in the header, a line for every entry, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
from decimal import Decimal
import io
from pathlib import Path

import pytest

from custom_components.csj_meter.prepay.hourly_energy import HourlyEnergy
from custom_components.csj_meter.prepay.price_history import PricesSince
from custom_components.csj_meter.prepay.statement import BalanceAt, statement
from custom_components.csj_meter.prepay.statement_csv import to_csv
from custom_components.csj_meter.prepay.tariffs import Prices

from .statement_account import AFTER, ENGLISH, MARCH, START, a_movement, an_account


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_has_units_in_its_header_and_a_line_for_every_entry() -> None:
    text = to_csv(statement(an_account(), MARCH, now=AFTER), ENGLISH)

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
    text = to_csv(statement(an_account(name=nasty), MARCH, now=AFTER), ENGLISH)

    assert text.count("\r\n") == 8
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {15}
    assert rows[1][0] == nasty
    assert text.encode().decode() == text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_a_name_is_never_run_by_a_spreadsheet(name: str) -> None:
    made = statement(an_account(name=name, movements=[a_movement("5.00", 9, name=name)]), MARCH, now=AFTER)

    rows = _table(to_csv(made, ENGLISH))

    assert rows[0]["Meter"] == f"'{name}"
    assert rows[3]["By"] == f"'{name}"


def test_negative_numbers_stay_numbers() -> None:
    overdrawn = [BalanceAt(at=START, balance=Decimal("-1.50")), *an_account().balances]

    rows = _table(to_csv(statement(an_account(balances=overdrawn), MARCH, now=AFTER), ENGLISH))

    assert rows[0]["Credit (EUR)"] == "-1.50"


def test_gaps_and_remarks_are_in_the_table() -> None:
    made = statement(an_account(energy=HourlyEnergy.nothing(START)), MARCH, now=AFTER)

    rows = _table(to_csv(made, ENGLISH))

    gap = next(row for row in rows if row["Entry"] == "No data")
    assert (gap["Time"], gap["Until"]) == ("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00")
    assert rows[-1]["Entry"] == ENGLISH("statement.remark_gaps")


def test_a_meter_that_counts_energy_has_a_statement_in_kilowatt_hours(tmp_path: Path) -> None:
    prepaid_energy = an_account(unit="kWh", prices=[PricesSince(since=START, prices=Prices.by_energy())])

    made = statement(prepaid_energy, MARCH, now=AFTER)

    assert made.cost == made.energy == Decimal("148.60")
    assert "Credit (kWh)" in to_csv(made, ENGLISH)
