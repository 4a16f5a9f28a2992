"""docs/entities.md says which entities are off at first, and names the attributes that they have."""

from __future__ import annotations

from pathlib import Path
import re

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import async_get_platforms

from custom_components import csj_meter
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.const import DOMAIN
from script.reference import ATTRIBUTES, SOMETIMES_OFF, at_first

from .conftest import Home

TOLD = {name: set(re.findall(r"`(\w+)`", told)) for names, told in ATTRIBUTES.items() for name in names}
"""Platform and key of an entity -> the words of its row."""


async def test_every_attribute_is_named(bridge: Home) -> None:
    await bridge.time.run(60)

    seen: dict[str, set[str]] = {}
    for platform in async_get_platforms(bridge.hass, DOMAIN):
        for entity in platform.entities.values():
            name = f"{platform.domain}.{entity.translation_key}"
            seen.setdefault(name, set()).update(entity.extra_state_attributes or {})

    of_kinds = {"sensor.deviation"}
    assert TOLD.keys() <= seen.keys() | {"event.meter_log"}
    assert {
        name: more for name, of in seen.items() if (more := of - TOLD.get(name, set()))
    }.keys() <= of_kinds
    assert seen["sensor.deviation"] <= {kind.value for kind in Kind}
    # the others have none before there was a payment, two weeks, or trouble
    assert {name for name in TOLD if not seen.get(name) and not name.startswith("event.")} <= {
        "sensor.credit_days_left",
        "sensor.database_trouble",
        "sensor.last_payment",
        "sensor.usage_trend",
        "sensor.expected_usage",
        "sensor.deviation",
    }


def test_no_word_is_named_that_the_integration_does_not_have() -> None:
    folder = Path(csj_meter.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    known = set(re.findall(r'"(\w+)"', source)) | {
        word.lower() for word in re.findall(r"\b[A-Z_]+\b", source)
    }
    of_home_assistant = {"event_type"}

    assert set().union(*TOLD.values()) - known == of_home_assistant


async def test_what_is_off_at_first_is_told(home: Home) -> None:
    assert await home.set_up()
    await home.time.run(30)

    registry = er.async_get(home.hass)
    states: dict[str, set[bool]] = {}
    for entry in er.async_entries_for_config_entry(registry, home.entry.entry_id):
        if entry.translation_key is not None:
            name = f"{entry.domain}.{entry.translation_key}"
            states.setdefault(name, set()).add(entry.disabled_by is None)
    # of the one phase of a meter, what its total says already
    states["sensor.active_power_phase"].discard(False)

    assert len(states) > 60
    told = {name: at_first(*name.split(".")) for name in states}
    assert {name for name, enabled in states.items() if enabled == {False}} == {
        name for name, word in told.items() if word == "off"
    }
    assert {name for name, enabled in states.items() if len(enabled) == 2} == SOMETIMES_OFF.keys()
