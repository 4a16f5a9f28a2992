"""What the documents say of events and of the webhook is what there is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
import re
from typing import Any, Final

import pytest

from custom_components.csj_meter.alerting.webhook import signature
from custom_components.csj_meter.alerts.alert import AlertEventType, AlertState
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.condition import CONDITIONS
from custom_components.csj_meter.services import ACTIONS
from custom_components.csj_meter.trigger import TRIGGERS

from ...alerts.found import found
from .conftest import Site

DOCS: Final = Path(__file__).parents[3] / "docs"
EVENTS: Final = (DOCS / "events.md").read_text(encoding="utf-8")
ALERTS: Final = (DOCS / "alerts.md").read_text(encoding="utf-8")


def table(text: str) -> dict[str, list[str]]:
    """First column of a table -> the others."""
    rows = [row.strip("|").split("|") for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    return {row[0].strip().strip("`"): [cell.strip() for cell in row[1:]] for row in rows[2:]}


FIELDS: Final = table(EVENTS.partition("<!-- fields")[2].partition("```yaml")[0])


def is_of(kind: str, value: Any) -> bool:
    """Whether a value is of a type as the document calls it."""
    if value is None:
        return kind.endswith(" or null")
    match kind.removesuffix(" or null"):
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "time":
            return dt.datetime.fromisoformat(value).utcoffset() == dt.timedelta(0)
        case "list":
            return isinstance(value, list)
        case "yes or no":
            return isinstance(value, bool)
    raise AssertionError(f"what is {kind}?")


async def test_the_fields_are_those_of_the_event(site: Site) -> None:
    home = site.home
    await site.find(found(home.serial(1), State.SUSPECTED), found(home.serial(1), expected=230.0))
    await site.find(
        *(found(home.serial(unit), kind=Kind.OUTAGE, scope=Scope.AREA, phase=None) for unit in (2, 3))
    )
    alert = site.alerting.desk.alerts[-1]
    await home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))

    assert len(site.events) > 4
    for event in site.events:
        assert list(event) == list(FIELDS)
        for name, value in event.items():
            assert is_of(FIELDS[name][0], value), (name, value)


@pytest.mark.parametrize(
    ("field", "words"),
    [("type", AlertEventType), ("severity", Severity), ("state", AlertState), ("scope", Scope)],
)
def test_all_words_of_a_field_are_named(field: str, words: type[Any]) -> None:
    told = set(re.findall(r"`(\w+)`", FIELDS[field][3]))

    assert told == {word.value for word in words}


def test_all_that_automations_can_use_is_named() -> None:
    endings = ("_alert", "_alerts", "_alarm", "_drill", "_order", "_summary")
    actions = [name for name in ACTIONS if name.endswith(endings)]

    for name in (*TRIGGERS, *CONDITIONS, *actions):
        assert f"| `csj_meter.{name}` |" in EVENTS, name


def test_the_example_for_receivers_knows_what_is_genuine() -> None:
    [example] = re.findall(r"```python\n(.*?)```", ALERTS, re.DOTALL)
    known: dict[str, Any] = {}
    exec(example, known)
    is_genuine = known["is_genuine"]
    body = '{"type":"opened","summary":"Überlast"}'.encode()
    header = signature("secret", 1_793_440_800, body)

    assert is_genuine("secret", header, body, 1_793_440_900)
    assert not is_genuine("another", header, body, 1_793_440_900)
    assert not is_genuine("secret", header, body + b" ", 1_793_440_900)
    assert not is_genuine("secret", header, body, 1_793_441_900)
    assert not is_genuine("secret", "nonsense", body, 1_793_440_900)
