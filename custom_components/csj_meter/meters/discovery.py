"""From a line to a list of meters: who answers, what they are, and what is in the way."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from ..bus.bus import Bus
from ..bus.errors import LinkDownError, UnitError
from ..bus.scan import ALL_UNITS, SETTLING, ScanProgress, scan
from .errors import UnknownDeviceError
from .identification import matching_profile, read_identity
from .identity import Identity
from .profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMeter:
    """A meter that a profile reads."""

    unit_id: int
    """Where it answers."""

    identity: Identity
    """Who it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownDevice:
    """Something that answers and that no profile recognises."""

    unit_id: int
    """Where it answers."""

    description: str | None
    """What it calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What is on a line."""

    found: tuple[FoundMeter, ...]
    """Meters, by unit id."""

    unknown: tuple[UnknownDevice, ...]
    """Devices for which a profile has to be chosen."""

    garbled: tuple[int, ...]
    """Unit ids with answers that cannot be understood: other line settings, or two devices at one id."""

    duplicates: Mapping[str, tuple[int, ...]]
    """Serial number -> the several unit ids at which it answers; none of them is in ``found``."""

    echo: bool
    """Whether the adapter sends back what it is given; then nothing else can be found."""


async def discover(
    bus: Bus,
    profiles: Iterable[Profile],
    unit_ids: Iterable[int] = ALL_UNITS,
    on_progress: Callable[[ScanProgress], None] | None = None,
) -> Discovery:
    """Scan the line and identify what answers. Raises LinkDownError; safe to cancel."""
    if await bus.echoes():
        return Discovery(found=(), unknown=(), garbled=(), duplicates={}, echo=True)
    known = list(profiles)
    result = await scan(bus, unit_ids, on_progress)
    await asyncio.sleep(SETTLING)
    found: list[FoundMeter] = []
    unknown: list[UnknownDevice] = []
    garbled = set(result.garbled)
    for unit_id in result.hits:
        try:
            identity = await identify(bus, unit_id, known)
        except UnknownDeviceError:
            unknown.append(UnknownDevice(unit_id=unit_id, description=await bus.describe(unit_id)))
        except LinkDownError:
            raise
        except UnitError:
            garbled.add(unit_id)
        else:
            found.append(FoundMeter(unit_id=unit_id, identity=identity))
    places: defaultdict[str, list[int]] = defaultdict(list)
    for meter in found:
        places[meter.identity.serial].append(meter.unit_id)
    duplicates = {serial: tuple(units) for serial, units in places.items() if len(units) > 1}
    return Discovery(
        found=tuple(meter for meter in found if meter.identity.serial not in duplicates),
        unknown=tuple(unknown),
        garbled=tuple(sorted(garbled)),
        duplicates=duplicates,
        echo=False,
    )


async def identify(
    bus: Bus, unit_id: int, profiles: Iterable[Profile], chosen: Profile | None = None
) -> Identity:
    """Who answers at ``unit_id``, by the ``chosen`` profile or by the first that fits.

    Raises a BusError, or UnknownDeviceError when no profile fits or the serial number makes no
    sense.
    """
    profile = chosen or await matching_profile(bus, unit_id, profiles)
    if profile is None:
        raise UnknownDeviceError(unit_id, "no profile recognises this device")
    return await read_identity(bus, unit_id, profile, serial=unit_serial(bus.name, unit_id))


def unit_serial(bus_name: str, unit_id: int) -> str:
    """What stands in for the serial number of a meter that has none: the place where it was found.

    A checksum of the name, because a device path would be too long and too telling.
    """
    return f"{crc32(bus_name.encode()):08x}-{unit_id}"
