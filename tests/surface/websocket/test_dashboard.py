"""What dashboards are built of, as each role sees it."""

from __future__ import annotations

from typing import Any

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.csj_meter.site.access import Role

from .conftest import CIRCUIT, Office

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 6)]

THREE_PHASES, PREPAID, PLAIN = 1, 2, 6


async def told(office: Office, role: Role | None = Role.OWNER) -> dict[str, Any]:
    """What somebody of a role is told; what is theirs are meter and circuit of the second."""
    theirs: dict[Role | None, dict[str, Any]] = {
        Role.LANDLORD: {"circuits": (CIRCUIT,)},
        Role.TENANT: {"meters": (office.home.serial(PREPAID),)},
    }
    viewer = await (office.viewer() if role is Role.OWNER else office.person(role, **theirs.get(role, {})))
    answered: dict[str, Any] = await viewer.ask("dashboard")
    return answered


def meter(office: Office, answered: dict[str, Any], unit: int) -> dict[str, Any]:
    """The row of a meter."""
    (row,) = [row for row in answered["meters"] if row["serial"] == office.home.serial(unit)]
    found: dict[str, Any] = row
    return found


async def test_it_says_what_meters_are(office: Office) -> None:
    answered = await told(office)
    three, prepaid, plain = (meter(office, answered, unit) for unit in (THREE_PHASES, PREPAID, PLAIN))

    assert (answered["role"], answered["permissions"]["configure"]) == ("owner", "site")
    assert not answered["loading"]
    assert len(answered["meters"]) == 3
    assert (three["phases"], prepaid["phases"]) == (3, 1)
    assert (prepaid["prepay"], plain["prepay"]) == (True, False)
    assert (prepaid["circuit"], plain["circuit"]) == (CIRCUIT, "Oak Street")
    plate = office.home.line.meters[THREE_PHASES].nameplate
    assert (three["tariffs"], three["name"]) == (plate.tariffs, "Home 1")
    assert three["device_id"]


async def test_entities_are_those_of_the_registry(office: Office) -> None:
    home = office.home
    registry = er.async_get(office.hass)
    power = home.entity_id("sensor", PREPAID, "active_power")
    supply = home.entity_id("binary_sensor", PREPAID, "supply")
    energy = home.entity_id("sensor", PREPAID, "energy_import")
    assert power is not None
    assert supply is not None
    assert energy is not None
    registry.async_update_entity(power, new_entity_id="sensor.kettle")
    registry.async_update_entity(supply, disabled_by=er.RegistryEntryDisabler.USER)
    registry.async_update_entity(energy, hidden_by=er.RegistryEntryHider.USER)

    row = meter(office, await told(office), PREPAID)

    assert row["entities"]["sensor"]["active_power"] == "sensor.kettle"
    assert "supply" not in row["entities"]["binary_sensor"]
    assert "energy_import" not in row["entities"]["sensor"]
    assert row["entities"]["sensor"]["balance"] == home.entity_id("sensor", PREPAID, "balance")
    every = [entity for keys in row["entities"].values() for entity in keys.values()]
    assert all(registry.async_get(entity) is not None for entity in every)
    assert "voltage_l3" not in row["entities"]["sensor"]


@pytest.mark.parametrize(
    ("role", "meters", "money", "diagnostics", "work_orders"),
    [
        (Role.OWNER, 3, True, True, True),
        (Role.TECHNICIAN, 3, False, True, True),
        (Role.SUPPORT, 3, False, False, True),
        (Role.LANDLORD, 2, True, False, False),
        (Role.TENANT, 1, True, False, False),
    ],
)
async def test_each_role_is_told_what_it_may(
    office: Office, role: Role, meters: int, money: bool, diagnostics: bool, work_orders: bool
) -> None:
    answered = await told(office, role)
    row = meter(office, answered, PREPAID)

    assert answered["role"] == role.value
    assert len(answered["meters"]) == meters
    assert ("balance" in row["entities"]["sensor"]) is money
    assert ("credit_low" in row["entities"]["binary_sensor"]) is money
    assert ("success_rate" in row["entities"]["sensor"]) is diagnostics
    assert "alert_state" in row["entities"]["sensor"]
    assert ("todo" in answered["site"]) is work_orders


async def test_strangers_have_nothing(office: Office) -> None:
    answered = await told(office, None)

    assert (answered["meters"], answered["site"]) == ([], {})


async def test_what_flows_back_is_solar(office: Office) -> None:
    before = meter(office, await told(office), THREE_PHASES)["solar"]
    line = office.home.line.meters[THREE_PHASES]
    exported = float(str(line.truth().get("energy_export", 0)))

    assert before is (exported >= 1)
    assert not meter(office, await told(office), PREPAID)["solar"]  # it does not count it


async def test_a_bridge_that_is_not_set_up_keeps_its_meters(office: Office) -> None:
    assert await office.home.tear_down()

    answered = await told(office)

    assert answered["loading"]
    assert len(answered["meters"]) == 3
    assert meter(office, answered, PREPAID)["entities"]["sensor"]["balance"]


async def test_meters_come_and_go(office: Office) -> None:
    entry = office.home.entry
    gone = next(iter(entry.subentries.values()))
    office.hass.config_entries.async_remove_subentry(entry, gone.subentry_id)
    await office.run(1)

    answered = await told(office)

    assert gone.unique_id not in {row["serial"] for row in answered["meters"]}
    assert len(answered["meters"]) == 2
