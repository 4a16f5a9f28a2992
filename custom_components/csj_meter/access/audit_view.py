"""The address at which the audit log is downloaded as a table, for owners."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
import datetime as dt
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from homeassistant.auth.models import User
from homeassistant.components.http.auth import SIGN_QUERY_PARAM
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN
from ..moments import ImpossibleMomentError, parse_moment
from ..site.access import Permission
from ..site.audit import AuditStore, to_csv
from ..site.errors import AuditTooNewError
from ..table_stream import async_send, cut_off_told
from ..telemetry.errors import TelemetryError
from .audit_log import AuditLog, async_audit_log
from .doors import async_allowed
from .places import SITE

AUDIT_URL: Final = f"/api/{DOMAIN}/audit.csv"

PAGE: Final = 5000
"""Lines that are read at once."""

_UNREADABLE: Final = "audit_unreadable"

_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
    hdrs.CONTENT_DISPOSITION: f'attachment; filename="{DOMAIN}_audit.csv"',
    hdrs.CACHE_CONTROL: "private, no-store",
    "X-Content-Type-Options": "nosniff",
}


class AuditView(HomeAssistantView):
    """GET, with ``since`` and ``until`` as ISO 8601 with an offset, or without for all there is."""

    url = AUDIT_URL
    name = f"api:{DOMAIN}:audit"

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Send the log; that somebody took it away is a line of it."""
        hass = request.app[KEY_HASS]
        user: User = request[KEY_HASS_USER]
        async with async_allowed(
            hass, user, (Permission.SEE_AUDIT, Permission.EXPORT), (SITE,), what=self.name
        ) as fail:
            span: dict[str, dt.datetime | None] = {"since": None, "until": None}
            for key, value in request.query.items():
                if key == SIGN_QUERY_PARAM:
                    continue
                try:
                    moment = parse_moment(value)
                except ImpossibleMomentError:
                    moment = None
                if key not in span or moment is None:
                    fail("malformed")
                    return self.json_message(
                        f"{key}: give since and until as 2026-11-22T12:00:00Z", HTTPStatus.BAD_REQUEST, key
                    )
                span[key] = moment
            with cut_off_told(request, fail):
                log = await async_audit_log(hass)
                read = partial(_page, since=span["since"], until=span["until"])
                try:
                    first = await log.async_read(read)
                except (TelemetryError, AuditTooNewError) as err:
                    fail(_UNREADABLE)
                    return self.json_message(str(err), HTTPStatus.SERVICE_UNAVAILABLE, "audit_unavailable")
                response = web.StreamResponse(headers=_HEADERS)
                return await async_send(request, response, _pieces(log, read, first), fail, _UNREADABLE)


type _Page = tuple[bytes, int | None]
"""Some of the table, and the number of its last line; None where no more come after it."""


def _page(
    store: AuditStore, after: int = 0, *, since: dt.datetime | None, until: dt.datetime | None
) -> _Page:
    lines = store.lines_after(after, since=since, until=until, limit=PAGE)
    text = to_csv(lines, with_header=not after)
    return text.encode(), lines[-1].number if len(lines) == PAGE else None


async def _pieces(log: AuditLog, read: Callable[..., _Page], page: _Page) -> AsyncGenerator[bytes]:
    """The table from ``page`` on: one page is in memory, however long the log is."""
    piece, last = page
    yield piece
    while last is not None:
        piece, last = await log.async_read(partial(read, after=last))
        yield piece
