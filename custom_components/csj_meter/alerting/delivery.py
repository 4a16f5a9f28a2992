"""Messages on their way: each over its channel, once at a time, with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import probatio

from ..alerts.message import Message
from ..alerts.settings import Channel
from ..alerts.wording import Wording
from ..const import DOMAIN, LOGGER
from ..language.texts import Texts
from .channel_users import async_offered
from .errors import DeliveryError
from .payloads import Letter, call_of, exists

TIMEOUT: Final = 60.0
"""Seconds that a notify action may take."""

GRACE: Final = 5.0
"""Seconds that what is under way has to come to an end when everything stops."""

type Sent = Callable[[Message, str | None], None]
"""Told how it went: the message, and what has failed."""


class Delivery:
    """What is being sent."""

    def __init__(self, hass: HomeAssistant, sent: Sent) -> None:
        """Tell ``sent`` what has become of each message."""
        self._hass = hass
        self._sent = sent
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, channel: Channel, letter: Letter, wording: Wording) -> None:
        """Send a message through an action of Home Assistant, in the background."""
        self.run(letter.message, partial(self._async_call, channel, letter, wording), wording.texts)

    def run(self, message: Message, work: Callable[[], asyncio._CoroutineLike[None]], texts: Texts) -> None:
        """Have ``work`` send a message; it raises DeliveryError when it cannot."""
        task = self._hass.loop.create_task(
            self._async_deliver(message, work, texts), name=f"{DOMAIN} message {message.id}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def async_close(self) -> None:
        """Let what is under way come to an end; the rest is cut off, and was written down as such."""
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=GRACE)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def _async_deliver(
        self, message: Message, work: Callable[[], asyncio._CoroutineLike[None]], texts: Texts
    ) -> None:
        problem: str | None = None
        try:
            async with asyncio.timeout(TIMEOUT):
                await work()
        except DeliveryError as err:
            problem = str(err)
        except TimeoutError:
            problem = texts("problems.no_answer")
        except asyncio.CancelledError as err:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # everything stops
            problem = type(err).__name__  # what the action waited for was cancelled, as when it is reloaded
        except (HomeAssistantError, probatio.Invalid) as err:
            # its text may hold an address; the log of the integration that raised it has more
            problem = type(err).__name__ if not str(err) else str(err).splitlines()[0][:200]
        except Exception as err:  # noqa: BLE001 - a notify action of others may raise anything; the outbox decides
            LOGGER.debug("A message could not be sent", exc_info=True)
            problem = type(err).__name__
        self._sent(message, problem)

    async def _async_call(self, channel: Channel, letter: Letter, wording: Wording) -> None:
        if not exists(self._hass, channel):
            raise DeliveryError(wording.texts("problems.target_missing", target=channel.target))
        buttons = await async_offered(self._hass, channel, letter.alerts)
        call = call_of(self._hass, channel, letter, wording, buttons)
        await self._hass.services.async_call(
            call.domain, call.action, dict(call.data), blocking=True, context=Context()
        )
