"""A year of a hundred meters on disk: measurements, money and alerts, written by our own stores.

Of the measurements, those of the homes that differ: those of the other meters are copies of their rows.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
import datetime as dt
from decimal import Decimal
from functools import partial
from itertools import product
from pathlib import Path
import sqlite3
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.csj_meter.alerting.keeping import ALERTS_FILE
from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.store import AlertStore, Batch
from custom_components.csj_meter.anomaly.advice import advice_of
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.meters.sample import MINUTE
from custom_components.csj_meter.money.prepayment import LEDGER_FILE
from custom_components.csj_meter.prepay.credit import Credit
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.simulator.minutes import minute_days
from custom_components.csj_meter.simulator.models import Capability
from custom_components.csj_meter.telemetry.address import at_file
from custom_components.csj_meter.telemetry.series import DAY, Series
from custom_components.csj_meter.telemetry.store import Store
from demo.configuration import TIME_ZONE

from .site import END, HOMES, LINES, ON_A_LINE, home_of, line, serial

DAYS: Final = 365

RAW_DAYS: Final = 180
AGGREGATE_MONTHS: Final = 24
"""What is kept by default."""

SPARSE: Final = 10
"""Minutes between two samples of the days that are only kept in aggregate."""

ALERTS: Final = 8
"""Alerts of each meter."""


def write(folder: Path, days: int = DAYS) -> None:
    """Everything, into the folder of a Home Assistant that has never run."""
    _write_measurements(folder / DATABASE_FILE, days)
    _write_money(folder / LEDGER_FILE)
    _write_alerts(folder / ALERTS_FILE)


def _write_measurements(path: Path, days: int) -> None:
    now = END // MINUTE
    store = Store.open(at_file(path), zone=ZoneInfo(TIME_ZONE), clock=lambda: float(END))
    with ProcessPoolExecutor(2) as pool:
        for unit_id, year in enumerate(pool.map(partial(_year, days), range(1, HOMES + 1)), 1):
            store.ingest(serial(0, unit_id), year)
    store.roll(now)
    while store.tidy(now) or store.purge(now, raw_days=RAW_DAYS, aggregate_months=AGGREGATE_MONTHS):
        pass
    for one, since in store.untold().items():
        store.told(one, since, now // 60 * 60)
    store.close()
    _copy(path)


def _year(days: int, unit_id: int) -> Series:
    """What one home has used."""
    meter = line(0, lambda: float(END)).meters[unit_id]
    dense = END // MINUTE - (RAW_DAYS + 1) * DAY
    parts = []
    for day in minute_days([meter], END - days * DAY * MINUTE, float(END)):
        series = Series.measured(day.minutes, day.values)
        parts.append(series if series.minutes[0] >= dense else series.rows(slice(None, None, SPARSE)))
    return Series.joined(parts)


def _copy(path: Path) -> None:
    """What is stored of the homes once more, for each other meter that hangs in one of them."""
    with closing(sqlite3.connect(path)) as connection, connection:
        numbers = dict(connection.execute("SELECT serial, number FROM telemetry_meter"))
        tables = {
            table: [column for _, column, *_ in connection.execute(f"PRAGMA table_info({table})")]
            for table in ("telemetry_total", "telemetry_blocks", "telemetry_aggregates")
        }
        columns = [column for _, column, *_ in connection.execute("PRAGMA table_info(telemetry_meter)")][2:]
        for number, unit_id in product(range(LINES), range(1, ON_A_LINE + 1)):
            if (to := serial(number, unit_id)) in numbers:
                continue
            of = numbers[serial(0, home_of(unit_id))]
            made = connection.execute(
                f"INSERT INTO telemetry_meter (serial, {', '.join(columns)}) "  # noqa: S608 - names of our own
                f"SELECT ?, {', '.join(columns)} FROM telemetry_meter WHERE number = ?",
                (to, of),
            ).lastrowid
            for table, names in tables.items():
                taken = ", ".join("?" if name == "meter" else name for name in names)
                connection.execute(
                    f"INSERT INTO {table} SELECT {taken} FROM {table} WHERE meter = ?",  # noqa: S608 - as above
                    (made, of),
                )


def _write_money(path: Path) -> None:
    """Every top-up of the year, as the ledger sees those that people make at the meter."""
    ledger = Ledger.at(path)
    for number in range(LINES):
        for meter in line(number, lambda: float(END)).meters.values():
            if Capability.PREPAY not in meter.capabilities:
                continue
            since, until = meter.local(END - DAYS * DAY * MINUTE), meter.local(END)
            for time in (since, *(one.time + 60 for one in meter.account.bought(since, until - 60))):
                state = meter.account.at(time)
                ledger.reconcile(
                    meter.nameplate.serial,
                    Credit(
                        balance=Decimal(f"{state.balance:.2f}"),
                        count=state.top_up_count,
                        last_amount=Decimal(f"{state.last_top_up:.2f}"),
                        unit="EUR",
                    ),
                    dt.datetime.fromtimestamp(meter.utc(time), dt.UTC),
                    late=dt.timedelta(minutes=5),
                )
    ledger.close()


def _write_alerts(path: Path) -> None:
    """Some that are over, spread over the year."""
    store = AlertStore.at(path, dt.datetime.fromtimestamp(END, dt.UTC))
    serials = [serial(number, unit_id) for number in range(LINES) for unit_id in range(1, ON_A_LINE + 1)]
    for place, its in enumerate(serials):
        store.write(Batch(alerts=[_alert(its, place, turn) for turn in range(ALERTS)]))
    store.close()


def _alert(its: str, place: int, turn: int) -> Alert:
    minute = END // MINUTE - (turn * len(Kind) + place + 1) * 317
    raised = dt.datetime.fromtimestamp(minute * MINUTE, dt.UTC)
    finding = Finding(
        at=minute,
        serial=its,
        circuit=None,
        kind=Kind.VOLTAGE_SAG,
        severity=Severity.WARNING,
        state=State.CLEARED,
        since=minute - 5,
        scope=Scope.INDIVIDUAL,
        quantity="voltage_l1",
        phase=1,
        value=171.0,
        low=180.0,
        advice=advice_of(Kind.VOLTAGE_SAG, Scope.INDIVIDUAL, {"value": 171.0, "minutes": 5}),
    )
    return Alert(
        id=f"{place:08x}{turn:08x}",
        state=AlertState.CLEARED,
        finding=finding,
        severity=Severity.WARNING,
        raised_at=raised,
        first_confirmed_at=raised,
        confirmed_at=raised,
        cleared_at=raised + dt.timedelta(minutes=5),
    )
