"""Actions for alerts: answer them, look at them, have a technician come, and hold a fire drill."""

from __future__ import annotations

from collections.abc import Collection
import datetime as dt
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ..access.doors import async_caller, visible_meters
from ..alerting.alerting import Alerting, alerting_of
from ..alerting.event_data import alert_data
from ..alerting.meter_target import serial_of
from ..alerting.names import meters_of
from ..alerting.summary import async_send_summary
from ..alerts.alert import Alert, alert_id
from ..alerts.drill import MAX_CURRENT, RATED_VOLTAGE, drill_findings
from ..alerts.settings import MOST_CHANNELS
from ..alerts.store import AlertStore
from ..alerts.work_order import WorkOrder
from ..alerts.work_orders import LONGEST_DESCRIPTION, LONGEST_SUMMARY
from ..anomaly.kinds import Kind, Severity
from ..const import CONF_CIRCUIT, DOMAIN
from ..exceptions import translates, wrong
from ..moments import any_moment
from ..site.access import Permission
from ..site_settings import async_site_settings
from ..telemetry.errors import TelemetryError
from .target import ANY_METER, METER, METERS, async_actor_of, meter_of

ATTR_ALERT_ID: Final = "alert_id"
ATTR_CHANNEL: Final = "channel"
ATTR_CIRCUIT: Final = "circuit"
ATTR_DESCRIPTION: Final = "description"
ATTR_DURATION: Final = "duration"
ATTR_KIND: Final = "kind"
ATTR_MINUTES: Final = "minutes"
ATTR_SEVERITY: Final = "severity"
ATTR_SINCE: Final = "since"
ATTR_STATE: Final = "state"
ATTR_SUMMARY: Final = "summary"

LONGEST_DRILL: Final = 60
"""Minutes."""

USUAL_DRILL: Final = 5

LOOK_BACK: Final = dt.timedelta(days=7)
"""How far back the past is told when nobody says."""

MOST_ALERTS: Final = 1000
"""Alerts of one answer."""

_MOST_READ: Final = 5000
"""Alerts that are looked through for one answer."""

_STATES: Final = ("open", "active", "all")

_ALERT_ID: Final = {probatio.Required(ATTR_ALERT_ID): probatio.All(cv.string, probatio.Length(min=1, max=64))}

ALERT_SCHEMA: Final = probatio.Schema({**_ALERT_ID})

SHELVE_SCHEMA: Final = probatio.Schema(
    {**_ALERT_ID, probatio.Required(ATTR_DURATION): cv.positive_time_period}
)

WORK_ORDER_SCHEMA: Final = probatio.Schema(
    {
        **ANY_METER,
        probatio.Optional(ATTR_ALERT_ID): probatio.All(cv.string, probatio.Length(min=1, max=64)),
        probatio.Optional(ATTR_SUMMARY): probatio.All(cv.string, probatio.Length(min=1, max=LONGEST_SUMMARY)),
        probatio.Optional(ATTR_DESCRIPTION, default=""): probatio.All(
            cv.string, probatio.Length(max=LONGEST_DESCRIPTION)
        ),
    }
)

GET_ALERTS_SCHEMA: Final = probatio.Schema(
    {
        **METERS,
        probatio.Optional(ATTR_CIRCUIT): probatio.All(cv.string, probatio.Length(max=255)),
        probatio.Optional(ATTR_SEVERITY): probatio.All(
            cv.ensure_list,
            probatio.Length(max=len(Severity)),
            [probatio.In([severity.value for severity in Severity])],
        ),
        probatio.Optional(ATTR_STATE, default="open"): probatio.In(_STATES),
        probatio.Optional(ATTR_SINCE): any_moment,
    }
)

SUMMARY_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(ATTR_CHANNEL): probatio.All(
            cv.ensure_list, probatio.Length(max=MOST_CHANNELS), [cv.string]
        )
    }
)

DRILL_SCHEMA: Final = probatio.Schema(
    {
        **METER,
        probatio.Required(ATTR_KIND): probatio.In([kind.value for kind in Kind]),
        probatio.Optional(ATTR_SEVERITY): probatio.In([severity.value for severity in Severity]),
        probatio.Optional(ATTR_MINUTES, default=USUAL_DRILL): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=LONGEST_DRILL)
        ),
    }
)


