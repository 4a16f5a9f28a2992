"""The bridge that is no line: one counter of Home Assistant, with the meter whose pulses it counts."""

from __future__ import annotations

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError

from .const import CONF_IDENTITY, CONF_LINK, DOMAIN, SUBENTRY_METER
from .coordinator import CsjConfigEntry, CsjCoordinator, CsjRuntime
from .devices import register_bridge, register_meter
from .history.telemetry import Telemetry
from .link_data import InvalidLinkError, PulseLink, link_from_data
from .meter_memory import MeterMemory
from .meters.identity import Identity
from .meters.profile_loader import ProfileLibrary
from .meters.reading import Group
from .pulse_feed import PulseFeed, Report


class PulseBridge:
    """The meter of a pulse counter, from set-up to unloading."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CsjConfigEntry,
        library: ProfileLibrary,
        memory: MeterMemory,
    ) -> None:
        """Take in the meter of ``entry``, without watching its counter yet.

        Raises ConfigEntryError when the entry's data cannot be used.
        """
        link = _link_of(entry)
        self.runtime = CsjRuntime(library=library, memory=memory, stop=self._async_stop)
        """What the platforms see of the bridge."""
        self._feeds: dict[PulseFeed, CsjCoordinator] = {}
        bridge_id = register_bridge(hass, entry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            identity = Identity.from_dict(subentry.data[CONF_IDENTITY])
            feed = PulseFeed(hass, entry, link, identity)
            coordinator = CsjCoordinator(hass, entry, subentry, feed.meter, memory)
            self._feeds[feed] = coordinator
            self.runtime.coordinators[subentry.subentry_id] = coordinator
            register_meter(hass, entry, subentry, identity, bridge_id=bridge_id, has_serial=False)

    async def async_prepare(self) -> None:
        """Go on where the counter was left."""
        for feed in self._feeds:
            await feed.async_load()

    def start(self, telemetry: Telemetry) -> None:
        """Begin to watch; what is counted is kept in ``telemetry``."""
        for feed, coordinator in self._feeds.items():
            feed.start(_reporting(coordinator, telemetry))

    async def async_settings_changed(self, hass: HomeAssistant, entry: CsjConfigEntry) -> None:
        """Follow a change of the entry or its subentries; the entry's update listener."""
        hass.config_entries.async_schedule_reload(entry.entry_id)

    async def _async_stop(self) -> None:
        for feed in self._feeds:
            await feed.async_stop()


def _reporting(coordinator: CsjCoordinator, telemetry: Telemetry) -> Report:
    """Where the reports of a counter go."""

    def _report(*, online: bool, failed: Mapping[Group, Exception], updated: frozenset[Group]) -> None:
        coordinator.report(online=online, failed=failed, updated=updated)
        telemetry.note(coordinator)

    return _report


def _link_of(entry: CsjConfigEntry) -> PulseLink:
    try:
        link = link_from_data(entry.data)
        if isinstance(link, PulseLink):
            return link
        raise InvalidLinkError(CONF_LINK, "unknown_link")
    except InvalidLinkError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="invalid_link",
            translation_placeholders={"error": str(err)},
        ) from err
