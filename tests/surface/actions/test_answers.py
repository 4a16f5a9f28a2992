"""docs/actions.md says with what each action answers, field by field."""

from __future__ import annotations

import re
from typing import Any, Final

from homeassistant.core import SupportsResponse
import pytest

from custom_components.csj_meter.services import ACTIONS
from custom_components.csj_meter.simulator.tokens import toy_token
from script.reference import ANSWERS

from ..conftest import Home
from .conftest import Call

UNIT: Final = 2

OPENED: Final = frozenset(
    {"vouchers", "payments", "requests", "opening", "closing", "tariffs", "switch_points", "weekday"}
    | {"saturday", "sunday", "entries", "moved_in", "tenants", "statements"}
)
"""Fields of which is said what is in them."""

NO_FIELDS: Final = frozenset({"delivered", "waiting", "failed", "no_channel"})
"""What a field may be."""

pytestmark = pytest.mark.meters(UNIT, live_period=60)


def told(action: str) -> set[str]:
    """The fields that are said of an answer."""
    return set(re.findall(r"`(\w+)`", ANSWERS[action])) - NO_FIELDS


def fields(answer: dict[str, Any]) -> set[str]:
    """The fields of an answer, and of what is in some of them."""
    found = set(answer)
    for name in OPENED & answer.keys():
        inner = answer[name] if isinstance(answer[name], list) else [answer[name]]
        found |= set().union(*(fields(one) for one in inner if one is not None))
    return found


def test_each_action_that_answers_says_with_what() -> None:
    answering = {name for name, action in ACTIONS.items() if action.response is not SupportsResponse.NONE}

    assert ANSWERS.keys() == answering


async def answers_about_money(home: Home, call: Call) -> dict[str, dict[str, Any]]:
    """Of all that is about credit."""
    first, second = await call("create_voucher", amount=5), await call("create_voucher", amount=5)
    return {
        "create_voucher": first,
        "withdraw_voucher": await call("withdraw_voucher", number=first["number"]),
        "redeem_voucher": await call("redeem_voucher", UNIT, code=second["code"]),
        "list_vouchers": await call("list_vouchers"),
        "top_up": await call("top_up", UNIT, amount=5),
        "load_token": await call("load_token", UNIT, token=toy_token(home.serial(UNIT), 30.0, 1)),
        "correct_payment": await call("correct_payment", UNIT, amount=1, note="found"),
        "list_payments": await call("list_payments"),
    }


async def answers_of_the_meter(call: Call) -> dict[str, dict[str, Any]]:
    """Of all that is asked of a meter."""
    points = [{"time": "00:00", "tariff": 1}]
    return {
        "set_day_table": await call("set_day_table", UNIT, day="sunday", switch_points=points),
        "get_day_tables": await call("get_day_tables", UNIT),
        "set_clock": await call("set_clock", UNIT),
        "read_load_profile": await call("read_load_profile", UNIT),
        "unlock_test": await call("unlock_test", UNIT),
    }


async def answers_about_people(home: Home, call: Call) -> dict[str, dict[str, Any]]:
    """Of all that is about tenants."""
    moved_in = await call("move_in", UNIT, name="Ada")
    await home.time.run(60)
    return {
        "move_in": moved_in,
        "list_tenants": await call("list_tenants"),
        "make_portal_link": await call("make_portal_link", UNIT),
        "remind_tenant": await call("remind_tenant", UNIT),
        "monthly_statements": await call("monthly_statements", month="2026-10"),
        "move_out": await call("move_out", UNIT),
        "forget_tenants": await call("forget_tenants", UNIT),
    }


async def test_answers_have_the_fields_that_are_told(opened: Home, call: Call) -> None:
    summary = "Tighten the terminals"
    export = await call("export_csv", UNIT)
    answers = {
        **await answers_about_money(opened, call),
        **await answers_of_the_meter(call),
        **await answers_about_people(opened, call),
        "export_csv": export,
        "fire_drill": await call("fire_drill", UNIT, kind="outage"),
        "create_work_order": await call("create_work_order", UNIT, summary=summary),
    }

    assert len(answers) > 20
    assert {
        action: (sorted(fields(answer)), sorted(told(action)))
        for action, answer in answers.items()
        if fields(answer) != told(action)
    } == {}
