"""Adapters and gateways that Home Assistant notices: offered once, and followed when they move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import SOURCE_DHCP, SOURCE_IGNORE, SOURCE_USB, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.loader import async_get_integration
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.flow import discovery
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
from .bridge_dialogues import FAST, bridge, has_values, scan_first, serials
from .dialogue import Person

MAC = "d8:b0:4c:00:00:01"


def adapter(device: str, **changes: Any) -> UsbServiceInfo:
    """An RS485 cable that has been plugged in."""
    return UsbServiceInfo(
        **{
            "device": device,
            "vid": "0403",
            "pid": "6001",
            "serial_number": "INVENTED1",
            "manufacturer": "FTDI",
            "description": "USB-RS485 Cable",
            **changes,
        }
    )


def gateway(address: str, mac: str = MAC) -> DhcpServiceInfo:
    """A serial server that has asked for an address."""
    return DhcpServiceInfo(ip=address, hostname="usr-tcp232", macaddress=mac.replace(":", ""))


# --- adapters -----------------------------------------------------------------------------


@pytest.mark.loopback
async def test_an_adapter_that_is_plugged_in(hass: HomeAssistant, person: Person) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_pty(line) as server:
        dialogue = await person.set_up(SOURCE_USB, adapter(server.path))
        assert dialogue.at == "serial"
        assert dialogue.suggested["device"] == server.path
        flow = hass.config_entries.flow.async_get(dialogue.result["flow_id"])
        assert flow["context"]["title_placeholders"] == {"name": "USB-RS485 Cable"}
        await dialogue.fill(baudrate=FAST, parity="none")
        await scan_first(dialogue, 1)
        await dialogue.fill()

        assert dialogue.at == "created"
        assert dialogue.entry.unique_id == usb.usb_unique_id_from_service_info(adapter(server.path))
        await hass.async_block_till_done()


async def test_an_adapter_that_is_noticed_twice(person: Person, tmp_path: Path) -> None:
    await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB0")))
    again = await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB0")))

    assert again.at == "abort: already_in_progress"


async def test_an_adapter_that_a_bridge_uses_already(
    hass: HomeAssistant, person: Person, tmp_path: Path
) -> None:
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "ttyUSB0")
    bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8899)
    bridge(hass, link="serial", device=str(tmp_path / "by-id"))
    dialogue = await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB0")))

    assert dialogue.at == "abort: already_configured"


async def test_an_adapter_that_has_moved_to_another_socket(
    hass: HomeAssistant, person: Person, tmp_path: Path
) -> None:
    entry = bridge(hass, link="serial", device="/dev/ttyUSB0")
    unique_id = usb.usb_unique_id_from_service_info(adapter("/dev/ttyUSB0"))
    hass.config_entries.async_update_entry(entry, unique_id=unique_id)
    dialogue = await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB1")))

    assert dialogue.at == "abort: already_configured"
    assert entry.data["device"] == str(tmp_path / "ttyUSB1")


async def test_an_adapter_known_by_the_same_as_one_that_is_there(
    hass: HomeAssistant, person: Person, tmp_path: Path
) -> None:
    known = adapter(str(tmp_path / "ttyUSB1"), serial_number=None)
    (tmp_path / "ttyUSB0").touch()
    entry = bridge(hass, link="serial", device=str(tmp_path / "ttyUSB0"))
    hass.config_entries.async_update_entry(entry, unique_id=usb.usb_unique_id_from_service_info(known))
    dialogue = await person.set_up(SOURCE_USB, known)

    assert dialogue.at == "abort: already_configured"
    assert entry.data["device"] == str(tmp_path / "ttyUSB0")


def ports(folder: Path, there: int = 4) -> list[str]:
    """The paths by id of an adapter with four ports, of which so many are there already."""
    paths = [folder / f"usb-FTDI_USB-COM485_Plus4_INVENTED1-if0{number}-port0" for number in range(4)]
    for path in paths[:there]:
        path.touch()
    return [str(path) for path in paths]


async def test_each_port_of_an_adapter_with_several_is_a_line_of_its_own(
    hass: HomeAssistant, person: Person, tmp_path: Path
) -> None:
    first, second, third, _ = ports(tmp_path)
    entry = bridge(hass, link="serial", device=first)
    unique_id = usb.usb_unique_id_from_service_info(adapter(first))
    hass.config_entries.async_update_entry(entry, unique_id=unique_id)

    assert (await person.set_up(SOURCE_USB, adapter(first))).at == "abort: already_configured"
    for device in (second, third):
        dialogue = await person.set_up(SOURCE_USB, adapter(device))
        assert dialogue.at == "serial"
        assert dialogue.suggested["device"] == device
    assert entry.data["device"] == first


async def test_no_bridge_moves_to_another_port_of_its_adapter(
    hass: HomeAssistant, person: Person, tmp_path: Path
) -> None:
    first, _, third, _ = ports(tmp_path, there=1)
    entry = bridge(hass, link="serial", device=third)
    unique_id = usb.usb_unique_id_from_service_info(adapter(third))
    hass.config_entries.async_update_entry(entry, unique_id=unique_id)
    await person.set_up(SOURCE_USB, adapter(first))

    assert entry.data["device"] == third


async def test_an_adapter_whose_bridge_has_a_gateway_now(
    hass: HomeAssistant, person: Person, tmp_path: Path
) -> None:
    entry = bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8899)
    unique_id = usb.usb_unique_id_from_service_info(adapter("/dev/any"))
    hass.config_entries.async_update_entry(entry, unique_id=unique_id)
    before = dict(entry.data)
    dialogue = await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB0")))

    assert dialogue.at == "serial"
    assert entry.data == before
    assert entry.unique_id is None


async def test_a_bridge_that_waits_for_its_adapter_tries_again_when_it_is_back(
    hass: HomeAssistant, person: Person
) -> None:
    async with serve_pty(demo_line(1, 1)) as server:
        entry = bridge(hass, link="serial", device=server.path)
        entry.mock_state(hass, ConfigEntryState.SETUP_RETRY)
        await person.set_up(SOURCE_USB, adapter(server.path))
        await hass.async_block_till_done()

        assert entry.state is ConfigEntryState.LOADED


async def test_an_adapter_that_somebody_ignores(hass: HomeAssistant, person: Person, tmp_path: Path) -> None:
    await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB0")))
    unique_id = usb.usb_unique_id_from_service_info(adapter("/dev/any"))
    await person.set_up(SOURCE_IGNORE, {"unique_id": unique_id, "title": "USB-RS485 Cable"})
    again = await person.set_up(SOURCE_USB, adapter(str(tmp_path / "ttyUSB0")))

    assert again.at == "abort: already_configured"
    assert hass.config_entries.async_entries(DOMAIN)[0].data == {}


async def test_only_adapters_that_call_themselves_rs485_are_offered(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    matchers: list[Any] = integration.manifest["usb"]

    def offered(description: str, vid: str = "0403", pid: str = "6001") -> bool:
        device = usb.USBDevice(
            device="/dev/ttyUSB0",
            vid=vid,
            pid=pid,
            serial_number=None,
            manufacturer=None,
            description=description,
        )
        return any(usb.usb_device_matches_matcher(device, matcher) for matcher in matchers)

    assert offered("USB-RS485 Cable")
    assert offered("USB-COM485 Plus4")
    assert offered("USB to RS-485 adapter")
    assert offered("Converter", vid="110A", pid="1150")
    assert not offered("FT232R USB UART")
    assert not offered("USB Serial", vid="1A86", pid="7523")


# --- gateways -----------------------------------------------------------------------------


@pytest.mark.loopback
async def test_a_gateway_that_asks_for_an_address(
    hass: HomeAssistant, person: Person, device_registry: dr.DeviceRegistry
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await person.set_up(SOURCE_DHCP, gateway("127.0.0.1"))
        assert dialogue.at == "gateway"
        await dialogue.look()
        await dialogue.choose("rtu_over_tcp")
        assert dialogue.suggested["host"] == "127.0.0.1"
        await dialogue.fill(port=server.port, baudrate=FAST)
        await scan_first(dialogue, 1)
        await dialogue.fill()

        assert dialogue.at == "created"
        entry = dialogue.entry
        assert entry.unique_id == entry.data["mac"] == MAC
        await hass.async_block_till_done()
        devices = device_registry.async_get_devices(connections={(dr.CONNECTION_NETWORK_MAC, MAC)})
        assert [device.config_entry_id for device in devices] == [entry.entry_id]


@pytest.mark.loopback
async def test_another_host_than_the_one_that_was_noticed(hass: HomeAssistant, person: Person) -> None:
    async with serve_rtu_over_tcp(demo_line(1, 1, baudrate=int(FAST))) as server:
        dialogue = await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))
        await dialogue.choose("rtu_over_tcp")
        await dialogue.fill(host="127.0.0.1", port=server.port, baudrate=FAST)
        await dialogue.choose("without_meters")

        assert dialogue.entry.unique_id is None
        assert "mac" not in dialogue.entry.data
        await hass.async_block_till_done()


async def test_a_gateway_that_is_noticed_twice(person: Person) -> None:
    await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))
    again = await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))

    assert again.at == "abort: already_in_progress"


async def test_a_gateway_that_has_another_address_now(hass: HomeAssistant, person: Person) -> None:
    first = bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8899, mac=MAC)
    second = bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8898, mac=MAC)
    dialogue = await person.set_up(SOURCE_DHCP, gateway("192.0.2.8"))

    assert dialogue.at == "abort: already_configured"
    assert first.data["host"] == second.data["host"] == "192.0.2.8"


async def test_a_running_bridge_follows_its_gateway(hass: HomeAssistant, person: Person) -> None:
    entry = bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8899, mac=MAC)
    assert await hass.config_entries.async_setup(entry.entry_id)
    before = entry.runtime_data
    await person.set_up(SOURCE_DHCP, gateway("192.0.2.8"))
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not before
    assert entry.runtime_data.bus.name == "192.0.2.8:8899"


async def test_a_loaded_bridge_that_does_not_listen_is_reloaded(
    hass: HomeAssistant, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = bridge(hass, link="rtu_over_tcp", host="192.0.2.7", port=8899, mac=MAC)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    entry.runtime_data = None
    scheduled: list[str] = []
    monkeypatch.setattr(hass.config_entries, "async_schedule_reload", scheduled.append)
    await person.set_up(SOURCE_DHCP, gateway("192.0.2.8"))

    assert scheduled == [entry.entry_id]
    entry.mock_state(hass, ConfigEntryState.NOT_LOADED)


async def test_a_gateway_that_is_known_by_name_keeps_it(hass: HomeAssistant, person: Person) -> None:
    entry = bridge(hass, link="rtu_over_tcp", host="gateway.local", port=8899, mac=MAC)
    await person.set_up(SOURCE_DHCP, gateway("192.0.2.8"))

    assert entry.data["host"] == "gateway.local"


def by_hand(hass: HomeAssistant, line: SimulatedLine, port: int) -> MockConfigEntry:
    """A bridge that was set up by hand, with the meters of a line behind a gateway."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        data={"link": "modbus_tcp", "host": "127.0.0.1", "port": port, "baudrate": int(FAST)},
        subentries_data=[subentry_of(meter) for meter in line.meters.values()],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.mark.loopback
