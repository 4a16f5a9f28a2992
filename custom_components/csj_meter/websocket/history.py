"""The course of quantities of a meter over five minutes to ninety days, made small where the store is."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import probatio

from ..exceptions import wrong
from ..history.telemetry import async_telemetry
from ..meters.quantities import QUANTITIES
from ..meters.sample import MINUTE, minute_of
from ..moments import exact_moment
from ..site.access import Permission
from ..telemetry.curve import CURVES, Curve, curve
from .bridges import is_loading, verify_meter
from .command import SERIAL, Call, some_of, whole
from .values import moment, numbers

SHORTEST: Final = dt.timedelta(minutes=5)
LONGEST: Final = dt.timedelta(days=90)

MOST_QUANTITIES: Final = 12
MOST_POINTS: Final = 2000
FEWEST_POINTS: Final = 10
USUAL_POINTS: Final = 300

MONEY: Final = frozenset({"balance"})
"""Quantities that only those see who see money."""


SCHEMA: Final = {
    probatio.Required("serial"): SERIAL,
    probatio.Required("quantities"): some_of(CURVES, MOST_QUANTITIES),
    probatio.Required("start"): exact_moment,
    probatio.Optional("end"): exact_moment,
    probatio.Optional("points", default=USUAL_POINTS): whole(FEWEST_POINTS, MOST_POINTS),
}


async def async_history(call: Call) -> dict[str, Any]:
    """The curves that were asked for; without an end, up to now."""
    data, serial = call.data, call.data["serial"]
    await call.async_verify(Permission.SEE_METERS, serial=serial)
    if not MONEY.isdisjoint(data["quantities"]):
        await call.async_verify(Permission.SEE_MONEY, serial=serial)
    verify_meter(call.hass, serial)
    end = data.get("end", dt_util.utcnow())
    if not SHORTEST <= end - data["start"] <= LONGEST:
        raise wrong("impossible_course", shortest="5", longest=str(LONGEST.days))
    found = await async_curve(
        call.hass,
        serial,
        data["quantities"],
        data["start"],
        end,
        data["points"],
        to_the_minute=call.sees(Permission.SEE_RAW, serial),
    )
    return {"serial": serial, **told(found)}


async def async_curve(
    hass: HomeAssistant,
    serial: str,
    quantities: list[str],
    start: dt.datetime,
    end: dt.datetime,
    points: int,
    *,
    to_the_minute: bool,
) -> Curve:
    """The same out of the store, in a thread. Raises ServiceValidationError while no bridge is set up."""
    if is_loading(hass):
        raise wrong("no_bridge_set_up")
    since, until = minute_of(start.timestamp()), minute_of(end.timestamp()) + 1
    telemetry = await async_telemetry(hass)
    return await telemetry.async_read(
        partial(
            curve, serial, tuple(dict.fromkeys(quantities)), since, until, points, to_the_minute=to_the_minute
        )
    )


def told(found: Curve) -> dict[str, Any]:
    """A curve as plain JSON: columns of one length."""
    return {
        "start": moment(found.since * MINUTE),
        "step": found.width * MINUTE,
        "resolution": "hour" if found.hourly else "minute",
        "series": {
            quantity: {
                "unit": QUANTITIES[quantity].unit.value or None,
                "mean": numbers(course.mean),
                "min": numbers(course.low),
                "max": numbers(course.high),
            }
            for quantity, course in found.courses.items()
        },
    }
