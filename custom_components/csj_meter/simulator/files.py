"""Rings that a meter keeps as Modbus files: the load profile and the event log."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import lru_cache
import itertools
import math
from typing import TYPE_CHECKING, Final

from . import noise
from .energy import IMPORT
from .firmware import FILES
from .household import DAY
from .models import Capability
from .past import mean
from .registers import RefusalError, Refused, Width, words
from .state import MeterEvent
from .truth import ROLL_OVER, counted

if TYPE_CHECKING:
    from .meter import SimulatedMeter

PROFILE_ENTRIES: Final = 6000
PROFILE_WORDS: Final = 8
ENTRIES_PER_FILE: Final = 1200
PROFILE_FILES: Final = range(1, 6)
EVENT_ENTRIES: Final = 100
EVENT_WORDS: Final = 4
EVENT_FILE: Final = 8
LAST_RECORD: Final = 9999


class LoadProfile:
    """The ring of 6 000 intervals, oldest overwritten."""

    def __init__(self, meter: SimulatedMeter) -> None:
        """Look over the shoulder of ``meter``."""
        self._meter = meter
        self._cached = lru_cache(maxsize=256)(self._entry)

    @property
    def _interval(self) -> int:
        return 60 * self._meter.settings.load_profile_interval

    @property
    def _since(self) -> float:
        """Start of the first entry: another interval begins a new ring."""
        since = self._meter.state.profile_since
        return self._meter.installed_at if since is None else since

    def _finished(self) -> int:
        """Intervals that have ended since the first."""
        return max(0, math.floor((self._meter.clock() - self._since) / self._interval))

    @property
    def newest(self) -> int:
        """Slot of the newest entry."""
        return max(0, self._finished() - 1) % PROFILE_ENTRIES

    @property
    def filled(self) -> int:
        """How many slots are in use."""
        return min(self._finished(), PROFILE_ENTRIES)

    def slot(self, slot: int) -> Sequence[int]:
        """The 8 registers of one slot; zeros while it is empty."""
        self._meter.settle()
        last = self._finished() - 1
        number = last - (last - slot) % PROFILE_ENTRIES
        if not last >= 0 <= number:
            return (0,) * PROFILE_WORDS
        return self._cached(self._since + number * self._interval, self._interval)

    def _entry(self, start: float, interval: int) -> Sequence[int]:
        """The interval that begins at ``start`` (UTC), with the time that the clock showed at its end."""
        meter = self._meter
        means = mean(meter, start, start + interval)
        end = int(start + interval)
        energy = counted(meter.counters(meter.local(end))[IMPORT]).sum() % ROLL_OVER
        entry = [
            *words(Width.U32, meter.shown_clock(end)),
            *words(Width.U32, round(float(energy) * 100)),
            round(means.voltage * 10),
            *words(Width.I32, round(means.power * 10)),
        ]
        return (*entry, sum(entry) & 0xFFFF)


class EventLog:
    """The ring of 100 events: an invented past, and what happened while the simulator ran."""

    def __init__(self, meter: SimulatedMeter, key: int) -> None:
        """Look over the shoulder of ``meter``; ``key`` chooses its past."""
        self._meter = meter
        self._key = key
        self._made = lru_cache(maxsize=1)(self._make)

    def events(self) -> list[MeterEvent]:
        """All events since the installation, oldest first."""
        return sorted(itertools.chain(self._past(), self._meter.state.events), key=_time)

    def _count(self) -> int:
        """All that ever happened, also what nobody remembers."""
        state = self._meter.state
        return state.forgotten_events + len(self._past()) + len(state.events)

    @property
    def newest(self) -> int:
        """Slot of the newest entry."""
        return max(0, self._count() - 1) % EVENT_ENTRIES

    @property
    def filled(self) -> int:
        """How many slots are in use."""
        return min(self._count(), EVENT_ENTRIES)

    def slots(self) -> list[int]:
        """All 400 registers of the ring; empty slots are zeros."""
        ring = [0] * (EVENT_ENTRIES * EVENT_WORDS)
        events = list(enumerate(self.events(), self._meter.state.forgotten_events))
        for number, event in events[-EVENT_ENTRIES:]:
            place = number % EVENT_ENTRIES * EVENT_WORDS
            time = words(Width.U32, self._meter.shown_clock(event.time))
            ring[place : place + EVENT_WORDS] = [*time, event.code, event.value]
        return ring

    def _past(self) -> Sequence[MeterEvent]:
        """The invented events up to now, oldest first."""
        meter, now = self._meter, self._meter.clock()
        prepaid = Capability.PREPAY in meter.capabilities
        bought = meter.account.bought(-math.inf, meter.local(now)) if prepaid else ()
        weeks = int((now - int(meter.installed_at)) / (7 * DAY)) + 1
        made = self._made(weeks, len(meter.invented_starts(now)), len(bought))
        return made[: bisect.bisect_right(made, now, key=_time)]

    def _make(self, weeks: int, starts: int, purchases: int) -> Sequence[MeterEvent]:
        """What happened in so many weeks, with the first of all starts and purchases, oldest first."""
        meter, now = self._meter, self._meter.clock()
        first = int(meter.installed_at)
        events = [
            MeterEvent(time=first, code=1, value=0),
            MeterEvent(time=first + 240, code=11, value=0),
            MeterEvent(time=first + 300, code=7, value=0),
        ]
        for start in meter.invented_starts(now)[:starts]:
            off = int(start) - 60 - noise.choice(self._key, int(start), 1800)
            events += [MeterEvent(time=off, code=2, value=0), MeterEvent(time=int(start), code=1, value=0)]
        for week in range(weeks):
            luck = noise.uniform(self._key, week)
            at = first + int((week + noise.uniform(self._key + 1, week)) * 7 * DAY)
            if luck < 0.08:
                events.append(MeterEvent(time=at, code=8, value=1760 + int(luck * 2000)))
            elif luck > 0.95:
                events.append(MeterEvent(time=at, code=9, value=2540 + int((1 - luck) * 1000)))
            if week % 13 == 12:
                events.append(MeterEvent(time=at + 77, code=11, value=0))
        if purchases:
            events += [
                MeterEvent(time=int(meter.utc(top_up.time)), code=6, value=round(top_up.amount))
                for top_up in meter.account.bought(-math.inf, meter.local(now))[:purchases]
            ]
        return tuple(sorted(events, key=_time))


def _time(event: MeterEvent) -> float:
    return event.time


def read_file(meter: SimulatedMeter, file: int, record: int, length: int) -> list[int]:
    """Registers of a file.

    Raises ``RefusalError`` (address) for files and records that do not exist, or cannot be read.
    """
    end = record + length
    if length < 1 or end > LAST_RECORD + 1:
        raise RefusalError(Refused.ADDRESS)
    if file in PROFILE_FILES and end <= ENTRIES_PER_FILE * PROFILE_WORDS:
        base = (file - PROFILE_FILES.start) * ENTRIES_PER_FILE
        first, last = record // PROFILE_WORDS, (end - 1) // PROFILE_WORDS
        registers = [word for slot in range(first, last + 1) for word in meter.load_profile.slot(base + slot)]
        skip = record - first * PROFILE_WORDS
        return registers[skip : skip + length]
    if file == EVENT_FILE and end <= EVENT_ENTRIES * EVENT_WORDS:
        return meter.event_log.slots()[record:end]
    raise RefusalError(Refused.ADDRESS)


def write_file(meter: SimulatedMeter, file: int, record: int, values: Sequence[int]) -> None:
    """Write registers of a file: only a firmware image, and only on an unlocked meter.

    Raises ``RefusalError``.
    """
    takes = Capability.FIRMWARE_UPDATE in meter.capabilities and file in FILES
    if not takes or record + len(values) > LAST_RECORD + 1:
        raise RefusalError(Refused.ADDRESS)
    now = meter.clock()
    meter.lock.require(now)
    meter.updater.receive(file, record, values, now)
    meter.keep(urgent=False)
