"""Before a setting of detection is kept, it is shown what it would have told of the last days."""

# ruff: noqa: F401, F811 - fixtures of another folder

from __future__ import annotations

import asyncio

from homeassistant.config_entries import ConfigSubentryData

from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State
from custom_components.csj_meter.anomaly.settings import Settings, Tuning
from custom_components.csj_meter.detection.what_if import confirmed
from custom_components.csj_meter.flow.preview import LAST
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site_settings import TelemetrySettings, async_site_settings

from ...alerts.found import found
from ..conftest import Home, subentry_of
from ..detection.conftest import UNIT, WatchedHome, watched
from .detection_dialogues import detection_of, set_detection, tuning
from .dialogue import Person


async def sagged(watched: WatchedHome, times: int = 1) -> None:
    """The meter has some days behind it, and has seen sags."""
    await watched.begin()
    for _ in range(times):
        watched.sag()
        await watched.run(5)
        watched.mend()
        await watched.run(5)


async def test_it_is_shown_what_a_setting_would_have_confirmed(patient: Person, watched: WatchedHome) -> None:
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
    assert dialogue.placeholders["since"].startswith("31 October 2026, ")
    assert await detection_of(home.hass) == Settings()

    await (await dialogue.choose("tuning")).fill(threshold=0.78, confirm=1)
    await dialogue.wait()
    assert "| Voltage sag | Critical | 1 | 1 |" in dialogue.placeholders["table"].splitlines()
    (line,) = [one for one in dialogue.placeholders["last"].splitlines() if "Voltage sag" in one]
    assert line.startswith("- Sat 31 October, ")
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

    assert confirmed(
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
