"""A store in a file, and what is put into it for exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import csv
import datetime as dt
import io
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.export import (
    Dialect,
    Export,
    ExportedMeter,
    ExportRequest,
    Resolution,
)
from custom_components.csj_meter.telemetry.series import Series
from custom_components.csj_meter.telemetry.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
SERIAL, OTHER = "240000000017", "240000000018"
METER = ExportedMeter(serial=SERIAL, name="Flat 7", currency="EUR")


def minute(text: str) -> int:
    """``2026-11-22T12:00Z`` as a minute."""
    return int(dt.datetime.fromisoformat(text).timestamp()) // 60


BEGIN, END = minute("2026-01-01T00:00Z"), minute("2027-06-01T00:00Z")
"""What is exported when nobody says."""


def series(start: int, *, provenance: Provenance = Provenance.MEASURED, **columns: list[int]) -> Series:
    """Samples of every minute from ``start`` on."""
    count = len(next(iter(columns.values())))
    return Series(
        minutes=start + np.arange(count),
        provenance=np.full(count, int(provenance)),
        columns={name: np.array(steps, np.int64) for name, steps in columns.items()},
    )


@contextmanager
def opened(folder: Path, zone: ZoneInfo = BERLIN) -> Iterator[Store]:
    """An empty store."""
    store = Store.open(f"sqlite:///{folder / 'telemetry.db'}", zone=zone)
    try:
        yield store
    finally:
        store.close()


def export(
    store: Store,
    *meters: ExportedMeter,
    since: int = BEGIN,
    until: int = END,
    resolution: Resolution = Resolution.MINUTE,
    zone: ZoneInfo = BERLIN,
    dialect: Dialect | None = None,
    compressed: bool = False,
) -> Export:
    """An export of meters, planned."""
    request = ExportRequest(
        meters=meters or (METER,),
        since=since,
        until=until,
        resolution=resolution,
        zone=zone,
        dialect=dialect or Dialect(),
        compressed=compressed,
    )
    return Export.plan(store, request)


def text_of(store: Store, made: Export) -> str:
    """All of it."""
    return b"".join(part.data for part in made.parts(store)).decode()


def rows_of(text: str) -> list[dict[str, str]]:
    """As a reader of RFC 4180 sees it."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
