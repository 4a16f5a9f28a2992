"""Outages: minutes of a meter without a sample, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select, update

from .meter_rows import MeterRow
from .schema import GAPS

LONGEST_PAUSE: Final = 15
"""Minutes between two samples that are no outage yet: meters may be asked as seldom as that."""


class GapState(StrEnum):
    """What became of an outage."""

    OPEN = "open"
    """Nobody has looked yet what the meter knows of it."""

    FILLED = "filled"
    """The meter knew all of it."""

    PARTLY = "partly"
    """The meter knew some of it; of the rest, only the energy is known."""

    UNFILLABLE = "unfillable"
    """Only the energy is known, from the counters before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One outage of one meter."""

    number: int
    """What the store knows it by."""

    serial: str
    """Of the meter."""

    since: int | None
    """Minute of the last sample before; None where the meter was not known before."""

    until: int
    """Minute of the first sample after."""

    state: GapState = GapState.OPEN
    """What became of it."""


def outage_before(
    row: MeterRow, minute: int, is_known: Callable[[int, int], bool]
) -> tuple[int | None, int] | None:
    """The outage that a sample of ``minute`` ends: the minutes of the samples around it; None for none.

    ``is_known``: whether there are samples from a minute to before another one.
    """
    if row.newest is None or minute - row.newest > LONGEST_PAUSE:
        return row.newest, minute
    # what lies ahead is of a clock that was set back since: of the time until then it says nothing
    last = row.last
    if minute > row.newest or last is None or minute - last <= LONGEST_PAUSE or is_known(last + 1, minute):
        return None
    return last, minute


def add_gaps(
    connection: Connection, meter: int, serial: str, found: Iterable[tuple[int | None, int]]
) -> list[Gap]:
    """Keep outages as open ones."""
    gaps = []
    for since, until in found:
        row = {"meter": meter, "since": since, "until": until, "state": GapState.OPEN.value}
        number = connection.execute(GAPS.insert().values(row).returning(GAPS.c.number)).scalar_one()
        gaps.append(Gap(number=number, serial=serial, since=since, until=until))
    return gaps


def read_gaps(connection: Connection, meter: int, serial: str, state: GapState | None = None) -> list[Gap]:
    """The outages of a meter, oldest first."""
    query = select(GAPS).where(GAPS.c.meter == meter).order_by(GAPS.c.until)
    if state is not None:
        query = query.where(GAPS.c.state == state.value)
    return [
        Gap(
            number=row["number"],
            serial=serial,
            since=row["since"],
            until=row["until"],
            state=GapState(row["state"]),
        )
        for row in connection.execute(query).mappings()
    ]


def open_since(connection: Connection, minute: int) -> dict[int, int]:
    """Meter -> the last minute before the first of its open outages that have ended since ``minute``."""
    query = (
        select(GAPS.c.meter, func.min(GAPS.c.since).label("since"))
        .where(GAPS.c.state == GapState.OPEN.value, GAPS.c.until >= minute, GAPS.c.since.is_not(None))
        .group_by(GAPS.c.meter)
    )
    return {row.meter: row.since for row in connection.execute(query)}


def settle_gap(connection: Connection, number: int, state: GapState) -> None:
    """Say what became of an outage."""
    connection.execute(update(GAPS).where(GAPS.c.number == number).values(state=state.value))
