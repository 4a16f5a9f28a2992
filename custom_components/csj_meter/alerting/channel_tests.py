"""Tests of channels that somebody waits for."""

from __future__ import annotations

import asyncio
import datetime as dt

from homeassistant.core import HomeAssistant
from homeassistant.util.uuid import random_uuid_hex

from ..alerts.message import Message, Reason
from ..alerts.outbox import Outbox
from ..alerts.settings import Channel


class ChannelTests:
    """All that are on their way."""

    def __init__(self, hass: HomeAssistant) -> None:
        """None is."""
        self._hass = hass
        self._outcomes: dict[str, asyncio.Future[Message]] = {}

    def begin(self, outbox: Outbox, channel: Channel, now: dt.datetime) -> asyncio.Future[Message]:
        """Have a test written down; the future has how it went."""
        outcome: asyncio.Future[Message] = self._hass.loop.create_future()
        message = outbox.add(Reason.TEST, channel, (), now, step=random_uuid_hex())
        if message is None:  # pragma: no cover - no two of them have one name
            raise RuntimeError("the same test twice")
        self._outcomes[message.id] = outcome
        return outcome

    def answer(self, outbox: Outbox, *, everything: bool = False) -> None:
        """Tell those who wait for it how it went; with ``everything``, also what is not known yet."""
        for message_id in tuple(self._outcomes):
            message = outbox.get(message_id)
            if message is not None and (everything or not message.is_unsettled):
                outcome = self._outcomes.pop(message_id)
                if not outcome.done():  # nobody may wait any more
                    outcome.set_result(message)
