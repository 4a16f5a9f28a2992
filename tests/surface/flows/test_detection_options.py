"""What is looked for, and how much of it is too much, is set in the options; a preview shows what it does."""

# ruff: noqa: F401, F811 - fixtures of another folder

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.anomaly.settings import Settings, Tuning
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.flow.preview import LAST, told
from custom_components.csj_meter.flow.tuning import UNITS, has_threshold
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site_settings import TelemetrySettings, async_site_settings

from ...alerts.found import found
from ..conftest import Home, subentry_of
from ..detection.conftest import UNIT, WatchedHome, watched
from .dialogue import Dialogue, Person


async def detection_of(hass: HomeAssistant) -> Settings:
    return (await async_site_settings(hass)).detection


async def set_detection(hass: HomeAssistant, stored: dict[str, Any]) -> Settings:
    settings = Settings.from_dict(stored)
    await (await async_site_settings(hass)).async_set_detection(settings)
    return settings


async def place(person: Person, entry: MockConfigEntry, step: str) -> Dialogue:
    """Somebody has chosen how far the setting is to go."""
    return await (await (await person.options(entry)).choose("detection")).choose(step)


async def tuning(
    person: Person, entry: MockConfigEntry, kind: str, step: str = "detection_site", **chosen: str
) -> Dialogue:
    """Somebody has opened the form of a kind."""
    return await (await place(person, entry, step)).fill(kind=kind, **chosen)


async def emptied(dialogue: Dialogue, *names: str) -> None:
    """Send a form of which fields were emptied."""
    values = {name: value for name, value in dialogue.suggested.items() if name not in names}
    await dialogue._configure(values)


@pytest.fixture
def resting(home: Home) -> Home:
    """A bridge with six meters on its circuits that is not set up."""
    home.entry.add_to_hass(home.hass)
    return home


# --- where and what -----------------------------------------------------------------------


async def test_without_meters_only_the_site_can_be_set(hass: HomeAssistant, person: Person) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1})
    entry.add_to_hass(hass)

    dialogue = await (await person.options(entry)).choose("detection")

    assert dialogue.options_offered == ["detection_site"]
    assert dialogue.placeholders == {"set": "Nothing: everything is as by default."}


async def test_what_was_set_so_far_is_said(patient: Person, resting: Home) -> None:
    await set_detection(
        resting.hass,
        {
            "site": {"leak": {"enabled": False}, "outage": {"confirm": 5}},
            "circuits": {"old barn": {"drift": {"threshold": 2.0}}},
            "meters": {
                resting.serial(2): {"voltage_sag": {"threshold": 0.7}},
                "gone": {"overload": {"confirm": 4}},
            },
        },
    )

    dialogue = await (await patient.options(resting.entry)).choose("detection")

    assert dialogue.options_offered == ["detection_site", "detection_circuit", "detection_meter"]
    lines = dialogue.placeholders["set"].splitlines()
    assert lines[:2] == ["- whole site: Power outage, Leak", "- circuit old barn: Creeping base load"]
    assert sorted(lines[2:]) == ["- Home 2: Voltage sag", "- gone: Overload"]
    # what is not there any more can still be set as it was
    for step, name, gone in (
        ("detection_circuit", "circuit", "old barn"),
        ("detection_meter", "meter", "gone"),
    ):
        form = await place(patient, resting.entry, step)
        options = form.result["data_schema"].schema[name].config["options"]
        assert gone in {option["value"] for option in options}


@pytest.mark.parametrize("kind", list(Kind))
async def test_every_kind_can_be_set_within_its_range(patient: Person, resting: Home, kind: Kind) -> None:
    dialogue = await tuning(patient, resting.entry, kind.value)

    rule = RULES[kind]
    fields = set(map(str, dialogue.result["data_schema"].schema))
    assert fields == {"enabled", "confirm"} | ({"threshold"} if kind is not Kind.TAMPER else set())
    assert dialogue.suggested == {"enabled": "as_it_was"}
    unit = f" {UNITS[kind]}" if kind in UNITS else ""
    assert dialogue.placeholders["low"] == f"{rule.low:g}{unit}"
    assert dialogue.placeholders["high"] == f"{rule.high:g}{unit}"
    assert f"Look for it: {'Yes' if rule.enabled else 'No'} (as by default)" in dialogue.placeholders["now"]
    if has_threshold(kind):
        selector = dialogue.result["data_schema"].schema["threshold"]
        assert selector.config.get("unit_of_measurement") == UNITS.get(kind)
        await dialogue.fill(threshold=rule.high * 2)
        assert dialogue.errors == {"threshold": "threshold_out_of_range"}
        await dialogue.fill(threshold=rule.high)
    else:
        await dialogue.fill(confirm=2)
    assert dialogue.at == "no_preview"


