"""Work orders as a to-do list: what technicians tick off is repaired, unless the meter does not agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeassistant.components.todo.const import DOMAIN as TODO
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.alerts.work_orders import LONGEST_SUMMARY
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site.access import Role

from ...alerts.found import found
from ..people import give_role
from .conftest import Site


def the_list(site: Site) -> str:
    entity_id = er.async_get(site.hass).async_get_entity_id(TODO, DOMAIN, "site_work_orders")
    assert entity_id is not None
    return entity_id


async def use(site: Site, action: str, user: MockUser | None = None, **data: Any) -> Any:
    """Use the list the way a person or an automation does."""
    call = site.hass.services.async_call(
        TODO,
        action,
        {"entity_id": the_list(site), **data},
        blocking=True,
        return_response=action == "get_items",
        context=None if user is None else Context(user_id=user.id),
    )
    return await site.home.time.through(call)


async def items(site: Site) -> list[dict[str, Any]]:
    answer = await use(site, "get_items")
    listed: list[dict[str, Any]] = answer[the_list(site)]["items"]
    return listed


def open_count(site: Site) -> str:
    state = site.hass.states.get(the_list(site))
    assert state is not None
    return state.state


@pytest.fixture
async def ada(site: Site) -> MockUser:
    """A technician."""
    user = MockUser(name="Ada").add_to_hass(site.hass)
    user.mock_policy({"entities": True})
    await give_role(site.hass, user, Role.TECHNICIAN)
    return user


async def test_a_critical_alert_is_an_item_that_says_what_to_do(site: Site) -> None:
    assert open_count(site) == "0"

    await site.find(found(site.home.serial(1)))

    (item,) = await items(site)
    assert open_count(site) == "1"
    assert (item["uid"], item["status"]) == ("WO-0001", "needs_action")
    assert item["summary"] == "Critical: Voltage sag, Home 1"
    assert item["description"].startswith("171 V at phase 1;")
    assert "due" not in item


async def test_the_list_is_on_the_device_of_the_bridge(site: Site) -> None:
    entity = er.async_get(site.hass).async_get(the_list(site))
    assert entity is not None
    assert entity.device_id is not None
    device = dr.async_get(site.hass).async_get(entity.device_id)

    assert device is not None
    assert (DOMAIN, site.home.entry.entry_id) in device.identifiers


async def test_an_item_that_is_done_says_that_its_alert_is_repaired_and_by_whom(
    site: Site, ada: MockUser
) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial))

    await use(site, "update_item", ada, item="WO-0001", status="completed")

    assert open_count(site) == "0"
    assert [item["status"] for item in await items(site)] == ["completed"]
    assert site.told == [f"{step} {serial}" for step in ("raised", "confirmed", "cleared")]
    assert (site.events[-1]["by"], site.events[-1]["repaired_by"]) == ("Ada", "Ada")
    assert site.alerting.work_orders.get(1).completed_by == "Ada"


async def test_what_was_said_to_be_repaired_and_is_not_comes_back(site: Site, ada: MockUser) -> None:
    serial = await site.sag()
    order = next(order for order in site.alerting.work_orders.orders if "Voltage sag" in order.summary)
    assert order.alert is not None
    alert = site.alerting.desk.get(order.alert)

    await use(site, "update_item", ada, item=order.name, status="completed")
    assert alert.id not in {one.id for one in site.alerting.active_of(serial)}
    await site.home.time.run(20 * 60)

    assert site.alerting.desk.get(alert.id).state is not AlertState.CLEARED
    assert "not_repaired" in {event["cause"] for event in site.events if event["alert_id"] == alert.id}


async def test_an_item_that_is_not_done_after_all_brings_its_alert_back_at_once(
    site: Site, ada: MockUser
) -> None:
    await site.sag()
    order = next(order for order in site.alerting.work_orders.orders if "Voltage sag" in order.summary)
    assert order.alert is not None
    await use(site, "update_item", ada, item=order.name, status="completed")
    await site.home.time.run(130)
    assert not site.alerting.desk.get(order.alert).is_open

    await use(site, "update_item", ada, item=order.name, status="needs_action")

    assert site.alerting.desk.get(order.alert).is_active
    assert site.alerting.work_orders.get(order.number).is_open


async def test_somebody_writes_one_down_that_is_about_no_alert(site: Site, ada: MockUser) -> None:
    due = "2026-11-03T08:30:00+00:00"

    await use(site, "add_item", ada, item="Seal the cabinet", description="Lead seals.", due_datetime=due)

    order = site.alerting.work_orders.get(1)
    assert (order.summary, order.description, order.created_by) == ("Seal the cabinet", "Lead seals.", "Ada")
    assert order.due_at == dt.datetime(2026, 11, 3, 8, 30, tzinfo=dt.UTC)
    assert (order.alert, order.is_open) == (None, True)
    (item,) = await items(site)
    assert dt.datetime.fromisoformat(item["due"]) == order.due_at


async def test_due_times_without_a_zone_are_by_the_clock_on_the_wall(site: Site) -> None:
    await site.hass.config.async_set_time_zone("America/New_York")

    await use(site, "add_item", item="Seal the cabinet", due_datetime="2026-11-03 08:30:00")

    assert site.alerting.work_orders.get(1).due_at == dt.datetime(2026, 11, 3, 13, 30, tzinfo=dt.UTC)
    assert site.alerting.work_orders.get(1).created_by == "automation"


async def test_other_words_leave_the_alert_alone(site: Site) -> None:
    await site.find(found(site.home.serial(1)))

    await use(site, "update_item", item="WO-0001", rename="See to Home 1", description="Ring twice.")

    order = site.alerting.work_orders.get(1)
    assert (order.summary, order.description, order.is_open) == ("See to Home 1", "Ring twice.", True)
    (alert,) = site.alerting.active_of(site.home.serial(1))
    assert (alert.state, alert.ticket) == (AlertState.CONFIRMED, "WO-0001")
    await use(site, "update_item", item="WO-0001", description=None)
    assert site.alerting.work_orders.get(1).description == ""


async def test_words_and_status_can_change_at_once(site: Site) -> None:
    await use(site, "add_item", item="Seal the cabinet")

    await use(site, "update_item", item="WO-0001", rename="Cabinet sealed", status="completed")

    order = site.alerting.work_orders.get(1)
    assert (order.summary, order.is_open) == ("Cabinet sealed", False)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ({"item": "x" * (LONGEST_SUMMARY + 1)}, "work_order_too_long"),
        ({"item": "x", "description": "y" * 4001}, "work_order_too_long"),
        ({"item": "one line\nand another"}, "work_order_summary"),
    ],
)
async def test_words_that_do_not_fit_are_refused(site: Site, text: dict[str, str], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await use(site, "add_item", **text)

    assert refused.value.translation_key == key
    assert site.alerting.work_orders.orders == []


async def test_work_orders_are_records_and_cannot_be_deleted(site: Site) -> None:
    await use(site, "add_item", item="Seal the cabinet")

    with pytest.raises(HomeAssistantError):
        await use(site, "remove_item", item="WO-0001")

    assert open_count(site) == "1"


async def test_after_a_restart_they_are_all_there_at_once(site: Site) -> None:
    await use(site, "add_item", item="Seal the cabinet")
    await use(site, "add_item", item="Paint the cabinet")
    await use(site, "update_item", item="WO-0001", status="completed")

    await site.restart()

    assert [(item["uid"], item["status"]) for item in await items(site)] == [
        ("WO-0001", "completed"),
        ("WO-0002", "needs_action"),
    ]
    assert open_count(site) == "1"


async def test_a_warning_opens_none_by_itself(site: Site) -> None:
    await site.find(found(site.home.serial(1), severity=Severity.WARNING))

    assert await items(site) == []
