"""What a tenant takes away from the portal: statements and measurements, of the time since they moved in."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..csv_export import Wish, WishError, async_plan
from ..history.telemetry import async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..meters.sample import minute_of
from ..money.statements import async_zone
from ..prepay.errors import PrepayError, StatementError
from ..prepay.statement import Month
from ..prepay.statement_html import to_html
from ..site.access import Permission
from ..telemetry.errors import TelemetryError
from ..telemetry.export import Resolution
from ..telemetry.series import HOUR
from ..tenants.links import PORTAL_URL
from ..tenants.moving import async_tenancy_statement, meter_here
from ..tenants.texts import async_texts_in
from .answers import HEADERS, NOTHING, PRINTED, answers, query_of, text
from .guard import Doing, guard_of, malformed, not_now, nothing_yet

EXPORTED: Final = dt.timedelta(days=90)


class StatementView(HomeAssistantView):
    """GET the statement of a month as a page to print: ``month=2026-10``."""

    url = f"{PORTAL_URL}/api/statement"
    name = f"{DOMAIN}:portal:statement"
    requires_auth = False

    @answers
    async def get(self, request: web.Request) -> web.StreamResponse:
        """What the tenant has of the month."""
        hass = request.app[KEY_HASS]
        guard = guard_of(hass)
        tenancy = await guard.async_open(request, Doing.STATEMENT)
        try:
            start, end = Month.parse(query_of(request, "month")).bounds(await async_zone(hass))
        except (StatementError, ValueError, OverflowError) as err:
            raise malformed() from err
        await guard.async_count(guard.downloads, tenancy, Doing.STATEMENT)
        meter = meter_here(hass, tenancy.serial)
        if meter is None or meter.source.group_of("balance") is None:
            raise nothing_yet()
        async with guard.async_audited(tenancy, Permission.SEE_MONEY, Doing.STATEMENT):
            try:
                made = await async_tenancy_statement(hass, meter, tenancy, start, end)
            except PrepayError as err:
                raise not_now() from err
            if made is None:
                raise nothing_yet()
            texts = await async_texts_in(hass, tenancy.language)
            html = await hass.async_add_executor_job(to_html, made, texts)
        return text(html, "text/html", PRINTED)


class CsvView(HomeAssistantView):
    """GET the measurements of the last 90 days as a table: ``resolution=hour`` or ``minute``."""

    url = f"{PORTAL_URL}/api/csv"
    name = f"{DOMAIN}:portal:csv"
    requires_auth = False

    @answers
    async def get(self, request: web.Request) -> web.StreamResponse:
        """Send it piece by piece, of the time since the tenant moved in."""
        hass = request.app[KEY_HASS]
        guard = guard_of(hass)
        tenancy = await guard.async_open(request, Doing.CSV)
        try:
            resolution = Resolution(query_of(request, "resolution"))
        except ValueError as err:
            raise malformed() from err
        if resolution is Resolution.DAY:  # the day on which somebody moved in is not theirs alone
            raise malformed()
        await guard.async_count(guard.downloads, tenancy, Doing.CSV)
        now = dt_util.utcnow()
        since = minute_of(max(tenancy.moved_in.at, now - EXPORTED).timestamp()) + 1
        if resolution is Resolution.HOUR:
            since = -(-since // HOUR) * HOUR
        until = minute_of(now.timestamp())
        if until <= since:
            raise nothing_yet()
        wish = Wish(serials=(tenancy.serial,), since=since, until=until, resolution=resolution)
        async with guard.async_audited(tenancy, Permission.EXPORT, Doing(f"csv by {resolution}")):
            return await _async_send(request, hass, wish)


async def _async_send(request: web.Request, hass: HomeAssistant, wish: Wish) -> web.StreamResponse:
    """The table, each piece when the one before has gone. Raises RefusedError before anything was sent."""
    try:
        telemetry = await async_telemetry(hass)
        export = await async_plan(hass, telemetry, wish)
    except (TelemetryUnavailableError, TelemetryError, WishError) as err:
        raise not_now() from err
    response = web.StreamResponse(
        headers={
            **HEADERS,
            "Content-Security-Policy": NOTHING,
            hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{wish.file_name}"',
        }
    )
    response.enable_compression()
    await response.prepare(request)
    try:
        await response.write(export.start().data)
        for number in range(len(export.pieces)):
            made = await telemetry.async_read(partial(export.part, number=number))
            if made.data:
                await response.write(made.data)
        await response.write_eof()
    except ConnectionError:
        LOGGER.debug("A download of the portal was cut off")
    except (TelemetryUnavailableError, TelemetryError) as err:
        LOGGER.warning("A download of the portal broke off: %s", err)
        # without its end the answer is seen to be incomplete
        if request.transport is not None:
            request.transport.abort()
    return response
