"""The audit log: who asked for what, for those who may know."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
import probatio

from ..access.audit_log import async_audit_log
from ..const import DOMAIN
from ..exceptions import wrong
from ..moments import exact_moment
from ..portal.guard import NAME as PORTAL
from ..site.access import Permission, Role
from ..site.audit import MOST_READ, AuditStore
from ..site.errors import AuditTooNewError
from ..telemetry.errors import TelemetryError
from .command import NAME, SERIAL, Call, whole

USUAL: Final = 200

_MOST_NUMBER: Final = 2**53 - 1
"""To which browsers count exactly."""

SCHEMA: Final = {
    probatio.Optional("start"): exact_moment,
    probatio.Optional("end"): exact_moment,
    probatio.Optional("user_id"): NAME,
    probatio.Optional("portal", default=False): bool,
    probatio.Optional("serial"): SERIAL,
    probatio.Optional("allowed"): bool,
    probatio.Optional("before_number"): whole(1, _MOST_NUMBER),
    probatio.Optional("limit", default=USUAL): whole(1, MOST_READ),
}


async def async_audit(call: Call) -> dict[str, Any]:
    """Its newest lines, the newest first."""
    await call.async_verify(Permission.SEE_AUDIT)
    data = call.data
    if "start" in data and "end" in data and data["start"] >= data["end"]:
        raise wrong("impossible_range")
    log = await async_audit_log(call.hass)
    try:
        lines = await log.async_read(
            partial(
                AuditStore.lines,
                since=data.get("start"),
                until=data.get("end"),
                user_id=data.get("user_id"),
                name=PORTAL if data["portal"] else None,
                role=Role.TENANT if data["portal"] else None,
                serial=data.get("serial"),
                allowed=data.get("allowed"),
                before_number=data.get("before_number"),
                limit=data["limit"] + 1,
            )
        )
    except (TelemetryError, AuditTooNewError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="audit_unreadable",
            translation_placeholders={"error": str(err)},
        ) from err
    return {"lines": [line.as_dict() for line in lines[: data["limit"]]], "more": len(lines) > data["limit"]}
