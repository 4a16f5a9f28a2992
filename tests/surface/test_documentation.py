"""The chapters that the quality scale asks for are there, and leave no field, action or entity out."""

from __future__ import annotations

import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.util import slugify
import pytest
import yaml

from custom_components import csj_meter
from custom_components.csj_meter.const import SUBENTRY_METER
from script.reference import PAGES

INTEGRATION: Final = Path(csj_meter.__file__).parent
ROOT: Final = INTEGRATION.parents[1]


def read(name: str) -> str:
    """A text file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def loaded(name: str) -> dict[str, Any]:
    """A JSON or YAML file of the integration."""
    text = (INTEGRATION / name).read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    return told


CHAPTERS: Final[dict[str, list[tuple[str, str]]]] = {
    "docs-actions": [("docs/actions.md", "# Actions"), ("docs/events.md", "## Actions")],
    "docs-conditions": [("docs/events.md", "## Conditions")],
    "docs-configuration-parameters": [("docs/settings.md", "## Options")],
    "docs-data-update": [("docs/meters.md", "### How values are updated")],
    "docs-examples": [("docs/meters.md", "### Automations"), ("docs/events.md", "## Blueprints")],
    "docs-high-level-description": [("README.md", "# CSJ Meter")],
    "docs-installation-instructions": [("README.md", "## Install"), ("README.md", "## The first meter")],
    "docs-installation-parameters": [
        ("docs/settings.md", "## Setting up a bridge"),
        ("docs/settings.md", "## Adding and changing a meter"),
    ],
    "docs-known-limitations": [("docs/meters.md", "## Known limits")],
    "docs-removal-instructions": [("docs/upgrading.md", "## Removing")],
    "docs-supported-devices": [("docs/meters.md", "## Supported meters")],
    "docs-supported-functions": [("docs/meters.md", "## What you get"), ("docs/entities.md", "# Entities")],
    "docs-triggers": [("docs/events.md", "## Triggers")],
    "docs-troubleshooting": [("docs/troubleshooting.md", "## Meters and line")],
    "docs-use-cases": [("README.md", "## What it is for")],
}
"""Rule -> the chapters that it asks for: file and heading."""


def chapter(file: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level. Fails when there is none."""
    level = len(heading) - len(heading.lstrip("#"))
    beginning, ending = re.escape(heading), rf"\n#{{1,{level}}} "
    found = re.search(rf"^{beginning}\b.*?\n(.*?)(?={ending}|\Z)", read(file), re.DOTALL | re.MULTILINE)
    assert found, f"{file} has no chapter {heading}"
    return found[1]


@pytest.mark.parametrize("rule", CHAPTERS)
def test_a_chapter_that_is_done_is_there(rule: str) -> None:
    assert loaded("quality_scale.yaml")["rules"][rule] == "done"

    for file, heading in CHAPTERS[rule]:
        assert len(chapter(file, heading).split()) > 30, heading


def test_every_chapter_is_found_from_the_readme() -> None:
    for file, _ in {place for places in CHAPTERS.values() for place in places}:
        assert file == "README.md" or f"({file}" in read("README.md"), file


def test_every_field_of_the_dialogues_is_documented() -> None:
    texts = loaded("translations/en.json")
    for heading, flow in (
        ("## Setting up a bridge", texts["config"]),
        ("## Adding and changing a meter", texts["config_subentries"][SUBENTRY_METER]),
        ("## Options", texts["options"]),
    ):
        told = chapter("docs/settings.md", heading)
        fields = {
            label
            for name, step in flow["step"].items()
            for form in [step, *step.get("sections", {}).values()]
            for label in form.get("data", {}).values()
            if name not in {"scan_custom", "unknown_device", "reauth_confirm"}
        }
        missing = [label for label in sorted(fields) if f"| {label} |" not in told]
        assert missing == [], "run script/reference.py"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_integration_says_now(page: str) -> None:
    written = "\n".join(PAGES[page]()).rstrip() + "\n"

    assert read(f"docs/{page}.md") == written, "run script/reference.py"


def test_every_action_is_written_with_its_fields() -> None:
    told = dict(part.split("`\n", 1) for part in read("docs/actions.md").split("\n## `")[1:])

    for name, what in loaded("services.yaml").items():
        for field, details in ((what or {}).get("fields") or {}).items():
            required = " (required)" if details.get("required") else ""
            assert f"| `{field}`{required} | " in told[name], f"{name}: {field}"


@pytest.mark.parametrize(("kind", "heading"), [("triggers", "## Triggers"), ("conditions", "## Conditions")])
def test_every_trigger_and_condition_is_documented_with_its_options(kind: str, heading: str) -> None:
    # conditions have the options of triggers
    options = set(re.findall(r"^\| `(\w+)` \|", chapter("docs/events.md", "## Triggers"), re.MULTILINE))

    for name, what in loaded(f"{kind}.yaml").items():
        if name.startswith("."):
            continue
        assert f"`csj_meter.{name}`" in chapter("docs/events.md", heading), name
        assert {*((what or {}).get("fields") or {})} <= options, name


def test_entities_of_examples_have_the_ids_that_home_assistant_gives_them() -> None:
    names = loaded("translations/en.json")["entity"]
    told = {
        (file.name, platform, rest)
        for file in (ROOT / "docs").glob("*.md")
        for platform, rest in re.findall(r"\b(\w+)\.elm_row_\d_(\w+)", file.read_text(encoding="utf-8"))
    }
    assert len(told) >= 3

    assert [
        example
        for example in sorted(told)
        if example[2] not in {slugify(one["name"]) for one in names[example[1]].values()}
    ] == []


def test_every_entity_is_documented() -> None:
    told = read("docs/entities.md")
    for platform, entities in loaded("translations/en.json")["entity"].items():
        for key, texts in entities.items():
            name = texts["name"].format(phase="L1, L2, L3", tariff="1, 2, …")
            assert f"| {name} |" in told, f"{platform}.{key}: run script/reference.py"
