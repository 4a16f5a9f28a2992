"""The action that makes the monthly statement of a meter."""

from __future__ import annotations

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ..exceptions import translates
from ..money.statements import async_statement_of, async_zone, last_month
from ..prepay.statement import Month
from ..site_texts import current_texts
from ..tenants.moving import told_with_pages
from .target import METER, prepaid_of

ATTR_MONTH: Final = "month"

STATEMENT_SCHEMA: Final = probatio.Schema({**METER, probatio.Optional(ATTR_MONTH): cv.string})


async def async_asked_month(call: ServiceCall) -> Month:
    """The month that is asked for; the last one where it was left out, or empty. Raises StatementError."""
    if asked := call.data.get(ATTR_MONTH):
        return Month.parse(asked)
    return last_month(dt_util.utcnow(), await async_zone(call.hass))


@translates
async def async_statement(call: ServiceCall) -> ServiceResponse:
    """The statement of a meter and month, as values, table and page; of the last month by default.

    Table and page are in the language of the site.
    """
    meter, _ = prepaid_of(call)
    made = await async_statement_of(call.hass, meter, await async_asked_month(call))
    return await call.hass.async_add_executor_job(told_with_pages, made, current_texts(call.hass))
