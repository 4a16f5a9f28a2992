"""The meter's own memory: load profile and event log, two rings in files.

Entries of the event log have no number. Who has read up to some place remembers the slot and what
was in it: as long as it still is, exactly the slots behind it are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from ...bus.turns import Priority
from ..identity import Capability
from ..meter import Meter
from ..reading import Group
from .errors import NotConfirmedError, NotOfferedError
from .registers import (
    EVENT_ENTRIES,
    EVENT_ENTRIES_A_READ,
    EVENT_FILE,
    EVENT_POSITION,
    EVENT_WORDS,
    PROFILE_ENTRIES,
    PROFILE_ENTRIES_A_FILE,
    PROFILE_ENTRIES_A_READ,
    PROFILE_FILE,
    PROFILE_POSITION,
    PROFILE_WORDS,
)
from .session import Session, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEntry:
    """One interval of the load profile."""

    end: int
    """End of the interval, seconds since 1970-01-01 UTC."""

    energy_import: float
    """Counter at that time, kWh."""

    voltage_l1: float
    """Mean, V."""

    active_power: float
    """Mean, W; negative = export."""


class EventCode(IntEnum):
    """What the meter logs."""

    POWER_UP = 1
    POWER_DOWN = 2
    COVER_OPENED = 3
    RELAY_OPENED = 4
    RELAY_CLOSED = 5
    TOP_UP = 6
    SETTINGS_CHANGED = 7
    SAG = 8
    SWELL = 9
    FIRMWARE_UPDATED = 10
    CLOCK_SET = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry of the event log."""

    time: int
    """Seconds since 1970-01-01 UTC."""

    code: EventCode | int
    """What; a number that is not known stays a number."""

    value: int
    """More about it, by code."""

    def as_list(self) -> list[int]:
        """Plain data for storage."""
        return [self.time, int(self.code), self.value]

    @classmethod
    def of(cls, time: int, code: int, value: int) -> Self:
        """The entry of these numbers, as ``as_list`` has them."""
        known = code in EventCode.__members__.values()
        return cls(time=time, code=EventCode(code) if known else code, value=value)

    @classmethod
    def from_list(cls, stored: object) -> Self:
        """The entry that ``as_list`` wrote. Raises ValueError when it is something else."""
        if not isinstance(stored, list) or len(stored) != 3 or not all(_is_count(one) for one in stored):
            raise ValueError("not an entry of a log")
        return cls.of(*stored)


def _is_count(stored: object) -> bool:
    """Whether this is a number that registers can hold."""
    return isinstance(stored, int) and not isinstance(stored, bool) and 0 <= stored < 1 << 32


async def read_load_profile(session: Session, since: int = 0) -> list[ProfileEntry]:
    """Entries that end after ``since`` (UTC seconds), oldest first; broken ones are left out.

    Reads backwards from the newest, at the lowest priority, and stops at ``since``. Raises
    NotOfferedError or a BusError.
    """
    meter = session.meter
    if Capability.LOAD_PROFILE not in meter.identity.capabilities:
        raise NotOfferedError(f"unit {meter.unit_id}: the meter keeps no load profile")
    newest, filled = await session.read(PROFILE_POSITION, 2)
    found: list[ProfileEntry] = []
    left = min(filled, PROFILE_ENTRIES)
    last = newest % PROFILE_ENTRIES
    while left > 0:
        # one run never leaves its file, nor wraps around the ring
        first = max(
            last - min(left, PROFILE_ENTRIES_A_READ) + 1,
            last // PROFILE_ENTRIES_A_FILE * PROFILE_ENTRIES_A_FILE,
        )
        words = await meter.bus.read_file(
            meter.unit_id,
            PROFILE_FILE + first // PROFILE_ENTRIES_A_FILE,
            first % PROFILE_ENTRIES_A_FILE * PROFILE_WORDS,
            (last - first + 1) * PROFILE_WORDS,
            priority=Priority.SLOW,
        )
        run = [_profile_entry(words[at : at + PROFILE_WORDS]) for at in range(0, len(words), PROFILE_WORDS)]
        sound = [entry for entry in run if entry is not None]
        found += [entry for entry in reversed(sound) if entry.end > since]
        if any(entry.end <= since for entry in sound):
            break
        left -= last - first + 1
        last = (first - 1) % PROFILE_ENTRIES
    return found[::-1]


