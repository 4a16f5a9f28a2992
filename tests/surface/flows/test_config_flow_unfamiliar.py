"""Devices that nobody knows: read by the profile that somebody chooses, or left out."""

from __future__ import annotations

from collections.abc import Callable

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import Fault, FaultKind, SimulatedLine

from ..conftest import subentry_of
from .bridge_dialogues import meters_of, serials, simulated
from .dialogue import Person


@pytest.fixture
def unfamiliar(hide: Callable[[str], None]) -> None:
    """Nobody knows the three-phase meters."""
    hide("csj_3p")


@pytest.mark.usefixtures("unfamiliar")
async def test_an_unknown_device_is_read_by_the_profile_that_somebody_chooses(
    patient: Person, line: SimulatedLine
) -> None:
    dialogue = await simulated(patient, meters=3)
    assert dialogue.at == "unknown_device"
    assert dialogue.placeholders["unit"] == "3"
    assert "DTS300" in dialogue.placeholders["device"]
    await dialogue.fill(profile="csj_3p")
    assert dialogue.at == "meters"
    await dialogue.fill()

    entry = dialogue.entry
    assert meters_of(entry)[3][0] == serials(line)[3]
    assert [subentry.data["profile"] for subentry in entry.subentries.values()].count("csj_3p") == 1


@pytest.mark.usefixtures("unfamiliar")
async def test_an_unknown_device_is_left_out(patient: Person, line: SimulatedLine) -> None:
    dialogue = await simulated(patient, meters=3)
    await dialogue.fill()
    await dialogue.fill()

    assert sorted(meters_of(dialogue.entry)) == [1, 2]


@pytest.mark.usefixtures("unfamiliar")
async def test_nothing_but_unknown_devices(patient: Person, line: SimulatedLine) -> None:
    for unit in (1, 2):
        line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=unit))
    dialogue = await simulated(patient, meters=3)
    assert dialogue.at == "unknown_device"
    await dialogue.fill(profile="leave_out")

    assert dialogue.at == "nothing_new"


@pytest.mark.usefixtures("unfamiliar")
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(kind=FaultKind.METER_DEAD, unit=3), "profile_does_not_fit"),
        (Fault(kind=FaultKind.FOREIGN_SERIAL, unit=3, magnitude=1), "serial_found_twice"),
        (Fault(kind=FaultKind.FOREIGN_SERIAL, unit=3, magnitude=6), "meter_taken"),
    ],
)
async def test_an_unknown_device_that_cannot_be_read_so(
    hass: HomeAssistant, patient: Person, line: SimulatedLine, fault: Fault, problem: str
) -> None:
    other = MockConfigEntry(domain=DOMAIN, data={}, subentries_data=[subentry_of(line.meters[6])])
    other.add_to_hass(hass)
    dialogue = await simulated(patient, meters=3)
    line.faults.set(fault)
    await dialogue.fill(profile="csj_3p")

    assert (dialogue.at, dialogue.errors) == ("unknown_device", {"profile": problem})
    assert dialogue.suggested == {"profile": "csj_3p"}
    await dialogue.fill(profile="leave_out")
    assert dialogue.at == "meters"
