"""What stands between a person and the meters: each trouble is named, and there is a way on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
import fcntl
from itertools import chain, repeat
import os
from pathlib import Path
import socket
from typing import Any

from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.core import HomeAssistant
from modbus_connection import ModbusSerialParams
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.flow import link as link_steps, search
from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    demo_line,
    serve_modbus_tcp,
    serve_pty,
    serve_rtu_over_tcp,
)

from ..conftest import Home, subentry_of
from .dialogue import Dialogue, Person
from .test_config_flow import FAST, REGISTRATION, calling_gateway, meters_of, scan_first, serials


def our_tasks() -> set[str]:
    """Names of the tasks of dialogues that still run."""
    return {
        name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("csj_meter dialogue")
    }


async def all_is_quiet(person: Person) -> None:
    """Return when no task of a dialogue is left; a port takes a moment to close."""
    for _ in range(100):
        if not our_tasks():
            return
        await person.wait(0.01)
    assert not our_tasks()


async def network(person: Person, kind: str, port: int, **values: Any) -> Dialogue:
    """Describe a gateway on this machine."""
    dialogue = await (await person.set_up()).choose(kind)
    return await dialogue.fill(**{"host": "127.0.0.1", "port": port, "baudrate": FAST, **values})


async def simulated(patient: Person, **values: Any) -> Dialogue:
    """Scan the simulated line."""
    dialogue = await (await patient.set_up()).choose("simulated")
    await dialogue.fill(**values)
    return await dialogue.wait()


# --- links that do not open ---------------------------------------------------------------


@pytest.mark.loopback
async def test_a_gateway_that_is_switched_on_in_the_middle_of_the_dialogue(
    person: Person, unused_tcp_port: int
) -> None:
    dialogue = await network(person, "rtu_over_tcp", unused_tcp_port)
    assert (dialogue.at, dialogue.errors) == ("rtu_over_tcp", {"base": "host_refused"})
    assert dialogue.suggested["port"] == unused_tcp_port
    async with serve_rtu_over_tcp(demo_line(1, 1), port=unused_tcp_port):
        await dialogue.fill()

    assert dialogue.at == "scan_range"


@pytest.mark.loopback
async def test_a_host_that_nobody_knows(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    dialogue = await network(person, "modbus_tcp", 502, host="no-such-gateway.invalid")

    assert dialogue.errors == {"base": "host_unknown"}


@pytest.mark.loopback
async def test_a_host_that_does_not_answer(person: Person) -> None:
    with socket.socket() as deaf, socket.socket() as waiting:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)  # room for one who waits; who comes then is not heard
        waiting.connect(deaf.getsockname())
        dialogue = await network(person, "rtu_over_tcp", deaf.getsockname()[1])

    assert dialogue.errors == {"base": "host_silent"}


async def test_a_port_that_is_not_there(person: Person, tmp_path: Path) -> None:
    dialogue = await (await person.set_up()).choose("serial")
    await dialogue.fill(device=str(tmp_path / "ttyUSB7"))

    assert (dialogue.at, dialogue.errors) == ("serial", {"base": "port_missing"})


async def test_a_file_that_is_no_port(person: Person, tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    dialogue = await (await person.set_up()).choose("serial")
    await dialogue.fill(device=str(tmp_path / "notes"))

    assert dialogue.errors == {"base": "not_serial"}


async def test_a_port_that_another_program_has(person: Person) -> None:
    async with serve_pty(demo_line(1, 1)) as server:
        descriptor = os.open(server.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        dialogue = await (await person.set_up()).choose("serial")
        await dialogue.fill(device=server.path)
        assert dialogue.errors == {"base": "port_busy"}

        os.close(descriptor)
        await dialogue.fill()
        assert dialogue.at == "scan_range"


async def test_a_port_that_another_integration_has_with_other_settings(
    hass: HomeAssistant, person: Person
) -> None:
    from homeassistant.components.modbus import async_get_temporary_unit

    async with serve_pty(demo_line(1, 1)) as server:
        other = ModbusSerialParams(device=server.path, baudrate=2400)
        async with async_get_temporary_unit(hass, other, 1):
            dialogue = await (await person.set_up()).choose("serial")
            await dialogue.fill(device=server.path, baudrate="9600", parity="none")

    assert dialogue.errors == {"base": "link_in_use"}


@pytest.mark.parametrize(
    ("kind", "values", "errors"),
    [
        ("serial", {"device": " "}, {"device": "not_a_device"}),
        ("rtu_over_tcp", {"host": "http://gateway"}, {"host": "not_a_host"}),
        ("rtu_over_tcp", {"host": "gateway:8899"}, {"host": "not_a_host"}),
        ("modbus_tcp", {"host": "a.b", "port": 502.5}, {"port": "out_of_range"}),
        ("dial_in", {"listen_port": 4000, "registration": "hex:0g"}, {"registration": "not_a_registration"}),
        ("dial_in", {"listen_port": 4000, "registration": "x" * 65}, {"registration": "not_a_registration"}),
        ("simulated", {"seed": 1.5}, {"seed": "out_of_range"}),
        ("pulse", {"name": "x", "entity_id": "counter.gone"}, {"base": "entity_missing"}),
        ("pulse", {"name": "x", "entity_id": "counter.lost"}, {"base": "entity_unavailable"}),
        ("pulse", {"name": "x", "entity_id": "sensor.text"}, {"base": "not_a_counter"}),
        ("pulse", {"name": "x", "entity_id": "sensor.negative"}, {"base": "not_a_counter"}),
    ],
)
async def test_input_that_cannot_be_right(
    hass: HomeAssistant, person: Person, kind: str, values: dict[str, Any], errors: dict[str, str]
) -> None:
    hass.states.async_set("counter.lost", "unavailable")
    hass.states.async_set("sensor.text", "many")
    hass.states.async_set("sensor.negative", "-3")
    dialogue = await (await person.set_up()).choose(kind)
    await dialogue.fill(**values)

    assert (dialogue.at, dialogue.errors) == (kind, errors)


# --- lines that do not answer -------------------------------------------------------------


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
async def test_no_line_settings_fit(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    line = demo_line(1, 1, baudrate=9600)
    async with serve_pty(line) as server:
        line.faults.set(Fault(kind=FaultKind.METER_DEAD))
        dialogue = await (await person.set_up()).choose("serial")
        await dialogue.fill(device=server.path, baudrate=FAST)
        await dialogue.choose("scan_quick")
        await dialogue.wait()
        assert dialogue.at == "undetected"
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


# --- gateways that are set up otherwise ---------------------------------------------------


@pytest.mark.loopback
async def test_rtu_was_chosen_for_a_gateway_that_speaks_modbus_tcp(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_modbus_tcp(line) as server:
        dialogue = await network(person, "rtu_over_tcp", server.port)
        await scan_first(dialogue, 1)
        assert dialogue.at == "speaks_modbus_tcp", dialogue.errors
        await dialogue.look()
        await (await dialogue.choose("switch_framing")).wait()
        await dialogue.fill()

        assert dialogue.at == "created"
        assert dialogue.entry.data["link"] == "modbus_tcp"
        await hass.async_block_till_done()


@pytest.mark.loopback
async def test_modbus_tcp_was_chosen_for_a_transparent_gateway(person: Person) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await network(person, "modbus_tcp", server.port)
        await scan_first(dialogue, 1)
        assert dialogue.at == "speaks_rtu"
        await dialogue.choose("edit_link")
        assert (dialogue.at, dialogue.suggested["port"]) == ("modbus_tcp", server.port)


@pytest.mark.loopback
async def test_a_gateway_with_meters_that_start_late_is_tried_the_other_way_at_the_end(
    person: Person,
) -> None:
    line = demo_line(1, 5, baudrate=int(FAST))
    for unit in (1, 2, 3, 4):
        line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=unit))
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await network(person, "modbus_tcp", server.port)
        await dialogue.choose("scan_custom")
        await dialogue.fill(first=5, last=5)
        await dialogue.wait()

        assert dialogue.at == "speaks_rtu"


@pytest.mark.loopback
async def test_a_gateway_without_meters_is_not_blamed_for_its_framing(person: Person) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await network(person, "rtu_over_tcp", server.port)
        await scan_first(dialogue, 1)

        assert dialogue.at == "nothing_found"


@pytest.mark.loopback
async def test_something_that_hangs_up_on_everybody(person: Person) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    dialogue = await network(person, "modbus_tcp", server.sockets[0].getsockname()[1])
    server.close()

    assert dialogue.errors == {"base": "connection_closed"}


@asynccontextmanager
async def picky_gateway(
    reply: Callable[[bytes], bytes | None], late: Sequence[float] = ()
) -> AsyncIterator[int]:
    """A gateway that answers with ``reply``, and hangs up where that is None; its port.

    ``late``: seconds that the first answers take.
    """
    waits = chain(late, repeat(0.0))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await reader.read(256)) and (answer := reply(data)) is not None:
            await asyncio.sleep(next(waits))
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def only_modbus_tcp(data: bytes) -> bytes | None:
    """That nobody is there at a unit id; None to what is not Modbus TCP."""
    if data[0]:  # the unit id of RTU; the first transactions of Modbus TCP have a zero here
        return None
    return data[:4] + bytes((0, 3, data[6], data[7] | 0x80, 11))


@pytest.mark.loopback
async def test_a_modbus_tcp_gateway_that_hangs_up_on_rtu(person: Person) -> None:
    async with picky_gateway(only_modbus_tcp) as port:
        dialogue = await network(person, "rtu_over_tcp", port)
        await scan_first(dialogue, 1)

        assert dialogue.at == "speaks_modbus_tcp"


@pytest.mark.loopback
async def test_a_modbus_tcp_gateway_that_hangs_up_on_rtu_and_takes_its_time_at_first(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LIKELY_UNITS", {1})
    # too late for the short wait: for a question while the form is open, and for one of the search
    async with picky_gateway(only_modbus_tcp, [1.0, 1.0]) as port:
        dialogue = await network(person, "rtu_over_tcp", port)
        await scan_first(dialogue, 1)

        assert dialogue.at == "speaks_modbus_tcp"


@pytest.mark.loopback
async def test_a_gateway_that_hangs_up_on_every_read(person: Person) -> None:
    async with picky_gateway(lambda data: b"" if data[1] == 8 else None) as port:
        dialogue = await network(person, "rtu_over_tcp", port)
        await scan_first(dialogue, 1)

        assert (dialogue.at, dialogue.errors) == ("rtu_over_tcp", {"base": "connection_closed"})


@pytest.mark.loopback
async def test_no_gateway_calls(
    hass: HomeAssistant, person: Person, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_steps, "CALL_PATIENCE", 0.01)
    dialogue = await (await person.set_up()).choose("dial_in")
    await dialogue.fill(listen_port=unused_tcp_port, registration=REGISTRATION)
    await dialogue.wait()
    assert dialogue.at == "no_call"

    async with calling_gateway(demo_line(1, 1), unused_tcp_port, "x" * 300) as call:
        await asyncio.wait([call])
    monkeypatch.setattr(link_steps, "CALL_PATIENCE", 5)
    await dialogue.look()
    assert dialogue.at == "wrong_call"
    assert dialogue.placeholders["count"] == "1"
    await dialogue.choose("dial_in_wait")
    async with calling_gateway(demo_line(1, 1), unused_tcp_port, REGISTRATION):
        await dialogue.wait()
        assert dialogue.at == "scan_range"
        await dialogue.choose("without_meters")
        assert dialogue.at == "created"
        await hass.async_block_till_done()


@pytest.mark.loopback
async def test_a_port_at_which_somebody_listens_already(person: Person) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    dialogue = await (await person.set_up()).choose("dial_in")
    await dialogue.fill(listen_port=taken.getsockname()[1])
    taken.close()

    assert dialogue.errors == {"base": "port_taken"}


# --- closing the dialogue -----------------------------------------------------------------


@pytest.mark.loopback
async def test_closing_the_dialogue_frees_the_port_at_once(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(1, 1)
    async with serve_pty(line) as server:
        dialogue = await (await person.set_up()).choose("serial")
        await dialogue.fill(device=server.path, baudrate="9600", parity="none")
        await dialogue.choose("scan_full")
        while line.counters.requests < 3:
            await person.wait(0.01)
        assert async_get_connection_info(hass)
        assert our_tasks()

        dialogue.close()
        await hass.async_block_till_done()
        await person.wait(0.05)

        assert not async_get_connection_info(hass)
        await all_is_quiet(person)
        descriptor = os.open(server.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)
        asked = line.counters.requests
        await person.wait(0.2)
        assert line.counters.requests == asked


@pytest.mark.loopback
async def test_closing_the_dialogue_while_waiting_for_a_call_frees_the_port(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    dialogue = await (await person.set_up()).choose("dial_in")
    await dialogue.fill(listen_port=unused_tcp_port)
    dialogue.close()
    await hass.async_block_till_done()

    await all_is_quiet(person)
    socket.create_server(("127.0.0.1", unused_tcp_port)).close()


# --- who has it already -------------------------------------------------------------------


def bridge(hass: HomeAssistant, title: str = "Cellar", **data: Any) -> MockConfigEntry:
    """A bridge that is configured, but not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, title=title, data={"baudrate": 9600, "parity": "N", "stopbits": 1, **data}
    )
    entry.add_to_hass(hass)
    return entry


