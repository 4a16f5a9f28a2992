"""Meters that join, or whose past comes into the store, while others are watched.

What is usual of them is learnt from the store as it is for all of them at a start, but by an engine of their
own, beside the one that watches: nobody waits for it. Once it has caught up, the other one takes over what it
has learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Final, Protocol

from homeassistant.core import HomeAssistant, callback

from ..anomaly.engine import Engine
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..history.troubles import TelemetryUnavailableError
from .engine_jobs import beside, feed
from .fleet import Fleet
from .past import LENGTH, Past

AGAIN: Final = 300.0
"""Seconds until the past is asked for again that could not be read."""

ATTEMPTS: Final = 10
"""How often it is tried to be as far as an engine that goes on meanwhile, minute by minute."""


class Watching(Protocol):
    """Who watches the meters."""

    @property
    def watching(self) -> tuple[Engine, Fleet] | None:
        """The engine, and what it watches; None while there is none."""

    async def async_take_past(self, engine: Engine, learnt: Engine, until: int) -> bool:
        """Have the engine know what another one has learnt of the minutes before ``until``.

        False when it is not in that minute any more.
        """


class Latecomers:
    """Those whose past is still to be learnt."""

    def __init__(self, hass: HomeAssistant, past: Past, watching: Watching) -> None:
        """Learn from the ``past`` for the engine of ``watching``."""
        self._hass = hass
        self._past = past
        self._watching = watching
        self._owed: set[str] = set()
        self._learning: set[str] = set()
        # no task of Home Assistant's: at stop whoever owns it ends it
        self._work = AskedWork(
            self._async_work,
            lambda work: hass.loop.create_task(work, name=f"{DOMAIN} detection of new meters"),
        )

    @property
    def serials(self) -> frozenset[str]:
        """Serial numbers of them."""
        return frozenset(self._owed | self._learning)

    @callback
    def add(self, serials: Collection[str]) -> None:
        """Learn the past of some meters, anew where it was learnt before."""
        if serials:
            self._owed.update(serials)
            self._work.ask()

    async def async_stop(self) -> None:
        """Leave it at that."""
        await self._work.async_stop()

    async def _async_work(self) -> float | None:
        """Seconds until what could not be learnt is tried again; the root of a task."""
        try:
            while self._owed:
                if (watching := self._watching.watching) is None:
                    return AGAIN
                engine, fleet = watching
                # whoever has left is owed nothing; who is added meanwhile is learnt once more
                self._learning, self._owed = self._owed & set(fleet.serials), set()
                taken = not self._learning or await self._async_learn(engine, fleet.some(self._learning))
                if not taken:
                    self._owed |= self._learning
                self._learning = set()
                if not taken:
                    return AGAIN
        except Exception:  # noqa: BLE001 - the root of a task: the next meter that joins has it tried again
            self._learning = set()
            LOGGER.exception("The past of new meters could not be learnt")
        return None

    async def _async_learn(self, engine: Engine, fleet: Fleet) -> bool:
        """Learn the past of all meters of a fleet; whether ``engine`` has taken it over."""
        learnt = await self._async_compute(partial(beside, engine, fleet))
        until = engine.minute + 1 - LENGTH
        try:
            for _ in range(ATTEMPTS):
                # what came while that was read is read as well
                since, until = until, engine.minute + 1
                async for blocks in self._past.async_read(fleet.serials, since, until):
                    await self._async_compute(partial(feed, learnt, blocks))
                if await self._watching.async_take_past(engine, learnt, until):
                    return True
        except TelemetryUnavailableError as err:
            LOGGER.debug("the past of new meters is not known yet: %s", err)  # a repair issue says so
        return False

    async def _async_compute[T](self, job: Callable[[], T]) -> T:
        return await self._hass.async_add_executor_job(job)
