"""Which profile reads a device that answers, and who it says it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import re
from typing import Final

from modbus_connection.decode import decode_float32, decode_int

from ..bus.bus import Bus
from ..bus.errors import RefusedError
from ..bus.turns import Priority
from .decode import capabilities_of
from .errors import UnknownDeviceError
from .identity import Identity
from .plan import GroupPlan
from .profile import Check, Field, FieldType, Profile, Space
from .quantities import PHASES, TARIFFS
from .reading import Group, Value

_SIGNED: Final = frozenset({FieldType.I16, FieldType.I32, FieldType.I64})
_SERIAL_LENGTH: Final = 32
"""Characters of the longest serial number in any map here."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._:/#+()-]*[A-Za-z0-9.+)])?")
"""What a plate says. Anybody on the line can say more, and it is shown in dialogues, mails and tables: so no
markup, no formula, no line of a log fits through here."""

_POSSIBLE: Final[Mapping[str, tuple[float, float]]] = {
    "phases": (min(PHASES), max(PHASES)),
    "tariffs": (min(TARIFFS), max(TARIFFS)),
    "rated_voltage": (0, 1_000_000),
    "max_current": (0, 1_000_000),
    "ct_ratio": (0.001, 1_000_000),
    "pt_ratio": (0.001, 1_000_000),
}
"""Number of an identity -> smallest and largest that makes sense; 0 is for what a meter does not tell."""


class ImplausibleIdentityError(ValueError):
    """What a device says of itself that cannot be."""

    def __init__(self, name: str, value: object) -> None:
        """``name``: of the part of the identity."""
        super().__init__(f"no usable {name.replace('_', ' ')} ({value!r})")
        self.name = name
        self.value = value


def identity_of(profile: Profile, values: Mapping[str, Value], *, serial: str | None = None) -> Identity:
    """The identity that the values of an identity group tell; the profile fills in the rest.

    ``serial`` stands in on profiles whose meters have no serial number. Raises
    ImplausibleIdentityError when there is none at all, or one that no plate has, or for a number that
    cannot be; other words that no plate has are left out.
    """
    found = values.get("serial") if profile.has_serial else serial
    text = "" if found is None else str(found).strip()
    if len(text) > _SERIAL_LENGTH or _PLAIN.fullmatch(text) is None:
        raise ImplausibleIdentityError("serial_number", found)
    mask = values.get("capabilities")

    def number(name: str) -> float | None:
        value = values.get(name)
        if not isinstance(value, int | float) or not value:
            return None
        low, high = _POSSIBLE[name]
        if not low <= value <= high or (name == "phases" and value not in (1, 3)):
            raise ImplausibleIdentityError(name, value)
        return float(value)

    def words(name: str) -> str | None:
        value = values.get(name)
        return text if value is not None and _PLAIN.fullmatch(text := str(value).strip()) else None

    return Identity(
        serial=text,
        profile=profile.name,
        manufacturer=profile.manufacturer,
        model=words("model") or profile.model,
        phases=int(number("phases") or profile.phases),
        tariffs=int(number("tariffs") or profile.tariffs),
        capabilities=capabilities_of(mask) if isinstance(mask, int) else profile.capabilities,
        firmware=words("firmware"),
        hardware=words("hardware"),
        rated_voltage=number("rated_voltage"),
        max_current=number("max_current"),
        ct_ratio=number("ct_ratio") or 1.0,
        pt_ratio=number("pt_ratio") or 1.0,
    )


async def read_identity(bus: Bus, unit_id: int, profile: Profile, *, serial: str | None = None) -> Identity:
    """Ask a device of a known profile who it is.

    Raises a BusError, or UnknownDeviceError when its answer makes no sense for the profile.
    """
    values: Mapping[str, Value] = {}
    if fields := profile.groups.get(Group.IDENTITY, ()):
        component = GroupPlan(profile, None, fields, gap=profile.max_read).component(
            bus, unit_id, Priority.SCAN
        )
        values = await component.async_update()
    try:
        return identity_of(profile, values, serial=serial)
    except ImplausibleIdentityError as err:
        raise UnknownDeviceError(unit_id, str(err)) from err


@dataclass(slots=True)
class _Device:
    """A device under examination; every register is asked once, however many profiles look at it."""

    bus: Bus
    unit_id: int
    known: dict[tuple[Space, int, int], list[int] | None] = field(default_factory=dict)

    async def registers(self, space: Space, address: int, count: int) -> list[int] | None:
        """The registers, or None where the device refuses them."""
        key = (space, address, count)
        if key not in self.known:
            try:
                self.known[key] = await self.bus.read(
                    self.unit_id, space, address, count, priority=Priority.SCAN
                )
            except RefusedError:
                self.known[key] = None
        return self.known[key]

    async def meets(self, check: Check) -> bool:
        """Whether the device meets one condition of a profile."""
        probe = Field(quantity="check", space=check.space, address=check.address, type=check.type)
        words = await self.registers(check.space, check.address, probe.registers)
        if words is None:
            return False
        if check.type is FieldType.FLOAT32:
            value = decode_float32(words)
        else:
            value = float(decode_int(words, signed=check.type in _SIGNED))
        if check.one_of:
            return value in check.one_of
        value *= check.scale
        return (check.low is None or value >= check.low) and (check.high is None or value <= check.high)


async def matching_profile(bus: Bus, unit_id: int, profiles: Iterable[Profile]) -> Profile | None:
    """The profile whose conditions the device meets; exact codes are tried before likely ranges.

    Raises a BusError when the device falls silent.
    """
    device = _Device(bus, unit_id)

    def certainty(profile: Profile) -> tuple[int, int, str]:
        exact = sum(bool(check.one_of) for check in profile.checks)
        return -exact, -len(profile.checks), profile.name

    for profile in sorted(profiles, key=certainty):
        if not profile.checks:
            continue
        for check in profile.checks:
            if not await device.meets(check):
                break
        else:
            return profile
    return None
