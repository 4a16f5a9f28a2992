"""Actions of the simulated line: give its meters a fault, and take it away again."""

from __future__ import annotations

from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from ..const import DOMAIN
from ..simulated_line import async_clear_faults, async_simulate_fault

ATTR_FAULT: Final = "fault"
ATTR_UNIT_ID: Final = "unit_id"
ATTR_VALUE: Final = "value"

CLEAR_SCHEMA: Final = probatio.Schema({probatio.Required(ATTR_CONFIG_ENTRY_ID): cv.string})

SIMULATE_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(ATTR_CONFIG_ENTRY_ID): cv.string,
        probatio.Required(ATTR_FAULT): cv.string,
        probatio.Optional(ATTR_UNIT_ID): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=247)),
        probatio.Optional(ATTR_VALUE): probatio.Coerce(float),
    }
)


async def async_simulate(call: ServiceCall) -> None:
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


async def async_clear(call: ServiceCall) -> None:
    """Let the simulated meters of a bridge be well again."""
    try:
        async_clear_faults(call.hass, call.data[ATTR_CONFIG_ENTRY_ID])
    except KeyError as err:
        raise _not_simulated() from err


def _not_simulated() -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="not_simulated")
