"""Actions for alerts, as automations and people call them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
import datetime as dt
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.alerting.keeping import ALERTS_FILE
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site.access import Role

from ...alerts.found import found
from ..alerting.automations import device_id
from ..alerting.conftest import Site, site as site_fixture
from ..people import give_role

site = site_fixture

type Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def call(site: Site) -> Call:
    """Call an action the way automations do."""

    async def do(action: str, context: Context | None = None, **data: Any) -> dict[str, Any]:
        services = site.hass.services
        answer = await site.home.time.through(
            services.async_call(DOMAIN, action, data, blocking=True, context=context, return_response=True)
        )
        return dict(answer or {})

    return do


async def happen(site: Site, unit: int = 1, **how: Any) -> str:
    """Let an alert of a meter be confirmed; its id."""
    await site.find(found(site.home.serial(unit), **how))
    return site.alerting.desk.alerts[0].id


async def test_an_alert_is_acknowledged_in_the_name_of_who_calls(
    site: Site, call: Call, hass_read_only_user: MockUser
) -> None:
    alert = await happen(site)
    hass_read_only_user.name = "Ada"
    await give_role(site.hass, hass_read_only_user, Role.TENANT, meters=[site.home.serial(1)])
    answer = await call("acknowledge_alert", Context(user_id=hass_read_only_user.id), alert_id=alert)

    assert site.alerting.desk.get(alert).acknowledged_by == "Ada"
    assert (answer["state"], answer["acknowledged_by"]) == ("acknowledged", "Ada")
    assert site.events[-1]["by"] == "Ada"


async def test_without_a_user_an_automation_has_done_it(site: Site, call: Call) -> None:
    alert = await happen(site)
    answer = await call("report_false_alarm", alert_id=alert)

    assert answer["state"] == "false_alarm"
    assert answer["false_alarm_by"] == "automation"


async def test_an_alert_is_shelved_for_a_while(site: Site, call: Call) -> None:
    alert = await happen(site)
    answer = await call("shelve_alert", alert_id=alert, duration={"days": 7})

    assert site.alerting.desk.get(alert).state is AlertState.SHELVED
    until = dt.datetime.fromisoformat(answer["shelved_until"])
    assert abs(until - dt_util.utcnow() - dt.timedelta(days=7)) < dt.timedelta(seconds=1)


@pytest.mark.parametrize("duration", [{"days": 7, "seconds": 1}, {"seconds": 0}])
async def test_nobody_shelves_for_longer_than_a_week(
    site: Site, call: Call, duration: dict[str, int]
) -> None:
    alert = await happen(site)
    with pytest.raises(ServiceValidationError) as refused:
        await call("shelve_alert", alert_id=alert, duration=duration)

    assert refused.value.translation_key == "shelving_too_long"
    assert "shorter" not in str(refused.value), "it may have been none at all"
    assert site.alerting.desk.get(alert).state is AlertState.CONFIRMED


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("acknowledge_alert", {}),
        ("report_false_alarm", {}),
        ("shelve_alert", {"duration": {"hours": 1}}),
        ("create_work_order", {}),
    ],
)
async def test_an_alert_that_nobody_knows_is_said_so(
    site: Site, call: Call, action: str, more: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await call(action, alert_id="0000000000000000", **more)

    assert refused.value.translation_key == "no_such_alert"


async def test_what_is_only_suspected_cannot_be_acknowledged(site: Site, call: Call) -> None:
    alert = await happen(site, state=State.SUSPECTED)
    with pytest.raises(ServiceValidationError) as refused:
        await call("acknowledge_alert", alert_id=alert)

    assert refused.value.translation_key == "alert_not_active"


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("acknowledge_alert", {"alert_id": "a"}),
        ("report_false_alarm", {"alert_id": "a"}),
        ("shelve_alert", {"alert_id": "a", "duration": {"hours": 1}}),
        ("create_work_order", {"alert_id": "a"}),
        ("get_alerts", {}),
        ("send_summary", {}),
        ("fire_drill", {"device_id": "d", "kind": "leak"}),
    ],
)
async def test_to_whom_nobody_has_given_a_role_may_do_nothing(
    site: Site, call: Call, action: str, data: dict[str, Any], hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await call(action, Context(user_id=hass_read_only_user.id), **data)


@pytest.mark.meters(1, 2, 3)
async def test_somebody_is_told_of_what_is_theirs_and_of_no_neighbour(
    site: Site, call: Call, hass_read_only_user: MockUser
) -> None:
    home = site.home
    findings = [
        found(home.serial(unit), kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row") for unit in (1, 2)
    ]
    await site.find(*findings)
    await happen(site, 3, circuit="Oak Row")
    await give_role(site.hass, hass_read_only_user, Role.TENANT, meters=[home.serial(1)])
    tenant = Context(user_id=hass_read_only_user.id)

    for answer in (
        await call("get_alerts", tenant),
        await call("get_alerts", tenant, device_id=device_id(home, 1)),
    ):
        alerts = {alert["name"]: alert for alert in answer["alerts"]}
        assert set(alerts) == {"Home 1", "circuit Elm Row"}
        assert [one["name"] for one in alerts["circuit Elm Row"]["members"]] == ["Home 1"]
        assert "Home 2" not in alerts["circuit Elm Row"]["message"]
    for named in ({"device_id": device_id(home, 2)}, {"circuit": "Elm Row"}):
        with pytest.raises(Unauthorized):
            await call("get_alerts", tenant, **named)


async def test_without_a_bridge_there_are_no_alerts(site: Site, call: Call) -> None:
    assert await site.home.tear_down()
    with pytest.raises(ServiceValidationError) as refused:
        await call("get_alerts")

    assert refused.value.translation_key == "no_bridge_set_up"


# work orders


async def test_a_work_order_is_opened_for_an_alert_once(site: Site, call: Call) -> None:
    alert = await happen(site, severity=Severity.WARNING)
    first = await call("create_work_order", alert_id=alert)
    again = await call("create_work_order", alert_id=alert)

    assert first == again
    assert first["work_order"] == "WO-0001"
    assert first["alert_id"] == alert
    assert first["serial"] == site.home.serial(1)
    assert first["summary"] == "Warning: Voltage sag, Home 1"
    assert first["created_by"] == "automation"
    assert site.alerting.desk.get(alert).ticket == "WO-0001"


async def test_a_work_order_is_written_by_hand_for_a_meter(site: Site, call: Call) -> None:
    answer = await call(
        "create_work_order",
        device_id=device_id(site.home, 2),
        summary="Tighten the terminals",
        description="The cover is warm.",
    )

    [order] = site.alerting.work_orders.orders
    assert answer["work_order"] == order.name == "WO-0001"
    assert (order.serial, order.alert) == (site.home.serial(2), None)
    assert (order.summary, order.description) == ("Tighten the terminals", "The cover is warm.")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "work_order_for_nothing"),
        ({"summary": "Look"}, "work_order_for_nothing"),
        ({"alert_id": "a", "summary": "Look"}, "work_order_for_both"),
        ({"alert_id": "a", "description": "It hums"}, "work_order_for_both"),
        ({"device_id": "nothing of ours", "summary": "Look"}, "no_such_meter"),
    ],
)
async def test_a_work_order_is_for_one_thing(
    site: Site, call: Call, data: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await call("create_work_order", **data)

    assert refused.value.translation_key == problem
    assert site.alerting.work_orders.orders == []


# what there is and was


async def told(call: Call, **filters: Any) -> list[str]:
    """Names of those that the list of alerts is about, and their states."""
    return [f"{one['name']} {one['state']}" for one in (await call("get_alerts", **filters))["alerts"]]


@pytest.mark.meters(1, 2, 3)
async def test_alerts_are_filtered(site: Site, call: Call) -> None:
    home = site.home
    await happen(site, 1, severity=Severity.WARNING)
    await happen(site, 2, state=State.SUSPECTED, circuit="Oak Row")
    await happen(site, 3)
    await site.find(found(home.serial(3), State.CLEARED, minute=9))

    assert await told(call) == ["Home 2 suspected", "Home 1 confirmed"]
    assert await told(call, state="active") == ["Home 1 confirmed"]
    assert await told(call, state="all") == ["Home 3 cleared", "Home 2 suspected", "Home 1 confirmed"]
    assert await told(call, state="all", severity="warning") == ["Home 1 confirmed"]
    assert await told(call, severity=[]) == await told(call), "as a blueprint hands it on, left empty"
    assert await told(call, circuit="Oak Row") == ["Home 2 suspected"]
    mine = [device_id(home, 2), device_id(home, 3)]
    assert await told(call, state="all", device_id=mine) == ["Home 3 cleared", "Home 2 suspected"]


@pytest.mark.meters(1, 2, 3)
async def test_a_circuit_is_listed_for_each_of_its_meters_with_all_of_them(site: Site, call: Call) -> None:
    home = site.home
    await site.find(
        *(found(home.serial(unit), kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row") for unit in (1, 2))
    )
    alerts = (await call("get_alerts", device_id=device_id(home, 2)))["alerts"]

    by_name = {alert["name"]: alert for alert in alerts}
    assert set(by_name) == {"Home 2", "circuit Elm Row"}
    assert {one["name"] for one in by_name["circuit Elm Row"]["members"]} == {"Home 1", "Home 2"}
    assert by_name["Home 2"]["area_alert_id"] == by_name["circuit Elm Row"]["alert_id"]
    assert await told(call, device_id=device_id(home, 3)) == []


@pytest.mark.usefixtures("short_days")
async def test_the_past_comes_from_the_file(site: Site, call: Call) -> None:
    home = site.home
    minute = int(dt_util.utcnow().timestamp()) // 60
    since = minute - int(dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC).timestamp()) // 60
    await site.find(
        *(
            found(home.serial(unit), kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row", since=since)
            for unit in (1, 2)
        )
    )
    for unit in (1, 2):
        await site.find(
            found(home.serial(unit), State.CLEARED, kind=Kind.OUTAGE, circuit="Elm Row", since=since)
        )
    old = {alert.id for alert in site.alerting.desk.alerts}
    await home.time.skip(3 * 24 * 3600)
    await home.time.run(130)
    assert not old & {alert.id for alert in site.alerting.desk.alerts}

    async def of_old(**filters: Any) -> list[dict[str, Any]]:
        answer = await call("get_alerts", state="all", device_id=device_id(home, 1), **filters)
        return [alert for alert in answer["alerts"] if alert["alert_id"] in old]

    alerts = {alert["name"]: alert for alert in await of_old()}
    assert set(alerts) == {"Home 1", "circuit Elm Row"}
    assert {one["name"] for one in alerts["circuit Elm Row"]["members"]} == {"Home 1", "Home 2"}
    assert await of_old(since=(dt_util.utcnow() - dt.timedelta(days=1)).isoformat()) == []


async def test_a_file_that_cannot_be_read_is_said_so(site: Site, call: Call) -> None:
    await happen(site)
    keeping = site.alerting._keeping
    await keeping.async_close()
    keeping._store = None  # as when it could not be opened

    with pytest.raises(HomeAssistantError) as refused:
        await call("get_alerts", state="all")
    assert refused.value.translation_key == "alerts_unreadable"
    assert ALERTS_FILE in (refused.value.translation_placeholders or {})["error"]
    assert len(await told(call)) == 1


# the summary


async def test_the_summary_goes_to_the_channels_that_are_named(site: Site, call: Call) -> None:
    await happen(site)
    site.said.clear()
    answer = await call("send_summary", channel=["Mail"])
    await site.home.time.run(2)

    assert [name for name, _ in site.said] == ["mail"]
    assert answer


@pytest.mark.parametrize("data", [{}, {"channel": []}])
async def test_a_summary_for_nobody_is_not_sent(site: Site, call: Call, data: dict[str, Any]) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await call("send_summary", **data)
    assert refused.value.translation_key == "summary_for_nobody"
    with pytest.raises(ServiceValidationError) as refused:
        await call("send_summary", channel=["Carrier pigeon"])
    assert refused.value.translation_key == "no_such_channel"
    assert refused.value.translation_placeholders == {
        "channel": "Carrier pigeon",
        "known": "Mail, Phone, SMS",
    }
    assert site.said == []


# drills


async def test_a_drill_goes_the_way_of_an_alert_and_is_over_by_itself(site: Site, call: Call) -> None:
    answer = await call("fire_drill", device_id=device_id(site.home, 1), kind="outage", minutes=2)

    assert [(event["type"], event["state"]) for event in site.events] == [
        ("raised", "suspected"),
        ("confirmed", "confirmed"),
    ]
    await site.home.time.run(1)
    assert sorted(name for name, _ in site.said) == ["phone", "sms"]
    assert all("DRILL" in (data.get("title") or data["message"]) for _, data in site.said)
    [order] = site.alerting.work_orders.orders
    assert order.drill
    assert order.summary.startswith("DRILL ")
    await site.home.time.run(125)
    assert site.events[-1]["type"] == "cleared"
    assert all(event["drill"] and event["alert_id"] == answer["alert_id"] for event in site.events)
    assert not site.alerting.desk.active
    assert not site.alerting.work_orders.orders[0].is_open


async def test_a_drill_may_be_of_any_severity(site: Site, call: Call) -> None:
    await call("fire_drill", device_id=device_id(site.home, 1), kind="drift", severity="critical")

    assert site.events[-1]["severity"] == "critical"


@pytest.mark.parametrize(
    "data", [{"kind": "gremlins"}, {"kind": "leak", "minutes": 61}, {"kind": "leak", "minutes": 0}]
)
async def test_a_drill_has_bounds(site: Site, call: Call, data: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        await call("fire_drill", device_id=device_id(site.home, 1), **data)
    assert site.events == []
