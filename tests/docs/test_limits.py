"""Limits and defaults that texts of the dialogues name are those of the code, in every language."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

from custom_components.csj_meter.alerts.settings import (
    AlertSettingsError,
    Escalation,
    FloodControl,
    SummarySettings,
)
from custom_components.csj_meter.bus.scan import ALL_UNITS
from custom_components.csj_meter.link_data import HIGHEST_PORT, LOWEST_LISTEN_PORT, MOST_SIMULATED
from custom_components.csj_meter.meters.poller import FAST_PERIOD
from custom_components.csj_meter.periods import PERIODS
from custom_components.csj_meter.site_settings import AGGREGATE_MONTHS, RAW_DAYS, TelemetrySettings

from .pages import ROOT

LANGUAGES: Final = sorted((ROOT / "custom_components" / "csj_meter" / "translations").glob("*.json"))
UNITS: Final = (ALL_UNITS[0], ALL_UNITS[-1])
TELEMETRY: Final = TelemetrySettings()

NAMED: Final[dict[tuple[str, ...], tuple[int, ...]]] = {
    ("config", "dial_in", "listen_port"): (LOWEST_LISTEN_PORT, HIGHEST_PORT),
    ("config", "simulated", "meters"): (1, MOST_SIMULATED),
    ("config", "scan_custom", "first"): UNITS,
    ("config", "scan_custom", "last"): UNITS,
    ("config_subentries", "meter", "scan_custom", "first"): UNITS,
    ("config_subentries", "meter", "scan_custom", "last"): UNITS,
    ("config_subentries", "meter", "by_hand", "unit_id"): UNITS,
    ("config_subentries", "meter", "reconfigure", "unit_id"): UNITS,
    ("options", "telemetry", "raw_days"): (*RAW_DAYS, TELEMETRY.raw_days),
    ("options", "telemetry", "aggregate_months"): (*AGGREGATE_MONTHS, TELEMETRY.aggregate_months),
} | {
    ("options", "polling", name): (period.low, period.high, period.default)
    for name, period in PERIODS.items()
}
"""Field -> the numbers that its text begins with."""


def text(language: Path, *path: str) -> str:
    """What is said of a field."""
    *flow, step, field = path
    found: Any = json.loads(language.read_text(encoding="utf-8"))
    for name in (*flow, "step", step, "data_description", field):
        found = found[name]
    return str(found)


def numbers(said: str) -> list[int]:
    """Numbers of a text, in order."""
    return [int(re.sub(r"\D", "", one)) for one in re.findall(r"\d+(?:[\u00a0\u202f]\d{3})*", said)]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.stem)
def test_periods_and_limits_are_those_of_the_code(language: Path) -> None:
    for path, wanted in NAMED.items():
        assert sorted(numbers(text(language, *path))[: len(wanted)]) == sorted(wanted), path


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.stem)
@pytest.mark.parametrize(
    "name", ["most_per_hour", "chattering_count", "chattering_minutes", "shelve_minutes"]
)
def test_what_somebody_can_bear_is_as_the_rules_have_it(language: Path, name: str) -> None:
    said = sorted(numbers(text(language, "options", "flood_control", name)))

    usual: int = getattr(FloodControl(), name)
    assert usual in said
    low, high = said[0], said[-1]
    for taken in (low, high):
        replace(FloodControl(), **{name: taken})
    for refused in (low - 1, high + 1):
        with pytest.raises(AlertSettingsError):
            replace(FloodControl(), **{name: refused})


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.stem)
def test_an_escalation_and_a_summary_come_when_the_texts_say(language: Path) -> None:
    first, second = Escalation().after
    low, high, usual = numbers(text(language, "options", "escalation", "first"))
    assert usual == first
    assert numbers(text(language, "options", "escalation", "second")) == [second]
    Escalation(after=(low, high))
    for refused in (low - 1, high + 1):
        with pytest.raises(AlertSettingsError):
            Escalation(after=(refused,))

    low, high, usual = numbers(text(language, "options", "summary", "hour"))
    assert usual == SummarySettings().hour
    for hour in (low, high):
        SummarySettings(hour=hour)
    for hour in (low - 1, high + 1):
        with pytest.raises(AlertSettingsError):
            SummarySettings(hour=hour)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.stem)
def test_how_often_meters_that_report_fast_are_read_is_said(language: Path) -> None:
    assert numbers(text(language, "options", "polling", "live_period"))[-1] == FAST_PERIOD
