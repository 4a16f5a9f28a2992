"""Meters without a serial number: known by where they were found, and told apart when they are moved."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.discovery import unit_serial
from custom_components.csj_meter.simulator import SimulatedLine

from ..conftest import Home, subentry_of, write_profile
from .bridge_dialogues import meters_of, simulated
from .dialogue import Dialogue, Person

STAND_IN = unit_serial("simulated line 1", 3)
"""What a meter is known by that was found at unit id 3 of the line."""

BLANK = """
manufacturer: CSJ
model: DTS300
source: invented
verified: false
phases: 3
tariffs: 1
max_read: 60
ranges:
  holding: [0x0000..0x0013]
  input: [0x0100..0x0139]
checks:
  - {space: holding, at: 0x0001, type: u16, one_of: [CODE]}
serial: none
groups:
  live:
    space: input
    active_power: {at: 0x0116, type: i32, scale: 0.1}
"""


@pytest.fixture
def blank(hass: HomeAssistant) -> None:
    """The meters at the unit ids 3 and 6 tell no serial number."""
    write_profile(hass, "csj_3p", BLANK.replace("CODE", "301"))


@pytest.fixture
async def cellar(blank: None, home: Home) -> Home:
    """A running bridge without meters."""
    empty = home.with_meters()
    assert await empty.set_up()
    return empty


async def by_hand(patient: Person, entry: ConfigEntry, unit_id: int) -> Dialogue:
    """Add one meter."""
    dialogue = await (await patient.add_meter(entry)).choose("by_hand")
    return await dialogue.fill(unit_id=unit_id)


async def moved(patient: Person, entry: ConfigEntry) -> None:
    """Add the meter at unit id 3, which then gets the unit id 6."""
    await by_hand(patient, entry, 3)
    (meter,) = entry.subentries.values()
    dialogue = await patient.change_meter(entry, meter)
    await dialogue.fill(unit_id=6)
    assert dialogue.at == "abort: meter_changed"


async def test_the_next_meter_at_a_unit_id_is_another_one(
    patient: Person, cellar: Home, device_registry: dr.DeviceRegistry
) -> None:
    await moved(patient, cellar.entry)
    dialogue = await by_hand(patient, cellar.entry, 3)

    assert dialogue.at == "created"
    serials = {unit_id: serial for unit_id, (serial, *_) in meters_of(cellar.entry).items()}
    assert serials == {6: STAND_IN, 3: f"{STAND_IN}-2"}
    await cellar.time.run(5)
    for serial in serials.values():
        device = device_registry.async_get_device_by_identifier((DOMAIN, str(serial)), cellar.entry.entry_id)
        assert device is not None


async def test_a_scan_finds_the_next_meter_at_a_unit_id(patient: Person, cellar: Home) -> None:
    await moved(patient, cellar.entry)
    dialogue = await (await patient.add_meter(cellar.entry)).choose("scan_range")
    await dialogue.choose("scan_custom")
    await dialogue.fill(first=3, last=3)
    await dialogue.wait()
    assert dialogue.at == "meters"
    await dialogue.fill()

    assert meters_of(cellar.entry)[3][0] == f"{STAND_IN}-2"


async def test_a_meter_that_two_dialogues_have_found_is_added_once(patient: Person, cellar: Home) -> None:
    await moved(patient, cellar.entry)
    slow = await (await patient.add_meter(cellar.entry)).choose("scan_range")
    await slow.choose("scan_custom")
    await slow.fill(first=3, last=3)
    await slow.wait()
    await by_hand(patient, cellar.entry, 3)
    await slow.fill()

    assert slow.at == "nothing_new"
    assert sorted(meters_of(cellar.entry)) == [3, 6]


@pytest.mark.usefixtures("blank")
async def test_another_bridge_that_was_at_this_link_before(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    stored = subentry_of(line.meters[3])
    other = MockConfigEntry(
        domain=DOMAIN,
        title="Roof",
        data={"link": "simulated", "seed": 99, "meters": 6},
        subentries_data=[stored | {"unique_id": STAND_IN}],
    )
    other.add_to_hass(hass)
    dialogue = await simulated(patient, meters=3)
    assert dialogue.at == "meters"
    await dialogue.fill()

    assert meters_of(dialogue.entry)[3][0] == f"{STAND_IN}-2"
    await patient.do(hass.async_block_till_done())


async def test_a_device_that_is_read_by_a_profile_that_somebody_chooses(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    write_profile(hass, "csj_3p", BLANK.replace("CODE", "9999"))
    stored = subentry_of(line.meters[3])
    other = MockConfigEntry(domain=DOMAIN, data={}, subentries_data=[stored | {"unique_id": STAND_IN}])
    other.add_to_hass(hass)
    dialogue = await simulated(patient, meters=3)
    assert dialogue.at == "unknown_device"
    await dialogue.fill(profile="csj_3p")
    assert dialogue.at == "meters"
    await dialogue.fill()

    assert meters_of(dialogue.entry)[3][0] == f"{STAND_IN}-2"
    await patient.do(hass.async_block_till_done())
