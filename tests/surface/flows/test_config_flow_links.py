"""Links that do not open, and those that closing the dialogue lets go."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
import socket
from typing import Any

from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.core import HomeAssistant
from modbus_connection import ModbusSerialParams
import pytest

from custom_components.csj_meter.bus.errors import LinkDownError
from custom_components.csj_meter.bus.line_settings import LineSettings
from custom_components.csj_meter.flow.search import reason_of
from custom_components.csj_meter.link_data import SerialLink
from custom_components.csj_meter.simulator import demo_line, serve_pty, serve_rtu_over_tcp

from .bridge_dialogues import all_is_quiet, network, our_tasks
from .dialogue import Person


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


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (SerialLink(device="/dev/ttyUSB0", settings=LineSettings(baudrate=9600)), "port_silent"),
        (
            SerialLink(device="socket://gateway.local:4001", settings=LineSettings(baudrate=9600)),
            "host_silent",
        ),
        (None, "cannot_connect"),
    ],
)
def test_a_link_that_takes_too_long_to_open(link: SerialLink | None, reason: str) -> None:
    late = LinkDownError("it does not open")
    late.__cause__ = TimeoutError()

    assert reason_of(late, link) == reason


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
