"""Bad input and callers who may not, for every command; and the page that describes them."""

from __future__ import annotations

from pathlib import Path
import re
from typing import Any

from homeassistant.components.websocket_api import const
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.websocket_api import COMMANDS

from .conftest import CIRCUIT, Office

pytestmark = pytest.mark.loopback

PAGE = Path(__file__).parents[3] / "docs" / "websocket.md"

START = "2026-10-31T08:00:00+00:00"

BAD: dict[str, list[dict[str, Any]]] = {
    "info": [{"more": 1}],
    "dashboard": [{"serial": "x"}],
    "meters/list": [{"serial": "x"}],
    "meters/subscribe": [{"serial": "x"}],
    "meter": [{}, {"serial": ""}, {"serial": "x", "more": 1}],
    "live/subscribe": [
        {},
        {"serial": ""},
        {"serial": "x" * 65},
        {"serial": 7},
        {"serial": "x", "interval": 0.5},
        {"serial": "x", "interval": 11},
        {"serial": "x", "interval": True},
        {"serial": "x", "interval": "1"},
        {"serial": "x", "harmonics": "yes"},
    ],
    "insights": [{}, {"serial": ""}, {"serial": 7}, {"serial": "x", "more": 1}],
    "insights/dismiss_tip": [
        {"serial": "x"},
        {"tip": "x"},
        {"serial": "x", "tip": ""},
        {"serial": "x", "tip": "x" * 65},
        {"serial": "x", "tip": 1},
    ],
    "history": [
        {"serial": "x", "quantities": [], "start": START},
        {"serial": "x", "quantities": ["active_power"] * 13, "start": START},
        {"serial": "x", "quantities": ["key"], "start": START},
        {"serial": "x", "quantities": ["energy_import"], "start": START},
        {"serial": "x", "quantities": ["active_power"]},
        {"serial": "x", "quantities": ["active_power"], "start": "2026-10-31 08:00"},
        {"serial": "x", "quantities": ["active_power"], "start": 0},
        {"serial": "x", "quantities": ["active_power"], "start": "x" * 100_000},
        {"serial": "x", "quantities": ["active_power"], "start": START, "points": 9},
        {"serial": "x", "quantities": ["active_power"], "start": START, "points": 2001},
        {"serial": "x", "quantities": ["active_power"], "start": START, "points": 1e9},
    ],
    "events": [
        {"serial": ""},
        {"sources": []},
        {"sources": ["gossip"]},
        {"sources": "alert"},
        {"start": "yesterday"},
        {"end": 0},
        {"before": "yesterday"},
        {"before": "2026-10-31T08:00:00 alert:x"},
        {"before": "2026-10-31T08:00:00+00:00 " + "x" * 401},
        {"before": 5},
        {"limit": 0},
        {"limit": 501},
        {"limit": True},
    ],
    "command": [
        {},
        {"serial": "x"},
        {"command": "restart"},
        {"serial": "x", "command": "explode"},
        {"serial": "x", "command": ["restart"]},
        {"serial": "x", "command": "reporting_interval", "value": 1e300},
        {"serial": "x", "command": "reporting_interval", "value": [60]},
        {"serial": "x", "command": "relay_mode", "value": "x" * 256},
        {"serial": "", "command": "restart"},
    ],
    "alerts/subscribe": [{"severity": "critical"}],
    "alerts/evidence": [{}, {"alert_id": ""}, {"alert_id": ["a"]}, {"alert_id": "x" * 256}],
    "alerts/acknowledge": [{}, {"alert_id": 5}],
    "alerts/report_false_alarm": [{}, {"alert_id": None}],
    "alerts/shelve": [
        {"alert_id": "a"},
        {"alert_id": "a", "minutes": 0},
        {"alert_id": "a", "minutes": 10_081},
        {"alert_id": "a", "minutes": 1.5},
        {"alert_id": "a", "minutes": True},
    ],
    "alerts/create_work_order": [{}],
    "work_orders/subscribe": [{"open": True}],
    "work_orders/create": [
        {},
        {"summary": ""},
        {"summary": " \t"},
        {"summary": "two\nlines"},
        {"summary": "x" * 201},
        {"summary": "x", "description": "x" * 4001},
        {"summary": "x", "due": "tomorrow"},
        {"summary": "x", "serial": ""},
    ],
    "work_orders/update": [{}, {"number": 0}, {"number": "WO-0001"}, {"number": 2**31}],
    "work_orders/complete": [{}, {"number": True}],
    "work_orders/reopen": [{}, {"number": -1}],
    "bus/subscribe": [{"bridge": "x"}],
    "bus/scan": [{}, {"bridge": "x", "first": 0}, {"bridge": "x", "last": 248}, {"bridge": ""}],
    "bus/add": [
        {},
        {"bridge": "x"},
        {"bridge": "x", "unit_id": 0},
        {"bridge": "x", "unit_id": 248},
        {"bridge": "x", "unit_id": "7"},
        {"bridge": "x", "unit_id": 7, "name": ""},
        {"bridge": "x", "unit_id": 7, "name": "x" * 65},
        {"bridge": "x", "unit_id": 7, "circuit": 5},
        {"bridge": "x", "unit_id": 7, "key": 123},
    ],
    "kpis": [{"days": 0}, {"days": 367}, {"days": "30"}],
    "what_if": [
        {},
        {"kind": "gremlins"},
        {"kind": "leak", "days": 31},
        {"kind": "leak", "threshold": -1},
        {"kind": "leak", "confirm": 61},
        {"kind": "leak", "serial": "x", "circuit": "y"},
    ],
    "audit": [
        {"limit": 0},
        {"limit": 1001},
        {"start": "x"},
        {"allowed": "yes"},
        {"user_id": ""},
        {"portal": "yes"},
        {"before_number": 0},
        {"before_number": 2**53},
        {"before_number": 1.5},
        {"before_number": "5"},
    ],
}
"""Command -> what it does not take."""


