"""What insights are made of: everything about one meter that is known at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import datetime as dt
from typing import Final, Self
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..alerts.alert import Alert
from ..anomaly.baseline import Expected
from ..meters.quantities import TARIFFS
from ..meters.sample import MINUTE, moment_of
from ..prepay.forecast import Forecast
from ..prepay.tariffs import Prices
from ..telemetry.columns import Floats
from ..telemetry.series import DAY, Aggregates
from ..telemetry.usage import Usage, Used

type Ints = NDArray[np.int64]

FIGURES: Final = (
    "energy_import_used",
    "energy_import_cost",
    "energy_export_used",
    "power_factor_mean",
    *(f"energy_import_t{tariff}_used" for tariff in TARIFFS),
)
"""Figures of the store's hours that insights look at."""

SETTLING: Final = 14 * DAY
"""Minutes for which those who have moved in are not compared with those who lived there before."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hours:
    """Hours that are over, oldest first, with the clock on the wall; NaN for what is not known."""

    starts: Ints
    """First minute of each (UTC), shape (n,)."""

    dates: Ints
    """Local date, as ``date.toordinal`` gives it."""

    of_day: Ints
    """Local hour of the day, 0..23."""

    energy: Floats
    """Import, kWh."""

    export: Floats
    """Export, kWh."""

    tariffs: Floats
    """Import by tariff, kWh, shape (n, 8)."""

    power_factor: Floats
    """Its mean."""

    def __len__(self) -> int:
        """How many."""
        return len(self.starts)

    @classmethod
    def of(cls, hours: Aggregates, zone: ZoneInfo, since: int = 0) -> Self:
        """Hours of the store that begin from minute ``since`` on."""
        some = hours.rows(hours.starts >= since)
        local = [dt.datetime.fromtimestamp(start * MINUTE, zone) for start in some.starts.tolist()]
        by_tariff = [some.numbers(f"energy_import_t{tariff}_used") for tariff in TARIFFS]
        return cls(
            starts=some.starts,
            dates=np.array([moment.toordinal() for moment in local], np.int64),
            of_day=np.array([moment.hour for moment in local], np.int64),
            energy=some.numbers("energy_import_used"),
            export=some.numbers("energy_export_used"),
            tariffs=np.column_stack(by_tariff),
            power_factor=some.numbers("power_factor_mean"),
        )

    @classmethod
    def empty(cls) -> Self:
        """None at all."""
        return cls.of(Aggregates.empty(), ZoneInfo("UTC"))

    def between(self, first: int, end: int) -> Hours:
        """Those of the local dates from ``first`` to before ``end``."""
        return self._rows((self.dates >= first) & (self.dates < end))

    def on(self, dates: Ints) -> Hours:
        """Those of some local dates."""
        return self._rows(np.isin(self.dates, dates))

    def _rows(self, chosen: NDArray[np.bool_]) -> Hours:
        return Hours(
            starts=self.starts[chosen],
            dates=self.dates[chosen],
            of_day=self.of_day[chosen],
            energy=self.energy[chosen],
            export=self.export[chosen],
            tariffs=self.tariffs[chosen],
            power_factor=self.power_factor[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one meter."""

    serial: str
    """Which one."""

    now: int
    """The minute (UTC) of which all of it is."""

    zone: ZoneInfo
    """Where the meter is."""

    hours: Hours = field(default_factory=Hours.empty)
    """Those of the last ten weeks."""

    year_ago: Hours = field(default_factory=Hours.empty)
    """Those of the weeks around this day of last year."""

    usage: Usage | None = None
    """Today, the month and the weeks; None while the store does not answer."""

    yesterday: Used | None = None
    this_week: Used | None = None
    """Since Monday."""

    expected: Mapping[int, Expected] = field(default_factory=dict)
    """First minute of an hour of today -> what is usual in it, as far as it is known."""

    known_days: int | None = None
    """Days of the last month that detection knows; None before it is ready."""

    alerts: tuple[Alert, ...] = ()
    """What is open on the meter."""

    moved_in: int | None = None
    """The minute in which those who live there moved in, where it is known: nothing of before is theirs."""

    supply: bool | None = None
    """Whether the contact is closed; None on a meter without one, or while it does not say."""

    prices: Prices | None = None
    """What a kWh costs now; None where nobody knows, and where credit counts kWh."""

    currency: str = ""
    """Of the prices."""

    forecast: Forecast | None = None
    """How long credit lasts; None on a meter without credit, and before that is known."""

    @property
    def is_new(self) -> bool:
        """Whether those who live there have done so for too short a time to have habits."""
        return self.moved_in is not None and self.now - self.moved_in < SETTLING

    @property
    def today(self) -> int:
        """The local date, as an ordinal."""
        return moment_of(self.now, self.zone).toordinal()
