"""Taking in a meter that a scan has found, as the dialogue does."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntryState
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import CONF_CIRCUIT, CONF_KEY, CONF_UNIT_ID, DOMAIN

from .conftest import Office

pytestmark = [pytest.mark.loopback, pytest.mark.meters(1, 2, 4)]

UNIT = 4


@pytest.fixture
async def found(office: Office) -> Office:
    """The same with one meter less: a scan finds it."""
    entry = office.home.entry
    (subentry_id,) = [one.subentry_id for one in entry.subentries.values() if one.data[CONF_UNIT_ID] == UNIT]
    office.hass.config_entries.async_remove_subentry(entry, subentry_id)
    await office.run(5)
    return office


async def test_it_joins_the_others_while_they_are_polled(found: Office) -> None:
    viewer, home = await found.viewer(), found.home
    number = await viewer.subscribe("meters/subscribe")
    assert home.serial(UNIT) not in {row["serial"] for row in viewer.heard(number)[0]["meters"]}
    runtime = home.entry.runtime_data

    told = await viewer.ask(
        "bus/add", bridge=home.entry.entry_id, unit_id=UNIT, name="  Attic\t", circuit="Oak Street"
    )
    await found.run(30)

    assert told == {
        "bridge": home.entry.entry_id,
        "serial": home.serial(UNIT),
        "name": "Attic",
        "unit_id": UNIT,
    }
    assert home.entry.runtime_data is runtime  # no reload
    (subentry,) = [one for one in home.entry.subentries.values() if one.unique_id == home.serial(UNIT)]
    assert (subentry.title, subentry.data[CONF_UNIT_ID]) == ("Attic", UNIT)
    assert subentry.data[CONF_CIRCUIT] == "Oak Street"
    rows = [row for event in viewer.heard(number) for row in event["meters"]]
    (last,) = [row for row in rows if row["serial"] == home.serial(UNIT)][-1:]
    assert (last["state"], last["name"]) == ("online", "Attic")
    assert found.hass.config_entries.subentries.async_progress() == []
    (line,) = [
        line for line in (await viewer.ask("audit"))["lines"] if line["what"].startswith(f"{DOMAIN}/bus/add")
    ]
    assert (line["what"], line["outcome"]) == (f"{DOMAIN}/bus/add {UNIT}", "done")


async def test_without_a_name_it_is_called_what_it_is(found: Office) -> None:
    viewer, home = await found.viewer(), found.home
    told = await viewer.ask("bus/add", bridge=home.entry.entry_id, unit_id=UNIT)

    assert home.serial(UNIT) in told["name"]
    (subentry,) = [one for one in home.entry.subentries.values() if one.unique_id == home.serial(UNIT)]
    # of a simulated meter nobody has to type the key
    assert subentry.data[CONF_KEY] == home.line.meters[UNIT].nameplate.key


async def test_what_stands_in_the_way_is_said(found: Office) -> None:
    viewer, home = await found.viewer(), found.home
    before = set(home.entry.subentries)
    for unit, said in ((1, "has this unit id"), (77, "Nobody answers")):
        answered = await viewer.answer("bus/add", bridge=home.entry.entry_id, unit_id=unit)
        error = answered["error"]
        assert (error["code"], error["translation_key"]) == ("service_validation_error", "meter_not_added")
        assert error["translation_placeholders"]["unit"] == str(unit)
        assert said in error["translation_placeholders"]["reason"]

    assert set(home.entry.subentries) == before
    assert found.hass.config_entries.subentries.async_progress() == []
    assert home.entry.state is ConfigEntryState.LOADED


async def test_a_bridge_without_a_line_has_nobody_to_ask(office: Office) -> None:
    hass, viewer = office.hass, await office.viewer()
    hass.states.async_set("sensor.blinks", "1000")
    pulses = MockConfigEntry(
        domain=DOMAIN, data={"link": "pulse", "entity_id": "sensor.blinks", "pulses_per_kwh": 1000.0}
    )
    pulses.add_to_hass(hass)
    assert await office.home.time.through(hass.config_entries.async_setup(pulses.entry_id))

    assert (await viewer.refused("bus/add", bridge=pulses.entry_id, unit_id=7))[1] == "no_line"
