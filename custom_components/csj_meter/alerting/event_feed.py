"""Steps of alerts on their way to event entities: each once, as soon as Home Assistant and entity are there.

What the engine tells after a restart comes while entities are still being added, and while automations cannot
hear of it. So what nobody follows yet waits for a while.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..alerts.alert import AlertEvent
from ..const import DOMAIN
from .status import SIGNAL_ALERT_EVENTS

LONGEST_WAIT: Final = 3600.0
"""Seconds; what is older is no news: an entity that was just enabled does not begin with old ones."""

MOST_WAITING: Final = 1000

type Tell = Callable[[AlertEvent], None]


class EventFeed:
    """The steps of all alerts of this Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen from now on, for as long as Home Assistant runs."""
        self._hass = hass
        self._followers: dict[str | None, Tell] = {}
        self._waiting: deque[tuple[float, AlertEvent]] = deque(maxlen=MOST_WAITING)
        """Each with when it came, in the event loop's seconds: the clock on the wall may be set meanwhile."""
        self._started = False
        async_dispatcher_connect(hass, SIGNAL_ALERT_EVENTS, self._happened)
        async_at_started(hass, self._start)

    @callback
    def follow(self, serial: str | None, tell: Tell) -> CALLBACK_TYPE:
        """Have ``tell`` called for the alerts of a meter, None: of circuits; returns what ends it."""
        self._followers[serial] = tell

        @callback
        def leave() -> None:
            if self._followers.get(serial) == tell:
                del self._followers[serial]

        self._deliver()
        return leave

    @callback
    def _happened(self, events: list[AlertEvent]) -> None:
        self._waiting.extend((self._hass.loop.time(), event) for event in events)
        self._deliver()

    @callback
    def _start(self, _: HomeAssistant) -> None:
        self._started = True
        self._deliver()

    def _deliver(self) -> None:
        if not self._started:
            return
        oldest = self._hass.loop.time() - LONGEST_WAIT
        events = [(came, event) for came, event in self._waiting if came > oldest]
        self._waiting.clear()
        for came, event in events:
            if (tell := self._followers.get(event.alert.serial)) is None:
                self._waiting.append((came, event))
            else:
                tell(event)


_FEED: Final[HassKey[EventFeed]] = HassKey(f"{DOMAIN}_alert_event_feed")


@callback
def async_event_feed(hass: HomeAssistant) -> EventFeed:
    """The feed of this Home Assistant; it must be there before anything happens to alerts."""
    if (feed := hass.data.get(_FEED)) is None:
        feed = hass.data[_FEED] = EventFeed(hass)
    return feed
