"""Samples that are not on disk yet: those of the minute that runs, and those that a database has not taken.

Readings come from the event loop, samples are made of them by whoever writes: until then a reading is
only remembered, not copied.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, cast

from ..meters.reading import Group, Reading, Value
from ..meters.sample import Sample, minute_of
from ..telemetry.columns import COLUMNS

KEPT_GROUPS: Final = (Group.LIVE, Group.ENERGY, Group.PREPAY)
"""Groups with stored quantities."""

WORTHY: Final = frozenset({Group.LIVE, Group.ENERGY})
"""Without any of these there is no sample: a balance alone says nothing about a minute."""

LONGEST: Final = 24 * 60
"""Minutes that wait at most; then the oldest go."""

type _Parts = dict[Group, Mapping[str, Value]]
"""What a meter has said in one minute."""


class Batch:
    """The samples of all meters in one minute."""

    def __init__(
        self, minute: int, parts: Mapping[str, _Parts], frozen: frozenset[str] = frozenset()
    ) -> None:
        """Of readings by serial number; ``frozen`` are meters that stood still, with readings or without."""
        self.minute = minute
        """Since 1970-01-01 UTC."""
        self._frozen = frozen
        self._alone = sorted(frozen - parts.keys())
        self._parts: Mapping[str, _Parts] | None = parts
        self._packed: list[tuple[str, tuple[str, ...], array[float]]] = []
        self._size = len(parts)

    def __len__(self) -> int:
        """How many samples go to disk."""
        return self._size

    def samples(self) -> list[Sample]:
        """The samples, with stored quantities only; may be asked for in several threads."""
        if (meters := self._parts) is not None:
            return [self._sample(serial, dict(_stored(parts))) for serial, parts in meters.items()]
        return [
            self._sample(serial, dict(zip(quantities, values, strict=True)))
            for serial, quantities, values in self._packed
        ]

    def standing_still(self) -> list[Sample]:
        """Samples without any value, of meters that stood still and have no other: not for the disk."""
        return [self._sample(serial, {}) for serial in self._alone]

    def _sample(self, serial: str, values: dict[str, Value]) -> Sample:
        return Sample(serial=serial, minute=self.minute, values=values, frozen=serial in self._frozen)

    @property
    def packed(self) -> bool:
        """Whether it takes as little room as it can."""
        return self._parts is None

    def pack(self) -> None:
        """Take a tenth of the room from now on; blocks for a millisecond."""
        if self._parts is None:
            return
        packed = []
        for sample in self.samples():
            values = cast("dict[str, float]", sample.values)
            quantities = tuple(values)
            packed.append((sample.serial, _shared(quantities), array("d", list(values.values()))))
        self._packed = packed  # as a whole: somebody else may be asking for the samples, or packing them
        self._parts = None


@lru_cache(maxsize=64)
def _shared(quantities: tuple[str, ...]) -> tuple[str, ...]:
    """The one tuple of these names: the samples of a meter nearly always have the same."""
    return quantities


class Waiting:
    """All samples that wait, oldest minute first."""

    def __init__(self) -> None:
        """Begin with none."""
        self.dropped = 0
        """How many had to go because nobody took them."""
        self._running: dict[int, dict[str, _Parts]] = {}
        self._frozen: dict[int, set[str]] = {}
        self._over: deque[Batch] = deque()

    def __len__(self) -> int:
        """How many samples wait whose minute is over."""
        return sum(len(batch) for batch in self._over)

    @property
    def oldest(self) -> int | None:
        """Minute of the oldest that waits and is over."""
        return min((batch.minute for batch in self._over), default=None)

    def note(self, serial: str, readings: Iterable[Reading]) -> None:
        """Add what a meter has just said; the minute is that of the reading."""
        for reading in readings:
            minute = minute_of(reading.at)
            if (meters := self._running.get(minute)) is None:
                meters = self._running[minute] = {}
            if (parts := meters.get(serial)) is None:
                parts = meters[serial] = {}
            parts[reading.group] = reading.values

    def note_frozen(self, serial: str, minute: int) -> None:
        """A meter has answered, but its live values are those of before: there are none of this minute."""
        self._running.setdefault(minute, {})
        self._frozen.setdefault(minute, set()).add(serial)

    def finish(self, now: int | None) -> list[Batch]:
        """Every minute but ``now`` is over, also one that lies ahead of a clock that was set back.

        None: that one too. What was finished by that, oldest first.
        """
        finished: list[Batch] = []
        for minute in sorted(self._running.keys() - {now}):
            parts = {serial: its for serial, its in self._running.pop(minute).items() if WORTHY & its.keys()}
            live = {serial for serial, its in parts.items() if Group.LIVE in its}
            frozen = frozenset(self._frozen.pop(minute, ())) - live
            if parts or frozen:
                finished.append(Batch(minute, parts, frozen))
        self._over.extend(batch for batch in finished if len(batch))
        return finished

    def first(self, most: int) -> list[Batch]:
        """The batches that wait longest; they wait on until they are ``taken``."""
        return [self._over[at] for at in range(min(most, len(self._over)))]

    def taken(self, batches: Iterable[Batch]) -> None:
        """The first batches are on disk."""
        for _ in batches:
            self._over.popleft()

    def drop(self, under_way: int = 0) -> int:
        """Let go what is beyond the bound, oldest first. How many samples that were.

        ``under_way``: of the first batches, so many stay until it is known whether they are ``taken``.
        """
        dropped = 0
        while len(self._over) > max(LONGEST, under_way):
            dropped += len(self._over[under_way])
            del self._over[under_way]
        self.dropped += dropped
        return dropped

    def loose(self) -> list[Batch]:
        """The batches that could be packed: they may have to wait longer."""
        return [batch for batch in self._over if not batch.packed]


def _stored(parts: _Parts) -> Iterable[tuple[str, float]]:
    """Quantities that are stored, as numbers."""
    for group in KEPT_GROUPS:
        for quantity, value in parts.get(group, {}).items():
            if quantity in COLUMNS and value is not None and not isinstance(value, str | tuple):
                yield quantity, float(value)
