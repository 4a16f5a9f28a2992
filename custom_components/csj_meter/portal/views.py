"""The addresses of the portal. None of them ever holds a token: it comes in the cookie, or once in a body."""

from __future__ import annotations

import asyncio
import datetime as dt
from http import HTTPStatus
import re
from typing import Any, Final, NoReturn

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util
import probatio

from ..alerting.alerting import current_alerting
from ..alerting.names import names_of
from ..const import DOMAIN, LOGGER
from ..history.troubles import TelemetryUnavailableError
from ..site.access import Permission
from ..site.tenants import Tenancy
from ..tenants.links import PORTAL_URL
from ..tenants.texts import async_texts_in
from .answers import HEADERS, NOTHING, POLICY, answer, answers, async_content, query_of, text
from .downloads import CsvView, StatementView
from .guard import COOKIE, NAME, Doing, Guard, RefusedError, guard_of, malformed, not_now
from .overview import async_overview
from .page import Files, async_read_files, manifest, page
from .tips import SCHEMA as TIP_SCHEMA, async_dismiss
from .top_up import SCHEMA as TOP_UP_SCHEMA, async_top_up
from .usage import async_hours

STAYS_OPEN: Final = dt.timedelta(days=180)
"""For how long a phone needs no link any more."""

HOURS_OF: Final = dt.timedelta(days=90)
"""For so long back the hours of a day are told."""

LONGEST_MESSAGE: Final = 1000

SESSION_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required("token"): probatio.All(str, probatio.Length(max=512)),
        probatio.Optional("instead", default=False): bool,
    }
)

MESSAGE_SCHEMA: Final = probatio.Schema(
    {probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=LONGEST_MESSAGE))}
)


class PortalPage:
    """What the page is made of, read once."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._files: Files | None = None
        self._reading = asyncio.Lock()

    async def async_files(self, hass: HomeAssistant) -> Files:
        """The files. Raises RefusedError where they are missing."""
        async with self._reading:
            if self._files is None:
                try:
                    self._files = await async_read_files(hass)
                except OSError as err:
                    LOGGER.error("The portal cannot be read, install the integration again: %s", err)
                    raise not_now() from err
            return self._files


class PageView(HomeAssistantView):
    """GET the page itself."""

    url = PORTAL_URL
    name = f"{DOMAIN}:portal"
    requires_auth = False

    def __init__(self, portal: PortalPage) -> None:
        """Show ``portal``."""
        self._portal = portal

    @answers
    async def get(self, request: web.Request) -> web.StreamResponse:
        """The page, the same for everybody."""
        hass = request.app[KEY_HASS]
        texts = await async_texts_in(hass, hass.config.language)
        return text(page(await self._portal.async_files(hass), texts), "text/html", POLICY)


class ManifestView(HomeAssistantView):
    """GET what a phone needs to install it."""

    url = f"{PORTAL_URL}/manifest.webmanifest"
    name = f"{DOMAIN}:portal:manifest"
    requires_auth = False

    def __init__(self, portal: PortalPage) -> None:
        """Of ``portal``."""
        self._portal = portal

    @answers
    async def get(self, request: web.Request) -> web.StreamResponse:
        """The manifest."""
        hass = request.app[KEY_HASS]
        texts = await async_texts_in(hass, hass.config.language)
        return text(
            manifest(await self._portal.async_files(hass), texts), "application/manifest+json", NOTHING
        )


class FilesView(HomeAssistantView):
    """GET a script, the style or an icon: names of a list, and no paths."""

    url = f"{PORTAL_URL}/files/{{version}}/{{file}}"
    name = f"{DOMAIN}:portal:files"
    requires_auth = False

    def __init__(self, portal: PortalPage) -> None:
        """Of ``portal``."""
        self._portal = portal

    @answers
    async def get(self, request: web.Request, version: str, file: str) -> web.StreamResponse:
        """One file; its address is another one when its content is."""
        files = await self._portal.async_files(request.app[KEY_HASS])
        found = files.files.get(file)
        if found is None or version != files.version:
            await _async_nowhere(request)
        headers = {
            **HEADERS,
            "Content-Security-Policy": NOTHING,
            hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable",
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
        }
        body = found.content
        if found.packed is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            body, headers[hdrs.CONTENT_ENCODING] = found.packed, "gzip"
        return web.Response(body=body, content_type=found.type, headers=headers)


class NowhereView(HomeAssistantView):
    """Whatever else somebody tries below the portal: nothing is there, and that is written down."""

    url = f"{PORTAL_URL}/{{_path:.*}}"
    name = f"{DOMAIN}:portal:nowhere"
    requires_auth = False

    @answers
    async def get(self, request: web.Request, _path: str) -> web.StreamResponse:
        """Nothing."""
        await _async_nowhere(request)

    post = put = patch = delete = get


class SessionView(HomeAssistantView):
    """POST the token of a link for a cookie, ``instead`` of that of another; DELETE to be signed out."""

    url = f"{PORTAL_URL}/session"
    name = f"{DOMAIN}:portal:session"
    requires_auth = False

    @answers
    async def post(self, request: web.Request) -> web.StreamResponse:
        """Open the portal on this phone."""
        guard = guard_of(request.app[KEY_HASS])
        await guard.async_verify_own(request, Doing.SIGN_IN)
        content = await _async_content(guard, request, SESSION_SCHEMA, Doing.SIGN_IN)
        token: str = content["token"]
        tenancy = await guard.async_open_with(request, token, Doing.SIGN_IN)
        if not content["instead"]:
            await guard.async_verify_not_another(request, tenancy)
        await guard.async_count(guard.sign_ins, tenancy, Doing.SIGN_IN)
        async with guard.async_audited(tenancy, Permission.SEE_METERS, Doing.SIGN_IN):
            response = answer({})
        _set_cookie(request, response, token, STAYS_OPEN)
        return response

    @answers
    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Close it on this phone; the link stays as it is."""
        await guard_of(request.app[KEY_HASS]).async_verify_own(request, Doing.SIGN_OUT)
        response = answer({})
        _set_cookie(request, response, "", dt.timedelta())
        return response


