"""A person sets a bridge up: over each of the links, from the menu to meters with values."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.csj_meter.const import DOMAIN, Link
from custom_components.csj_meter.simulator import (
    SimulatedLine,
    demo_line,
    serve_modbus_tcp,
    serve_pty,
    serve_rtu_over_tcp,
)

from .bridge_dialogues import FAST, REGISTRATION, calling_gateway, has_values, meters_of, scan_first, serials
from .dialogue import Person


@pytest.mark.loopback
async def test_a_serial_line_whose_speed_nobody_knows(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(1, 2, baudrate=19200)
    async with serve_pty(line) as server:
        dialogue = await person.set_up()
        assert dialogue.options_offered == [link.value for link in Link]
        await dialogue.choose("serial")
        await dialogue.fill(device=server.path, parity="none")
        assert dialogue.at == "scan_range"
        # nobody answers at the last ones, so that what was found can be read for a while
        await scan_first(dialogue, 6)

        assert any("trying 9600 8N1" in text for text in dialogue.texts)
        assert any("found 2, at unit" in text for text in dialogue.texts)
        assert dialogue.at == "meters"
        await dialogue.fill()

        assert dialogue.at == "created"
        entry = dialogue.entry
        assert entry.data == {
            "link": "serial",
            "device": server.path,
            "baudrate": 19200,
            "parity": "N",
            "stopbits": 1,
        }
        assert {unit: serial for unit, (serial, _, _) in meters_of(entry).items()} == serials(line)
        await has_values(hass, entry, serials(line)[2])


@pytest.mark.loopback
async def test_a_transparent_gateway_with_names_and_a_circuit(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(2, 3, baudrate=int(FAST))
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await (await person.set_up()).choose("rtu_over_tcp")
        await dialogue.fill(host="127.0.0.1", port=server.port, baudrate=FAST)
        await (await dialogue.choose("scan_quick")).wait()
        assert dialogue.at == "meters"
        headings = dialogue.placeholders
        assert all(serials(line)[unit] in headings[f"meter_{unit}"] for unit in (1, 2, 3))
        await dialogue.fill(
            circuit=" Mill \n Lane ",
            meter_1={"add": True, "name": "Ground floor"},
            meter_2={"add": False, "name": "Attic"},
            meter_3={"add": True, "name": "  ", "circuit": "Elm Row"},
        )

        assert dialogue.at == "created"
        entry = dialogue.entry
        assert entry.title == f"127.0.0.1:{server.port}"
        found = meters_of(entry)
        assert found[1] == (serials(line)[1], "Ground floor", "Mill Lane")
        assert 2 not in found
        assert found[3][1:] == (f"DTS300 {serials(line)[3]}", "Elm Row")
        await has_values(hass, entry, serials(line)[1])


@pytest.mark.loopback
async def test_a_modbus_tcp_gateway(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(3, 1, baudrate=int(FAST))
    async with serve_modbus_tcp(line, answer_absent=True, patience=0.05) as server:
        dialogue = await (await person.set_up()).choose("modbus_tcp")
        await dialogue.fill(host="127.0.0.1", port=server.port, baudrate=FAST)
        await scan_first(dialogue, 2)
        await dialogue.fill()

        assert dialogue.at == "created"
        assert dialogue.entry.data["link"] == "modbus_tcp"
        await has_values(hass, dialogue.entry, serials(line)[1])


@pytest.mark.loopback
async def test_a_gateway_that_calls_stays_on_the_line_from_the_dialogue_to_the_bridge(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    line = demo_line(4, 1, baudrate=int(FAST))
    dialogue = await (await person.set_up()).choose("dial_in")
    await dialogue.fill(listen_port=unused_tcp_port, registration=REGISTRATION, baudrate=FAST)
    assert dialogue.at == "progress: waiting"
    async with calling_gateway(line, unused_tcp_port, REGISTRATION) as call:
        await dialogue.wait()
        await scan_first(dialogue, 1)
        await dialogue.fill()

        assert dialogue.at == "created"
        assert dialogue.entry.data["registration"] == REGISTRATION
        await has_values(hass, dialogue.entry, serials(line)[1])
        assert not call.done()


async def test_a_simulated_line(hass: HomeAssistant, patient: Person, line: SimulatedLine) -> None:
    dialogue = await (await patient.set_up()).choose("simulated")
    assert dialogue.suggested == {"meters": 6, "seed": 1}
    await dialogue.fill()
    await dialogue.wait()
    assert any("found 3" in text for text in dialogue.texts)
    assert dialogue.at == "meters"
    await dialogue.fill()

    assert dialogue.at == "created"
    entry = dialogue.entry
    assert entry.title == "Simulated line 1"
    assert {unit: serial for unit, (serial, _, _) in meters_of(entry).items()} == serials(line)
    assert entry.state is ConfigEntryState.LOADED


async def test_more_meters_than_fit_on_a_page(
    hass: HomeAssistant, patient: Person, long_line: SimulatedLine
) -> None:
    dialogue = await (await patient.set_up()).choose("simulated")
    await dialogue.fill(meters=10)
    await dialogue.wait()
    assert (dialogue.placeholders["page"], dialogue.placeholders["pages"]) == ("1", "2")
    assert len(dialogue.suggested) == 8
    await dialogue.fill(circuit="Mill Lane", meter_8={"add": False, "name": "Attic"})
    assert dialogue.at == "meters"
    assert set(dialogue.suggested) == {"meter_1", "meter_2"}
    await dialogue.look()
    await dialogue.fill(meter_1={"add": True, "name": "Ninth"})

    found = meters_of(dialogue.entry)
    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7, 9, 10]
    assert found[7][2] == "Mill Lane"
    assert found[9][1:] == ("Ninth", "")


async def test_a_single_meter_has_no_circuit_for_all(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    dialogue = await (await patient.set_up()).choose("simulated")
    await dialogue.fill(meters=1)
    await dialogue.wait()

    assert set(dialogue.suggested) == {"meter_1"}
    await dialogue.fill()
    assert list(meters_of(dialogue.entry)) == [1]


async def test_a_pulse_counter(hass: HomeAssistant, person: Person) -> None:
    hass.states.async_set("counter.heat_pump", "12500")
    dialogue = await (await person.set_up()).choose("pulse")
    await dialogue.fill(
        name="Heat pump", entity_id="counter.heat_pump", pulses_per_kwh=1000, circuit="Elm Row"
    )

    assert dialogue.at == "created"
    entry = dialogue.entry
    assert entry.data == {"link": "pulse", "entity_id": "counter.heat_pump", "pulses_per_kwh": 1000}
    assert meters_of(entry) == {0: ("counter.heat_pump", "Heat pump", "Elm Row")}
    await hass.async_block_till_done()
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, "counter.heat_pump_energy_import")
    assert entity_id is not None
    state = hass.states.get(entity_id)
    assert state is not None
    assert float(state.state) == 12.5


async def test_a_pulse_counter_that_can_be_renamed_is_known_by_its_registry_entry(
    hass: HomeAssistant, person: Person, entity_registry: er.EntityRegistry
) -> None:
    counter = entity_registry.async_get_or_create(
        "sensor", "esphome", "invented-1", suggested_object_id="pulses"
    )
    hass.states.async_set(counter.entity_id, "7")
    dialogue = await (await person.set_up()).choose("pulse")
    await dialogue.fill(name=" ", entity_id=counter.entity_id, pulses_per_kwh=0.5)

    assert meters_of(dialogue.entry) == {0: (counter.id, counter.entity_id, "")}


async def test_a_counter_that_another_meter_had_before(hass: HomeAssistant, person: Person) -> None:
    for counter in ("counter.first", "counter.second"):
        hass.states.async_set(counter, "100")
    boiler = await (await person.set_up()).choose("pulse")
    await boiler.fill(name="Boiler", entity_id="counter.first")
    await hass.async_block_till_done()
    changed = await person.reconfigure(boiler.entry)
    await changed.fill(entity_id="counter.second")
    await hass.async_block_till_done()
    pump = await (await person.set_up()).choose("pulse")
    await pump.fill(name="Heat pump", entity_id="counter.first")
    await hass.async_block_till_done()

    (boiler_serial, *_), (pump_serial, *_) = (meters_of(one.entry)[0] for one in (boiler, pump))
    assert boiler_serial == "counter.first"
    assert pump_serial == "counter.first-2"
    registry = er.async_get(hass)
    for serial in (boiler_serial, pump_serial):
        assert registry.async_get_entity_id("sensor", DOMAIN, f"{serial}_energy_import") is not None
