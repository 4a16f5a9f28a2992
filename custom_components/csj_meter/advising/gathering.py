"""The facts of one meter: from the store, the engine, the alerts, the tenants and the meter itself."""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
import numpy as np

from ..alerting.alerting import Alerting
from ..anomaly.baseline import MONTH
from ..const import DOMAIN, LOGGER
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..detection.detection import Detection
from ..history.telemetry import Telemetry
from ..history.usage_base import samples_of_today
from ..insights.facts import FIGURES, Facts, Hours
from ..meters.commands.relay import contact_of
from ..meters.quantities import RelayContact
from ..meters.sample import minute_of
from ..money.credit_watch import is_prepaid
from ..money.prepayment import async_prepayment
from ..money.prices import told_prices
from ..money.units import counts_energy, currency_of
from ..prepay.errors import LedgerTooNewError, LedgerUnavailableError
from ..prepay.forecast import NOTHING_KNOWN, Forecast
from ..prepay.tariffs import Prices
from ..telemetry.aggregate import aggregate, hours_between, midnight
from ..telemetry.series import DAY, HOUR, Aggregates
from ..telemetry.store import Store
from ..telemetry.usage import Usage, Used, usage, used_between
from ..tenants.book import async_tenants

LOOK_BACK: Final = 70 * DAY
"""Minutes of hours that are looked at."""

YEAR: Final = 364 * DAY
AROUND: Final = 15 * DAY
"""Minutes around this day of last year."""