def _profile_entry(words: list[int]) -> ProfileEntry | None:
    """The entry of eight words, None when it is empty or its checksum is wrong."""
    end = number_of(words[0:2])
    if not end or sum(words[:7]) % 65536 != words[7]:
        return None
    power = number_of(words[5:7])
    return ProfileEntry(
        end=end,
        energy_import=number_of(words[2:4]) / 100,
        voltage_l1=words[4] / 10,
        active_power=(power - (1 << 32) if power >= 1 << 31 else power) / 10,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """Up to where somebody knows an event log."""

    slot: int
    """Slot of the newest entry then."""

    filled: int
    """How many slots were in use then, 0..100."""

    entry: LogEntry | None
    """What was in the slot; None when the log was empty."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for storage."""
        entry = self.entry
        return {
            "slot": self.slot,
            "filled": self.filled,
            "entry": None if entry is None else entry.as_list(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The position that ``as_dict`` wrote. Raises ValueError when it is something else."""
        if not isinstance(data, Mapping) or not {"slot", "filled", "entry"} <= data.keys():
            raise ValueError("not a position in a log")
        slot, filled, entry = data["slot"], data["filled"], data["entry"]
        if not (_is_count(slot) and _is_count(filled) and slot < EVENT_ENTRIES and filled <= EVENT_ENTRIES):
            raise ValueError("not a position in a log")
        return cls(slot=slot, filled=filled, entry=None if entry is None else LogEntry.from_list(entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNews:
    """What an event log holds beyond a position."""

    entries: tuple[LogEntry, ...]
    """New entries, oldest first."""

    position: LogPosition
    """Up to where the log is known with them."""

    lost: bool
    """Whether there were probably more: the ring has run over them."""


async def read_log_end(meter: Meter) -> tuple[int, int]:
    """Slot of the newest entry, and how many slots are in use: cheap. Raises a BusError."""
    newest, filled = await meter.bus.read(meter.unit_id, "holding", EVENT_POSITION, 2, priority=Priority.SLOW)
    return newest % EVENT_ENTRIES, min(filled, EVENT_ENTRIES)


async def read_new_events(meter: Meter, known: LogPosition | None) -> LogNews:
    """What has been logged since ``known``; None for who sees the log for the first time.

    At first sight nothing is new: what happened before anybody listened is history. Where the log
    does not go on from ``known`` (it has run over, was cleared, or is another one), only what is
    younger than the entry known last is new, so nothing is told twice; what was logged after the
    clock had been set back is then left out.

    All or nothing: raises a BusError, ForeignMeterError, or NotConfirmedError when the log changed
    under the reader's hands.
    """
    newest, filled = await read_log_end(meter)
    count, after = (filled, None) if known is None else await _count_new(meter, known, newest, filled)
    wanted = count if known is not None else min(count, 1)
    slots = await _read_slots(meter, newest, wanted)
    end, still_filled = await read_log_end(meter)
    await meter.read(Group.IDENTITY, Priority.SLOW)  # that all this was of no other meter
    if still_filled < filled or (slots and slots[-1] is None):
        raise NotConfirmedError(f"unit {meter.unit_id}: the event log changed while it was read")
    overrun = max(0, wanted + (end - newest) % EVENT_ENTRIES - EVENT_ENTRIES)
    found = [entry for entry in slots[overrun:] if entry is not None]
    entries = [] if known is None else [entry for entry in found if after is None or entry.time > after]
    last = slots[-1] if slots else known.entry if known is not None and filled else None
    return LogNews(
        entries=tuple(entries),
        position=LogPosition(slot=newest, filled=filled, entry=last),
        # a full ring in which nothing is as old as what was known: there may have been more
        lost=bool(overrun) or (after is not None and len(entries) == EVENT_ENTRIES),
    )


async def _count_new(meter: Meter, known: LogPosition, newest: int, filled: int) -> tuple[int, int | None]:
    """How many of the newest entries to look at, and after which time (UTC s) they count as new."""
    if known.entry is None:
        return filled, None
    if filled >= known.filled and await _read_slots(meter, known.slot, 1) == [known.entry]:
        return min((newest - known.slot) % EVENT_ENTRIES, filled), None
    return filled, known.entry.time


async def _read_slots(meter: Meter, newest: int, count: int) -> list[LogEntry | None]:
    """The ``count`` entries up to slot ``newest``, oldest first; None for an empty slot."""
    found: list[LogEntry | None] = []
    while (left := count - len(found)) > 0:
        first = (newest - left + 1) % EVENT_ENTRIES
        run = min(left, EVENT_ENTRIES_A_READ, EVENT_ENTRIES - first)  # a read never wraps around the ring
        words = await meter.bus.read_file(
            meter.unit_id, EVENT_FILE, first * EVENT_WORDS, run * EVENT_WORDS, priority=Priority.SLOW
        )
        found += [_log_entry(words[at : at + EVENT_WORDS]) for at in range(0, len(words), EVENT_WORDS)]
    return found


def _log_entry(words: list[int]) -> LogEntry | None:
    """The entry of four words; None when the slot is empty."""
    return LogEntry.of(number_of(words[:2]), words[2], words[3]) if any(words) else None
