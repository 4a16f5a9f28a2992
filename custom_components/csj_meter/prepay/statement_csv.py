"""A statement as a table for programs: RFC 4180, units in the header, numbers with a point."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
import io

from ..language.texts import Texts
from ..telemetry.spreadsheet import harmless
from .movement import Movement
from .statement import Statement
from .statement_words import by, head

type Cell = str | int | Decimal | dt.datetime | None


def to_csv(statement: Statement, texts: Texts) -> str:
    """One line an entry, lines ended by CR LF; to be encoded as UTF-8.

    Times are local with their offset from UTC.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    money, price = statement.unit, f"{statement.unit or '1'}/kWh"
    columns = [("meter", ""), ("serial", ""), ("period", ""), ("entry", ""), ("time", ""), ("until", "")]
    columns += [("tariff", ""), ("energy", "kWh"), ("price", price), ("cost", money), ("amount", money)]
    columns += [("balance", money), ("state", ""), ("by", ""), ("reference", "")]
    writer.writerow([head(texts, key, unit) for key, unit in columns])

    def _row(
        entry: str,
        time: dt.datetime | None,
        until: dt.datetime | None = None,
        *,
        numbers: tuple[Cell, ...] = (None,) * 6,
        words: tuple[str, ...] = ("",) * 3,
    ) -> None:
        cells: list[Cell] = [statement.name, statement.serial, str(statement.month), entry, time, until]
        writer.writerow([_cell(cell, statement) for cell in (*cells, *numbers, *words)])

    if statement.opening is not None:
        _row(
            texts("statement.opening"),
            statement.opening.at,
            numbers=(None, None, None, None, None, statement.opening.balance),
        )
    for line in statement.lines:
        _row(
            texts("statement.energy"),
            statement.start,
            statement.end,
            numbers=(line.tariff, line.energy, line.price, line.cost, None, None),
        )
    for movement in (*statement.top_ups, *statement.unsettled):
        _row(
            texts(f"statement.kind_{movement.kind.value}"),
            movement.at,
            numbers=(None, None, None, None, movement.amount, movement.balance_after),
            words=_words(movement, texts),
        )
    for gap in statement.gaps:
        _row(texts("statement.gap"), gap.start, gap.end)
    _row(
        texts("statement.total"),
        statement.start,
        statement.end,
        numbers=(None, statement.energy, None, statement.known_cost, statement.topped_up, None),
    )
    if statement.closing is not None:
        _row(
            texts("statement.closing"),
            statement.closing.at,
            numbers=(None, None, None, None, None, statement.closing.balance),
        )
    for remark in statement.remarks:
        _row(texts(f"statement.remark_{remark.value}"), None)
    return table.getvalue()


def _words(movement: Movement, texts: Texts) -> tuple[str, str, str]:
    """State, who, and what it can be found by."""
    state = texts(f"statement.state_{movement.state.value}")
    return state, by(movement, texts), movement.key or movement.id


def _cell(value: Cell, statement: Statement) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.astimezone(statement.zone).isoformat(timespec="seconds")
        case str():
            return harmless(value)
        case _:
            return str(value)
