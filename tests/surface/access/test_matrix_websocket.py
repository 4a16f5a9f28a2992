"""Every role against every entity that can be used and every command of the panel, over WebSocket.

The entities are those that a real bridge has added; the commands are those that Home Assistant knows. One
without a rule fails.
"""

from __future__ import annotations

from typing import Any, Final

from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.entity_platform import async_get_platforms
import pytest

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.site.access import Permission, Place, Role
from custom_components.csj_meter.websocket_api import COMMANDS

from ...alerts.found import found
from ..websocket.conftest import CIRCUIT, Office, Viewer, office
from .conftest import standing_of

__all__ = ["office"]

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 6)]

OWN, NEXT_DOOR, ELSEWHERE = 1, 2, 6

USES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "button": ("press", {}),
    "number": ("set_value", {"value": 60}),
    "select": ("select_option", {"option": "automatic"}),
    "switch": ("turn_on", {}),
    "update": ("install", {"version": "9.9.9"}),
}
"""Platform -> how an entity of it is used."""

ONLY_SHOWN: Final = frozenset({"binary_sensor", "event", "sensor"})
"""Platforms whose entities nobody can use."""

SITE, METER, ALERT, ORDER, THEIRS = "site", "meter", "alert", "order", "theirs"
"""What a command is about; ``THEIRS`` tells everybody what is theirs."""

RULES: Final[dict[str, tuple[Permission | None, str, dict[str, Any]]]] = {
    "info": (None, THEIRS, {}),
    "dashboard": (None, THEIRS, {}),
    "meters/list": (Permission.SEE_METERS, THEIRS, {}),
    "meters/subscribe": (Permission.SEE_METERS, THEIRS, {}),
    "meter": (Permission.SEE_METERS, METER, {}),
    "live/subscribe": (Permission.SEE_RAW, METER, {}),
    "history": (
        Permission.SEE_METERS,
        METER,
        {"quantities": ["voltage_l1"], "start": "2026-10-01T00:00:00Z"},
    ),
    "insights": (Permission.SEE_METERS, METER, {}),
    "insights/dismiss_tip": (Permission.SEE_METERS, METER, {"tip": "standby 2026-10-01"}),
    "events": (Permission.SEE_METERS, METER, {}),
    "command": (Permission.COMMAND, METER, {"command": "take_sample"}),
    "alerts/subscribe": (Permission.SEE_ALERTS, THEIRS, {}),
    "alerts/evidence": (Permission.SEE_ALERTS, ALERT, {}),
    "alerts/acknowledge": (Permission.ANSWER_ALERTS, ALERT, {}),
    "alerts/report_false_alarm": (Permission.JUDGE_ALERTS, ALERT, {}),
    "alerts/shelve": (Permission.JUDGE_ALERTS, ALERT, {"minutes": 5}),
    "alerts/create_work_order": (Permission.WORK_ORDERS, ALERT, {}),
    "work_orders/subscribe": (Permission.WORK_ORDERS, THEIRS, {}),
    "work_orders/create": (Permission.WORK_ORDERS, SITE, {"summary": "Look at the cellar"}),
    "work_orders/update": (Permission.WORK_ORDERS, ORDER, {}),
    "work_orders/complete": (Permission.WORK_ORDERS, ORDER, {}),
    "work_orders/reopen": (Permission.WORK_ORDERS, ORDER, {}),
    "bus/subscribe": (Permission.SEE_DIAGNOSTICS, SITE, {}),
    "bus/scan": (Permission.COMMAND, SITE, {"bridge": "none"}),
    "bus/add": (Permission.CONFIGURE, SITE, {"bridge": "none", "unit_id": 7}),
    "kpis": (Permission.SEE_ALERTS, SITE, {}),
    "what_if": (Permission.SEE_DIAGNOSTICS, SITE, {"kind": "leak", "days": 1}),
    "audit": (Permission.SEE_AUDIT, SITE, {}),
}
"""Command -> what it takes, what it is about, and what must be said."""


async def somebody(office: Office, role: Role | None) -> Viewer:
    """Somebody of a role connects."""
    match role:
        case Role.OWNER:
            return await office.viewer()
        case Role.LANDLORD:
            return await office.person(role, circuits=(CIRCUIT,))
        case Role.TENANT:
            return await office.person(role, meters=(office.home.serial(OWN),))
        case _:
            return await office.person(role)


def usable(hass: HomeAssistant, serial: str) -> dict[str, Permission]:
    """The entities of a meter that can be used, and what that takes."""
    permissions = {}
    for platform in async_get_platforms(hass, DOMAIN):
        for entity_id, entity in platform.entities.items():
            if platform.domain in ONLY_SHOWN or not (entity.unique_id or "").startswith(f"{serial}_"):
                continue
            permissions[entity_id] = entity.permission  # type: ignore[attr-defined]
    return permissions


async def test_every_entity_that_can_be_used_says_what_that_takes(
    everything_enabled: None, office: Office
) -> None:
    platforms = {platform.domain for platform in async_get_platforms(office.hass, DOMAIN)}

    assert platforms - ONLY_SHOWN == USES.keys() | {"todo"}
    assert set(usable(office.hass, office.home.serial(OWN)).values()) == {
        Permission.COMMAND,
        Permission.SWITCH_SUPPLY,
        Permission.SET_PRICES,
        Permission.INSTALL_FIRMWARE,
        Permission.CONFIGURE,
    }


