"""Homes that live: what they draw in every minute of every day, from a seed alone.

A household is a set of appliance groups. ``day`` gives a whole day by the minute, ``at`` one
moment with the small ripple within the minute; both agree, and the ripple adds nothing to the
energy of a full minute. Days are those of the meter: 86 400 s, no daylight saving.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from . import appliances as a, noise
from .appliances import MINUTES, WEEKDAY_STOCK, WEEKEND_STOCK, Group, Season, Use
from .noise import Floats
from .ripple import Ripple

DAY: Final = 86400

KEPT_DAYS: Final = 2


def moments(ordinal: int, second: float) -> Floats:
    """The same second of every minute of a day, s since 1970-01-01, shape (1440,)."""
    return np.asarray(ordinal * DAY + second + 60.0 * np.arange(MINUTES), np.float64)


class Kind(StrEnum):
    """Sorts of households that can be had."""

    FLAT = "flat"
    HOUSE = "house"
    SOLAR = "solar"
    HEAT_PUMP = "heat_pump"
    WORKSHOP = "workshop"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HouseholdDay:
    """One day of one household by the minute."""

    groups: Floats
    """Power of every group, W, shape (groups, 1440)."""

    active: Floats
    """Active power, W, shape (phases, 1440); negative where it feeds in."""

    reactive: Floats
    """Reactive power, var, shape (phases, 1440)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Load:
    """What a household draws at one moment."""

    active: Floats
    """W per phase."""

    reactive: Floats
    """var per phase."""

    distortion: Floats
    """Harmonic currents of orders 2..31 as the active power they would be, W, shape (phases, 30)."""


