"""What is never switched off: mean power of the quiet hours of a day, and how it compares with other days.

By hours and not by minutes: a refrigerator is off most of the time, and yet never switched off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .facts import Facts, Hours
from .said import WATT, Amount, Sentence

LOOK_BACK: Final = 28
"""Days that say what is usual."""

RECENT: Final = 3
"""Days that say how it is now: one is a holiday, or a party."""

FEWEST: Final = 7

ENOUGH: Final = 12
"""Hours of a day that must be known."""

QUANTILE: Final = 0.25
"""Of the hours of a day: in most of them something is on that is switched off again."""

NIGHT: Final = (0, 6)
"""Hours in which there is no sun."""

MORE: Final = 1.25
LESS: Final = 0.75
LEAST: Final = 20.0
"""W by which it must differ to be another one."""

SUNNY: Final = 0.5
"""KWh of export in four weeks from which there is a sun to be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseLoad:
    """What is used at least, W."""

    watts: float
    """In the last days."""

    usual: float | None
    """As a rule; None while too few days are known."""

    @property
    def how(self) -> str:
        """``more``, ``less``, ``same``, or ``unknown``."""
        if self.usual is None:
            return "unknown"
        if self.watts > self.usual * MORE and self.watts - self.usual > LEAST:
            return "more"
        if self.watts < self.usual * LESS and self.usual - self.watts > LEAST:
            return "less"
        return "same"

    @property
    def sentence(self) -> Sentence:
        """The same to be told."""
        usual = {} if self.usual is None else {"usual": Amount(self.usual, WATT)}
        told = {"watts": Amount(self.watts, WATT), **(usual if self.how in ("more", "less") else {})}
        return Sentence(f"base_load_{self.how}", told)


def base_loads(hours: Hours) -> dict[int, float]:
    """Local date -> its base load, W; days of which too little is known are left out."""
    feeds_in = bool(np.nansum(hours.export) > SUNNY)
    chosen = np.isfinite(hours.energy)
    if feeds_in:
        chosen &= (hours.of_day >= NIGHT[0]) & (hours.of_day < NIGHT[1])
    fewest = 4 if feeds_in else ENOUGH
    dates, energy = hours.dates[chosen], hours.energy[chosen]
    found = {}
    for date in np.unique(dates).tolist():
        of_day = energy[dates == date]
        if len(of_day) >= fewest:
            found[date] = 1000 * float(np.quantile(of_day, QUANTILE))
    return found


def base_load_of(facts: Facts) -> BaseLoad | None:
    """What is used at least, now and as a rule; None while the last days are not known."""
    loads = base_loads(facts.hours.between(facts.today - LOOK_BACK - RECENT, facts.today + 1))
    now = [watts for date, watts in loads.items() if facts.today - RECENT <= date < facts.today]
    before = [watts for date, watts in loads.items() if date < facts.today - RECENT]
    if not now:
        return None
    # what has been switched off is not on any more, whatever the days before say
    newest = loads[max(loads)]
    return BaseLoad(
        watts=round(min(newest, float(np.median(now))), 1),
        usual=round(float(np.median(before)), 1) if len(before) >= FEWEST else None,
    )
