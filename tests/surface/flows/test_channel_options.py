"""Over what people are told of alerts is set in the options: channels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.csj_meter.alerts.settings import (
    MOST_CHANNELS,
    AlertSettings,
    Channel,
    Medium,
    Route,
    SummarySettings,
)
from custom_components.csj_meter.anomaly.kinds import Kind, Severity

from ..conftest import Home, subentry_of
from .alert_dialogues import (
    CHANNELS,
    PHONE,
    SMS,
    Notifiers,
    adding,
    alerts_of,
    changing,
    channels,
    set_alerts,
)
from .dialogue import Dialogue, Person

pytestmark = pytest.mark.usefixtures("notifiers")


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


# --- whose phone it is --------------------------------------------------------------------


async def test_a_phone_may_say_whose_it_is(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    ada = MockUser(name="Ada").add_to_hass(hass)
    MockUser(name="Nobody", system_generated=True).add_to_hass(hass)
    dialogue = await adding(person, entry, "push")
    assert offered(dialogue, "user").get(ada.id) == "Ada"
    assert "Nobody" not in offered(dialogue, "user").values()
    await dialogue.fill(name="Phone", target="notify.mobile_app_ada", person="Ada", user=ada.id)

    (channel,) = (await alerts_of(hass)).channels
    assert channel.user == ada.id
    await dialogue.choose("channels")
    assert dialogue.placeholders["channels"] == (
        "- **Phone**: App on a phone, Ada, `notify.mobile_app_ada`, answers count as Ada"
    )
    assert (await changing(person, entry, channel.id)).suggested["user"] == ada.id


async def test_a_user_who_was_removed_is_pointed_out(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    ada = MockUser(name="Ada").add_to_hass(hass)
    await set_alerts(hass, AlertSettings(channels=(replace(PHONE, fallback=None, user=ada.id),)))
    dialogue = await adding(person, entry, "push")
    other = {"name": "Other", "target": "notify.mobile_app_ada", "person": "Ada"}
    await hass.auth.async_remove_user(ada)
    await dialogue.fill(**other, user=ada.id)

    assert dialogue.errors == {"user": "no_user"}
    form = await changing(person, entry, "phone")
    assert "user" not in form.suggested
    await form.fill(quiet=False)
    assert [one.user for one in (await alerts_of(hass)).channels] == [None]


async def test_only_phones_have_a_user(person: Person, entry: MockConfigEntry) -> None:
    dialogue = await adding(person, entry, "sms")

    assert "user" not in dialogue.result["data_schema"].schema