async def test_a_serial_port_under_another_name(hass: HomeAssistant, person: Person, tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "ttyUSB0")
    bridge(hass, link="serial", device=str(tmp_path / "by-id"))
    dialogue = await (await person.set_up()).choose("serial")
    await dialogue.fill(device=str(tmp_path / "ttyUSB0"))

    assert dialogue.at == "abort: already_configured"
    assert dialogue.placeholders == {"bridge": "Cellar"}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", " 127.0.0.1 "])
async def test_a_host_in_another_spelling(hass: HomeAssistant, person: Person, host: str) -> None:
    bridge(hass, link="modbus_tcp", host="127.0.0.1", port=8899)
    dialogue = await network(person, "rtu_over_tcp", 8899, host=host)

    assert dialogue.at == "abort: already_configured"


async def test_an_ipv6_address_in_brackets(hass: HomeAssistant, person: Person) -> None:
    bridge(hass, link="modbus_tcp", host="2001:db8::7", port=502)
    dialogue = await network(person, "modbus_tcp", 502, host="[2001:DB8:0::7]")

    assert dialogue.at == "abort: already_configured"


async def test_a_gateway_as_a_socket_in_the_place_of_a_port(hass: HomeAssistant, person: Person) -> None:
    bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8899)
    dialogue = await (await person.set_up()).choose("serial")
    await dialogue.fill(device="socket://192.0.2.7:8899")

    assert dialogue.at == "abort: already_configured"


