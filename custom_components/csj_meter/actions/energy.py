"""The action that sets up Home Assistant's Energy dashboard: what meters import, feed in and cost.

It takes the statistics of hours, which are right after outages as well. Nothing that somebody has set up is
changed or taken away; a meter that is there already, by whichever of its statistics, is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import probatio

from ..alerting.meter_target import serial_of
from ..alerting.names import names_of
from ..const import DOMAIN
from ..coordinator import CsjCoordinator
from ..exceptions import wrong
from ..history.hourly_course import COST, COUNTERS
from ..history.statistics import statistic_id
from ..meter_sensors import sensor_of
from ..meters.quantities import TARIFFS
from ..money.prices import told_prices
from ..money.units import counts_energy, currency_of
from ..site_texts import current_texts
from .target import METERS

if TYPE_CHECKING:
    from homeassistant.components.energy.data import EnergyPreferencesUpdate

ENERGY: Final = "energy"

ATTR_CONFIRM: Final = "confirm"

ENERGY_SCHEMA: Final = probatio.Schema(
    {
        **METERS,
        probatio.Optional(ATTR_CONFIRM, default=False): cv.boolean,
    }
)

OF_A_SOURCE: Final = ("stat_energy_from", "stat_energy_to", "stat_rate", "stat_cost")


async def async_set_up_energy_dashboard(call: ServiceCall) -> ServiceResponse:
    """Add the meters to the Energy dashboard, if that is confirmed; what is or would be added.

    Raises ServiceValidationError while the dashboard is not there or what is kept of it is damaged, and when
    nobody would hear what would be done.
    """
    hass = call.hass
    if ENERGY not in hass.config.components:
        raise wrong("energy_not_set_up")
    # only where it is set up
    from homeassistant.components.energy.data import EnergyManager, async_get_manager

    manager = await async_get_manager(hass)
    known = _known(EnergyManager.default_preferences() if manager.data is None else manager.data)
    wanted, there = _wanted(hass, _meters(call), known)
    confirmed: bool = call.data[ATTR_CONFIRM]
    if not confirmed and not call.return_response:
        raise wrong("energy_not_confirmed", count=str(len(wanted)))
    if confirmed and wanted:
        # as the dashboard itself would save them: a source that cannot be is refused
        from homeassistant.components.energy.data import ENERGY_SOURCE_SCHEMA

        try:
            sources = ENERGY_SOURCE_SCHEMA([*known, *wanted])
        except probatio.Invalid as err:
            raise wrong("energy_damaged") from err
        await manager.async_update(cast("EnergyPreferencesUpdate", {"energy_sources": sources}))
    return {
        "done": confirmed,
        "added": cast("list[JsonValueType]", wanted),
        "already_there": cast("list[JsonValueType]", there),
    }


def _known(preferences: object) -> list[dict[str, Any]]:
    """The sources that are set up. Home Assistant takes its file as it is. Raises ServiceValidationError."""
    sources = preferences.get("energy_sources") if isinstance(preferences, dict) else None
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        raise wrong("energy_damaged")
    return [dict(source) for source in sources]


def _meters(call: ServiceCall) -> list[CsjCoordinator]:
    """Those that are meant and set up, in the order of their names. Raises ServiceValidationError."""
    hass = call.hass
    meters = [
        meter
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for meter in entry.runtime_data.coordinators.values()
        if "energy_import" in meter.source.quantities
    ]
    if devices := call.data.get(ATTR_DEVICE_ID):
        serials = {serial_of(hass, device) for device in devices}
        meters = [meter for meter in meters if meter.identity.serial in serials]
        if len(meters) < len(serials):
            raise wrong("no_such_meter")
    if not meters:
        raise wrong("no_bridge_set_up")
    names = names_of(hass)
    return sorted(meters, key=lambda meter: names[meter.identity.serial])


def _wanted(
    hass: HomeAssistant, meters: list[CsjCoordinator], known: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The sources that are to be added, and the names of the meters that are there already."""
    named = (source.get(key) for source in known for key in OF_A_SOURCE)
    taken = {name for name in named if isinstance(name, str)}
    names, wanted, there = names_of(hass), [], []
    for meter in meters:
        name = names[meter.identity.serial]
        if taken & set(_statistics_of(hass, meter.identity.serial)):
            there.append(name)
        else:
            wanted += list(_sources(hass, meter, name))
    return wanted, there


def _statistics_of(hass: HomeAssistant, serial: str) -> Iterator[str]:
    """All statistics that count what a meter counts: of hours, and of its sensors."""
    for key in COUNTERS:
        yield statistic_id(serial, key)
        if (entity_id := sensor_of(hass, serial, key)) is not None:
            yield entity_id


def _sources(hass: HomeAssistant, meter: CsjCoordinator, name: str) -> Iterator[dict[str, Any]]:
    """A connection to the grid, or one for each tariff that is in use; the first has export and power."""
    serial = meter.identity.serial
    is_priced = not counts_energy(meter) and bool(currency_of(meter)) and told_prices(meter) is not None
    used = [
        tariff for tariff in TARIFFS[: meter.identity.tariffs] if _counts(meter, f"energy_import_t{tariff}")
    ]
    first: dict[str, Any] = {}
    if _counts(meter, "energy_export"):
        first["stat_energy_to"] = statistic_id(serial, "energy_export")
    if (power := sensor_of(hass, serial, "active_power")) is not None:
        first["stat_rate"] = power
    if len(used) < 2:
        cost = statistic_id(serial, COST) if is_priced else None
        yield _source(name, statistic_id(serial, "energy_import"), cost) | first
        return
    for tariff in used:
        cost = statistic_id(serial, f"{COST}_t{tariff}") if is_priced else None
        title = current_texts(hass)("insights.energy_source", meter=name, tariff=str(tariff))
        yield _source(title, statistic_id(serial, f"energy_import_t{tariff}"), cost) | first
        first = {}


def _source(name: str, energy: str, cost: str | None) -> dict[str, Any]:
    return {
        "type": "grid",
        "name": name,
        "stat_energy_from": energy,
        "stat_energy_to": None,
        "stat_cost": cost,
        "entity_energy_price": None,
        "number_energy_price": None,
        "stat_compensation": None,
        "entity_energy_price_export": None,
        "number_energy_price_export": None,
        "cost_adjustment_day": 0,
    }


def _counts(meter: CsjCoordinator, counter: str) -> bool:
    """Whether a counter has ever counted anything."""
    value = meter.remembered(counter)
    return isinstance(value, int | float | Decimal) and value > 0
