"""Over what people are told of alerts is set in the options: channels, with a test of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import (
    MOST_CHANNELS,
    AlertSettings,
    Channel,
    Medium,
    Route,
    SummarySettings,
)
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site_settings import async_site_settings

from ..conftest import Home, subentry_of
from .dialogue import Dialogue, Person

PHONE = Channel(
    id="phone", name="Phone", medium=Medium.PUSH, target="notify.mobile_app_ada", person="Ada", fallback="sms"
)
SMS = Channel(id="sms", name="SMS", medium=Medium.SMS, target="notify.sms", person="Ada", address="+15550100")
CHANNELS = AlertSettings(channels=(PHONE, SMS))


@dataclass(slots=True)
class Notifiers:
    """Notify actions, and what was said over them."""

    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    trouble: Exception | None = None
    """What they raise."""

    async def take(self, call: ServiceCall) -> None:
        self.said.append((call.service, dict(call.data)))
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def notifiers(hass: HomeAssistant) -> Notifiers:
    """A phone, texts, mails and a chat; a display and a mailbox as entities."""
    notifiers = Notifiers()
    for name in ("mobile_app_ada", "sms", "mail", "chat", "send_message"):
        hass.services.async_register("notify", name, notifiers.take)
    hass.states.async_set("notify.display", "unknown", {"friendly_name": "Kitchen display"})
    er.async_get(hass).async_get_or_create("notify", "smtp", "1", suggested_object_id="mailbox")
    hass.states.async_set("notify.mailbox", "unknown", {"friendly_name": "Mailbox"})
    return notifiers


@pytest.fixture
def entry(hass: HomeAssistant, notifiers: Notifiers) -> MockConfigEntry:
    """A bridge without meters that is not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1}, options={"live_period": 30}
    )
    entry.add_to_hass(hass)
    return entry


async def alerts_of(hass: HomeAssistant) -> AlertSettings:
    return (await async_site_settings(hass)).alerts


async def set_alerts(hass: HomeAssistant, alerts: AlertSettings) -> None:
    await (await async_site_settings(hass)).async_set_alerts(alerts)


async def channels(person: Person, entry: MockConfigEntry) -> Dialogue:
    """Somebody has opened the list of channels."""
    return await (await (await person.options(entry)).choose("alerts")).choose("channels")


async def adding(person: Person, entry: MockConfigEntry, medium: str) -> Dialogue:
    """Somebody has opened the form of a new channel."""
    return await (await (await channels(person, entry)).choose("add_channel")).choose(medium)


async def changing(person: Person, entry: MockConfigEntry, channel: str) -> Dialogue:
    """Somebody has opened the form of a channel that is there."""
    return await (await (await channels(person, entry)).choose("change_channel")).fill(channel=channel)


def offered(dialogue: Dialogue, name: str) -> dict[str, str]:
    """What a field offers: value -> label."""
    selector = dialogue.result["data_schema"].schema[name]
    return {option["value"]: option["label"] for option in selector.config["options"]}


# --- add and change -----------------------------------------------------------------------


