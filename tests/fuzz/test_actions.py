"""Actions with data that is anything, and answers of phones: done, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from hypothesis import strategies as st
import probatio
import pytest

from custom_components.csj_meter.alerting.answers import EVENT_ANSWER
from custom_components.csj_meter.alerting.channel_users import ANSWERS
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.services import ACTIONS

from ..surface.conftest import Home
from .malformed import ANYTHING, TEXTS, drawn, mutated

VALUES: Final[dict[str, Any]] = {
    "alert_id": "x",
    "amount": "12.50",
    "at": "2026-10-31T09:00:00+00:00",
    "balance": 5,
    "code": "0000-0000-0000-0000-0000",
    "compress": False,
    "day": "weekday",
    "days": 3,
    "description": "x",
    "device_id": "THE METER",
    "dry_run": True,
    "duration": {"hours": 1},
    "energy": 12.5,
    "fault": "leak",
    "file": "none.csv",
    "format": "standard",
    "kind": "leak",
    "language": "en",
    "link_hours": 1,
    "month": "2026-09",
    "name": "Ada",
    "note": "a reason",
    "number": 1,
    "phone": "+44 20 7946 0000",
    "resolution": "hour",
    "send": False,
    "since": "2026-10-31T09:00:00+00:00",
    "summary": "x",
    "switch_points": [{"time": "00:00", "tariff": 1}, {"time": "06:00:00", "tariff": 2}],
    "time": "2026-10-31T10:00:00+00:00",
    "time_zone": "Europe/Berlin",
    "token": "1" * 20,
    "unit": "EUR",
    "until": "2026-10-31T10:00:00+00:00",
    "valid_days": 30,
}
"""Field -> something that an action takes for it."""

NOT_CALLED: Final = frozenset({"simulate_fault", "clear_simulated_faults", "fire_drill", "read_load_profile"})
"""They change the line for all that follow, or ask it hundreds of questions."""


def sound(name: str, device: str) -> dict[str, Any]:
    """Data with which an action does something."""
    fields = [str(key) for key in ACTIONS[name].schema.schema]
    return {key: device if key == "device_id" else VALUES[key] for key in fields if key in VALUES}


def device_of(home: Home) -> str:
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(2)), home.entry.entry_id
    )
    assert device is not None
    return device.id


async def test_every_field_may_be_anything(
    opened: Home, nothing_unforeseen: Callable[[object], None]
) -> None:
    device = device_of(opened)
    calls = st.sampled_from(sorted(set(ACTIONS) - NOT_CALLED)).flatmap(
        lambda name: st.tuples(st.just(name), mutated(sound(name, device)))
    )
    for name, data in drawn(calls, 90):
        if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
            continue
        answers = ACTIONS[name].response is not SupportsResponse.NONE
        try:
            await opened.time.through(
                opened.hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=answers)
            )
        except (probatio.Invalid, HomeAssistantError) as err:
            assert len(str(err)) < 20_000, (name, data)  # noqa: PT017 - whatever was sent, little is repeated
        except Exception as err:
            raise AssertionError(f"{name}: {data!r:.2000}") from err
        nothing_unforeseen((name, data))


async def test_answers_of_phones(opened: Home, nothing_unforeseen: Callable[[object], None]) -> None:
    hass: HomeAssistant = opened.hass
    actions = st.sampled_from(sorted(ANSWERS)).flatmap(
        lambda answer: st.sampled_from(TEXTS).map(lambda text: f"{answer}:{text}")
    )
    for action in drawn(actions | ANYTHING, 30):
        hass.bus.async_fire(EVENT_ANSWER, {"action": action, "reply_text": action})
        await opened.time.run(0)
        nothing_unforeseen(action)
    hass.bus.async_fire(EVENT_ANSWER, {})
    await opened.time.run(0)
    nothing_unforeseen("nothing")


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, str(field)) for name, action in ACTIONS.items() for field in action.schema.schema],
)
def test_a_list_of_thousands_that_is_wrong(name: str, field: str) -> None:
    schema: probatio.Schema = ACTIONS[name].schema
    thousands = [None] * 20_000
    data = {
        str(key): VALUES.get(str(key), "x") for key in schema.schema if isinstance(key, probatio.Required)
    }
    with pytest.raises(probatio.MultipleInvalid) as refused:
        schema(data | {field: thousands})
    assert len(refused.value.errors) < 3
    assert len(str(refused.value)) < 2 * len(str(thousands)), "told at most once"
