"""Which meters the engine knows, and by which settings it judges them.

The meters of all bridges, whether they work now or not: the engine forgets whoever leaves it, and a bridge
that is only being reloaded has not left. Of a bridge that somebody has switched off nothing is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
import math
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..anomaly.meter import WatchedMeter
from ..anomaly.settings import Settings
from ..const import CONF_CIRCUIT, CONF_IDENTITY, DOMAIN, SUBENTRY_METER
from ..meters.identity import Identity
from ..meters.reading import Group
from ..meters.sample import MINUTE
from ..periods import periods_of

LONGEST_INTERVAL: Final = 60
"""Minutes between samples beyond which the engine does not go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The meters of the site as the engine is to see them."""

    meters: tuple[WatchedMeter, ...] = ()
    """All of them, in the order of their serial numbers."""

    settings: Settings
    """What is looked for; nothing on meters that nobody reads."""

    @property
    def serials(self) -> list[str]:
        """Serial numbers, in the order of the meters."""
        return [meter.serial for meter in self.meters]

    def some(self, serials: Collection[str]) -> Fleet:
        """Some of the meters."""
        return replace(self, meters=tuple(meter for meter in self.meters if meter.serial in serials))

    def watches(self, serial: str) -> bool:
        """Whether anything is looked for on a meter."""
        return serial not in self.settings.unwatched


def fleet_of(hass: HomeAssistant, settings: Settings) -> Fleet:
    """All meters that are configured now. ``settings`` are those of the site."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    meters: dict[str, WatchedMeter] = {}
    idle: set[str] = set()
    # a meter that has moved to another bridge is where it is read
    for entry in sorted(entries, key=lambda entry: entry.disabled_by is not None):
        for meter in _meters_of(entry):
            if meters.setdefault(meter.serial, meter) is meter and entry.disabled_by is not None:
                idle.add(meter.serial)
    return Fleet(
        meters=tuple(meters[serial] for serial in sorted(meters)),
        settings=replace(settings, unwatched=settings.unwatched | idle),
    )


def _meters_of(entry: ConfigEntry[Any]) -> Iterator[WatchedMeter]:
    period = periods_of(entry.options)[Group.LIVE]
    interval = min(LONGEST_INTERVAL, max(1, math.ceil(period / MINUTE)))
    for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
        meter = WatchedMeter.of(
            Identity.from_dict(subentry.data[CONF_IDENTITY]),
            circuit=subentry.data.get(CONF_CIRCUIT) or None,
            gateway=entry.entry_id,
        )
        yield replace(meter, interval=interval)
