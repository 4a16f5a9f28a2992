"""What has happened on a meter or on the site, the newest first: from all who know of it."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
import probatio

from ..const import LOGGER
from ..exceptions import wrong
from ..moments import exact_moment
from ..prepay.errors import PrepayError
from ..site.access import Permission
from ..site.errors import AuditTooNewError
from ..telemetry.errors import TelemetryError
from .bridges import is_loading, verify_meter
from .command import SERIAL, Call, some_of, whole
from .event_row import Cursor, EventRow, Page
from .event_sources import SOURCES, Question
from .event_texts import async_event_texts

MOST: Final = 500
USUAL: Final = 100

SCHEMA: Final = {
    probatio.Optional("serial"): SERIAL,
    probatio.Optional("sources"): some_of(SOURCES, len(SOURCES)),
    probatio.Optional("start"): exact_moment,
    probatio.Optional("end"): exact_moment,
    probatio.Optional("before"): Cursor.parse,
    probatio.Optional("limit", default=USUAL): whole(1, MOST),
}


async def async_events(call: Call) -> dict[str, Any]:
    """A page of it."""
    data, serial = call.data, call.data.get("serial")
    if serial is None:
        await call.async_verify_some(Permission.SEE_METERS)
    else:
        await call.async_verify(Permission.SEE_METERS, serial=serial)
        verify_meter(call.hass, serial)
    if is_loading(call.hass):
        raise wrong("no_bridge_set_up")
    start, end = data.get("start"), data.get("end")
    if start is not None and end is not None and start >= end:
        raise wrong("impossible_range")
    page = Page(start=start, end=end, before=data.get("before"), limit=data["limit"])
    question = Question(call=call, serial=serial, page=page, texts=await async_event_texts(call.hass))
    rows: list[EventRow] = []
    missing = []
    for name in dict.fromkeys(data.get("sources", SOURCES)):
        try:
            rows += await SOURCES[name](question)
        except (HomeAssistantError, TelemetryError, PrepayError, AuditTooNewError) as err:
            # the others know what they know all the same, and who asks is told which are missing
            LOGGER.debug("Events of source %s cannot be told: %s", name, err)
            missing.append(name)
    shown, after = page.cut(rows)
    return {
        "events": [row.as_dict() for row in shown],
        "next": None if after is None else str(after),
        "missing": missing,
    }
