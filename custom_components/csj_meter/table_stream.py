"""How tables are sent piece by piece, and what the audit log hears of one that was not sent as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Final

from aiohttp import web

from .const import LOGGER
from .history.troubles import TelemetryUnavailableError
from .site.errors import AuditTooNewError
from .telemetry.errors import TelemetryError

CUT_OFF: Final = "cut_off"
"""The connection broke before all was sent; the panel has a text for it."""


@contextmanager
def cut_off_told(request: web.Request, fail: Callable[[str], None]) -> Iterator[None]:
    """Around an answer: ``fail`` hears of it when whoever asked goes away."""
    try:
        yield
    except asyncio.CancelledError:
        # Home Assistant cancels an answer that nobody waits for, and all of them when it stops
        if request.transport is None:
            fail(CUT_OFF)
        raise


async def async_send(
    request: web.Request,
    response: web.StreamResponse,
    pieces: AsyncGenerator[bytes],
    fail: Callable[[str], None],
    unreadable: str,
) -> web.StreamResponse:
    """Send pieces, each when the one before has gone.

    ``fail`` takes the key of what went wrong; ``unreadable`` is it where the next piece cannot be read.
    """
    try:
        await response.prepare(request)
        async with aclosing(pieces):
            async for piece in pieces:
                if piece:
                    await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        LOGGER.debug("A download was cut off")
        fail(CUT_OFF)
    except (TelemetryUnavailableError, TelemetryError, AuditTooNewError) as err:
        LOGGER.warning("A download broke off: %s", err)
        fail(unreadable)
        # without its end the answer is seen to be incomplete
        if request.transport is not None:
            request.transport.abort()
    return response
