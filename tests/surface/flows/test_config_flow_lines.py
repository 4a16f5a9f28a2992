"""Lines that do not answer, or not so that they can be understood: each trouble is named, with a way on."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind, SimulatedLine, demo_line, serve_pty

from .bridge_dialogues import FAST, meters_of, scan_first, serials, simulated
from .dialogue import Person


async def test_nobody_on_the_line_then_somebody(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    dialogue = await simulated(patient)
    assert dialogue.at == "nothing_found"
    assert dialogue.placeholders["units"] == "1-6"
    await dialogue.look()
    assert dialogue.at == "nothing_found"

    line.faults.clear()
    await dialogue.choose("scan_range")
    await dialogue.choose("scan_full")
    await dialogue.wait()
    assert dialogue.at == "meters"
    assert any("found 6, at unit 2" in text for text in dialogue.texts)


async def test_a_bridge_without_meters(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    dialogue = await simulated(patient)
    await dialogue.choose("without_meters")

    assert dialogue.at == "created"
    assert meters_of(dialogue.entry) == {}


async def test_going_back_to_the_link(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    dialogue = await simulated(patient, seed=9)
    await dialogue.choose("edit_link")

    assert dialogue.at == "simulated"
    assert dialogue.suggested == {"meters": 6, "seed": 9}


async def test_a_range_that_ends_before_it_begins(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    dialogue = await simulated(patient)
    await dialogue.choose("scan_range")
    await dialogue.choose("scan_custom")
    assert dialogue.suggested == {"first": 1, "last": 6}
    await dialogue.fill(first=9, last=3)

    assert dialogue.errors == {"last": "range_reversed"}
    assert dialogue.suggested == {"first": 9, "last": 3}


@pytest.mark.loopback
async def test_no_line_settings_fit(person: Person) -> None:
    line = demo_line(1, 1, baudrate=9600)
    async with serve_pty(line) as server:
        line.faults.set(Fault(kind=FaultKind.METER_DEAD))
        dialogue = await (await person.set_up()).choose("serial")
        await dialogue.fill(device=server.path, baudrate=FAST)
        await dialogue.choose("scan_quick")
        await dialogue.wait()
        assert dialogue.at == "undetected", dialogue
        await dialogue.choose("edit_link")
        assert (dialogue.suggested["baudrate"], dialogue.suggested["parity"]) == (FAST, "detect")


async def test_an_adapter_that_hears_itself(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.ECHO))
    dialogue = await simulated(patient)
    assert dialogue.at == "echo"

    line.faults.clear()
    await dialogue.choose("scan")
    await dialogue.wait()
    assert dialogue.at == "meters"


@pytest.mark.loopback
async def test_settings_are_still_to_be_found_once_an_adapter_has_ceased_to_hear_itself(
    person: Person,
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    line.faults.set(Fault(kind=FaultKind.ECHO))
    async with serve_pty(line) as server:
        dialogue = await (await person.set_up()).choose("serial")
        await dialogue.fill(device=server.path, baudrate=FAST)
        await scan_first(dialogue, 1)
        assert dialogue.at == "echo"
        await dialogue.choose("edit_link")
        assert (dialogue.suggested["baudrate"], dialogue.suggested["parity"]) == (FAST, "detect")


async def test_answers_that_cannot_be_understood(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=2, magnitude=1))
    dialogue = await simulated(patient)
    assert dialogue.at == "garbled"
    assert dialogue.placeholders["units"] == "2"
    await dialogue.look()
    await dialogue.choose("go_on")
    await dialogue.fill()

    assert sorted(meters_of(dialogue.entry)) == [1, 3, 4, 5, 6]


async def test_nothing_but_noise(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, magnitude=1))
    dialogue = await simulated(patient)

    assert dialogue.at == "garbled"
    assert dialogue.placeholders["units"]
    assert dialogue.options_offered == ["scan", "edit_link"]


async def test_one_meter_at_several_unit_ids(patient: Person, line: SimulatedLine) -> None:
    line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=4, magnitude=1))
    dialogue = await simulated(patient)
    assert dialogue.at == "duplicates"
    assert dialogue.placeholders["meters"] == f"{serials(line)[1]}: 1, 4"
    await dialogue.choose("go_on")
    await dialogue.fill()

    assert sorted(meters_of(dialogue.entry)) == [2, 3, 5, 6]


async def test_a_line_that_is_cut_during_the_scan(patient: Person, line: SimulatedLine) -> None:
    dialogue = await (await patient.set_up()).choose("simulated")
    await dialogue.fill()
    line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    await dialogue.wait()

    assert (dialogue.at, dialogue.errors) == ("simulated", {"base": "cannot_connect"})
