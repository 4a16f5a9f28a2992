"""Links: refused at the door when they cannot work, opened through Home Assistant's shared links."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import socket
from typing import Any

from homeassistant.components.modbus import async_get_unit
from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from modbus_connection import ModbusSerialParams, ModbusTcpParams
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.bus.dial_in import Sieve
from custom_components.csj_meter.bus.timing import (
    DIAL_IN_LATENCY,
    GATEWAY_LATENCY,
    NETWORK_LATENCY,
    SERIAL_LATENCY,
)
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.dial_in_ports import async_hold_port
from custom_components.csj_meter.link_data import (
    DialInLink,
    InvalidLinkError,
    ModbusLink,
    NetworkLink,
    PulseLink,
    SerialLink,
    link_from_data,
)
from custom_components.csj_meter.links import (
    LinkInUseError,
    async_addresses,
    async_open_bus,
    async_places,
    async_places_of,
    async_temporary_bus,
    standard_utc_offset,
)
from custom_components.csj_meter.simulator import demo_line, serve_pty, serve_rtu_over_tcp

SETTINGS = {"baudrate": 9600, "parity": "N", "stopbits": 1}
SERIAL = {"link": "serial", "device": "/dev/ttyUSB0", **SETTINGS}
RTU = {"link": "rtu_over_tcp", "host": "192.0.2.7", "port": 8899, **SETTINGS}
TCP = {"link": "modbus_tcp", "host": "gateway.local", "port": 502, **SETTINGS}
DIAL_IN = {"link": "dial_in", "listen_port": 8899, "registration": "house", **SETTINGS}
SIMULATED = {"link": "simulated", "seed": 1, "meters": 6, "utc_offset": 3600}
PULSE = {"link": "pulse", "entity_id": "counter.heat_pump", "pulses_per_kwh": 1000.0}


# --- at the door --------------------------------------------------------------------------


@pytest.mark.parametrize("data", [SERIAL, RTU, TCP, DIAL_IN, SIMULATED, PULSE], ids=lambda data: data["link"])
def test_what_is_stored_comes_back(data: dict[str, Any]) -> None:
    link = link_from_data(data)

    assert link.as_data() == data
    assert link_from_data(link.as_data()) == link
    assert link.name


@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        ({}, "link", "unknown_link"),
        ({"link": "carrier_pigeon"}, "link", "unknown_link"),
        (SERIAL | {"device": ""}, "device", "not_a_device"),
        (SERIAL | {"device": None}, "device", "not_a_device"),
        (SERIAL | {"device": "/dev/tty\nUSB0"}, "device", "not_a_device"),
        (SERIAL | {"device": "/dev/" + "x" * 512}, "device", "not_a_device"),
        (SERIAL | {"baudrate": 9601}, "baudrate", "not_a_baudrate"),
        (SERIAL | {"baudrate": 300}, "baudrate", "out_of_range"),
        (SERIAL | {"baudrate": "fast"}, "baudrate", "out_of_range"),
        (SERIAL | {"baudrate": True}, "baudrate", "out_of_range"),
        (SERIAL | {"parity": "M"}, "parity", "not_a_parity"),
        (SERIAL | {"stopbits": 3}, "stopbits", "out_of_range"),
        (RTU | {"host": "gateway_1"}, "host", "not_a_host"),
        (RTU | {"host": "192.0.2.777"}, "host", "not_a_host"),
        (RTU | {"host": "user@gateway"}, "host", "not_a_host"),
        (RTU | {"port": 0}, "port", "out_of_range"),
        (RTU | {"port": 65536}, "port", "out_of_range"),
        (RTU | {"port": None}, "port", "out_of_range"),
        (DIAL_IN | {"listen_port": 80}, "listen_port", "out_of_range"),
        (DIAL_IN | {"registration": "hex:"}, "registration", "not_a_registration"),
        (DIAL_IN | {"registration": "a\x00b"}, "registration", "not_a_registration"),
        (SIMULATED | {"meters": 0}, "meters", "out_of_range"),
        (SIMULATED | {"meters": 33}, "meters", "out_of_range"),
        (SIMULATED | {"seed": -1}, "seed", "out_of_range"),
        (SIMULATED | {"utc_offset": 10**6}, "utc_offset", "out_of_range"),
        (PULSE | {"entity_id": "heat pump"}, "entity_id", "not_an_entity"),
        (PULSE | {"entity_id": 7}, "entity_id", "not_an_entity"),
        (PULSE | {"pulses_per_kwh": 0}, "pulses_per_kwh", "out_of_range"),
        (PULSE | {"pulses_per_kwh": "many"}, "pulses_per_kwh", "out_of_range"),
        (PULSE | {"pulses_per_kwh": float("nan")}, "pulses_per_kwh", "out_of_range"),
    ],
)
def test_what_no_link_can_have_is_refused(data: dict[str, Any], name: str, problem: str) -> None:
    with pytest.raises(InvalidLinkError) as caught:
        link_from_data(data)

    assert (caught.value.name, caught.value.problem) == (name, problem)


@pytest.mark.parametrize(
    ("written", "host", "name"),
    [
        ("Gateway.Local.", "gateway.local", "gateway.local:502"),
        (" 192.0.2.7 ", "192.0.2.7", "192.0.2.7:502"),
        ("[2001:DB8:0:0::7]", "2001:db8::7", "[2001:db8::7]:502"),
    ],
)
def test_a_host_has_one_spelling(written: str, host: str, name: str) -> None:
    link = link_from_data(TCP | {"host": written})

    assert isinstance(link, NetworkLink)
    assert (link.host, link.name) == (host, name)


@pytest.mark.parametrize(
    ("data", "latency"),
    [
        (SERIAL, SERIAL_LATENCY),
        (SERIAL | {"device": "esphome-hass://invented"}, NETWORK_LATENCY),
        (RTU, NETWORK_LATENCY),
        (TCP, GATEWAY_LATENCY),
        (DIAL_IN, DIAL_IN_LATENCY),
        (SIMULATED, SERIAL_LATENCY),
    ],
)
def test_every_link_is_given_its_time(data: dict[str, Any], latency: float) -> None:
    link = link_from_data(data)

    assert not isinstance(link, PulseLink)
    assert link.timing.latency == latency
    assert link.timing.baudrate == 9600


def test_parity_and_stop_bits_make_characters_longer() -> None:
    link = link_from_data(SERIAL | {"parity": "E", "stopbits": "2"})

    assert isinstance(link, SerialLink)
    assert link.timing.bits_per_character == 12


def test_a_registration_may_be_bytes_and_is_not_shown() -> None:
    link = link_from_data(DIAL_IN | {"registration": "hex:01 fe 00"})

    assert isinstance(link, DialInLink)
    assert link.registration_bytes == b"\x01\xfe\x00"
    assert "fe" not in repr(link)
    assert link_from_data(DIAL_IN | {"registration": " "}).as_data()["registration"] == ""
    assert Sieve(link.registration_bytes)._said == [b"\x01\xfe\x00"]


# --- where links end ----------------------------------------------------------------------


async def test_the_same_port_under_two_names(hass: HomeAssistant, tmp_path: Path) -> None:
    (tmp_path / "by-id").symlink_to(tmp_path / "ttyUSB0")
    places = [
        await async_places(hass, link_from_data(SERIAL | {"device": str(tmp_path / name)}))
        for name in ("by-id", "ttyUSB0", "ttyUSB1")
    ]

    assert places[0] == places[1] != places[2]


async def test_the_same_host_by_name_and_address(hass: HomeAssistant) -> None:
    by_name = await async_places(hass, link_from_data(RTU | {"host": "localhost"}))
    by_address = await async_places(hass, link_from_data(TCP | {"host": "127.0.0.1", "port": 8899}))
    other_port = await async_places(hass, link_from_data(TCP | {"host": "127.0.0.1", "port": 8898}))
    socket_link = await async_places(hass, link_from_data(SERIAL | {"device": "socket://127.0.0.1:8899"}))

    assert by_name & by_address
    assert by_address & socket_link
    assert not by_name & other_port


async def test_a_name_that_cannot_be_resolved_is_still_the_same_name(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert await async_addresses(hass, "gateway.local") == frozenset()
    assert await async_places(hass, link_from_data(TCP)) == {"gateway.local:502"}


async def test_a_bridge_whose_data_cannot_be_used_ends_nowhere(hass: HomeAssistant) -> None:
    assert await async_places_of(hass, MockConfigEntry(domain=DOMAIN, data={})) == frozenset()


@pytest.mark.parametrize(
    ("zone", "offset"), [("Europe/Berlin", 3600), ("Australia/Sydney", 36000), ("America/Caracas", -14400)]
)
async def test_the_meters_keep_winter_time(hass: HomeAssistant, zone: str, offset: int) -> None:
    await hass.config.async_set_time_zone(zone)

    assert standard_utc_offset() == offset


def line_of(data: dict[str, Any]) -> ModbusLink:
    """A link with a line behind it."""
    link = link_from_data(data)
    assert not isinstance(link, PulseLink)
    return link


# --- opening ------------------------------------------------------------------------------


def bridge(hass: HomeAssistant, data: dict[str, Any], *units: int) -> MockConfigEntry:
    """A bridge with meters at unit ids."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data=data,
        state=ConfigEntryState.SETUP_IN_PROGRESS,
        subentries_data=[
            {"data": {"unit_id": unit}, "subentry_type": "meter", "title": "Meter", "unique_id": str(unit)}
            for unit in units
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let go of what the entry holds."""
    await entry._async_process_on_unload(hass)


@pytest.mark.loopback
async def test_a_bridge_shares_its_link_with_other_integrations(hass: HomeAssistant) -> None:
    async with serve_pty(demo_line(1, 2, baudrate=115200)) as server:
        entry = bridge(hass, SERIAL | {"device": server.path, "baudrate": 115200}, 1, 2)
        other = MockConfigEntry(domain="other")
        bus = await async_open_bus(hass, entry)
        async_get_unit(hass, other, ModbusSerialParams(device=server.path, baudrate=115200), 9)
        [info] = async_get_connection_info(hass)
        assert info.units == {entry.entry_id: [1, 2], other.entry_id: [9]}

        assert await bus.read(1, "holding", 0, 2, priority=Priority.LIVE)
        assert await bus.read(2, "holding", 0, 2, priority=Priority.LIVE)
        await unload(hass, entry)
        await unload(hass, other)
        assert async_get_connection_info(hass) == []


@pytest.mark.loopback
async def test_a_transparent_gateway_is_spelt_as_other_integrations_spell_it(hass: HomeAssistant) -> None:
    async with serve_rtu_over_tcp(demo_line(1, 1)) as server:
        entry = bridge(hass, RTU | {"host": "127.0.0.1", "port": server.port}, 1)
        await async_open_bus(hass, entry)
        other = MockConfigEntry(domain="other")
        device = f"socket://127.0.0.1:{server.port}"
        async_get_unit(hass, other, ModbusSerialParams(device=device, baudrate=115200), 1)

        assert len(async_get_connection_info(hass)) == 1
        await unload(hass, entry)
        await unload(hass, other)


async def test_modbus_tcp_numbers_its_replies(hass: HomeAssistant) -> None:
    entry = bridge(hass, TCP, 1)
    bus = await async_open_bus(hass, entry)

    assert bus._transaction_ids
    assert async_get_connection_info(hass)[0].endpoint == ModbusTcpParams(host="gateway.local").endpoint
    await unload(hass, entry)


async def test_a_port_that_is_in_use_with_other_settings_is_said(hass: HomeAssistant) -> None:
    other = MockConfigEntry(domain="other")
    async_get_unit(hass, other, ModbusSerialParams(device="/dev/ttyUSB0", baudrate=2400), 1)

    with pytest.raises(ConfigEntryError) as caught:
        await async_open_bus(hass, bridge(hass, SERIAL, 1))
    assert caught.value.translation_key == "link_in_use"
    with pytest.raises(LinkInUseError):
        async with async_temporary_bus(hass, line_of(SERIAL)):
            pass
    await unload(hass, other)
    assert async_get_connection_info(hass) == []


@pytest.mark.parametrize("data", [RTU | {"host": ""}, PULSE])
async def test_a_bridge_without_a_usable_line_cannot_be_opened(
    hass: HomeAssistant, data: dict[str, Any]
) -> None:
    with pytest.raises(ConfigEntryError) as caught:
        await async_open_bus(hass, bridge(hass, data))

    assert caught.value.translation_key == "invalid_link"


async def test_a_simulated_line_is_the_same_every_time(hass: HomeAssistant) -> None:
    link = line_of(SIMULATED)
    serials = []
    for _ in range(2):
        async with async_temporary_bus(hass, link) as bus:
            serials.append(await bus.read(3, "holding", 8, 8, priority=Priority.SCAN))
    entry = bridge(hass, SIMULATED, 3)
    bus = await async_open_bus(hass, entry)
    serials.append(await bus.read(3, "holding", 8, 8, priority=Priority.SCAN))

    assert serials[0] == serials[1] == serials[2]


@contextmanager
def listening_at(port: int) -> Iterator[None]:
    """Another program that listens."""
    with socket.create_server(("", port)):
        yield


@pytest.mark.loopback
async def test_a_dial_in_port_that_another_program_has(hass: HomeAssistant, unused_tcp_port: int) -> None:
    data = DIAL_IN | {"listen_port": unused_tcp_port}
    with listening_at(unused_tcp_port):
        with pytest.raises(ConfigEntryNotReady) as caught:
            await async_open_bus(hass, bridge(hass, data))
        assert caught.value.translation_key == "port_taken"

    entry = bridge(hass, data)
    await async_open_bus(hass, entry)
    await unload(hass, entry)
    await hass.async_block_till_done()
    with listening_at(unused_tcp_port):
        pass


@pytest.mark.loopback
async def test_a_dial_in_port_is_open_as_long_as_somebody_holds_it(
    hass: HomeAssistant, unused_tcp_port: int
) -> None:
    async with async_hold_port(hass, unused_tcp_port, b"house") as first:
        async with async_hold_port(hass, unused_tcp_port, b"house") as second:
            assert first is second
        socket.create_connection(("127.0.0.1", unused_tcp_port)).close()
        with pytest.raises(OSError, match="another registration text"):
            async with async_hold_port(hass, unused_tcp_port, b"other"):
                pass

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", unused_tcp_port))


def is_open(path: str) -> bool:
    """Whether this process has a file open."""
    real = Path(path).resolve()
    return real in {link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


@pytest.mark.loopback
async def test_a_temporary_line_leaves_nothing_open(hass: HomeAssistant) -> None:
    async with serve_pty(demo_line(1, 1, baudrate=115200)) as server:
        before = is_open(server.path)
        link = line_of(SERIAL | {"device": server.path, "baudrate": 115200})
        async with async_temporary_bus(hass, link) as bus:
            assert await bus.read(1, "holding", 0, 2, priority=Priority.SCAN)
            assert async_get_connection_info(hass)[0].units == {}
            assert is_open(server.path)
        assert async_get_connection_info(hass) == []
        await hass.async_block_till_done()

        assert is_open(server.path) is before