def test_every_command_is_tried_with_what_it_does_not_take() -> None:
    assert set(BAD) == set(COMMANDS)


async def test_what_cannot_be_is_refused_at_the_door(office: Office) -> None:
    viewer = await office.viewer()
    for name, data in ((name, data) for name, some in BAD.items() for data in some):
        answered = await viewer.answer(name, **data)
        assert not answered["success"], (name, data)
        assert answered["error"]["code"] == const.ERR_INVALID_FORMAT, (name, data)
    assert (await viewer.ask("info"))["role"] == "owner"


async def test_what_is_not_there_is_said_in_words(office: Office) -> None:
    viewer, bridge = await office.viewer(), office.home.entry.entry_id
    serial = office.home.serial(1)
    refused: list[tuple[str, dict[str, Any], str, str]] = [
        ("meter", {"serial": "x"}, "not_found", "no_such_meter"),
        ("live/subscribe", {"serial": "x"}, "not_found", "no_such_meter"),
        ("events", {"serial": "x"}, "not_found", "no_such_meter"),
        ("events", {"start": START, "end": START}, "service_validation_error", "impossible_range"),
        ("command", {"serial": "x", "command": "restart"}, "not_found", "no_such_meter"),
        ("bus/add", {"bridge": "x", "unit_id": 7}, "not_found", "no_such_bridge"),
        (
            "history",
            {"serial": "x", "quantities": ["frequency"], "start": START},
            "not_found",
            "no_such_meter",
        ),
        ("alerts/evidence", {"alert_id": "x"}, "not_found", "no_such_alert"),
        ("alerts/acknowledge", {"alert_id": "x"}, "not_found", "no_such_alert"),
        ("alerts/report_false_alarm", {"alert_id": "x"}, "not_found", "no_such_alert"),
        ("alerts/shelve", {"alert_id": "x", "minutes": 5}, "not_found", "no_such_alert"),
        ("alerts/create_work_order", {"alert_id": "x"}, "not_found", "no_such_alert"),
        ("work_orders/create", {"summary": "x", "serial": "x"}, "not_found", "no_such_meter"),
        ("work_orders/update", {"number": 9}, "not_found", "no_such_work_order"),
        ("work_orders/complete", {"number": 9}, "not_found", "no_such_work_order"),
        ("work_orders/reopen", {"number": 9}, "not_found", "no_such_work_order"),
        ("bus/scan", {"bridge": "x"}, "not_found", "no_such_bridge"),
        (
            "bus/scan",
            {"bridge": bridge, "first": 9, "last": 8},
            "service_validation_error",
            "impossible_unit_ids",
        ),
        ("what_if", {"kind": "leak", "serial": "x"}, "not_found", "no_such_meter"),
        (
            "what_if",
            {"kind": "leak", "serial": serial, "threshold": 99_999},
            "service_validation_error",
            "impossible_tuning",
        ),
        ("audit", {"start": START, "end": START}, "service_validation_error", "impossible_range"),
    ]
    for name, data, code, key in refused:
        assert await viewer.refused(name, **data) == (code, key), name


async def test_without_a_bridge_it_is_said_in_words(office: Office) -> None:
    viewer, serial = await office.viewer(), office.home.serial(1)
    assert await office.home.tear_down()
    for name, data in (
        ("history", {"serial": serial, "quantities": ["frequency"], "start": START}),
        ("events", {"serial": serial}),
        ("alerts/evidence", {"alert_id": "x"}),
        ("work_orders/create", {"summary": "x"}),
        ("kpis", {}),
        ("what_if", {"kind": "leak"}),
    ):
        assert (await viewer.refused(name, **data))[1] == "no_bridge_set_up", name
    scan = {"bridge": office.home.entry.entry_id}
    assert (await viewer.refused("bus/scan", **scan))[1] == "bridge_not_set_up"
    assert (await viewer.refused("bus/add", unit_id=7, **scan))[1] == "bridge_not_set_up"
    assert (await viewer.refused("command", serial=serial, command="restart"))[1] == "bridge_not_set_up"
    assert (await viewer.ask("info"))["loading"]
    assert {row["state"] for row in (await viewer.ask("meters/list"))["meters"]} == {"loading"}