class Household:
    """People and their appliances behind one meter."""

    def __init__(self, seed: int, kind: Kind, phases: int = 1, scale: float = 1.0) -> None:
        """Furnish a home.

        ``scale`` makes everything larger or smaller. Raises ``ValueError`` for other than 1 or 3
        phases.
        """
        if phases not in (1, 3):
            raise ValueError(f"a household has 1 or 3 phases, not {phases}")
        self.seed = seed
        self.kind = kind
        self.phases = phases
        self.groups: tuple[Group, ...] = tuple(_furnish(seed, kind, phases, scale))
        self._weights = np.array([group.weights for group in self.groups]).T
        self._reactive_weights = self._weights * np.array([group.tan_phi for group in self.groups])
        self._harmonics = np.array([group.harmonics for group in self.groups])
        self.ripple = Ripple(noise.key(seed, "ripple"))
        self.day = lru_cache(maxsize=KEPT_DAYS)(self._day)
        """``day(ordinal)``: the ``HouseholdDay`` of days since 1970-01-01; the last few are kept."""

    def _day(self, ordinal: int) -> HouseholdDay:
        rows = np.array([group.day(ordinal) for group in self.groups], dtype=np.float64)
        return HouseholdDay(groups=rows, active=self._weights @ rows, reactive=self._reactive_weights @ rows)

    def at(self, time: float, *, steady: bool = False) -> Load:
        """What it draws now; ``time`` in seconds of the meter's own days since 1970-01-01.

        ``steady`` leaves out the ripple: the mean of that minute.
        """
        ordinal, second = divmod(time, DAY)
        minute = int(second // 60)
        day = self.day(int(ordinal))
        ripple = 1.0 if steady else 1 + self.ripple.at(time)
        groups = np.abs(day.groups[:, minute])
        return Load(
            active=day.active[:, minute] * ripple,
            reactive=day.reactive[:, minute] * ripple,
            distortion=(self._weights * groups) @ self._harmonics,
        )

    def distortion(self, ordinal: int) -> Floats:
        """Harmonic currents of every minute of a day as ``Load`` has them, shape (phases, 1440, 30)."""
        groups = np.abs(self.day(ordinal).groups)
        return np.array([(groups.T * weights) @ self._harmonics for weights in self._weights])


def _steady(_: int) -> float:
    return 1.0


def _weather(key: int, summer: float, cold: float) -> Season:
    """A season from ``summer`` to ``cold`` with mild and hard spells of a few days."""
    return lambda day: max(
        0.0, summer + (cold - summer) * a.winter(day) * (1 + 0.25 * noise.smooth(key, day, 4))
    )


@dataclass(slots=True, kw_only=True, eq=False)
class _Furnisher:
    """Collects the groups of one household."""

    seed: int
    phases: int
    scale: float

    def group(
        self,
        name: str,
        days: Callable[[np.random.Generator, int, bool], Floats],
        *,
        harmonics: Floats,
        tan_phi: float = 0.0,
        season: Season = _steady,
        spread: bool = False,
        sunday: float = 1.0,
    ) -> Group:
        """A group from ``days(random, count, weekend)``.

        ``spread`` puts it evenly on all phases, otherwise it has a favourite. ``sunday`` scales
        Sundays, for businesses.
        """
        key = noise.key(self.seed, name)
        random = np.random.default_rng(key)
        # single precision: there are hundreds of rows in a home, and hundreds of homes on a line
        weekday = (days(random, WEEKDAY_STOCK, False) * self.scale).astype(np.float32)
        weekend = (days(random, WEEKEND_STOCK, True) * self.scale).astype(np.float32)
        shares = np.ones(1)
        if self.phases == 3:
            shares = np.array([1 / 3] * 3) if spread else np.roll([0.64, 0.2, 0.16], noise.choice(key, 0, 3))
            shares = shares * random.uniform(0.94, 1.06, 3)
        weights = tuple((shares / shares.sum()).tolist())
        return Group(
            name=name,
            key=noise.key(self.seed, name, "row"),
            weekday=weekday,
            saturday=weekend,
            sunday=weekend if sunday == 1 else weekend * np.float32(sunday),
            season=season,
            weights=weights,
            tan_phi=tan_phi,
            harmonics=harmonics,
        )


def _home(make: _Furnisher, seed: int) -> list[Group]:
    """What every home has; people at home more at weekends."""
    standby = 35 + 60 * noise.uniform(noise.key(seed, "standby"))
    meals = ((7.2, 0.5, 2), (12.6, 0.7, 1), (18.6, 0.9, 3))
    away = (
        Use(per_day=4, hours=meals, power=2000, minutes=(2, 4)),
        Use(per_day=1.3, hours=((18.6, 0.8, 3), (7.3, 0.5, 1)), power=1500, minutes=(15, 40), duty=0.5),
        Use(per_day=0.3, hours=((18.2, 0.7, 1),), power=2200, minutes=(30, 60), duty=0.7),
        Use(per_day=0.45, hours=((10, 2, 1), (19.5, 1.2, 2)), power=2050, minutes=(60, 100), tail=190),
        Use(per_day=0.5, hours=((20.6, 0.8, 1),), power=1900, minutes=(70, 110), tail=80),
        Use(per_day=0.3, hours=((10.5, 1, 1), (17, 1.5, 1)), power=900, minutes=(10, 30)),
    )
    at_home = (
        Use(
            per_day=5,
            hours=((8.8, 0.8, 2), (12.8, 0.8, 2), (16, 1, 1), (19, 1, 2)),
            power=2000,
            minutes=(2, 4),
        ),
        Use(per_day=2.2, hours=((12.4, 0.8, 2), (18.6, 0.9, 2)), power=1500, minutes=(15, 45), duty=0.5),
        Use(per_day=0.7, hours=((12, 1, 1), (17.5, 1.2, 1)), power=2200, minutes=(30, 80), duty=0.7),
        Use(per_day=0.9, hours=((10.5, 1.5, 2), (15, 2, 1)), power=2050, minutes=(60, 100), tail=190),
        Use(per_day=0.7, hours=((14, 1, 1), (20.6, 0.8, 1)), power=1900, minutes=(70, 110), tail=80),
        Use(per_day=0.6, hours=((11, 1.2, 1),), power=900, minutes=(15, 40)),
    )
    screens = (
        Use(per_day=1.6, hours=((20.3, 0.9, 4), (7.5, 0.5, 1)), power=140, minutes=(60, 190)),
        Use(per_day=1.8, hours=((19, 2, 2), (14, 3, 1)), power=90, minutes=(60, 240)),
    )
    return [
        make.group(
            "cold",
            lambda random, days, _: (
                a.cycles(random, days, 95, 48, 0.38) + a.cycles(random, days, 75, 62, 0.3)
            ),
            harmonics=a.MOTOR,
            tan_phi=0.55,
            season=lambda day: 1.12 - 0.24 * a.winter(day),
        ),
        make.group(
            "standby",
            lambda random, days, _: np.full((days, MINUTES), standby) * random.uniform(0.95, 1.05, (days, 1)),
            harmonics=a.ELECTRONICS,
            tan_phi=-0.35,
        ),
        make.group(
            "heat and wash",
            lambda random, days, weekend: a.uses(random, days, at_home if weekend else away),
            harmonics=a.RESISTIVE,
            tan_phi=0.04,
        ),
        make.group(
            "screens",
            lambda random, days, weekend: a.uses(random, days, screens) * (1.3 if weekend else 1.0),
            harmonics=a.ELECTRONICS,
            tan_phi=-0.15,
        ),
        make.group(
            "winter lamps",
            lambda random, days, _: a.lamps(random, days, 230, 16.8),
            harmonics=a.LAMPS,
            tan_phi=-0.25,
            season=a.winter,
        ),
        make.group(
            "summer lamps",
            lambda random, days, _: a.lamps(random, days, 150, 20.9),
            harmonics=a.LAMPS,
            tan_phi=-0.25,
            season=lambda day: 1 - a.winter(day),
        ),
    ]


def _water(make: _Furnisher) -> Group:
    """An electric boiler: recovers after showers, keeps warm in between."""
    showers = (
        Use(per_day=2, hours=((6.9, 0.4, 3), (21.6, 0.7, 2)), power=2000, minutes=(25, 55)),
        Use(per_day=5, hours=((3, 4, 1), (14, 4, 2)), power=2000, minutes=(4, 9)),
    )
    return make.group(
        "boiler",
        lambda random, days, _: a.uses(random, days, showers),
        harmonics=a.RESISTIVE,
        season=lambda day: 0.85 + 0.3 * a.winter(day),
    )


def _business(make: _Furnisher) -> list[Group]:
    """A bakery: ovens long before dawn, cooling all day, closed on Sundays."""
    ovens = (
        Use(per_day=5, hours=((3.6, 0.5, 3), (5.5, 0.7, 2)), power=9500, minutes=(50, 110), duty=0.67),
        Use(per_day=7, hours=((4.5, 1.2, 3), (9.5, 1.5, 1)), power=3200, minutes=(12, 35)),
    )
    counter = (Use(per_day=14, hours=((9, 2.5, 2), (15, 2, 1)), power=2800, minutes=(2, 6)),)
    return [
        make.group(
            "ovens",
            lambda random, days, _: a.uses(random, days, ovens),
            harmonics=a.RESISTIVE,
            tan_phi=0.08,
            spread=True,
            sunday=0.02,
        ),
        make.group(
            "counter",
            lambda random, days, _: a.uses(random, days, counter),
            harmonics=a.RESISTIVE,
            sunday=0.0,
        ),
        make.group(
            "cold room",
            lambda random, days, _: 450 + a.cycles(random, days, 1900, 26, 0.45),
            harmonics=a.MOTOR,
            tan_phi=0.62,
            spread=True,
            season=lambda day: 1.2 - 0.4 * a.winter(day),
        ),
        make.group(
            "lamps and tills",
            lambda random, days, _: (
                np.where(_between(3, 18.5), 1150.0, 260.0) * random.uniform(0.96, 1.04, (days, 1))
            ),
            harmonics=a.LAMPS,
            tan_phi=-0.2,
            sunday=0.25,
        ),
        make.group(
            "ventilation",
            lambda random, days, _: (
                np.where(_between(3, 12), 1400.0, 220.0) * random.uniform(0.97, 1.03, (days, 1))
            ),
            harmonics=a.INVERTER,
            tan_phi=0.35,
            spread=True,
            sunday=0.2,
        ),
    ]


def _between(first: float, last: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The minutes of the day from hour ``first`` to hour ``last``."""
    hour = np.arange(MINUTES) / 60
    return (hour >= first) & (hour < last)


def _furnish(seed: int, kind: Kind, phases: int, scale: float) -> Sequence[Group]:
    make = _Furnisher(seed=seed, phases=phases, scale=scale)
    if kind is Kind.WORKSHOP:
        return _business(make)
    groups = _home(make, seed)
    if kind is not Kind.FLAT:
        groups.append(_water(make))
    if kind is Kind.HOUSE:
        groups.append(
            make.group(
                "heater",
                lambda random, days, _: a.uses(
                    random,
                    days,
                    (
                        Use(
                            per_day=4,
                            hours=((7, 0.6, 1), (19, 1.5, 2)),
                            power=1500,
                            minutes=(20, 70),
                            duty=0.67,
                        ),
                    ),
                ),
                harmonics=a.RESISTIVE,
                season=_weather(noise.key(seed, "weather"), 0.0, 1.0),
            )
        )
    if kind is Kind.HEAT_PUMP:
        groups.append(
            make.group(
                "heat pump",
                lambda random, days, _: a.heat_pump(random, days, 2600),
                harmonics=a.INVERTER,
                tan_phi=0.12,
                season=_weather(noise.key(seed, "weather"), 0.05, 1.0),
                spread=True,
            )
        )
    if kind is Kind.SOLAR:
        groups.append(
            make.group(
                "car charger",
                lambda random, days, _: a.charging(random, days, 7200, 0.4),
                harmonics=a.CHARGER,
                tan_phi=0.03,
                spread=True,
            )
        )
        groups.append(
            make.group(
                "solar",
                lambda random, days, _: -6500 * a.sunshine(random, days),
                harmonics=a.INVERTER,
                tan_phi=-0.03,
                season=a.clear_sky,
                spread=True,
            )
        )
    return groups
