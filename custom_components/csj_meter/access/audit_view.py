"""The address at which the audit log is downloaded as a table, for owners."""

from __future__ import annotations

import datetime as dt
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
from ..site.audit import MOST_LINES, AuditStore, to_csv
from ..site.errors import AuditTooNewError
from ..telemetry.errors import TelemetryError
from .audit_log import async_audit_log
from .doors import async_allowed
from .places import SITE

AUDIT_URL: Final = f"/api/{DOMAIN}/audit.csv"


class AuditView(HomeAssistantView):
    """GET, with ``since`` and ``until`` as ISO 8601 with an offset, or without for all there is."""

    url = AUDIT_URL
    name = f"api:{DOMAIN}:audit"

    async def get(self, request: web.Request) -> web.Response:
        """Send the log; that somebody took it away is a line of it."""
        hass = request.app[KEY_HASS]
        user: User = request[KEY_HASS_USER]
        async with async_allowed(
            hass, user, (Permission.SEE_AUDIT, Permission.EXPORT), (SITE,), what=self.name
        ) as fail:
            span: dict[str, dt.datetime] = {}
            for key, value in request.query.items():
                if key == SIGN_QUERY_PARAM:
                    continue
                try:
                    moment = parse_moment(value)
                except ImpossibleMomentError:
                    moment = None
                if key not in ("since", "until") or moment is None:
                    fail("malformed")
                    return self.json_message(
                        f"{key}: give since and until as 2026-11-22T12:00:00Z", HTTPStatus.BAD_REQUEST, key
                    )
                span[key] = moment

            def table(store: AuditStore) -> str:
                found = store.lines(since=span.get("since"), until=span.get("until"), limit=MOST_LINES)
                return to_csv(reversed(found))

            try:
                text = await (await async_audit_log(hass)).async_read(table)
            except (TelemetryError, AuditTooNewError) as err:
                fail("audit_unreadable")
                return self.json_message(str(err), HTTPStatus.SERVICE_UNAVAILABLE, "audit_unavailable")
        return web.Response(
            body=text.encode(),
            content_type="text/csv",
            charset="utf-8",
            headers={
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{DOMAIN}_audit.csv"',
                hdrs.CACHE_CONTROL: "private, no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )
