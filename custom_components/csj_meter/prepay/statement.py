"""The statement of one meter and one month: energy, cost, top-ups, balances, and what is not known.

Months and days are those of the clock on the wall where the meter is. Lines are rounded one by one and the
totals are sums of what is printed, so that a person with a pencil comes to the same result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, Self
from zoneinfo import ZoneInfo

from .errors import StatementError
from .hourly_energy import HOUR, Hour, HourlyEnergy
from .money import CENT, round_money
from .movement import ON_THE_METER, UNSETTLED, Movement
from .price_history import PricesSince
from .tariffs import exact

ENERGY_STEP: Final = Decimal("0.01")
"""kWh; what the counters of the meters show."""

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9998

LONGEST_QUOTE: Final = 20
"""Characters of what is no month that are told of it."""

BALANCE_AGE: Final = dt.timedelta(hours=1)
"""A balance read so long before the turn of the month is that of the turn."""

OLDEST_BALANCE: Final = dt.timedelta(days=3)
"""Older ones are no balance of the turn of the month at all."""

TOLERANCE: Final = Decimal("0.02")
"""Share of the cost by which the meter's own account may differ before it is remarked on."""


class Remark(StrEnum):
    """What the reader has to know to trust the numbers as far as they go."""

    RUNNING = "running"
    """The month is not over."""
    GAPS = "gaps"
    """Energy of some hours is not known and not in the sums."""
    NO_PRICE = "no_price"
    """Some energy has no price, its cost is not in the sums."""
    UNSETTLED = "unsettled"
    """Top-ups whose outcome is not known are not in the sums."""
    AMOUNT_UNKNOWN = "amount_unknown"
    """Top-ups whose amount is not known are not in the sums."""
    NO_OPENING = "no_opening"
    """The opening balance is not known."""
    NO_CLOSING = "no_closing"
    """The closing balance is not known."""
    OLD_BALANCE = "old_balance"
    """A balance was read more than an hour before the turn of the month."""
    DIFFERENCE = "difference"
    """The meter's own account comes to another cost."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    """1970 to 9998."""

    month: int
    """1 to 12."""

    def __post_init__(self) -> None:
        """Raises StatementError."""
        if not (1 <= self.month <= 12 and FIRST_YEAR <= self.year <= LAST_YEAR):
            raise StatementError(f"{self.year}-{self.month} is not a month: write it like 2026-03")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month of a text like "2026-03". Raises StatementError."""
        year, hyphen, month = text.strip().partition("-")
        if not (hyphen and year.isdecimal() and month.isdecimal() and len(year) == 4 and len(month) <= 2):
            raise StatementError(f"{text[:LONGEST_QUOTE]!r} is not a month: write it like 2026-03")
        return cls(int(year), int(month))

    @classmethod
    def of(cls, moment: dt.datetime, zone: ZoneInfo) -> Self:
        """The month that a moment is in."""
        local = moment.astimezone(zone)
        return cls(local.year, local.month)

    @property
    def following(self) -> Month:
        """The next one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """From the first local midnight to the one of the next month, UTC.

        Where clocks skip midnight, the month begins with the moment after.
        """
        return self._begin(zone), self.following._begin(zone)  # noqa: SLF001 - of its own kind

    def _begin(self, zone: ZoneInfo) -> dt.datetime:
        return dt.datetime(self.year, self.month, 1, tzinfo=zone).astimezone(dt.UTC)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Period:
    """Any time: of a tenancy, or what a tenancy has of a month."""

    start: dt.datetime
    """UTC."""

    end: dt.datetime
    """UTC; what begins then is not in it any more."""

    zone: ZoneInfo
    """Whose clock says on which days it begins and ends."""

    def __post_init__(self) -> None:
        """Raises StatementError."""
        if self.end <= self.start:
            raise StatementError(f"{self.start} is not before {self.end}")

    def bounds(self, _zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """Its first moment and the first one after it, UTC."""
        return self.start, self.end

    def __str__(self) -> str:
        first, last = (moment.astimezone(self.zone).date() for moment in (self.start, self.end))
        return f"{first} – {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAt:
    """A balance that was read."""

    at: dt.datetime
    """UTC."""

    balance: Decimal
    """In the unit of the meter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyLine:
    """Energy of one tariff at one price."""

    tariff: int
    """1..8."""

    energy: Decimal
    """kWh, two decimals."""

    price: Decimal | None
    """Per kWh; None where no price is known."""

    cost: Decimal | None
    """Energy times price, two decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time of which nothing is known."""

    start: dt.datetime
    """UTC."""

    end: dt.datetime
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that a statement is made of."""

    serial: str
    """Serial number of the meter."""

    name: str
    """What people call it."""

    unit: str
    """Letters of the currency or "kWh"; "" where the meter names none."""

    zone: ZoneInfo
    """Where the meter is."""

    energy: HourlyEnergy
    """Imported energy; hours that are missing are gaps."""

    prices: Sequence[PricesSince]
    """Every list of prices that was valid in the month, in any order."""

    balances: Sequence[BalanceAt]
    """Balances around the turns of the month, in any order."""

    movements: Sequence[Movement]
    """Movements of this meter; others of the same month may be among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One month of one meter."""

    serial: str
    """Serial number of the meter."""

    name: str
    """What people call it."""

    unit: str
    """Unit of all money here."""

    month: Month | Period
    """The month, or another time."""

    zone: ZoneInfo
    """Whose clock counts."""

    start: dt.datetime
    """First moment, UTC."""

    end: dt.datetime
    """First moment that is not in it any more, UTC; now, if the month is not over."""

    made_at: dt.datetime
    """When it was made, UTC."""

    lines: tuple[EnergyLine, ...]
    """Energy by tariff and price."""

    energy: Decimal
    """Sum of the lines, kWh."""

    cost: Decimal
    """Sum of the lines."""

    top_ups: tuple[Movement, ...]
    """Money that was put on the meter, ours, somebody else's and corrections, oldest first."""

    topped_up: Decimal
    """Sum of those whose amount is known."""

    unsettled: tuple[Movement, ...]
    """Movements of the month that have no outcome."""

    opening: BalanceAt | None
    """Balance at the beginning."""

    closing: BalanceAt | None
    """Balance at the end."""

    gaps: tuple[Gap, ...]
    """Times whose energy is not known."""

    difference: Decimal | None
    """By how much more the meter itself has charged than ``cost``; None where that cannot be told."""

    remarks: tuple[Remark, ...]
    """What to know about all this."""

    @property
    def known_cost(self) -> Decimal | None:
        """``cost``; None where the price of none of the energy is known: it was not for nothing."""
        known = not self.lines or any(line.cost is not None for line in self.lines)
        return self.cost if known else None


