"""Where the measurements of this site are kept, and how that database is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.requirements import RequirementsNotFound, async_process_requirements
from homeassistant.util import dt as dt_util
from sqlalchemy import URL

from ..const import DOMAIN
from ..site_settings import TelemetrySettings
from ..telemetry.address import POSTGRESQL, at_file, parse
from ..telemetry.database import POSTGRESQL_REQUIREMENT
from ..telemetry.errors import DriverMissingError
from ..telemetry.store import Store

DATABASE_FILE: Final = "csj_meter.db"
"""In the configuration folder, so that it is part of every backup."""


def address_of(hass: HomeAssistant, settings: TelemetrySettings) -> URL:
    """Where measurements are to be kept. Raises DatabaseAddressError."""
    if settings.database_url is None:
        return at_file(Path(hass.config.path(DATABASE_FILE)))
    return parse(settings.database_url)


async def async_opener(hass: HomeAssistant, url: URL) -> Callable[[], Store]:
    """What opens the database, blocking, once the driver that it needs is there.

    Raises DriverMissingError; the opener raises what ``Store.open`` does.
    """
    await async_driver(hass, url)
    zone = await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")
    return lambda: Store.open(url, zone=zone)


async def async_driver(hass: HomeAssistant, url: URL) -> None:
    """Install what speaks the database; an SQLite file needs nothing. Raises DriverMissingError."""
    if url.get_backend_name() != POSTGRESQL:
        return
    try:
        await async_process_requirements(hass, DOMAIN, [POSTGRESQL_REQUIREMENT])
    except RequirementsNotFound as err:
        raise DriverMissingError(POSTGRESQL_REQUIREMENT) from err
