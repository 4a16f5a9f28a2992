"""The way to known meters changes: it is tried first, stored whole, and the bridge is never left behind."""

from __future__ import annotations

from typing import Any

from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    demo_line,
    serve_modbus_tcp,
    serve_pty,
    serve_rtu_over_tcp,
)

from ..conftest import subentry_of
from .bridge_dialogues import (
    FAST,
    REGISTRATION,
    all_is_quiet,
    calling_gateway,
    has_values,
    meters_of,
    serials,
)
from .conftest import links_at_rest
from .dialogue import Dialogue, Person

FAST_LINE = {"baudrate": int(FAST), "parity": "N", "stopbits": 1}


def bridge(hass: HomeAssistant, line: SimulatedLine, **data: Any) -> MockConfigEntry:
    """A bridge that knows the meters of a line, not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        data={**FAST_LINE, **data},
        subentries_data=[subentry_of(meter) for meter in line.meters.values()],
    )
    entry.add_to_hass(hass)
    return entry


async def reconfigure(person: Person, entry: MockConfigEntry, kind: str, **values: Any) -> Dialogue:
    """Describe another link."""
    dialogue = await (await person.reconfigure(entry)).choose(kind)
    return await dialogue.fill(**values)


@pytest.mark.loopback
async def test_the_adapter_gives_way_to_a_gateway(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    line = demo_line(1, 2, baudrate=int(FAST))
    entry = bridge(hass, line, link="serial", device="/dev/ttyInvented7")
    hass.config_entries.async_update_entry(entry, unique_id="0403:6001_INVENTED1_FTDI_USB-RS485 Cable")
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await reconfigure(
            person, entry, "rtu_over_tcp", host="127.0.0.1", port=server.port, baudrate=FAST
        )
        assert dialogue.at.startswith("progress")
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        assert entry.data == {"link": "rtu_over_tcp", "host": "127.0.0.1", "port": server.port, **FAST_LINE}
        assert entry.unique_id is None  # the adapter may be offered again
        await has_values(hass, entry, serials(line)[1])


@pytest.mark.loopback
async def test_a_running_bridge_moves_to_another_host(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_rtu_over_tcp(line) as old, serve_modbus_tcp(line) as new:
        entry = bridge(
            hass, line, link="rtu_over_tcp", host="127.0.0.1", port=old.port, mac="00:90:e8:00:00:01"
        )
        hass.config_entries.async_update_entry(entry, unique_id="00:90:e8:00:00:01")
        assert await hass.config_entries.async_setup(entry.entry_id)
        await links_at_rest(hass)
        dialogue = await reconfigure(
            person, entry, "modbus_tcp", host="127.0.0.1", port=new.port, baudrate=FAST
        )
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        assert entry.data["mac"] == entry.unique_id == "00:90:e8:00:00:01"
        await has_values(hass, entry, serials(line)[1])
        assert entry.runtime_data.bus.name.endswith(str(new.port))


@pytest.mark.loopback
async def test_other_line_settings_on_the_port_that_is_in_use(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(1, 1, baudrate=19200)
    async with serve_pty(line) as server:
        entry = bridge(hass, line, link="serial", device=server.path, baudrate=9600)
        hass.config_entries.async_update_entry(entry, unique_id="0403:6001_INVENTED1_FTDI_USB-RS485 Cable")
        assert await hass.config_entries.async_setup(entry.entry_id)
        await links_at_rest(hass)
        dialogue = await (await person.reconfigure(entry)).choose("serial")
        assert dialogue.suggested["baudrate"] == "9600"
        await dialogue.fill(baudrate="detect")
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        assert entry.data["baudrate"] == 19200
        assert entry.unique_id == "0403:6001_INVENTED1_FTDI_USB-RS485 Cable"
        await has_values(hass, entry, serials(line)[1])


@pytest.mark.loopback
async def test_settings_at_which_nobody_answers_leave_the_bridge_as_it_was(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_pty(line) as server:
        entry = bridge(hass, line, link="serial", device=server.path)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await links_at_rest(hass)
        before = dict(entry.data)
        dialogue = await reconfigure(person, entry, "serial", baudrate="9600", parity="none")
        await dialogue.wait()
        assert dialogue.at == "unreached", dialogue
        assert dialogue.placeholders["silent"] == "1"
        await dialogue.look()
        assert entry.data == before
        await has_values(hass, entry, serials(line)[1])

        await dialogue.choose("edit_link")
        assert dialogue.suggested["baudrate"] == "9600"
        await dialogue.fill(baudrate=FAST)
        await dialogue.wait()
        assert dialogue.at == "abort: reconfigure_successful"
        await has_values(hass, entry, serials(line)[1])


@pytest.mark.loopback
async def test_nobody_at_any_settings(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(1, 2, baudrate=int(FAST))
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    async with serve_pty(line) as server:
        entry = bridge(hass, line, link="serial", device="/dev/ttyInvented7")
        dialogue = await reconfigure(
            person, entry, "serial", device=server.path, baudrate=FAST, parity="detect"
        )
        await dialogue.wait()

        assert dialogue.at == "unreached", dialogue
        assert dialogue.placeholders["silent"] == "1-2"


@pytest.mark.loopback
async def test_other_meters_are_on_the_new_line(hass: HomeAssistant, person: Person) -> None:
    theirs = demo_line(2, 2, baudrate=int(FAST))
    entry = bridge(hass, demo_line(1, 2), link="serial", device="/dev/ttyInvented7")
    async with serve_modbus_tcp(theirs, wifi=True) as server:
        dialogue = await reconfigure(
            person, entry, "modbus_tcp", host="127.0.0.1", port=server.port, baudrate=FAST
        )
        await dialogue.wait()
        assert dialogue.at == "unreached", dialogue
        assert dialogue.placeholders["strangers"] == f"{serials(theirs)[1]} (1); {serials(theirs)[2]} (2)"
        assert dialogue.options_offered == ["check", "edit_link", "save_anyway"]
        assert entry.data["link"] == "serial"
        await dialogue.choose("save_anyway")

        assert dialogue.at == "abort: reconfigure_successful"
        assert entry.data["port"] == server.port
        await hass.async_block_till_done()


@pytest.mark.loopback
async def test_a_meter_that_is_switched_on_before_the_second_look(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    entry = bridge(hass, line, link="serial", device="/dev/ttyInvented7")
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await reconfigure(
            person, entry, "rtu_over_tcp", host="127.0.0.1", port=server.port, baudrate=FAST
        )
        await dialogue.wait()
        assert dialogue.at == "unreached", dialogue
        line.faults.clear()
        await (await dialogue.choose("check")).wait()

        assert dialogue.at == "abort: reconfigure_successful"
        await hass.async_block_till_done()


@pytest.mark.loopback
async def test_a_bridge_without_meters_only_needs_a_link_that_opens(
    hass: HomeAssistant, person: Person
) -> None:
    entry = bridge(hass, demo_line(1, 1), link="rtu_over_tcp", host="")
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
    async with serve_rtu_over_tcp(demo_line(1, 1)) as server:
        dialogue = await (await person.reconfigure(entry)).choose("rtu_over_tcp")
        assert "host" not in dialogue.suggested
        await dialogue.fill(host="127.0.0.1", port=server.port)
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("parity", ["none", "detect"])
async def test_the_link_fails_during_the_roll_call(hass: HomeAssistant, person: Person, parity: str) -> None:
    entry = bridge(hass, demo_line(1, 1), link="serial", device="/dev/ttyInvented7")
    dialogue = await reconfigure(person, entry, "serial", baudrate="9600", parity=parity)
    await dialogue.wait()

    assert (dialogue.at, dialogue.errors) == ("serial", {"base": "port_missing"})
    assert dialogue.suggested["device"] == "/dev/ttyInvented7"


async def test_the_link_of_another_bridge(hass: HomeAssistant, person: Person) -> None:
    bridge(hass, demo_line(2, 1), link="serial", device="/dev/ttyInvented8")
    entry = bridge(hass, demo_line(1, 1), link="serial", device="/dev/ttyInvented7")
    dialogue = await reconfigure(person, entry, "serial", device="/dev/ttyInvented8")

    assert dialogue.at == "abort: already_configured"


@pytest.mark.loopback
async def test_closing_the_dialogue_puts_the_bridge_back_on_its_line(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_pty(line) as server:
        entry = bridge(hass, line, link="serial", device=server.path)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await links_at_rest(hass)
        dialogue = await reconfigure(person, entry, "serial", baudrate="detect", parity="detect")
        while entry.state is not ConfigEntryState.NOT_LOADED:
            await person.wait(0.01)
        while not async_get_connection_info(hass):
            await person.wait(0.01)
        await links_at_rest(hass)
        dialogue.close()
        await hass.async_block_till_done()

        await all_is_quiet(person)
        assert entry.data["baudrate"] == int(FAST)
        await has_values(hass, entry, serials(line)[1])


@pytest.mark.loopback
async def test_a_gateway_that_calls_stays_on_the_line(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    entry = bridge(
        hass, line, link="dial_in", listen_port=unused_tcp_port, registration=REGISTRATION, baudrate=57600
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    async with calling_gateway(line, unused_tcp_port, REGISTRATION) as call:
        await has_values(hass, entry, serials(line)[1])
        dialogue = await reconfigure(person, entry, "dial_in", baudrate=FAST)
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        assert entry.data["baudrate"] == int(FAST)
        await has_values(hass, entry, serials(line)[1])
        assert not call.done()


@pytest.mark.loopback
async def test_another_registration_text_at_the_same_port(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    entry = bridge(hass, line, link="dial_in", listen_port=unused_tcp_port, registration="old")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await links_at_rest(hass)
    dialogue = await reconfigure(person, entry, "dial_in", registration=REGISTRATION)
    async with calling_gateway(line, unused_tcp_port, REGISTRATION) as call:
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        assert entry.data["registration"] == REGISTRATION
        await has_values(hass, entry, serials(line)[1])
        assert not call.done()


@pytest.mark.loopback
async def test_another_registration_text_that_nobody_says(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    entry = bridge(hass, line, link="dial_in", listen_port=unused_tcp_port, registration=REGISTRATION)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await links_at_rest(hass)
    dialogue = await reconfigure(person, entry, "dial_in", registration="new")
    dialogue.close()
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    async with calling_gateway(line, unused_tcp_port, REGISTRATION):
        await has_values(hass, entry, serials(line)[1])


async def test_another_size_of_the_simulated_line(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    entry = bridge(hass, line, link="simulated", seed=1, meters=6)
    dialogue = await patient.reconfigure(entry)
    assert dialogue.at == "simulated"
    assert dialogue.suggested == {"meters": 6, "seed": 1}
    await dialogue.fill(meters=8)
    await dialogue.wait()

    assert dialogue.at == "abort: reconfigure_successful"
    assert entry.data["meters"] == 8
    await patient.do(hass.async_block_till_done())


async def test_another_counter_for_the_same_meter(hass: HomeAssistant, person: Person) -> None:
    hass.states.async_set("counter.first", "100")
    hass.states.async_set("counter.second", "5")
    dialogue = await (await person.set_up()).choose("pulse")
    await dialogue.fill(name="Heat pump", entity_id="counter.first", circuit="Elm Row")
    entry = dialogue.entry
    await hass.async_block_till_done()

    dialogue = await person.reconfigure(entry)
    assert dialogue.suggested == {
        "name": "Heat pump",
        "entity_id": "counter.first",
        "pulses_per_kwh": 1000,
        "circuit": "Elm Row",
    }
    await dialogue.fill(name="Boiler", entity_id="counter.second", pulses_per_kwh=500, circuit="Mill Lane")
    assert dialogue.at == "abort: reconfigure_successful"
    await hass.async_block_till_done()

    assert entry.title == "Boiler"
    assert entry.data["entity_id"] == "counter.second"
    assert meters_of(entry) == {0: ("counter.first", "Boiler", "Mill Lane")}
