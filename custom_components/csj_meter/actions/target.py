"""Which meter an action is for, and who calls it."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv, device_registry as dr
import probatio

from ..const import DOMAIN, MOST_METERS
from ..control import MeterControl
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..exceptions import wrong
from ..money.credit_watch import is_prepaid
from ..prepay.movement import Actor, Nameless

AUTOMATION: Final = Actor(id=None, name=Nameless.AUTOMATION.value)
"""Who calls when no user does."""


def _one_device(value: Any) -> str:
    """The id of one device; a target gives a list of them."""
    devices = cv.ensure_list(value)
    if len(devices) != 1:
        raise probatio.Invalid("give exactly one meter")
    return cv.string(devices[0])


METERS: Final = {
    probatio.Optional(ATTR_DEVICE_ID): probatio.All(
        cv.ensure_list, probatio.Length(max=MOST_METERS), [cv.string]
    )
}
"""The field of actions for any number of meters; counted before each is looked at."""

METER: Final = {probatio.Required(ATTR_DEVICE_ID): _one_device}
"""The field of every action for one meter."""

ANY_METER: Final = {probatio.Optional(ATTR_DEVICE_ID): _one_device}
"""The same, for actions that can do without."""


def meter_of(call: ServiceCall) -> CsjCoordinator:
    """The meter of a call. Raises ServiceValidationError when it is none of ours or not set up."""
    device = dr.async_get(call.hass).async_get(call.data[ATTR_DEVICE_ID])
    if device is None:
        raise wrong("no_such_meter")
    entry: CsjConfigEntry | None = (
        None
        if device.config_entry_id is None
        else call.hass.config_entries.async_get_entry(device.config_entry_id)
    )
    if entry is None or entry.domain != DOMAIN:
        raise wrong("no_such_meter")
    if entry.state is not ConfigEntryState.LOADED:
        raise wrong("bridge_not_set_up", bridge=entry.title)
    for coordinator in entry.runtime_data.coordinators.values():
        if (DOMAIN, coordinator.identity.serial) in device.identifiers:
            return coordinator
    raise wrong("no_such_meter")


def control_of(call: ServiceCall) -> tuple[CsjCoordinator, MeterControl]:
    """The meter of a call, which takes commands. Raises ServiceValidationError."""
    coordinator = meter_of(call)
    if (control := coordinator.control) is None:
        raise wrong("only_read", meter=coordinator.name)
    return coordinator, control


def prepaid_of(call: ServiceCall) -> tuple[CsjCoordinator, MeterControl]:
    """The meter of a call, on which money can be put. Raises ServiceValidationError."""
    coordinator, control = control_of(call)
    if not is_prepaid(coordinator):
        raise wrong("not_prepaid", meter=coordinator.name)
    return coordinator, control


async def async_actor_of(call: ServiceCall) -> Actor:
    """Who calls."""
    if (user_id := call.context.user_id) is None:
        return AUTOMATION
    user = await call.hass.auth.async_get_user(user_id)
    return Actor(id=user_id, name=(user.name if user is not None else None) or Nameless.USER.value)