class OverviewView(HomeAssistantView):
    """GET all that the first page shows."""

    url = f"{PORTAL_URL}/api/overview"
    name = f"{DOMAIN}:portal:overview"
    requires_auth = False

    @answers
    async def get(self, request: web.Request) -> web.StreamResponse:
        """What there is."""
        hass = request.app[KEY_HASS]
        tenancy = await guard_of(hass).async_open(request, Doing.OVERVIEW)
        return answer(await async_overview(hass, tenancy))


class HoursView(HomeAssistantView):
    """GET the hours of a day: ``day=2026-11-20``."""

    url = f"{PORTAL_URL}/api/hours"
    name = f"{DOMAIN}:portal:hours"
    requires_auth = False

    @answers
    async def get(self, request: web.Request) -> web.StreamResponse:
        """What was used hour by hour."""
        hass = request.app[KEY_HASS]
        tenancy = await guard_of(hass).async_open(request, Doing.HOURS)
        try:
            day = dt.date.fromisoformat(query_of(request, "day"))
        except ValueError as err:
            raise malformed() from err
        if abs((day - dt_util.now().date()).days) > HOURS_OF.days:
            raise malformed()
        try:
            return answer(await async_hours(hass, tenancy, day))
        except TelemetryUnavailableError as err:
            raise not_now() from err


class TopUpView(HomeAssistantView):
    """POST a voucher or a token, once."""

    url = f"{PORTAL_URL}/api/top_up"
    name = f"{DOMAIN}:portal:top_up"
    requires_auth = False

    @answers
    async def post(self, request: web.Request) -> web.StreamResponse:
        """Redeem it."""
        hass = request.app[KEY_HASS]
        guard = guard_of(hass)
        tenancy, entry = await _async_entered(guard, request, TOP_UP_SCHEMA, Doing.TOP_UP)
        await guard.async_count(guard.top_ups, tenancy, Doing.TOP_UP)
        async with guard.async_audited(
            tenancy, Permission.REDEEM, Doing(f"top up by {entry['kind']}")
        ) as fail:
            made = await async_top_up(hass, tenancy, entry)
            if made.error is not None:
                fail(made.error)
            return answer(made.told)


