"""Sensors tell what the meters measure, and only as long as they do."""

from __future__ import annotations

from decimal import Decimal
import logging

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.quantities import QUANTITIES, Kind
from custom_components.csj_meter.number import SET_BY_NUMBER
from custom_components.csj_meter.select import RELAY_MODE
from custom_components.csj_meter.simulator import Fault, FaultKind

from .conftest import Home, subentry_of, write_profile

UNITS = (1, 2, 3, 4, 5, 6)

SAMPLE = 5.0
"""Seconds between two samples of a simulated meter."""

NOT_AS_TOLD = {"status", "clock", "uptime", "currency", "sequence"}
"""Quantities that are no sensor, or one that shows something made of them."""

BROKEN_ENERGY = """
extends: csj_3p
drop: [energy]
ranges:
  holding: [0x0000..0x0013, 0x0500..0x0506]
  input: [0x0100..0x0139, 0x0400..0x04B3, 0x0900..0x0901]
groups:
  energy:
    space: input
    energy_import: {at: 0x0900, type: u32, scale: 0.01, rolls_over_at: 1000000}
"""
"""A profile with an energy block where a CSJ meter has none."""

CREDIT_IN_ENERGY = """
extends: csj_3p_prepay
groups:
  prepay:
    space: input
    balance: {at: 0x0300, type: i32, scale: 0.01}
    credit_mode: {at: 0x0302, type: u16, values: {0: energy, 1: money}}
    overdraft_limit: {at: 0x0306, type: u32, scale: 0.01}
"""
"""A profile that takes a meter charged with money for one charged with energy."""


@pytest.mark.parametrize("unit_id", [pytest.param(unit, marks=pytest.mark.meters(unit)) for unit in UNITS])
async def test_every_value_agrees_with_its_meter(bridge: Home, unit_id: int) -> None:
    meter = bridge.line.meters[unit_id]
    serial = bridge.serial(unit_id)
    coordinator = next(
        c for c in bridge.entry.runtime_data.coordinators.values() if c.identity.serial == serial
    )
    await bridge.time.until_multiple_of(SAMPLE)
    for group in coordinator.source.groups:
        await bridge.time.through(coordinator.source.read(group))
    coordinator.report(online=True, failed={}, updated=frozenset(coordinator.source.groups))
    truth = dict(meter.truth())
    truth["load_profile_interval"] = 60 * int(str(truth["load_profile_interval"]))  # it counts minutes

    for name in coordinator.source.quantities - NOT_AS_TOLD:
        quantity, true = QUANTITIES[name], truth[name]
        platform = "number" if name in SET_BY_NUMBER else "select" if name == RELAY_MODE.key else "sensor"
        state = bridge.state(platform, unit_id, name)
        if quantity.items > 1:
            assert isinstance(true, tuple)
            assert float(state.state) == max(item for item in true if item is not None), name
            assert list(state.attributes["levels"].values()) == list(true), name
        elif true is None:
            assert state.state == STATE_UNKNOWN, name
        elif quantity.kind is Kind.CODE:
            assert state.state == list(quantity.words)[int(str(true))], name
        else:
            assert Decimal(state.state) == Decimal(str(true)), name


async def test_values_follow_the_meter(bridge: Home) -> None:
    before = bridge.state("sensor", 2, "energy_import")

    await bridge.time.run(3600)

    after = bridge.state("sensor", 2, "energy_import")
    assert float(after.state) > float(before.state)


async def test_money_has_the_currency_of_the_meter(bridge: Home) -> None:
    balance = bridge.state("sensor", 1, "balance")

    assert balance.attributes[ATTR_UNIT_OF_MEASUREMENT] == "EUR"
    assert balance.attributes["device_class"] == SensorDeviceClass.MONETARY
    assert balance.attributes["state_class"] == SensorStateClass.TOTAL
    assert bridge.state("sensor", 1, "currency").state == "EUR"
    assert bridge.state("number", 1, "price_t1").attributes[ATTR_UNIT_OF_MEASUREMENT] == "EUR/kWh"


async def test_the_energy_price_is_that_of_the_active_tariff(bridge: Home) -> None:
    tariff = bridge.state("sensor", 2, "active_tariff").state

    price = bridge.state("sensor", 2, "energy_price")

    assert Decimal(price.state) == Decimal(str(bridge.line.meters[2].truth()[f"price_t{tariff}"]))
    assert price.attributes[ATTR_UNIT_OF_MEASUREMENT] == "EUR/kWh"


async def test_the_last_start_is_a_moment(bridge: Home) -> None:
    meter = bridge.line.meters[1]

    started = dt_util.parse_datetime(bridge.state("sensor", 1, "uptime").state)

    assert started is not None
    assert abs(started.timestamp() - meter.started_at(bridge.time.wall)) < 10


async def test_the_clock_drift_is_how_far_the_meter_is_ahead(bridge: Home) -> None:
    assert abs(int(bridge.state("sensor", 1, "clock").state)) <= 1


async def test_a_circuit_is_shown_where_one_was_named(bridge: Home) -> None:
    assert bridge.state("sensor", 1, "circuit").state == bridge.line.meters[1].circuit


