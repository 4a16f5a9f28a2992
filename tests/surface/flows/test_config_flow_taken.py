"""Links and meters that another bridge or another dialogue has already."""

from __future__ import annotations

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import SimulatedLine, demo_line, serve_pty

from ..conftest import Home, subentry_of
from .bridge_dialogues import bridge, meters_of, network, serials, simulated
from .dialogue import Person


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


async def test_a_counter_that_another_meter_counts_with(hass: HomeAssistant, person: Person) -> None:
    hass.states.async_set("counter.boiler", "100")
    bridge(hass, link="pulse", entity_id="counter.boiler", pulses_per_kwh=1000)
    dialogue = await (await person.set_up()).choose("pulse")
    await dialogue.fill(name="Heat pump", entity_id="counter.boiler")

    assert dialogue.at == "abort: counter_taken"
    assert dialogue.placeholders == {"bridge": "Cellar"}


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
