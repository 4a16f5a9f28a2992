"""Credit of a prepayment meter: falls with consumption, rises when somebody tops up.

The top-ups of the past are invented, evening by evening, from what was used and how careful the
people are; like the counters they are a pure function of seed and time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from . import noise
from .energy import IMPORT, EnergyHistory
from .household import DAY
from .noise import Floats

FIRST_CREDIT: Final = 25.0
"""Put on the meter when it was installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """One purchase."""

    time: float
    """When, in the meter's own time."""

    amount: float
    """How much, in the currency."""

    count: int
    """Its number, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditState:
    """What the prepayment block says about money."""

    balance: float
    """In the currency; negative is overdrawn."""

    top_up_count: int
    """Purchases so far."""

    last_top_up: float
    """Amount of the last one, 0 before the first."""


class Credit:
    """The account of one meter."""

    def __init__(self, history: EnergyHistory, prices: Sequence[float], seed: int, comfort: float) -> None:
        """Open the account.

        ``prices`` per kWh for tariffs 1..8; people buy when the balance is below ``comfort``.
        """
        self._history = history
        self.prices = np.array(prices)
        """Per kWh of tariff 1..8."""
        self._key = noise.key(seed, "credit")
        self._comfort = comfort
        self._top_ups: list[TopUp] = []
        self._balances = [FIRST_CREDIT]

    def cost(self, counters: Floats) -> float:
        """Price of the imports in a vector of counters, in the currency."""
        return float(counters[IMPORT] @ self.prices)

    def top_ups(self, time: float) -> Sequence[TopUp]:
        """All purchases up to a moment of the meter's own time, oldest first."""
        self._live_until(int(time // DAY))
        return [top_up for top_up in self._top_ups if top_up.time <= time]

    def at(self, time: float) -> CreditState:
        """The account at a moment of the meter's own time."""
        ordinal = int(time // DAY)
        bought = self.top_ups(time)
        spent = self.cost(self._history.at(time) - self._history.before(ordinal))
        today = sum(top_up.amount for top_up in bought if top_up.time >= ordinal * DAY)
        return CreditState(
            balance=self._balances[max(0, ordinal - self._history.installed)] + today - spent,
            top_up_count=len(bought),
            last_top_up=bought[-1].amount if bought else 0.0,
        )

    def _live_until(self, ordinal: int) -> None:
        """Know the balance at the start of every day up to ``ordinal``, and the purchases on that day."""
        while len(self._balances) <= max(0, ordinal - self._history.installed) + 1:
            day = self._history.installed + len(self._balances) - 1
            cost = self.cost(self._history.gained(day))
            balance = self._balances[-1] - cost
            if balance < self._comfort:
                days = 5 + 6 * noise.uniform(self._key, 2 * day)
                amount = max(10.0, 5.0 * round(cost * days / 5))
                evening = day * DAY + (17 + 4 * noise.uniform(self._key, 2 * day + 1)) * 3600
                count = len(self._top_ups) + 1
                self._top_ups.append(TopUp(time=float(int(evening)), amount=amount, count=count))
                balance += amount
            self._balances.append(balance)
