"""The key of a meter in a dialogue: how it is written, and whether the meter accepts it.

A key is tried on the meter before it is stored, once: three wrong ones lock a meter for five
minutes. It is never shown again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, cast

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from ..bus.bus import Bus
from ..bus.errors import BusError, LinkDownError
from ..bus.scan import forget_strangers
from ..const import CONF_KEY, CONF_UNIT_ID, SUBENTRY_METER
from ..coordinator import CsjConfigEntry
from ..link_data import AnyLink, InvalidLinkError, ModbusLink, SimulatedLink, link_from_data
from ..links import LinkInUseError, async_temporary_bus
from ..meters.commands.errors import LockedOutError, WrongKeyError
from ..meters.commands.session import Session
from ..meters.errors import MeterError
from ..meters.identity import Identity
from ..meters.meter import Meter
from ..meters.profile import Profile
from ..simulated_line import async_simulated_keys
from .search import reason_of

LARGEST_KEY: Final = 0xFFFF_FFFF


class InvalidKeyError(ValueError):
    """Not the digits of a key."""


def parse_key(text: str) -> int:
    """The key that somebody has typed; spaces and hyphens do not matter. Raises InvalidKeyError."""
    digits = text.replace(" ", "").replace("-", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 10 or int(digits) > LARGEST_KEY:
        raise InvalidKeyError("a key is a number of up to ten digits")
    return int(digits)


async def async_try_key(
    line: AbstractAsyncContextManager[Bus],
    unit_id: int,
    profile: Profile | None,
    identity: Identity,
    text: str,
) -> tuple[int | None, str | None]:
    """The key that ``text`` is, or the error of the form that says why it cannot be taken.

    ``line`` is opened for it; see ``line_of``.
    """
    try:
        async with line as bus:
            if profile is None or profile.commands is None:
                return None, "key_not_needed"
            key = parse_key(text)
            await Session(Meter(bus, unit_id, profile, identity), key).test_key()
    except InvalidLinkError:
        return None, "invalid_link"
    except InvalidKeyError:
        return None, "invalid_key"
    except WrongKeyError:
        return None, "wrong_key"
    except LockedOutError:
        return None, "locked_out"
    except (LinkDownError, LinkInUseError, OSError) as err:
        return None, reason_of(err)
    except BusError, MeterError:
        return None, "key_not_tried"
    return key, None


def without_key(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a form may suggest: never a key, not even the one that was just typed."""
    return {name: value for name, value in (values or {}).items() if name != CONF_KEY}


async def async_known_keys(hass: HomeAssistant, link: AnyLink) -> dict[str, int]:
    """Serial number -> key of the meters whose keys nobody has to type: simulated ones."""
    return await async_simulated_keys(hass, link) if isinstance(link, SimulatedLink) else {}


def running_bus(entry: CsjConfigEntry) -> Bus | None:
    """The line on which the meters of a bridge are polled; None while it is not set up."""
    return entry.runtime_data.bus if entry.state is ConfigEntryState.LOADED else None


@asynccontextmanager
async def line_of(hass: HomeAssistant, entry: ConfigEntry, *unit_ids: int) -> AsyncIterator[Bus]:
    """The line of a bridge to ask ``unit_ids`` something, without a trace of those that are no meters.

    Raises InvalidLinkError, LinkInUseError or OSError when it cannot be opened.
    """
    if (bus := running_bus(entry)) is not None:
        try:
            yield bus
        finally:
            # as they are now: some may have been added meanwhile
            known = [subentry.data[CONF_UNIT_ID] for subentry in entry.get_subentries_of_type(SUBENTRY_METER)]
            forget_strangers(bus, known, unit_ids)
        return
    link = cast(ModbusLink, link_from_data(entry.data))
    async with async_temporary_bus(hass, link) as temporary:
        yield temporary
