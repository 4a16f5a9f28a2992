"""A statement as a table for programs: RFC 4180, units in the header, numbers with a point."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
import io

from ..telemetry.spreadsheet import harmless
from .movement import Movement
from .statement import Statement
from .statement_labels import StatementLabels

type Cell = str | int | Decimal | dt.datetime | None


def to_csv(statement: Statement, labels: StatementLabels) -> str:
    """One line an entry, lines ended by CR LF; to be encoded as UTF-8.

    Times are local with their offset from UTC.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    money = f" ({statement.unit})" if statement.unit else ""
    per_kilowatt_hour = f" ({statement.unit or '1'}/kWh)"
    writer.writerow(
        [
            labels.meter,
            labels.serial,
            labels.month,
            labels.entry,
            labels.time,
            labels.until,
            labels.tariff,
            f"{labels.energy} (kWh)",
            f"{labels.price}{per_kilowatt_hour}",
            f"{labels.cost}{money}",
            f"{labels.amount}{money}",
            f"{labels.balance}{money}",
            labels.state,
            labels.by,
            labels.reference,
        ]
    )

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
            labels.opening,
            statement.opening.at,
            numbers=(None, None, None, None, None, statement.opening.balance),
        )
    for line in statement.lines:
        _row(
            labels.energy,
            statement.start,
            statement.end,
            numbers=(line.tariff, line.energy, line.price, line.cost, None, None),
        )
    for movement in (*statement.top_ups, *statement.unsettled):
        _row(
            labels.kinds[movement.kind],
            movement.at,
            numbers=(None, None, None, None, movement.amount, movement.balance_after),
            words=_words(movement, labels),
        )
    for gap in statement.gaps:
        _row(labels.gap, gap.start, gap.end)
    _row(
        labels.total,
        statement.start,
        statement.end,
        numbers=(None, statement.energy, None, statement.cost, statement.topped_up, None),
    )
    if statement.closing is not None:
        _row(
            labels.closing,
            statement.closing.at,
            numbers=(None, None, None, None, None, statement.closing.balance),
        )
    for remark in statement.remarks:
        _row(labels.remarks[remark], None)
    return table.getvalue()


def _words(movement: Movement, labels: StatementLabels) -> tuple[str, str, str]:
    """State, who, and what it can be found by."""
    return labels.states[movement.state], movement.actor.name, movement.key or movement.id


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
