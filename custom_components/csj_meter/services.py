"""Actions of the integration, registered once for all bridges."""

from __future__ import annotations

from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
import probatio

from .const import DOMAIN
from .simulated_line import async_clear_faults, async_simulate_fault

ACTION_SIMULATE_FAULT: Final = "simulate_fault"
ACTION_CLEAR_FAULTS: Final = "clear_simulated_faults"

ATTR_FAULT: Final = "fault"
ATTR_UNIT_ID: Final = "unit_id"
ATTR_VALUE: Final = "value"

_CLEAR_SCHEMA: Final = probatio.Schema({probatio.Required(ATTR_CONFIG_ENTRY_ID): cv.string})

_SIMULATE_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(ATTR_CONFIG_ENTRY_ID): cv.string,
        probatio.Required(ATTR_FAULT): cv.string,
        probatio.Optional(ATTR_UNIT_ID): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=247)),
        probatio.Optional(ATTR_VALUE): probatio.Coerce(float),
    }
)


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register all actions; who may not administer Home Assistant may not use them."""
    async_register_admin_service(
        hass, DOMAIN, ACTION_SIMULATE_FAULT, _async_simulate_fault, schema=_SIMULATE_SCHEMA
    )
    async_register_admin_service(hass, DOMAIN, ACTION_CLEAR_FAULTS, _async_clear_faults, schema=_CLEAR_SCHEMA)


async def _async_simulate_fault(call: ServiceCall) -> None:
    """Give the simulated meters of a bridge a fault, to see what happens then."""
    data = call.data
    try:
        async_simulate_fault(
            call.hass,
            data[ATTR_CONFIG_ENTRY_ID],
            data[ATTR_FAULT],
            data.get(ATTR_UNIT_ID),
            data.get(ATTR_VALUE),
        )
    except KeyError as err:
        raise _not_simulated() from err
    except ValueError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="impossible_fault",
            translation_placeholders={"error": str(err)},
        ) from err


async def _async_clear_faults(call: ServiceCall) -> None:
    """Let the simulated meters of a bridge be well again."""
    try:
        async_clear_faults(call.hass, call.data[ATTR_CONFIG_ENTRY_ID])
    except KeyError as err:
        raise _not_simulated() from err


def _not_simulated() -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="not_simulated")