@translates
async def async_acknowledge(call: ServiceCall) -> ServiceResponse:
    """Say that somebody sees to an alert."""
    alerting, by = alerting_of(call.hass), (await async_actor_of(call)).name
    await alerting.async_acknowledge(call.data[ATTR_ALERT_ID], by)
    return _told(call.hass, alerting, alerting.desk.get(call.data[ATTR_ALERT_ID]))


@translates
async def async_report_false_alarm(call: ServiceCall) -> ServiceResponse:
    """Say that nothing is or was wrong."""
    alerting, by = alerting_of(call.hass), (await async_actor_of(call)).name
    await alerting.async_report_false_alarm(call.data[ATTR_ALERT_ID], by)
    return _told(call.hass, alerting, alerting.desk.get(call.data[ATTR_ALERT_ID]))


@translates
async def async_shelve(call: ServiceCall) -> ServiceResponse:
    """Say nothing of an alert for a while."""
    alerting, by = alerting_of(call.hass), (await async_actor_of(call)).name
    await alerting.async_shelve(call.data[ATTR_ALERT_ID], call.data[ATTR_DURATION], by)
    return _told(call.hass, alerting, alerting.desk.get(call.data[ATTR_ALERT_ID]))


@translates
async def async_create_work_order(call: ServiceCall) -> ServiceResponse:
    """Open a work order: for an alert, or by hand for a meter."""
    data, alerting = call.data, alerting_of(call.hass)
    by = (await async_actor_of(call)).name
    if ATTR_ALERT_ID in data:
        if data.keys() & {ATTR_DEVICE_ID, ATTR_SUMMARY} or data[ATTR_DESCRIPTION]:
            raise wrong("work_order_for_both")
        return _order(await alerting.async_open_work_order(data[ATTR_ALERT_ID], by))
    if ATTR_DEVICE_ID not in data or ATTR_SUMMARY not in data:
        raise wrong("work_order_for_nothing")
    serial = _serial(call.hass, data[ATTR_DEVICE_ID])
    order = await alerting.async_change_work_order(
        lambda now: alerting.work_orders.open(
            data[ATTR_SUMMARY], data[ATTR_DESCRIPTION], now, serial=serial, by=by
        ),
        "opened",
    )
    return _order(order)


async def async_get_alerts(call: ServiceCall) -> ServiceResponse:
    """Tell the alerts that are open, or those of the past as well, the newest first."""
    hass, data, alerting = call.hass, call.data, alerting_of(call.hass)
    serials = (
        frozenset(_serial(hass, device) for device in data[ATTR_DEVICE_ID])
        if ATTR_DEVICE_ID in data
        else None
    )
    visible = visible_meters(hass, await async_caller(hass, call.context), Permission.SEE_ALERTS)
    if visible is not None:
        serials = visible if serials is None else serials & visible
    since = data[ATTR_SINCE] if ATTR_SINCE in data else dt_util.utcnow() - LOOK_BACK
    severities = data.get(ATTR_SEVERITY) or [*Severity]  # a blueprint hands an empty list on
    known = {alert.id: alert for alert in alerting.desk.alerts}
    read = 0
    if data[ATTR_STATE] == "all":
        circuits = _circuits(hass, serials)

        def past(store: AlertStore) -> tuple[list[Alert], list[Alert]]:
            found = store.alerts(
                since=since,
                serials=None if serials is None else sorted(serials),
                circuits=circuits,
                limit=_MOST_READ,
            )
            missing = {one for alert in found for one in alert.members} - {alert.id for alert in found}
            return found, store.named(missing)

        try:
            found, members = await alerting.async_read(past)
        except TelemetryError as err:
            raise _unreadable(err) from err
        read = len(found)
        # what the desk has is newer: the disk may be full
        known = {alert.id: alert for alert in (*members, *found)} | known

    def wanted(alert: Alert) -> bool:
        return (
            (data[ATTR_STATE] != "open" or alert.is_open)
            and (data[ATTR_STATE] != "active" or alert.is_active)
            and (alert.is_open or alert.raised_at >= since or (alert.cleared_at or since) >= since)
            and alert.severity in severities
            and data.get(ATTR_CIRCUIT, alert.circuit) == alert.circuit
            and (serials is None or not serials.isdisjoint(_serials_of(alert, known)))
        )

    chosen = sorted(
        filter(wanted, known.values()), key=lambda alert: (alert.raised_at, alert.id), reverse=True
    )
    wording = alerting.wording
    return {
        "alerts": [
            alert_data(
                hass,
                alert,
                wording,
                [
                    known[one]
                    for one in alert.members
                    if one in known and (visible is None or known[one].finding.serial in visible)
                ],
            )
            for alert in chosen[:MOST_ALERTS]
        ],
        "more": len(chosen) > MOST_ALERTS or read == _MOST_READ,
    }


