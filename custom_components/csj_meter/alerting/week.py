"""What is known of a week of the whole site, for the summary: alerts, usage, credit, contact, top-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import numpy as np

from ..alerts.alert import Alert
from ..alerts.message import Message
from ..alerts.store import AlertStore
from ..alerts.summary import MeterWeek, Week
from ..anomaly.settings import Settings as DetectionSettings
from ..const import CONF_CIRCUIT, LOGGER
from ..coordinator import CsjCoordinator
from ..detection.fleet import fleet_of
from ..history.telemetry import async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..meter_sensors import sensor_of
from ..meters.sample import minute_of
from ..money.credit_watch import is_prepaid
from ..money.prepayment import async_prepayment
from ..money.units import credit_unit
from ..prepay.errors import LedgerTooNewError, LedgerUnavailableError
from ..prepay.movement import MovementKind, MovementState
from ..site_settings import async_site_settings
from ..telemetry.series import HOUR, Aggregates
from ..telemetry.store import Store
from ..telemetry.usage import used_between
from .alerting import Alerting
from .names import meters_of, names_of

MOST_ALERTS: Final = 100_000
"""More than a site has in a week; what is beyond is not counted."""

MESSAGE_LIFE: Final = dt.timedelta(days=2)
"""A message and those that stand in for it are settled by then."""

ENOUGH: Final = 6 / 7
"""Share of a week that must be known for its usage to be told."""

HEARD: Final = "measured_count"
USED: Final = "energy_import_used"

TOP_UPS: Final = frozenset({MovementKind.TOP_UP, MovementKind.TOKEN, MovementKind.VOUCHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A week, and where the one before began, UTC."""

    before: dt.datetime
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """What the store of measurements knows of a meter."""

    usage: float | None = None
    usage_before: float | None = None
    heard: int = 0
    asked: int = 0


async def async_week(hass: HomeAssistant, alerting: Alerting, span: Span) -> Week:
    """All of it. Raises StoreUnavailableError and StoreBrokenError when the alerts cannot be read."""
    settings = await async_site_settings(hass)

    def read(store: AlertStore) -> tuple[list[Alert], list[Message]]:
        return (
            store.alerts(since=span.since, limit=MOST_ALERTS),
            store.messages(span.since - MESSAGE_LIFE),
        )

    alerts, messages = await alerting.async_read(read)
    # what the desk knows is newer than what is on disk
    known = {alert.id: alert for alert in alerts} | {alert.id: alert for alert in alerting.desk.alerts}
    sent = {one.id: one for one in messages} | {one.id: one for one in alerting.desk.outbox}
    return Week(
        since=span.since,
        until=span.until,
        alerts=list(known.values()),
        messages=list(sent.values()),
        meters=await _async_meters(hass, settings.detection, span),
        people=len({channel.person for channel in settings.alerts.channels}),
    )


async def _async_meters(hass: HomeAssistant, detection: DetectionSettings, span: Span) -> list[MeterWeek]:
    intervals = {meter.serial: meter.interval for meter in fleet_of(hass, detection).meters}
    names = names_of(hass)
    measured = await _async_measured(hass, intervals, span)
    top_ups = await _async_top_ups(hass, span)
    meters: dict[str, MeterWeek] = {}
    for serial, circuit, coordinator in _meters(hass):
        done, settled = top_ups.get(serial, (0, 0))
        its = measured.get(serial, _Measured())
        balance = None if coordinator is None else coordinator.remembered("balance")
        meters[serial] = MeterWeek(
            serial=serial,
            name=names.get(serial, serial),
            circuit=circuit,
            usage=its.usage,
            usage_before=its.usage_before,
            balance=float(balance) if isinstance(balance, Decimal) else None,
            unit=None if coordinator is None else credit_unit(coordinator),
            days_left=_days_left(hass, serial),
            minutes_heard=its.heard,
            minutes_asked=its.asked,
            top_ups_done=done,
            top_ups_settled=settled,
        )
    return sorted(meters.values(), key=lambda meter: (meter.name, meter.serial))


def _meters(hass: HomeAssistant) -> Iterator[tuple[str, str | None, CsjCoordinator | None]]:
    """Serial number, circuit and coordinator of the meters that are read, or should be."""
    for entry, meter in meters_of(hass):
        if meter.unique_id is None or entry.disabled_by is not None:
            continue
        coordinator = None
        if entry.state is ConfigEntryState.LOADED:
            coordinator = entry.runtime_data.coordinators.get(meter.subentry_id)
        yield meter.unique_id, meter.data.get(CONF_CIRCUIT) or None, coordinator


async def _async_measured(
    hass: HomeAssistant, intervals: Mapping[str, int], span: Span
) -> dict[str, _Measured]:
    before, since, until = (minute_of(each.timestamp()) for each in (span.before, span.since, span.until))

    def read(store: Store) -> dict[str, _Measured]:
        hours = store.hours(intervals.keys(), before // HOUR * HOUR, until, (USED, HEARD))
        return {
            serial: _measured(its, store.span(serial), interval, before, since, until)
            for serial, interval in intervals.items()
            if (its := hours.get(serial)) is not None
        }

    telemetry = await async_telemetry(hass)
    try:
        return await telemetry.async_read(read)
    except TelemetryUnavailableError as err:
        LOGGER.debug("The summary does without usage: %s", err)  # a repair issue says so
        return {}


def _measured(
    hours: Aggregates, known: tuple[int, int] | None, interval: int, before: int, since: int, until: int
) -> _Measured:
    used, used_before = used_between(hours, since, until), used_between(hours, before, since)
    # whole hours in which the meter was there from the beginning
    first = -(-max(since, until if known is None else known[0]) // HOUR) * HOUR
    last = until // HOUR * HOUR
    whole = (hours.starts >= first) & (hours.starts < last)
    each = HOUR // interval
    heard = np.clip(hours.steps(HEARD)[whole], 0, each)
    return _Measured(
        usage=used.energy if used.known >= ENOUGH else None,
        usage_before=used_before.energy if used_before.known >= ENOUGH else None,
        heard=int(heard.sum()) * interval,
        asked=max(0, last - first) // HOUR * each * interval,
    )


async def _async_top_ups(hass: HomeAssistant, span: Span) -> dict[str, tuple[int, int]]:
    """Serial number -> top-ups that have arrived, and those whose outcome is known."""
    if not any(its is not None and is_prepaid(its) for _, _, its in _meters(hass)):
        return {}
    try:
        prepayment = await async_prepayment(hass)
        movements = await prepayment.run(
            lambda: prepayment.ledger.movements(since=span.since, until=span.until)
        )
    except (LedgerUnavailableError, LedgerTooNewError) as err:
        LOGGER.debug("The summary does without top-ups: %s", err)  # a repair issue says so
        return {}
    found: dict[str, tuple[int, int]] = {}
    for movement in movements:
        if movement.kind in TOP_UPS and movement.state in (MovementState.DONE, MovementState.REFUSED):
            done, settled = found.get(movement.serial, (0, 0))
            found[movement.serial] = (done + (movement.state is MovementState.DONE), settled + 1)
    return found


def _days_left(hass: HomeAssistant, serial: str) -> float | None:
    """What the sensor of the forecast shows."""
    entity_id = sensor_of(hass, serial, "credit_days_left")
    state = None if entity_id is None else hass.states.get(entity_id)
    try:
        return None if state is None else float(state.state)
    except ValueError:
        return None  # unknown or unavailable
