"""Where the measurements of this site are kept, and how that database is opened or tried."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.requirements import RequirementsNotFound, async_process_requirements
from homeassistant.util import dt as dt_util
from sqlalchemy import URL, text

from ..const import DOMAIN
from ..site_settings import TelemetrySettings
from ..telemetry.address import POSTGRESQL, at_file, parse, path_of
from ..telemetry.database import POSTGRESQL_REQUIREMENT, open_engine, reading
from ..telemetry.errors import DriverMissingError, TelemetryError
from ..telemetry.store import Store
from .troubles import kind_of

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
    await _async_driver(hass, url)
    zone = await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")
    return lambda: Store.open(url, zone=zone)


async def async_try_database(hass: HomeAssistant, address: str) -> str | None:
    """Whether measurements could be kept at an address: None, or the translation key of what is wrong."""
    try:
        url = parse(address)
        await _async_driver(hass, url)
        return await hass.async_add_executor_job(_try, url)
    except TelemetryError as err:
        return kind_of(err)


def _try(url: URL) -> str | None:
    """Look, without leaving anything behind."""
    if (path := path_of(url)) is not None:
        return (
            None if os.access(path if path.exists() else path.parent, os.W_OK) else "telemetry_not_writable"
        )
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
            allowed = connection.execute(
                text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
            ).scalar_one()
    finally:
        engine.dispose()
    if encoding != "UTF8":
        return "telemetry_not_utf8"
    return None if allowed else "telemetry_not_writable"


async def _async_driver(hass: HomeAssistant, url: URL) -> None:
    """Install what speaks the database; an SQLite file needs nothing."""
    if url.get_backend_name() != POSTGRESQL:
        return
    try:
        await async_process_requirements(hass, DOMAIN, [POSTGRESQL_REQUIREMENT])
    except RequirementsNotFound as err:
        raise DriverMissingError(POSTGRESQL_REQUIREMENT) from err
