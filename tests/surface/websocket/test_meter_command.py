"""Commands that people give a meter in the panel: done once, seen on the meter, written down."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meter_commands import COMMANDS, CommandKind
from custom_components.csj_meter.meters.quantities import RelayContact, RelayMode
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Permission, Role

from .conftest import CIRCUIT, Office

pytestmark = pytest.mark.loopback

UNIT = 2


async def give(office: Office, name: str, value: Any = None, role: Role = Role.OWNER) -> dict[str, Any]:
    """The whole answer to a command."""
    theirs: dict[str, Any] = {
        Role.LANDLORD: {"circuits": (CIRCUIT,)},
        Role.TENANT: {"meters": (office.home.serial(UNIT),)},
    }.get(role, {})
    viewer = await (office.viewer() if role is Role.OWNER else office.person(role, **theirs))
    said = {} if value is None else {"value": value}
    return await viewer.answer("command", serial=office.home.serial(UNIT), command=name, **said)


async def done(office: Office, name: str, value: Any = None) -> dict[str, Any]:
    """What a command answers that works."""
    answered = await give(office, name, value)
    assert answered["success"], answered
    result: dict[str, Any] = answered["result"]
    assert result["command"] == name
    assert result["serial"] == office.home.serial(UNIT)
    return result


async def audit(office: Office) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = (await (await office.viewer()).ask("audit"))["lines"]
    return [line for line in lines if line["what"].startswith(f"{DOMAIN}/command ")]


async def test_a_sample_is_of_now(office: Office) -> None:
    meter = office.home.line.meters[UNIT]
    result = await done(office, "take_sample")

    assert result["values"]["voltage_l1"] == pytest.approx(float(str(meter.truth()["voltage_l1"])), abs=3)
    assert 10 < result["round_trip_ms"] < 5000
    assert result["done_at"].endswith("+00:00")
    (line,) = await audit(office)
    assert (line["what"], line["outcome"], line["permission"]) == (
        f"{DOMAIN}/command take_sample",
        "done",
        "command",
    )
    assert line["serial"] == meter.nameplate.serial


async def test_a_restart_takes_as_long_as_it_takes(office: Office) -> None:
    result = await done(office, "restart")

    assert 1000 < result["round_trip_ms"] < 30_000
    assert result["values"]["uptime"] < 30


async def test_a_setting_is_what_the_meter_keeps(office: Office) -> None:
    result = await done(office, "reporting_interval", 30)

    assert result["values"] == {"reporting_interval": 30}
    assert office.home.line.meters[UNIT].truth()["reporting_interval"] == 30
    assert (await audit(office))[0]["what"] == f"{DOMAIN}/command reporting_interval: 30"


async def test_the_supply_is_where_its_contact_is(office: Office) -> None:
    assert (await done(office, "supply", False))["values"] == {"relay_contact": "open"}
    assert office.home.line.meters[UNIT].truth()["relay_contact"] == RelayContact.OPEN
    assert (await audit(office))[0]["what"] == f"{DOMAIN}/command supply: off"
    assert (await done(office, "relay_mode", "forced_closed"))["values"] == {"relay_contact": "closed"}
    assert office.home.line.meters[UNIT].truth()["relay_mode"] == RelayMode.FORCED_CLOSED
    await done(office, "relay_automatic")
    assert office.home.line.meters[UNIT].truth()["relay_mode"] == RelayMode.AUTOMATIC


async def test_clock_and_key(office: Office) -> None:
    set_to = (await done(office, "set_clock"))["values"]["clock"]
    assert set_to == pytest.approx(office.home.time.wall, abs=30)
    assert (await done(office, "unlock_test"))["values"]["open_for"] > 0


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("take_sample", 1, "value_not_needed"),
        ("supply", 1, "value_not_on_or_off"),
        ("supply", None, "value_not_on_or_off"),
        ("relay_mode", "ajar", "value_not_an_option"),
        ("relay_mode", True, "value_not_an_option"),
        ("reporting_interval", 0, "value_out_of_range"),
        ("reporting_interval", 3601, "value_out_of_range"),
        ("reporting_interval", True, "value_out_of_range"),
        ("reporting_interval", None, "value_out_of_range"),
        ("reporting_interval", 1.5, "refused_value"),
        ("price_t1", -1, "value_out_of_range"),
    ],
)
async def test_a_value_that_cannot_be_changes_nothing(
    office: Office, name: str, value: Any, key: str
) -> None:
    before = office.home.line.meters[UNIT].truth()["reporting_interval"]
    answered = await give(office, name, value)

    assert answered["error"]["code"] == "service_validation_error"
    assert answered["error"]["translation_key"] == key
    assert office.home.line.meters[UNIT].truth()["reporting_interval"] == before
    assert (await audit(office))[0]["outcome"] == "failed"


@pytest.mark.meters(2, 6)
async def test_what_a_meter_does_not_offer_is_refused(office: Office) -> None:
    viewer = await office.viewer()
    said = {"serial": office.home.serial(6), "command": "price_t1", "value": 1}

    assert (await viewer.refused("command", **said))[1] == "command_not_offered"


@pytest.mark.parametrize(
    ("fault", "name", "value", "key"),
    [
        (Fault(kind=FaultKind.METER_DEAD, unit=UNIT), "take_sample", None, "unit_silent"),
        (Fault(kind=FaultKind.RELAY_STUCK, unit=UNIT), "supply", False, "contact_stuck"),
        (Fault(kind=FaultKind.UNPLUGGED), "restart", None, "link_down"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_goes_wrong_is_said_once_in_words(
    office: Office, fault: Fault, name: str, value: Any, key: str
) -> None:
    office.home.line.faults.set(fault)
    answered = await give(office, name, value)

    assert answered["error"]["translation_key"] == key
    assert answered["error"]["code"] == "home_assistant_error"
    (line,) = await audit(office)
    assert (line["outcome"], line["detail"]) == ("failed", key)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.SUPPORT, Role.LANDLORD, Role.TENANT])
async def test_each_command_takes_its_own_permission(office: Office, role: Role) -> None:
    # what goes through the door fails at its value: nothing is done to the meter
    wrong = {
        CommandKind.PRESS: 1,
        CommandKind.SWITCH: 7,
        CommandKind.SELECT: "ajar",
        CommandKind.NUMBER: True,
    }
    allowed = {Permission.COMMAND, Permission.SWITCH_SUPPLY} if role is Role.TECHNICIAN else set()
    theirs: dict[str, Any] = {
        Role.LANDLORD: {"circuits": (CIRCUIT,)},
        Role.TENANT: {"meters": (office.home.serial(UNIT),)},
    }.get(role, {})
    viewer, passed = await office.person(role, **theirs), set()
    for name, command in COMMANDS.items():
        said = {"serial": office.home.serial(UNIT), "command": name, "value": wrong[command.kind]}
        code, _ = await viewer.refused("command", **said)
        if code != "unauthorized":
            passed.add(command.permission)
        assert (code != "unauthorized") is (command.permission in allowed), name

    assert passed == allowed


async def test_a_command_outlives_the_connection_of_whoever_gave_it(office: Office) -> None:
    viewer = await office.viewer()
    await viewer.send(
        f"{DOMAIN}/command", serial=office.home.serial(UNIT), command="reporting_interval", value=45
    )
    await office.run(0)
    await viewer.lose()
    await office.run(10)

    assert office.home.line.meters[UNIT].truth()["reporting_interval"] == 45
    assert (await audit(office))[0]["outcome"] == "done"
