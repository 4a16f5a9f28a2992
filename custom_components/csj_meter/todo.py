"""The list of work orders: what technicians are to do, on their phones and dashboards.

An item that is done says that its alert is repaired; if the meter does not agree, the alert comes back. Items
cannot be deleted: work orders are records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import datetime as dt
from typing import Final, override

from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.todo.entity import TodoItem, TodoListEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .access.doors import async_allowed, async_caller, place_of
from .alerting.alert_entity import SiteAlertEntity
from .alerting.alerting import Alerting, async_alerting
from .alerting.people import async_name_of
from .alerts.work_order import WorkOrder
from .alerts.work_orders import LONGEST_DESCRIPTION, LONGEST_SUMMARY
from .assist.exposure import keep_from_assist
from .const import DOMAIN
from .coordinator import CsjConfigEntry
from .exceptions import translates
from .moments import ImpossibleMomentError, utc_of
from .site.access import Permission
from .site_home import async_when_home

PARALLEL_UPDATES: Final = 0  # the desk does one step after the other

WORK_ORDERS: Final = EntityDescription(key="work_orders", translation_key="work_orders")


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the list of the site to the oldest bridge."""
    alerting = await async_alerting(hass)
    async_when_home(hass, entry, lambda: async_add_entities([WorkOrderList(entry, alerting)]))


class WorkOrderList(SiteAlertEntity, TodoListEntity):
    """All work orders that are open, and those that were done in the last weeks.

    Assist has them when somebody has exposed them.
    """

    permission = Permission.WORK_ORDERS

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM
        | TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    def __init__(self, entry: ConfigEntry, alerting: Alerting) -> None:
        """Show and change the work orders of ``alerting`` on the device of the bridge ``entry``."""
        super().__init__(entry, alerting, WORK_ORDERS)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        keep_from_assist(self.hass, self.entity_id)

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        return [_item(order) for order in self._alerting.work_orders.orders]

    @override
    @translates
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Somebody writes one down that is about no alert."""
        async with self._async_used(None):
            summary, description, due = _words(item)
            by = await async_name_of(self.hass, self._context)
            orders = self._alerting.work_orders
            await self._alerting.async_change_work_order(
                lambda now: orders.open(summary, description, now, by=by, due=due), "opened"
            )

    @override
    @translates
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Somebody has other words for it, or says that it is done or not done after all."""
        orders = self._alerting.work_orders
        order = next(order for order in orders.orders if order.name == item.uid)
        async with self._async_used(order):
            await self._async_change(order, item)

    @asynccontextmanager
    async def _async_used(self, order: WorkOrder | None) -> AsyncIterator[None]:
        """Let whoever uses the list change an order, or open one. Raises Unauthorized."""
        async with async_allowed(
            self.hass,
            await async_caller(self.hass, self._context),
            (self.permission,),
            (place_of(self.hass, None if order is None else order.serial),),
            what=WORK_ORDERS.key if order is None else f"{WORK_ORDERS.key}: {order.name}",
            context=self._context,
        ):
            yield

    async def _async_change(self, order: WorkOrder, item: TodoItem) -> None:
        orders = self._alerting.work_orders
        words = _words(item)
        by = await async_name_of(self.hass, self._context)
        if words != (order.summary, order.description, order.due_at):
            await self._alerting.async_change_work_order(
                lambda _: orders.edit(order.number, *words), "updated"
            )
        done = item.status == TodoItemStatus.COMPLETED  # of an action it is a plain string
        if done is not order.is_open:
            return
        if done:
            await self._alerting.async_change_work_order(
                lambda now: orders.complete(order.number, by, now), "completed"
            )
        else:
            await self._alerting.async_change_work_order(lambda _: orders.reopen(order.number), "reopened")


def _item(order: WorkOrder) -> TodoItem:
    """A work order as an item of the list."""
    return TodoItem(
        uid=order.name,
        summary=order.summary,
        description=order.description or None,
        status=TodoItemStatus.NEEDS_ACTION if order.is_open else TodoItemStatus.COMPLETED,
        due=None if order.due_at is None else dt_util.as_local(order.due_at),
        completed=order.completed_at,
    )


def _words(item: TodoItem) -> tuple[str, str, dt.datetime | None]:
    """Summary, description and due time (UTC) of an item. Raises ServiceValidationError."""
    summary, description = (item.summary or "").strip(), (item.description or "").strip()
    for text, longest in ((summary, LONGEST_SUMMARY), (description, LONGEST_DESCRIPTION)):
        if len(text) > longest:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="work_order_too_long",
                translation_placeholders={"longest": str(longest), "length": str(len(text))},
            )
    if not summary or not summary.isprintable():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="work_order_summary")
    due = item.due
    try:
        return summary, description, utc_of(due) if isinstance(due, dt.datetime) else None
    except ImpossibleMomentError as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="impossible_moment") from err
