"""The words of the dialogues: all that can come up are there, and none is left over.

That each text gets the placeholders it names is seen by every test that opens a dialogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

import pytest

import custom_components.csj_meter as package
from custom_components.csj_meter.alerts.settings import MOST_LEVELS
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.const import Link
from custom_components.csj_meter.flow import search as line_search
from custom_components.csj_meter.flow.forms import FORMS
from custom_components.csj_meter.flow.meters import PAGE

from .dialogue import METER_WORDS, WORDS

SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in (
        *Path(package.__file__).parent.glob("flow/*.py"),
        *Path(package.__file__).parent.glob("*.py"),
        *Path(package.__file__).parent.glob("history/trial.py"),
    )
    if path.parent.name in {"flow", "history"} or path.name.startswith(("config_flow", "link"))
)
SETTINGS = "".join(
    path.read_text(encoding="utf-8")
    for pattern in (
        "alerts/settings*.py",
        "site/people.py",
        "site/tenants.py",
        "tenants/moving.py",
        "kept_file.py",
    )
    for path in sorted(Path(package.__file__).parent.glob(pattern))
)
SILENT_STEPS = frozenset(
    {
        *("scan_done", "scan_quick", "scan_full", "go_on", "check_done", "called"),
        *("edit_link", "without_meters", "switch_framing", "save_anyway", "other_framing"),
        *("usb", "dhcp", "reauth", "shorten_now"),
        *("done", "add_rule", "remove_now", "tested", "webhook_tested", "looked_back", "save_tuning"),
    }
)
"""Steps that lead on at once."""


def texts(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its key."""
    if isinstance(words, str):
        yield path, words
        return
    for key, value in words.items():
        yield from texts(value, f"{path}.{key}")


FLOW_TEXTS = dict(
    texts({name: WORDS[name] for name in ("config", "config_subentries", "options", "selector")})
)


def shown_steps(*files: str) -> set[str]:
    """Steps in these files that show something."""
    folder = Path(package.__file__).parent
    found = (
        re.findall(r"async def async_step_(\w+)\(", (folder / f"{name}.py").read_text(encoding="utf-8"))
        for name in files
    )
    return {step for steps in found for step in steps} - SILENT_STEPS


def test_every_step_of_a_bridge_has_its_words_and_every_word_its_step() -> None:
    steps = shown_steps("config_flow", "flow/discovery", "flow/link", "flow/steps")

    assert set(WORDS["config"]["step"]) == steps - {"link_failed"}  # it leads back to the form of the link


def test_every_step_of_a_meter_has_its_words_and_every_word_its_step() -> None:
    assert set(METER_WORDS["step"]) == shown_steps("flow/subentry", "flow/steps")


def test_every_step_of_the_options_has_its_words_and_every_word_its_step() -> None:
    modules = (
        *("options", "telemetry", "site_options", "alerts", "channels", "routing", "work_orders"),
        *("detection", "holidays", "people", "tenants"),
    )

    assert set(WORDS["options"]["step"]) == shown_steps(*(f"flow/{module}" for module in modules))


def test_every_link_has_a_form_and_a_place_in_the_menu() -> None:
    menu = WORDS["config"]["step"]["user"]

    assert set(FORMS) == set(Link)
    assert set(menu["menu_options"]) == set(menu["menu_option_descriptions"]) == {link.value for link in Link}


@pytest.mark.parametrize("words", [WORDS["config"], METER_WORDS], ids=["bridge", "meter"])
def test_every_reason_why_a_link_does_not_open_has_words(words: dict[str, Any]) -> None:
    reasons = {*line_search._REASONS.values(), "cannot_connect", "host_unknown", "link_in_use"}
    reasons |= {"host_silent", "port_silent"}

    assert reasons <= set(words["error"])


def test_every_problem_of_a_link_has_words() -> None:
    problems = set(re.findall(r'"((?:not_an?|out_of|unknown_link)\w*)"', SOURCES))

    assert {"not_a_host", "out_of_range", "not_an_entity"} <= problems
    assert problems <= set(WORDS["config"]["error"])