async def test_a_gateway_that_was_set_up_by_hand_is_followed_from_now_on(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_modbus_tcp(line) as server:
        entry = by_hand(hass, line, server.port)
        serial = bridge(hass, link="serial", device="/dev/ttyUSB0")
        assert await hass.config_entries.async_setup(entry.entry_id)
        await has_values(hass, entry, serials(line)[1])
        dialogue = await person.set_up(SOURCE_DHCP, gateway("127.0.0.1"))

        assert dialogue.at == "abort: already_configured"
        assert entry.data["mac"] == MAC
        assert "mac" not in serial.data
        await hass.async_block_till_done()


async def test_who_has_the_address_of_a_bridge_that_is_not_set_up_is_perhaps_another_one(
    hass: HomeAssistant, person: Person
) -> None:
    entry = bridge(hass, link="modbus_tcp", host="192.0.2.7", port=502)
    dialogue = await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))

    assert dialogue.at == "abort: already_configured"
    assert "mac" not in entry.data


@pytest.mark.loopback
async def test_who_has_the_address_of_a_gateway_whose_meters_are_silent_is_perhaps_another_one(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    async with serve_modbus_tcp(line) as server:
        entry = by_hand(hass, line, server.port)
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert entry.runtime_data.line.up
        dialogue = await person.set_up(SOURCE_DHCP, gateway("127.0.0.1"))

        assert dialogue.at == "abort: already_configured"
        assert "mac" not in entry.data


@pytest.mark.loopback
async def test_who_has_the_address_of_a_gateway_that_is_off_is_perhaps_another_one(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    async with serve_modbus_tcp(line) as server:
        entry = by_hand(hass, line, server.port)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await has_values(hass, entry, serials(line)[1])
    coordinator = next(iter(entry.runtime_data.coordinators.values()))
    while coordinator.data.online:
        await person.wait(0.02)
    dialogue = await person.set_up(SOURCE_DHCP, gateway("127.0.0.1"))

    assert dialogue.at == "abort: already_configured"
    assert "mac" not in entry.data


@pytest.mark.loopback
async def test_a_gateway_that_is_switched_on_while_its_bridge_waits(
    hass: HomeAssistant, person: Person, unused_tcp_port: int
) -> None:
    line = demo_line(1, 1, baudrate=int(FAST))
    entry = by_hand(hass, line, unused_tcp_port)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    async with serve_modbus_tcp(line, port=unused_tcp_port):
        await person.set_up(SOURCE_DHCP, gateway("127.0.0.1"))
        await has_values(hass, entry, serials(line)[1])
        assert "mac" not in entry.data

        await person.set_up(SOURCE_DHCP, gateway("127.0.0.1"))
        assert entry.data["mac"] == MAC
        await hass.async_block_till_done()


async def test_a_gateway_that_somebody_ignores(hass: HomeAssistant, person: Person) -> None:
    await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))
    await person.set_up(SOURCE_IGNORE, {"unique_id": MAC, "title": "Gateway"})
    again = await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))

    assert again.at == "abort: already_configured"


