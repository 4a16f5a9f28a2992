"""Switches, select, numbers and buttons: what they change is changed on the meter, and only that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.csj_meter.meters.quantities import RelayContact, RelayMode
from custom_components.csj_meter.simulator.faults import Fault, FaultKind

from .conftest import Home, subentry_of

PREPAID, PLAIN = 1, 3
"""Unit ids of a prepaid three-phase meter and of one without prepayment."""

pytestmark = pytest.mark.meters(1, 3)


async def act(home: Home, platform: str, unit_id: int, key: str, service: str, **data: Any) -> None:
    """Use an entity the way a person does."""
    entity_id = home.entity_id(platform, unit_id, key)
    assert entity_id is not None, f"meter {unit_id} has no {platform} {key}"
    call = home.hass.services.async_call(
        platform, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    await home.time.through(call)


def truth(home: Home, unit_id: int) -> Mapping[str, object]:
    """How the simulated meter really is."""
    return home.line.meters[unit_id].truth()


async def test_the_supply_is_cut_and_restored(opened: Home) -> None:
    assert opened.state("switch", PREPAID, "supply").state == STATE_ON

    await act(opened, "switch", PREPAID, "supply", "turn_off")

    assert truth(opened, PREPAID)["relay_contact"] == RelayContact.OPEN
    assert opened.state("switch", PREPAID, "supply").state == STATE_OFF
    assert opened.state("binary_sensor", PREPAID, "supply").state == STATE_OFF

    await act(opened, "switch", PREPAID, "supply", "turn_on")

    assert truth(opened, PREPAID)["relay_contact"] == RelayContact.CLOSED
    assert opened.state("switch", PREPAID, "supply").state == STATE_ON


async def test_a_contact_that_does_not_follow_is_an_error_and_not_a_green_switch(opened: Home) -> None:
    opened.line.faults.set(Fault(kind=FaultKind.RELAY_STUCK, unit=PREPAID))

    with pytest.raises(HomeAssistantError) as told:
        await act(opened, "switch", PREPAID, "supply", "turn_off")

    assert told.value.translation_key == "contact_stuck"
    assert opened.state("switch", PREPAID, "supply").state == STATE_ON


async def test_prepayment_decides_again(opened: Home) -> None:
    await act(opened, "select", PREPAID, "relay_mode", "select_option", option="forced_open")
    assert opened.state("select", PREPAID, "relay_mode").state == "forced_open"
    assert opened.state("switch", PREPAID, "supply").state == STATE_OFF

    await act(opened, "button", PREPAID, "relay_automatic", "press")

    assert opened.state("select", PREPAID, "relay_mode").state == "automatic"
    assert opened.state("switch", PREPAID, "supply").state == STATE_ON
    assert truth(opened, PREPAID)["relay_mode"] == RelayMode.AUTOMATIC


async def test_a_meter_that_reports_fast_is_read_fast(opened: Home) -> None:
    await act(opened, "switch", PREPAID, "fast_reporting", "turn_off")
    assert opened.state("switch", PREPAID, "fast_reporting").state == STATE_OFF
    assert opened.state("number", PREPAID, "reporting_interval").state == "60"

    async def reads_a_minute() -> int:
        await opened.time.until_multiple_of(60)
        live = opened.state("sensor", PREPAID, "sequence").last_reported
        reads = 0
        for _ in range(60):
            await opened.time.run(1)
            now = opened.state("sensor", PREPAID, "sequence").last_reported
            reads += now != live
            live = now
        return reads

    assert await reads_a_minute() <= 2

    await act(opened, "switch", PREPAID, "fast_reporting", "turn_on")

    assert truth(opened, PREPAID)["reporting_interval"] == 10
    assert 5 <= await reads_a_minute() <= 7


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("reporting_interval", 30, "30"),
        ("load_profile_interval", 1800, "1800"),
        ("credit_alarm_1", 12.34, "12.34"),
        ("credit_alarm_2", 5, "5.0"),
        ("overdraft_limit", 0, "0.0"),
        ("price_t2", 0.1234, "0.1234"),
    ],
)
async def test_a_setting_is_written_and_read_back(opened: Home, key: str, value: float, shown: str) -> None:
    await act(opened, "number", PREPAID, key, "set_value", value=value)

    told = truth(opened, PREPAID)[key]
    in_minutes = 60 if key == "load_profile_interval" else 1  # the simulated meter counts minutes
    assert float(str(told)) * in_minutes == pytest.approx(value)
    assert opened.state("number", PREPAID, key).state == shown


async def test_a_value_between_two_steps_is_refused_and_changes_nothing(opened: Home) -> None:
    before = truth(opened, PREPAID)["load_profile_interval"]

    with pytest.raises(ServiceValidationError) as told:
        await act(opened, "number", PREPAID, "load_profile_interval", "set_value", value=90)

    assert told.value.translation_key == "refused_value"
    assert truth(opened, PREPAID)["load_profile_interval"] == before


async def test_what_can_be_set_is_not_shown_a_second_time(opened: Home) -> None:
    for key in ("reporting_interval", "credit_alarm_1", "overdraft_limit", "price_t1", "relay_mode"):
        assert opened.entity_id("sensor", PREPAID, key) is None


async def test_a_meter_has_what_it_offers(opened: Home) -> None:
    # no prepayment and no relay
    for platform, key in (("number", "credit_alarm_1"), ("select", "relay_mode"), ("switch", "supply")):
        assert opened.entity_id(platform, PLAIN, key) is None
    # six tariffs
    assert opened.entity_id("number", PREPAID, "price_t6") is not None
    assert opened.entity_id("number", PREPAID, "price_t7") is None


async def test_a_restart_returns_when_the_meter_is_back_and_younger(opened: Home) -> None:
    await opened.time.run(300)
    old = truth(opened, PREPAID)["uptime"]

    await act(opened, "button", PREPAID, "restart", "press")

    young = truth(opened, PREPAID)["uptime"]
    assert float(str(young)) < 30 < float(str(old))
    assert opened.state("sensor", PREPAID, "active_power").state != STATE_UNAVAILABLE


async def test_a_restart_says_when_the_meter_does_not_come_back(opened: Home) -> None:
    started = opened.time.wall
    opened.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=PREPAID, magnitude=1))

    with pytest.raises(HomeAssistantError):
        await act(opened, "button", PREPAID, "restart", "press")

    assert opened.time.wall - started < 60


async def test_a_sample_is_taken_by_the_meter_itself(opened: Home) -> None:
    await act(opened, "number", PREPAID, "reporting_interval", "set_value", value=3600)
    before = truth(opened, PREPAID)["sequence"]

    await act(opened, "button", PREPAID, "take_sample", "press")

    assert truth(opened, PREPAID)["sequence"] != before
    assert opened.state("sensor", PREPAID, "sequence").state == str(truth(opened, PREPAID)["sequence"])


async def test_without_the_key_a_sample_can_be_taken_and_nothing_else(bridge: Home) -> None:
    await act(bridge, "button", PREPAID, "take_sample", "press")

    for platform, key, service, data in (
        ("switch", "supply", "turn_off", {}),
        ("number", "overdraft_limit", "set_value", {"value": 1}),
        ("button", "restart", "press", {}),
    ):
        with pytest.raises(HomeAssistantError) as told:
            await act(bridge, platform, PREPAID, key, service, **data)
        assert told.value.translation_key == "no_key"
    assert bridge.state("sensor", PREPAID, "key_state").state == "missing"
    assert truth(bridge, PREPAID)["relay_contact"] == RelayContact.CLOSED


async def test_a_meter_that_is_only_read_has_nothing_to_command(hass: HomeAssistant, home: Home) -> None:
    reader = subentry_of(home.line.meters[PREPAID])
    bridge = home.with_meters(reader)
    assert await bridge.set_up()
    coordinator = next(iter(bridge.entry.runtime_data.coordinators.values()))
    control = coordinator.control
    assert control is not None
    control.session.meter.profile = replace(control.session.meter.profile, commands=None)

    with pytest.raises(HomeAssistantError) as told:
        await act(bridge, "button", PREPAID, "restart", "press")

    assert told.value.translation_key == "not_offered"
