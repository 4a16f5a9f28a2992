"""Who is told of what, quiet hours, escalation and the rest of alerts is set in the options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import datetime as dt
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import (
    AlertSettings,
    Channel,
    Escalation,
    FloodControl,
    Medium,
    QuietHours,
    Route,
    SummarySettings,
    TicketSettings,
)
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site_settings import async_site_settings

from ..conftest import Home
from .dialogue import Dialogue, Person

CHANNELS = tuple(
    Channel(id=name, name=name.title(), medium=Medium.MESSAGE, target=f"notify.{name}", person="Ada")
    for name in ("one", "two")
)
LEAKS = Route(severities=(Severity.WARNING,), kinds=(Kind.LEAK,), channels=("two",))
INFORMATION = Route(severities=(Severity.INFO,), channels=("one",))
"""Not a line that the simple form has."""

TOKEN = "fox-in-the-henhouse"
"""Part of an address that nothing else is called."""


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bridge that is not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1}, options={"live_period": 30}
    )
    entry.add_to_hass(hass)
    return entry


async def alerts_of(hass: HomeAssistant) -> AlertSettings:
    return (await async_site_settings(hass)).alerts


async def set_alerts(hass: HomeAssistant, alerts: AlertSettings) -> None:
    await (await async_site_settings(hass)).async_set_alerts(alerts)


@pytest.fixture
async def told(hass: HomeAssistant) -> AlertSettings:
    """There are two channels, a simple line of the routing table and two special rules."""
    alerts = AlertSettings(
        channels=CHANNELS,
        routes=(LEAKS, Route(severities=(Severity.CRITICAL,), channels=("one",)), INFORMATION),
    )
    await set_alerts(hass, alerts)
    return alerts


async def opened(person: Person, entry: MockConfigEntry, step: str) -> Dialogue:
    """Somebody has opened a form of the alerts."""
    return await (await (await person.options(entry)).choose("alerts")).choose(step)


async def test_what_goes_over_channels_is_offered_once_there_is_one(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    alone = ["channels", "quiet_hours", "escalation", "flood_control", "work_orders"]
    assert (await (await person.options(entry)).choose("alerts")).options_offered == alone

    await set_alerts(hass, AlertSettings(channels=CHANNELS))

    assert (await (await person.options(entry)).choose("alerts")).options_offered == [
        *("channels", "routing", "rules", "quiet_hours"),
        *("escalation", "flood_control", "summary", "work_orders"),
    ]


async def test_a_pulse_counter_has_the_same_alerts(hass: HomeAssistant, person: Person) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "pulse"})
    entry.add_to_hass(hass)

    await (await opened(person, entry, "quiet_hours")).fill(enabled=True)

    assert (await alerts_of(hass)).quiet_hours.enabled


# --- routing ------------------------------------------------------------------------------


async def test_each_severity_goes_to_its_channels_and_special_rules_stay(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    dialogue = await opened(person, entry, "routing")
    assert dialogue.suggested == {
        "critical": ["one"],
        "critical_escalated": [],
        "critical_escalated_again": [],
        "warning": [],
    }
    assert dialogue.placeholders["rules"] == "2"
    await dialogue.fill(
        critical=["one", "two"], critical_escalated=["two"], critical_escalated_again=["one"], warning=["two"]
    )

    assert dialogue.at == "created"
    assert entry.options == {"live_period": 30}
    critical = (Severity.CRITICAL,)
    assert await alerts_of(hass) == replace(
        told,
        routes=(
            Route(severities=critical, channels=("one", "two")),
            Route(severities=critical, channels=("two",), level=1),
            Route(severities=critical, channels=("one",), level=2),
            Route(severities=(Severity.WARNING,), channels=("two",)),
            LEAKS,
            INFORMATION,
        ),
    )
    again = await opened(person, entry, "routing")
    assert again.suggested == {
        "critical": ["one", "two"],
        "critical_escalated": ["two"],
        "critical_escalated_again": ["one"],
        "warning": ["two"],
    }
    await again.fill(critical=[], critical_escalated=[], critical_escalated_again=[], warning=[])
    assert (await alerts_of(hass)).routes == (LEAKS, INFORMATION)


async def test_lines_of_the_same_kind_are_shown_as_one(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    both = Route(severities=(Severity.WARNING, Severity.CRITICAL), channels=("two",))
    await set_alerts(
        hass,
        AlertSettings(
            channels=CHANNELS, routes=(both, Route(severities=(Severity.WARNING,), channels=("one",)))
        ),
    )

    dialogue = await opened(person, entry, "routing")

    assert (dialogue.suggested["critical"], dialogue.suggested["warning"]) == (["two"], ["one", "two"])


async def test_a_channel_that_was_removed_meanwhile_is_told_of_nothing(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    dialogue = await opened(person, entry, "routing")
    summary = await opened(person, entry, "summary")
    remains = AlertSettings(channels=CHANNELS[1:])
    await set_alerts(hass, remains)

    await dialogue.fill(warning=["one", "two"])
    assert dialogue.errors == {"base": "unknown_channel"}
    assert dialogue.suggested["warning"] == ["two"]
    await summary.fill(channels=["one"])
    assert summary.errors == {"channels": "unknown_channel"}
    assert await alerts_of(hass) == remains

    await dialogue.fill()
    assert (await alerts_of(hass)).routes == (Route(severities=(Severity.WARNING,), channels=("two",)),)


async def test_two_people_who_set_different_things_do_not_undo_each_other(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    dialogues = {
        step: await opened(person, entry, step)
        for step in ("routing", "quiet_hours", "summary", "escalation", "work_orders", "flood_control")
    }

    await dialogues["routing"].fill(warning=["one"])
    await dialogues["quiet_hours"].fill(enabled=True)
    await dialogues["summary"].fill(channels=["two"])
    await dialogues["escalation"].fill(first=5)
    await dialogues["work_orders"].fill(severities=[])
    await dialogues["flood_control"].fill(most_per_hour=20)

    alerts = await alerts_of(hass)
    assert alerts.routes[1] == Route(severities=(Severity.WARNING,), channels=("one",))
    assert alerts.quiet_hours == QuietHours(enabled=True)
    assert alerts.summary == SummarySettings(channels=("two",))
    assert alerts.escalation == Escalation(after=(5, 30))
    assert alerts.tickets == TicketSettings(severities=())
    assert alerts.flood == FloodControl(most_per_hour=20)


# --- special rules ------------------------------------------------------------------------


async def test_special_rules_are_added_changed_and_removed(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, AlertSettings(channels=CHANNELS))
    dialogue = await opened(person, entry, "rules")
    assert dialogue.options_offered == ["add_rule", "alerts", "done"]
    assert dialogue.placeholders == {"rules": "There is none."}
    await dialogue.choose("add_rule")
    assert dialogue.suggested == {"level": "0"}
    await dialogue.fill(severities=["warning", "info"], kinds=["leak", "drift"], channels=["one"], level="1")

    assert dialogue.at == "rules"
    rule = Route(
        severities=(Severity.WARNING, Severity.INFO),
        kinds=(Kind.LEAK, Kind.DRIFT),
        channels=("one",),
        level=1,
    )
    assert (await alerts_of(hass)).routes == (rule,)
    line = "Warning, Information · Leak, Creeping base load · After the first escalation → One"
    assert dialogue.placeholders == {"rules": f"- {line}"}

    await dialogue.choose("change_rule")
    (option,) = dialogue.result["data_schema"].schema["rule"].config["options"]
    assert option["label"] == line
    await dialogue.fill(rule=option["value"])
    assert dialogue.suggested == {
        "severities": ["warning", "info"],
        "kinds": ["leak", "drift"],
        "level": "1",
        "channels": ["one"],
    }
    await dialogue.fill(channels=["two"], level="0")
    changed = replace(rule, channels=("two",), level=0)
    assert (await alerts_of(hass)).routes == (changed,)

    # what was changed just now is not what is added next
    await (await dialogue.choose("add_rule")).fill(severities=["info"], channels=["one"])
    assert (await alerts_of(hass)).routes == (changed, INFORMATION)

    await dialogue.choose("remove_rule")
    await dialogue.fill(rule=dialogue.result["data_schema"].schema["rule"].config["options"][0]["value"])
    assert dialogue.at == "rules"
    assert (await alerts_of(hass)).routes == (INFORMATION,)
    await dialogue.choose("done")
    assert dialogue.at == "created"


@pytest.mark.parametrize(
    ("values", "where", "error"),
    [
        ({"severities": []}, "severities", "empty"),
        ({"channels": []}, "channels", "empty"),
        ({"kinds": []}, "kinds", "rule_for_all"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_pointed_out_and_can_be_corrected(
    hass: HomeAssistant,
    person: Person,
    entry: MockConfigEntry,
    told: AlertSettings,
    values: dict[str, Any],
    where: str,
    error: str,
) -> None:
    good: dict[str, Any] = {"severities": ["critical"], "kinds": ["outage"], "channels": ["one"]}
    dialogue = await (await opened(person, entry, "rules")).choose("add_rule")

    await dialogue.fill(**good | values)
    assert (dialogue.at, dialogue.errors) == ("rule", {where: error})
    assert await alerts_of(hass) == told

    await dialogue.fill(**good)
    assert (await alerts_of(hass)).routes == (
        *told.routes,
        Route(severities=(Severity.CRITICAL,), kinds=(Kind.OUTAGE,), channels=("one",)),
    )


async def test_a_rule_goes_by_meters_and_circuits(patient: Person, home: Home) -> None:
    home.entry.add_to_hass(home.hass)
    await set_alerts(home.hass, AlertSettings(channels=CHANNELS))
    circuit, serial = home.line.meters[1].circuit, home.serial(2)
    dialogue = await (await opened(patient, home.entry, "rules")).choose("add_rule")

    await dialogue.fill(severities=["critical"], meters=[serial], circuits=[circuit], channels=["two"])

    assert (await alerts_of(home.hass)).routes == (
        Route(severities=(Severity.CRITICAL,), meters=(serial,), circuits=(circuit,), channels=("two",)),
    )
    assert dialogue.placeholders["rules"] == f"- Critical · Home 2, {circuit} → Two"


async def test_a_rule_that_was_removed_meanwhile_does_not_come_back(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    def first(dialogue: Dialogue) -> str:
        return str(dialogue.result["data_schema"].schema["rule"].config["options"][0]["value"])

    chosen = await (await opened(person, entry, "rules")).choose("change_rule")
    name = first(chosen)
    changing = await (await opened(person, entry, "rules")).choose("change_rule")
    await changing.fill(rule=name)
    removing = await (await opened(person, entry, "rules")).choose("remove_rule")
    remains = replace(told, routes=told.routes[1:])
    await set_alerts(hass, remains)

    await changing.fill(level="2")
    assert (changing.at, changing.errors) == ("rule", {"base": "rule_gone"})
    for dialogue in (chosen, removing):
        await dialogue.fill(rule=name)
        assert dialogue.errors == {"rule": "rule_gone"}
    assert await alerts_of(hass) == remains
    await removing.fill(rule=first(removing))
    assert (await alerts_of(hass)).routes == told.routes[1:2]


# --- quiet hours, escalation, flood control, summary ---------------------------------------


async def test_everything_else_is_shown_as_it_is_and_kept_as_it_is_set(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    quiet = await opened(person, entry, "quiet_hours")
    assert quiet.suggested == {"enabled": False, "start": "22:00:00", "end": "07:00:00"}
    await quiet.fill(enabled=True, start="23:30:00", end="06:15:00")
    escalation = await opened(person, entry, "escalation")
    assert escalation.suggested == {"severities": ["critical"], "first": 10, "second": 30}
    await escalation.fill(severities=["critical", "warning"], first=5.0, second=45.0)
    flood = await opened(person, entry, "flood_control")
    assert flood.suggested == {
        "most_per_hour": 12,
        "chattering_count": 3,
        "chattering_minutes": 60,
        "shelve_minutes": 60,
    }
    await flood.fill(most_per_hour=6.0, shelve_minutes=120.0)
    summary = await opened(person, entry, "summary")
    assert summary.suggested == {"channels": [], "weekday": "0", "hour": 8}
    await summary.fill(channels=["two"], weekday="4", hour=18.0)

    assert [one.at for one in (quiet, escalation, flood, summary)] == ["created"] * 4
    assert await alerts_of(hass) == replace(
        told,
        quiet_hours=QuietHours(enabled=True, start=dt.time(23, 30), end=dt.time(6, 15)),
        escalation=Escalation(after=(5, 45), severities=(Severity.CRITICAL, Severity.WARNING)),
        flood=FloodControl(most_per_hour=6, shelve_minutes=120),
        summary=SummarySettings(weekday=4, hour=18, channels=("two",)),
    )


@pytest.mark.parametrize(
    ("step", "values", "errors", "good"),
    [
        (
            "quiet_hours",
            {"enabled": True, "start": "07:00:00"},
            {"end": "never_quiet"},
            {"start": "21:00:00"},
        ),
        ("escalation", {"first": 30, "second": 30}, {"second": "not_ascending"}, {"second": 31}),
        ("escalation", {"first": 0}, {"second": "not_ascending"}, {"first": 1}),
        ("escalation", {"second": 1441}, {"second": "not_ascending"}, {"second": 1440}),
        ("escalation", {"first": 1.5}, {"first": "not_whole"}, {"first": 2}),
        ("flood_control", {"most_per_hour": 3}, {"most_per_hour": "out_of_range"}, {"most_per_hour": 4}),
        (
            "flood_control",
            {"chattering_count": 2.5},
            {"chattering_count": "not_whole"},
            {"chattering_count": 2},
        ),
        ("flood_control", {"shelve_minutes": 0}, {"shelve_minutes": "out_of_range"}, {"shelve_minutes": 1}),
        ("summary", {"hour": 24}, {"hour": "out_of_range"}, {"hour": 23}),
        ("summary", {"hour": 7.5}, {"hour": "not_whole"}, {"hour": 7}),
    ],
)
async def test_what_makes_no_sense_is_pointed_out_and_can_be_corrected(
    hass: HomeAssistant,
    person: Person,
    entry: MockConfigEntry,
    told: AlertSettings,
    step: str,
    values: dict[str, Any],
    errors: dict[str, str],
    good: dict[str, Any],
) -> None:
    dialogue = await opened(person, entry, step)

    await dialogue.fill(**values)
    assert (dialogue.at, dialogue.errors) == (step, errors)
    assert dialogue.suggested.items() >= values.items()
    assert await alerts_of(hass) == told

    await dialogue.fill(**good)
    assert dialogue.at == "created"
    assert await alerts_of(hass) != told


async def test_the_range_is_said(person: Person, entry: MockConfigEntry) -> None:
    dialogue = await (await opened(person, entry, "flood_control")).fill(most_per_hour=121)

    assert dialogue.placeholders == {"problem": "4 to 120"}


@pytest.mark.parametrize(
    ("left", "after"), [(("severities", "first"), (10,)), (("severities",), ())], ids=["once", "never"]
)
async def test_it_can_escalate_once_or_never(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, left: tuple[str, ...], after: tuple[int, ...]
) -> None:
    dialogue = await opened(person, entry, "escalation")

    await send(dialogue, lambda shown: {name: shown[name] for name in left})

    assert (await alerts_of(hass)).escalation == Escalation(after=after)


async def test_there_is_no_second_escalation_without_a_first(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    dialogue = await opened(person, entry, "escalation")

    await send(dialogue, lambda shown: {"second": shown["second"]})

    assert dialogue.errors == {"first": "first_missing"}
    assert await alerts_of(hass) == AlertSettings()


async def send(dialogue: Dialogue, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Send a form of which fields were emptied."""
    await dialogue._configure(change(dialogue.suggested))


