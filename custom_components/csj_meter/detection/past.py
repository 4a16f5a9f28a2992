"""The past out of the store, a span at a time, for engines that are to learn from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final

from ..anomaly.intake import Block
from ..history.telemetry import Telemetry
from ..history.troubles import TelemetryUnavailableError
from ..telemetry.series import DAY
from ..telemetry.store import Store
from .stored_rows import first_minute, minutes_at_once, stored_blocks

LENGTH: Final = 31 * DAY
"""Minutes before now that are read at most: all that an engine looks back."""

PATIENCE: Final = 120.0
"""Seconds that the store may take to read one span; then it counts as not available."""


class Past:
    """What meters have said."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Read from the store of ``telemetry``."""
        self._telemetry = telemetry

    async def async_read(self, serials: Sequence[str], since: int, until: int) -> AsyncIterator[list[Block]]:
        """The minutes from ``since`` to before ``until`` in spans that follow each other, oldest first.

        Raises TelemetryUnavailableError.
        """
        start = await self._async_ask(partial(first_minute, serials, since))
        step = minutes_at_once(len(serials))
        while start is not None and start < until:
            end = min((start // step + 1) * step, until)
            yield await self._async_ask(partial(_blocks, serials, start, end))
            start = end

    async def _async_ask[T](self, job: Callable[[Store], T]) -> T:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._telemetry.async_read(job)
        except TimeoutError as err:
            raise TelemetryUnavailableError(f"no answer in {PATIENCE:g} seconds") from err


def _blocks(serials: Sequence[str], since: int, until: int, store: Store) -> list[Block]:
    return list(stored_blocks(serials, since, until, store))