def test_every_problem_of_settings_of_the_site_has_words() -> None:
    raised = r'(?:AlertSettingsError|AccessSettingsError|refuse)\([^()]+, "(\w+)"[,)]'
    problems = set(re.findall(raised, SETTINGS + SOURCES))

    assert {"nameless", "no_meters", "fallback_in_circles", "out_of_range", "unknown_setting"} <= problems
    assert {"rule_gone", "user_twice"} <= problems
    assert problems <= set(WORDS["options"]["error"])


def test_every_kind_has_its_words_and_is_called_the_same_everywhere() -> None:
    selector, told = WORDS["selector"], WORDS["config_panel"]

    assert set(told["kinds"]) == set(Kind)
    assert set(told["severities"]) == set(Severity)
    assert selector["finding_kind"]["options"] == selector["alert_kind"]["options"] == told["kinds"]
    assert selector["alert_severity"]["options"] == told["severities"]
    assert set(selector["detection_threshold"]["options"]) == set(Kind)
    assert set(selector["alert_level"]["options"]) == {str(level) for level in range(MOST_LEVELS + 1)}


def test_every_phrase_is_used_and_every_one_that_is_used_is_there() -> None:
    used = set(re.findall(r'\bphrase\("(\w+)"', SOURCES))

    assert set(WORDS["selector"]["phrase"]["options"]) == used


@pytest.mark.parametrize(
    "words", [WORDS["config"], METER_WORDS, WORDS["options"]], ids=["bridge", "meter", "options"]
)
@pytest.mark.parametrize("kind", ["error", "abort", "progress"])
def test_no_word_is_left_over(words: dict[str, Any], kind: str) -> None:
    unused = {key for key in words.get(kind, {}) if f'"{key}"' not in SOURCES + SETTINGS}

    assert unused == set()


def test_a_page_has_a_section_for_each_of_its_meters() -> None:
    sections = {f"meter_{number}" for number in range(1, PAGE + 1)}

    for words in (WORDS["config"], METER_WORDS):
        assert set(words["step"]["meters"]["sections"]) == sections


def test_the_title_of_a_menu_of_the_options_names_nothing() -> None:
    """The frontend fills placeholders into the titles of other menus only."""
    titles = [step["title"] for step in WORDS["options"]["step"].values() if "menu_options" in step]

    assert titles
    assert not [title for title in titles if "{" in title]


@pytest.mark.parametrize("unwanted", [r"^\s", r"\s$", r"^$", r"://", r"</?\w+>", r"'\{\w+\}'"], ids=repr)
def test_texts_are_as_home_assistant_wants_them(unwanted: str) -> None:
    assert [key for key, text in FLOW_TEXTS.items() if re.search(unwanted, text)] == []


def test_an_error_says_what_to_try() -> None:
    hints = (
        "choose", "check", "enter", "stop", "plug", "give", "leave", "remove", "compare", "wait", "make sure",
        "reconfigure", "must not",
    )  # fmt: skip

    errors = {key: text.lower() for key, text in FLOW_TEXTS.items() if ".error." in key}

    assert errors
    assert [
        key for key, text in errors.items() if not any(hint in text for hint in (*hints, "whole number"))
    ] == []


def test_nobody_is_sent_back_where_there_is_no_way_back() -> None:
    # a dialogue of Home Assistant has no way back but those that menus offer
    setting_up = {path: text for path, text in FLOW_TEXTS.items() if path.startswith(".config")}
    assert [path for path, text in setting_up.items() if "go back" in text.casefold()] == []
    assert setting_up


def test_who_adds_to_meters_that_answer_is_not_told_that_nobody_does() -> None:
    first, more = WORDS["config"]["step"]["nothing_found"], METER_WORDS["step"]["nothing_found"]
    assert first["title"] == "Nobody answered"
    assert more["title"] == "No new meter answered"
    assert "besides the meters that are set up" in more["description"]


def test_who_has_moved_a_line_is_not_sent_to_remove_its_meters() -> None:
    assert "reconfigure that bridge" in WORDS["config"]["step"]["taken"]["description"]
