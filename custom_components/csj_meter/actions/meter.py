"""Actions on one meter that are not about money: day tables, clock, load profile, key."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import probatio

from ..exceptions import translates
from ..meters.commands.rings import read_load_profile
from ..meters.commands.session import Session
from ..meters.commands.settings import Day, read_day_table, set_clock, write_day_table
from ..moments import any_moment
from ..prepay.tariffs import minute_of
from .target import METER, control_of

ATTR_DAY: Final = "day"
ATTR_POINTS: Final = "switch_points"
ATTR_TIME: Final = "time"
ATTR_TARIFF: Final = "tariff"
ATTR_SINCE: Final = "since"

DEFAULT_LOOK_BACK: Final = dt.timedelta(days=1)
"""How far back a load profile is read when nobody says."""

METER_SCHEMA: Final = probatio.Schema({**METER})

DAY_TABLE_SCHEMA: Final = probatio.Schema(
    {
        **METER,
        probatio.Required(ATTR_DAY): probatio.In([day.name.lower() for day in Day]),
        probatio.Required(ATTR_POINTS): probatio.All(
            cv.ensure_list,
            probatio.Length(min=1, max=12),
            [
                probatio.Schema(
                    {
                        probatio.Required(ATTR_TIME): cv.string,
                        probatio.Required(ATTR_TARIFF): probatio.All(
                            probatio.Coerce(int), probatio.Range(min=1, max=8)
                        ),
                    }
                )
            ],
        ),
    }
)

CLOCK_SCHEMA: Final = probatio.Schema({**METER, probatio.Optional(ATTR_TIME): any_moment})

LOAD_PROFILE_SCHEMA: Final = probatio.Schema({**METER, probatio.Optional(ATTR_SINCE): any_moment})


@translates
async def async_set_day_table(call: ServiceCall) -> ServiceResponse:
    """Set when which tariff counts on one kind of day; the table as the meter then has it."""
    _, control = control_of(call)
    day = Day[call.data[ATTR_DAY].upper()]
    points = [(_minute(point[ATTR_TIME]), point[ATTR_TARIFF]) for point in call.data[ATTR_POINTS]]
    await control.run(lambda session: write_day_table(session, day, points))
    return {ATTR_DAY: day.name.lower(), ATTR_POINTS: _told(points)}


async def async_get_day_tables(call: ServiceCall) -> ServiceResponse:
    """The three day tables of a meter."""
    _, control = control_of(call)

    async def _read(session: Session) -> dict[str, Any]:
        return {day.name.lower(): _told(await read_day_table(session, day)) for day in Day}

    return await control.run(_read)


async def async_set_clock(call: ServiceCall) -> ServiceResponse:
    """Set the clock of a meter, to now unless told otherwise."""
    _, control = control_of(call)
    wanted: dt.datetime | None = call.data.get(ATTR_TIME)

    def _moment() -> float:
        return (dt_util.utcnow() if wanted is None else wanted).timestamp()

    written = await control.run(lambda session: set_clock(session, _moment))
    return {ATTR_TIME: dt.datetime.fromtimestamp(written, dt.UTC).isoformat()}


async def async_read_load_profile(call: ServiceCall) -> ServiceResponse:
    """What the meter has kept of its load since a moment, oldest first."""
    _, control = control_of(call)
    wanted: dt.datetime | None = call.data.get(ATTR_SINCE)
    since = dt_util.utcnow() - DEFAULT_LOOK_BACK if wanted is None else wanted
    entries = await control.run(lambda session: read_load_profile(session, max(0, int(since.timestamp()))))
    return {
        "entries": [
            {
                "end": dt.datetime.fromtimestamp(entry.end, dt.UTC).isoformat(),
                "energy_import": entry.energy_import,
                "voltage_l1": entry.voltage_l1,
                "active_power": entry.active_power,
            }
            for entry in entries
        ]
    }


async def async_unlock_test(call: ServiceCall) -> ServiceResponse:
    """Try the key of a meter, even one that was wrong before."""
    _, control = control_of(call)
    return {"open_for": await control.run(Session.test_key)}


def _minute(time: str) -> int:
    """Minutes since midnight; a time selector adds seconds, of which a meter knows none."""
    if time.count(":") == 2 and time.endswith(":00"):
        time = time.removesuffix(":00")
    return minute_of(time)


def _told(points: list[tuple[int, int]]) -> list[JsonValueType]:
    return [
        {ATTR_TIME: f"{minute // 60:02}:{minute % 60:02}", ATTR_TARIFF: tariff} for minute, tariff in points
    ]
