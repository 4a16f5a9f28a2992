"""Around a command: who may give it, whom it is for, and what unloading the bridge does to it."""

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.coordinator import MeterState
from custom_components.csj_meter.money.prepayment import _PART
from custom_components.csj_meter.prepay.movement import MovementState
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.site.access import Role

from .conftest import Home, subentry_of
from .people import give_role
from .test_controls import act, truth

PREPAID = 2


async def use(home: Home, platform: str, key: str, service: str, context: Context, **data: Any) -> None:
    """Use an entity as somebody."""
    entity_id = home.entity_id(platform, PREPAID, key)
    await home.time.through(
        home.hass.services.async_call(
            platform, service, {"entity_id": entity_id, **data}, blocking=True, context=context
        )
    )


@pytest.mark.parametrize(
    ("platform", "key", "service", "data"),
    [
        ("number", "overdraft_limit", "set_value", {"value": 500_000}),
        ("number", "price_t1", "set_value", {"value": 0}),
        ("select", "relay_mode", "select_option", {"option": "forced_closed"}),
        ("switch", "supply", "turn_off", {}),
        ("switch", "fast_reporting", "turn_off", {}),
        ("switch", "watch_load", "turn_off", {}),
        ("button", "restart", "press", {}),
        ("button", "relay_automatic", "press", {}),
        ("update", "firmware", "install", {"version": "9.9.9"}),
    ],
)
async def test_a_tenant_changes_nothing_on_the_meter(
    opened: Home,
    hass_read_only_user: MockUser,
    platform: str,
    key: str,
    service: str,
    data: dict[str, Any],
) -> None:
    # a user of the group "users": may use entities, does not administer
    hass_read_only_user.mock_policy({"entities": True})
    before = {
        name: value for name, value in truth(opened, PREPAID).items() if name.startswith(("price", "relay"))
    }

    with pytest.raises(Unauthorized):
        await use(opened, platform, key, service, Context(user_id=hass_read_only_user.id), **data)

    after = truth(opened, PREPAID)
    assert {name: after[name] for name in before} == before


async def test_a_technician_may_take_a_sample_and_a_tenant_may_not(
    opened: Home, hass_read_only_user: MockUser
) -> None:
    hass_read_only_user.mock_policy({"entities": True})
    own = [opened.serial(PREPAID)]
    await give_role(opened.hass, hass_read_only_user, Role.TENANT, meters=own)
    with pytest.raises(Unauthorized):
        await use(opened, "button", "take_sample", "press", Context(user_id=hass_read_only_user.id))
    await give_role(opened.hass, hass_read_only_user, Role.TECHNICIAN)
    before = truth(opened, PREPAID)["sequence"]

    await use(opened, "button", "take_sample", "press", Context(user_id=hass_read_only_user.id))

    assert truth(opened, PREPAID)["sequence"] != before


async def test_an_administrator_and_an_automation_may(opened: Home, hass_admin_user: MockUser) -> None:
    await use(opened, "switch", "supply", "turn_off", Context(user_id=hass_admin_user.id))
    assert opened.state("switch", PREPAID, "supply").state == "off"

    await use(opened, "switch", "supply", "turn_on", Context())
    assert opened.state("switch", PREPAID, "supply").state == "on"


async def test_no_command_is_for_whoever_answers_in_the_place_of_the_meter(opened: Home) -> None:
    opened.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=PREPAID, magnitude=1))

    with pytest.raises(HomeAssistantError) as told:
        await act(opened, "switch", PREPAID, "supply", "turn_off")

    assert told.value.translation_key == "foreign_meter"
    assert truth(opened, PREPAID)["relay_contact"] == 1
    assert opened.line.meters[PREPAID].state.wrong_keys == 0


