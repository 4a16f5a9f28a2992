"""One meter in depth: what it is, what it measures, what it obeys, what is watched, and its money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
import probatio

from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..exceptions import wrong
from ..meter_commands import CommandKind, MeterCommand, commands_of
from ..meters.identity import Identity
from ..meters.quantities import QUANTITIES, TARIFFS, Status
from ..money.plain_data import forecast_data, movement_data
from ..money.units import counts_energy, credit_unit, price_unit
from ..site.access import Permission
from ..site_settings import async_site_settings
from .bridges import coordinator_of, find_meter
from .command import SERIAL, Call
from .limits import limits_of
from .meters import MeterRows, identity_of
from .values import plain

SCHEMA: Final = {probatio.Required("serial"): SERIAL}

CREDIT_STATES: Final = {
    "arrears": Status.ARREARS,
    "very_low": Status.BALANCE_VERY_LOW,
    "low": Status.BALANCE_LOW,
}
"""Word -> bit of the status, the worst first."""

CREDIT: Final = ("overdraft_limit", "credit_alarm_1", "credit_alarm_2", "top_up_count", "last_top_up")
"""Quantities that are told of credit as they are."""


async def async_meter(call: Call) -> dict[str, Any]:
    """All that the caller may know of a meter, as things are now."""
    serial: str = call.data["serial"]
    await call.async_verify(Permission.SEE_METERS, serial=serial)
    if (found := find_meter(call.hass, serial)) is None:
        raise wrong("no_such_meter")
    entry, subentry = found
    row = MeterRows(call).rows()[serial]
    settings = (await async_site_settings(call.hass)).detection
    coordinator = coordinator_of(entry, subentry)
    identity = identity_of(subentry, coordinator)
    measured = frozenset[str]() if coordinator is None else coordinator.source.quantities
    frequency = None if coordinator is None else coordinator.value("frequency")
    diagnostics = coordinator if call.sees(Permission.SEE_DIAGNOSTICS, serial) else None
    limits = limits_of(
        settings,
        identity,
        row["circuit"],
        measured,
        frequency if isinstance(frequency, int | float) else None,
    )
    return {
        "meter": {
            **row,
            "subentry_id": subentry.subentry_id,
            **_nameplate(identity),
            "quantities": [name for name in QUANTITIES if name in measured],
            "commands": [] if coordinator is None else list(_commands(call, coordinator)),
            "limits": limits,
            "clock_drift": None if diagnostics is None else diagnostics.clock_drift,
            "uptime": None if diagnostics is None else plain(diagnostics.value("uptime")),
            "money": await _async_money(call, entry, subentry, coordinator),
        }
    }


def _nameplate(identity: Identity) -> dict[str, Any]:
    return {
        "rated_voltage": identity.rated_voltage,
        "max_current": identity.max_current,
        "ct_ratio": identity.ct_ratio,
        "pt_ratio": identity.pt_ratio,
        "tariffs": identity.tariffs,
        "capabilities": sorted(identity.capabilities),
    }


def _commands(call: Call, coordinator: CsjCoordinator) -> Iterator[dict[str, Any]]:
    """What it obeys, and whether for this caller."""
    serial = coordinator.identity.serial
    money = call.sees(Permission.SEE_MONEY, serial)
    for command in commands_of(coordinator):
        row: dict[str, Any] = {
            "name": command.name,
            "kind": command.kind.value,
            "permission": command.permission.value,
            "allowed": call.sees(command.permission, serial),
        }
        if command.kind is not CommandKind.PRESS:
            hidden = command.permission is Permission.SET_PRICES and not money
            row["value"] = None if hidden else plain(command.value(coordinator))
        yield row | dict(_bounds(command, coordinator))


def _bounds(command: MeterCommand, coordinator: CsjCoordinator) -> Iterator[tuple[str, Any]]:
    if command.kind is CommandKind.SELECT:
        yield "options", list(command.options)
    if (setting := command.setting) is not None:
        yield from (("min", setting.least), ("max", setting.largest), ("step", setting.finest))
        yield "unit", setting.unit(coordinator)


async def _async_money(
    call: Call, entry: CsjConfigEntry, subentry: ConfigSubentry, coordinator: CsjCoordinator | None
) -> dict[str, Any] | None:
    serial = subentry.unique_id
    if (
        coordinator is None
        or serial is None
        or not call.sees(Permission.SEE_MONEY, serial)
        or coordinator.source.group_of("balance") is None
    ):
        return None
    watch = entry.runtime_data.credit
    forecast = None if watch is None else await watch.forecast(coordinator).async_settled()
    newest = None if watch is None else watch.newest(serial)
    return {
        "balance": plain(coordinator.remembered("balance")),
        "unit": credit_unit(coordinator),
        "mode": "energy" if counts_energy(coordinator) else "money",
        "state": _credit_state(coordinator),
        "forecast": None if forecast is None else {"days": forecast.days, **forecast_data(forecast)},
        **{quantity: plain(coordinator.value(quantity)) for quantity in CREDIT},
        "tariff": plain(coordinator.value("active_tariff")),
        "tariffs": [
            {
                "tariff": tariff,
                "price": plain(coordinator.value(f"price_t{tariff}")),
                "price_unit": price_unit(coordinator),
                "energy_import": plain(coordinator.value(f"energy_import_t{tariff}")),
            }
            for tariff in TARIFFS[: coordinator.identity.tariffs]
        ],
        "last_payment": None if newest is None else {"state": newest.state.value, **movement_data(newest)},
    }


def _credit_state(coordinator: CsjCoordinator) -> str | None:
    """The worst that the status says of the credit; None while it says nothing."""
    status = coordinator.value("status")
    told = {word: bit for word, bit in CREDIT_STATES.items() if bit in coordinator.source.status_bits}
    if not isinstance(status, int) or not told:
        return None
    return next((word for word, bit in told.items() if bit & Status(status)), "ok")
