"""One meter on a bus: reads a group, and only lets out what this very meter measured just now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
import time
from typing import Final

from modbus_connection.model import ManualComponent

from ..bus.bus import Bus
from ..bus.turns import Priority
from .continuity import Continuity, Verdict
from .counters import CounterFellError, Counters
from .errors import ForeignMeterError, ImplausibleReadingError, MeterFrozenError
from .identification import ImplausibleIdentityError, identity_of
from .identity import Identity
from .plan import GroupPlan, fields_of
from .profile import Field, Profile
from .quantities import COUNTERS, QUANTITIES, STATUS_BITS, Status
from .reading import Group, Reading, Value

GROUP_PRIORITIES: Final[Mapping[Group, Priority]] = {
    Group.LIVE: Priority.LIVE,
    Group.ENERGY: Priority.ENERGY,
    Group.PREPAY: Priority.ENERGY,
    Group.HARMONICS: Priority.SLOW,
    Group.SETTINGS: Priority.SLOW,
    Group.IDENTITY: Priority.SLOW,
}
"""How urgent a due read of each group is."""

TYPICAL_TURNAROUND: Final = 0.015
"""Seconds; plans the first reads, before the meter's own turnaround is known."""


class Meter:
    """A meter of a known profile at a unit id.

    ``readings`` keeps the last good reading of each group.
    """

    def __init__(
        self,
        bus: Bus,
        unit_id: int,
        profile: Profile,
        identity: Identity,
        *,
        counters: Counters | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Read the meter ``identity`` describes; ``counters`` continues its totals."""
        self.bus = bus
        self.unit_id = unit_id
        self.profile = profile
        self.identity = identity
        self.counters = counters or Counters()
        self.readings: dict[Group, Reading] = {}
        self._wall_clock = wall_clock
        self._offer(identity)
        self._continuity = Continuity()
        self._plans: dict[Group, GroupPlan] = {}
        self._components: dict[tuple[Group, Priority], ManualComponent] = {}
        bus.guard(unit_id, *profile.probe)

    def _offer(self, identity: Identity) -> None:
        """What a meter of this identity has."""
        self._fields = fields_of(self.profile, identity)
        # asked for with every state of every entity; the first group that has it brings it
        self._group_of = {
            field.quantity: group for group, fields in reversed([*self._fields.items()]) for field in fields
        }
        self._quantities = frozenset(self._group_of.keys() & QUANTITIES.keys())

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups that this meter offers."""
        return tuple(self._fields)

    @property
    def tells_serial(self) -> bool:
        """Whether it can be told from another meter in its place."""
        return self.profile.has_serial and Group.IDENTITY in self._fields

    @property
    def quantities(self) -> frozenset[str]:
        """Canonical quantities that this meter offers."""
        return self._quantities

    def group_of(self, quantity: str) -> Group | None:
        """The group that brings ``quantity``, None when the meter does not have it."""
        return self._group_of.get(quantity)

    @property
    def status_bits(self) -> Status:
        """The bits that this meter's status can show."""
        bits = Status(0)
        for fields in self._fields.values():
            for field in fields:
                if field.quantity == "status":
                    for word in field.bits.values():
                        bits |= STATUS_BITS[word]
        return bits

    def value(self, quantity: str) -> Value:
        """Last good value of ``quantity``, None when there is none."""
        group = self.group_of(quantity)
        reading = self.readings.get(group) if group is not None else None
        return reading.values.get(quantity) if reading is not None else None

    @property
    def reporting_interval(self) -> float | None:
        """Seconds between two samples of the meter, None while not known."""
        value = self.value("reporting_interval")
        return float(value) if isinstance(value, int | float) else None

    def plan(self, group: Group) -> GroupPlan:
        """The reads of ``group``, fitted to the turnaround measured so far."""
        if (plan := self._plans.get(group)) is None:
            turnaround = self.bus.statistics.unit(self.unit_id).turnaround or TYPICAL_TURNAROUND
            gap = self.bus.timing.bridgeable_gap(turnaround)
            plan = self._plans[group] = GroupPlan(self.profile, self.identity, self._fields[group], gap)
        return plan

    async def probe(self) -> None:
        """Ask for two registers, to see whether the meter is there. Raises a BusError."""
        space, address = self.profile.probe
        await self.bus.read(self.unit_id, space, address, 2, priority=Priority.SLOW, retry=False)

    async def read(self, group: Group, priority: Priority | None = None) -> Reading:
        """Read one group and keep it in ``readings``.

        Raises a BusError of the line, ForeignMeterError, MeterFrozenError or
        ImplausibleReadingError; then the last good reading stays.
        """
        urgency = GROUP_PRIORITIES[group] if priority is None else priority
        raw = await self._read_raw_values(group, urgency)
        reading = Reading(group=group, values=raw, at=self._wall_clock())
        self._verify_plausible(group, raw)
        if group is Group.IDENTITY:
            self._verify_serial(raw)
            self._adopt(self._told_identity(raw))
        if group is Group.LIVE:
            await self._verify_continuity(reading, urgency)
        values = self._count(group, raw)
        reading = Reading(group=group, values=values, at=reading.at)
        self.readings[group] = reading
        return reading

    async def verify_identity(self, priority: Priority = Priority.LIVE) -> None:
        """Make sure that this meter, and no other, answers. Raises ForeignMeterError or a BusError."""
        if self.tells_serial:
            await self.read(Group.IDENTITY, priority)
        self._continuity.forget()

    async def sample_now(self) -> Reading:
        """Read the live block ahead of everything that is due."""
        return await self.read(Group.LIVE, Priority.SAMPLE)

    async def read_raw(self, group: Group) -> dict[str, dict[int, int | bool]]:
        """Registers of ``group`` as they are: space -> address -> word. Raises a BusError."""
        return await self._component(group, Priority.SLOW).async_read_raw()

    async def _read_raw_values(self, group: Group, priority: Priority) -> dict[str, Value]:
        return await self._component(group, priority).async_update()

    def _component(self, group: Group, priority: Priority) -> ManualComponent:
        """What reads ``group``; kept as long as its plan, which it works out into blocks once."""
        key = (group, priority)
        if (component := self._components.get(key)) is None:
            component = self._components[key] = self.plan(group).component(self.bus, self.unit_id, priority)
        return component

    def _verify_serial(self, values: Mapping[str, Value]) -> None:
        if not self.profile.has_serial:
            return
        found = str(values.get("serial"))
        if found != self.identity.serial:
            self.bus.statistics.unit(self.unit_id).foreign += 1
            raise ForeignMeterError(
                self.unit_id, self.identity.serial, "".join(filter(str.isprintable, found))
            )

    def _told_identity(self, values: Mapping[str, Value]) -> Identity:
        try:
            return identity_of(self.profile, values, serial=self.identity.serial)
        except ImplausibleIdentityError as err:
            self.bus.statistics.unit(self.unit_id).garbled += 1
            raise ImplausibleReadingError(self.unit_id, err.name, err.value) from err

    def _adopt(self, identity: Identity) -> None:
        """Follow what the meter says of itself now: a firmware update, a new transformer ratio."""
        self.identity = identity
        self._offer(identity)
        self._components.clear()
        self._plans.clear()  # an hour of measured turnarounds is worth a new plan too

    def _verify_plausible(self, group: Group, values: Mapping[str, Value]) -> None:
        identity = self.identity
        for field in self._fields[group]:
            quantity = QUANTITIES.get(field.quantity)
            value = values.get(field.quantity)
            if quantity is not None and not quantity.plausible(
                value, ct_ratio=identity.ct_ratio, pt_ratio=identity.pt_ratio
            ):
                self.bus.statistics.unit(self.unit_id).garbled += 1
                raise ImplausibleReadingError(self.unit_id, field.quantity, value)

    async def _verify_continuity(self, reading: Reading, priority: Priority) -> None:
        now = asyncio.get_running_loop().time()
        match self._continuity.judge(reading, now, self.reporting_interval):
            case Verdict.FROZEN:
                self.bus.statistics.unit(self.unit_id).frozen += 1
                raise MeterFrozenError(self.unit_id, self._continuity.still_for(now))
            case Verdict.SUSPECT:
                await self.verify_identity(priority)
        self._continuity.accept(reading, now)

    def _count(self, group: Group, values: Mapping[str, Value]) -> dict[str, Value]:
        """``values`` with the counters going on across their roll-over."""
        registers = {
            field.quantity: (float(value), self._modulus(field))
            for field in self._fields[group]
            if _is_counter(field) and isinstance(value := values.get(field.quantity), int | float)
        }
        try:
            self.counters.check(registers)
        except CounterFellError as err:
            self.bus.statistics.unit(self.unit_id).garbled += 1
            raise ImplausibleReadingError(self.unit_id, err.quantity, err.now) from err
        totals = {
            quantity: self.counters.advance(quantity, value, modulus)
            for quantity, (value, modulus) in registers.items()
        }
        return {**values, **totals}

    def _modulus(self, field: Field) -> float | None:
        if (modulus := field.modulus) is None:
            return None
        for ratio in field.multiply:
            modulus *= getattr(self.identity, ratio)
        return modulus


def _is_counter(field: Field) -> bool:
    """Whether it only ever rises."""
    return (quantity := QUANTITIES.get(field.quantity)) is not None and quantity.kind in COUNTERS
