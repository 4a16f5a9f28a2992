"""What a tenant takes away from the portal: statements and measurements, of the time since they moved in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
import datetime as dt
from functools import partial
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..csv_export import Wish, WishError, async_plan
from ..history.telemetry import Telemetry, async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..meters.sample import minute_of
from ..money.statements import async_zone
from ..prepay.errors import PrepayError, StatementError
from ..prepay.statement import Month
from ..prepay.statement_html import to_html
from ..site.access import Permission
from ..table_stream import async_send, cut_off_told
from ..telemetry.errors import TelemetryError
from ..telemetry.export import Export, Resolution
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
        async with guard.async_audited(tenancy, Permission.EXPORT, Doing(f"csv by {resolution}")) as fail:
            with cut_off_told(request, fail):
                return await _async_table(request, hass, wish, fail)


async def _async_table(
    request: web.Request, hass: HomeAssistant, wish: Wish, fail: Callable[[str], None]
) -> web.StreamResponse:
    """The table. Raises RefusedError before anything was sent; what goes wrong later, ``fail`` hears of."""
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
    return await async_send(request, response, _pieces(telemetry, export), fail, not_now().word)


async def _pieces(telemetry: Telemetry, export: Export) -> AsyncGenerator[bytes]:
    yield export.start().data
    for number in range(len(export.pieces)):
        yield (await telemetry.async_read(partial(export.part, number=number))).data
