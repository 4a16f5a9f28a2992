"""One meter in depth, as each role sees it."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.settings import Tuning
from custom_components.csj_meter.detection.place import Place
from custom_components.csj_meter.meter_commands import COMMANDS
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site_settings import async_site_settings

from .conftest import CIRCUIT, Office

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 6)]

THREE_PHASES, PREPAID, PLAIN = 1, 2, 6


async def meter(office: Office, unit: int, role: Role = Role.OWNER) -> dict[str, Any]:
    """What somebody of a role is told of a meter; what is theirs are meter and circuit of the second."""
    theirs: dict[str, Any] = {
        Role.LANDLORD: {"circuits": (CIRCUIT,)},
        Role.TENANT: {"meters": (office.home.serial(PREPAID),)},
    }.get(role, {})
    viewer = await (office.viewer() if role is Role.OWNER else office.person(role, **theirs))
    told: dict[str, Any] = (await viewer.ask("meter", serial=office.home.serial(unit)))["meter"]
    return told


async def test_it_is_the_row_of_the_list_and_more(office: Office) -> None:
    viewer = await office.viewer()
    told = await meter(office, THREE_PHASES)
    plate = office.home.line.meters[THREE_PHASES].nameplate
    (row,) = [row for row in (await viewer.ask("meters/list"))["meters"] if row["serial"] == plate.serial]

    assert told.keys() > row.keys()
    assert {name: told[name] for name in ("serial", "bridge", "device_id", "circuit", "model")} == {
        name: row[name] for name in ("serial", "bridge", "device_id", "circuit", "model")
    }
    assert told["subentry_id"] in office.home.entry.subentries
    assert (told["rated_voltage"], told["max_current"]) == (plate.rated_voltage, plate.max_current)
    assert (told["ct_ratio"], told["pt_ratio"], told["tariffs"]) == (
        plate.ct_ratio,
        plate.pt_ratio,
        plate.tariffs,
    )
    assert {"relay", "prepay", "harmonics"} <= set(told["capabilities"])
    assert {"voltage_l3", "voltage_harmonics_l1", "balance", "status"} <= set(told["quantities"])
    assert told["quantities"] == [
        name for name in (await viewer.ask("info"))["quantities"] if name in told["quantities"]
    ]
    assert told["health"]["firmware"] == plate.firmware_text
    assert abs(told["clock_drift"]) <= 2
    assert told["uptime"] > 0
    assert str(plate.key) not in str(told)


async def test_commands_say_what_they_take(office: Office) -> None:
    rows = {row["name"]: row for row in (await meter(office, THREE_PHASES))["commands"]}

    assert list(rows) == [name for name in COMMANDS if name in rows]
    assert rows["take_sample"] == {
        "name": "take_sample",
        "kind": "press",
        "permission": "command",
        "allowed": True,
    }
    assert rows["reporting_interval"] == {
        "name": "reporting_interval",
        "kind": "number",
        "permission": "command",
        "allowed": True,
        "value": office.home.line.meters[THREE_PHASES].truth()["reporting_interval"],
        "min": 1,
        "max": 3600,
        "step": 1,
        "unit": "s",
    }
    assert rows["supply"]["value"] is True
    assert rows["relay_mode"]["options"] == ["automatic", "forced_closed", "forced_open"]
    assert rows["relay_mode"]["value"] == "automatic"
    assert (rows["price_t1"]["unit"], rows["price_t1"]["step"]) == ("EUR/kWh", 0.0001)
    assert rows["price_t1"]["value"] > 0


async def test_a_meter_offers_what_it_can(office: Office) -> None:
    names = {row["name"] for row in (await meter(office, PLAIN))["commands"]}

    assert {"take_sample", "restart", "set_clock", "unlock_test"} <= names
    assert not {"relay_mode", "price_t1", "credit_alarm_1"} & names


@pytest.mark.parametrize(
    ("role", "may", "diagnostics", "money"),
    [
        (Role.OWNER, {"command", "switch_supply", "set_prices"}, True, True),
        (Role.TECHNICIAN, {"command", "switch_supply"}, True, False),
        (Role.SUPPORT, set(), False, False),
        (Role.LANDLORD, set(), False, True),
        (Role.TENANT, set(), False, True),
    ],
)
async def test_each_role_is_told_what_it_may(
    office: Office, role: Role, may: set[str], diagnostics: bool, money: bool
) -> None:
    told = await meter(office, PREPAID, role)

    assert {row["permission"] for row in told["commands"] if row["allowed"]} == may
    assert (told["clock_drift"] is not None) is diagnostics
    assert (told["uptime"] is not None) is diagnostics
    assert (told["money"] is not None) is money
    prices = [row for row in told["commands"] if row["permission"] == "set_prices"]
    assert prices
    assert all((row["value"] is not None) is money for row in prices)


async def test_money_is_that_of_the_meter(office: Office) -> None:
    await office.run(90)
    money = (await meter(office, PREPAID))["money"]
    truth = office.home.line.meters[PREPAID].truth()

    assert money["balance"] == pytest.approx(float(str(truth["balance"])), abs=0.1)
    assert (money["unit"], money["mode"], money["state"]) == ("EUR", "money", "ok")
    assert money["tariff"] == truth["active_tariff"]
    assert [row["tariff"] for row in money["tariffs"]] == list(
        range(1, office.home.line.meters[PREPAID].nameplate.tariffs + 1)
    )
    first = money["tariffs"][0]
    assert (first["price_unit"], first["price"]) == ("EUR/kWh", pytest.approx(float(str(truth["price_t1"]))))
    assert first["energy_import"] == pytest.approx(float(str(truth["energy_import_t1"])), abs=0.1)
    assert money["forecast"]["outlook"] == "unknown"  # less than a day is known
    assert money["last_payment"] is None
    assert (await meter(office, PLAIN))["money"] is None


async def test_credit_that_runs_out_has_a_word(office: Office) -> None:
    viewer, said = await office.viewer(), {"serial": office.home.serial(PREPAID), "value": 900_000}
    for alarm, word in (("credit_alarm_1", "low"), ("credit_alarm_2", "very_low")):
        await viewer.ask("command", command=alarm, **said)
        await office.run(120)

        money = (await meter(office, PREPAID))["money"]
        assert (money[alarm], money["state"]) == (900_000, word)


async def test_limits_are_those_that_hold(office: Office) -> None:
    serial = office.home.serial(THREE_PHASES)
    limits = (await meter(office, THREE_PHASES))["limits"]

    assert limits["voltage"] == {
        "nominal": 230.0,
        "outage": 23.0,
        "sag": 179.4,
        "undervoltage": 207.0,
        "swell": 253.0,
    }
    assert limits["frequency"] == {"nominal": 50.0, "low": 49.5, "high": 50.5}
    harmonics = limits["harmonics"]
    assert harmonics["voltage"]["standard"] == "EN 50160:2010"
    assert harmonics["voltage"]["thd"] == 8.0
    assert [harmonics["voltage"]["orders"][order] for order in ("2", "3", "5", "7", "25")] == [
        2.0,
        5.0,
        6.0,
        5.0,
        1.5,
    ]
    assert harmonics["current"] is None

    settings = await async_site_settings(office.hass)
    place = Place()
    changed = place.with_tuning(settings.detection, Kind.VOLTAGE_SAG, Tuning(threshold=0.85))
    changed = place.with_tuning(changed, Kind.VOLTAGE_SWELL, Tuning(enabled=False))
    await settings.async_change_detection(lambda _: changed)
    voltage = (await meter(office, THREE_PHASES))["limits"]["voltage"]
    assert (voltage["sag"], voltage["swell"]) == (195.5, None)

    await settings.async_set_watched(serial, watched=False)
    voltage = (await meter(office, THREE_PHASES))["limits"]["voltage"]
    assert (voltage["nominal"], voltage["sag"]) == (230.0, None)


async def test_while_its_bridge_is_not_set_up_there_is_its_nameplate(office: Office) -> None:
    assert await office.home.tear_down()
    told = await meter(office, THREE_PHASES)

    assert (told["state"], told["model"], told["rated_voltage"]) == ("loading", "DTSY300", 230.0)
    assert (told["quantities"], told["commands"], told["money"]) == ([], [], None)
    assert told["limits"] == {"voltage": None, "frequency": None, "harmonics": None}
