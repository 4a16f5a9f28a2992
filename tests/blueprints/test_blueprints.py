"""Each blueprint, taken in by Home Assistant and run once for what it is made for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
import datetime as dt
from pathlib import Path
import re
import shutil
from typing import Any, Final

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import validate_selector
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State

from ..alerts.found import found
from ..surface.alerting.automations import device_id
from ..surface.alerting.conftest import Site

FOLDER: Final = Path(__file__).parents[2] / "blueprints" / "automation" / "csj_meter"
FILES: Final = sorted(path.name for path in FOLDER.glob("*.yaml"))

PEOPLE: Final = ["notify.chat"]


@dataclass(slots=True)
class Calls:
    """Actions of others that were called."""

    hass: HomeAssistant
    made: list[tuple[str, dict[str, Any]]]

    def listen(self, domain: str, *actions: str) -> None:
        """Write down calls of these."""

        @callback
        def called(call: ServiceCall) -> None:
            self.made.append((f"{call.domain}.{call.service}", dict(call.data)))

        for action in actions:
            self.hass.services.async_register(domain, action, called)

    def of(self, action: str) -> list[dict[str, Any]]:
        """Data of all calls of one."""
        return [data for name, data in self.made if name == action]


@pytest.fixture
async def calls(site: Site) -> AsyncIterator[Calls]:
    """What automations call: messages, loads, speech. In the end the automation is switched off."""
    calls = Calls(site.hass, [])
    calls.listen("notify", "send_message")
    calls.listen("tts", "speak")
    yield calls
    await site.hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.made"}, blocking=True
    )


async def automate(site: Site, name: str, inputs: Mapping[str, Any]) -> None:
    """An automation that uses a blueprint, as if made in the editor."""
    hass = site.hass
    folder = Path(hass.config.path("blueprints", "automation", "csj_meter"))

    def copy() -> None:
        folder.mkdir(parents=True)
        shutil.copy(FOLDER / name, folder)

    await hass.async_add_executor_job(copy)
    automation = {
        "id": "made",
        "alias": "Made",
        "use_blueprint": {"path": f"csj_meter/{name}", "input": dict(inputs)},
    }
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    state = hass.states.get("automation.made")
    assert state is not None
    assert state.state == "on", "the automation was not accepted"


def test_all_of_them_are_tested_here() -> None:
    assert FILES == [
        "announce_on_speaker.yaml",
        "critical_alert_to_phones.yaml",
        "low_credit_reminder.yaml",
        "switch_off_on_overload.yaml",
        "weekly_summary.yaml",
        "work_order_to_chat.yaml",
    ]


@pytest.mark.parametrize("name", FILES)
async def test_home_assistant_takes_it_in(hass: HomeAssistant, name: str) -> None:
    folder = Path(hass.config.path("blueprints", "automation", "csj_meter"))
    await hass.async_add_executor_job(lambda: shutil.copytree(FOLDER, folder))
    blueprint = await async_get_blueprints(hass).async_get_blueprint(f"csj_meter/{name}")

    assert blueprint.validate() is None
    assert blueprint.metadata["homeassistant"]["min_version"] == "2026.10.0"
    assert blueprint.metadata["source_url"].endswith(f"/blueprints/automation/csj_meter/{name}")
    for key, about in blueprint.inputs.items():
        assert about["name"], key
        assert about["description"].strip().endswith((".", ". ")), key
        validate_selector(about["selector"])


@pytest.mark.meters(1, 2, 3)
async def test_phones_are_told_and_answer(site: Site, calls: Calls) -> None:
    hass, home = site.hass, site.home
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    phone = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "ada")}, name="Ada's Phone"
    )
    calls.listen("notify", "mobile_app_ada_s_phone")
    await automate(site, "critical_alert_to_phones.yaml", {"phones": [phone.id]})

    async def answer(kind: str, alert: str) -> None:
        hass.bus.async_fire("mobile_app_notification_action", {"action": f"CSJ_{kind}_{alert}"})
        await home.time.run(1)

    await site.find(found(home.serial(1), severity=Severity.WARNING))
    await site.find(found(home.serial(2)), found(home.serial(3)))
    first, second = calls.of("notify.mobile_app_ada_s_phone")
    assert first["title"] == "Critical: Voltage sag, Home 2"
    assert first["data"]["url"] == first["data"]["clickAction"]
    assert first["data"]["url"].startswith("/config/devices/device/"), "there is no panel here"
    assert first["message"].startswith("171 V at phase 1;")
    assert first["data"]["push"]["sound"]["critical"] == 1
    assert (first["data"]["ttl"], first["data"]["priority"]) == (0, "high")
    alerts = [one["data"]["tag"].removeprefix("csj_meter_blueprint_") for one in (first, second)]
    buttons = [button["action"] for button in first["data"]["actions"]]
    assert buttons == [f"CSJ_ACKNOWLEDGE_{alerts[0]}", f"CSJ_FALSE_ALARM_{alerts[0]}"]

    await answer("ACKNOWLEDGE", alerts[0])
    await answer("FALSE_ALARM", alerts[1])
    hass.bus.async_fire("mobile_app_notification_action", {"action": "SOMETHING_ELSE"})
    await home.time.run(1)
    assert [site.alerting.desk.get(alert).state for alert in alerts] == ["acknowledged", "false_alarm"]
    assert site.alerting.desk.get(alerts[0]).acknowledged_by == "automation"
    taken_back = calls.of("notify.mobile_app_ada_s_phone")[2:]
    assert [(one["message"], one["data"]["tag"]) for one in taken_back] == [
        ("clear_notification", first["data"]["tag"]),
        ("clear_notification", second["data"]["tag"]),
    ]


@pytest.mark.parametrize(
    ("days", "lasts"),
    [
        ("unknown", ""),
        ("0.4", ", for less than a day"),
        ("1.4", ", for about a day"),
        ("2.4", ", for about 2 days"),
    ],
)
async def test_low_credit_is_said_and_said_again_until_it_is_enough(
    site: Site, calls: Calls, days: str, lasts: str
) -> None:
    home = site.home
    unit = next(unit for unit in home.line.meters if home.entity_id("binary_sensor", unit, "credit_low"))
    meter = home.line.meters[unit]

    async def set_low(low: bool) -> None:
        meter.settings = replace(meter.settings, alarms=(9000.0 if low else 0.5, 0.1))
        await home.time.run(60)

    await set_low(False)
    local = dt_util.now()
    remind = (local + dt.timedelta(minutes=10)).strftime("%H:%M:00")
    inputs = {"meter": device_id(home, unit), "people": PEOPLE, "remind_at": remind}
    await automate(site, "low_credit_reminder.yaml", inputs)
    site.hass.states.async_set(home.state("sensor", unit, "credit_days_left").entity_id, days)
    await set_low(True)
    await home.time.run(12 * 60)
    await set_low(False)

    said = calls.of("notify.send_message")
    assert [one["title"] for one in said] == [
        f"Credit low: Home {unit}",
        f"Credit still low: Home {unit}",
        f"Credit topped up: Home {unit}",
    ]
    assert all(one["entity_id"] == PEOPLE for one in said)
    assert re.fullmatch(rf"\d+\.\d\d EUR are left{lasts}\. Please top up\.", said[0]["message"])
    assert re.fullmatch(r"The balance is \d+\.\d\d EUR\.", said[2]["message"])


async def test_loads_go_off_on_overload_and_on_again_later(site: Site, calls: Calls) -> None:
    home = site.home
    assert await async_setup_component(site.hass, "homeassistant", {})
    loads = {"entity_id": ["input_boolean.heater"]}
    assert await async_setup_component(
        site.hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}}
    )
    inputs = {"loads": loads, "switch_on_again": True, "wait": {"seconds": 30}, "people": PEOPLE}
    await automate(site, "switch_off_on_overload.yaml", inputs)

    def heater() -> str:
        state = site.hass.states.get("input_boolean.heater")
        assert state is not None
        return state.state

    await site.find(found(home.serial(1), kind=Kind.LEAK))
    assert heater() == "on"
    overload: dict[str, Any] = {"kind": Kind.OVERLOAD, "quantity": "current_l1", "value": 66.5, "high": 60.0}
    await site.find(found(home.serial(1), **overload))
    assert heater() == "off"
    [said] = calls.of("notify.send_message")
    assert said["title"] == "Critical: Overload, Home 1"
    assert said["message"].endswith("Loads were switched off.")
    await site.find(found(home.serial(1), State.CLEARED, minute=9, **overload))
    assert heater() == "off"
    await home.time.run(31)
    assert heater() == "on"


@pytest.mark.meters(1, 2, 3)
@pytest.mark.parametrize(
    ("night_begins", "spoken"), [("20:00:00", ["Critical", "Warning"]), ("09:00:00", ["Critical"])]
)
async def test_speakers_say_at_night_only_what_is_critical(
    site: Site, calls: Calls, night_begins: str, spoken: list[str]
) -> None:
    home = site.home
    inputs = {
        "voice": "tts.voice",
        "speakers": ["media_player.hall"],
        "night_begins": night_begins,  # it is ten in the morning
        "night_ends": "00:00:00",
    }
    await site.hass.config.async_set_time_zone("UTC")
    await automate(site, "announce_on_speaker.yaml", inputs)
    await site.find(found(home.serial(1)), found(home.serial(2), severity=Severity.WARNING))
    await site.find(found(home.serial(3), severity=Severity.INFO))

    said = calls.of("tts.speak")
    assert [one["message"].partition(":")[0] for one in said] == spoken
    assert said[0]["message"].startswith("Critical: Voltage sag, Home 1. 171 V at phase 1;")
    assert said[0]["media_player_entity_id"] == ["media_player.hall"]
    assert said[0]["entity_id"] == ["tts.voice"]


@pytest.mark.parametrize("severities", [["critical", "warning"], []])
async def test_the_week_is_told(site: Site, calls: Calls, severities: list[str]) -> None:
    home = site.home
    await site.hass.config.async_set_time_zone("UTC")
    # 2026-10-31 is a Saturday; no severity is chosen, which means all of them, as in triggers
    inputs = {"people": PEOPLE, "weekday": "sat", "at": "10:20:00", "severities": severities}
    await site.find(found(home.serial(1)), found(home.serial(2), State.SUSPECTED))
    await site.find(found(home.serial(1), State.CLEARED, minute=9))
    await automate(site, "weekly_summary.yaml", inputs)
    await home.time.run(21 * 60)

    [said] = calls.of("notify.send_message")
    assert said["title"] == "Alerts of the week: 1"
    assert said["message"].splitlines()[0] == "0 of 1 are active."
    assert said["message"].splitlines()[1].endswith("Over: Voltage sag, Home 1")


async def test_a_chat_hears_of_the_work_order(site: Site, calls: Calls) -> None:
    home = site.home
    await automate(site, "work_order_to_chat.yaml", {"chat": PEOPLE, "severities": ["warning"]})
    await site.find(found(home.serial(1), severity=Severity.WARNING), found(home.serial(2), kind=Kind.LEAK))
    await home.time.run(1)

    [said] = calls.of("notify.send_message")
    order = site.alerting.work_orders.of_alert(
        next(alert.id for alert in site.alerting.desk.active if alert.serial == home.serial(1))
    )
    assert order is not None
    assert said["title"] == f"{order.name}: Warning: Voltage sag, Home 1"
    assert "171 V at phase 1" in said["message"]
    assert said["entity_id"] == PEOPLE
