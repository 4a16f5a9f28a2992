"""The file that a person attaches to a bug report: everything about the line, nothing about them.

Serial numbers, addresses and money are left out, also of the registers, which are there as words so
that a profile can be checked against the maker's manual. Of alerts it is told what they are and how their
messages fared, not whom they concern and who was told. Of a bridge that is not set up it is told what is
stored and which profiles cannot be used: there is no line, and nothing of the site is opened for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .alerting.alerting import async_alerting
from .alerts.message import Message
from .alerts.settings import AlertSettings
from .bus.errors import BusError, UnitError
from .bus.statistics import UnitStatistics
from .const import CONF_UNIT_ID, DOMAIN, SUBENTRY_METER
from .coordinator import CsjConfigEntry, CsjCoordinator
from .detection.detection import Detection, async_detection
from .detection.status import MeterView
from .history.telemetry import async_telemetry
from .library import profile_folder
from .meters.meter import Meter
from .meters.profile import Profile
from .meters.profile_loader import ProfileLibrary
from .meters.quantities import QUANTITIES, Kind
from .site_settings import async_site_settings

TO_REDACT: Final = frozenset(
    {"serial", "host", "mac", "device", "registration", "unique_id", "entity_id", "key", "circuit"}
)
"""Keys of stored data that tell who or where, or open something."""

ALERTS_TO_REDACT: Final = frozenset(
    {
        "address",
        "channels",
        "circuits",
        "fallback",
        "id",
        "meters",
        "name",
        "person",
        "target",
        "user",
        "webhook_secret",
        "webhook_url",
    }
)
"""Keys of the settings of alerts that tell who is told of what, and where."""

MOST_MESSAGES: Final = 50
"""Messages whose fate is told, the newest."""

REDACTED_KINDS: Final = frozenset({Kind.MONEY})
"""Quantities that are nobody else's business."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: CsjConfigEntry) -> dict[str, Any]:
    """The bridge with all its meters."""
    if entry.state is not ConfigEntryState.LOADED:
        meters = entry.get_subentries_of_type(SUBENTRY_METER)
        return await _stored(hass, entry) | {"meters": [_subentry(meter) for meter in meters]}
    runtime = entry.runtime_data
    detection = await async_detection(hass)
    return {
        "entry": _entry(entry),
        "profiles": _profiles(runtime.library),
        "line": _line(entry),
        "telemetry": await _telemetry(hass),
        "detection": asdict(detection.status),
        "alerts": await _alerts(hass),
        "meters": [
            await _meter(entry, coordinator, detection) for coordinator in runtime.coordinators.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: CsjConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """One meter; of the bridge's device its line."""
    if entry.state is not ConfigEntryState.LOADED:
        told = await _stored(hass, entry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            if (DOMAIN, subentry.unique_id) in device.identifiers:
                return told | {"meter": _subentry(subentry)}
        return told
    detection = await async_detection(hass)
    for coordinator in entry.runtime_data.coordinators.values():
        if (DOMAIN, coordinator.identity.serial) in device.identifiers:
            return {"line": _line(entry), "meter": await _meter(entry, coordinator, detection)}
    return {"line": _line(entry)}


async def _stored(hass: HomeAssistant, entry: CsjConfigEntry) -> dict[str, Any]:
    """What is known of a bridge that is not set up, without its meters."""
    library = await hass.async_add_executor_job(ProfileLibrary.load, profile_folder(hass))
    return {"entry": _entry(entry), "profiles": _profiles(library)}


def _entry(entry: CsjConfigEntry) -> dict[str, Any]:
    """What is stored of the bridge, and how it stands; the reason may hold an address, its key does not."""
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "disabled_by": entry.disabled_by,
        "data": async_redact_data(dict(entry.data), TO_REDACT),
        "options": async_redact_data(dict(entry.options), TO_REDACT),
    }


def _subentry(subentry: ConfigSubentry) -> dict[str, Any]:
    """What is stored of a meter."""
    return {"subentry": async_redact_data(dict(subentry.data), TO_REDACT)}


def _profiles(library: ProfileLibrary) -> dict[str, Any]:
    """The profiles that there are, and what is wrong with others."""
    return {
        "loaded": {name: _profile(profile) for name, profile in library.profiles.items()},
        "broken": [
            {"line": error.line, "problem": error.problem, "remedy": error.remedy} for error in library.errors
        ],
    }


async def _telemetry(hass: HomeAssistant) -> dict[str, Any]:
    """How measurements are kept, and how that goes; not where, nor in the words of the database."""
    settings = (await async_site_settings(hass)).telemetry
    status = asdict((await async_telemetry(hass)).status)
    del status["database"], status["last_error"]
    return status | {
        "raw_days": settings.raw_days,
        "aggregate_months": settings.aggregate_months,
        "own_file": settings.database_url is None,
    }


async def _alerts(hass: HomeAssistant) -> dict[str, Any]:
    """How alerts stand, by which settings, and how the last messages fared."""
    alerting = await async_alerting(hass)
    settings = (await async_site_settings(hass)).alerts
    stored = settings.as_dict()
    status = asdict(alerting.status)
    # the names of channels are those of people, and what they met may hold an address
    status["failing"] = len(status["failing"])
    orders = alerting.work_orders.orders
    messages = sorted(alerting.desk.outbox, key=lambda message: message.created_at, reverse=True)
    return {
        "status": status,
        "counts": {
            "states": Counter(alert.state.value for alert in alerting.desk.alerts),
            "kinds": Counter(alert.kind.value for alert in alerting.desk.active),
            "areas": sum(1 for alert in alerting.desk.active if alert.is_area),
            "drills": sum(1 for alert in alerting.desk.active if alert.drill),
            "messages": Counter(message.state.value for message in messages),
            "work_orders": len(orders),
            "open_work_orders": sum(1 for order in orders if order.is_open),
        },
        "settings": async_redact_data(stored, ALERTS_TO_REDACT - {"channels"})
        | {
            "channels": [async_redact_data(channel, ALERTS_TO_REDACT) for channel in stored["channels"]],
            "routes": [async_redact_data(route, ALERTS_TO_REDACT) for route in stored["routes"]],
            "summary": async_redact_data(stored["summary"], ALERTS_TO_REDACT),
        },
        "messages": [_message(message, settings) for message in messages[:MOST_MESSAGES]],
    }


def _message(message: Message, settings: AlertSettings) -> dict[str, Any]:
    """How far a message has got; neither its text nor who it is for."""
    channel = settings.channel(message.channel)
    return {
        "medium": None if channel is None else channel.medium.value,
        "reason": message.reason.value,
        "severity": None if message.severity is None else message.severity.value,
        "alerts": len(message.alerts),
        "created_at": message.created_at,
        "not_before": message.not_before,
        "state": message.state.value,
        "attempts": message.attempts,
        "settled_at": message.settled_at,
        "failed": message.error is not None,
        "stands_in": message.stands_in_for is not None,
        "drill": message.drill,
    }


def _detection(view: MeterView) -> dict[str, Any]:
    """What was found of a meter; not what its neighbours say, who are somebody else's."""
    return {
        "watched": view.watched,
        "known_days": view.known_days,
        "scores": dict(view.scores),
        "findings": [
            {
                "kind": finding.kind,
                "state": finding.state,
                "severity": finding.severity,
                "since": finding.since,
            }
            for finding in view.findings
        ],
    }


def _line(entry: CsjConfigEntry) -> dict[str, Any] | None:
    """Timing and statistics of the line."""
    runtime = entry.runtime_data
    if runtime.bus is None or runtime.line is None:
        return None
    figures = runtime.line.data
    return {
        "up": runtime.line.up,
        "timing": asdict(runtime.bus.timing),
        "load": runtime.bus.load,
        "efficiency": runtime.bus.statistics.efficiency,
        "total": asdict(figures.total),
    }


async def _meter(entry: CsjConfigEntry, coordinator: CsjCoordinator, detection: Detection) -> dict[str, Any]:
    """Who it is, how it is read, what it said, how the talk went and what was found."""
    state = coordinator.data
    told = _subentry(coordinator.subentry) | {
        "identity": async_redact_data(coordinator.identity.as_dict(), TO_REDACT),
        "online": state.online,
        "failed": {group.value: type(error).__name__ for group, error in state.failed.items()},
        "readings": {
            group.value: {"at": reading.at, "values": _values(reading.values)}
            for group, reading in state.readings.items()
        },
        "detection": _detection(detection.view(coordinator.identity.serial)),
    }
    runtime = entry.runtime_data
    if runtime.bus is not None and isinstance(meter := coordinator.source, Meter):
        statistics = runtime.bus.statistics.unit(coordinator.subentry.data[CONF_UNIT_ID])
        told |= {
            "profile": _profile(meter.profile),
            "plan": {group.value: meter.plan(group).blocks for group in meter.groups},
            "registers": await _registers(meter, online=bool(state.online)),
            "statistics": _statistics(statistics),
        }
    return told


async def _registers(meter: Meter, *, online: bool) -> dict[str, Any]:
    """The words of each group, or why there are none."""
    if not online:
        return {"not read": "the meter does not answer"}
    told: dict[str, Any] = {}
    for group in meter.groups:
        secret = {
            (field.space, address)
            for field in meter.plan(group).fields
            if _private(field.quantity)
            for address in range(field.address, field.address + field.registers)
        }
        try:
            spaces = await meter.read_raw(group)
        except BusError as err:
            # what is said of the line names its address
            told[group.value] = {"not read": str(err) if isinstance(err, UnitError) else type(err).__name__}
            continue
        told[group.value] = {
            space: {
                f"{address:#06x}": REDACTED if (space, address) in secret else f"{word:#06x}"
                for address, word in words.items()
            }
            for space, words in spaces.items()
        }
    return told


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a reading that may leave the house."""
    return {name: REDACTED if _private(name) else value for name, value in values.items()}


def _private(name: str) -> bool:
    quantity = QUANTITIES.get(name)
    return name in TO_REDACT or (quantity is not None and quantity.kind in REDACTED_KINDS)


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "manufacturer": profile.manufacturer,
        "model": profile.model,
        "source": profile.source,
        "verified": profile.verified,
    }


def _statistics(statistics: UnitStatistics) -> dict[str, Any]:
    counted = asdict(statistics)
    del counted["round_trips"], counted["turnarounds"]
    return counted | {
        "success_rate": statistics.success_rate,
        "round_trip_mean": statistics.round_trip_mean,
        "round_trip_p95": statistics.round_trip_p95,
        "turnaround": statistics.turnaround,
    }