BASELINE: Final = (MONTH + 1) * DAY
"""Minutes out of which detection knows what is usual in an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The day that is asked about, in minutes (UTC)."""

    now: int
    zone: ZoneInfo
    morning: int
    """Local midnight."""

    yesterday: int
    monday: int
    """The midnights before."""

    hours: tuple[int, ...]
    """Beginnings of the hours of today, those to come among them."""

    first: int
    """From when on hours are looked at: that of the first of last month, or earlier."""

    @classmethod
    def of(cls, now: int, zone: ZoneInfo) -> Calendar:
        """The day of minute ``now``."""
        today = dt.datetime.fromtimestamp(now * 60, zone).date()
        morning, evening = midnight(today, zone), midnight(today + dt.timedelta(days=1), zone)
        last_month = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        return cls(
            now=now,
            zone=zone,
            morning=morning,
            yesterday=midnight(today - dt.timedelta(days=1), zone),
            monday=midnight(today - dt.timedelta(days=today.weekday()), zone),
            hours=tuple(hours_between(morning, evening)[0].tolist()),
            first=min(midnight(last_month, zone), now - LOOK_BACK) // HOUR * HOUR - HOUR,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store knows."""

    hours: Hours
    year_ago: Hours
    usage: Usage
    yesterday: Used
    this_week: Used


def read_stored(store: Store, serial: str, day: Calendar, moved_in: int) -> Stored:
    """What the store knows of a meter, as far as it is of those who live there; blocks.

    ``moved_in``: the minute since which they do; 0 where nobody has said so.
    """
    hours = _hours(store, serial, day.first, day.now, moved_in)
    found = usage(hours, _today(store, serial, day, moved_in), day.now, day.zone)
    a_year_ago = day.now - YEAR
    before = _hours(store, serial, a_year_ago - AROUND, a_year_ago + AROUND, moved_in)
    return Stored(
        hours=Hours.of(hours, day.zone),
        year_ago=Hours.of(before, day.zone),
        usage=found,
        yesterday=used_between(hours, day.yesterday, day.morning),
        this_week=_together(used_between(hours, day.monday, day.morning), found.today),
    )


def _hours(store: Store, serial: str, since: int, until: int, moved_in: int) -> Aggregates:
    found = store.hours([serial], since, until, FIGURES).get(serial, Aggregates.empty())
    return found.rows(found.starts >= moved_in)


def _today(store: Store, serial: str, day: Calendar, moved_in: int) -> Aggregates:
    """What was used since midnight; nothing on the day on which somebody has moved in after it."""
    if moved_in > day.morning:
        return Aggregates.empty()
    series = samples_of_today(store, serial, day.morning, day.now)
    if not len(series) or int(series.minutes[-1]) < day.morning:
        return Aggregates.empty()
    return aggregate(series, np.array([day.morning]), np.array([int(series.minutes[-1]) + 1]))


def _together(before: Used, today: Used) -> Used:
    """The days before, if there are any, and today."""
    if before.since == before.until:
        return today
    energies = [used.energy for used in (before, today) if used.energy is not None]
    costs = [used.cost for used in (before, today)]
    known = [used.known * (used.until - used.since) for used in (before, today)]
    return Used(
        since=before.since,
        until=today.until,
        energy=round(sum(energies), 2) if energies else None,
        cost=None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
        known=round(sum(known) / (today.until - before.since), 4),
    )


async def async_facts(
    hass: HomeAssistant, telemetry: Telemetry, detection: Detection, alerting: Alerting, serial: str
) -> tuple[Facts, tuple[int, ...]]:
    """All that is known of a meter now, and the beginnings of the hours of today.

    Raises TelemetryUnavailableError.
    """
    zone = await dt_util.async_get_time_zone(hass.config.time_zone) or ZoneInfo("UTC")
    day = Calendar.of(now(), zone)
    moved_in = await _async_moved_in(hass, serial)
    stored = await telemetry.async_read(partial(read_stored, serial=serial, day=day, moved_in=moved_in or 0))
    expected = await detection.async_expected(serial, day.hours)
    meter = coordinator_of(hass, serial)
    facts = Facts(
        serial=serial,
        now=day.now,
        zone=zone,
        hours=stored.hours,
        year_ago=stored.year_ago,
        usage=stored.usage,
        yesterday=stored.yesterday,
        this_week=stored.this_week,
        # until the month is over, it is what was usual for those before them as well
        expected={start: its for start, its in zip(day.hours, expected, strict=True) if its is not None}
        if moved_in is None or moved_in <= day.now - BASELINE
        else {},
        known_days=detection.view(serial).known_days,
        alerts=tuple(alerting.active_of(serial)),
        moved_in=moved_in,
        supply=None if meter is None else supply_of(meter),
        prices=None if meter is None else await _async_prices(hass, meter),
        currency=("" if meter is None else currency_of(meter)) or "",
        forecast=None if meter is None else _forecast(meter),
    )
    return facts, day.hours


def now() -> int:
    """The minute of now."""
    return minute_of(dt_util.utcnow().timestamp())


def coordinator_of(hass: HomeAssistant, serial: str) -> CsjCoordinator | None:
    """A meter while its bridge is set up."""
    entries: list[CsjConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        for found in entry.runtime_data.coordinators.values():
            if found.identity.serial == serial:
                return found
    return None


def supply_of(meter: CsjCoordinator) -> bool | None:
    """Whether the contact of a meter is closed; None on one without, or while it does not say."""
    if meter.control is None or not meter.data.online:
        return None
    contact = contact_of(meter.control.session.meter)
    return None if contact is None else contact is RelayContact.CLOSED


@callback
def told_by(meter: CsjCoordinator) -> tuple[Prices | None, Forecast | None]:
    """What insights know of the money of a meter by what it has said itself since the start."""
    return _prices(meter), _forecast(meter)


def _prices(meter: CsjCoordinator) -> Prices | None:
    return None if counts_energy(meter) else told_prices(meter)


async def _async_prices(hass: HomeAssistant, meter: CsjCoordinator) -> Prices | None:
    """The prices of a meter; until it has said them since the start, those that it was seen with last."""
    told = _prices(meter)
    if told is not None or counts_energy(meter) or not is_prepaid(meter):
        return told
    now = dt_util.utcnow()
    try:
        prepayment = await async_prepayment(hass)
        known = await prepayment.run(lambda: prepayment.ledger.prices(meter.identity.serial, now))
    except (LedgerUnavailableError, LedgerTooNewError) as err:
        LOGGER.debug("prices of meter %s: %s", meter.identity.serial, err)  # a repair issue says so
        return None
    return known[-1].prices if known else None


def _forecast(meter: CsjCoordinator) -> Forecast | None:
    """How long credit lasts: not known on a prepaid meter that has not said its balance yet."""
    entry: CsjConfigEntry = meter.config_entry
    credit = entry.runtime_data.credit
    if credit is None or meter.source.group_of("balance") is None:
        return None
    return credit.forecast(meter).data or (NOTHING_KNOWN if is_prepaid(meter) else None)


async def _async_moved_in(hass: HomeAssistant, serial: str) -> int | None:
    """The minute in which those who live there moved in, as far as somebody has said so."""
    tenancy = (await async_tenants(hass)).current(serial)
    return None if tenancy is None else minute_of(tenancy.moved_in.at.timestamp())