@pytest.mark.meters(1, 2, 3, 4, 5, 6)
async def test_the_line_and_the_link_of_each_meter_are_measured(bridge: Home) -> None:
    await bridge.time.run(60)

    assert 0 < float(bridge.bridge_state("sensor", "load").state) < 100
    assert 50 < float(bridge.bridge_state("sensor", "efficiency").state) <= 100
    assert int(bridge.bridge_state("sensor", "requests").state) > 6
    assert bridge.bridge_state("sensor", "timeouts").state == "0"
    assert bridge.bridge_state("sensor", "garbled").state == "0"
    for unit_id in UNITS:
        assert float(bridge.state("sensor", unit_id, "success_rate").state) == 100
        assert 15 < float(bridge.state("sensor", unit_id, "round_trip").state) < 400
        last = dt_util.parse_datetime(bridge.state("sensor", unit_id, "last_contact").state)
        assert last is not None
        assert bridge.time.wall - last.timestamp() < 61


async def test_the_figures_of_the_line_change_once_a_minute(bridge: Home, hass: HomeAssistant) -> None:
    seen: set[str] = set()
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"{bridge.entry.entry_id}_requests")
    assert entity_id is not None
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            seen.add(event.data["new_state"].state) if event.data["entity_id"] == entity_id else None
        ),
    )

    await bridge.time.run(180)

    assert 2 <= len(seen) <= 3


async def test_a_dead_meter_takes_its_values_along_and_no_others(
    bridge: Home, caplog: pytest.LogCaptureFixture
) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
    await bridge.time.run(150)

    assert bridge.state("sensor", 2, "active_power").state == STATE_UNAVAILABLE
    assert bridge.state("sensor", 2, "energy_import").state == STATE_UNAVAILABLE
    assert bridge.state("sensor", 2, "energy_price").state == STATE_UNAVAILABLE
    assert bridge.state("binary_sensor", 2, "connectivity").state == "off"
    assert int(bridge.state("sensor", 2, "timeouts").state) >= 3
    assert bridge.state("binary_sensor", 1, "connectivity").state == "on"
    assert float(bridge.state("sensor", 1, "active_power").state)

    bridge.line.faults.clear()
    await bridge.time.run(330)

    assert float(bridge.state("sensor", 2, "active_power").state)
    assert bridge.state("binary_sensor", 2, "connectivity").state == "on"
    ours = [record for record in caplog.records if record.name.startswith("custom_components.csj_meter")]
    warnings = [record for record in ours if record.levelno >= logging.WARNING]
    told = [record for record in warnings if bridge.serial(2) in record.getMessage()]
    assert len(told) == 2, "one line when it goes and one when it returns"


async def test_one_failing_block_leaves_the_others_alone(home: Home) -> None:
    write_profile(home.hass, "moved", BROKEN_ENERGY)
    home = home.with_meters(subentry_of(home.line.meters[3], profile="moved"))
    assert await home.set_up()

    await home.time.run(120)

    assert home.state("sensor", 3, "energy_import").state == STATE_UNAVAILABLE
    assert float(home.state("sensor", 3, "voltage_l1").state) > 200
    assert home.state("binary_sensor", 3, "connectivity").state == "on"


async def test_a_meter_that_has_stopped_measuring_shows_nothing(bridge: Home) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))

    await bridge.time.run(180)

    assert bridge.state("sensor", 1, "active_power").state == STATE_UNAVAILABLE
    assert bridge.state("binary_sensor", 1, "connectivity").state == "on"


async def test_a_meter_that_has_stopped_measuring_shows_nothing_though_the_clock_is_set_back(
    bridge: Home,
) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
    await bridge.time.run(30)

    await bridge.time.step(-3 * 3600)
    await bridge.time.run(180)

    assert bridge.state("sensor", 1, "active_power").state == STATE_UNAVAILABLE


async def test_credit_in_energy_is_counted_in_kwh(home: Home, everything_enabled: None) -> None:
    write_profile(home.hass, "in_energy", CREDIT_IN_ENERGY)
    home = home.with_meters(subentry_of(home.line.meters[1], profile="in_energy"))
    assert await home.set_up()

    await home.time.run(30)

    balance = home.state("sensor", 1, "balance")
    assert balance.attributes[ATTR_UNIT_OF_MEASUREMENT] == "kWh"
    assert balance.attributes["device_class"] == SensorDeviceClass.ENERGY_STORAGE
    assert balance.attributes["state_class"] == SensorStateClass.MEASUREMENT
    limit = home.state("number", 1, "overdraft_limit")
    assert limit.attributes[ATTR_UNIT_OF_MEASUREMENT] == "kWh"


async def test_the_unit_of_money_is_known_before_the_meter_speaks(home: Home) -> None:
    await home.set_up()
    await home.time.run(30)
    assert await home.tear_down()
    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
    home.hass.config.currency = "USD"

    assert await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(30)

    registry = er.async_get(home.hass)
    entity_id = home.entity_id("sensor", 1, "balance")
    assert entity_id is not None
    entry = registry.async_get(entity_id)
    assert entry is not None
    assert entry.unit_of_measurement == "EUR"
    assert home.state_of_entry() == "loaded"
