"""What the store knows of today and of the month, and how it goes on with each reading of a meter.

The store knows up to the last sample that is on disk; from there on the counters that the meter tells go
on by themselves, so that nobody reads the database every minute. What is not known from its beginning on is
not told: half a day would look like a whole one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from ..meters.quantities import TARIFFS
from ..meters.reading import Value
from ..prepay.money import round_money
from ..telemetry.aggregate import aggregate
from ..telemetry.columns import ABSENT, COLUMNS, COST_DECIMALS
from ..telemetry.gaps import LONGEST_PAUSE
from ..telemetry.series import DAY, HOUR, Aggregates, Series
from ..telemetry.store import Store
from ..telemetry.usage import WEEK, Usage, Used, usage

TOTAL: Final = "energy_import"
USED: Final = f"{TOTAL}_used"
COST: Final = f"{TOTAL}_cost"

PRICES: Final = {f"{TOTAL}_t{tariff}": f"price_t{tariff}" for tariff in TARIFFS}
"""Counter of a tariff -> what a kWh costs in it."""

TOLD: Final = (TOTAL, *PRICES, *PRICES.values())
"""Quantities that usage is made of."""

_USED_OF: Final = frozenset(TOLD)

_LOOK_BACK: Final = (3 * HOUR, 2 * DAY, 32 * DAY)
"""Minutes before midnight in which the sample before it is looked for: there may have been an outage."""

_ALL: Final = 0.9995
"""Share of a time that is known, when it is known but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Counters and prices of one moment, in steps."""

    at: int
    """Minute since 1970-01-01 UTC."""

    steps: Mapping[str, int]
    """``energy_import``, the counters of the tariffs and their prices, as far as they are known."""

    @classmethod
    def of_values(cls, at: int, values: Mapping[str, Value]) -> Point:
        """What a meter has told."""
        steps = {
            name: round(float(value) * 10 ** COLUMNS[name].decimals)
            for name in TOLD
            if (value := values.get(name)) is not None and not isinstance(value, str | tuple)
        }
        return cls(at=at, steps=steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What has been used since some moment, and goes on."""

    energy: int
    """Import in steps of 0.01 kWh."""

    cost: int | None
    """In steps of 1e-6 of the currency; None when the price of some of it is not known."""

    upto: Point
    """The counters up to which this is."""

    def until(self, point: Point) -> Running:
        """The same up to a later reading of the meter; what a counter falls counts nothing."""
        now, before = point.steps, self.upto.steps
        if TOTAL not in now:
            return self
        rise = max(0, now[TOTAL] - before.get(TOTAL, now[TOTAL]))
        return Running(energy=self.energy + rise, cost=self._cost_until(point), upto=point)

    def _cost_until(self, point: Point) -> int | None:
        cost, now, before = self.cost, point.steps, self.upto.steps
        if not PRICES.keys() & now.keys():
            return None
        for counter, price in PRICES.items():
            rise = max(0, now[counter] - before.get(counter, now[counter])) if counter in now else 0
            if not rise or cost is None:
                continue
            # as in the store: what was used between two readings has the price of the older one
            each = before.get(price, now.get(price))
            cost = None if each is None else cost + rise * each
        return cost

    @property
    def kilowatt_hours(self) -> Decimal:
        """The energy."""
        return Decimal(self.energy).scaleb(-COLUMNS[TOTAL].decimals)

    @property
    def money(self) -> Decimal | None:
        """The cost, in the currency of the meter, to 0.01."""
        return None if self.cost is None else round_money(Decimal(self.cost).scaleb(-COST_DECIMALS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the store knows of one meter."""

    morning: int
    """Minute of the last local midnight."""

    today: Running | None
    """Since then; None when that is not known, or not known yet."""

    month: Running | None
    """Since the first of the month; None likewise."""

    is_young: bool
    """Whether the store is still to hear of today: it is worth asking again in a minute."""

    usage: Usage
    """The weeks, and how they compare."""


def read_bases(
    store: Store, serials: list[str], *, now: int, zone: ZoneInfo, morning: int, month: int
) -> dict[str, Base]:
    """What is known of some meters; blocks.

    ``now``, ``morning``, ``month``: minutes of now, of the last local midnight, of the first of the month.
    """
    since = min(month, now // HOUR * HOUR - 2 * WEEK) // HOUR * HOUR - HOUR
    hours = store.hours(serials, since, now, (USED, COST))
    return {
        serial: _base(store, serial, hours.get(serial, Aggregates.empty()), now, zone, morning, month)
        for serial in serials
    }


def _base(
    store: Store, serial: str, hours: Aggregates, now: int, zone: ZoneInfo, morning: int, month: int
) -> Base:
    series = samples_of_today(store, serial, morning, now)
    counted = series.rows(series.steps(TOTAL) != ABSENT)
    newest = int(counted.minutes[-1]) if len(counted) else None
    if newest is None or newest < morning:
        nothing = usage(hours, Aggregates.empty(), now, zone)
        return Base(morning=morning, today=None, month=None, is_young=True, usage=nothing)
    # with the minute of the newest sample there is nothing to guess at the end
    today = aggregate(series, np.array([morning]), np.array([newest + 1]))
    found = usage(hours, today, max(newest, morning + 1), zone)
    point = _point(counted)
    from_midnight = _knows(hours, morning - 1)
    is_known = from_midnight and found.today.known >= _ALL
    return Base(
        morning=morning,
        today=_running(found.today, point) if is_known else None,
        month=_running(found.this_month, point)
        if is_known and _knows(hours, month - 1) and found.this_month.known >= _ALL
        else None,
        is_young=not from_midnight and _knows(hours, morning - 1 - HOUR),
        usage=found,
    )


def samples_of_today(store: Store, serial: str, morning: int, now: int) -> Series:
    """What usage is made of since ``morning``, with the last sample before it that has counters; blocks.

    What lies after ``now`` was measured by a clock that has been set back since.
    """
    for look_back in _LOOK_BACK:
        series = Series.joined(store.minutes(serial, morning - look_back, now + 1, _USED_OF))
        before = series.between(0, morning)
        if (before.steps(TOTAL) != ABSENT).any():
            break
    return series


def _point(counted: Series) -> Point:
    steps = {name: int(counted.steps(name)[-1]) for name in TOLD}
    return Point(
        at=int(counted.minutes[-1]), steps={name: step for name, step in steps.items() if step != ABSENT}
    )


def _knows(hours: Aggregates, minute: int) -> bool:
    """Whether the hour that a minute is in has been closed and its energy is known."""
    place = int(np.searchsorted(hours.starts, minute, side="right")) - 1
    return place >= 0 and minute < hours.starts[place] + HOUR and hours.steps(USED)[place] != ABSENT


def _running(used: Used, point: Point) -> Running | None:
    if used.energy is None:
        return None
    return Running(
        energy=round(used.energy * 10 ** COLUMNS[TOTAL].decimals),
        cost=None if used.cost is None else int(used.cost.scaleb(COST_DECIMALS)),
        upto=point,
    )


class LiveUsage:
    """What one meter uses, from the store and its own readings; each local day begins anew."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.today: Running | None = None
        """Since local midnight; None while that is not known."""
        self.month: Running | None = None
        """Since the first of the month; None likewise."""
        self.usage: Usage | None = None
        """The weeks, as of the last full hour."""
        self._morning: int | None = None
        self._month: int | None = None
        self._newest: Point | None = None

    def turn(self, morning: int, month: int) -> bool:
        """Begin the day of minute ``morning`` and the month of minute ``month``; whether they are new.

        What was known goes on only where the meter was read shortly before: the counters of midnight are
        then those of that reading, until the store knows better.
        """
        if (morning, month) == (self._morning, self._month):
            return False
        newest = self._newest
        goes_on = (
            self._morning is not None
            and newest is not None
            and self._morning < morning
            and morning - newest.at <= LONGEST_PAUSE
            and newest.at < morning
        )
        begun = None if newest is None or not goes_on else Running(energy=0, cost=0, upto=newest)
        if not goes_on or month != self._month:
            self.month = begun
        self.today = begun
        self._morning, self._month = morning, month
        return True

    def read(self, point: Point) -> None:
        """The meter has told its counters."""
        self._newest = point
        if self.today is not None:
            self.today = self.today.until(point)
        if self.month is not None:
            self.month = self.month.until(point)

    def rebase(self, base: Base) -> None:
        """Go on from what the store knows; what it does not know goes on as it was."""
        self.usage = base.usage
        if base.morning != self._morning:
            return  # midnight has passed meanwhile
        if base.today is not None:
            self.today = self._up_to_now(base.today)
        if base.month is not None:
            self.month = self._up_to_now(base.month)

    def _up_to_now(self, running: Running) -> Running:
        newest = self._newest
        return running if newest is None or newest.at < running.upto.at else running.until(newest)
