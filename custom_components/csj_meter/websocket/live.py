"""One meter, live: all it measures, every few seconds, for as long as somebody looks.

Its blocks are demanded of the poller: however many look, each is read once. The meter measures by itself as
often as it is set to; a watcher who may give commands has it measure more often meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from homeassistant.core import callback
import probatio

from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.commands.sample import order_sample
from ..meters.demands import Demand
from ..meters.meter import Meter
from ..meters.reading import Group
from ..site.access import Permission
from .bridges import coordinator_of, find_meter, follow_bridges, verify_meter
from .command import SERIAL, Call, number
from .values import moment, plain

FASTEST: Final = 1
SLOWEST: Final = 10
USUAL: Final = 2
"""Seconds."""

HARMONICS_INTERVAL: Final = 30.0
"""Seconds between two reads of the harmonics, of somebody who looks at them: they are many registers."""

EARLY: Final = 0.25
"""Part of the interval by which values may come too soon and are told all the same."""

SCHEMA: Final = {
    probatio.Required("serial"): SERIAL,
    probatio.Optional("interval", default=USUAL): number(FASTEST, SLOWEST),
    probatio.Optional("harmonics", default=False): bool,
}


async def async_subscribe(call: Call) -> None:
    """Watch a meter."""
    serial: str = call.data["serial"]
    await call.async_verify(Permission.SEE_RAW, serial=serial)
    verify_meter(call.hass, serial)
    view = _LiveView(call, serial)
    follow_bridges(call.hass, call.subscribed, view.attach, view.changed)
    call.subscribed.on_begin(view.begin)


class _LiveView:
    """A meter as one watcher sees it."""

    def __init__(self, call: Call, serial: str) -> None:
        self._call = call
        self._hass = call.hass
        self._subscription = call.subscribed
        self._serial = serial
        self._interval: float = call.data["interval"]
        self._harmonics: bool = call.data["harmonics"]
        self._coordinator: CsjCoordinator | None = None
        self._told_at = float("-inf")
        self._told: tuple[Any, ...] | None = None
        self._begun = False
        self._harmonics_at: float | None = None

    @callback
    def begin(self) -> None:
        """Tell what is known at once."""
        self._begun = True
        self._tell()

    @callback
    def attach(self, entry: CsjConfigEntry) -> Callable[[], None]:
        """Watch the meter, if it is one of this bridge."""
        found = find_meter(self._hass, self._serial)
        coordinator = None if found is None or found[0] is not entry else coordinator_of(*found)
        if coordinator is None:
            return lambda: None
        self._coordinator = coordinator
        stops = [coordinator.async_add_listener(self._reported), *self._demand(entry, coordinator)]

        def detach() -> None:
            for stop in stops:
                stop()
            self._coordinator = None

        return detach

    def _demand(self, entry: CsjConfigEntry, coordinator: CsjCoordinator) -> list[Callable[[], None]]:
        """Have it read as often as is wanted; the readings of pulse counters come by themselves."""
        poller, meter = entry.runtime_data.poller, coordinator.source
        if poller is None or not isinstance(meter, Meter):
            return []
        control = coordinator.control
        may_command = control is not None and self._call.sees(Permission.COMMAND, self._serial)
        refresh = partial(order_sample, control.session) if control is not None and may_command else None
        periods = {Group.LIVE: self._interval}
        if self._harmonics:
            periods[Group.HARMONICS] = HARMONICS_INTERVAL
        return [
            poller.demand(
                Demand(
                    meter=meter,
                    group=group,
                    period=period,
                    refresh=refresh if group is Group.LIVE else None,
                )
            )
            for group, period in periods.items()
        ]

    @callback
    def changed(self) -> None:
        """A bridge has come, gone or changed: tell what that means for the meter."""
        if self._begun and self._standing() != self._told:
            self._tell()

    @callback
    def _reported(self) -> None:
        coordinator = self._coordinator
        if coordinator is None or not self._begun:
            return
        if self._standing() != self._told:
            self._tell()
        elif coordinator.data.updated & {Group.LIVE, Group.HARMONICS}:
            due = self._told_at + self._interval * (1 - EARLY)
            if Group.HARMONICS in coordinator.data.updated or self._hass.loop.time() >= due:
                self._tell()

    def _standing(self) -> tuple[Any, ...]:
        """What is told at once when it is other than before."""
        coordinator = self._coordinator
        if coordinator is None:
            return (find_meter(self._hass, self._serial) is None,)
        data = coordinator.data
        return data.online, frozenset(group for group in data.failed), self._every()

    def _every(self) -> float | None:
        coordinator = self._coordinator
        if coordinator is None or not isinstance(meter := coordinator.source, Meter):
            return None
        poller = coordinator.config_entry.runtime_data.poller
        period = None if poller is None else poller.period(meter, Group.LIVE)
        return None if period is None else round(period, 2)

    @callback
    def _tell(self) -> None:
        self._told = self._standing()
        if not self._call.sees(Permission.SEE_RAW, self._serial):
            self._subscription.send({"serial": self._serial, "state": "not_allowed"})
            self._subscription.close()
            return
        self._told_at = self._hass.loop.time()
        self._subscription.send(self._event())

    def _event(self) -> dict[str, Any]:
        if (coordinator := self._coordinator) is None:
            gone = find_meter(self._hass, self._serial) is None
            return {"serial": self._serial, "state": "removed" if gone else "loading"}
        data = coordinator.data
        state = "loading" if data.online is None else "online" if data.online else "silent"
        return {
            "serial": self._serial,
            "state": state,
            "every": self._every(),
            "live": _block(coordinator, Group.LIVE),
            "harmonics": self._new_harmonics(coordinator),
        }

    def _new_harmonics(self, coordinator: CsjCoordinator) -> dict[str, Any] | None:
        """Hundreds of values that are told once, when they were read."""
        reading = coordinator.data.readings.get(Group.HARMONICS)
        if not self._harmonics or reading is None or reading.at == self._harmonics_at:
            return None
        self._harmonics_at = reading.at
        return _block(coordinator, Group.HARMONICS)


def _block(coordinator: CsjCoordinator, group: Group) -> dict[str, Any] | None:
    """The last good reading of a block, and why it is not of now where it is not."""
    data = coordinator.data
    if (reading := data.readings.get(group)) is None:
        return None
    error = data.failed.get(group)
    return {
        "at": moment(reading.at),
        "values": {name: plain(value) for name, value in reading.values.items()},
        "error": None if error is None else str(error),
    }
