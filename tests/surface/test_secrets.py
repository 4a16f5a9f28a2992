"""Two meters, two keys: a key that somebody has entered is found nowhere but where it is stored.

Everything that a running Home Assistant shows, writes or sends is searched while the keys are used,
rightly and wrongly: logs, states, events, traces, diagnostics, issues, flows, answers, and files.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest

from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)

from .conftest import Home, subentry_of
from .flows.dialogue import Person

FIRST, SECOND = 1, 2
WRONG = 31_415_926
"""A key that no meter has."""

AUTOMATION = {
    "alias": "Reboot",
    "id": "reboot",
    "triggers": [{"trigger": "event", "event_type": "reboot_now"}],
    "actions": [{"action": "button.press", "target": {"entity_id": "button.home_1_restart"}}],
}


def spellings(key: int) -> list[re.Pattern[str]]:
    """How a key could look: as a number, in hex, as its two words, as bytes."""
    high, low = key >> 16, key & 0xFFFF
    texts = [
        str(key),
        f"{key:x}",
        f"{high}, {low}",
        f"{high:04x} {low:04x}",
        key.to_bytes(4).hex(" "),
    ]
    return [re.compile(rf"(?<![0-9a-fA-F]){re.escape(text)}(?![0-9a-fA-F])", re.IGNORECASE) for text in texts]


@pytest.fixture
def everything_said(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Every event as text, while every logger talks as much as it can."""
    caplog.set_level(logging.DEBUG)
    for name in ("custom_components.csj_meter", "modbus_connection", "tmodbus", "pymodbus"):
        caplog.set_level(logging.DEBUG, name)
    said: list[str] = []

    def listen(event: Event[Any]) -> None:
        said.append(json_dumps(event.as_dict()))

    hass.bus.async_listen(MATCH_ALL, listen)
    return said


async def test_no_key_leaves_its_place(
    hass: HomeAssistant,
    home: Home,
    everything_enabled: None,
    everything_said: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    keys = {unit_id: home.line.meters[unit_id].nameplate.key for unit_id in (FIRST, SECOND)}
    bridge = home.with_meters(*(subentry_of(home.line.meters[unit_id]) for unit_id in (FIRST, SECOND)))
    assert await async_setup_component(hass, "automation", {"automation": [AUTOMATION]})
    assert await bridge.set_up()
    await bridge.time.run(30)
    found: list[str] = []

    # the keys are entered: a right one, and wrong ones until the meter locks itself
    person = Person(hass, bridge.time)
    meters = {subentry.data["unit_id"]: subentry for subentry in bridge.entry.subentries.values()}
    dialogue = await person.change_meter(bridge.entry, meters[FIRST])
    await dialogue.fill(key=str(keys[FIRST]))
    found.append(str(dialogue.result))
    await bridge.time.run(10)
    dialogue = await person.change_meter(bridge.entry, meters[SECOND])
    for _ in range(4):
        await dialogue.fill(key=str(WRONG))
        found.append(str(dialogue.result))
    assert dialogue.errors == {"key": "locked_out"}
    # a wrong one is stored all the same, as if the meter had got another key since
    hass.config_entries.async_update_subentry(
        bridge.entry, meters[SECOND], data={**meters[SECOND].data, CONF_KEY: WRONG}
    )
    await bridge.time.run(400)

    # they are used: by a person, by an automation, by actions that answer
    hass.bus.async_fire("reboot_now")
    await bridge.time.run(60)
    for unit_id in (FIRST, SECOND):
        device = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, bridge.serial(unit_id)), bridge.entry.entry_id
        )
        assert device is not None
        for action, data in (("unlock_test", {}), ("top_up", {"amount": 5}), ("set_clock", {})):
            try:
                answer = await bridge.time.through(
                    hass.services.async_call(
                        DOMAIN, action, {"device_id": device.id, **data}, blocking=True, return_response=True
                    )
                )
                found.append(str(answer))
            except HomeAssistantError as err:
                found += [str(err), repr(err), str(err.translation_placeholders)]
        found.append(str(await bridge.time.through(_device_diagnostics(bridge, device))))
    assert bridge.state("sensor", FIRST, "key_state").state == "accepted"
    assert bridge.state("sensor", SECOND, "key_state").state in {"wrong", "locked_out"}
    (reauth,) = hass.config_entries.flow.async_progress()
    found.append(str(reauth))
    diagnostics = await bridge.time.through(async_get_config_entry_diagnostics(hass, bridge.entry))
    assert [meter["subentry"]["key"] for meter in diagnostics["meters"]] == [REDACTED, REDACTED]

    # all of it is looked through
    found += [str(diagnostics), caplog.text, *everything_said]
    found += [json_dumps(state.as_dict()) for state in hass.states.async_all()]
    found += [repr(entry) for entry in er.async_get(hass).entities.values()]
    found += [repr(issue) for issue in ir.async_get(hass).issues.values()]
    runs = await async_list_traces(hass, "automation", None)
    assert runs
    found += [str(await async_get_trace(hass, "automation.reboot", run["run_id"])) for run in runs]
    assert await bridge.tear_down()
    await bridge.time.run(1000)
    found += await hass.async_add_executor_job(files, Path(hass.config.config_dir), "core.config_entries")
    for name, key in (("first", keys[FIRST]), ("second", keys[SECOND]), ("wrong", WRONG)):
        for spelling in spellings(key):
            hits = [(text, hit.start()) for text in found if (hit := spelling.search(text))]
            assert not hits, f"the {name} key is in {hits[0][0][max(0, hits[0][1] - 200) :][:300]}"


async def _device_diagnostics(bridge: Home, device: dr.DeviceEntry) -> dict[str, Any]:
    return await async_get_device_diagnostics(bridge.hass, bridge.entry, device)


def files(folder: Path, secret: str) -> list[str]:
    """Everything on disk but the one file, called ``secret``, in which secrets are kept."""
    texts = []
    for path in folder.rglob("*"):
        if path.is_file() and path.name != secret:
            with contextlib.suppress(OSError):
                texts.append(path.read_bytes().decode("latin-1"))
    return texts


def test_the_search_finds_what_is_there() -> None:
    patterns = spellings(0x0123_4567)

    assert any(pattern.search("the key is 19088743!") for pattern in patterns)
    assert any(pattern.search("wrote [291, 17767] to 0x0600") for pattern in patterns)
    assert any(pattern.search(">> 01 10 06 00 00 02 04 01 23 45 67 aa bb") for pattern in patterns)
    assert not any(pattern.search("119088743") for pattern in patterns)
