"""Work orders and their alerts: who opens them, what ends what, what the technicians' own system hears."""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeassistant.core import HomeAssistant

from ..alerts.alert import Alert, AlertEventType, Changes
from ..alerts.desk import Desk
from ..alerts.message import Message, Reason
from ..alerts.settings import WORK_ORDERS
from ..alerts.store import Kept
from ..alerts.wording import Wording
from ..alerts.work_order import WorkOrder, order_name
from ..alerts.work_orders import WorkOrders
from ..const import LOGGER
from ..panel import panel_path
from ..site_settings import SiteSettings
from .event_data import alert_data
from .payloads import address_of
from .webhook import async_post


class Orders:
    """Work orders as the desk has them."""

    def __init__(
        self, hass: HomeAssistant, settings: SiteSettings, desk: Desk, work_orders: WorkOrders
    ) -> None:
        """Of the alerts of ``desk``."""
        self._hass = hass
        self._settings = settings
        self._desk = desk
        self._work_orders = work_orders

    def see_to(self, changes: Changes, wording: Wording, now: dt.datetime) -> None:
        """Open those that an alert asks for, and tell of those whose alert has changed."""
        asked = self._settings.alerts.tickets.severities
        for event in tuple(changes.events):
            alert = self._desk.find(event.alert.id) or event.alert
            order = self._work_orders.of_alert(alert.id)
            if order is not None and order.is_open:
                self._post(order, "updated", now)
                if alert.drill and not alert.is_open:
                    self._post(self._work_orders.complete(order.number, None, now), "completed", now)
            elif (
                order is None
                and event.type in (AlertEventType.CONFIRMED, AlertEventType.ESCALATED)
                and alert.severity in asked
                and alert.is_told
            ):
                self.open(alert, wording, now, changes, None)

    def open(
        self, alert: Alert, wording: Wording, now: dt.datetime, changes: Changes, by: str | None
    ) -> None:
        """Open one for an alert, unless one is open already."""
        order = self._work_orders.of_alert(alert.id)
        if order is not None and order.is_open:
            return
        lines = [
            wording.text(alert, self._desk.members_of(alert)),
            *(f"- {cause}" for cause in wording.causes(alert)),
        ]
        order = self._work_orders.open(wording.title(alert), "\n".join(lines), now, alert=alert, by=by)
        changes.add(self._desk.open_ticket(alert.id, order.name))
        self._post(order, "opened", now)

    def changed(self, order: WorkOrder, step_name: str, now: dt.datetime) -> Changes:
        """Somebody has opened, completed, reopened or updated one: what that means for its alert."""
        changes = Changes()
        alert = self._alert_of(order)
        if alert is not None and step_name == "completed" and alert.is_active:
            changes.add(self._desk.repair(alert.id, order.completed_by or "-", now))
        elif alert is not None and step_name == "reopened" and not alert.is_open:
            changes.add(self._desk.reopen(alert.id, now))
        self._post(order, step_name, now)
        return changes

    def join(self, kept: Kept, now: dt.datetime) -> Changes:
        """Go on with what was kept as well, where that is known only now.

        The technicians' own system hears of those work orders that have another number by now.
        """
        numbers = self._work_orders.join(kept.orders, kept.last_number)
        changes = self._desk.join(kept.alerts, kept.messages, numbers, now)
        known = {order.number for order in kept.orders}
        known |= {one.order for one in self._desk.outbox if one.order is not None and one.is_unsettled}
        for before, after in numbers.items():
            if before != after:
                LOGGER.warning("Work order %s is %s now", order_name(before), order_name(after))
                if after not in known:
                    order = self._work_orders.get(after)
                    self._post(order, "opened" if order.is_open else "completed", now)
        return changes

    async def async_post(self, message: Message, wording: Wording, now: dt.datetime) -> None:
        """Tell the technicians' own system. Raises DeliveryError."""
        order = self._work_orders.get(message.order or 0)
        alert = self._alert_of(order)
        path = panel_path(self._hass, "work-orders", order.number)
        content: dict[str, Any] = {
            "type": message.step.partition(" ")[0],
            "at": message.created_at.isoformat(),
            "work_order": {
                "number": order.name,
                "summary": order.summary,
                "description": order.description,
                "state": "open" if order.is_open else "completed",
                "created_at": order.created_at.isoformat(),
                "created_by": order.created_by,
                "due_at": None if order.due_at is None else order.due_at.isoformat(),
                "completed_at": None if order.completed_at is None else order.completed_at.isoformat(),
                "completed_by": order.completed_by,
                "drill": order.drill,
                "path": path,
                "url": None if path is None else address_of(self._hass, path),
            },
            "alert": None
            if alert is None
            else alert_data(self._hass, alert, wording, self._desk.members_of(alert)),
        }
        await async_post(
            self._hass,
            self._settings.alerts.tickets,
            message.id,
            round(now.timestamp()),
            content,
            wording.texts,
        )

    def _post(self, order: WorkOrder, step_name: str, now: dt.datetime) -> None:
        if self._settings.alerts.channel(WORK_ORDERS.id) is None:
            return
        alert = self._alert_of(order)
        self._desk.outbox.add(
            Reason.WORK_ORDER,
            WORK_ORDERS,
            () if order.alert is None else (order.alert,),
            now,
            severity=None if alert is None else alert.severity,
            step=f"{step_name} {order.number} {now.isoformat()}",
            drill=order.drill,
            order=order.number,
        )

    def _alert_of(self, order: WorkOrder) -> Alert | None:
        return None if order.alert is None else self._desk.find(order.alert)