@translates
async def async_fire_drill(call: ServiceCall) -> ServiceResponse:
    """Have everybody told of something that has not happened."""
    data, meter, alerting = call.data, meter_of(call), alerting_of(call.hass)
    identity, now = meter.identity, dt_util.utcnow()
    until = now + dt.timedelta(minutes=data[ATTR_MINUTES])
    findings = drill_findings(
        Kind(data[ATTR_KIND]),
        identity.serial,
        now,
        circuit=meter.circuit,
        severity=Severity(data[ATTR_SEVERITY]) if ATTR_SEVERITY in data else None,
        rated_voltage=identity.rated_voltage or RATED_VOLTAGE,
        max_current=identity.max_current or MAX_CURRENT,
    )
    await alerting.async_drill(findings, until)
    return {ATTR_ALERT_ID: alert_id(findings[0], drill=True), "until": until.isoformat(timespec="seconds")}


async def async_send_the_summary(call: ServiceCall) -> ServiceResponse:
    """Send the summary of the last seven days now."""
    alerting_of(call.hass)
    settings = (await async_site_settings(call.hass)).alerts
    known = {channel.name: channel.id for channel in settings.channels}
    asked = call.data.get(ATTR_CHANNEL) or None
    if asked is None and not settings.summary.channels:
        raise wrong("summary_for_nobody")
    if unknown := [name for name in asked or () if name not in known]:
        raise wrong("no_such_channel", channel=unknown[0], known=", ".join(sorted(known)) or "-")
    try:
        return await async_send_summary(call.hass, None if asked is None else [known[name] for name in asked])
    except TelemetryError as err:
        raise _unreadable(err) from err


def _serial(hass: HomeAssistant, device_id: str) -> str:
    """The serial number of a device that is a meter. Raises ServiceValidationError."""
    if (serial := serial_of(hass, device_id)) is None:
        raise wrong("no_such_meter")
    return serial


def _serials_of(alert: Alert, known: dict[str, Alert]) -> set[str]:
    """The meters that an alert is about."""
    if not alert.is_area:
        return {alert.finding.serial}
    return {known[one].finding.serial for one in alert.members if one in known}


def _circuits(hass: HomeAssistant, serials: Collection[str] | None) -> list[str]:
    """The circuits that some meters hang on."""
    found = {
        subentry.data.get(CONF_CIRCUIT)
        for _, subentry in meters_of(hass)
        if serials is None or subentry.unique_id in serials
    }
    return sorted(filter(None, found))


def _told(hass: HomeAssistant, alerting: Alerting, alert: Alert) -> dict[str, Any]:
    return alert_data(hass, alert, alerting.wording, alerting.desk.members_of(alert))


def _order(order: WorkOrder) -> dict[str, Any]:
    """A work order as the answer of an action."""
    return {
        "work_order": order.name,
        ATTR_ALERT_ID: order.alert,
        "serial": order.serial,
        ATTR_SUMMARY: order.summary,
        ATTR_DESCRIPTION: order.description,
        "created_at": order.created_at.isoformat(),
        "created_by": order.created_by,
        "drill": order.drill,
    }


def _unreadable(err: TelemetryError) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="alerts_unreadable",
        translation_placeholders={"error": str(err)},
    )