async def test_what_holds_and_where_it_comes_from_is_said(patient: Person, resting: Home) -> None:
    serial, circuit = resting.serial(1), resting.line.meters[1].circuit
    await set_detection(
        resting.hass,
        {
            "site": {"voltage_sag": {"threshold": 0.7, "confirm": 5}},
            "circuits": {circuit: {"voltage_sag": {"confirm": 4}}},
            "meters": {serial: {"voltage_sag": {"enabled": False}}},
        },
    )

    at_site = await tuning(patient, resting.entry, "voltage_sag")
    at_circuit = await tuning(patient, resting.entry, "voltage_sag", "detection_circuit", circuit=circuit)
    at_meter = await tuning(patient, resting.entry, "voltage_sag", "detection_meter", meter=serial)

    assert at_site.placeholders["place"] == "whole site"
    assert at_site.placeholders["now"] == (
        "- Look for it: Yes (as by default)\n"
        "- Threshold: 0.7 × (set for the site)\n"
        "- Abnormal samples in a row: 5 (set for the site)"
    )
    assert at_site.suggested == {
        "enabled": "as_it_was",
        "threshold": 0.7,
        "confirm": 5,
        "reset": False,
    }
    assert at_circuit.placeholders["place"] == f"circuit {circuit}"
    assert at_circuit.placeholders["now"] == (
        "- Look for it: Yes (as by default)\n"
        "- Threshold: 0.7 × (set for the site)\n"
        "- Abnormal samples in a row: 4 (set for the circuit)"
    )
    assert at_circuit.suggested == {"enabled": "as_it_was", "confirm": 4, "reset": False}
    assert at_meter.placeholders["place"] == "Home 1"
    assert at_meter.placeholders["now"] == (
        "- Look for it: No (set for this meter)\n"
        "- Threshold: 0.7 × (set for the site)\n"
        "- Abnormal samples in a row: 4 (set for the circuit)"
    )
    assert at_meter.suggested == {"enabled": "ignore", "reset": False}


# --- the setting --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"threshold": 0.49}, {"threshold": "threshold_out_of_range"}),
        ({"threshold": 0.96}, {"threshold": "threshold_out_of_range"}),
        ({"confirm": 0}, {"confirm": "confirm_out_of_range"}),
        ({"confirm": 61}, {"confirm": "confirm_out_of_range"}),
        ({"confirm": 2.5}, {"confirm": "confirm_out_of_range"}),
    ],
)
async def test_a_setting_that_makes_no_sense_is_pointed_out_and_can_be_corrected(
    patient: Person, resting: Home, values: dict[str, float], error: dict[str, str]
) -> None:
    dialogue = await tuning(patient, resting.entry, "voltage_sag")

    await dialogue.fill(**values)
    assert (dialogue.at, dialogue.errors) == ("tuning", error)
    assert dialogue.suggested.items() >= values.items()
    assert dialogue.placeholders.items() >= {"low": "0.5 ×", "high": "0.95 ×", "most": "60"}.items()

    await dialogue.fill(**{"threshold": 0.5} if "threshold" in values else {"confirm": 60})
    assert dialogue.at == "no_preview"
    assert await detection_of(resting.hass) == Settings()


async def test_without_a_bridge_that_works_it_is_set_without_a_preview(
    patient: Person, resting: Home
) -> None:
    dialogue = await tuning(patient, resting.entry, "voltage_sag")
    await dialogue.fill(enabled="look", threshold=0.7, confirm=5.0)

    assert dialogue.placeholders == {"problem": "No bridge is set up."}
    assert await detection_of(resting.hass) == Settings()
    await dialogue.choose("tuning")
    assert dialogue.suggested == {"enabled": "look", "threshold": 0.7, "confirm": 5.0}
    await dialogue.fill(threshold=0.6)
    await dialogue.choose("save_tuning")

    assert dialogue.at == "created"
    assert await detection_of(resting.hass) == Settings(
        site={Kind.VOLTAGE_SAG: Tuning(enabled=True, threshold=0.6, confirm=5)}
    )


