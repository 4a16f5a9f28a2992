"""Who is told of what is set in the options: by severity, and by special rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import (
    AlertSettings,
    Route,
)
from custom_components.csj_meter.anomaly.kinds import Kind, Severity

from ..conftest import Home
from .alert_dialogues import INFORMATION, LEAKS, TWO_CHANNELS, alerts_of, opened, set_alerts
from .dialogue import Dialogue, Person

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
            channels=TWO_CHANNELS, routes=(both, Route(severities=(Severity.WARNING,), channels=("one",)))
        ),
    )

    dialogue = await opened(person, entry, "routing")

    assert (dialogue.suggested["critical"], dialogue.suggested["warning"]) == (["two"], ["one", "two"])


async def test_a_channel_that_was_removed_meanwhile_is_told_of_nothing(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, told: AlertSettings
) -> None:
    dialogue = await opened(person, entry, "routing")
    summary = await opened(person, entry, "summary")
    remains = AlertSettings(channels=TWO_CHANNELS[1:])
    await set_alerts(hass, remains)

    await dialogue.fill(warning=["one", "two"])
    assert dialogue.errors == {"base": "unknown_channel"}
    assert dialogue.suggested["warning"] == ["two"]
    await summary.fill(channels=["one"])
    assert summary.errors == {"channels": "unknown_channel"}
    assert await alerts_of(hass) == remains

    await dialogue.fill()
    assert (await alerts_of(hass)).routes == (Route(severities=(Severity.WARNING,), channels=("two",)),)


# --- special rules ------------------------------------------------------------------------


async def test_special_rules_are_added_changed_and_removed(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry
) -> None:
    await set_alerts(hass, AlertSettings(channels=TWO_CHANNELS))
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
    await set_alerts(home.hass, AlertSettings(channels=TWO_CHANNELS))
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
