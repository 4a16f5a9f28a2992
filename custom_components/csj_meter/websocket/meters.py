"""The list of meters: what each shows now, its balance, its contact, its health and its alerts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..alerting.alerting import current_alerting
from ..alerting.names import meters_of, names_of
from ..alerting.status import SIGNAL_ALERTS
from ..alerts.alert import Alert
from ..const import CONF_CIRCUIT, CONF_IDENTITY, CONF_PROFILE, CONF_UNIT_ID, DOMAIN
from ..coordinator import CsjConfigEntry, CsjCoordinator, UnitFigures
from ..meters.identity import Identity
from ..meters.quantities import PHASES, STATUS_BITS, Status
from ..meters.reading import Group
from ..money.units import credit_unit
from ..site.access import Permission
from .bridges import coordinator_of, find_meter, follow_bridges, listen_to_meters
from .command import Call
from .list_view import ListView, Rows
from .values import moment, plain

SHOWN: Final = (
    "active_power",
    *(f"voltage_l{phase}" for phase in PHASES),
    *(f"current_l{phase}" for phase in PHASES),
    "power_factor",
    "frequency",
    "energy_import",
)
"""Quantities of a row."""

ENTRY_STATES: Final = {
    ConfigEntryState.NOT_LOADED: "loading",
    ConfigEntryState.SETUP_IN_PROGRESS: "loading",
    ConfigEntryState.UNLOAD_IN_PROGRESS: "loading",
    ConfigEntryState.LOADED: "loading",  # the meter is just joining
    ConfigEntryState.SETUP_RETRY: "link_down",
}
"""State of a bridge that is not at work -> what that makes of its meters; all others have failed."""


class MeterRows:
    """The rows that one caller sees, as things are now."""

    def __init__(self, call: Call) -> None:
        """For whoever has given a command."""
        self._hass = call.hass
        self._call = call

    def rows(self) -> Rows:
        """Serial number -> row. Of a bridge that is being set up the meters say that they are loading."""
        call, hass = self._call, self._hass
        seen = call.visible(Permission.SEE_METERS)
        self._money = call.visible(Permission.SEE_MONEY)
        self._diagnostics = call.visible(Permission.SEE_DIAGNOSTICS)
        self._alerts = call.visible(Permission.SEE_ALERTS)
        self._names = names_of(hass)
        found = {}
        for entry, subentry in meters_of(hass):
            serial = subentry.unique_id
            if serial is None or (seen is not None and serial not in seen):
                continue
            if find_meter(hass, serial) == (entry, subentry):
                found[serial] = self._row(entry, subentry, serial)
        return found

    def _row(self, entry: CsjConfigEntry, subentry: ConfigSubentry, serial: str) -> dict[str, Any]:
        coordinator = coordinator_of(entry, subentry)
        identity = identity_of(subentry, coordinator)
        device = dr.async_get(self._hass).async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
        figures = _figures(entry, subentry)
        return {
            "serial": serial,
            "name": self._names.get(serial, serial),
            "circuit": subentry.data.get(CONF_CIRCUIT) or None,
            "device_id": None if device is None else device.id,
            "bridge": entry.entry_id,
            "bridge_name": entry.title,
            "manufacturer": identity.manufacturer,
            "model": identity.model,
            "phases": identity.phases,
            "state": _state(entry, coordinator),
            "values": {} if coordinator is None else dict(_values(coordinator)),
            "measured_at": None if coordinator is None else _measured_at(coordinator),
            "last_contact": moment(figures.last_contact),
            "balance": _balance(coordinator) if _may(self._money, serial) else None,
            "health": (
                _health(subentry, identity, coordinator, figures) if _may(self._diagnostics, serial) else None
            ),
            "alerts": self._alert_state(serial) if _may(self._alerts, serial) else None,
        }

    def _alert_state(self, serial: str) -> dict[str, Any] | None:
        if (alerting := current_alerting(self._hass)) is None:
            return None
        active: list[Alert] = alerting.active_of(serial)
        return {
            "active": len(active),
            "severity": active[0].severity.value if active else None,
            "alert_ids": [alert.id for alert in active],
            "titles": [alerting.wording.title(alert) for alert in active],
        }


def identity_of(subentry: ConfigSubentry, coordinator: CsjCoordinator | None) -> Identity:
    """Who a meter is: as it said last while its bridge is set up, else as it was kept."""
    if coordinator is None:
        return Identity.from_dict(subentry.data[CONF_IDENTITY])
    return coordinator.identity


def _may(visible: frozenset[str] | None, serial: str) -> bool:
    return visible is None or serial in visible


def _state(entry: CsjConfigEntry, coordinator: CsjCoordinator | None) -> str:
    """How a meter stands, in one word."""
    if entry.disabled_by is not None:
        return "disabled"
    if coordinator is None:
        return ENTRY_STATES.get(entry.state, "failed")
    if coordinator.data.online is None:
        return "loading"
    return "online" if coordinator.data.online else "silent"


def _values(coordinator: CsjCoordinator) -> Iterator[tuple[str, Any]]:
    """What it shows now; nothing of a block that fails."""
    for quantity in SHOWN:
        group = coordinator.source.group_of(quantity)
        if group is not None:
            shown = coordinator.data.shows(group)
            yield quantity, plain(coordinator.value(quantity)) if shown else None


def _measured_at(coordinator: CsjCoordinator) -> str | None:
    reading = coordinator.data.readings.get(Group.LIVE)
    return None if reading is None else moment(reading.at)


def _balance(coordinator: CsjCoordinator | None) -> dict[str, Any] | None:
    if coordinator is None or coordinator.source.group_of("balance") is None:
        return None
    return {"value": plain(coordinator.remembered("balance")), "unit": credit_unit(coordinator)}


def _figures(entry: CsjConfigEntry, subentry: ConfigSubentry) -> UnitFigures:
    """How well the talk with a meter goes, as the line tells it once a minute."""
    if entry.state is not ConfigEntryState.LOADED or (line := entry.runtime_data.line) is None:
        return UnitFigures()
    return line.data.units.get(subentry.data.get(CONF_UNIT_ID, -1), UnitFigures())


def _health(
    subentry: ConfigSubentry, identity: Identity, coordinator: CsjCoordinator | None, figures: UnitFigures
) -> dict[str, Any]:
    """What a technician looks at first."""
    status = None if coordinator is None else coordinator.value("status")
    control = None if coordinator is None else coordinator.control
    failed = {} if coordinator is None else coordinator.data.failed
    return {
        "unit_id": subentry.data.get(CONF_UNIT_ID),
        "profile": subentry.data.get(CONF_PROFILE),
        "firmware": identity.firmware,
        "hardware": identity.hardware,
        "success_rate": figures.success_rate,
        "round_trip": figures.round_trip,
        "requests": figures.requests,
        "timeouts": figures.timeouts,
        "garbled": figures.garbled,
        "battery_voltage": None if coordinator is None else plain(coordinator.value("battery_voltage")),
        "temperature": None if coordinator is None else plain(coordinator.value("temperature")),
        "reporting_interval": None if coordinator is None else plain(coordinator.value("reporting_interval")),
        "status": (
            [word for word, bit in STATUS_BITS.items() if bit & Status(status)]
            if isinstance(status, int)
            else None
        ),
        "commands": control is not None,
        "key": None if control is None else control.session.key_state.value,
        "failed": {group.value: str(error) for group, error in failed.items()},
    }


async def async_list(call: Call) -> dict[str, Any]:
    """All meters that the caller sees, once."""
    await call.async_verify_some(Permission.SEE_METERS)
    return {"meters": list(MeterRows(call).rows().values())}


async def async_subscribe(call: Call) -> None:
    """The same, and what changes."""
    await call.async_verify_some(Permission.SEE_METERS)
    subscription = call.subscribed
    view = ListView(call.hass, subscription, "meters", MeterRows(call).rows)
    follow_bridges(call.hass, subscription, listen_to_meters(view.ask), view.ask)
    subscription.on_close(listen_to_alerts(call.hass, view))


def listen_to_alerts(hass: HomeAssistant, view: ListView) -> Any:
    """Ask a view to look when alerts or work orders are other than before."""
    return async_dispatcher_connect(hass, SIGNAL_ALERTS, view.ask)
