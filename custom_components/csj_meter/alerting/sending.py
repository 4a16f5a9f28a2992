"""Messages that are due, handed to what carries them, and what became of each in its turn."""

from __future__ import annotations

from collections.abc import Callable
import datetime as dt

from homeassistant.core import HomeAssistant, callback

from ..alerts.alert import Changes
from ..alerts.desk import Desk
from ..alerts.message import ABOUT_NO_ALERT, Message
from ..alerts.settings import Medium
from ..alerts.wording import Wording
from ..const import LOGGER
from ..site_settings import SiteSettings
from .channel_issues import ChannelIssues, channel_name
from .delivery import Delivery
from .letters import Letters
from .orders import Orders
from .payloads import letter_of
from .steps import Steps


class Sending:
    """The way of the messages of one desk."""

    def __init__(
        self,
        hass: HomeAssistant,
        settings: SiteSettings,
        desk: Desk,
        orders: Orders,
        letters: Letters,
        steps: Steps,
        wording: Callable[[], Wording],
    ) -> None:
        """What became of a message is one of ``steps``; ``wording`` is how the site talks of it now."""
        self._settings = settings
        self._desk = desk
        self._orders = orders
        self._letters = letters
        self._steps = steps
        self._wording = wording
        self._delivery = Delivery(hass, self._sent)
        self._channels = ChannelIssues(hass)

    @property
    def failing(self) -> dict[str, str]:
        """Name of a channel that does not work -> why."""
        return {
            channel_name(self._settings.alerts, channel): error
            for channel, error in self._channels.failing.items()
        }

    def send(self, message: Message, now: dt.datetime) -> None:
        """Begin to send one."""
        wording = self._wording()
        channel = self._settings.alerts.channel(message.channel)
        if channel is None:
            self._sent(message, wording.texts("problems.channel_removed"))
        elif channel.medium is Medium.WEBHOOK:
            self._delivery.run(message, lambda: self._orders.async_post(message, wording, now), wording.texts)
        else:
            text = self._letters.of(message, self._desk.outbox)
            if text is None and message.reason in ABOUT_NO_ALERT:
                self._give_up(message)
                return
            letter = letter_of(self._desk, channel, message, text, now)
            self._delivery.send(channel, letter, wording)

    async def async_close(self) -> None:
        """Send nothing more; what is on its way is waited for."""
        await self._delivery.async_close()

    @callback
    def _sent(self, message: Message, problem: str | None) -> None:
        def step(now: dt.datetime) -> Changes:
            outbox = self._desk.outbox
            if problem is None:
                outbox.delivered(message.id, now)
            else:
                LOGGER.debug("Message %s was not delivered: %s", message.id, problem)
                outbox.failed(message.id, problem, now)
            self._channels.look(outbox, self._settings.alerts, self._wording().texts)
            return Changes()

        self._steps.do_later(step)

    def _give_up(self, message: Message) -> None:
        """Its text was kept and is damaged."""

        def step(now: dt.datetime) -> Changes:
            self._desk.outbox.give_up(message.id, "its text is damaged", now)
            return Changes()

        self._steps.do_later(step)
