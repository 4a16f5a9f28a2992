"""What must outlive a restart of Home Assistant: counted roll-overs, and what a balance counts.

One file per bridge in Home Assistant's storage. Written rarely, because SD cards wear out: after
a power cut the meters still have their registers, and a roll-over is seen again by the counters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER
from .kept_file import async_load_or_set_aside
from .meters.counters import Counters
from .meters.reading import Value

VERSION: Final = 1
SAVE_DELAY: Final = 900.0
"""Seconds between a change and its writing."""

REMEMBERED: Final = ("currency", "credit_mode")
"""Quantities that a sensor needs for its unit before the meter has said anything."""

type _Data = dict[str, dict[str, Any]]


class MeterMemory:
    """The stored state of the meters of one bridge, by serial number."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Stand for the file of the bridge ``entry_id``."""
        self._hass = hass
        self._store: Store[_Data] = Store(hass, VERSION, f"{DOMAIN}.{entry_id}", private=True)
        self._stored: _Data = {}
        self._pending = False

    async def async_load(self) -> None:
        """Read the file, if there is one."""
        stored = await async_load_or_set_aside(self._hass, self._store)
        self._stored = {serial: its for serial, its in stored.items() if isinstance(its, dict)}

    def counters(self, serial: str) -> Counters:
        """The counters of a meter, going on where they were; anew when that cannot be used."""
        try:
            return Counters.from_dict(self._stored.get(serial, {}).get("counters", {}))
        except ValueError as err:
            LOGGER.error("Meter %s: roll-overs of its counters are counted anew: %s", serial, err)
            return Counters()

    def value(self, serial: str, quantity: str) -> Value:
        """What the meter said last of one of ``REMEMBERED``."""
        value = self._stored.get(serial, {}).get(quantity)
        # a currency is a number (ISO 4217), a credit mode a word; a file may hold anything
        return value if isinstance(value, str | int) and not isinstance(value, bool) else None

    def kept(self, serials: Collection[str]) -> dict[str, dict[str, Any]]:
        """What is stored of those of ``serials`` of which there is something."""
        return {serial: its for serial, its in self._stored.items() if serial in serials}

    def save_later(self, state: Callable[[], Mapping[str, Mapping[str, Any]]]) -> None:
        """Write what ``state`` then gives (serial number -> ``snapshot``), once per delay."""
        if self._pending:  # asking again would push the writing further away
            return
        self._pending = True

        def data() -> _Data:
            self._pending = False
            self._stored = {serial: dict(meter) for serial, meter in state().items()}
            return self._stored

        self._store.async_delay_save(data, SAVE_DELAY)

    async def async_save(self, state: Mapping[str, Mapping[str, Any]]) -> None:
        """Write now."""
        self._pending = False
        self._stored = {serial: dict(meter) for serial, meter in state.items()}
        await self._store.async_save(self._stored)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def snapshot(counters: Counters | None, value: Callable[[str], Value]) -> dict[str, Any]:
    """What to remember of one meter."""
    kept: dict[str, Any] = {quantity: value(quantity) for quantity in REMEMBERED}
    if counters is not None:
        kept["counters"] = counters.as_dict()
    return kept