async def test_what_is_emptied_is_as_it_was(patient: Person, resting: Home) -> None:
    serial = resting.serial(2)
    await set_detection(
        resting.hass, {"meters": {serial: {"leak": {"enabled": False, "threshold": 2, "confirm": 4}}}}
    )
    dialogue = await tuning(patient, resting.entry, "leak", "detection_meter", meter=serial)
    assert dialogue.suggested == {"enabled": "ignore", "threshold": 2.0, "confirm": 4, "reset": False}

    await emptied(dialogue, "threshold")
    await dialogue.choose("save_tuning")

    assert await detection_of(resting.hass) == Settings(
        meters={serial: {Kind.LEAK: Tuning(enabled=False, confirm=4)}}
    )


@pytest.mark.parametrize("how", ["reset", "emptied"])
async def test_it_is_set_as_it_was(patient: Person, resting: Home, how: str) -> None:
    circuit = resting.line.meters[1].circuit
    other: dict[str, dict[str, Any]] = {
        "site": {"leak": {"confirm": 4}},
        "circuits": {"old barn": {"drift": {"confirm": 2}}},
    }
    await set_detection(
        resting.hass,
        {**other, "circuits": {**other["circuits"], circuit: {"leak": {"enabled": False, "threshold": 2}}}},
    )
    dialogue = await tuning(patient, resting.entry, "leak", "detection_circuit", circuit=circuit)

    if how == "reset":
        await dialogue.fill(reset=True)
    else:
        await emptied(await dialogue.fill(enabled="as_it_was", threshold=99), "threshold")
    await dialogue.choose("save_tuning")

    assert await detection_of(resting.hass) == Settings.from_dict(other)


async def test_two_people_who_set_different_kinds_do_not_undo_each_other(
    patient: Person, resting: Home
) -> None:
    serial = resting.serial(2)
    sag = await (await tuning(patient, resting.entry, "voltage_sag")).fill(threshold=0.7)
    leak = await (await tuning(patient, resting.entry, "leak")).fill(enabled="ignore")
    meter = await tuning(patient, resting.entry, "voltage_sag", "detection_meter", meter=serial)
    await meter.fill(confirm=6)
    await (await async_site_settings(resting.hass)).async_set_watched(resting.serial(3), watched=False)

    for dialogue in (leak, sag, meter):
        await dialogue.choose("save_tuning")

    assert await detection_of(resting.hass) == Settings(
        site={Kind.VOLTAGE_SAG: Tuning(threshold=0.7), Kind.LEAK: Tuning(enabled=False)},
        meters={serial: {Kind.VOLTAGE_SAG: Tuning(confirm=6)}},
        unwatched=frozenset({resting.serial(3)}),
    )


# --- the preview --------------------------------------------------------------------------


async def sagged(watched: WatchedHome, times: int = 1) -> None:
    """The meter has some days behind it, and has seen sags."""
    await watched.begin()
    for _ in range(times):
        watched.sag()
        await watched.run(5)
        watched.mend()
        await watched.run(5)


async def test_it_is_shown_what_a_setting_would_have_told(patient: Person, watched: WatchedHome) -> None:
    home = watched.home
    await sagged(watched)
    dialogue = await tuning(patient, home.entry, "voltage_sag", "detection_meter", meter=home.serial(UNIT))
    await dialogue.fill(threshold=0.5)
    assert dialogue.at == "progress: looking_back"
    await dialogue.wait()

    assert dialogue.at == "preview"
    rows = dialogue.placeholders["table"].splitlines()
    assert "| Voltage sag | Critical | 1 | 0 |" in rows
    assert not any("Voltage sag" in line for line in dialogue.placeholders["last"].splitlines())
    assert dialogue.placeholders["since"].startswith("2026-10-31 ")
    assert await detection_of(home.hass) == Settings()

    await (await dialogue.choose("tuning")).fill(threshold=0.78, confirm=1)
    await dialogue.wait()
    assert "| Voltage sag | Critical | 1 | 1 |" in dialogue.placeholders["table"].splitlines()
    (line,) = [one for one in dialogue.placeholders["last"].splitlines() if "Voltage sag" in one]
    assert line.startswith("- 2026-10-31 ")
    assert "**Home 2**: Voltage sag (Critical). " in line
    assert "V at phase 1; at least 179.4 V is allowed." in line
    await dialogue.choose("save_tuning")
    assert dialogue.at == "created"
    assert await detection_of(home.hass) == Settings(
        meters={home.serial(UNIT): {Kind.VOLTAGE_SAG: Tuning(threshold=0.78, confirm=1)}}
    )


