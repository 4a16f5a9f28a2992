"""What a dashboard is built of: the meters of the caller, what they are, and which entities show it.

A dashboard never guesses the name of an entity: people rename and disable them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import Platform
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..access.doors import standing_of
from ..alerting.names import meters_of, names_of
from ..const import CONF_CIRCUIT, DOMAIN
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.identity import Capability
from ..meters.quantities import PHASES, TARIFFS
from ..site.access import TABLE, Permission
from .bridges import coordinator_of, find_meter, is_loading
from .command import Call
from .meters import identity_of

SOLAR_FROM: Final = 1.0
"""kWh that have flowed back: less is what a meter counts when it is tried out."""

_SENSOR: Final = Platform.SENSOR.value
_BINARY: Final = Platform.BINARY_SENSOR.value

_MEASURED: Final = (
    "active_power",
    *(f"{quantity}_l{phase}" for quantity in ("active_power", "voltage", "current") for phase in PHASES),
    "power_factor",
    "frequency",
    "energy_import",
    "energy_export",
    *(f"energy_import_t{tariff}" for tariff in TARIFFS),
    "active_tariff",
    "usage_today",
    "usage_this_month",
    "usage_trend",
    "expected_usage",
)

_PROBLEMS: Final = ("voltage", "balance", "current", "load", "communication")

OF_METERS: Final[Mapping[Permission, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    Permission.SEE_METERS: ((_SENSOR, _MEASURED), (_BINARY, ("supply", "connectivity"))),
    Permission.SEE_ALERTS: (
        (_SENSOR, ("alert_state",)),
        (_BINARY, tuple(f"{family}_problem" for family in _PROBLEMS)),
        (Platform.EVENT.value, ("alert",)),
    ),
    Permission.SEE_MONEY: (
        (
            _SENSOR,
            (
                "balance",
                "credit_days_left",
                "last_payment",
                "cost_today",
                "cost_this_month",
                "energy_price",
            ),
        ),
        (_BINARY, ("credit_low", "credit_very_low", "arrears")),
    ),
    Permission.SEE_DIAGNOSTICS: (
        (_SENSOR, ("success_rate", "round_trip", "last_contact", "temperature", "key_state")),
        (_BINARY, ("cover_opened", "battery_low", "memory_error", "clock_not_set", "phase_sequence")),
        (Platform.EVENT.value, ("meter_log",)),
    ),
}
"""What it takes to be told of entities of a meter -> those that dashboards use: platform, keys."""

OF_THE_SITE: Final[Mapping[Permission, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    Permission.SEE_ALERTS: ((_SENSOR, ("alert_state",)), (Platform.EVENT.value, ("alert",))),
    Permission.WORK_ORDERS: ((Platform.TODO.value, ("work_orders",)),),
}
"""The same of entities of the whole site, for those who may everywhere."""


async def async_dashboard(call: Call) -> dict[str, Any]:
    """What there is for the caller: everybody may ask, and is told what is theirs."""
    hass = call.hass
    role = standing_of(hass, call.user).role
    return {
        "role": role.value,
        "permissions": {permission.value: scope.value for permission, scope in TABLE[role].items()},
        "loading": is_loading(hass),
        "meters": list(_meters(call)),
        "site": _entities(
            er.async_get(hass),
            "site",
            OF_THE_SITE,
            [permission for permission in OF_THE_SITE if call.visible(permission) is None],
        ),
    }


def _meters(call: Call) -> Iterator[dict[str, Any]]:
    hass = call.hass
    names = names_of(hass)
    visible = {permission: call.visible(permission) for permission in OF_METERS}
    registry, devices = er.async_get(hass), dr.async_get(hass)
    for entry, subentry in meters_of(hass):
        serial = subentry.unique_id
        if serial is None or find_meter(hass, serial) != (entry, subentry):
            continue
        allowed = [permission for permission, theirs in visible.items() if theirs is None or serial in theirs]
        if Permission.SEE_METERS not in allowed:
            continue
        device = devices.async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
        yield {
            "serial": serial,
            "name": names.get(serial, serial),
            "device_id": None if device is None else device.id,
            **_described(entry, subentry),
            "entities": _entities(registry, serial, OF_METERS, allowed),
        }


def _described(entry: CsjConfigEntry, subentry: ConfigSubentry) -> dict[str, Any]:
    coordinator = coordinator_of(entry, subentry)
    identity = identity_of(subentry, coordinator)
    return {
        "circuit": subentry.data.get(CONF_CIRCUIT) or None,
        "phases": identity.phases,
        "tariffs": identity.tariffs,
        "prepay": Capability.PREPAY in identity.capabilities,
        "solar": _feeds_in(coordinator),
    }


def _feeds_in(coordinator: CsjCoordinator | None) -> bool:
    """Whether energy has flowed back: many meters could count it, few have anything to count."""
    energy = None if coordinator is None else coordinator.remembered("energy_export")
    return isinstance(energy, int | float) and energy >= SOLAR_FROM


def _entities(
    registry: er.EntityRegistry,
    owner: str,
    table: Mapping[Permission, tuple[tuple[str, tuple[str, ...]], ...]],
    allowed: list[Permission],
) -> dict[str, dict[str, str]]:
    """Platform -> key -> entity id, of those that are neither disabled nor hidden."""
    found: dict[str, dict[str, str]] = {}
    for permission in allowed:
        for platform, keys in table[permission]:
            for key in keys:
                entity_id = registry.async_get_entity_id(platform, DOMAIN, f"{owner}_{key}")
                entity = None if entity_id is None else registry.async_get(entity_id)
                if entity is not None and not entity.disabled and not entity.hidden:
                    found.setdefault(platform, {})[key] = entity.entity_id
    return found
