"""The automations in the pages are taken by Home Assistant, and their actions take what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re
from textwrap import dedent
from typing import Any, Final

from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.services import ACTIONS

from .conftest import Home

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCED: Final = re.compile(r"^( *)```yaml\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
PARTS: Final = frozenset({"triggers", "conditions", "actions"})


def examples(page: Path) -> Iterator[dict[str, Any]]:
    """The automations of a page, completed where only a part of one is shown."""
    for _, block in FENCED.findall(page.read_text(encoding="utf-8")):
        shown = yaml.safe_load(dedent(block))
        whole = shown if isinstance(shown, list) else [shown]
        if all("action" in one for one in whole):
            whole = [{"actions": whole}]
        yield from (
            {
                "triggers": [{"trigger": "event", "event_type": "test"}],
                "actions": [{"stop": "That is all."}],
                **one,
            }
            for one in whole
            if PARTS & one.keys()
        )


EXAMPLES: Final = [(page.name, example) for page in PAGES for example in examples(page)]


def test_examples_are_found() -> None:
    assert len(EXAMPLES) > 10
    assert len({page for page, _ in EXAMPLES}) > 6


@pytest.mark.parametrize(
    ("page", "step"),
    [
        (page, step)
        for page, example in EXAMPLES
        for step in example["actions"]
        if str(step.get("action")).startswith(f"{DOMAIN}.")
    ],
)
def test_an_action_takes_what_it_is_given(page: str, step: dict[str, Any]) -> None:
    schema = ACTIONS[step["action"].partition(".")[2]].schema.schema
    fields = {str(field): type(field).__name__ for field in schema}
    given = step.get("data", {}).keys()

    assert given <= fields.keys(), page
    assert {field for field, sort in fields.items() if sort == "Required"} <= given, page


@pytest.mark.meters(2)
async def test_every_example_is_taken(home: Home) -> None:
    assert await home.set_up()
    told = [
        {"alias": f"Example {number}", "id": str(number), **example}
        for number, (_, example) in enumerate(EXAMPLES)
    ]

    assert await async_setup_component(home.hass, "automation", {"automation": told})
    await home.hass.async_block_till_done()

    states = {state.attributes["id"]: state.state for state in home.hass.states.async_all("automation")}
    assert {EXAMPLES[int(number)][0]: state for number, state in states.items() if state != "on"} == {}
    assert len(states) == len(EXAMPLES)
    every = {"entity_id": "all"}
    await home.hass.services.async_call("automation", "turn_off", every, blocking=True)
