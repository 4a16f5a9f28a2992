"""Bridges and meters as the views follow them: also while one is set up anew.

A view outlives the bridge that it shows: whoever looks at a meter goes on when it is back. So nobody keeps a
coordinator longer than its bridge is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..alerting.names import meters_of
from ..const import DOMAIN
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..entity import new_meter_signal
from ..exceptions import wrong
from .command import Subscription


def bridges_of(hass: HomeAssistant) -> list[CsjConfigEntry]:
    """All that are configured."""
    return hass.config_entries.async_entries(DOMAIN, include_ignore=False)


def is_loading(hass: HomeAssistant) -> bool:
    """Whether no bridge is set up now: what belongs to the whole site is not there."""
    return not hass.config_entries.async_loaded_entries(DOMAIN)


def coordinator_of(entry: CsjConfigEntry, subentry: ConfigSubentry) -> CsjCoordinator | None:
    """A meter while its bridge is set up."""
    if entry.state is not ConfigEntryState.LOADED:
        return None
    return entry.runtime_data.coordinators.get(subentry.subentry_id)


def find_meter(hass: HomeAssistant, serial: str) -> tuple[CsjConfigEntry, ConfigSubentry] | None:
    """A meter that is configured, with its bridge; of one that was moved, where it is read."""
    found = [(entry, meter) for entry, meter in meters_of(hass) if meter.unique_id == serial]
    return min(found, key=lambda pair: pair[0].disabled_by is not None, default=None)


def verify_meter(hass: HomeAssistant, serial: str) -> None:
    """Raises ServiceValidationError for a meter that is not configured."""
    if find_meter(hass, serial) is None:
        raise wrong("no_such_meter")


class _Follower:
    """What one subscription has attached to the bridges that are set up."""

    def __init__(
        self,
        hass: HomeAssistant,
        attach: Callable[[CsjConfigEntry], Callable[[], None]],
        changed: Callable[[], None],
    ) -> None:
        self._hass = hass
        self._attach = attach
        self._changed = changed
        self._attached: dict[str, list[Callable[[], None]]] = {}
        self._meters: dict[str, frozenset[str]] = {}

    @callback
    def take(self, entry: CsjConfigEntry) -> None:
        @callback
        def joined(_: CsjCoordinator) -> None:
            self.let_go(entry.entry_id)
            self.take(entry)
            self._changed()

        self._meters[entry.entry_id] = frozenset(entry.subentries)
        self._attached[entry.entry_id] = [
            self._attach(entry),
            async_dispatcher_connect(self._hass, new_meter_signal(entry), joined),
        ]

    @callback
    def let_go(self, entry_id: str) -> None:
        self._meters.pop(entry_id, None)
        for stop in self._attached.pop(entry_id, ()):
            stop()

    @callback
    def let_go_of_all(self) -> None:
        for entry_id in tuple(self._attached):
            self.let_go(entry_id)

    @callback
    def look(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """A bridge has come, gone or changed."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED or entry.state is not ConfigEntryState.LOADED:
            self.let_go(entry.entry_id)
        elif self._meters.get(entry.entry_id) != frozenset(entry.subentries):
            self.let_go(entry.entry_id)
            self.take(entry)
        self._changed()

    @callback
    def renamed(self, _: object) -> None:
        """A device has another name, perhaps."""
        self._changed()


@callback
def follow_bridges(
    hass: HomeAssistant,
    subscription: Subscription,
    attach: Callable[[CsjConfigEntry], Callable[[], None]],
    changed: Callable[[], None],
) -> None:
    """Do ``attach`` with each bridge that is set up, and what it returned before it is not any more.

    It is done again when a meter joins or leaves. ``changed`` hears that something about bridges or meters is
    new.
    """
    if subscription.is_closed:
        return
    follower = _Follower(hass, attach, changed)
    subscription.on_close(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, follower.look))
    subscription.on_close(hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, follower.renamed))
    subscription.on_close(follower.let_go_of_all)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        follower.take(entry)


@callback
def listen_to_meters(changed: Callable[[], None]) -> Callable[[CsjConfigEntry], Callable[[], None]]:
    """What to attach to bridges so as to hear of every report of their meters and lines."""

    def attach(entry: CsjConfigEntry) -> Callable[[], None]:
        stops = list(_listeners(entry, changed))

        def detach() -> None:
            for stop in stops:
                stop()

        return detach

    return attach


def _listeners(entry: CsjConfigEntry, changed: Callable[[], None]) -> Iterator[Callable[[], None]]:
    for coordinator in entry.runtime_data.coordinators.values():
        yield coordinator.async_add_listener(changed)
    if (line := entry.runtime_data.line) is not None:
        yield line.async_add_listener(changed)
