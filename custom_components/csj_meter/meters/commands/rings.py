"""The meter's own memory: load profile and event log, two rings in files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ...bus.turns import Priority
from ..identity import Capability
from .errors import NotOfferedError
from .registers import (
    EVENT_ENTRIES,
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


async def read_event_log(session: Session) -> list[LogEntry]:
    """All entries of the event log, oldest first. Raises a BusError."""
    meter = session.meter
    newest, filled = await session.read(EVENT_POSITION, 2)
    entries: list[LogEntry] = []
    for back in reversed(range(min(filled, EVENT_ENTRIES))):
        slot = (newest - back) % EVENT_ENTRIES
        words = await meter.bus.read_file(
            meter.unit_id, EVENT_FILE, slot * EVENT_WORDS, EVENT_WORDS, priority=Priority.SLOW
        )
        if time := number_of(words[:2]):
            known = words[2] in EventCode.__members__.values()
            entries.append(
                LogEntry(time=time, code=EventCode(words[2]) if known else words[2], value=words[3])
            )
    return entries