async def test_a_gateway_whose_bridge_has_another_one_now(hass: HomeAssistant, person: Person) -> None:
    entry = bridge(hass, link="rtu_over_tcp", host="192.0.2.9", port=8899)
    hass.config_entries.async_update_entry(entry, unique_id=MAC)
    dialogue = await person.set_up(SOURCE_DHCP, gateway("192.0.2.7"))

    assert dialogue.at == "gateway"
    assert entry.data["host"] == "192.0.2.9"
    assert entry.unique_id is None


# --- names --------------------------------------------------------------------------------


async def test_a_bridge_is_called_what_its_adapter_calls_itself(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.csj_meter.link_data import link_from_data

    port = usb.USBDevice(
        device="/dev/ttyUSB0",
        vid="0403",
        pid="6001",
        serial_number="INVENTED1",
        manufacturer="FTDI",
        description="USB-RS485 Cable",
    )

    async def ports(_: HomeAssistant) -> list[usb.USBDevice]:
        return [port]

    monkeypatch.setattr(usb, "async_scan_serial_ports", ports)
    serial = {"link": "serial", "baudrate": 9600}

    for device, title in {
        "/dev/ttyUSB0": "USB-RS485 Cable",
        "/dev/ttyUSB1": "ttyUSB1",
        "esphome-hass://invented/uart": "uart",
    }.items():
        link = link_from_data({**serial, "device": device})
        assert await discovery.async_title(hass, link) == title
