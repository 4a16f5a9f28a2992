"""What is looked for, and how much of it is too much, is set in the options."""

from __future__ import annotations

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.rules import RULES
from custom_components.csj_meter.anomaly.settings import Settings, Tuning
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.flow.tuning import UNITS, has_threshold
from custom_components.csj_meter.site_settings import async_site_settings

from ..conftest import Home
from .detection_dialogues import detection_of, emptied, place, set_detection, tuning
from .dialogue import Person

pytestmark = pytest.mark.meters(1, 2, 3, 4, 5, 6)


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

    assert dialogue.options_offered == ["detection_site", "holidays"]
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

    assert dialogue.options_offered == ["detection_site", "detection_circuit", "detection_meter", "holidays"]
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
