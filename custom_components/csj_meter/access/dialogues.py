"""What is done in dialogues of Home Assistant, options and repairs, for the audit log.

Home Assistant opens them for administrators and asks nobody of ours. It tells a flow nothing of who has sent
a form; the request has them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.http import current_request

from ..kept_file import NOT_WRITTEN, KeptFileNotWrittenError
from ..site.access import Permission, Place
from .doors import async_allowed


class Doing(StrEnum):
    """What is done, as the audit log calls it; the panel has a text for each."""

    GIVE_ROLE = "options_give_role"
    CHANGE_ROLE = "options_change_role"
    TAKE_ROLE = "options_take_role"
    ALERTS = "options_alerts"
    CHANNELS = "options_channels"
    WORK_ORDERS = "options_work_orders"
    DETECTION = "options_detection"
    HOLIDAYS = "options_holidays"
    TELEMETRY = "options_telemetry"
    POLLING = "options_polling"
    PAYMENTS = "options_payments"
    PAYMENT_SECRET = "options_payment_secret"
    ACKNOWLEDGE = "repairs_acknowledge"
    FALSE_ALARM = "repairs_false_alarm"
    WORK_ORDER = "repairs_work_order"
    THRESHOLD = "repairs_threshold"
    METER_RESET = "repairs_meter_reset"
    ARRIVED = "repairs_arrived"
    NOT_ARRIVED = "repairs_not_arrived"


@callback
def user_in_dialogue() -> User | None:
    """The user who has just sent a form of a dialogue."""
    request = current_request.get()
    return None if request is None else request.get(KEY_HASS_USER)


@asynccontextmanager
async def async_in_dialogue(
    hass: HomeAssistant, permission: Permission, place: Place, what: str
) -> AsyncIterator[Callable[[str], None]]:
    """Around what somebody does in a dialogue, so that the audit log has it. Errors are passed on.

    A dialogue ends where what was set cannot be written.
    """
    try:
        async with async_allowed(hass, user_in_dialogue(), (permission,), (place,), what=what) as tell:
            yield tell
    except KeptFileNotWrittenError as err:
        raise AbortFlow(NOT_WRITTEN, err.translation_placeholders) from err