class MessageView(HomeAssistantView):
    """POST a message to the landlord; it becomes a work order."""

    url = f"{PORTAL_URL}/api/message"
    name = f"{DOMAIN}:portal:message"
    requires_auth = False

    @answers
    async def post(self, request: web.Request) -> web.StreamResponse:
        """Pass it on."""
        hass = request.app[KEY_HASS]
        guard = guard_of(hass)
        tenancy, content = await _async_entered(guard, request, MESSAGE_SCHEMA, Doing.MESSAGE)
        said = _printable(content["text"])
        if not said:
            raise malformed()
        await guard.async_count(guard.messages, tenancy, Doing.MESSAGE)
        if (alerting := current_alerting(hass)) is None:
            raise not_now()
        texts = await async_texts_in(hass, hass.config.language)
        meter = names_of(hass).get(tenancy.serial, tenancy.serial)
        # a tenant may ask for something, which is less than to open work orders at will
        async with guard.async_audited(tenancy, Permission.SEE_METERS, Doing.MESSAGE):
            await alerting.async_change_work_order(
                lambda now: alerting.work_orders.open(
                    texts("letters.message_summary", meter=meter), said, now, serial=tenancy.serial, by=NAME
                ),
                "opened",
            )
        return answer({})


class DismissTipView(HomeAssistantView):
    """POST that a tip is not to be shown again."""

    url = f"{PORTAL_URL}/api/dismiss_tip"
    name = f"{DOMAIN}:portal:dismiss_tip"
    requires_auth = False

    @answers
    async def post(self, request: web.Request) -> web.StreamResponse:
        """Let it rest."""
        hass = request.app[KEY_HASS]
        guard = guard_of(hass)
        tenancy, content = await _async_entered(guard, request, TIP_SCHEMA, Doing.DISMISS_TIP)
        async with guard.async_audited(tenancy, Permission.SEE_METERS, Doing.DISMISS_TIP):
            try:
                await async_dismiss(hass, tenancy, content["key"])
            except TelemetryUnavailableError as err:
                raise not_now() from err
        return answer({})


async def _async_nowhere(request: web.Request) -> NoReturn:
    """There is nothing at an address. Raises RefusedError."""
    await guard_of(request.app[KEY_HASS]).async_refuse(Doing.ADDRESS)
    raise RefusedError(HTTPStatus.NOT_FOUND, "nothing_yet", written=True)


async def _async_entered(
    guard: Guard, request: web.Request, schema: probatio.Schema, what: Doing
) -> tuple[Tenancy, dict[str, Any]]:
    """What a tenant has entered on the portal's own page, and who it was. Raises RefusedError."""
    await guard.async_verify_own(request, what)
    tenancy = await guard.async_open(request, what)
    return tenancy, await _async_content(guard, request, schema, what, tenancy)


async def _async_content(
    guard: Guard, request: web.Request, schema: probatio.Schema, what: Doing, tenancy: Tenancy | None = None
) -> dict[str, Any]:
    """What was sent; what is malformed is written down. Raises RefusedError."""
    try:
        return await async_content(request, schema)
    except RefusedError as err:
        await guard.async_refuse(what, tenancy)
        raise RefusedError(err.status, err.word, written=True) from err


_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def _printable(entered: str) -> str:
    """A text of several lines, without anything that is no letter."""
    return _CONTROLS.sub(" ", entered.encode(errors="ignore").decode()).strip()


def _set_cookie(request: web.Request, response: web.Response, token: str, age: dt.timedelta) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(age.total_seconds()),
        path=PORTAL_URL,
        secure=request.secure,
        httponly=True,
        samesite="Strict",
    )


@callback
def async_register_portal(hass: HomeAssistant) -> None:
    """Have the portal as long as Home Assistant runs: without a link it opens for nobody."""
    portal = PortalPage()
    for view in (
        PageView(portal),
        ManifestView(portal),
        FilesView(portal),
        SessionView(),
        OverviewView(),
        HoursView(),
        TopUpView(),
        MessageView(),
        DismissTipView(),
        StatementView(),
        CsvView(),
        NowhereView(),
    ):
        hass.http.register_view(view)