def statement(account: Account, month: Month | Period, *, now: dt.datetime) -> Statement:
    """The statement of ``month``, or of another time, as far as it is over ``now`` (UTC).

    Raises StatementError for a month that has not begun.
    """
    start, month_end = month.bounds(account.zone)
    if now <= start:
        raise StatementError(f"{month} has not begun")
    end = min(month_end, now)
    hours = list(account.energy.between(start, end))
    lists = sorted(account.prices, key=lambda one: one.since)
    lines = _lines(hours, lists)
    gaps = _gaps(hours)
    of_meter = sorted(
        (one for one in account.movements if one.serial == account.serial), key=lambda one: one.at
    )
    of_month = [one for one in of_meter if start <= one.at < end]
    top_ups = tuple(movement for movement in of_month if movement.state in ON_THE_METER)
    unsettled = tuple(movement for movement in of_month if movement.state in UNSETTLED)
    opening, closing = _balance_at(account.balances, start), _balance_at(account.balances, end)
    cost = sum((line.cost for line in lines if line.cost is not None), Decimal("0.00"))
    topped_up = sum((one.amount for one in top_ups if one.amount is not None), Decimal("0.00"))
    remarks = {
        Remark.RUNNING: end < month_end,
        Remark.GAPS: bool(gaps),
        Remark.NO_PRICE: any(line.price is None for line in lines),
        Remark.UNSETTLED: bool(unsettled),
        Remark.AMOUNT_UNKNOWN: any(movement.amount is None for movement in top_ups),
        Remark.NO_OPENING: opening is None,
        Remark.NO_CLOSING: closing is None,
        Remark.OLD_BALANCE: _is_old(opening, start) or _is_old(closing, end),
    }
    incomplete = any(remarks[remark] for remark in remarks if remark is not Remark.RUNNING)
    difference = None
    if opening is not None and closing is not None and not incomplete:
        difference = opening.balance + topped_up - closing.balance - cost
        tolerance = max(5 * CENT, TOLERANCE * cost) + _guessed(hours, lists)
        remarks[Remark.DIFFERENCE] = abs(difference) > tolerance
    return Statement(
        serial=account.serial,
        name=account.name,
        unit=account.unit,
        month=month,
        zone=account.zone,
        start=start,
        end=end,
        made_at=now,
        lines=lines,
        energy=sum((line.energy for line in lines), Decimal("0.00")),
        cost=cost,
        top_ups=top_ups,
        topped_up=topped_up,
        unsettled=unsettled,
        opening=opening,
        closing=closing,
        gaps=gaps,
        difference=difference,
        remarks=tuple(remark for remark in Remark if remarks.get(remark)),
    )


