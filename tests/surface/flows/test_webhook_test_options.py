"""The webhook of work orders can be tested in the options: whether it works, and what is wrong if not."""

from __future__ import annotations

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import AlertSettings, TicketSettings

from ..alerting.real_parts import SECRET, Receiver, receiver
from ..conftest import Home
from .alert_dialogues import opened, set_alerts
from .dialogue import Person

pytestmark = pytest.mark.loopback


@pytest.fixture
async def system(home: Home) -> AsyncIterator[Receiver]:
    """The technicians' own system, set as the webhook of a bridge that is set up."""
    async with receiver() as system:
        await set_webhook(home.hass, system.url)
        assert await home.set_up()
        await home.time.run(5)
        yield system


async def set_webhook(hass: HomeAssistant, url: str, secret: str = SECRET) -> None:
    tickets = TicketSettings(webhook_url=url, webhook_secret=secret)
    await set_alerts(hass, AlertSettings(tickets=tickets))


async def test_a_test_is_posted_signed_and_says_that_it_is_one(
    patient: Person, home: Home, system: Receiver
) -> None:
    dialogue = await opened(patient, home.entry, "test_webhook")
    assert dialogue.at == "progress: test_webhook"
    await dialogue.wait()

    assert (dialogue.at, dialogue.placeholders) == ("webhook_works", {"status": "204"})
    call = system.calls.get_nowait()
    assert (call["type"], call["work_order"], call["alert"]) == ("test", None, None)
    assert set(call) == {"type", "at", "work_order", "alert"}, "the fields that any other has"
    await dialogue.choose("done")
    assert dialogue.at == "created"


async def test_what_the_receiver_refuses_is_said_and_may_be_tried_again(
    patient: Person, home: Home, system: Receiver
) -> None:
    system.refuse = 1
    dialogue = await (await opened(patient, home.entry, "test_webhook")).wait()

    assert dialogue.at == "webhook_fails"
    assert dialogue.placeholders == {"problem": "the receiver answers 503"}
    assert system.calls.empty(), "not repeated by itself"

    await (await dialogue.choose("test_webhook")).wait()
    assert dialogue.at == "webhook_works"
    assert system.calls.qsize() == 1


async def test_nobody_is_sent_on_to_another_address(patient: Person, home: Home, system: Receiver) -> None:
    """Else the receiver would say what else in the house is called, with our signature."""
    await set_webhook(home.hass, system.url.replace("/orders", "/moved"))
    dialogue = await (await opened(patient, home.entry, "test_webhook")).wait()

    assert dialogue.placeholders == {"problem": "the receiver answers 307"}
    assert system.calls.empty()


async def test_another_secret_is_told_by_its_status(patient: Person, home: Home, system: Receiver) -> None:
    await set_webhook(home.hass, system.url, "another")
    dialogue = await (await opened(patient, home.entry, "test_webhook")).wait()

    assert dialogue.placeholders == {"problem": "the receiver answers 401"}


async def test_nobody_there_is_told_without_the_address(
    patient: Person, home: Home, system: Receiver
) -> None:
    await set_webhook(home.hass, "http://127.0.0.1:9/token-of-ours")
    dialogue = await (await opened(patient, home.entry, "test_webhook")).wait()

    assert dialogue.at == "webhook_fails"
    assert dialogue.placeholders["problem"].startswith("the receiver cannot be reached (")
    assert "token-of-ours" not in str(dialogue.placeholders)


async def test_without_a_bridge_that_works_there_is_no_test(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_webhook(hass, "https://tickets.example")
    dialogue = await (await opened(person, entry, "test_webhook")).wait()

    assert dialogue.placeholders == {"problem": "No bridge is set up."}


async def test_without_a_webhook_there_is_nothing_to_test(person: Person, entry: MockConfigEntry) -> None:
    dialogue = await (await person.options(entry)).choose("alerts")

    assert "test_webhook" not in dialogue.options_offered
