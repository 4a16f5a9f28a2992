"""What happens around a command to a meter: its reading is shown, its error is told, its key is asked for.

What a command does on the wire is in ``meters.commands``; entities, actions and the update of
firmware all give theirs through here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant, callback

from .bus.errors import BusError
from .coordinator import CsjConfigEntry, CsjCoordinator
from .exceptions import translated
from .meters.commands.errors import ShuttingDownError
from .meters.commands.session import KeyState, Session
from .meters.errors import MeterError
from .meters.poller import Poller
from .prepay.errors import PrepayError

CONF_SUBENTRY_ID = "subentry_id"
"""Key of the data of a reauthentication: which meter needs its key."""


class MeterControl:
    """One meter that takes commands."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CsjConfigEntry,
        coordinator: CsjCoordinator,
        session: Session,
        poller: Poller,
    ) -> None:
        """Command the meter of ``session``, whose entities follow ``coordinator``."""
        self.session = session
        """The meter, open while it has to be."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._poller = poller
        self._ending = False
        self._under_way = 0
        self._at_rest = asyncio.Event()

    async def run[T](self, command: Callable[[Session], Awaitable[T]], *, awaited: bool = True) -> T:
        """Do something on the meter, and show what it said meanwhile.

        Errors of line, meter and money are raised translated. A wrong key starts reauthentication.
        Unloading waits until it is over, unless it is not ``awaited``.
        """
        try:
            return await self.watched(command, awaited=awaited)
        except (BusError, MeterError, PrepayError) as err:
            raise translated(err) from err

    async def watched[T](self, command: Callable[[Session], Awaitable[T]], *, awaited: bool = True) -> T:
        """As ``run``, with the errors as they are, for those who tell them otherwise."""
        if self._ending:
            raise ShuttingDownError(f"unit {self.session.meter.unit_id}: its bridge is being unloaded")
        meter = self.session.meter
        before, key_before = dict(meter.readings), self.session.key_state
        if awaited:
            self._under_way += 1
        try:
            return await command(self.session)
        finally:
            read = [group for group, reading in meter.readings.items() if reading is not before.get(group)]
            self._poller.heard(meter, read)
            if self.session.key_state is not key_before:
                self._coordinator.async_update_listeners()
            if self.session.key_state is KeyState.WRONG:
                self._ask_for_key()
            if awaited:
                self._under_way -= 1
                if not self._under_way:
                    self._at_rest.set()

    async def async_finish(self) -> None:
        """Let nothing begin any more, and return when what has begun is over: it may be money."""
        self._ending = True
        while self._under_way:
            self._at_rest.clear()
            await self._at_rest.wait()

    @callback
    def resume(self) -> None:
        """Unloading has failed: commands may begin again."""
        self._ending = False

    @callback
    def _ask_for_key(self) -> None:
        """Home Assistant begins one dialogue a bridge; the next wrong key is asked for when that is over."""
        self._entry.async_start_reauth(
            self._hass, data={CONF_SUBENTRY_ID: self._coordinator.subentry.subentry_id}
        )
