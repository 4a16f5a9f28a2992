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
    Escalation,
    FloodControl,
    QuietHours,
    Route,
    SummarySettings,
    TicketSettings,
)
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.const import DOMAIN

from ..audited import audited
from .alert_dialogues import TWO_CHANNELS, alerts_of, opened, set_alerts
from .dialogue import Dialogue, Person

TOKEN = "fox-in-the-henhouse"
"""Part of an address that nothing else is called."""


async def test_what_goes_over_channels_is_offered_once_there_is_one(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    alone = ["channels", "quiet_hours", "escalation", "flood_control", "work_orders"]
    assert (await (await person.options(entry)).choose("alerts")).options_offered == alone

    await set_alerts(hass, AlertSettings(channels=TWO_CHANNELS))

    assert (await (await person.options(entry)).choose("alerts")).options_offered == [
        *("channels", "routing", "rules", "quiet_hours"),
        *("escalation", "flood_control", "summary", "work_orders"),
    ]


async def test_a_pulse_counter_has_the_same_alerts(hass: HomeAssistant, person: Person) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "pulse"})
    entry.add_to_hass(hass)

    await (await opened(person, entry, "quiet_hours")).fill(enabled=True)

    assert (await alerts_of(hass)).quiet_hours.enabled


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


async def test_who_has_changed_alerts_is_in_the_audit_log(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    flood = await opened(person, entry, "flood_control")
    await flood.fill(most_per_hour=6.5)
    assert flood.errors, "what makes no sense changes nothing"
    await flood.fill(most_per_hour=6)
    await (await opened(person, entry, "work_orders")).fill(severities=[])

    assert await person.do(audited(hass)) == [
        ("options_alerts", "automation", None, "done"),
        ("options_work_orders", "automation", None, "done"),
    ]


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

    assert dialogue.placeholders == {"problem": "4 … 120"}


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
