"""How far something is that takes long: a notification that comes only when somebody would wonder."""

from __future__ import annotations

from itertools import count
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

PATIENCE: Final = 10.0
"""Seconds for which nobody wonders."""

PAUSE: Final = 5.0
"""Seconds between two messages."""

_numbers = count(1)


class Progress:
    """One thing that is being done; used as a context, at whose end the notification goes away."""

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        """``key`` is the sentence under ``exceptions`` in the translations, with ``{percent}``."""
        self._hass = hass
        self._key = key
        self._id = f"{DOMAIN}_progress_{next(_numbers)}"
        self._next = hass.loop.time() + PATIENCE
        self._shown = False

    def __enter__(self) -> Progress:
        """It begins."""
        return self

    def __exit__(self, *_: object) -> None:
        """It has ended, well or not."""
        if self._shown:
            persistent_notification.async_dismiss(self._hass, self._id)

    async def async_tell(self, done: float) -> None:
        """Say how much is done, 0..1, if it is time to."""
        if (now := self._hass.loop.time()) < self._next:
            return
        self._next = now + PAUSE
        texts = await async_get_translations(self._hass, self._hass.config.language, "exceptions", [DOMAIN])
        text = texts[f"component.{DOMAIN}.exceptions.{self._key}.message"]
        self._shown = True
        persistent_notification.async_create(
            self._hass, text.format(percent=f"{done:.0%}"), "CSJ Meter", self._id
        )