REFUSED: dict[Role | None, set[str]] = {
    Role.TECHNICIAN: {"bus/add", "audit"},
    Role.SUPPORT: {
        "live/subscribe",
        "command",
        "alerts/acknowledge",
        "alerts/report_false_alarm",
        "alerts/shelve",
        "bus/subscribe",
        "bus/scan",
        "bus/add",
        "what_if",
        "audit",
    },
    Role.LANDLORD: {
        "live/subscribe",
        "command",
        "bus/subscribe",
        "bus/scan",
        "bus/add",
        "kpis",
        "what_if",
        "audit",
    },
    Role.TENANT: {
        "command",
        "alerts/report_false_alarm",
        "alerts/shelve",
        "alerts/create_work_order",
        "work_orders/subscribe",
        "work_orders/create",
        "work_orders/update",
        "work_orders/complete",
        "work_orders/reopen",
        "bus/subscribe",
        "bus/scan",
        "bus/add",
        "kpis",
        "what_if",
        "audit",
    },
    None: set(COMMANDS) - {"info", "dashboard", "alerts/evidence"},
}
"""Role -> commands that are refused even on a meter that is theirs; None for a user without a role."""


@pytest.mark.meters(2, 5)
@pytest.mark.parametrize("role", REFUSED, ids=lambda role: "nobody" if role is None else role.value)
async def test_each_role_may_what_it_may_and_no_more(office: Office, role: Role | None) -> None:
    serial, other = office.home.serial(2), office.home.serial(5)
    given_to: dict[Role | None, dict[str, Any]] = {
        Role.LANDLORD: {"circuits": (CIRCUIT,)},
        Role.TENANT: {"meters": (serial,)},
    }
    theirs = given_to.get(role, {})
    owner, viewer = await office.viewer(), await office.person(role, **theirs)

    office.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=2, magnitude=0.3))
    await office.run(300)
    number = await owner.subscribe("alerts/subscribe")
    (alert,) = owner.heard(number)[0]["alerts"]
    order = (await owner.ask("work_orders/create", summary="Look at it", serial=serial))["work_order"]
    given: dict[str, dict[str, Any]] = {
        "meter": {"serial": serial},
        "live/subscribe": {"serial": serial},
        "events": {"serial": serial},
        "command": {"serial": serial, "command": "take_sample"},
        "history": {"serial": serial, "quantities": ["frequency"], "start": START},
        "insights": {"serial": serial},
        "insights/dismiss_tip": {"serial": serial, "tip": "standby 2026-10-01"},
        **{name: {"alert_id": alert["alert_id"]} for name in COMMANDS if name.startswith("alerts/")},
        "alerts/subscribe": {},
        "work_orders/create": {"summary": "Look", "serial": serial},
        **{f"work_orders/{name}": {"number": order["number"]} for name in ("update", "complete", "reopen")},
        "bus/scan": {"bridge": office.home.entry.entry_id, "first": 1, "last": 2},
        "bus/add": {"bridge": office.home.entry.entry_id, "unit_id": 7},
        "what_if": {"kind": "leak", "days": 1},
    }
    given["alerts/shelve"] = {**given["alerts/shelve"], "minutes": 5}
    refused = set()
    for name in COMMANDS:
        answered = await viewer.answer(name, **given.get(name, {}))
        if not answered["success"]:
            if name == "alerts/evidence" and role is None:
                assert answered["error"]["translation_key"] in ("not_allowed", "no_such_alert")
                continue
            assert answered["error"]["code"] == const.ERR_UNAUTHORIZED, (name, answered)
            assert answered["error"]["translation_key"] == "not_allowed", name
            refused.add(name)
    assert refused == REFUSED[role]

    if role in (Role.LANDLORD, Role.TENANT, None):  # on a meter that is another's
        for name in ("meter", "live/subscribe", "history", "events", "command", "insights"):
            data = {**given[name], "serial": other}
            assert await viewer.refused(name, **data) == ("unauthorized", "not_allowed"), name
    lines = (await owner.ask("audit", allowed=False))["lines"]
    asked = {line["what"].partition(" ")[0] for line in lines}  # behind it, which command of a meter it was
    assert asked >= {f"{DOMAIN}/{name}" for name in refused}


def test_the_page_describes_what_is_registered() -> None:
    described = re.findall(r"^### `csj_meter/([a-z_/]+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert described == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_names_every_field(name: str) -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"### `csj_meter/{name}`\n")
    section = rest.partition("\n### ")[0]

    for field in COMMANDS[name].schema:
        assert f"`{field}`" in section, field
