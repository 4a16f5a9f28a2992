"""Every entity, error and issue has a name, and every name and icon has its entity."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.helpers.entity import EntityDescription
import pytest

from custom_components import csj_meter
from custom_components.csj_meter import (
    binary_sensor,
    binary_sensor_problems,
    button,
    event,
    number,
    select,
    sensor,
    sensor_alerts,
    sensor_credit,
    sensor_detection,
    sensor_insights,
    sensor_link,
    sensor_site,
    sensor_usage,
    switch,
    todo,
)
from custom_components.csj_meter.anomaly.baseline import Reference
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.language.texts import GROUPS
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.sensor_table import describe, is_sensor

from ..test_floors import ROOMS

FOLDER = Path(csj_meter.__file__).parent
TEXTS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text(encoding="utf-8"))
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text(encoding="utf-8"))


def quantity_sensors() -> Iterator[EntityDescription]:
    """Every way in which a quantity can be shown."""
    for quantity in filter(is_sensor, QUANTITIES.values()):
        yield describe(quantity, single_phase=False, offered=QUANTITIES)
        yield describe(quantity, single_phase=True, offered=QUANTITIES)
        yield describe(quantity, single_phase=True, offered={quantity.name})


DESCRIPTIONS: dict[str, list[EntityDescription]] = {
    "binary_sensor": [*binary_sensor.STATUS_SENSORS, *binary_sensor_problems.PROBLEMS],
    "button": [*button.COMMANDS],
    "event": [event.METER_LOG, event.ALERT, event.SITE_ALERT],
    "number": [*number.NUMBERS],
    "select": [select.RELAY_MODE],
    "sensor": [
        *quantity_sensors(),
        *sensor_link.LINK_SENSORS,
        *sensor_link.LINE_SENSORS,
        sensor_link.KEY_STATE,
        sensor_credit.CREDIT_DAYS_LEFT,
        sensor_credit.LAST_PAYMENT,
        *sensor_usage.ENERGY_SENSORS,
        *sensor_usage.COST_SENSORS,
        sensor_usage.USAGE_TREND,
        sensor_detection.EXPECTED_USAGE,
        sensor_detection.ANOMALY,
        sensor_detection.DEVIATION,
        sensor_alerts.ALERT_STATE,
        sensor_insights.INSIGHT,
        sensor_alerts.SITE_ALERT_STATE,
        *sensor_site.SITE_SENSORS,
        sensor.CIRCUIT,
        sensor.ENERGY_PRICE,
    ],
    "switch": [switch.SUPPLY, switch.FAST_REPORTING, switch.WATCH_LOAD],
    "todo": [todo.WORK_ORDERS],
}


@pytest.mark.parametrize("platform", DESCRIPTIONS)
def test_names_and_entities_match(platform: str) -> None:
    keys = {description.translation_key for description in DESCRIPTIONS[platform]} - {None}

    assert set(TEXTS["entity"][platform]) == keys
    assert all(texts["name"].strip() for texts in TEXTS["entity"][platform].values())


@pytest.mark.parametrize("platform", DESCRIPTIONS)
def test_icons_and_entities_match(platform: str) -> None:
    keys = {description.translation_key for description in DESCRIPTIONS[platform]} - {None}

    assert set(ICONS["entity"][platform]) == keys


def test_a_state_icon_differs_from_the_usual_one() -> None:
    for platform in ICONS["entity"].values():
        for key, icons in platform.items():
            assert icons["default"] not in icons.get("state", {}).values(), key


def test_names_on_one_meter_differ() -> None:
    for single_phase in (False, True):
        names = [
            TEXTS["entity"]["sensor"][description.translation_key]["name"].format(**description.placeholders)
            for quantity in filter(is_sensor, QUANTITIES.values())
            if not single_phase or (quantity.phase or 1) == 1
            for description in [describe(quantity, single_phase=single_phase, offered=QUANTITIES)]
        ]
        assert len(set(names)) == len(names)


def test_every_option_has_a_text() -> None:
    for platform, descriptions in DESCRIPTIONS.items():
        for description in descriptions:
            options = getattr(description, "options", None)
            if options and description.key not in QUANTITIES:
                texts = TEXTS["entity"][platform][description.translation_key]
                assert set(texts["state"]) == set(options), description.key


def test_every_word_of_a_code_has_a_text() -> None:
    for quantity in QUANTITIES.values():
        if quantity.words:
            assert set(TEXTS["entity"]["sensor"][quantity.name]["state"]) == set(quantity.words)


def test_every_kind_of_finding_has_a_text() -> None:
    assert set(TEXTS["entity"]["sensor"]["deviation"]["state_attributes"]) == set(Kind)


def test_every_reference_of_expected_usage_has_a_text() -> None:
    compared = TEXTS["entity"]["sensor"]["expected_usage"]["state_attributes"]["compared_with"]

    assert set(compared["state"]) == {reference.name.lower() for reference in Reference}


def test_every_entry_of_a_log_has_a_text() -> None:
    entry = TEXTS["entity"]["event"]["meter_log"]["state_attributes"]["event_type"]

    assert set(entry["state"]) == set(event.METER_LOG.event_types or ())


SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in (FOLDER, *(FOLDER / room for room in sorted(ROOMS)))
    for path in folder.glob("*.py")
)


MAILS = "\n".join(path.read_text(encoding="utf-8") for path in (FOLDER / "alerts").glob("*.py"))


def test_every_text_that_is_asked_for_is_there() -> None:
    asked = set(re.findall(r'translation_key="(\w+)"', SOURCES))
    entities = {key for platform in TEXTS["entity"].values() for key in platform}

    assert asked <= entities.union(TEXTS["exceptions"], TEXTS["issues"], TEXTS["selector"])


@pytest.mark.parametrize("section", ["exceptions", "issues"])
def test_every_text_is_asked_for(section: str) -> None:
    assert [key for key in TEXTS[section] if f'"{key}"' not in SOURCES] == []


def test_placeholders_of_phases_and_tariffs_are_all_that_names_use() -> None:
    for key, texts in TEXTS["entity"]["sensor"].items():
        wanted = set(re.findall(r"{(\w+)}", texts["name"]))
        expected = {"phase"} if key.endswith("_phase") else {"tariff"} if key.endswith("_tariff") else set()
        if key == "active_tariff":
            expected = set()
        assert wanted == expected, key


# what people are told of alerts


TOLD: dict[str, dict[str, str]] = {group: TEXTS["config_panel"][group] for group in sorted(GROUPS)}


def test_what_two_texts_say_of_the_same_thing_agrees() -> None:
    selector, phrases = TEXTS["selector"], TEXTS["selector"]["phrase"]["options"]
    alert = TEXTS["entity"]["event"]["alert"]["state_attributes"]
    dates = TOLD["dates"]

    assert alert == TEXTS["entity"]["event"]["site_alert"]["state_attributes"]
    assert alert["kind"]["state"] == TOLD["kinds"]
    assert alert["severity"]["state"] == TOLD["severities"]
    assert alert["state"]["state"]["cleared"] == TOLD["standing"]["cleared"]
    assert {f"weekday_{day}": name for day, name in selector["weekday"]["options"].items()} == {
        key: name for key, name in dates.items() if re.fullmatch(r"weekday_\d", key)
    }
    assert phrases["circuit"] == TOLD["messages"]["circuit"]
    assert TEXTS["services"]["acknowledge_alert"]["name"].startswith(TOLD["buttons"]["acknowledge"])


@pytest.mark.parametrize("group", ["buttons", "problems"])
def test_a_text_of_a_phone_or_a_channel_is_asked_for_and_is_there(group: str) -> None:
    asked = set(re.findall(rf'texts\(\s*"{group}\.(\w+)"', SOURCES + MAILS))

    assert asked == TOLD[group].keys()


@pytest.mark.parametrize("key", [f"{group}.{key}" for group, texts in TOLD.items() for key in texts])
def test_what_people_are_told_is_as_home_assistant_wants_it(key: str) -> None:
    group, _, name = key.partition(".")
    text = TOLD[group][name]

    assert re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", key)
    assert text
    assert text == text.strip()
    assert "://" not in text
    assert not re.search(r"</?\w+>", text)
