"""Every way into the integration is known, with the test that shows who may come in; a new one fails here.

Read from the code: what Home Assistant is asked to call, and which methods of entities it calls when somebody
uses one. What these then let whom do is for the tests that are named.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from custom_components import csj_meter

PACKAGE: Final = Path(csj_meter.__file__).parent
ROOT: Final = PACKAGE.parents[1]

OPENS: Final = frozenset(
    {
        "add_extra_js_url",
        "async_listen",
        "async_register",
        "async_register_command",
        "async_register_panel",
        "async_register_static_paths",
        "create_server",
        "register_view",
        "start_server",
    }
)
"""What Home Assistant, or the system, is asked with to let somebody in."""

MATRIX: Final = "tests/surface/access/test_matrix.py"
PANEL: Final = "tests/surface/access/test_matrix_websocket.py"
OPEN_TO_ALL: Final = "tests/surface/test_panel.py"
DOOR: Final = "tests/surface/portal/test_door.py"
ITS_OWN: Final = ""
"""Home Assistant tells of itself: of names, of its settings, of states."""

DOORS: Final = {
    ("__init__.py", "register_view"): MATRIX,
    ("services.py", "async_register"): MATRIX,
    ("websocket/command.py", "async_register_command"): PANEL,
    ("websocket_api.py", "async_register"): PANEL,
    ("portal/views.py", "register_view"): DOOR,
    ("money/payment_webhook.py", "async_register"): "tests/surface/money/payments/test_payment_webhook.py",
    ("alerting/answers.py", "async_listen"): "tests/surface/alerting/test_answers.py",
    ("intent.py", "async_register"): "tests/surface/assist/test_assist.py",
    ("bus/dial_in.py", "create_server"): "tests/bus/test_dial_in_callers.py",
    ("simulator/tcp.py", "create_server"): "tests/simulator/test_tcp.py",
    ("panel.py", "async_register_static_paths"): OPEN_TO_ALL,
    ("panel.py", "async_register_panel"): OPEN_TO_ALL,
    ("cards.py", "add_extra_js_url"): "tests/surface/test_cards.py",
    ("alerting/alerting.py", "async_listen"): ITS_OWN,
    ("backup.py", "async_listen"): ITS_OWN,
    ("history/telemetry.py", "async_listen"): ITS_OWN,
    ("history/usage.py", "async_listen"): ITS_OWN,
    ("site_texts.py", "async_listen"): ITS_OWN,
    ("tenants/reminders.py", "async_listen"): ITS_OWN,
    ("websocket/bridges.py", "async_listen"): ITS_OWN,
}
"""Module and what it opens with -> the tests of who may come in."""

USES: Final = frozenset(
    {
        *("async_press", "async_set_native_value", "async_select_option", "async_turn_on", "async_turn_off"),
        *("async_install", "async_create_todo_item", "async_update_todo_item", "async_delete_todo_items"),
        *("async_move_todo_item", "async_toggle", "async_set_value", "async_create_event", "async_trigger"),
    }
)
"""What Home Assistant calls when somebody uses an entity."""

ASKS: Final = frozenset({"async_command", "async_used", "_async_used"})
"""Who asks for the role of whoever uses it."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package, by its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def called_in(node: ast.AST) -> set[str]:
    """Last parts of the names of all that is called somewhere."""
    return {ast.unparse(one.func).rpartition(".")[2] for one in ast.walk(node) if isinstance(one, ast.Call)}


def test_every_door_is_known_with_its_test() -> None:
    found = {(name, opened) for name, tree in modules() for opened in called_in(tree) & OPENS}

    assert found == DOORS.keys()
    assert [test for test in DOORS.values() if test and not (ROOT / test).is_file()] == []


def uses_without_a_question(tree: ast.Module) -> Iterator[str]:
    """Methods by which an entity is used, and that ask nobody whether they may."""
    for one in ast.walk(tree):
        if not isinstance(one, ast.ClassDef):
            continue
        methods = {part.name: part for part in one.body if isinstance(part, ast.AsyncFunctionDef)}
        for name in methods.keys() & USES:
            asked = called_in(methods[name])
            # by way of a method of its own
            asked |= {inner for helper in asked & methods.keys() for inner in called_in(methods[helper])}
            if not asked & ASKS:
                yield f"{one.name}.{name}"


def test_every_use_of_an_entity_asks_for_the_role() -> None:
    assert [f"{name}: {use}" for name, tree in modules() for use in uses_without_a_question(tree)] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("self.on = True", ["A.async_turn_on"]),
        ("await self.async_command(f)", []),
        ("await self._switch()", []),
        ("await self._forget()", ["A.async_turn_on"]),
    ],
)
def test_the_reader_sees_a_use_that_asks_nobody(body: str, expected: list[str]) -> None:
    source = (
        f"class A:\n    async def async_turn_on(self):\n        {body}\n"
        "    async def _switch(self):\n        await self.async_command(f)\n"
        "    async def _forget(self):\n        self.on = True\n"
    )

    assert list(uses_without_a_question(ast.parse(source))) == expected


CHANGES: Final = frozenset(
    {
        *("async_set_payments", "async_set_telemetry", "async_set_holiday_calendar", "async_set_threshold"),
        *("async_set_alerts", "async_change_alerts", "async_change_detection", "async_change_access"),
        *("async_move_in", "async_move_out", "async_make_link", "async_revoke_link", "decide", "restart"),
        *("async_acknowledge", "async_report_false_alarm", "async_open_work_order"),
    }
)
"""What changes settings, tenants, money or alerts."""

WRITTEN_DOWN: Final = frozenset({"_async_changing", "_async_audited", "async_in_dialogue"})
"""What writes down who does it."""


def changes_that_nobody_hears_of(tree: ast.Module) -> Iterator[str]:
    """Methods of dialogues that change something, and write nothing down."""
    for one in ast.walk(tree):
        for method in one.body if isinstance(one, ast.ClassDef) else ():
            if not isinstance(method, ast.AsyncFunctionDef):
                continue
            called = called_in(method)
            if called & CHANGES and not called & WRITTEN_DOWN:
                yield method.name


def test_every_change_in_a_dialogue_is_written_down() -> None:
    dialogues = {
        name: tree
        for name, tree in modules()
        if name.startswith("flow/") or name.removesuffix(".py").endswith("_repairs")
    }

    assert any(called_in(tree) & CHANGES for tree in dialogues.values())
    assert [
        f"{name}: {one}" for name, tree in dialogues.items() for one in changes_that_nobody_hears_of(tree)
    ] == []
