"""How the portal answers: headers that let nothing else in, small bodies that are what they must be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from http import HTTPStatus
import json
from typing import Any, Concatenate, Final

from aiohttp import hdrs, web
from homeassistant.helpers.http import KEY_HASS
from homeassistant.helpers.json import json_bytes
import probatio

from ..const import LOGGER
from .guard import Doing, RefusedError, guard_of

MOST_BODY: Final = 4096
"""Bytes of what somebody sends."""

BODY_WITHIN: Final = 10.0
"""Seconds that it may take to come."""

_DIRECTIVES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "lit-html",
}

POLICY: Final = "; ".join(f"{name} {value}" for name, value in _DIRECTIVES.items())
"""For the page: its own scripts and style, and nothing of anybody else."""

NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For all that is no page."""

PRINTED: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""For a statement, which has its style with it and nothing else."""

HEADERS: Final[Mapping[str, str]] = {
    hdrs.CACHE_CONTROL: "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


_REFUSALS: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
"""What goes to the audit log; that something is not there yet, or not now, is no refusal."""


def answer(content: Any, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Plain JSON."""
    response = web.Response(
        body=json_bytes(content),
        status=status,
        content_type="application/json",
        headers={**HEADERS, "Content-Security-Policy": NOTHING},
    )
    response.enable_compression()
    return response


def text(content: str, kind: str, policy: str) -> web.Response:
    """A page, or a text for a program."""
    response = web.Response(
        text=content,
        content_type=kind,
        charset="utf-8",
        headers={**HEADERS, "Content-Security-Policy": policy},
    )
    response.enable_compression()
    return response


def refusal(err: RefusedError) -> web.Response:
    """Nothing but a word, and when to come again."""
    response = answer({"error": err.word}, err.status)
    if err.retry_after:
        response.headers[hdrs.RETRY_AFTER] = str(err.retry_after)
    return response


def answers[V, **P](
    handler: Callable[Concatenate[V, web.Request, P], Coroutine[Any, Any, web.StreamResponse]],
) -> Callable[Concatenate[V, web.Request, P], Coroutine[Any, Any, web.StreamResponse]]:
    """Decorate a handler of a view: whatever goes wrong is told in a word."""

    @wraps(handler)
    async def handle(
        view: V, request: web.Request, /, *matched: P.args, **named: P.kwargs
    ) -> web.StreamResponse:
        try:
            return await handler(view, request, *matched, **named)
        except RefusedError as err:
            if err.status in _REFUSALS and not err.written:
                await guard_of(request.app[KEY_HASS]).async_refuse(Doing.at(request.path))
            return refusal(err)
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001 - the root of a request: nobody outside hears what it was
            LOGGER.exception("The portal could not answer")
            return refusal(RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "broken"))

    return handle


async def async_content(request: web.Request, schema: probatio.Schema) -> dict[str, Any]:
    """The content of a request: JSON in UTF-8, small, and no field that nobody knows. Raises RefusedError."""
    malformed = RefusedError(HTTPStatus.BAD_REQUEST, "malformed")
    if (request.content_length or 0) > MOST_BODY or hdrs.CONTENT_ENCODING in request.headers:
        raise malformed
    body = b""
    try:
        async with asyncio.timeout(BODY_WITHIN):
            while len(body) <= MOST_BODY and (part := await request.content.read(MOST_BODY + 1 - len(body))):
                body += part
        if len(body) > MOST_BODY:
            raise malformed
        content = json.loads(body.decode(), object_pairs_hook=_once)
        if not isinstance(content, dict):
            raise malformed
        checked: dict[str, Any] = schema(content)
    except (ValueError, RecursionError, TimeoutError, web.RequestPayloadError, probatio.Invalid) as err:
        raise malformed from err
    return checked


def query_of(request: web.Request, name: str) -> str:
    """The one field of a query. Raises RefusedError where there is another, or none."""
    if len(request.query) != 1 or name not in request.query:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "malformed")
    return request.query[name][:64]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object none of whose fields is there twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is there twice")
    return found
