"""What would have been told of some days that are in the store, by these settings or others."""

from __future__ import annotations

from collections.abc import Collection
import datetime as dt
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..anomaly.engine import Engine
from ..anomaly.finding import Finding
from ..anomaly.replay import replay
from ..anomaly.settings import Settings
from ..history.telemetry import async_telemetry
from ..telemetry.series import DAY
from ..telemetry.store import Store
from .fleet import Fleet, fleet_of
from .stored_rows import first_minute, stored_blocks

WARM_UP: Final = 31 * DAY
"""Minutes before the first that is asked for, from which the engine learns what is usual."""


async def async_replay(
    hass: HomeAssistant, serials: Collection[str], since: int, until: int, settings: Settings
) -> list[Finding]:
    """What would have been told of some meters from minute ``since`` to before ``until``, oldest first.

    Their circuits and bridges are those of now; who is not configured or not among ``serials`` bears no
    witness. It takes many seconds for a month. Raises TelemetryUnavailableError.
    """
    zone = await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")
    everybody = fleet_of(hass, settings)
    fleet = Fleet(
        meters=tuple(meter for meter in everybody.meters if meter.serial in serials), settings=settings
    )
    telemetry = await async_telemetry(hass)
    return await telemetry.async_read(partial(_replay, fleet, zone, since, until))


def _replay(fleet: Fleet, zone: dt.tzinfo, since: int, until: int, store: Store) -> list[Finding]:
    engine = Engine(fleet.meters, zone, fleet.settings)
    first = first_minute(fleet.serials, since - WARM_UP, store)
    minutes = () if first is None else stored_blocks(fleet.serials, first, until, store)
    findings = replay(engine, minutes, fleet.meters, fleet.settings, until=until - 1)
    return [finding for finding in findings if finding.at >= since]
