"""docs/troubleshooting.md speaks of what the product has: each name and each message is looked up.

In *italics* stand names that people see, with " → " between the steps of a way; in **bold** the titles of
repair issues; in “quotes” what messages and the log say, in part.
"""

from __future__ import annotations

from collections.abc import Iterator
import json
import re
from typing import Any, Final

import pytest
import yaml

from .pages import PAGES, ROOT, prose

PAGE: Final = ROOT / "docs" / "troubleshooting.md"
INTEGRATION: Final = ROOT / "custom_components" / "csj_meter"

OF_HOME_ASSISTANT: Final = frozenset(
    {
        "Add integration",
        "Configure",
        "Connectivity",
        "Download diagnostics",
        "Enable debug logging",
        "Failed to set up",
        "Logs",
        "Network",
        "Reconfigure",
        "Restart",
        "Settings",
        "System",
        "System information",
        "italics",
    }
)
"""What Home Assistant itself calls it; a device class names the entities *Connectivity* and *Restart*.

Where *Reconfigure* is to be found, test_ways.py looks at."""

NAMED_WITHOUT_A_TITLE: Final = frozenset({"newer version"})
"""Parts of titles."""


def texts(told: Any) -> Iterator[str]:
    """All texts of the translations."""
    if isinstance(told, dict):
        for inner in told.values():
            yield from texts(inner)
    else:
        yield told


EN: Final[dict[str, Any]] = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))
TEXTS: Final = list(texts(EN))
SOURCE: Final = "\n".join(path.read_text(encoding="utf-8") for path in sorted(INTEGRATION.rglob("*.py")))


def pattern(text: str) -> re.Pattern[str]:
    """A text whose placeholders may be anything; one of placeholders alone is never found."""
    if not re.search(r"\w", re.sub(r"\{\w+\}", "", text)):
        return re.compile(r"(?!)")
    parts = re.split(r"\{\w+\}", text)
    return re.compile(r".+?".join(re.escape(part) for part in parts))


def test_every_name_is_one_that_people_see() -> None:
    told = re.findall(r"(?<![*\w])\*([^*\s](?:[^*]*[^*\s])?)\*(?![*\w])", prose(PAGE))
    names = {" ".join(step.split()) for name in told for step in name.split("→")} - OF_HOME_ASSISTANT
    assert len(names) > 50
    seen = [pattern(text) for text in TEXTS]

    lost = [
        name
        for name in sorted(names - NAMED_WITHOUT_A_TITLE)
        if not any(one.fullmatch(name.replace("…", "x")) for one in seen)
    ]
    assert lost == []


def test_every_repair_that_is_named_exists() -> None:
    titles = [pattern(issue["title"]) for issue in EN["issues"].values()]
    told = [
        " ".join(name.split())
        for name in re.findall(r"\*\*([^*|]*)\*\*", prose(PAGE).partition("## Setting")[2])
    ]
    of_issues = [name for name in told if "→" not in name and name not in {"bridge", "Do not pay again."}]
    assert len(of_issues) >= 6

    assert [
        name for name in of_issues if not any(one.fullmatch(name.replace("…", "x")) for one in titles)
    ] == []


def test_every_repair_is_found_by_its_title() -> None:
    """In a chapter about repairs: here, or where what is said here leads to."""
    told = " ".join("\n".join(prose(page) for page in PAGES).split())
    # "{title}" alone is that of an alert; what was written by a newer version is told by that
    titles = [
        issue["title"].replace("`", "") for issue in EN["issues"].values() if issue["title"] != "{title}"
    ]
    assert len(titles) > 20

    assert [
        title for title in titles if "newer version" not in title and not re.search(pattern(title), told)
    ] == []


def test_what_a_newer_version_has_written_is_told_in_one_word() -> None:
    said = [issue["title"] for key, issue in EN["issues"].items() if "newer" in key or "too_new" in key]

    assert [title for title in said if "newer version" not in title] == []


def test_every_message_that_is_quoted_is_said() -> None:
    quoted = [" ".join(quote.split()).rstrip(".") for quote in re.findall(r"“([^”]+)”", prose(PAGE))]
    assert len(quoted) > 20
    said = [*TEXTS, re.sub(r'"\s+f?"', "", SOURCE)]

    assert [quote for quote in quoted if not any(quote in text for text in said)] == []


def test_every_action_that_is_named_exists() -> None:
    actions = yaml.safe_load((INTEGRATION / "services.yaml").read_text(encoding="utf-8"))
    told = set(re.findall(r"`csj_meter\.(\w+)`", prose(PAGE))) - {"db"}
    assert len(told) >= 5

    assert told <= actions.keys()


@pytest.mark.parametrize("file", ["csj_meter.db", "csj_meter/exports"])
def test_every_file_that_is_named_is_written(file: str) -> None:
    assert f"`{file}`" in prose(PAGE)
    assert file.rpartition("/")[2] in SOURCE


def test_every_symptom_is_in_the_table_at_the_beginning() -> None:
    symptoms = re.findall(r"^### (.+)$", prose(PAGE), re.MULTILINE)
    table = prose(PAGE).partition("Two things help")[0]

    assert table.count("](#") == len(symptoms) > 20