# --- work orders --------------------------------------------------------------------------


async def test_a_webhook_is_set_and_its_secret_is_shown_once(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    dialogue = await opened(person, entry, "work_orders")
    assert dialogue.suggested == {"severities": ["critical"], "webhook": False}
    address = f"https://tickets.example/{TOKEN}"
    await dialogue.fill(severities=["critical", "warning"], webhook=True, webhook_url=f" {address} ")

    tickets = (await alerts_of(hass)).tickets
    assert tickets.severities == (Severity.CRITICAL, Severity.WARNING)
    assert tickets.webhook_url == address
    assert tickets.webhook_secret is not None
    assert len(bytes.fromhex(tickets.webhook_secret)) == 32
    assert dialogue.at == "webhook_secret"
    assert dialogue.placeholders == {"secret": tickets.webhook_secret}
    await dialogue.fill()
    assert dialogue.at == "created"

    # neither address nor secret is shown again; left empty, the address stays
    again = await opened(person, entry, "work_orders")
    assert again.suggested == {"severities": ["critical", "warning"], "webhook": True}
    assert TOKEN not in str(again.result)
    await again.fill(severities=[])
    assert again.at == "created"
    assert (await alerts_of(hass)).tickets == replace(tickets, severities=())

    # off, the address is forgotten, and the secret kept for when it is on again
    await (await opened(person, entry, "work_orders")).fill(webhook=False)
    assert (await alerts_of(hass)).tickets == replace(tickets, severities=(), webhook_url=None)
    on = await (await opened(person, entry, "work_orders")).fill(webhook=True, webhook_url=address)
    assert on.at == "created"
    assert (await alerts_of(hass)).tickets == replace(tickets, severities=())


async def test_another_secret_takes_the_place_of_the_first(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    before = TicketSettings(webhook_url="https://tickets.example", webhook_secret="first")
    await set_alerts(hass, AlertSettings(tickets=before))
    dialogue = await opened(person, entry, "new_webhook_secret")
    assert dialogue.at == "new_webhook_secret"
    await dialogue.fill()

    tickets = (await alerts_of(hass)).tickets
    assert dialogue.at == "webhook_secret"
    assert dialogue.placeholders == {"secret": tickets.webhook_secret}
    assert tickets.webhook_secret not in (None, "first")
    assert tickets.webhook_url == "https://tickets.example"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"webhook": True}, "no_webhook_address"),
        ({"webhook": True, "webhook_url": "  "}, "no_webhook_address"),
        ({"webhook": False, "webhook_url": f"https://tickets.example/{TOKEN}"}, "address_without_webhook"),
        ({"webhook": True, "webhook_url": f"ftp://tickets.example/{TOKEN}"}, "no_url"),
        ({"webhook": True, "webhook_url": f"https:///{TOKEN}"}, "no_url"),
        ({"webhook": True, "webhook_url": f"https://tickets.example:99999/{TOKEN}"}, "no_url"),
        ({"webhook": True, "webhook_url": f"https://tickets.example/{TOKEN} {TOKEN}"}, "no_url"),
    ],
)
async def test_a_webhook_that_cannot_be_is_pointed_out(
    hass: HomeAssistant,
    person: Person,
    entry: MockConfigEntry,
    values: dict[str, Any],
    error: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    dialogue = await opened(person, entry, "work_orders")

    await dialogue.fill(**values)
    assert (dialogue.at, dialogue.errors) == ("work_orders", {"webhook_url": error})
    assert await alerts_of(hass) == AlertSettings()
    assert TOKEN not in str(dialogue.placeholders)
    assert TOKEN not in caplog.text

    await dialogue.fill(webhook=True, webhook_url="https://tickets.example")
    assert dialogue.at == "webhook_secret"
