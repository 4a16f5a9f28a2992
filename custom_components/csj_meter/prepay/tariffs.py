"""Which tariff counts when, and what it costs: day tables, prices and the cost of energy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from typing import Final, Self

from ..meters.quantities import TARIFFS
from .errors import TariffError

MINUTES: Final = 24 * 60
"""Of a day table; a day that is longer or shorter follows the clock on the wall."""

MOST_POINTS: Final = 12
"""Switch points of one table."""

PRICE_STEP: Final = Decimal("0.0001")
"""Smallest step of a price per kWh."""

MAX_PRICE: Final = Decimal("429496.7295")
"""A u32 of steps."""

SATURDAY: Final = 5
SUNDAY: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPoint:
    """From a minute of the day on, a tariff counts."""

    minute: int
    """Minutes since local midnight, 0..1439."""

    tariff: int
    """1..8."""

    def __post_init__(self) -> None:
        """Raises TariffError."""
        if not 0 <= self.minute < MINUTES:
            raise TariffError(f"a switch point at minute {self.minute}: a day has minutes 0 to {MINUTES - 1}")
        if self.tariff not in TARIFFS:
            raise TariffError(f"tariff {self.tariff}: tariffs are {TARIFFS[0]} to {TARIFFS[-1]}")


@dataclass(frozen=True, slots=True)
class DayTable:
    """One kind of day: up to 12 switch points in the order of the clock.

    Before the first one, the tariff of the last one counts.
    """

    points: tuple[SwitchPoint, ...]
    """In rising order."""

    def __post_init__(self) -> None:
        """Raises TariffError."""
        if not self.points:
            raise TariffError("a day table needs at least one switch point, for example 00:00 tariff 1")
        if len(self.points) > MOST_POINTS:
            raise TariffError(
                f"a day table has at most {MOST_POINTS} switch points, this has {len(self.points)}"
            )
        for earlier, later in zip(self.points, self.points[1:], strict=False):
            if later.minute <= earlier.minute:
                raise TariffError(
                    f"switch points stand in the order of the clock: {_clock(later.minute)} "
                    f"cannot follow {_clock(earlier.minute)}"
                )

    @classmethod
    def of(cls, *points: tuple[str, int]) -> Self:
        """A table written like ``("00:00", 2), ("06:00", 1)``. Raises TariffError."""
        return cls(tuple(SwitchPoint(minute=minute_of(time), tariff=tariff) for time, tariff in points))

    def tariff_at(self, minute: int) -> int:
        """The tariff at a minute of the day."""
        return next(
            (point.tariff for point in reversed(self.points) if point.minute <= minute),
            self.points[-1].tariff,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The week: which table counts on which day."""

    weekday: DayTable
    """Monday to Friday."""

    saturday: DayTable
    """Saturday."""

    sunday: DayTable
    """Sunday."""

    @classmethod
    def flat(cls, tariff: int = 1) -> Self:
        """One tariff, always."""
        table = DayTable((SwitchPoint(minute=0, tariff=tariff),))
        return cls(weekday=table, saturday=table, sunday=table)

    def table_of(self, day: dt.date) -> DayTable:
        """The table of a day."""
        match day.weekday():
            case 5:
                return self.saturday
            case 6:
                return self.sunday
            case _:
                return self.weekday

    def tariff_at(self, local: dt.datetime) -> int:
        """The tariff at a moment; ``local`` is what the clock on the wall shows where the meter is."""
        return self.table_of(local).tariff_at(local.hour * 60 + local.minute)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a kWh costs in each tariff, in the meter's currency."""

    per_kilowatt_hour: tuple[Decimal, ...]
    """Tariff 1 first, at most four decimals; 1 to 8 of them."""

    def __post_init__(self) -> None:
        """Raises TariffError."""
        if not 1 <= len(self.per_kilowatt_hour) <= len(TARIFFS):
            raise TariffError(f"a meter has 1 to {len(TARIFFS)} prices, not {len(self.per_kilowatt_hour)}")
        for tariff, price in enumerate(self.per_kilowatt_hour, 1):
            if not price.is_finite() or not 0 <= price <= MAX_PRICE:
                raise TariffError(f"the price of tariff {tariff} is {price}: prices are 0 to {MAX_PRICE}")
            if price != price.quantize(PRICE_STEP):
                raise TariffError(
                    f"the price of tariff {tariff} is {price}: prices have at most four decimals"
                )

    @classmethod
    def by_energy(cls) -> Self:
        """Of a meter whose credit counts kWh: each costs one."""
        return cls(tuple(Decimal(1) for _ in TARIFFS))

    def of(self, tariff: int) -> Decimal:
        """The price of a tariff. Raises TariffError when it has none."""
        if not 1 <= tariff <= len(self.per_kilowatt_hour):
            raise TariffError(f"tariff {tariff} has no price: {len(self.per_kilowatt_hour)} prices are known")
        return self.per_kilowatt_hour[tariff - 1]

    def cost(self, energy: Sequence[float]) -> Decimal:
        """The cost of energy in kWh, tariff 1 first; exact, not rounded.

        Raises TariffError when energy was used in a tariff that has no price.
        """
        return sum(
            (self.of(tariff) * exact(used) for tariff, used in enumerate(energy, 1) if used), Decimal(0)
        )


def exact(number: float) -> Decimal:
    """The decimal number that a person would read off a counter: 0.1, not 0.1000000000000000055."""
    return Decimal(repr(float(number)))


def minute_of(time: str) -> int:
    """Minutes since midnight of a time like "06:30". Raises TariffError."""
    hour, colon, minute = time.strip().partition(":")
    if not (colon and hour.isascii() and minute.isascii() and hour.isdigit() and minute.isdigit()):
        raise TariffError(f"{time!r} is not a time of the day: write it like 06:30")
    if int(hour) > 23 or int(minute) > 59:
        raise TariffError(f"{time!r} is not a time of the day: they go from 00:00 to 23:59")
    return int(hour) * 60 + int(minute)


def day_table(points: Iterable[tuple[int, int]]) -> DayTable:
    """The table of (minute, tariff) pairs, as a meter keeps them. Raises TariffError."""
    return DayTable(tuple(SwitchPoint(minute=minute, tariff=tariff) for minute, tariff in points))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
