"""Gateways that are set up otherwise, hang up or do not call: each is named, and there is a way on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import chain, repeat
import socket

from homeassistant.core import HomeAssistant
import pytest

from custom_components.csj_meter.flow import link as link_steps, search
from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    demo_line,
    serve_modbus_tcp,
    serve_rtu_over_tcp,
)

from .bridge_dialogues import FAST, REGISTRATION, calling_gateway, network, scan_first
from .dialogue import Person


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
async def test_a_meter_after_a_gap_is_found_behind_a_gateway_that_waits_for_who_is_silent(
    person: Person,
) -> None:
    line = demo_line(1, 8, baudrate=int(FAST))
    for unit in range(2, 8):
        line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=unit))
    async with serve_modbus_tcp(line, patience=0.9) as server:
        dialogue = await network(person, "modbus_tcp", server.port)
        await scan_first(dialogue, 8)

        assert (dialogue.at, dialogue.placeholders["count"]) == ("meters", "2")


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
