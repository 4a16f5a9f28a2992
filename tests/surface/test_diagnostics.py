"""The file for a bug report: everything about the line, nothing about the people."""

from __future__ import annotations

import json
import threading

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.json import ExtendedJSONEncoder
import pytest

from custom_components.csj_meter.alerts.settings import (
    AlertSettings,
    Channel,
    Medium,
    Route,
    TicketSettings,
)
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site_settings import async_site_settings

from ..alerts.found import found
from .conftest import Home, subentry_of, write_profile


async def test_the_line_and_every_meter_are_described(bridge: Home, hass: HomeAssistant) -> None:
    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    assert told["line"]["up"] is True
    assert told["line"]["timing"]["baudrate"] == 9600
    assert told["line"]["total"]["requests"] > 0
    assert len(told["meters"]) == 2
    first = told["meters"][0]
    assert first["profile"]["name"] == "csj_3p_prepay"
    assert first["plan"]["live"] == [("input", 0x0100, 58)]
    assert first["plan"]["harmonics"] == [("input", 0x0400, 120), ("input", 0x0478, 60)]
    assert first["statistics"]["success_rate"] == 1.0
    assert first["online"] is True
    assert first["failed"] == {}


async def test_it_tells_how_meters_are_watched_and_what_was_found(bridge: Home, hass: HomeAssistant) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=2, magnitude=0.3))
    await bridge.time.run(300)
    bridge.line.faults.clear()

    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    assert told["detection"]["stage"] == "watching"
    assert (told["detection"]["meters"], told["detection"]["known_days"]) == (2, (0, 0))
    assert told["detection"]["memory_bytes"] > 0
    found = told["meters"][1]["detection"]
    assert found["watched"]
    assert ("voltage_sag", "critical") in {(one["kind"], one["severity"]) for one in found["findings"]}
    assert found["scores"]["voltage_sag"] > 1


async def test_it_tells_how_alerts_fare_and_not_who_is_told_what(bridge: Home, hass: HomeAssistant) -> None:
    async def unreachable(_: ServiceCall) -> None:
        raise HomeAssistantError("ada@example.org is not known")

    hass.services.async_register("notify", "adas_phone", unreachable)
    channel = Channel(
        id="one",
        name="Ada at home",
        medium=Medium.EMAIL,
        target="notify.adas_phone",
        person="Ada",
        address="ada@example.org",
        meters=(bridge.serial(2),),
        user="0815abcdef",
    )
    tickets = TicketSettings(webhook_url="https://tickets.example/token-0815", webhook_secret="hush")
    await (await async_site_settings(hass)).async_set_alerts(
        AlertSettings(
            channels=(channel,),
            routes=(Route(severities=(Severity.CRITICAL,), channels=("one",)),),
            tickets=tickets,
        )
    )
    async_dispatcher_send(hass, SIGNAL_FINDINGS, [found(bridge.serial(2))])
    await bridge.time.run(2)

    told = (await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry)))["alerts"]

    assert told["status"]["active"] == 1
    assert told["counts"]["kinds"] == {"voltage_sag": 1}
    assert (told["counts"]["work_orders"], told["counts"]["open_work_orders"]) == (1, 1)
    assert told["settings"]["quiet_hours"]["enabled"] is False
    assert told["settings"]["channels"][0]["medium"] == "email"
    mail = next(message for message in told["messages"] if message["medium"] == "email")
    assert (mail["reason"], mail["attempts"], mail["failed"]) == ("confirmed", 1, True)
    text = json.dumps(told, cls=ExtendedJSONEncoder)
    for secret in ("Ada", "ada", "adas_phone", "0815", "tickets.example", "hush", bridge.serial(2), "Home 2"):
        assert secret not in text, secret


async def test_registers_are_there_as_words(bridge: Home, hass: HomeAssistant) -> None:
    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    registers = told["meters"][0]["registers"]
    assert registers["identity"]["holding"]["0x0001"] == f"{302:#06x}"
    assert len(registers["live"]["input"]) == 58
    voltage = int(registers["live"]["input"]["0x0102"], 16) / 10
    assert 200 < voltage < 260


async def test_serial_numbers_and_money_stay_at_home(bridge: Home, hass: HomeAssistant) -> None:
    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    text = json.dumps(told, cls=ExtendedJSONEncoder)
    for unit_id in bridge.line.meters:
        assert bridge.serial(unit_id) not in text
    meter = told["meters"][0]
    assert meter["readings"]["prepay"]["values"]["balance"] == "**REDACTED**"
    assert meter["readings"]["prepay"]["values"]["credit_mode"] == "money"
    assert meter["readings"]["identity"]["values"]["serial"] == "**REDACTED**"
    assert {meter["registers"]["prepay"]["input"][address] for address in ("0x0300", "0x0301")} == {
        "**REDACTED**"
    }
    assert {meter["registers"]["identity"]["holding"][f"{address:#06x}"] for address in range(13, 19)} == {
        "**REDACTED**"
    }


