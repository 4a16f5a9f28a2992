"""All that the first page of the portal shows of a meter, of the time since its tenant moved in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..alerting.alerting import current_alerting
from ..alerting.names import names_of
from ..alerts.alert import Alert
from ..alerts.wording import Wording
from ..const import LOGGER
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..history.troubles import TelemetryUnavailableError
from ..insights.wording import Teller
from ..language.texts import Texts
from ..meters.quantities import Status
from ..meters.sample import minute_of
from ..money.energy_history import full_hour
from ..money.prepayment import async_prepayment
from ..money.statements import async_zone
from ..money.units import credit_unit
from ..prepay.errors import LedgerTooNewError, LedgerUnavailableError
from ..prepay.movement import ON_THE_METER, UNSETTLED, Movement
from ..prepay.statement import Month
from ..site.tenants import Tenancy
from ..telemetry.errors import TelemetryError
from ..tenants.moving import meter_here
from ..tenants.texts import async_texts_in, portal_texts
from .tips import async_tips
from .top_up import takes_money, told_payment
from .usage import async_usage

ALERTS_OF: Final = dt.timedelta(days=30)
MOST_ALERTS: Final = 20
PAYMENTS_OF: Final = dt.timedelta(days=90)
MOST_PAYMENTS: Final = 10
MOST_MONTHS: Final = 12
"""Statements that are offered."""

WEEK: Final = dt.timedelta(days=7)

_TOO_LOW: Final = Status.ARREARS | Status.BALANCE_VERY_LOW | Status.BALANCE_LOW


async def async_overview(hass: HomeAssistant, tenancy: Tenancy) -> dict[str, Any]:
    """All of it, as plain JSON."""
    texts = await async_texts_in(hass, tenancy.language)
    meter = meter_here(hass, tenancy.serial)
    zone = await async_zone(hass)
    alerts = await _async_alerts(hass, tenancy, texts, zone)
    payments = await _async_payments(hass, tenancy)
    return {
        "language": texts.language,
        "texts": portal_texts(texts),
        "time_zone": hass.config.time_zone,
        "currency": hass.config.currency,
        "tenant": tenancy.name,
        "meter": names_of(hass).get(tenancy.serial, ""),
        "serial": tenancy.serial,
        "moved_in": tenancy.moved_in.at.isoformat(),
        "online": meter is not None and meter.data.online,
        "power": None if meter is None else _number(meter.value("active_power")),
        "credit": None if meter is None else await _async_credit(meter),
        "can_top_up": takes_money(meter),
        "usage": await _async_usage(hass, tenancy),
        "alerts": alerts,
        "tips": [] if meter is None else await _async_tips(hass, tenancy, texts, zone),
        "summary": _summary(alerts, payments),
        "payments": [told_payment(one) for one in payments[:MOST_PAYMENTS]],
        "months": _months(tenancy, dt_util.utcnow(), zone) if takes_money(meter) else [],
    }


async def _async_credit(meter: CsjCoordinator) -> dict[str, Any] | None:
    """Balance and days left; None on a meter that is not prepaid."""
    group = meter.source.group_of("balance")
    if group is None:
        return None
    entry: CsjConfigEntry = meter.config_entry
    watch = entry.runtime_data.credit
    forecast = None if watch is None else await watch.forecast(meter).async_settled()
    reading, status = meter.data.readings.get(group), meter.value("status")
    return {
        "balance": _number(meter.remembered("balance")),
        "unit": credit_unit(meter),
        "at": None if reading is None else dt.datetime.fromtimestamp(reading.at, dt.UTC).isoformat(),
        "days": None if forecast is None else forecast.days,
        "low": isinstance(status, int) and bool(Status(status) & _TOO_LOW),
    }


async def _async_usage(hass: HomeAssistant, tenancy: Tenancy) -> dict[str, Any] | None:
    try:
        return await async_usage(hass, tenancy)
    except TelemetryUnavailableError as err:
        LOGGER.debug("usage for the portal: %s", err)  # a repair issue says so
        return None


async def _async_tips(
    hass: HomeAssistant, tenancy: Tenancy, texts: Texts, zone: dt.tzinfo
) -> list[dict[str, Any]]:
    """What they could do, with the figures behind it."""
    try:
        tips = await async_tips(hass, tenancy)
    except TelemetryUnavailableError as err:
        LOGGER.debug("tips for the portal: %s", err)  # a repair issue says so
        return []
    teller = Teller(texts, zone, minute_of(dt_util.utcnow().timestamp()))
    told = {key: teller.tip(tip) for key, tip in tips.items()}
    return [{"key": key, "text": tip["text"], "figures": tip["figures"]} for key, tip in told.items()]


async def _async_alerts(
    hass: HomeAssistant, tenancy: Tenancy, texts: Texts, zone: dt.tzinfo
) -> list[dict[str, Any]]:
    """Alerts of the meter that began since they moved in, the newest first; nothing of its neighbours."""
    if (alerting := current_alerting(hass)) is None:
        return []
    since = max(tenancy.moved_in.at, dt_util.utcnow() - ALERTS_OF)
    try:
        found = await alerting.async_read(
            lambda store: store.alerts(since=since, serials=[tenancy.serial], limit=10 * MOST_ALERTS)
        )
    except TelemetryError as err:
        LOGGER.debug("alerts for the portal: %s", err)  # a repair issue says so
        found = []
    known = {one.id: one for one in found} | {one.id: one for one in alerting.desk.alerts}
    theirs = [
        one
        for one in known.values()
        if not one.is_area
        and not one.drill
        and one.finding.serial == tenancy.serial
        and one.confirmed_at is not None
        and one.raised_at >= since
        and one.since >= tenancy.moved_in.at
    ]
    moved_in = {tenancy.serial: minute_of(tenancy.moved_in.at.timestamp())}
    wording = Wording(texts=texts, zone=zone, moved_in=moved_in)
    newest = sorted(theirs, key=lambda one: (one.raised_at, one.id), reverse=True)
    return [_told_alert(one, wording) for one in newest[:MOST_ALERTS]]


def _told_alert(alert: Alert, wording: Wording) -> dict[str, Any]:
    return {
        "title": wording.kind(alert.kind),
        "severity": alert.severity.value,
        "severity_word": wording.severity(alert.severity),
        "since": alert.since.isoformat(),
        "until": None if alert.cleared_at is None else alert.cleared_at.isoformat(),
        "active": alert.is_active,
        # since when is there already
        "text": "" if wording.tells_of_others(alert) else wording.seen(alert),
        "action": wording.action(alert) if alert.is_active else "",
    }


async def _async_payments(hass: HomeAssistant, tenancy: Tenancy) -> list[Movement]:
    """Money that was put on the meter since they moved in, or may have been, the newest first."""
    since = max(tenancy.moved_in.at, dt_util.utcnow() - PAYMENTS_OF)
    try:
        prepayment = await async_prepayment(hass)
        found = await prepayment.run(lambda: prepayment.ledger.movements(tenancy.serial, since=since))
    except (LedgerUnavailableError, LedgerTooNewError) as err:
        LOGGER.debug("payments for the portal: %s", err)  # a repair issue says so
        return []
    return [one for one in reversed(found) if one.state in ON_THE_METER or one.state in UNSETTLED]


def _summary(alerts: list[dict[str, Any]], payments: list[Movement]) -> dict[str, Any]:
    """What the last seven days brought besides their usage."""
    since = dt_util.utcnow() - WEEK
    paid = [one.amount for one in payments if one.at >= since and one.state in ON_THE_METER]
    return {
        "alerts": sum(1 for one in alerts if dt.datetime.fromisoformat(one["since"]) >= since),
        "top_ups": len(paid),
        "topped_up": float(sum((amount for amount in paid if amount is not None), Decimal(0))),
    }


def _months(tenancy: Tenancy, now: dt.datetime, zone: Any) -> list[str]:
    """The months of which there is a statement, the newest first; that of now is not over."""
    months: list[str] = []
    month = Month.of(now - dt.timedelta(hours=1), zone)
    while len(months) < MOST_MONTHS:
        start, end = month.bounds(zone)
        if end <= tenancy.moved_in.at:
            break
        # no hour of theirs is over yet: there is no statement to open
        if full_hour(now) > max(start, tenancy.moved_in.at):
            months.append(str(month))
        month = Month.of(start - dt.timedelta(hours=1), zone)
    return months


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, str | tuple) else float(value)
