"""What became of messages, for those who wait for it: a test of a channel, a reminder by hand."""

from __future__ import annotations

import asyncio

from homeassistant.core import HomeAssistant

from ..alerts.message import Message
from ..alerts.outbox import Outbox


class Outcomes:
    """All that somebody waits for."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody waits."""
        self._hass = hass
        self._outcomes: dict[str, list[asyncio.Future[Message]]] = {}

    def of(self, message: Message) -> asyncio.Future[Message]:
        """How a message went, once that is known."""
        outcome: asyncio.Future[Message] = self._hass.loop.create_future()
        self._outcomes.setdefault(message.id, []).append(outcome)
        return outcome

    def answer(self, outbox: Outbox, *, everything: bool = False) -> None:
        """Tell those who wait for it how it went; with ``everything``, also what is not known yet."""
        for message_id in tuple(self._outcomes):
            message = outbox.get(message_id)
            if message is not None and (everything or not message.is_unsettled):
                for outcome in self._outcomes.pop(message_id):
                    if not outcome.done():  # nobody may wait any more
                        outcome.set_result(message)
