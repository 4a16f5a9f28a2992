"""What the counters have really counted: the life of the home, gated by the contact.

Until something changes this is the pure history of the household. A contact that opens or day
tables that are replaced change the days from there on, and only those are summed again.
"""

from __future__ import annotations

from typing import Final, override

import numpy as np

from .contact import ContactHistory
from .energy import EnergyHistory, Numbers
from .household import DAY, moments
from .noise import Floats
from .state import MeterState
from .tariff_calendar import TariffCalendar

LONGEST: Final = 400
"""Moves of the contact, or other day tables, that are remembered one by one."""


class CountedEnergy(EnergyHistory):
    """The counters of one meter, without what faults add or take away."""

    def __init__(self, life: EnergyHistory, state: MeterState) -> None:
        """Go by the ``life`` of the home and by what has happened to the meter."""
        super().__init__(life.household, life.schedule, life.installed)
        self._life = life
        self._state = state
        self.contact = ContactHistory(life.household, state.contact)
        self.calendar = TariffCalendar(life.schedule, state.calendar)
        self._begin()

    def _begin(self) -> None:
        """Take the days before the first change from the life of the home."""
        changes = (self._state.contact[:1], self._state.calendar[:1])
        self._first = min((change.time for some in changes for change in some), default=np.inf)
        self._until, self._peaks = [], []
        self._own = np.inf
        """Start of the first day that is not as in the life of the home."""
        if self._first < np.inf:
            self._own = self._first // DAY * DAY
            day = max(0, int(self._first // DAY) - self.installed)
            self._until = [self._life.before(self.installed + number) for number in range(day + 1)]
            self._peaks = [self._life.peak(self.installed + number) for number in range(day)]
        self._day.cache_clear()

    def changed(self, time: float) -> None:
        """Contact or calendar change from ``time`` on, in the meter's own time."""
        if time < self._first:
            self._begin()
        days = max(0, int(time // DAY) - self.installed)
        del self._until[days + 1 :], self._peaks[days:]
        self._day.cache_clear()
        self._forget(time)

    def _forget(self, time: float) -> None:
        """Blur the oldest changes when there are too many; the counters at ``time`` stay."""
        state = self._state
        if max(len(state.contact), len(state.calendar)) <= LONGEST:
            return
        counters = self.at(time)
        # the first move that is left must be an opening one again: an even number goes
        del state.contact[: len(state.contact) // 4 * 2]
        del state.calendar[: -LONGEST // 2]
        self.contact.shares.cache_clear()
        state.carried = ()
        self._begin()
        state.carried = tuple((counters - self.at(time)).tolist())

    @override
    def _flow(self, ordinal: int) -> tuple[Floats, Floats, Numbers]:
        active, reactive, _ = super()._flow(ordinal)
        shares = self.contact.shares(ordinal)
        if shares is not None:
            active, reactive = active * shares, reactive * shares
        return active, reactive, self.calendar.tariffs(ordinal)

    @override
    def _share(self, time: float) -> float:
        shares = self.contact.shares(int(time // DAY))
        if shares is None:
            return super()._share(time)
        whole = shares[int(time % DAY // 60)]
        return min(1.0, self.contact.seconds(time) / (60 * whole)) if whole else 0.0

    @override
    def _day_shares(self, ordinal: int, second: float) -> Floats:
        if self.contact.shares(ordinal) is None:
            return super()._day_shares(ordinal, second)
        return np.array([self._share(time) for time in moments(ordinal, second).tolist()])

    @override
    def at(self, time: float) -> Floats:
        counters = self._life.at(time) if time < self._own else super().at(time)
        if self._state.carried:
            counters = np.maximum(counters + np.array(self._state.carried), 0.0)
        return counters

    @override
    def day_at(self, ordinal: int, second: float) -> Floats:
        before = ordinal * DAY < self._own
        counters = self._life.day_at(ordinal, second) if before else super().day_at(ordinal, second)
        if self._state.carried:
            counters = np.maximum(counters + np.array(self._state.carried)[:, None], 0.0)
        return counters

    @override
    def max_demand(self, time: float) -> float:
        return self._life.max_demand(time) if time < self._own else super().max_demand(time)

    def connected(self, ordinal: int) -> Floats | float:
        """Share of the load of every minute of a day that was connected, shape (1440,), or 1."""
        shares = self.contact.shares(ordinal)
        return 1.0 if shares is None else shares
