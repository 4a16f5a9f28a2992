"""Samples as the engine computes with them: a table of quantities by meters, one minute at a time.

What is not measured is NaN. The result depends neither on the order of samples nor on how often one is
handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..meters.quantities import PHASES
from ..meters.sample import Sample
from .memory import Bools, Floats


def _phases(stem: str) -> tuple[str, ...]:
    return tuple(f"{stem}_l{phase}" for phase in PHASES)


INPUTS: Final = (
    *_phases("voltage"),
    *_phases("current"),
    *_phases("voltage_thd"),
    "active_power",
    "reactive_power",
    "power_factor",
    "frequency",
    "status",
)
"""Canonical quantities that the engine looks at, in the order of their rows."""

ROW: Final[Mapping[str, int]] = {quantity: row for row, quantity in enumerate(INPUTS)}
"""Quantity -> its row."""

VOLTAGE: Final = slice(ROW["voltage_l1"], ROW["voltage_l3"] + 1)
CURRENT: Final = slice(ROW["current_l1"], ROW["current_l3"] + 1)
VOLTAGE_THD: Final = slice(ROW["voltage_thd_l1"], ROW["voltage_thd_l3"] + 1)
"""Rows of the three phases."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What the meters said of one minute."""

    minute: int
    """Whole minutes since 1970-01-01 UTC."""

    values: Floats
    """Shape (quantities, meters), rows as in ``INPUTS``."""

    fresh: Bools
    """Which meters said anything, shape (meters,)."""

    frozen: Bools | None = None
    """Which of them said that they stand still, likewise; None for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """What the meters said in consecutive minutes."""

    minute: int
    """The first of them: whole minutes since 1970-01-01 UTC."""

    values: Floats
    """Shape (minutes, quantities, meters), quantities as in ``INPUTS``."""

    fresh: Bools
    """Which meters said anything, shape (minutes, meters)."""

    def __len__(self) -> int:
        """How many minutes."""
        return len(self.fresh)

    def part(self, begin: int, end: int) -> Block:
        """The minutes from number ``begin`` of the block to before number ``end``."""
        some = slice(begin, end)
        return Block(minute=self.minute + begin, values=self.values[some], fresh=self.fresh[some])

    def heard(self) -> Iterator[Block]:
        """Its minutes in which anybody said anything: those together that follow each other."""
        heard = np.concatenate([[False], self.fresh.any(axis=1), [False]])
        ends = np.flatnonzero(heard[1:] != heard[:-1]).tolist()
        for begin, end in zip(ends[::2], ends[1::2], strict=True):
            yield self.part(begin, end)

    def rows(self) -> Iterator[Rows]:
        """Its minutes one by one."""
        for number, fresh in enumerate(self.fresh):
            yield Rows(minute=self.minute + number, values=self.values[number], fresh=fresh)


def blocks_of(minutes: Iterable[Rows], most: int) -> Iterator[Block]:
    """Minutes together that follow each other, at most ``most`` of them."""
    some: list[Rows] = []
    for rows in minutes:
        if some and (len(some) == most or rows.minute != some[-1].minute + 1):
            yield _block(some)
            some = []
        some.append(rows)
    if some:
        yield _block(some)


def _block(some: list[Rows]) -> Block:
    return Block(
        minute=some[0].minute,
        values=np.stack([rows.values for rows in some]),
        fresh=np.stack([rows.fresh for rows in some]),
    )


def rows_of(samples: Iterable[Sample], places: Mapping[str, int]) -> Iterator[Rows]:
    """Samples by their minutes, oldest first. ``places``: serial number -> column; others are passed over.

    Of two samples of one meter and minute the better provenance counts, and of two equally good ones the
    larger values: an order that depends on nothing but them.
    """
    minutes: dict[int, dict[int, Sample]] = {}
    for sample in samples:
        if (place := places.get(sample.serial)) is None:
            continue
        chosen = minutes.setdefault(sample.minute, {})
        other = chosen.get(place)
        if other is None or (other is not sample and _rank(sample) > _rank(other)):
            chosen[place] = sample
    for minute in sorted(minutes):
        values = np.full((len(places), len(INPUTS)), np.nan)
        fresh, frozen = np.zeros((2, len(places)), np.bool_)
        for place, sample in minutes[minute].items():
            values[place] = [_number(sample.values.get(quantity)) for quantity in INPUTS]
            fresh[place], frozen[place] = True, sample.frozen
        yield Rows(
            minute=minute,
            values=np.ascontiguousarray(values.T),
            fresh=fresh,
            frozen=frozen if np.count_nonzero(frozen) else None,
        )


def _rank(sample: Sample) -> tuple[int, tuple[float, ...]]:
    values = (_number(sample.values.get(quantity)) for quantity in INPUTS)
    return sample.provenance, tuple(-np.inf if np.isnan(value) else value for value in values)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