@pytest.mark.loopback
async def test_another_port_of_the_same_host_is_another_line(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    bridge(hass, link="rtu_over_tcp", host="127.0.0.1", port=1)
    bridge(hass, title="Broken", link="rtu_over_tcp", host="")
    dialogue = await network(person, "rtu_over_tcp", unused_tcp_port)

    assert dialogue.errors == {"base": "host_refused"}


@pytest.mark.loopback
async def test_another_dialogue_that_is_busy_with_the_same_port(person: Person) -> None:
    async with serve_pty(demo_line(1, 1)) as server:
        first = await (await person.set_up()).choose("serial")
        await first.fill(device=server.path)
        second = await (await person.set_up()).choose("serial")
        await second.fill(device=server.path)
        assert second.at == "abort: already_in_progress"

        first.close()
        third = await (await person.set_up()).choose("serial")
        await third.fill(device=server.path)
        assert third.at == "scan_range"


async def test_a_meter_that_another_bridge_has(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN,
        title="Roof",
        data={"link": "simulated", "seed": 99, "meters": 1},
        subentries_data=[subentry_of(line.meters[3])],
    )
    other.add_to_hass(hass)
    dialogue = await simulated(patient)
    assert dialogue.at == "taken"
    assert dialogue.placeholders["meters"] == f"{serials(line)[3]} (3): Home 3, Roof"
    await dialogue.choose("go_on")
    await dialogue.fill()

    assert sorted(meters_of(dialogue.entry)) == [1, 2, 4, 5, 6]


@pytest.mark.meters(1, 2, 3, 4, 5, 6)
async def test_all_meters_belong_to_another_bridge(hass: HomeAssistant, patient: Person, home: Home) -> None:
    home.entry.add_to_hass(hass)
    dialogue = await simulated(patient, seed=2)
    await dialogue.choose("go_on")

    assert dialogue.at == "nothing_new"
    assert dialogue.options_offered == ["scan_range", "edit_link", "without_meters"]


@pytest.mark.meters(1, 2, 3, 4, 5, 6)
async def test_another_bridge_that_was_faster(hass: HomeAssistant, patient: Person, home: Home) -> None:
    dialogue = await simulated(patient, seed=2)
    assert dialogue.at == "meters"
    home.entry.add_to_hass(hass)
    await dialogue.fill()

    assert dialogue.at == "taken"


# --- devices that nobody knows ------------------------------------------------------------


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