def _lines(hours: Sequence[Hour], lists: Sequence[PricesSince]) -> tuple[EnergyLine, ...]:
    """Energy by tariff and price; one line a tariff unless its price changed within the month."""
    used: defaultdict[tuple[int, Decimal | None], Decimal] = defaultdict(Decimal)
    for hour in hours:
        for tariff, energy in enumerate(hour.energy or (), 1):
            if energy:
                used[tariff, _price(lists, hour, tariff)] += exact(energy)
    lines: list[EnergyLine] = []
    for (tariff, price), exactly in used.items():
        counted = exactly.quantize(ENERGY_STEP, ROUND_HALF_UP)
        cost = None if price is None else round_money(counted * price)
        lines.append(EnergyLine(tariff=tariff, energy=counted, price=price, cost=cost))
    return tuple(sorted(lines, key=lambda line: line.tariff))


def _price(lists: Sequence[PricesSince], hour: Hour, tariff: int) -> Decimal | None:
    """The price of a tariff in an hour, by lists in the order of time."""
    valid = next((one.prices for one in reversed(lists) if one.since <= hour.start), None)
    if valid is None and lists and lists[0].since < hour.end:
        valid = lists[0].prices  # the first hour of a new meter: it was seen with no others before
    return None if valid is None or tariff > len(valid.per_kilowatt_hour) else valid.of(tariff)


def _guessed(hours: Sequence[Hour], lists: Sequence[PricesSince]) -> Decimal:
    """By how much the cost of hours that are cut may be wrong: nobody knows when in the hour it was used."""
    cut = [hour for hour in hours if hour.end - hour.start < HOUR]
    return sum(
        (
            exact(energy) / exact((hour.end - hour.start) / HOUR) * price
            for hour in cut
            for tariff, energy in enumerate(hour.energy or (), 1)
            if energy and (price := _price(lists, hour, tariff)) is not None
        ),
        Decimal(0),
    )


def _gaps(hours: Sequence[Hour]) -> tuple[Gap, ...]:
    """Hours of which nothing is known, those in a row as one."""
    gaps: list[Gap] = []
    for hour in hours:
        if hour.energy is not None:
            continue
        if gaps and gaps[-1].end == hour.start:
            gaps[-1] = Gap(start=gaps[-1].start, end=hour.end)
        else:
            gaps.append(Gap(start=hour.start, end=hour.end))
    return tuple(gaps)


def _balance_at(balances: Sequence[BalanceAt], moment: dt.datetime) -> BalanceAt | None:
    """The last balance that was read before a moment."""
    before = [one for one in balances if moment - OLDEST_BALANCE <= one.at <= moment]
    return max(before, key=lambda one: one.at, default=None)


def _is_old(balance: BalanceAt | None, moment: dt.datetime) -> bool:
    return balance is not None and moment - balance.at > BALANCE_AGE
