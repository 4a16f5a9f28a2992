"""The list of work orders."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.errors import NoSuchOrderError
from custom_components.csj_meter.alerts.work_orders import LONGEST_DESCRIPTION, LONGEST_SUMMARY, WorkOrders
from custom_components.csj_meter.anomaly.kinds import Severity

from .found import START, at, found

ALERT = Alert(
    id="a",
    state=AlertState.CONFIRMED,
    finding=found(),
    severity=Severity.CRITICAL,
    raised_at=START,
    drill=True,
)


def test_numbers_count_up_and_are_never_used_twice() -> None:
    orders = WorkOrders()
    assert [orders.open("Fuse", "", START).name for _ in range(2)] == ["WO-0001", "WO-0002"]
    again = WorkOrders(orders.orders, last_number=41)
    assert again.open("Fuse", "", START).number == 42
    assert [order.number for order in again.orders] == [1, 2, 42]


def test_one_of_an_alert_says_so_and_the_newest_counts() -> None:
    orders = WorkOrders()
    orders.open("Old", "", START, alert=ALERT)
    newest = orders.open("New", "", at(1), alert=ALERT, by="Ada", due=at(60))

    assert orders.of_alert("a") == newest
    assert orders.of_alert("b") is None
    assert (newest.alert, newest.serial, newest.drill, newest.created_by) == ("a", "A", True, "Ada")


def test_one_without_an_alert_may_be_for_a_meter() -> None:
    order = WorkOrders().open("Seal", "", START, serial="B")

    assert (order.alert, order.serial, order.drill) == (None, "B", False)


def test_it_is_done_once_and_may_be_done_again() -> None:
    orders = WorkOrders()
    number = orders.open("Fuse", "", START).number
    assert orders.complete(number, "Bob", at(5)).completed_by == "Bob"
    assert orders.complete(number, "Ada", at(6)).completed_at == at(5)
    assert orders.reopen(number).is_open
    assert orders.complete(number, None, at(7)).completed_at == at(7)


def test_what_is_written_is_cut_to_what_fits() -> None:
    orders = WorkOrders()
    number = orders.open("x" * 999, "y" * 9999, START).number
    assert (len(orders.get(number).summary), len(orders.get(number).description)) == (
        LONGEST_SUMMARY,
        LONGEST_DESCRIPTION,
    )
    edited = orders.edit(number, "Fuse", "Third from the left", at(60))
    assert (edited.summary, edited.description, edited.due_at) == ("Fuse", "Third from the left", at(60))


def test_what_has_changed_is_handed_over_once() -> None:
    orders = WorkOrders()
    first, second = (orders.open("Fuse", "", START).number for _ in range(2))
    orders.complete(second, None, at(1))
    assert [(order.number, order.is_open) for order in orders.take_changes()] == [
        (first, True),
        (second, False),
    ]
    assert orders.take_changes() == []


def test_nobody_changes_what_is_not_there() -> None:
    orders = WorkOrders()
    for change in (orders.get, orders.reopen, lambda number: orders.complete(number, None, START)):
        with pytest.raises(NoSuchOrderError, match="no work order 7"):
            change(7)
