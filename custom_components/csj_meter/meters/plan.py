"""Which registers to read together: the fields a meter has, cut into reads worth making.

``modbus_connection`` packs fields into block reads inside the ranges it is given. The ranges
are the profile's readable ones, cut once more where skipping a hole is cheaper than reading
over it at this line's speed and this meter's turnaround.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import cast

from modbus_connection import ModbusUnit
from modbus_connection.model import ManualComponent

from ..bus.bus import Bus
from ..bus.turns import Priority
from .decode import QuantityField
from .identity import Identity
from .profile import Field, Profile, Space
from .reading import Group

type Ranges = tuple[tuple[int, int], ...]
"""Inclusive (first, last) addresses."""


def fields_of(profile: Profile, identity: Identity) -> Mapping[Group, tuple[Field, ...]]:
    """The profile's fields that this very meter has, by group; empty groups are left out."""

    def present(field: Field) -> bool:
        return (
            (field.phase or 1) <= identity.phases
            and (field.tariff or 1) <= identity.tariffs
            and (field.needs is None or field.needs in identity.capabilities)
        )

    chosen = {group: tuple(filter(present, fields)) for group, fields in profile.groups.items()}
    return {group: fields for group, fields in chosen.items() if fields}


def worthwhile_ranges(fields: Iterable[Field], readable: Ranges, gap: int) -> Ranges:
    """What to read for ``fields`` (of one space): runs without a hole wider than ``gap``.

    A run never leaves the readable range it starts in.
    """
    spans = sorted((field.address, field.address + field.registers - 1) for field in fields)
    runs: list[tuple[int, int]] = []
    for first, last in spans:
        if runs and first - runs[-1][1] - 1 <= gap and _same_range(runs[-1][0], last, readable):
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return tuple(runs)


def _same_range(first: int, last: int, readable: Ranges) -> bool:
    return any(low <= first and last <= high for low, high in readable)


class _Reader:
    """The two reads that a plan needs, through the bus."""

    def __init__(self, bus: Bus, unit_id: int, priority: Priority) -> None:
        self._bus = bus
        self._unit_id = unit_id
        self._priority = priority

    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        return await self._bus.read(self._unit_id, "holding", address, count, priority=self._priority)

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        return await self._bus.read(self._unit_id, "input", address, count, priority=self._priority)


class GroupPlan:
    """The reads of one group of one meter."""

    def __init__(
        self,
        profile: Profile,
        identity: Identity | None,
        fields: tuple[Field, ...],
        gap: int,
    ) -> None:
        """Plan ``fields``, bridging holes of up to ``gap`` registers."""
        self._profile = profile
        self._identity = identity
        self.fields = fields
        self.ranges: Mapping[Space, Ranges] = {
            space: worthwhile_ranges(
                [field for field in fields if field.space == space], profile.ranges.get(space, ()), gap
            )
            for space in ("input", "holding")
        }

    def component(self, bus: Bus, unit_id: int, priority: Priority) -> ManualComponent:
        """The library component that reads and decodes the group with this urgency."""
        # ManualComponent is typed for a whole ModbusUnit but reads registers only
        unit = cast(ModbusUnit, _Reader(bus, unit_id, priority))
        component = ManualComponent(
            unit,
            max_span=self._profile.max_read,
            input_ranges=self.ranges["input"],
            holding_ranges=self.ranges["holding"],
        )
        for field in self.fields:
            component.add(field.quantity, QuantityField(field, self._identity), space=field.space)
        return component

    @property
    def blocks(self) -> list[tuple[Space, int, int]]:
        """(space, address, count) of each read, as the library will make them."""
        blocks: list[tuple[Space, int, int]] = []
        for space, ranges in self.ranges.items():
            for first, last in ranges:
                inside = [f for f in self.fields if f.space == space and first <= f.address <= last]
                starts = _block_starts(inside, self._profile.max_read)
                ends = [*starts[1:], None]
                for start, end in zip(starts, ends, strict=True):
                    block = [f for f in inside if f.address >= start and (end is None or f.address < end)]
                    blocks.append((space, start, max(f.address + f.registers for f in block) - start))
        return blocks


def _block_starts(fields: list[Field], max_read: int) -> list[int]:
    """First addresses of the greedy blocks of at most ``max_read`` registers."""
    ordered = sorted(fields, key=lambda field: field.address)
    starts = [ordered[0].address]
    for _, field in pairwise(ordered):
        if field.address + field.registers - starts[-1] > max_read:
            starts.append(field.address)
    return starts
