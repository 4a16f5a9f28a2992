"""A month of samples by the minute, in the database that Home Assistant is about to open.

They are written by the same store, before Home Assistant opens it, because a store has one writer. They end
with the minute that is over now, so what the line serves a moment later goes on from there. After a pause,
the minutes that are missing are filled the same way.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
import json
from pathlib import Path
import time
from zoneinfo import ZoneInfo

from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.meters.sample import MINUTE, minute_of
from custom_components.csj_meter.simulator.minutes import minute_days
from custom_components.csj_meter.telemetry.address import at_file
from custom_components.csj_meter.telemetry.errors import TelemetryError
from custom_components.csj_meter.telemetry.series import Series
from custom_components.csj_meter.telemetry.store import Store

from .configuration import TIME_ZONE
from .errors import DemoError
from .history import PAST, informed_twins
from .site import DOMAIN


def is_opened_at_start(home: Path) -> bool:
    """Whether Home Assistant opens the store when it starts: once there is a line."""
    return bool(_line_of(home))


def fill(home: Path, past: timedelta = PAST) -> None:
    """Write the minutes of the ``past`` that the store in the folder ``home`` lacks.

    Raises ``DemoError`` when it cannot be written.
    """
    try:
        store = Store.open(at_file(home / DATABASE_FILE), zone=ZoneInfo(TIME_ZONE))
        try:
            _fill(store, home, past)
        finally:
            store.close()
    except TelemetryError as err:
        raise DemoError(f"the month before today cannot be written: {err}") from err


def _fill(store: Store, home: Path, past: timedelta) -> None:
    now = time.time()
    with informed_twins(home, _line_of(home)) as simulated:
        first = minute_of(now - past.total_seconds())
        missing = {}
        for serial in simulated:
            span = store.span(serial)
            missing[serial] = first if span is None else max(first, span[1] + 1)
        days: dict[str, list[Series]] = defaultdict(list)
        for day in minute_days(list(simulated.values()), min(missing.values()) * MINUTE, now):
            days[day.meter.nameplate.serial].append(Series.measured(day.minutes, day.values))
    for serial, since in missing.items():
        lived = Series.joined(days[serial]).between(since, minute_of(now))
        if len(lived):
            store.ingest(serial, lived)
    store.roll(minute_of(now))
    while store.tidy(minute_of(now)):
        pass


def _line_of(home: Path) -> str:
    """Id of the entry of the simulated line; empty before Home Assistant has one."""
    entries = home / ".storage" / "core.config_entries"
    if not entries.exists():
        return ""
    known = json.loads(entries.read_text(encoding="utf-8"))["data"]["entries"]
    return next((entry["entry_id"] for entry in known if entry["domain"] == DOMAIN), "")