def test_each_finding_counts_once_and_as_bad_as_it_got() -> None:
    mild, bad = (
        found("A", severity=severity, minute=minute)
        for minute, severity in ((2, Severity.WARNING), (4, Severity.CRITICAL))
    )
    later = found("A", since=20, minute=22, severity=Severity.INFO)

    assert told(
        [
            later,
            found("A", State.SUSPECTED, minute=0),
            mild,
            bad,
            found("A", severity=Severity.INFO, minute=5),
            found("A", State.CLEARED, minute=9),
            found("B", minute=3),
        ],
        {"A"},
    ) == [bad, later]


async def test_only_the_last_ones_are_listed_the_newest_first(patient: Person, watched: WatchedHome) -> None:
    await sagged(watched, LAST + 1)
    dialogue = await tuning(patient, watched.home.entry, "voltage_sag")

    await (await dialogue.fill(confirm=2)).wait()

    assert f"| Voltage sag | Critical | {LAST + 1} | {LAST + 1} |" in dialogue.placeholders["table"]
    lines = dialogue.placeholders["last"].splitlines()
    assert len(lines) == LAST
    assert lines == sorted(lines, reverse=True)


def _on(circuit: str, subentry: ConfigSubentryData) -> ConfigSubentryData:
    return {**subentry, "data": {**subentry["data"], "circuit": circuit}}


def _sag_of(unit: int) -> Fault:
    return Fault(kind=FaultKind.VOLTAGE_SAG, unit=unit, magnitude=0.3)


async def test_a_circuit_is_looked_at_with_its_own_meters_only(patient: Person, home: Home) -> None:
    near = home.with_meters(
        *(
            _on(circuit, subentry_of(home.line.meters[unit]))
            for unit, circuit in ((2, "barn"), (3, "barn"), (4, "house"))
        )
    )
    home_watched = WatchedHome(near)
    await home_watched.begin()
    for unit in (2, 4):
        home_watched.home.line.faults.set(_sag_of(unit))
    await home_watched.run(5)
    home_watched.mend()
    await home_watched.run(5)

    dialogue = await tuning(patient, near.entry, "voltage_sag", "detection_circuit", circuit="barn")
    await (await dialogue.fill(threshold=0.5)).wait()
    assert "| Voltage sag | Critical | 1 | 0 |" in dialogue.placeholders["table"].splitlines()
    site = await (await tuning(patient, near.entry, "voltage_sag")).fill(threshold=0.5)
    await site.wait()
    assert "| Voltage sag | Critical | 2 | 0 |" in site.placeholders["table"].splitlines()


async def test_where_nothing_was_measured_there_is_no_preview(patient: Person, watched: WatchedHome) -> None:
    home = watched.home
    await set_detection(home.hass, {"meters": {"gone": {"leak": {"confirm": 4}}}})
    await watched.begin()
    dialogue = await tuning(patient, home.entry, "leak", "detection_meter", meter="gone")

    await (await dialogue.fill(reset=True)).wait()

    assert dialogue.at == "no_preview"
    assert dialogue.placeholders == {"problem": "Nothing was measured in the last 30 days."}
    await dialogue.choose("save_tuning")
    assert await detection_of(home.hass) == Settings()


async def test_where_nothing_happened_nothing_is_shown(patient: Person, watched: WatchedHome) -> None:
    await watched.begin()
    dialogue = await tuning(patient, watched.home.entry, "leak")

    await (await dialogue.fill(enabled="ignore")).wait()

    assert dialogue.placeholders["table"] == "| Nothing | | 0 | 0 |"
    assert dialogue.placeholders["last"] == "Nothing"


async def test_while_the_database_does_not_answer_it_is_set_without_a_preview(
    patient: Person, watched: WatchedHome
) -> None:
    home = watched.home
    await (await async_site_settings(home.hass)).async_set_telemetry(
        TelemetrySettings(database_url="postgresql:///meters?host=/nowhere")
    )
    await watched.begin()
    dialogue = await tuning(patient, home.entry, "voltage_sag")

    await (await dialogue.fill(threshold=0.7)).wait()

    assert dialogue.at == "no_preview"
    assert dialogue.placeholders["problem"]
    await dialogue.choose("save_tuning")
    assert await detection_of(home.hass) == Settings(site={Kind.VOLTAGE_SAG: Tuning(threshold=0.7)})


async def test_who_closes_the_dialogue_looks_at_nothing_any_more(
    patient: Person, watched: WatchedHome
) -> None:
    await sagged(watched)
    dialogue = await tuning(patient, watched.home.entry, "voltage_sag")
    await dialogue.fill(threshold=0.7)

    dialogue.close()
    await watched.run(1)

    assert not [task for task in asyncio.all_tasks() if "dialogue looking_back" in task.get_name()]
    assert await detection_of(watched.home.hass) == Settings()
