"""The money on a meter: the account of the seed, carried on by what has really happened.

The balance is an integral: what was there, plus what was credited, minus energy times price. It
is never kept running; a posting remembers balance, counters and prices at a change, and any later
balance follows from the counters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from .credit import Credit, CreditState, TopUp
from .energy import IMPORT, EnergyHistory
from .noise import Floats
from .state import MeterState, Posting

COUNTS: Final = 65536
"""The top-up count begins again after these."""


class Account:
    """The account of one meter; times are the meter's own."""

    def __init__(
        self, life: EnergyHistory, habits: Credit, counters: Callable[[float], Floats], state: MeterState
    ) -> None:
        """Go on from the ``habits`` of the people, who know the undisturbed ``life`` of their home.

        ``counters`` are those that the meter shows.
        """
        self._life = life
        self._habits = habits
        self._counters = counters
        self._state = state

    def at(self, time: float) -> CreditState:
        """Balance and top-ups at a moment."""
        postings = self._state.postings
        place = bisect_right(postings, time, key=lambda posting: posting.time)
        if not place and postings and (self._state.habits_end or time) < time:
            return self._blurred(time, postings[0])
        if not place:
            habits = self._habits.at(time)
            astray = self._habits.cost(self._counters(time) - self._life.at(time))
            return CreditState(
                balance=habits.balance - astray,
                top_up_count=habits.top_up_count,
                last_top_up=habits.last_top_up,
            )
        last = postings[place - 1]
        used = self._counters(time)[IMPORT] - np.array(last.counters)
        bought = self.bought(last.time, time)
        return CreditState(
            balance=last.balance + sum(one.amount for one in bought) - float(used @ np.array(last.prices)),
            top_up_count=(last.top_up_count + len(bought)) % COUNTS,
            last_top_up=bought[-1].amount if bought else last.last_top_up,
        )

    def balances(self, times: Floats, counters: Floats) -> Floats:
        """Balances at rising moments, at which the counters are those given, shape (18, n)."""
        edges = [times[0], self._state.habits_end or times[0]]
        edges += [posting.time for posting in self._state.postings]
        edges += [top_up.time for top_up in self.bought(times[0], times[-1])]
        starts = np.unique(np.searchsorted(times, [edge for edge in edges if edge <= times[-1]]))
        balances = np.empty(len(times))
        for first, after in pairwise([*starts.tolist(), len(times)]):
            # in between nothing but energy changes it
            used = counters[IMPORT, first:after] - counters[IMPORT, first : first + 1]
            balances[first:after] = self.at(times[first]).balance - self._prices(times[first]) @ used
        return balances

    def _prices(self, time: float) -> Floats:
        """Per kWh of tariff 1..8, as ``at`` reckons with."""
        postings = self._state.postings
        place = bisect_right(postings, time, key=lambda posting: posting.time)
        if not place and postings and (self._state.habits_end or time) < time:
            return np.array(postings[0].prices)
        return np.array(postings[place - 1].prices) if place else self._habits.prices

    def _blurred(self, time: float, first: Posting) -> CreditState:
        """The account at a moment whose postings are forgotten: without what came in up to the first one."""
        used = np.array(first.counters) - self._counters(time)[IMPORT]
        return CreditState(
            balance=first.balance + float(used @ np.array(first.prices)),
            top_up_count=first.top_up_count,
            last_top_up=first.last_top_up,
        )

    def bought(self, since: float, until: float) -> Sequence[TopUp]:
        """What the people have topped up on their own after ``since``, up to ``until``, oldest first."""
        end = until if self._state.habits_end is None else min(until, self._state.habits_end)
        return [one for one in self._habits.top_ups(end) if one.time > since]

    def top_up(self, time: float, amount: int, prices: Sequence[float]) -> int:
        """Credit ``amount`` (0.01) that came through the line; the new top-up count.

        From then on the people leave it to the line.
        """
        if self._state.habits_end is None:
            self._state.habits_end = time
        self._state.credited += amount
        before = self.at(time)
        count = (before.top_up_count + 1) % COUNTS
        self._post(time, before.balance + amount / 100, count, amount / 100, prices)
        return count

    def end_habits(self, time: float, prices: Sequence[float]) -> None:
        """From now on the people leave topping up to the line."""
        self.reprice(time, prices)
        self._state.habits_end = time

    def reprice(self, time: float, prices: Sequence[float]) -> None:
        """Energy costs ``prices`` from now on."""
        now = self.at(time)
        self._post(time, now.balance, now.top_up_count, now.last_top_up, prices)

    def _post(self, time: float, balance: float, count: int, last: float, prices: Sequence[float]) -> None:
        posting = Posting(
            time=time,
            balance=balance,
            top_up_count=count,
            last_top_up=last,
            prices=tuple(prices),
            counters=tuple(self._counters(time)[IMPORT].tolist()),
        )
        self._state.post(posting)
