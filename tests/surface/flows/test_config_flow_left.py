"""Dialogues that somebody has left: their bridge goes on, and they give way to others."""

from __future__ import annotations

from collections.abc import Callable
import socket

from homeassistant.config_entries import SOURCE_USB, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.usb import UsbServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.flow import link as link_steps
from custom_components.csj_meter.simulator import Fault, FaultKind, SimulatedLine, demo_line, serve_pty

from ..conftest import Home, subentry_of
from .bridge_dialogues import FAST, REGISTRATION, all_is_quiet, calling_gateway
from .dialogue import Dialogue, Person

A_WHILE = 301.0
"""Seconds after which a dialogue gives way, and for which one waits for a call."""


def state_of(entry: ConfigEntry) -> str:
    """How a bridge stands."""
    return str(entry.state.value)


async def reconfigure(person: Person, home: Home, **values: int) -> Dialogue:
    """Describe another size of the simulated line."""
    return await (await person.reconfigure(home.entry)).fill(**values)


async def calling_bridge(hass: HomeAssistant, person: Person, port: int) -> MockConfigEntry:
    """A bridge whose gateway calls with the old registration text, set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        data={
            "link": "dial_in",
            "listen_port": port,
            "registration": "old",
            "baudrate": int(FAST),
            "parity": "N",
            "stopbits": 1,
        },
        subentries_data=[subentry_of(meter) for meter in demo_line(1, 1).meters.values()],
    )
    entry.add_to_hass(hass)
    await person.do(hass.config_entries.async_setup(entry.entry_id))
    return entry


async def other_text(person: Person, entry: MockConfigEntry, text: str = REGISTRATION) -> Dialogue:
    """Describe another registration text for the same port."""
    return await (await (await person.reconfigure(entry)).choose("dial_in")).fill(registration=text)


async def nobody_calls(hass: HomeAssistant, person: Person, port: int) -> tuple[MockConfigEntry, Dialogue]:
    """A bridge whose dialogue about another text has waited in vain."""
    entry = await calling_bridge(hass, person, port)
    dialogue = await other_text(person, entry)
    await person.wait(A_WHILE)
    return entry, dialogue


def flows(hass: HomeAssistant) -> list[str]:
    """Ids of the dialogues that are open."""
    return [flow["flow_id"] for flow in hass.config_entries.flow.async_progress()]


# --- the bridge goes on -------------------------------------------------------------------


async def test_the_bridge_is_back_when_the_link_was_tried_and_nobody_looks(
    hass: HomeAssistant, patient: Person, bridge: Home
) -> None:
    dialogue = await reconfigure(patient, bridge, meters=8)
    assert dialogue.at.startswith("progress")
    await patient.wait(60)

    assert state_of(bridge.entry) == "loaded"
    assert bridge.entry.data["meters"] == 6
    assert bridge.state("sensor", 1, "active_power").state not in {"unavailable", "unknown"}

    await dialogue.look()
    assert dialogue.at == "abort: reconfigure_successful"
    assert bridge.entry.data["meters"] == 8
    await patient.do(hass.async_block_till_done())
    assert state_of(bridge.entry) == "loaded"


@pytest.mark.loopback
async def test_the_bridge_is_back_when_nobody_goes_on_after_no_call(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    entry, dialogue = await nobody_calls(hass, patient, unused_tcp_port)
    await patient.wait(590)
    assert state_of(entry) == "not_loaded"
    await patient.wait(20)
    assert state_of(entry) == "loaded"

    await dialogue.look()
    assert dialogue.at == "no_call"
    await dialogue.choose("dial_in_wait")
    assert dialogue.at == "progress: waiting"
    assert state_of(entry) == "not_loaded"
    line = demo_line(1, 1, baudrate=int(FAST))
    async with calling_gateway(line, unused_tcp_port, REGISTRATION):
        await dialogue.wait()

        assert dialogue.at == "abort: reconfigure_successful"
        await patient.do(hass.async_block_till_done())
        assert state_of(entry) == "loaded"
        assert entry.data["registration"] == REGISTRATION


@pytest.mark.loopback
async def test_a_gateway_has_to_call_again_when_nobody_went_on_after_its_call(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    entry = await calling_bridge(hass, patient, unused_tcp_port)
    line = demo_line(1, 1, baudrate=int(FAST))
    dialogue = await other_text(patient, entry)
    async with calling_gateway(line, unused_tcp_port, REGISTRATION) as call:
        await patient.wait(660)
        assert call.done()
    assert state_of(entry) == "loaded"

    await dialogue.look()
    assert dialogue.at == "progress: waiting"
    async with calling_gateway(line, unused_tcp_port, REGISTRATION):
        await dialogue.wait()
        assert dialogue.at == "abort: reconfigure_successful"
        await patient.do(hass.async_block_till_done())


@pytest.mark.loopback
async def test_somebody_who_waits_for_a_call_again_and_again_is_not_left(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    entry = await calling_bridge(hass, patient, unused_tcp_port)
    dialogue = await other_text(patient, entry)
    for _ in range(4):
        await patient.wait(A_WHILE)
        assert state_of(entry) == "not_loaded"
        await dialogue.look()
        await dialogue.choose("dial_in_wait")

    dialogue.close()
    await patient.do(hass.async_block_till_done())
    assert state_of(entry) == "loaded"


@pytest.mark.loopback
async def test_a_gateway_with_another_text_stays_while_somebody_looks_what_is_wrong(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    entry = await calling_bridge(hass, patient, unused_tcp_port)
    line = demo_line(1, 1, baudrate=int(FAST))
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    dialogue = await other_text(patient, entry)
    async with calling_gateway(line, unused_tcp_port, REGISTRATION) as call:
        await dialogue.wait()
        assert dialogue.at == "unreached"
        assert state_of(entry) == "not_loaded"  # its port is open with the other text
        line.faults.clear()
        await (await dialogue.choose("check")).wait()

        assert dialogue.at == "abort: reconfigure_successful"
        await patient.do(hass.async_block_till_done())
        assert not call.done()


@pytest.mark.loopback
async def test_the_bridge_is_back_at_once_when_its_port_cannot_be_had(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    taken = socket.create_server(("", unused_tcp_port))
    entry = await calling_bridge(hass, patient, unused_tcp_port)
    assert state_of(entry) == "setup_retry"
    dialogue = await other_text(patient, entry)
    taken.close()

    assert dialogue.errors == {"base": "port_taken"}
    assert state_of(entry) == "setup_retry"
    await patient.wait(120)
    assert state_of(entry) == "loaded"


@pytest.mark.loopback
async def test_who_goes_on_is_told_that_somebody_else_has_the_port_now(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    entry, dialogue = await nobody_calls(hass, patient, unused_tcp_port)
    await patient.wait(610)
    await dialogue.look()
    assert dialogue.at == "no_call"
    await patient.do(hass.config_entries.async_unload(entry.entry_id))
    taken = socket.create_server(("", unused_tcp_port))
    await dialogue.choose("dial_in_wait")
    taken.close()

    assert dialogue.errors == {"base": "port_taken"}


@pytest.mark.loopback
async def test_a_bridge_that_was_removed_is_not_missed(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await calling_bridge(hass, patient, unused_tcp_port)
    await other_text(patient, entry)
    await patient.do(hass.config_entries.async_remove(entry.entry_id))
    await patient.wait(1000)

    socket.create_server(("", unused_tcp_port)).close()
    assert "exception" not in caplog.text


async def test_nothing_is_set_up_any_more_when_home_assistant_stops(
    hass: HomeAssistant, patient: Person, bridge: Home
) -> None:
    dialogue = await reconfigure(patient, bridge, meters=8)
    while state_of(bridge.entry) != "not_loaded":
        await patient.wait(0.01)
    assert dialogue.is_busy
    await patient.do(hass.async_stop(force=True))

    assert state_of(bridge.entry) == "not_loaded"


# --- others take its place ----------------------------------------------------------------


async def test_the_bridge_can_be_reconfigured_again(
    hass: HomeAssistant, patient: Person, bridge: Home
) -> None:
    first = await reconfigure(patient, bridge, meters=7)
    await patient.wait(A_WHILE - 60)
    second = await reconfigure(patient, bridge, meters=8)
    assert second.at == "abort: already_in_progress"
    assert flows(hass) == [first.result["flow_id"]]

    await patient.wait(90)
    third = await reconfigure(patient, bridge, meters=8)
    assert flows(hass) == [third.result["flow_id"]]
    await third.wait()
    assert third.at == "abort: reconfigure_successful"
    assert bridge.entry.data["meters"] == 8
    await patient.do(hass.async_block_till_done())


async def test_the_same_bridge_can_be_added_again(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    for _ in range(3):
        dialogue = await (await patient.set_up()).choose("simulated")
        await dialogue.fill(seed=2)
        assert dialogue.at.startswith("progress")
        await patient.wait(24 * 3600)

    assert flows(hass) == [dialogue.result["flow_id"]]


@pytest.mark.loopback
async def test_the_port_of_a_dialogue_that_was_left_is_free_for_the_next(
    hass: HomeAssistant, patient: Person, unused_tcp_port: int
) -> None:
    entry = await calling_bridge(hass, patient, unused_tcp_port)
    await other_text(patient, entry)
    await patient.wait(2 * A_WHILE)
    assert state_of(entry) == "not_loaded"
    dialogue = await other_text(patient, entry, "another")

    assert dialogue.at == "progress: waiting", dialogue
    assert flows(hass) == [dialogue.result["flow_id"]]
    await patient.wait(2 * A_WHILE)
    assert state_of(entry) == "not_loaded"  # as long as it waits for this one
    await patient.wait(600)
    assert state_of(entry) == "loaded"


@pytest.mark.loopback
async def test_dialogues_about_different_links_go_on_side_by_side(
    hass: HomeAssistant, patient: Person, unused_tcp_port_factory: Callable[[], int]
) -> None:
    for port in (unused_tcp_port_factory(), unused_tcp_port_factory()):
        dialogue = await (await patient.set_up()).choose("dial_in")
        await dialogue.fill(listen_port=port)
        assert dialogue.at == "progress: waiting"

    assert len(flows(hass)) == 2


@pytest.mark.loopback
async def test_a_dialogue_that_is_at_work_does_not_give_way(
    patient: Person, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_steps, "CALL_PATIENCE", 3000)
    for ends in ("progress: waiting", "abort: already_in_progress"):
        dialogue = await (await patient.set_up()).choose("dial_in")
        await dialogue.fill(listen_port=unused_tcp_port)
        assert dialogue.at == ends
        await patient.wait(2000)


@pytest.mark.loopback
async def test_a_dialogue_that_home_assistant_has_begun_does_not_give_way(
    hass: HomeAssistant, patient: Person
) -> None:
    async with serve_pty(demo_line(1, 1)) as server:
        info = UsbServiceInfo(
            device=server.path,
            vid="0403",
            pid="6001",
            serial_number="INVENTED1",
            manufacturer="FTDI",
            description="USB-RS485 Cable",
        )
        noticed = await patient.set_up(SOURCE_USB, info)
        await noticed.fill()
        assert noticed.at == "scan_range"
        await patient.wait(3600)
        by_hand = await (await patient.set_up()).choose("serial")
        await by_hand.fill(device=server.path)

        assert by_hand.at == "abort: already_in_progress"
        assert flows(hass) == [noticed.result["flow_id"]]
        await all_is_quiet(patient)
