"""The list of work orders: opened by alerts or by people, done when a technician says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
import datetime as dt
from typing import Final

from .alert import Alert
from .errors import NoSuchOrderError
from .work_order import WorkOrder

LONGEST_SUMMARY: Final = 200
LONGEST_DESCRIPTION: Final = 4000


class WorkOrders:
    """All that are open, and those of the last weeks."""

    def __init__(self, orders: Iterable[WorkOrder] = (), last_number: int = 0) -> None:
        """Go on with ``orders``; ``last_number`` is the highest that there ever was."""
        self._orders = {order.number: order for order in orders}
        self._last_number = max([last_number, *self._orders])
        self._changed: dict[int, WorkOrder] = {}

    @property
    def orders(self) -> list[WorkOrder]:
        """All of them, the oldest first."""
        return [self._orders[number] for number in sorted(self._orders)]

    def get(self, number: int) -> WorkOrder:
        """One of them. Raises NoSuchOrderError."""
        if (order := self._orders.get(number)) is None:
            raise NoSuchOrderError(number)
        return order

    def of_alert(self, alert: str) -> WorkOrder | None:
        """The newest one of an alert."""
        return next((order for order in reversed(self.orders) if order.alert == alert), None)

    def take_changes(self) -> list[WorkOrder]:
        """What has changed since this was asked for last, to be kept."""
        changed, self._changed = list(self._changed.values()), {}
        return changed

    def open(
        self,
        summary: str,
        description: str,
        now: dt.datetime,
        *,
        alert: Alert | None = None,
        serial: str | None = None,
        by: str | None = None,
        due: dt.datetime | None = None,
    ) -> WorkOrder:
        """Another one; texts are cut to what fits. ``serial``: of the meter, where there is no alert."""
        self._last_number += 1
        order = WorkOrder(
            number=self._last_number,
            alert=None if alert is None else alert.id,
            serial=serial if alert is None else alert.serial,
            summary=summary[:LONGEST_SUMMARY],
            description=description[:LONGEST_DESCRIPTION],
            created_at=now,
            created_by=by,
            due_at=due,
            drill=alert is not None and alert.drill,
        )
        self._put(order)
        return order

    def complete(self, number: int, by: str | None, now: dt.datetime) -> WorkOrder:
        """It is done. Raises NoSuchOrderError."""
        order = self.get(number)
        if order.is_open:
            order = replace(order, completed_at=now, completed_by=by)
            self._put(order)
        return order

    def reopen(self, number: int) -> WorkOrder:
        """It is not done after all. Raises NoSuchOrderError."""
        order = replace(self.get(number), completed_at=None, completed_by=None)
        self._put(order)
        return order

    def edit(self, number: int, summary: str, description: str, due: dt.datetime | None) -> WorkOrder:
        """Other words for it. Raises NoSuchOrderError."""
        order = replace(
            self.get(number),
            summary=summary[:LONGEST_SUMMARY],
            description=description[:LONGEST_DESCRIPTION],
            due_at=due,
        )
        self._put(order)
        return order

    def join(self, kept: Iterable[WorkOrder], last_number: int) -> dict[int, int]:
        """Go on with ``kept`` as well, which are older and keep their numbers, as nobody has known of them.

        Those that were opened meanwhile are counted on from ``last_number``, the highest that was kept; gives
        the number that each had -> the one it has. One for an alert that has one open already is that one.
        """
        ours, self._changed = self.orders, {}
        self._orders = {order.number: order for order in kept}
        self._last_number = max([last_number, *self._orders])
        numbers: dict[int, int] = {}
        for order in ours:
            known = None if order.alert is None else self.of_alert(order.alert)
            if known is None or not known.is_open:
                self._last_number += 1
                known = replace(order, number=self._last_number)
            elif not order.is_open:
                known = replace(known, completed_at=order.completed_at, completed_by=order.completed_by)
            self._put(known)
            numbers[order.number] = known.number
        return numbers

    def _put(self, order: WorkOrder) -> None:
        self._orders[order.number] = self._changed[order.number] = order
