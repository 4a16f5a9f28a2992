"""Each channel can be tested in the options: whether it works, and what is wrong if it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import (
    AlertSettings,
)
from custom_components.csj_meter.const import DOMAIN

from ..conftest import Home
from .alert_dialogues import (
    CHANNELS,
    Notifiers,
    adding,
    changing,
    channels,
    set_alerts,
)
from .dialogue import Dialogue, Person


@pytest.fixture
async def bridge(home: Home, notifiers: Notifiers) -> Home:
    """A bridge that is set up, with a phone and an SMS."""
    await set_alerts(home.hass, CHANNELS)
    assert await home.set_up()
    await home.time.run(5)
    return home


async def sending(person: Person, bridge: Home, channel: str) -> Dialogue:
    """Somebody has sent a test."""
    return await (await (await channels(person, bridge.entry)).choose("test_channel")).fill(channel=channel)


async def test_a_test_arrives(patient: Person, bridge: Home, notifiers: Notifiers) -> None:
    dialogue = await sending(patient, bridge, "sms")
    assert dialogue.at == "progress: testing"
    await dialogue.wait()

    assert dialogue.at == "test_delivered"
    assert dialogue.placeholders == {"channel": "SMS", "person": "Ada"}
    assert notifiers.said == [
        (
            "sms",
            {
                "message": "This is how alerts of CSJ Meter arrive. Nothing has happened.",
                "target": ["+15550100"],
            },
        )
    ]
    await dialogue.choose("done")
    assert dialogue.at == "created"


async def test_a_channel_is_tested_as_soon_as_it_is_there(
    patient: Person, bridge: Home, notifiers: Notifiers
) -> None:
    dialogue = await (await adding(patient, bridge.entry, "message")).fill(
        name="Chat", target="notify.chat", person="Bob"
    )
    await (await dialogue.choose("testing")).wait()

    assert dialogue.at == "test_delivered"
    assert [name for name, _ in notifiers.said] == ["chat"]


@pytest.mark.meters(live_period=60)
async def test_a_test_that_fails_says_why_and_is_not_repeated_by_itself(
    patient: Person, bridge: Home, notifiers: Notifiers
) -> None:
    notifiers.trouble = HomeAssistantError("The number is not known")

    dialogue = await (await sending(patient, bridge, "phone")).wait()

    assert dialogue.at == "test_failed"
    assert dialogue.placeholders == {"channel": "Phone", "problem": "The number is not known"}
    issues = ir.async_get(bridge.hass)
    assert issues.async_get_issue(DOMAIN, "channel_phone") is not None
    await bridge.time.run(2 * 3600)
    assert [name for name, _ in notifiers.said] == ["mobile_app_ada"], "neither again, nor over the stand-in"

    notifiers.trouble = None
    await (await dialogue.choose("testing")).wait()

    assert dialogue.at == "test_delivered"
    assert [name for name, _ in notifiers.said] == ["mobile_app_ada"] * 2
    assert issues.async_get_issue(DOMAIN, "channel_phone") is None


async def test_without_its_notify_action_a_test_fails(patient: Person, bridge: Home) -> None:
    bridge.hass.services.async_remove("notify", "sms")

    dialogue = await (await sending(patient, bridge, "sms")).wait()

    assert (dialogue.at, dialogue.placeholders["problem"]) == ("test_failed", "notify.sms is not there")


async def test_two_people_test_the_same_channel(patient: Person, bridge: Home, notifiers: Notifiers) -> None:
    dialogues = [await sending(patient, bridge, "sms") for _ in range(2)]

    for dialogue in dialogues:
        await dialogue.wait()
        assert dialogue.at == "test_delivered"
    assert len(notifiers.said) == 2


async def test_without_a_bridge_that_works_there_is_no_test(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, CHANNELS)
    dialogue = await (await channels(person, entry)).choose("test_channel")

    await (await dialogue.fill(channel="sms")).wait()

    assert (dialogue.at, dialogue.placeholders["problem"]) == ("test_failed", "No bridge is set up.")


async def test_a_channel_that_was_removed_is_not_tested(patient: Person, bridge: Home) -> None:
    dialogue = await (await changing(patient, bridge.entry, "sms")).fill()
    await set_alerts(bridge.hass, AlertSettings())

    await (await dialogue.choose("testing")).wait()

    assert dialogue.at == "test_failed"
    assert dialogue.placeholders["problem"] == "The channel was removed meanwhile."


@pytest.fixture
def deaf(bridge: Home) -> Callable[[], int]:
    """The SMS goes into a provider that never answers; how many of them are waiting."""
    waiting: list[ServiceCall] = []

    async def take(call: ServiceCall) -> None:
        waiting.append(call)
        try:
            await asyncio.Event().wait()
        finally:
            waiting.remove(call)

    bridge.hass.services.async_register("notify", "sms", take)
    return lambda: len(waiting)


async def test_a_provider_that_does_not_answer_is_waited_for_a_minute(
    patient: Person, bridge: Home, deaf: Callable[[], int]
) -> None:
    dialogue = await (await sending(patient, bridge, "sms")).wait()

    assert dialogue.at == "test_failed"
    assert dialogue.placeholders["problem"] == "the channel does not answer in time"
    assert dialogue.texts == ["A test is sent over SMS. That takes up to a minute."]


@pytest.mark.meters(live_period=60)
async def test_a_test_that_is_interrupted_says_so(
    patient: Person, bridge: Home, deaf: Callable[[], int]
) -> None:
    dialogue = await sending(patient, bridge, "sms")
    await bridge.time.run(1)
    assert deaf() == 1

    assert await bridge.tear_down()
    await dialogue.wait()

    assert dialogue.at == "test_failed"
    assert dialogue.placeholders["problem"].startswith("It was interrupted")
    # what was under way is neither sent again nor waited for when the bridge is back
    assert await bridge.time.through(bridge.hass.config_entries.async_setup(bridge.entry.entry_id))
    await bridge.time.run(3600)
    assert deaf() == 0


async def test_who_closes_the_dialogue_waits_for_nothing(
    patient: Person, bridge: Home, deaf: Callable[[], int]
) -> None:
    dialogue = await sending(patient, bridge, "sms")
    await bridge.time.run(1)

    dialogue.close()
    await bridge.time.run(120)

    assert deaf() == 0
    assert not [task for task in asyncio.all_tasks() if "dialogue testing" in task.get_name()]