async def test_unloading_waits_for_money_that_is_under_way(opened: Home) -> None:
    device = dr.async_get(opened.hass).async_get_device_by_identifier(
        (DOMAIN, opened.serial(PREPAID)), opened.entry.entry_id
    )
    assert device is not None
    count = truth(opened, PREPAID)["top_up_count"]
    opened.line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=PREPAID, magnitude=0.05))
    top_up = opened.hass.async_create_task(
        opened.hass.services.async_call(
            DOMAIN, "top_up", {"device_id": device.id, "amount": 5}, blocking=True, return_response=True
        )
    )
    await opened.time.run(0.3)
    assert not top_up.done()
    unloading = opened.hass.async_create_task(opened.hass.config_entries.async_unload(opened.entry.entry_id))
    await asyncio.sleep(0)
    with pytest.raises(HomeAssistantError) as told:
        await act(opened, "button", PREPAID, "restart", "press")
    assert told.value.translation_key == "shutting_down"

    assert await opened.time.through(_both(unloading, top_up)) is True

    answer = top_up.result()
    assert answer is not None
    assert answer["state"] == MovementState.DONE.value
    assert truth(opened, PREPAID)["top_up_count"] == int(str(count)) + 1
    # and nothing begins anew behind its back
    await opened.time.run(1000)
    assert opened.hass.data[_PART].open is None
    assert not [task for task in asyncio.all_tasks() if "csj_meter" in task.get_name()]


async def _both(unloading: asyncio.Task[bool], other: asyncio.Task[Any]) -> bool:
    await other
    return await unloading


async def test_every_meter_with_a_wrong_key_is_asked_for_in_its_turn(
    home: Home, everything_enabled: None
) -> None:
    bridge = home.with_meters(
        *(subentry_of(home.line.meters[unit_id], **{CONF_KEY: 7}) for unit_id in (1, PREPAID))
    )
    assert await bridge.set_up()
    await bridge.time.run(30)
    flows = bridge.hass.config_entries.flow

    async def press(unit_id: int) -> None:
        with pytest.raises(HomeAssistantError):
            await act(bridge, "button", unit_id, "restart", "press")
        await bridge.time.run(1)

    await press(1)
    await press(PREPAID)
    (first,) = flows.async_progress()
    flows.async_abort(first["flow_id"])
    await press(PREPAID)

    (second,) = flows.async_progress()
    step = await bridge.time.through(flows.async_configure(second["flow_id"]))
    assert (step["description_placeholders"] or {})["meter"] == f"Home {PREPAID}"
    # each was tried once
    assert [bridge.line.meters[unit_id].state.wrong_keys for unit_id in (1, PREPAID)] == [1, 1]


async def test_what_was_shown_while_a_command_was_under_way_is_no_news_when_it_is_over(opened: Home) -> None:
    coordinator = next(
        one for one in opened.entry.runtime_data.coordinators.values() if one.source.unit_id == PREPAID
    )
    over = asyncio.Event()
    command = opened.hass.async_create_task(coordinator.control.watched(lambda _: over.wait()))
    await opened.time.run(70)
    opened.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=PREPAID))
    await opened.time.run(240)
    assert opened.state("sensor", PREPAID, "active_power").state == STATE_UNAVAILABLE
    told: list[MeterState] = []
    coordinator.async_add_listener(lambda: told.append(coordinator.data))

    over.set()
    await opened.time.run(0)

    assert command.done()
    assert not told
    assert opened.state("sensor", PREPAID, "active_power").state == STATE_UNAVAILABLE


async def test_days_left_come_and_go_with_the_meter(opened: Home) -> None:
    assert opened.state("sensor", PREPAID, "credit_days_left").state != "unavailable"
    opened.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=PREPAID))
    await opened.time.run(300)
    assert opened.state("sensor", PREPAID, "balance").state == "unavailable"
    assert opened.state("sensor", PREPAID, "credit_days_left").state == "unavailable"

    opened.line.faults.clear()
    await opened.time.run(400)
    assert opened.state("sensor", PREPAID, "credit_days_left").state != "unavailable"
