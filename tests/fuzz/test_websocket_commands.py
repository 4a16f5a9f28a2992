"""Commands of the panel with fields that are anything: an answer, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
import json
from typing import Any, Final

from homeassistant.components.websocket_api import const
from hypothesis import strategies as st
import orjson
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.websocket_api import COMMANDS

from ..surface.websocket.conftest import Office
from .malformed import drawn, mutated

pytestmark = pytest.mark.loopback

TIMES: Final = ("2026-10-31T09:00:00+00:00", "2026-10-31T10:00:00+00:00")

FORESEEN: Final = frozenset(
    {
        const.ERR_INVALID_FORMAT,
        const.ERR_NOT_FOUND,
        const.ERR_UNAUTHORIZED,
        const.ERR_SERVICE_VALIDATION_ERROR,
        const.ERR_HOME_ASSISTANT_ERROR,
    }
)


def sound(serial: str, bridge: str) -> dict[str, dict[str, Any]]:
    """Name of a command -> data with which it does something."""
    return {
        "meter": {"serial": serial},
        "live/subscribe": {"serial": serial, "interval": 2, "harmonics": True},
        "history": {
            "serial": serial,
            "quantities": ["active_power", "balance"],
            "start": TIMES[0],
            "end": TIMES[1],
            "points": 100,
        },
        "events": {
            "serial": serial,
            "sources": ["alerts", "audit"],
            "start": TIMES[0],
            "end": TIMES[1],
            "before": f"{TIMES[1]} x",
            "limit": 5,
        },
        "command": {"serial": serial, "command": "credit_alarm_1", "value": 5},
        "insights": {"serial": serial, "language": "pt-BR"},
        "insights/dismiss_tip": {"serial": serial, "tip": "x", "language": "de"},
        "alerts/evidence": {"alert_id": "x"},
        "alerts/acknowledge": {"alert_id": "x"},
        "alerts/report_false_alarm": {"alert_id": "x"},
        "alerts/shelve": {"alert_id": "x", "minutes": 5},
        "alerts/create_work_order": {"alert_id": "x"},
        "work_orders/create": {"summary": "x", "description": "y", "serial": serial, "due": TIMES[1]},
        "work_orders/update": {"number": 1, "summary": "x", "description": "y", "due": TIMES[1]},
        "work_orders/complete": {"number": 1},
        "work_orders/reopen": {"number": 1},
        "bus/scan": {"bridge": bridge, "first": 1, "last": 2},
        "bus/add": {"bridge": "x", "unit_id": 9, "name": "x", "circuit": "y"},
        "kpis": {"days": 3},
        "what_if": {"kind": "leak", "serial": "x", "enabled": True, "threshold": 5, "confirm": 3, "days": 1},
        "audit": {
            "start": TIMES[0],
            "end": TIMES[1],
            "user_id": "x",
            "portal": True,
            "serial": "y",
            "allowed": True,
            "before_number": 5,
            "limit": 9,
        },
    }


def test_every_command_with_fields_is_here() -> None:
    with_fields = {name for name, command in COMMANDS.items() if command.schema}
    assert set(sound("x", "y")) == with_fields
    for name, data in sound("x", "y").items():
        assert set(data) | {"circuit"} >= set(map(str, COMMANDS[name].schema)) >= set(data)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, field)
        for name, data in sound("x", "y").items()
        for field, value in data.items()
        if isinstance(value, list)
    ],
)
async def test_a_list_of_thousands_that_is_wrong(office: Office, name: str, field: str) -> None:
    viewer = await office.viewer()
    data = sound(office.home.serial(2), office.home.entry.entry_id)[name]
    answered = await viewer.answer(name, **data | {field: ["x"] * 20_000})
    assert answered["error"]["code"] == const.ERR_INVALID_FORMAT
    assert len(json.dumps(answered)) < 1000


async def test_every_field_may_be_anything(
    office: Office, nothing_unforeseen: Callable[[object], None]
) -> None:
    table = sound(office.home.serial(2), office.home.entry.entry_id)
    await office.viewer()
    calls = st.sampled_from(sorted(table)).flatmap(
        lambda name: st.tuples(st.just(name), mutated(table[name]))
    )
    for name, data in drawn(calls, 90):
        if not isinstance(data, dict) or data.keys() & {"id", "type"}:
            continue
        try:
            orjson.loads(json.dumps(data))  # what cannot be read never gets to a command
        except ValueError:
            continue
        answered = await office.viewers[0].answer(name, **data)
        assert answered["success"] or answered["error"]["code"] in FORESEEN, (name, data, answered)
        assert len(json.dumps(answered)) < 200_000
        await office.run(0)
        nothing_unforeseen((DOMAIN, name, data))
