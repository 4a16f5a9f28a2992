"""Counters that only rise: across a roll-over, and never back because of a bad reading.

An energy register rolls over to zero (a CSJ meter at 999 999.99 kWh). Everybody above wants a
total that goes on, so the counted turns are added here and survive a restart as plain data. A
register that falls without having been near its end is not believed until it has said so three
times: then the meter has been replaced or reset, and the total starts from what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import math
from typing import Any, Final, Self

NEAR_THE_END: Final = 0.9
"""Share of the modulus above which a fall to the lowest tenth is a roll-over."""

MOST_TURNS: Final = 10_000
"""Roll-overs that no meter lives to see."""

CONVINCED: Final = 3
"""Readings in a row that make a fall believable."""


@dataclass(slots=True)
class _Counter:
    """State of one register."""

    last: float
    turns: int = 0
    falls: int = 0


class CounterFellError(ValueError):
    """A counter fell and is not believed yet."""

    def __init__(self, quantity: str, before: float, now: float) -> None:
        """Keep what it said before and now."""
        super().__init__(f"{quantity} fell from {before} to {now}")
        self.quantity = quantity
        self.now = now


class Counters:
    """The counters of one meter."""

    def __init__(self) -> None:
        """Start without any history."""
        self._counters: dict[str, _Counter] = {}

    def check(self, readings: Mapping[str, tuple[float, float | None]]) -> None:
        """Judge the registers of one reading before any of them is taken.

        ``readings``: quantity -> (register value, modulus; None where it is not known). Raises
        CounterFellError, and remembers all that fell: the third time in a row they are accepted,
        with each other, as a reset lets all of them fall at once.
        """
        fallen: list[str] = []
        for quantity, (value, modulus) in readings.items():
            if (counter := self._counters.get(quantity)) is None:
                continue
            if value >= counter.last or self._rolled_over(counter, value, modulus):
                counter.falls = 0
            else:
                counter.falls += 1
                fallen.append(quantity)
        for quantity in fallen:
            if (counter := self._counters[quantity]).falls < CONVINCED:
                raise CounterFellError(quantity, counter.last, readings[quantity][0])
        for quantity in fallen:
            del self._counters[quantity]

    def advance(self, quantity: str, value: float, modulus: float | None) -> float:
        """Take a register value that has been checked and return the running total."""
        counter = self._counters.setdefault(quantity, _Counter(value))
        if modulus is not None and value < counter.last:
            counter.turns += 1
        counter.last = value
        counter.falls = 0
        return round(value + counter.turns * (modulus or 0.0), 6)

    @staticmethod
    def _rolled_over(counter: _Counter, value: float, modulus: float | None) -> bool:
        return (
            modulus is not None
            and counter.last >= NEAR_THE_END * modulus
            and value <= (1 - NEAR_THE_END) * modulus
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data for storage: quantity -> [last register value, turns]."""
        return {name: [counter.last, counter.turns] for name, counter in self._counters.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The counters that ``as_dict`` wrote. Raises ValueError when it is something else."""
        counters = cls()
        try:
            for name, (last, turns) in data.items():
                counter = _Counter(float(last), int(turns))
                if not (math.isfinite(counter.last) and 0 <= counter.turns <= MOST_TURNS):
                    raise ValueError(f"{name} cannot be at {last} after {turns} turns")
                counters._counters[name] = counter
        except (TypeError, AttributeError, OverflowError) as err:
            raise ValueError("not the state of counters") from err
        return counters
