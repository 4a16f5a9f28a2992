"""What came of something that the audit log has a line of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from homeassistant.exceptions import HomeAssistantError

from ..alerts.errors import AlertError
from ..bus.errors import BusError
from ..exceptions import translated
from ..meters.errors import MeterError
from ..prepay.errors import PrepayError


def failure_of(err: Exception) -> str:
    """The key of an error, which holds nothing of what was entered; of one of ours that it is told by."""
    if isinstance(err, AlertError | BusError | MeterError | PrepayError):
        err = translated(err)
    key = err.translation_key if isinstance(err, HomeAssistantError) else None
    return key or type(err).__name__


@asynccontextmanager
async def outcome_told(
    tell: Callable[[str | None], Awaitable[None]], key_of: Callable[[Exception], str] = failure_of
) -> AsyncIterator[Callable[[str], None]]:
    """Around what somebody does: ``tell`` hears the key of what went wrong, or None. An error is passed on.

    What is yielded takes the key of one that is told otherwise than by raising it. Of what was cancelled
    nothing is told: nobody knows what came of it.
    """
    failures: list[str] = []
    try:
        yield failures.append
    except Exception as err:
        await tell(key_of(err))
        raise
    except asyncio.CancelledError:
        if failures:
            await tell(failures[0])
        raise
    await tell(failures[0] if failures else None)
