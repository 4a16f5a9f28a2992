"""The address at which exports are downloaded, piece by piece, and at which half a download goes on.

For whoever may export these meters, and for whoever has a link that ``csv_export.signed_link`` has made: a
link that a user has signed gives no more than that user may see.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from functools import partial
from http import HTTPStatus
import re
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web
from homeassistant.auth.models import User
from homeassistant.components.http.auth import SIGN_QUERY_PARAM, STORAGE_KEY
from homeassistant.components.http.const import KEY_HASS_REFRESH_TOKEN_ID, KEY_HASS_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import dt as dt_util

from .access.doors import (
    async_allowed,
    async_places,
    place_of,
    standing_of,
    visible_meters,
)
from .access.places import SITE
from .const import DOMAIN, LOGGER
from .csv_export import EXPORT_URL, MONEY, Wish, WishError, async_plan
from .history.telemetry import Telemetry, async_telemetry
from .history.troubles import TelemetryUnavailableError
from .site.access import Permission, Place
from .table_stream import async_send, cut_off_told
from .telemetry.download import ChangedError, Download, Downloads
from .telemetry.errors import TelemetryError
from .telemetry.export import Resolution

_FROM: Final = re.compile(r"bytes=(\d{1,18})-")
"""The only range that is answered: all from a byte on."""

_UNREADABLE: Final = "telemetry_unavailable"

_TAG: Final = re.compile(r'"([0-9a-f]+)"')


class CsvView(HomeAssistantView):
    """GET with the query that ``Wish`` understands."""

    url = EXPORT_URL
    name = f"api:{DOMAIN}:export"

    def __init__(self) -> None:
        """Without any download yet."""
        self._downloads = Downloads()

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Send an export."""
        hass, user = request.app[KEY_HASS], _caller(request)
        query = {key: value for key, value in request.query.items() if key != SIGN_QUERY_PARAM}
        try:
            wish = Wish.parse(query, dt_util.utcnow())
        except WishError as err:
            places = await async_places(hass, user, (Permission.EXPORT,))
            async with async_allowed(hass, user, (Permission.EXPORT,), places, what=self.name) as fail:
                fail("malformed")
            return self.json_message(str(err), HTTPStatus.BAD_REQUEST, err.field)
        takes = [Permission.EXPORT]
        if wish.resolution is Resolution.MINUTE:
            takes.append(Permission.SEE_RAW)
        places = _places(hass, user, wish)
        async with async_allowed(hass, user, takes, places, what=f"{self.name} {wish.resolution}") as fail:
            standing = standing_of(hass, user)
            with_money = all(standing.may(Permission.SEE_MONEY, place) for place in places)
            hidden = frozenset() if with_money else MONEY
            with cut_off_told(request, fail):
                return await self._async_answer(request, wish, query, hidden, fail)

    async def _async_answer(
        self,
        request: web.Request,
        wish: Wish,
        query: dict[str, str],
        hidden: frozenset[str],
        fail: Callable[[str], None],
    ) -> web.StreamResponse:
        """What somebody hears who may have it, but for what is hidden from them; ``fail`` hears why not."""
        hass = request.app[KEY_HASS]
        if not hass.config_entries.async_loaded_entries(DOMAIN):
            fail("no_bridge_set_up")
            return self.json_message(
                "no bridge of CSJ Meter is set up", HTTPStatus.SERVICE_UNAVAILABLE, "not_ready"
            )
        # nobody goes on with the download of somebody who may see more
        telemetry, asked = await async_telemetry(hass), f"{urlencode(query)} {sorted(hidden)}"
        try:
            if (resumed := await self._async_resumed(request, telemetry, wish, asked, fail)) is not None:
                return resumed
            export = await async_plan(hass, telemetry, wish, hidden)
            download = self._downloads.begin(asked, export)
            start = (await _async_part(telemetry, download, 0)) + (await _async_part(telemetry, download, 1))
        except WishError as err:
            fail("no_such_meter")  # all else was looked at before
            return self.json_message(str(err), HTTPStatus.BAD_REQUEST, err.field)
        except (TelemetryUnavailableError, TelemetryError) as err:
            LOGGER.warning("An export cannot be made: %s", err)
            fail(_UNREADABLE)
            return self.json_message(str(err), HTTPStatus.SERVICE_UNAVAILABLE, _UNREADABLE)
        response = web.StreamResponse(headers=_headers(wish, download))
        pieces = _pieces(telemetry, download, start, 2)
        return await async_send(request, response, pieces, fail, _UNREADABLE)

    async def _async_resumed(
        self,
        request: web.Request,
        telemetry: Telemetry,
        wish: Wish,
        asked: str,
        fail: Callable[[str], None],
    ) -> web.StreamResponse | None:
        """The rest of a download that was cut off; None when the whole is to be sent."""
        if (wanted := _FROM.fullmatch(request.headers.get(hdrs.RANGE, ""))) is None:
            return None
        offset, tag = int(wanted[1]), None
        if (condition := request.headers.get(hdrs.IF_RANGE)) is not None:
            if (match := _TAG.fullmatch(condition)) is None:
                return None
            tag = match[1]
        if not offset or (download := self._downloads.find(asked, tag)) is None:
            return None
        try:
            # the answer has to say where it ends
            while not download.measured:
                await telemetry.async_read(download.measure)
            if offset >= download.size:
                fail("nothing_left")
                return web.Response(
                    status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                    headers={hdrs.CONTENT_RANGE: f"bytes */{download.size}"},
                )
            number, skip = download.place(offset)
            start = await _async_part(telemetry, download, number)
        except ChangedError:
            return None
        response = web.StreamResponse(
            status=HTTPStatus.PARTIAL_CONTENT,
            headers=_headers(wish, download)
            | {hdrs.CONTENT_RANGE: f"bytes {offset}-{download.size - 1}/{download.size}"},
        )
        response.content_length = download.size - offset
        pieces = _pieces(telemetry, download, start[skip:], number + 1)
        return await async_send(request, response, pieces, fail, _UNREADABLE)


def _caller(request: web.Request) -> User | None:
    """Who asks; None for a link that an automation has made."""
    # those are signed by a user that nobody can log in as
    if request.get(KEY_HASS_REFRESH_TOKEN_ID) == request.app[KEY_HASS].data[STORAGE_KEY]:
        return None
    user: User = request[KEY_HASS_USER]
    return user


def _places(hass: HomeAssistant, user: User | None, wish: Wish) -> list[Place]:
    """What is asked for; the site as a whole, where that is theirs and it is more than one meter."""
    everywhere = visible_meters(hass, user, Permission.EXPORT) is None
    if not wish.serials or (everywhere and len(wish.serials) > 1):
        return [SITE]
    return [place_of(hass, serial) for serial in wish.serials]


def _headers(wish: Wish, download: Download) -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: "application/gzip" if wish.compressed else "text/csv; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{wish.file_name}"',
        hdrs.ETAG: f'"{download.tag}"',
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CACHE_CONTROL: "private, no-cache, no-transform",
        "X-Content-Type-Options": "nosniff",
    }


async def _async_part(telemetry: Telemetry, download: Download, number: int) -> bytes:
    if number >= download.parts:
        return b""
    return (await telemetry.async_read(partial(download.part, number=number))).data


async def _pieces(
    telemetry: Telemetry, download: Download, start: bytes, number: int
) -> AsyncGenerator[bytes]:
    """``start`` and then the parts from ``number`` on."""
    yield start
    for following in range(number, download.parts):
        yield await _async_part(telemetry, download, following)
