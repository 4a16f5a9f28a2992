"""Samples and aggregates of one meter in columns: what store, export and engine hand to each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from ..meters.sample import Provenance, Sample
from .columns import ABSENT, COLUMNS, FIGURES, Floats, Steps, in_steps, in_units

type Minutes = NDArray[np.int64]
"""Whole minutes since 1970-01-01 UTC."""


def steps_of(samples: Sequence[Sample]) -> dict[str, Steps]:
    """The stored quantities of some samples as steps, in the order of the samples; absent ones left out."""
    columns: dict[str, Steps] = {}
    for quantity, column in COLUMNS.items():
        values = [sample.values.get(quantity) for sample in samples]
        if any(value is not None for value in values):
            # None becomes NaN
            columns[quantity] = in_steps(np.array(values, np.float64), column.decimals)
    return columns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Samples of several meters in any order: what is committed at once, as a rule one minute of all."""

    meters: NDArray[np.int64]
    """Number of the meter of each, shape (n,)."""

    minutes: Minutes
    """When, shape (n,)."""

    provenance: NDArray[np.int64]
    """``Provenance`` of each, shape (n,)."""

    columns: Mapping[str, Steps]
    """Stored quantity -> its steps, each of shape (n,)."""

    @classmethod
    def of_samples(cls, meters: Sequence[int], samples: Sequence[Sample]) -> Self:
        """Samples and the numbers of their meters."""
        return cls(
            meters=np.array(meters, np.int64),
            minutes=np.array([sample.minute for sample in samples], np.int64),
            provenance=np.array([int(sample.provenance) for sample in samples], np.int64),
            columns=steps_of(samples),
        )

    @classmethod
    def of_series(cls, series: Mapping[int, Series]) -> Self:
        """Samples by the number of their meter."""
        parts = list(series.values())
        names = {name: None for part in parts for name in part.columns}
        return cls(
            meters=np.repeat(np.array(list(series), np.int64), [len(part) for part in parts]),
            minutes=np.concatenate([part.minutes for part in parts]),
            provenance=np.concatenate([part.provenance for part in parts]),
            columns={name: np.concatenate([part.steps(name) for part in parts]) for name in names},
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Samples of one meter, oldest first, at most one a minute."""

    minutes: Minutes
    """When, shape (n,), rising."""

    provenance: NDArray[np.int64]
    """``Provenance`` of each, shape (n,)."""

    columns: Mapping[str, Steps] = field(default_factory=dict)
    """Stored quantity -> its steps, each of shape (n,); quantities that no sample has are left out."""

    def __len__(self) -> int:
        """How many samples."""
        return len(self.minutes)

    @classmethod
    def empty(cls) -> Self:
        """No samples."""
        nothing = np.empty(0, np.int64)
        return cls(minutes=nothing, provenance=nothing)

    @classmethod
    def of_samples(cls, samples: Sequence[Sample]) -> Self:
        """Samples of one meter in any order; of two of one minute the better, then the later one stays."""
        chosen: dict[int, Sample] = {}
        for sample in samples:
            other = chosen.get(sample.minute)
            if other is None or sample.provenance >= other.provenance:
                chosen[sample.minute] = sample
        kept = [chosen[minute] for minute in sorted(chosen)]
        return cls(
            minutes=np.array([sample.minute for sample in kept], np.int64),
            provenance=np.array([int(sample.provenance) for sample in kept], np.int64),
            columns=steps_of(kept),
        )

    @classmethod
    def measured(cls, minutes: Minutes, values: Mapping[str, Floats]) -> Self:
        """What a meter has shown: values of stored quantities in their canonical unit."""
        return cls(
            minutes=minutes,
            provenance=np.full(len(minutes), Provenance.MEASURED, np.int64),
            columns={name: in_steps(its, COLUMNS[name].decimals) for name, its in values.items()},
        )

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """One after the other; each part is younger than the one before."""
        some = [part for part in parts if len(part)]
        if len(some) < 2:
            return some[0] if some else cls.empty()
        names = {name: None for part in some for name in part.columns}  # a set that keeps its order
        return cls(
            minutes=np.concatenate([part.minutes for part in some]),
            provenance=np.concatenate([part.provenance for part in some]),
            columns={name: np.concatenate([part.steps(name) for part in some]) for name in names},
        )

    def steps(self, quantity: str) -> Steps:
        """The steps of a quantity; all ``ABSENT`` when no sample has it."""
        found = self.columns.get(quantity)
        return np.full(len(self), ABSENT, np.int64) if found is None else found

    def only(self, quantities: Collection[str]) -> Self:
        """The same samples with no other quantities than these."""
        columns = {name: steps for name, steps in self.columns.items() if name in quantities}
        return type(self)(minutes=self.minutes, provenance=self.provenance, columns=columns)

    def numbers(self, quantity: str) -> Floats:
        """The values of a quantity in its canonical unit; NaN where there is none."""
        return in_units(self.steps(quantity), COLUMNS[quantity].decimals)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Self:
        """Some of the samples, by mask, order or slice."""
        return type(self)(
            minutes=self.minutes[chosen],
            provenance=self.provenance[chosen],
            columns={name: steps[chosen] for name, steps in self.columns.items()},
        )

    def between(self, since: int, until: int) -> Self:
        """The samples from minute ``since`` to before minute ``until``."""
        first, last = np.searchsorted(self.minutes, (since, until))
        return self.rows(slice(int(first), int(last)))

    def merged(self, newer: Series) -> Series:
        """Both together; of two of one minute the better one stays, and of two as good the newer one."""
        if not len(newer):
            return self
        if not len(self) or self.minutes[-1] < newer.minutes[0]:
            return Series.joined((self, newer))
        both = [self, newer]
        minutes = np.concatenate([part.minutes for part in both])
        provenance = np.concatenate([part.provenance for part in both])
        age = np.repeat(np.arange(2), [len(part) for part in both])
        order = np.lexsort((age, provenance, minutes))
        # the last of each minute is the one that stays
        last = np.append(np.diff(minutes[order]) != 0, [True])
        kept = order[last]
        names = {name: None for part in both for name in part.columns}
        return Series(
            minutes=minutes[kept],
            provenance=provenance[kept],
            columns={name: np.concatenate([part.steps(name) for part in both])[kept] for name in names},
        )

    def samples(self, serial: str) -> list[Sample]:
        """The same as single samples of the meter ``serial``."""
        numbers = {quantity: self.numbers(quantity) for quantity in self.columns}
        return [
            Sample(
                serial=serial,
                minute=int(minute),
                values={
                    quantity: float(values[row])
                    for quantity, values in numbers.items()
                    if not np.isnan(values[row])
                },
                provenance=Provenance(int(self.provenance[row])),
            )
            for row, minute in enumerate(self.minutes)
        ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aggregates:
    """Hours or local days of one meter, oldest first."""

    starts: Minutes
    """First minute of each, shape (n,), rising."""

    lengths: NDArray[np.int64]
    """Minutes of each, shape (n,): 60 for an hour, 1380, 1440 or 1500 for a local day."""

    columns: Mapping[str, Steps] = field(default_factory=dict)
    """Key of a ``Figure`` -> its steps, each of shape (n,); figures that are never there are left out."""

    def __len__(self) -> int:
        """How many."""
        return len(self.starts)

    @classmethod
    def empty(cls) -> Self:
        """None at all."""
        nothing = np.empty(0, np.int64)
        return cls(starts=nothing, lengths=nothing)

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """One after the other; each part is younger than the one before."""
        some = [part for part in parts if len(part)]
        if len(some) < 2:
            return some[0] if some else cls.empty()
        names = {name: None for part in some for name in part.columns}
        return cls(
            starts=np.concatenate([part.starts for part in some]),
            lengths=np.concatenate([part.lengths for part in some]),
            columns={name: np.concatenate([part.steps(name) for part in some]) for name in names},
        )

    def steps(self, key: str) -> Steps:
        """The steps of a figure; all ``ABSENT`` when it is never there."""
        found = self.columns.get(key)
        return np.full(len(self), ABSENT, np.int64) if found is None else found

    def numbers(self, key: str) -> Floats:
        """The values of a figure in its unit; NaN where there is none."""
        return in_units(self.steps(key), FIGURES[key].decimals)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Self:
        """Some of them, by mask, order or slice."""
        return type(self)(
            starts=self.starts[chosen],
            lengths=self.lengths[chosen],
            columns={name: steps[chosen] for name, steps in self.columns.items()},
        )

    def between(self, since: int, until: int) -> Self:
        """Those that begin from minute ``since`` to before minute ``until``."""
        first, last = np.searchsorted(self.starts, (since, until))
        return self.rows(slice(int(first), int(last)))

    def replaced(self, newer: Aggregates) -> Aggregates:
        """With those of ``newer`` in the place of those that begin at the same minute."""
        old = self.rows(~np.isin(self.starts, newer.starts))
        names = {name: None for part in (old, newer) for name in part.columns}
        starts = np.concatenate([old.starts, newer.starts])
        order = np.argsort(starts, kind="stable")
        return Aggregates(
            starts=starts[order],
            lengths=np.concatenate([old.lengths, newer.lengths])[order],
            columns={name: np.concatenate([old.steps(name), newer.steps(name)])[order] for name in names},
        )


FOREVER: Final = 1 << 40
"""A minute that is later than any."""

HOUR: Final = 60
"""Minutes."""

DAY: Final = 1440
"""Minutes of a day in UTC."""