async def test_the_first_channel_is_added(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    dialogue = await channels(person, entry)
    assert dialogue.options_offered == ["add_channel", "alerts", "done"]
    assert dialogue.placeholders == {"channels": "There is none yet: nobody is told of any alert."}
    await (await dialogue.choose("add_channel")).choose("push")
    assert dialogue.suggested == {"quiet": True}
    await dialogue.fill(name=" Ada's phone ", target="notify.mobile_app_ada", person="Ada")

    assert (dialogue.at, dialogue.placeholders) == ("channel_saved", {"channel": "Ada's phone"})
    (channel,) = (await alerts_of(hass)).channels
    assert channel == Channel(
        id=channel.id,
        name="Ada's phone",
        medium=Medium.PUSH,
        target="notify.mobile_app_ada",
        person="Ada",
    )
    await dialogue.choose("channels")
    assert dialogue.placeholders["channels"] == (
        "- **Ada's phone**: App on a phone, Ada, `notify.mobile_app_ada`"
    )
    await dialogue.choose("done")
    assert dialogue.at == "created"
    assert entry.options == {"live_period": 30}


@pytest.mark.parametrize(
    ("medium", "targets"),
    [
        ("push", ["notify.mobile_app_ada"]),
        ("email", ["notify.mailbox", "notify.chat", "notify.mail", "notify.sms"]),
        *(
            (
                medium,
                [
                    *("notify.display", "notify.mailbox"),
                    *("notify.chat", "notify.mail", "notify.mobile_app_ada", "notify.sms"),
                ],
            )
            for medium in ("sms", "message")
        ),
    ],
)
async def test_what_can_carry_the_medium_is_offered(
    person: Person, entry: MockConfigEntry, medium: str, targets: list[str]
) -> None:
    dialogue = await adding(person, entry, medium)

    assert list(offered(dialogue, "target")) == targets
    assert offered(dialogue, "target").get("notify.mailbox") in (None, "Mailbox (notify.mailbox)")


async def test_persons_that_are_known_are_offered(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    hass.states.async_set("person.bob", "home", {"friendly_name": "Bob"})
    await set_alerts(hass, CHANNELS)

    dialogue = await adding(person, entry, "message")
    assert list(offered(dialogue, "person")) == ["Ada", "Bob"]
    assert list(offered(dialogue, "fallback")) == ["phone", "sms"]
    await dialogue.fill(name="Chat", target="notify.chat", person="Somebody else", fallback="sms")

    added = (await alerts_of(hass)).channels[-1]
    assert (added.person, added.fallback, added.medium) == ("Somebody else", "sms", Medium.MESSAGE)


GOOD: dict[str, dict[str, Any]] = {
    "push": {"name": "New", "target": "notify.mobile_app_ada", "person": "Ada"},
    "sms": {"name": "New", "target": "notify.sms", "person": "Ada", "address": "+15550101"},
    "email": {"name": "New", "target": "notify.mail", "person": "Ada", "address": "ada@example.org"},
    "message": {"name": "New", "target": "notify.display", "person": "Ada"},
}


@pytest.mark.parametrize(
    ("medium", "values", "where", "error"),
    [
        ("push", {"name": "  "}, "name", "nameless"),
        ("push", {"name": "x" * 101}, "name", "nameless"),
        ("push", {"person": "two\nlines"}, "person", "nameless"),
        ("push", {"name": "Phone"}, "name", "name_taken"),
        ("push", {"target": "phone"}, "target", "no_notify"),
        ("push", {"target": "notify.two words"}, "target", "no_notify"),
        ("push", {"target": "notify.mobile_app_bob"}, "target", "target_missing"),
        ("push", {"target": "notify.send_message"}, "target", "target_missing"),
        ("push", {"target": "notify.display"}, "target", "push_needs_action"),
        ("sms", {"address": " "}, "address", "address_missing"),
        ("sms", {"address": "x" * 101}, "address", "nameless"),
        ("email", {"address": ""}, "address", "address_missing"),
        ("email", {"address": "ada"}, "address", "no_mail_address"),
        ("email", {"target": "notify.mailbox"}, "address", "address_without_use"),
        ("message", {"address": "ada"}, "address", "address_without_use"),
    ],
)
async def test_a_channel_that_cannot_work_is_pointed_out_and_can_be_corrected(
    hass: HomeAssistant,
    person: Person,
    entry: MockConfigEntry,
    medium: str,
    values: dict[str, Any],
    where: str,
    error: str,
) -> None:
    await set_alerts(hass, CHANNELS)
    dialogue = await adding(person, entry, medium)

    await dialogue.fill(**GOOD[medium] | values)

    assert (dialogue.at, dialogue.errors) == (medium, {where: error})
    entered = {name: value for name, value in (GOOD[medium] | values).items() if value}
    assert dialogue.suggested.items() >= entered.items()
    assert await alerts_of(hass) == CHANNELS
    await dialogue.fill(**({} if medium == "push" else {"address": ""}) | GOOD[medium])
    assert dialogue.at == "channel_saved"
    assert len((await alerts_of(hass)).channels) == 3


async def test_there_is_an_end_of_channels(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    many = AlertSettings(
        channels=tuple(
            replace(PHONE, id=str(number), name=str(number), fallback=None) for number in range(MOST_CHANNELS)
        )
    )
    await set_alerts(hass, many)

    dialogue = await (await adding(person, entry, "push")).fill(**GOOD["push"])

    assert dialogue.errors == {"base": "too_many"}
    assert await alerts_of(hass) == many


async def test_a_channel_is_changed_and_stays_the_same(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, CHANNELS)
    dialogue = await changing(person, entry, "sms")
    assert dialogue.suggested == {
        "name": "SMS",
        "target": "notify.sms",
        "address": "+15550100",
        "person": "Ada",
        "quiet": True,
    }

    await dialogue.fill(name="Ada's texts", quiet=False)

    assert await alerts_of(hass) == replace(
        CHANNELS, channels=(PHONE, replace(SMS, name="Ada's texts", quiet=False))
    )
    # what was changed just now is not what is added next
    await (await (await dialogue.choose("channels")).choose("add_channel")).choose("sms")
    await dialogue.fill(**GOOD["sms"])
    assert [channel.name for channel in (await alerts_of(hass)).channels] == ["Phone", "Ada's texts", "New"]


async def test_channels_do_not_stand_in_for_each_other_in_circles(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, CHANNELS)
    dialogue = await changing(person, entry, "sms")
    assert list(offered(dialogue, "fallback")) == ["phone"]

    await dialogue.fill(fallback="phone")

    assert dialogue.errors == {"fallback": "fallback_in_circles"}
    assert await alerts_of(hass) == CHANNELS


async def test_a_channel_is_told_of_some_meters_and_circuits(patient: Person, home: Home) -> None:
    hass = home.hass
    home.entry.add_to_hass(hass)
    hass.services.async_register("notify", "mobile_app_ada", Notifiers().take)
    dialogue = await adding(patient, home.entry, "push")
    circuit = home.line.meters[1].circuit
    assert offered(dialogue, "meters")[home.serial(2)] == "Home 2"
    assert circuit in offered(dialogue, "circuits")
    await dialogue.fill(**GOOD["push"], meters=[home.serial(2)], circuits=[circuit])

    channel = (await alerts_of(hass)).channels[0]
    assert (channel.meters, channel.circuits) == ((home.serial(2),), (circuit,))

    # a meter and a circuit that are not there any more stay chosen until somebody takes them out
    gone = replace(channel, meters=("gone",), circuits=("old barn",))
    await set_alerts(hass, AlertSettings(channels=(gone,)))
    again = await changing(patient, home.entry, channel.id)
    assert again.suggested["meters"] == ["gone"]
    await again.fill(quiet=False)
    assert (await alerts_of(hass)).channels == (replace(gone, quiet=False),)


async def test_meters_of_the_same_name_are_told_apart(patient: Person, home: Home) -> None:
    twins = [{**subentry_of(home.line.meters[unit]), "title": "Shed"} for unit in (1, 2)]
    alike = home.with_meters(*twins)  # type: ignore[arg-type]
    alike.entry.add_to_hass(home.hass)

    dialogue = await adding(patient, alike.entry, "push")

    assert offered(dialogue, "meters") == {
        serial: f"Shed ({serial})" for serial in sorted((home.serial(1), home.serial(2)))
    }


# --- two people at the same time ----------------------------------------------------------


async def test_two_people_add_a_channel_each(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    mine, theirs = await adding(person, entry, "push"), await adding(person, entry, "sms")

    await mine.fill(**GOOD["push"])
    await theirs.fill(**GOOD["sms"])
    assert theirs.errors == {"name": "name_taken"}
    await theirs.fill(name="Other")

    assert [channel.name for channel in (await alerts_of(hass)).channels] == ["New", "Other"]


async def test_a_channel_that_was_removed_meanwhile_does_not_come_back(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, CHANNELS)
    form, stands_in = await changing(person, entry, "sms"), await changing(person, entry, "phone")
    chosen = [
        await (await channels(person, entry)).choose(f"{what}_channel")
        for what in ("change", "test", "remove")
    ]
    remains = AlertSettings(channels=(replace(PHONE, fallback=None),))
    await set_alerts(hass, remains)

    await form.fill()
    assert form.errors == {"base": "unknown_channel"}
    await stands_in.fill(fallback="sms")
    assert stands_in.errors == {"base": "unknown_channel"}
    for dialogue in chosen:
        await dialogue.fill(channel="sms")
        assert dialogue.errors == {"channel": "unknown_channel"}
    assert await alerts_of(hass) == remains
    # what nobody can choose any more is not chosen any more
    await stands_in.fill(name="Ada's phone")
    assert (await alerts_of(hass)).channels == (replace(PHONE, name="Ada's phone", fallback=None),)


async def test_a_stand_in_that_was_removed_meanwhile_has_to_be_chosen_anew(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, CHANNELS)
    dialogue = await adding(person, entry, "push")
    await set_alerts(hass, AlertSettings(channels=(replace(PHONE, fallback=None),)))

    await dialogue.fill(**GOOD["push"], fallback="sms")
    assert dialogue.errors == {"fallback": "unknown_channel"}
    assert "fallback" not in dialogue.suggested

    await dialogue.fill(fallback="phone")
    assert (await alerts_of(hass)).channels[-1].fallback == "phone"


# --- remove -------------------------------------------------------------------------------


async def test_before_a_channel_goes_it_is_said_where_it_is_used(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    rule = Route(severities=(Severity.WARNING,), kinds=(Kind.LEAK,), channels=("sms",), level=1)
    shared = Route(severities=(Severity.INFO,), circuits=("barn",), meters=("77",), channels=("phone", "sms"))
    used = replace(
        CHANNELS,
        routes=(
            Route(severities=(Severity.CRITICAL, Severity.WARNING), channels=("phone", "sms")),
            Route(severities=(Severity.CRITICAL,), level=2, channels=("sms",)),
            rule,
            shared,
        ),
        summary=SummarySettings(channels=("sms", "phone")),
    )
    await set_alerts(hass, used)
    dialogue = await (await channels(person, entry)).choose("remove_channel")
    await dialogue.fill(channel="sms")

    assert dialogue.at == "confirm_removal"
    assert dialogue.placeholders == {
        "channel": "SMS",
        "uses": "- Critical, at once\n"
        "- Critical, after the second escalation\n"
        "- Warning\n"
        "- Special rule: Warning · Leak · After the first escalation → SMS\n"
        "- Special rule: Information · 77, barn → Phone, SMS\n"
        "- Stand-in for Phone\n"
        "- Weekly summary",
    }
    await dialogue.choose("channels")
    assert await alerts_of(hass) == used

    await (await dialogue.choose("remove_channel")).fill(channel="sms")
    await dialogue.choose("remove_now")

    assert dialogue.at == "channels"
    assert await alerts_of(hass) == AlertSettings(
        channels=(replace(PHONE, fallback=None),),
        routes=(
            Route(severities=(Severity.CRITICAL, Severity.WARNING), channels=("phone",)),
            replace(shared, channels=("phone",)),
        ),
        summary=SummarySettings(channels=("phone",)),
    )


async def test_a_channel_that_is_used_for_nothing_is_removed_by_two_people(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, AlertSettings(channels=(SMS,)))
    dialogues = [await (await channels(person, entry)).choose("remove_channel") for _ in range(2)]
    for dialogue in dialogues:
        await dialogue.fill(channel="sms")
        assert dialogue.placeholders["uses"] == "Nothing"

    for dialogue in dialogues:
        await dialogue.choose("remove_now")
        assert dialogue.options_offered == ["add_channel", "alerts", "done"]

    assert await alerts_of(hass) == AlertSettings()


# --- test ---------------------------------------------------------------------------------


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
