"""What a meter knows about the time when nobody listened: its load profile as samples.

The counters on both sides of a gap are the truth: whatever the profile says, energy between them is neither
lost nor added. The profile tells how it was spread, and what voltage and power were. Its times are those of
the meter's clock, which may be wrong or have been set meanwhile, so an entry counts only where its time and
its energy both fit into the gap and to the other entries.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..meters.commands.rings import ProfileEntry
from ..meters.sample import MINUTE, Provenance
from .aggregate import PRICE_OF
from .columns import ABSENT, COLUMNS, TARIFF_ENERGIES, Sort, Steps
from .series import DAY, HOUR, Minutes, Series
from .tariff_shares import TariffShares, in_proportion

type TariffAt = Callable[[int], int]
"""Minute -> the tariff that it belongs to, 1..8; 0 when nobody knows."""

IMPORT: Final = "energy_import"
ROLL_OVER: Final = 100_000_000
"""Steps after which the register of the load profile begins again: 1 000 000 kWh."""

USUAL_INTERVAL: Final = 15
"""Minutes of an interval, when there are too few entries to see it."""

LONGEST_INTERVAL: Final = 60
LONGEST_HISTORY: Final = 6000 * LONGEST_INTERVAL
"""Minutes that a full ring of the longest intervals goes back: what claims to be older has a wrong time."""


def fill(
    entries: Sequence[ProfileEntry],
    before: Series,
    after: Series,
    *,
    tariff_at: TariffAt | None = None,
    clock_error: float = 0.0,
) -> Series:
    """A sample for each minute between ``before`` and ``after`` (one sample each), both exclusive.

    ``clock_error``: by how many seconds the meter's clock is ahead of the true time.

    - Counters rise from the one sample to the other; the import is at each interval's end what the profile
      says, everything else rises evenly. A counter that fell meanwhile stands still.
    - Tariffs together rise as the import does. What was used at a time is counted to the tariff of that time
      as far as the tariff's counter allows, otherwise in proportion.
    - Voltage and power are the means of the profile's intervals, and absent where it has none.
    - Prices are those of ``before``. Nothing else is made up. Empty when no counter is known on both sides.
    """
    return Series.joined(fill_by_day(entries, before, after, tariff_at=tariff_at, clock_error=clock_error))


def fill_by_day(
    entries: Sequence[ProfileEntry],
    before: Series,
    after: Series,
    *,
    tariff_at: TariffAt | None = None,
    clock_error: float = 0.0,
) -> Iterator[Series]:
    """The samples of ``fill`` by days (UTC), oldest first: long gaps need little memory."""
    since, until = _minute(before), _minute(after)
    entered = _Entries.of(entries, clock_error).between(since, until)
    ends = {
        name: (int(before.columns[name][0]), int(after.columns[name][0]))
        for name in before.columns
        if COLUMNS[name].sort is Sort.COUNTER
        if before.columns[name][0] != ABSENT and after.steps(name)[0] != ABSENT
    }
    if not ends or until - since < 2:
        return
    low, high = ends.get(IMPORT, (0, -1))
    totals = low + (entered.registers - low) % ROLL_OVER
    entered = entered.chosen(totals, totals <= high)
    gap = _Gap.of(since, until, entered, ends, _active(since, until, tariff_at))
    yield from gap.samples(since + 1, _prices(before))


def history(
    entries: Sequence[ProfileEntry],
    first: Series,
    *,
    tariff_at: TariffAt | None = None,
    clock_error: float = 0.0,
) -> Series:
    """A sample for each minute from the end of the oldest interval to before ``first`` (one sample).

    Like ``fill``, with less to go by: of the counters there is the import, and its tariffs if ``tariff_at``
    tells them apart or only one was ever used. Prices are those of ``first``.
    """
    until = _minute(first)
    high = int(first.steps(IMPORT)[0])
    if high == ABSENT:
        return Series.empty()
    entered = _Entries.of(entries, clock_error).between(until - LONGEST_HISTORY, until)
    totals = high - (high - entered.registers) % ROLL_OVER
    entered = entered.chosen(totals, totals >= 0)
    if not len(entered.minutes) or entered.minutes[0] >= until:
        return Series.empty()
    since = int(entered.minutes[0])
    ends = {IMPORT: (int(entered.registers[0]), high)}
    younger = entered.chosen(entered.registers, entered.minutes > since)
    active = _active(since, until, tariff_at)
    last = {name: int(first.columns[name][0]) for name in TARIFF_ENERGIES if name in first.columns}
    last = {name: steps for name, steps in last.items() if steps != ABSENT}
    for name, rise in _Gap.of(since, until, younger, ends, active).likely_rises(last).items():
        ends[name] = (last[name] - rise, last[name])
    return Series.joined(_Gap.of(since, until, younger, ends, active).samples(since, _prices(first)))


def _minute(sample: Series) -> int:
    if len(sample) != 1:
        raise ValueError(f"a gap ends at one sample, not at {len(sample)}")
    return int(sample.minutes[0])


def _active(since: int, until: int, tariff_at: TariffAt | None) -> Steps | None:
    """The tariff of each minute from ``since`` to before ``until``; absent where nobody knows."""
    if tariff_at is None:
        return None
    told = np.array([tariff_at(minute) for minute in range(since, until)], np.int64)
    return np.where((told >= 1) & (told <= len(TARIFF_ENERGIES)), told, ABSENT)


def _prices(sample: Series) -> dict[str, int]:
    return {name: int(sample.columns[name][0]) for name in PRICE_OF.values() if name in sample.columns}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entries:
    """Entries of a load profile by time."""

    minutes: Minutes
    """True end of each interval."""

    lengths: NDArray[np.int64]
    """Minutes of each interval."""

    registers: Steps
    """Import at that time: first the raw register, once they are ``chosen`` the running total."""

    voltage: Steps
    power: Steps

    @classmethod
    def of(cls, entries: Sequence[ProfileEntry], clock_error: float) -> _Entries:
        """The entries by true time; ``lengths`` is what their neighbours suggest."""
        seconds = np.array([entry.end for entry in entries], np.float64) - clock_error
        # to the nearest minute, so that a clock that is a second off changes nothing
        minutes = np.floor(seconds / MINUTE + 0.5).astype(np.int64)
        order = np.argsort(minutes, kind="stable")
        found = np.unique(minutes)
        apart = np.diff(found)
        usual = int(np.median(apart)) if len(apart) else USUAL_INTERVAL
        # an entry after a hole is no longer than others: the shorter distance of the two to its neighbours
        lengths = np.minimum(np.append([usual], apart), np.append(apart, [usual]))[: len(found)]
        lengths = np.minimum(lengths, LONGEST_INTERVAL)

        def steps(values: Sequence[float], quantity: str) -> Steps:
            scaled = np.array(values, np.float64)[order] * 10 ** COLUMNS[quantity].decimals
            rounded: Steps = np.rint(scaled).astype(np.int64)
            return rounded

        return cls(
            minutes=minutes[order],
            lengths=lengths[np.searchsorted(found, minutes[order])],
            registers=steps([entry.energy_import for entry in entries], IMPORT),
            voltage=steps([entry.voltage_l1 for entry in entries], "voltage_l1"),
            power=steps([entry.active_power for entry in entries], "active_power"),
        )

    def between(self, since: int, until: int) -> _Entries:
        """Those that end after minute ``since`` and not after ``until``."""
        return self._rows(np.flatnonzero((self.minutes > since) & (self.minutes <= until)), self.registers)

    def chosen(self, totals: Steps, possible: NDArray[np.bool_]) -> _Entries:
        """With running ``totals``: the most of those ``possible`` that agree, later ones never with less."""
        places = np.flatnonzero(possible)
        # of one minute the larger first, so that at most one of them fits into what rises
        order = places[np.lexsort((-totals[places], self.minutes[places]))]
        repeated = (np.diff(self.minutes[order]) == 0) & (np.diff(totals[order]) == 0)
        order = order[np.append([True], ~repeated)[: len(order)]]
        return self._rows(order[_longest_rise(totals[order].tolist())], totals)

    def _rows(self, places: NDArray[np.intp], registers: Steps) -> _Entries:
        return _Entries(
            minutes=self.minutes[places],
            lengths=self.lengths[places],
            registers=registers[places],
            voltage=self.voltage[places],
            power=self.power[places],
        )


def _longest_rise(values: Sequence[int]) -> list[int]:
    """Places of the longest subsequence that never falls."""
    ends: list[int] = []  # ends[n]: the smallest value that n + 1 of them can end with
    ending: list[int] = []  # and its place
    previous: list[int] = []
    for place, value in enumerate(values):
        length = bisect_right(ends, value)
        previous.append(ending[length - 1] if length else -1)
        ends[length : length + 1] = [value]
        ending[length : length + 1] = [place]
    found: list[int] = []
    place = ending[-1] if ending else -1
    while place >= 0:
        found.append(place)
        place = previous[place]
    return found[::-1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Gap:
    """What is known of the time from ``since`` to ``until``, and the samples that it makes."""

    since: int
    until: int

    entries: _Entries
    """Those that end after ``since`` and not after ``until``."""

    counters: dict[str, tuple[Minutes, Steps]]
    """Counter other than a tariff's -> minutes at which it is known, and what it is then."""

    tariffs: dict[str, tuple[int, int]]
    """Counter of a tariff -> what it is at ``since``, and how much it rises."""

    active: Steps | None
    """Tariff of each minute from ``since`` to before ``until``; absent where it is not known."""

    @classmethod
    def of(
        cls,
        since: int,
        until: int,
        entries: _Entries,
        ends: dict[str, tuple[int, int]],
        active: Steps | None,
    ) -> _Gap:
        """A gap; ``ends``: counter -> what it is at ``since`` and ``until``."""
        edges = np.array([since, until], np.int64)
        counters: dict[str, tuple[Minutes, Steps]] = {}
        tariffs: dict[str, tuple[int, int]] = {}
        for name, (low, high) in ends.items():
            rise = max(0, high - low)
            if name in TARIFF_ENERGIES:
                tariffs[name] = (low, rise)
                continue
            counters[name] = (edges, np.array([low, low + rise], np.int64))
            if name == IMPORT:
                inside = entries.minutes < until
                counters[name] = (
                    np.concatenate(([since], entries.minutes[inside], [until])),
                    np.concatenate(([low], entries.registers[inside], [low + rise])),
                )
        return cls(
            since=since, until=until, entries=entries, counters=counters, tariffs=tariffs, active=active
        )

    def samples(self, start: int, prices: dict[str, int]) -> Iterator[Series]:
        """One for each minute from ``start`` to before ``until``, a day of UTC at a time."""
        shares = self._shares()
        while start < self.until:
            end = min(start // DAY * DAY + DAY, self.until)
            minutes = np.arange(start, end, dtype=np.int64)
            columns = {name: _evenly(*known, minutes) for name, known in self.counters.items()}
            rises = shares.rises(minutes, self._used(minutes))
            for (name, (low, _)), rise in zip(self.tariffs.items(), rises, strict=True):
                columns[name] = low + rise
            if self.active is not None:
                columns["active_tariff"] = self.active[start - self.since : end - self.since]
            columns |= {name: np.full(len(minutes), steps) for name, steps in prices.items()}
            columns |= self._means(minutes)
            yield Series(
                minutes=minutes,
                provenance=np.full(len(minutes), int(Provenance.PROFILE), np.int64),
                columns={name: steps for name, steps in columns.items() if (steps != ABSENT).any()},
            )
            start = end

    def likely_rises(self, last: dict[str, int]) -> dict[str, int]:
        """Tariff -> how much it must have risen to what is in ``last``; empty when that cannot be told."""
        minutes, totals = self.counters[IMPORT]
        energy = int(totals[-1] - totals[0])
        if self.active is None:
            used = [name for name, steps in last.items() if steps]
            return {name: min(steps, energy) for name, steps in last.items()} if len(used) == 1 else {}
        times = np.arange(self.since, self.until + 1, dtype=np.int64)
        steps = np.diff(_evenly(minutes, totals, times))
        rises = [
            min(high, int(steps[self.active == TARIFF_ENERGIES.index(name) + 1].sum()))
            for name, high in last.items()
        ]
        room = [high - rise for high, rise in zip(last.values(), rises, strict=True)]
        more = in_proportion(min(sum(room), energy - sum(rises)), room)
        return {name: rise + part for name, rise, part in zip(last, rises, more, strict=True)}

    def _used(self, minutes: Minutes) -> Steps:
        """How much all tariffs together have risen: in step with the import, where that has risen."""
        rise = sum(rise for _, rise in self.tariffs.values())
        known = self.counters.get(IMPORT)
        if known is None or known[1][-1] == known[1][0]:
            return _evenly(np.array([self.since, self.until]), np.array([0, rise]), minutes)
        low, high = int(known[1][0]), int(known[1][-1])
        # tariffs are registers of their own: together they may differ from the import by a few steps
        return (_evenly(*known, minutes) - low) * rise // (high - low)

    def _shares(self) -> TariffShares:
        """The energy of each hour and tariff time, shared between the tariffs."""
        edges = [np.array([self.since, self.until]), np.arange(self.since // HOUR * HOUR, self.until, HOUR)]
        if self.active is not None:
            edges.append(self.since + 1 + np.flatnonzero(np.diff(self.active)))
        cuts = np.unique(np.concatenate(edges))
        cuts = cuts[cuts >= self.since]
        wanted = np.full(len(cuts) - 1, -1)
        if self.active is not None:
            told = self.active[cuts[:-1] - self.since]
            for place, name in enumerate(self.tariffs):
                wanted[told == TARIFF_ENERGIES.index(name) + 1] = place
        rises = np.array([rise for _, rise in self.tariffs.values()], np.int64)
        return TariffShares.of(cuts, np.diff(self._used(cuts)), wanted, rises)

    def _means(self, minutes: Minutes) -> dict[str, Steps]:
        """Voltage and power of the interval that a minute is in."""
        entries = self.entries
        if not len(entries.minutes):
            return {}
        place = np.searchsorted(entries.minutes, minutes, side="right")
        inside = place < len(entries.minutes)
        place = np.minimum(place, len(entries.minutes) - 1)
        inside &= minutes >= entries.minutes[place] - entries.lengths[place]
        return {
            "voltage_l1": np.where(inside, entries.voltage[place], ABSENT),
            "active_power": np.where(inside, entries.power[place], ABSENT),
        }


def _evenly(minutes: Minutes, totals: Steps, at: Minutes) -> Steps:
    """A counter at the minutes ``at``: it rises evenly, in whole steps, from each known total to the next."""
    left = np.clip(np.searchsorted(minutes, at, side="right") - 1, 0, len(minutes) - 2)
    rise, width = totals[left + 1] - totals[left], minutes[left + 1] - minutes[left]
    steady: Steps = totals[left] + rise * (at - minutes[left]) // width
    return steady
