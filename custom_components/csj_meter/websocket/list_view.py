"""A subscription that shows a list: all of it at first, then what has changed, at most once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from .command import Subscription

PAUSE: Final = 1.0
"""Seconds between two events of a subscription: what happens in between comes together."""

type Rows = Mapping[Any, Mapping[str, Any]]
"""What a row is known by -> the row, plain JSON."""


class ListView:
    """One list, as one subscriber sees it."""

    def __init__(
        self, hass: HomeAssistant, subscription: Subscription, name: str, rows: Callable[[], Rows | None]
    ) -> None:
        """Tell under ``name`` what ``rows`` gives: None while there is nobody to ask, as in a reload."""
        self._hass = hass
        self._subscription = subscription
        self._name = name
        self._rows = rows
        self._told: dict[Any, Mapping[str, Any]] = {}
        self._loading: bool | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")
        subscription.on_begin(self.ask)
        subscription.on_close(self._stop)

    @callback
    def ask(self, *_: object) -> None:
        """Something may have changed."""
        if self._subscription.is_closed or self._timer is not None:
            return
        due = max(self._hass.loop.time(), self._told_at + PAUSE)
        self._timer = self._hass.loop.call_at(due, self._tell)

    @callback
    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def _tell(self) -> None:
        self._timer = None
        first, rows = self._loading is None, self._rows()
        loading = rows is None
        if rows is None:  # what was told last is still the best that is known
            changed: list[Mapping[str, Any]] = []
            removed: list[Any] = []
        else:
            changed = [row for key, row in rows.items() if self._told.get(key) != row]
            removed = [key for key in self._told if key not in rows]
            self._told = dict(rows)
        if not first and loading is self._loading and not changed and not removed:
            return
        self._loading = loading
        self._told_at = self._hass.loop.time()
        self._subscription.send({"loading": loading, self._name: changed, "removed": removed})
