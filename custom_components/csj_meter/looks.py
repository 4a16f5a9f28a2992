"""Entities that look again a few at a time: a site has thousands, and the event loop has others to serve."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER

AT_ONCE: Final = 20
"""Looks in one call of the event loop: a few milliseconds where each writes a state."""

type Look = Callable[[], None]


class Looks:
    """Who is to look again, in the order in which they were asked; each once however often that was."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody is."""
        self._loop = hass.loop
        self._due: dict[Look, None] = {}
        self._under_way = False

    @callback
    def ask(self, look: Look) -> None:
        """Have somebody look soon."""
        self._due[look] = None
        if not self._under_way:
            self._under_way = True
            self._loop.call_soon(self._go)

    @callback
    def forget(self, look: Look) -> None:
        """Whoever wanted to look has gone."""
        self._due.pop(look, None)

    @callback
    def _go(self) -> None:
        for look in tuple(islice(self._due, AT_ONCE)):
            if look not in self._due:
                continue  # one before it has made it go
            del self._due[look]
            try:
                look()
            except Exception:  # noqa: BLE001 - the others are to look all the same
                LOGGER.exception("An entity could not look again")
        self._under_way = bool(self._due)
        if self._under_way:
            self._loop.call_soon(self._go)


_LOOKS: Final[HassKey[Looks]] = HassKey(f"{DOMAIN}_looks")


@callback
def looks_of(hass: HomeAssistant) -> Looks:
    """Those of this Home Assistant."""
    return hass.data.setdefault(_LOOKS, Looks(hass))