async def test_what_people_call_a_circuit_stays_at_home(home: Home, hass: HomeAssistant) -> None:
    home = home.with_meters(subentry_of(home.line.meters[1], circuit="Flat 3 Miller"))
    assert await home.set_up()
    await home.time.run(30)
    told = [await home.time.through(async_get_config_entry_diagnostics(hass, home.entry))]
    assert await home.tear_down()
    told.append(await home.time.through(async_get_config_entry_diagnostics(hass, home.entry)))

    assert [one["meters"][0]["subentry"]["circuit"] for one in told] == ["**REDACTED**"] * 2
    assert "Miller" not in json.dumps(told, cls=ExtendedJSONEncoder)


async def test_a_silent_meter_is_not_asked_for_registers(bridge: Home, hass: HomeAssistant) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
    await bridge.time.run(150)

    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    assert told["meters"][1]["online"] is False
    assert told["meters"][1]["registers"] == {"not read": "the meter does not answer"}
    assert told["meters"][1]["statistics"]["timeouts"] >= 3


async def test_a_meter_that_falls_silent_meanwhile_is_told(bridge: Home, hass: HomeAssistant) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))

    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    assert "no answer" in told["meters"][1]["registers"]["live"]["not read"]


async def test_a_line_that_goes_down_meanwhile_does_not_tell_where_it_is(
    bridge: Home, hass: HomeAssistant
) -> None:
    bridge.entry.runtime_data.bus.name = "192.0.2.7:502"
    bridge.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))

    told = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))

    reasons = {words["not read"] for words in told["meters"][1]["registers"].values()}
    assert reasons == {"LinkDownError"}
    assert "192.0.2.7" not in json.dumps(told, cls=ExtendedJSONEncoder)


async def test_a_device_tells_of_itself_alone(bridge: Home, hass: HomeAssistant) -> None:
    devices = dr.async_get(hass)
    meter = devices.async_get_device_by_identifier((DOMAIN, bridge.serial(2)), bridge.entry.entry_id)
    cellar = devices.async_get_device_by_identifier((DOMAIN, bridge.entry.entry_id), bridge.entry.entry_id)
    assert meter is not None
    assert cellar is not None

    of_meter = await bridge.time.through(async_get_device_diagnostics(hass, bridge.entry, meter))
    of_cellar = await bridge.time.through(async_get_device_diagnostics(hass, bridge.entry, cellar))

    assert of_meter["meter"]["subentry"]["unit_id"] == 2
    assert set(of_cellar) == {"line"}


@pytest.mark.parametrize("why", ["invalid_link", "link_down", "unloaded", "disabled"])
async def test_a_bridge_that_is_not_set_up_tells_what_is_stored(
    home: Home, hass: HomeAssistant, why: str
) -> None:
    write_profile(hass, "mine", "extends: csj_3p\nspeed: fast\n")
    meters = home.line.meters
    home = home.with_meters(subentry_of(meters[2], key="13579", profile="mine"), subentry_of(meters[1]))
    entry = home.entry
    entry.add_to_hass(hass)
    if why == "invalid_link":
        data = {"link": "modbus_tcp", "host": "10.1.2.3", "port": 70_000}
        hass.config_entries.async_update_entry(entry, data=data)
    elif why == "link_down":
        home.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    await home.time.through(hass.config_entries.async_setup(entry.entry_id))
    devices = dr.async_get(hass)
    meter = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, home.serial(2))}
    )
    cellar = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, entry.entry_id)}
    )
    if why == "unloaded":
        assert await home.tear_down()
    elif why == "disabled":
        await home.time.through(
            hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
        )
    threads = {thread.name for thread in threading.enumerate() if "telemetry" in thread.name}

    told = await home.time.through(async_get_config_entry_diagnostics(hass, entry))
    of_meter = await home.time.through(async_get_device_diagnostics(hass, entry, meter))
    of_cellar = await home.time.through(async_get_device_diagnostics(hass, entry, cellar))

    assert told["entry"]["state"] == home.state_of_entry()
    assert told["entry"]["reason"] == (why if "link" in why else None)
    assert told["meters"][0]["subentry"]["unit_id"] == 2
    assert [error["line"] for error in told["profiles"]["broken"]] == [2]
    assert of_meter["meter"] == told["meters"][0]
    assert set(of_cellar) == {"entry", "profiles"}
    text = json.dumps([told, of_meter, of_cellar], cls=ExtendedJSONEncoder)
    for secret in (home.serial(2), "13579", "10.1.2.3"):
        assert secret not in text, secret
    # nothing of the site was opened that nobody would close
    assert {thread.name for thread in threading.enumerate() if "telemetry" in thread.name} == threads
    assert bool(threads) is (why == "link_down")