async def test_entities_are_for_those_who_may(everything_enabled: None, office: Office) -> None:
    hass, wrong, asked = office.hass, [], 0
    for role in (*Role, None):
        viewer = await somebody(office, role)
        if role is not Role.OWNER:
            # Home Assistant itself lets users use entities
            user = (await hass.auth.async_get_users())[-1]
            user.mock_policy({"entities": True})  # type: ignore[attr-defined]
        standing = standing_of(role, office.home.serial(OWN), CIRCUIT)
        for unit in (OWN, ELSEWHERE):
            place = Place(serial=office.home.serial(unit), circuit=CIRCUIT if unit == OWN else "Oak Street")
            for entity_id, permission in usable(hass, office.home.serial(unit)).items():
                allowed = standing.may(permission, place)
                if allowed and (unit == ELSEWHERE or role is Role.OWNER):
                    continue  # the other tests of controls do so all the time
                domain = entity_id.partition(".")[0]
                service, data = USES[domain]
                number = await viewer.send(
                    "call_service",
                    domain=domain,
                    service=service,
                    service_data=data,
                    target={"entity_id": entity_id},
                )
                while number not in viewer.results:
                    await office.run(5)
                answered, asked = await viewer.result(number), asked + 1
                error = answered.get("error", {})
                # Home Assistant itself lets administrators alone install updates
                refused = error.get("translation_key") == "not_allowed" or (
                    domain == "update" and error.get("message") == "Unauthorized"
                )
                if refused is allowed:
                    wrong.append(f"{role} {entity_id}: {answered}")

    assert wrong == []
    assert asked > 100


async def test_the_list_of_work_orders_is_for_those_who_may(office: Office) -> None:
    """It is of the whole site, and no entity of a meter."""
    (list_of_orders,) = (
        entity_id
        for platform in async_get_platforms(office.hass, DOMAIN)
        for entity_id in platform.entities
        if platform.domain == "todo"
    )
    answers = {}
    for role in (*Role, None):
        viewer = await somebody(office, role)
        if role is not Role.OWNER:
            user = (await office.hass.auth.async_get_users())[-1]
            user.mock_policy({"entities": True})  # type: ignore[attr-defined]
        number = await viewer.send(
            "call_service",
            domain="todo",
            service="add_item",
            service_data={"item": f"Asked by {role}"},
            target={"entity_id": list_of_orders},
        )
        answers[role] = (await viewer.result(number)).get("error", {}).get("translation_key", "done")

    standings = {role: standing_of(role, office.home.serial(OWN), CIRCUIT) for role in answers}
    assert answers == {
        role: "done" if standing.may(Permission.WORK_ORDERS, Place()) else "not_allowed"
        for role, standing in standings.items()
    }
    assert set(answers.values()) == {"done", "not_allowed"}


async def test_commands_of_the_panel_are_for_those_who_may(office: Office) -> None:
    registered = {
        name.removeprefix(f"{DOMAIN}/")
        for name in office.hass.data[WEBSOCKET]
        if name.startswith(f"{DOMAIN}/")
    }
    assert registered == set(COMMANDS) == set(RULES)
    serials = {unit: office.home.serial(unit) for unit in (OWN, NEXT_DOOR, ELSEWHERE)}
    alerts, orders = await with_alerts(office, serials)

    wrong = []
    for role in (None, Role.TENANT, Role.LANDLORD, Role.SUPPORT, Role.TECHNICIAN, Role.OWNER):
        viewer, standing = await somebody(office, role), standing_of(role, serials[OWN], CIRCUIT)
        for name, (permission, about, data) in RULES.items():
            for unit in serials if about in (METER, ALERT, ORDER) else (None,):
                said, place = dict(data), Place()
                if unit is not None:
                    place = Place(
                        serial=serials[unit], circuit="Oak Street" if unit == ELSEWHERE else CIRCUIT
                    )
                    field = {METER: "serial", ALERT: "alert_id", ORDER: "number"}[about]
                    values: dict[str, Any] = {METER: serials, ALERT: alerts, ORDER: orders}
                    said[field] = values[about][unit]
                allowed = permission is None or standing.may(permission, place)
                if about == THEIRS and permission is not None:
                    allowed = standing.may(permission, Place(serial=serials[OWN], circuit=CIRCUIT))
                answered = await viewer.answer(name, **said)
                code = answered.get("error", {}).get("code")
                # what is not theirs is not there for them
                refused = code == "unauthorized" or (code == "not_found" and about == ALERT)
                if refused is allowed:
                    wrong.append(f"{role} {name} {unit}: {answered}")
        await viewer.leave()

    assert wrong == []


async def with_alerts(office: Office, serials: dict[int, str]) -> tuple[dict[int, str], dict[int, int]]:
    """An alert and a work order on each of these meters."""
    findings = [
        found(serial, circuit="Oak Street" if unit == ELSEWHERE else CIRCUIT)
        for unit, serial in serials.items()
    ]
    async_dispatcher_send(office.hass, SIGNAL_FINDINGS, findings)
    await office.run(1)
    alerting = current_alerting(office.hass)
    assert alerting is not None
    alerts = {alert.serial: alert.id for alert in alerting.desk.alerts}
    orders = {order.serial: order.number for order in alerting.work_orders.orders}
    return (
        {unit: alerts[serial] for unit, serial in serials.items()},
        {unit: orders[serial] for unit, serial in serials.items()},
    )
