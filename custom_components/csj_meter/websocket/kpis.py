"""How well alarms do over some days; docs/summary.md has the formulas."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from homeassistant.util import dt as dt_util
import probatio

from ..alerting.alerting import alerting_of
from ..alerting.week import Span, async_week
from ..alerts.summary import summary_of
from ..site.access import Permission
from .command import Call, whole

MOST_DAYS: Final = 366
USUAL_DAYS: Final = 30

SCHEMA: Final = {probatio.Optional("days", default=USUAL_DAYS): whole(1, MOST_DAYS)}


async def async_kpis(call: Call) -> dict[str, Any]:
    """The figures of the whole site, for those who see its alerts."""
    await call.async_verify(Permission.SEE_ALERTS)
    alerting = alerting_of(call.hass)
    until = dt_util.utcnow()
    since = until - dt.timedelta(days=call.data["days"])
    week = await async_week(call.hass, alerting, Span(before=since, since=since, until=until))
    found = summary_of(week).kpis.as_dict()
    if call.visible(Permission.SEE_MONEY) is not None:
        found["top_up_success"] = None
    return {"kpis": found}
