"""Work orders: the list, and what technicians do with it."""

from __future__ import annotations

from collections.abc import Callable
import datetime as dt
from typing import Any, Final

from homeassistant.helpers.dispatcher import async_dispatcher_connect
import probatio

from ..alerting.alerting import Alerting, alerting_of, current_alerting
from ..alerting.status import SIGNAL_ALERTS
from ..alerts.work_order import WorkOrder
from ..alerts.work_orders import LONGEST_DESCRIPTION, LONGEST_SUMMARY, WorkOrders
from ..moments import exact_moment
from ..site.access import Permission
from .bridges import follow_bridges, verify_meter
from .command import SERIAL, Call, whole
from .list_view import ListView, Rows
from .values import iso


def _one_line(value: Any) -> str:
    """A summary: something to read, on one line."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isprintable() or len(text) > LONGEST_SUMMARY:
        raise probatio.Invalid(f"expected one line of up to {LONGEST_SUMMARY} characters")
    return text


_DESCRIPTION: Final = probatio.All(str, probatio.Length(max=LONGEST_DESCRIPTION))
_DUE: Final = probatio.Any(None, exact_moment)

NUMBER: Final = {probatio.Required("number"): whole(1, 2**31 - 1)}

CREATE: Final = {
    probatio.Required("summary"): _one_line,
    probatio.Optional("description", default=""): _DESCRIPTION,
    probatio.Optional("serial"): SERIAL,
    probatio.Optional("due", default=None): _DUE,
}

UPDATE: Final[dict[Any, Any]] = {
    **NUMBER,
    probatio.Optional("summary"): _one_line,
    probatio.Optional("description"): _DESCRIPTION,
    probatio.Optional("due"): _DUE,
}


def told_order(order: WorkOrder, alerting: Alerting) -> dict[str, Any]:
    """A work order as plain JSON."""
    names = alerting.wording.names
    return {
        "number": order.number,
        "name": order.name,
        "alert_id": order.alert,
        "serial": order.serial,
        "meter": None if order.serial is None else names.get(order.serial, order.serial),
        "summary": order.summary,
        "description": order.description,
        "open": order.is_open,
        "created_at": iso(order.created_at),
        "created_by": order.created_by,
        "due_at": iso(order.due_at),
        "completed_at": iso(order.completed_at),
        "completed_by": order.completed_by,
        "drill": order.drill,
    }


def _circuit(order: WorkOrder, alerting: Alerting) -> str | None:
    """The circuit of one that was opened for the alert of a circuit; None for one that is about a meter."""
    if order.serial is not None or order.alert is None:
        return None  # a meter may hang on another circuit by now
    alert = alerting.desk.find(order.alert)
    return None if alert is None else alert.circuit


async def async_subscribe(call: Call) -> None:
    """Those that are open and those of the last weeks, and what changes."""
    await call.async_verify_look(Permission.WORK_ORDERS)

    def rows() -> Rows | None:
        if (alerting := current_alerting(call.hass)) is None:
            return None
        seen = call.visible(Permission.WORK_ORDERS)
        return {
            order.number: told_order(order, alerting)
            for order in alerting.work_orders.orders
            if seen is None or order.serial in seen
        }

    view = ListView(call.hass, call.subscribed, "work_orders", rows)
    call.subscribed.on_close(async_dispatcher_connect(call.hass, SIGNAL_ALERTS, view.ask))
    follow_bridges(call.hass, call.subscribed, lambda _: lambda: None, view.ask)


async def async_create(call: Call) -> dict[str, Any]:
    """Write one down that is about no alert."""
    data, alerting, serial = call.data, alerting_of(call.hass), call.data.get("serial")
    async with call.allowed(Permission.WORK_ORDERS, serial=serial):
        if serial is not None:
            verify_meter(call.hass, serial)
        order = await alerting.async_change_work_order(
            lambda now: alerting.work_orders.open(
                data["summary"], data["description"], now, serial=serial, by=call.by, due=data["due"]
            ),
            "opened",
        )
    return {"work_order": told_order(order, alerting)}


async def _async_change(
    call: Call, step: str, change: Callable[[WorkOrders, WorkOrder, dt.datetime], WorkOrder]
) -> dict[str, Any]:
    """Do something with one of them. Raises NoSuchOrderError and Unauthorized."""
    alerting = alerting_of(call.hass)
    orders, order = alerting.work_orders, alerting.work_orders.get(call.data["number"])
    async with call.allowed(Permission.WORK_ORDERS, serial=order.serial, circuit=_circuit(order, alerting)):
        # as it is when its turn comes: somebody else may have changed it meanwhile
        order = await alerting.async_change_work_order(
            lambda now: change(orders, orders.get(order.number), now), step
        )
    return {"work_order": told_order(order, alerting)}


async def async_update(call: Call) -> dict[str, Any]:
    """Other words for it; what is not named stays."""
    data = call.data
    return await _async_change(
        call,
        "updated",
        lambda orders, order, _: orders.edit(
            order.number,
            data.get("summary", order.summary),
            data.get("description", order.description),
            data.get("due", order.due_at),
        ),
    )


async def async_complete(call: Call) -> dict[str, Any]:
    """It is done: its alert is repaired. Of one that is done already nothing changes."""
    return await _async_change(
        call, "completed", lambda orders, order, now: orders.complete(order.number, call.by, now)
    )


async def async_reopen(call: Call) -> dict[str, Any]:
    """It is not done after all."""
    return await _async_change(call, "reopened", lambda orders, order, _: orders.reopen(order.number))
