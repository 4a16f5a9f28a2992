"""Alerts: those that are open, what shows that they are right, and the answers of people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
import datetime as dt
from typing import Any, Final

from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
import probatio

from ..access.doors import place_of_alert
from ..alerting.alerting import Alerting, alerting_of, current_alerting
from ..alerting.event_data import alert_data
from ..alerting.status import SIGNAL_ALERTS
from ..alerts.alert import Alert
from ..alerts.errors import NoSuchAlertError
from ..alerts.settings import LONGEST_SHELF
from ..detection.detection import current_detection
from ..meters.sample import MINUTE
from ..site.access import Permission
from ..telemetry.curve import CURVES
from .bridges import follow_bridges
from .command import NAME, Call, whole
from .history import async_curve, told as told_curve
from .list_view import ListView, Rows
from .values import moment
from .work_orders import told_order

BEFORE: Final = dt.timedelta(minutes=30)
AFTER: Final = dt.timedelta(minutes=30)
"""What is shown around an event."""

LONGEST_LOOK: Final = dt.timedelta(days=7)
"""Of one that lasts: from its beginning on."""

POINTS: Final = 240

BAND: Final = "active_power"
"""The quantity of which is known what is usual in each hour."""

ALERT: Final = {probatio.Required("alert_id"): NAME}
SHELVE: Final = {
    **ALERT,
    probatio.Required("minutes"): whole(1, int(LONGEST_SHELF.total_seconds() // 60)),
}


async def async_subscribe(call: Call) -> None:
    """Alerts that are open, and what becomes of them."""
    await call.async_verify_some(Permission.SEE_ALERTS)

    def rows() -> Rows | None:
        if (alerting := current_alerting(call.hass)) is None:
            return None
        seen = call.visible(Permission.SEE_ALERTS)
        found = {}
        for alert in alerting.desk.alerts:
            members = _members(alerting, alert, seen)
            if alert.is_open and _sees(alert, members, seen):
                found[alert.id] = alert_data(call.hass, alert, alerting.wording, members)
        return found

    view = ListView(call.hass, call.subscribed, "alerts", rows)
    call.subscribed.on_close(async_dispatcher_connect(call.hass, SIGNAL_ALERTS, view.ask))
    follow_bridges(call.hass, call.subscribed, lambda _: lambda: None, view.ask)


def _members(alerting: Alerting, alert: Alert, seen: frozenset[str] | None) -> list[Alert]:
    """Members of an alert that somebody may know of: nobody reads of the neighbours."""
    members = alerting.desk.members_of(alert)
    return [one for one in members if seen is None or one.finding.serial in seen]


def _sees(alert: Alert, members: list[Alert], seen: frozenset[str] | None) -> bool:
    if seen is None:
        return True
    return bool(members) if alert.is_area else alert.finding.serial in seen


async def async_evidence(call: Call) -> dict[str, Any]:
    """An alert with what was measured around it, what is usual then, and what the neighbours showed."""
    alerting = alerting_of(call.hass)
    alert = alerting.desk.get(call.data["alert_id"])
    await call.async_verify_some(Permission.SEE_ALERTS)
    seen = call.visible(Permission.SEE_ALERTS)
    members = _members(alerting, alert, seen)
    if not _sees(alert, members, seen):
        raise NoSuchAlertError(alert.id)  # whoever may not know of it learns nothing
    shown = members[0] if alert.is_area and members else alert
    finding, names = shown.finding, alerting.wording.names
    now = dt_util.utcnow()
    start = shown.since - BEFORE
    end = min((shown.cleared_at or now) + AFTER, now, start + LONGEST_LOOK)
    samples = None
    if finding.quantity in CURVES and call.sees(Permission.SEE_METERS, finding.serial):
        found = await async_curve(
            call.hass,
            finding.serial,
            [finding.quantity],
            start,
            end,
            POINTS,
            to_the_minute=call.sees(Permission.SEE_RAW, finding.serial),
        )
        samples = told_curve(found)
    return {
        "alert": alert_data(call.hass, alert, alerting.wording, members),
        "serial": finding.serial,
        "quantity": finding.quantity,
        "samples": samples,
        "band": await _async_band(call, finding.serial, start, end) if finding.quantity == BAND else None,
        "witnesses": [
            {
                "serial": witness.serial,
                "name": names.get(witness.serial, witness.serial),
                "standing": witness.standing.value,
                "since": moment(witness.since * MINUTE),
                "value": witness.value,
            }
            for witness in finding.witnesses
            if seen is None or witness.serial in seen
        ],
    }


async def _async_band(
    call: Call, serial: str, start: dt.datetime, end: dt.datetime
) -> list[dict[str, Any]] | None:
    """What is usual in each hour of a range; None while nobody knows."""
    if (detection := current_detection(call.hass)) is None:
        return None
    first = start.replace(minute=0, second=0, microsecond=0)
    count = int((end - first) / dt.timedelta(hours=1)) + 1
    hours = [first + number * dt.timedelta(hours=1) for number in range(count)]
    expected = await detection.async_expected(serial, [int(hour.timestamp()) // MINUTE for hour in hours])
    return [
        {"start": hour.isoformat(), "expected": its.power, "low": its.low, "high": its.high, "days": its.days}
        for hour, its in zip(hours, expected, strict=True)
        if its is not None
    ]


async def _async_answer(
    call: Call, permission: Permission, answer: Callable[[Alerting, str], Awaitable[Any]]
) -> dict[str, Any]:
    """Let somebody answer an alert. Raises NoSuchAlertError, NotPossibleError and Unauthorized."""
    alerting, alert_id = alerting_of(call.hass), call.data["alert_id"]
    alert = alerting.desk.get(alert_id)
    # as its meter hangs now: what was found knows the circuit of then
    place = place_of_alert(call.hass, alert)
    async with call.allowed(permission, serial=place.serial, circuit=place.circuit):
        await answer(alerting, alert_id)
    members = _members(alerting, alert, call.visible(Permission.SEE_ALERTS))
    return {"alert": alert_data(call.hass, alerting.desk.get(alert_id), alerting.wording, members)}


async def async_acknowledge(call: Call) -> dict[str, Any]:
    """Say that somebody sees to it."""
    return await _async_answer(
        call,
        Permission.ANSWER_ALERTS,
        lambda alerting, alert_id: alerting.async_acknowledge(alert_id, call.by),
    )


async def async_report_false_alarm(call: Call) -> dict[str, Any]:
    """Say that nothing is or was wrong."""
    return await _async_answer(
        call,
        Permission.JUDGE_ALERTS,
        lambda alerting, alert_id: alerting.async_report_false_alarm(alert_id, call.by),
    )


async def async_shelve(call: Call) -> dict[str, Any]:
    """Have nothing said of it for a while."""
    span = dt.timedelta(minutes=call.data["minutes"])
    return await _async_answer(
        call,
        Permission.JUDGE_ALERTS,
        lambda alerting, alert_id: alerting.async_shelve(alert_id, span, call.by),
    )


async def async_create_work_order(call: Call) -> dict[str, Any]:
    """Have a technician see to it; the work order that is open already, where there is one."""
    alerting = alerting_of(call.hass)
    answer = await _async_answer(
        call,
        Permission.WORK_ORDERS,
        lambda alerting, alert_id: alerting.async_open_work_order(alert_id, call.by),
    )
    order = alerting.work_orders.of_alert(call.data["alert_id"])
    return {**answer, "work_order": None if order is None else told_order(order, alerting)}
