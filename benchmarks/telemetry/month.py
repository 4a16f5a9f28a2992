"""A month of a hundred meters in one file: how fast it is taken in, how large it is, how fast it is read.

``python -m benchmarks.telemetry.month FOLDER METERS DAYS LIVE_DAYS`` prints one JSON object. The first days
are taken in at once, meter by meter; the last ``LIVE_DAYS`` come minute by minute. It runs on one core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
import io
import json
import os
from pathlib import Path
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

from custom_components.csj_meter.meters.sample import Sample
from custom_components.csj_meter.telemetry.address import at_file
from custom_components.csj_meter.telemetry.columns import FIGURES, Stat
from custom_components.csj_meter.telemetry.export import Export, ExportedMeter, ExportRequest, Resolution
from custom_components.csj_meter.telemetry.series import DAY
from custom_components.csj_meter.telemetry.store import Store

from .reference import Order, Reference
from .site import FIRST, Site
from .writing import empty_log, write_ours

ZONE = ZoneInfo("Europe/Lisbon")

EXPORTED_DAYS = 90

REFERENCE_DAYS = 10
"""How much of the same the references have; they take as long for each day."""

LEVELS = {
    *("active_power", "power_factor", "frequency"),
    *(f"{name}_l{phase}" for name in ("voltage", "current", "active_power") for phase in (1, 2, 3)),
}
"""What the baseline of the engine is made of, besides counts, energy, status and tariff."""

BASELINE = tuple(
    key
    for key, figure in FIGURES.items()
    if figure.quantity is None
    or (figure.quantity in LEVELS and figure.stat in {Stat.MEAN, Stat.MIN, Stat.MAX})
    or key in ("energy_import_used", "energy_export_used", "status_any", "active_tariff_last")
)


@dataclass(frozen=True, kw_only=True)
class Exports:
    """Figures of ``EXPORTED_DAYS`` of one meter as CSV, from a file that is not in memory; seconds."""

    first_bytes: float
    """Until the header is there."""

    first_row: float
    """Until the first rows are."""

    seconds: float
    """Until all is."""

    size: int
    """Bytes of the text."""

    memory_growth: int
    """Bytes by which it took more memory than ten days had taken before."""

    reference: Mapping[Order, float]
    """What the same takes row by row."""

    same: bool
    """Whether the texts are the same."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """Figures; seconds and bytes."""

    rows: int
    """Samples in the file in the end, without those that are there for the export alone."""

    ingested: int
    """Samples that were taken in at once."""

    ingesting: float
    """How long that took."""

    working: float
    """How much of that time the core worked for it."""

    size_ingested: int
    """Of the file with these alone, all of it."""

    size: int
    """Of the file in the end."""

    live_rows: int
    """Samples that came minute by minute."""

    baseline: float
    """Reading what the engine needs of all meters."""

    baseline_all: float
    """Reading all figures of all meters."""

    figures: int
    """How many the engine needs."""

    exports: Exports
    """One meter among all."""


def measure(folder: Path, meters: int, days: int, live_days: int) -> Month:
    """Do it in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, str(folder), str(meters), str(days), str(live_days)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout)
    return Month(**found | {"exports": Exports(**found["exports"])})


def main(folder: str, meters: str, days: str, live_days: str) -> None:
    """Measure, and tell."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    site, path = Site(int(meters)), Path(folder, "month.db")
    whole, live = int(days), int(live_days)
    store = Store.open(at_file(path), zone=ZONE)
    ingested, ingesting, working = 0, 0.0, 0.0
    for serial, series in site.months(whole - live):
        begun, busy = time.perf_counter(), time.process_time()
        store.ingest(serial, series)
        ingesting += time.perf_counter() - begun
        working += time.process_time() - busy
        ingested += len(series)
    switch = FIRST + (whole - live) * DAY
    store.close()
    size_ingested = _size(path)
    store = Store.open(at_file(path), zone=ZONE)
    writing = write_ours(store, site, switch, FIRST + whole * DAY)
    end = FIRST + whole * DAY
    store.roll(end + 2)
    while store.tidy(end + 2 * 60):
        pass
    store.close()
    size = _size(path)
    store = Store.open(at_file(path), zone=ZONE)
    _forget(path)
    begun = time.perf_counter()
    store.hours(site.serials, FIRST, end, BASELINE)
    baseline = time.perf_counter() - begun
    begun = time.perf_counter()
    store.hours(site.serials, FIRST, end)
    baseline_all = time.perf_counter() - begun
    exports = _exports(Path(folder), store, site, end)
    store.close()
    month = Month(
        rows=ingested + writing.rows,
        ingested=ingested,
        ingesting=ingesting,
        working=working,
        size_ingested=size_ingested,
        size=size,
        live_rows=writing.rows,
        baseline=baseline,
        baseline_all=baseline_all,
        figures=len(BASELINE),
        exports=exports,
    )
    print(json.dumps(asdict(month)))


def _size(path: Path) -> int:
    empty_log(path)
    return path.stat().st_size


def _forget(path: Path) -> None:
    """Have the file read from the disk when it is read next."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _exports(folder: Path, store: Store, site: Site, end: int) -> Exports:
    """One meter over ``EXPORTED_DAYS``, from the store and, among as many others, from the references."""
    since, serial = end - EXPORTED_DAYS * DAY, site.serials[0]
    for one, series in site.months((FIRST - since) // DAY, since, only=1):
        store.ingest(one, series)
    _export(store, serial, end - 10 * DAY, end)
    _forget(folder / "month.db")
    memory = _peak(begin=True)
    begun = time.perf_counter()
    export = _planned(store, serial, since, end)
    header = export.start().data
    first_bytes = time.perf_counter() - begun
    first_row, size = 0.0, len(header)
    for number in range(len(export.pieces)):
        size += len(export.part(store, number).data)
        first_row = first_row or time.perf_counter() - begun
    took = time.perf_counter() - begun
    memory = _peak() - memory
    rows = {order: _by_row(folder, order, site, store, end) for order in (Order.INDEX, Order.METER)}
    return Exports(
        first_bytes=first_bytes,
        first_row=first_row,
        seconds=took,
        size=size,
        memory_growth=memory,
        reference={order: seconds * EXPORTED_DAYS / REFERENCE_DAYS for order, (seconds, _) in rows.items()},
        same=all(same for _, same in rows.values()),
    )


def _by_row(folder: Path, order: Order, site: Site, store: Store, end: int) -> tuple[float, bool]:
    """Seconds for ``REFERENCE_DAYS`` of the same from a reference, and whether the text is the same."""
    since, serial = end - REFERENCE_DAYS * DAY, site.serials[0]
    path = folder / f"{order}.db"
    export = _planned(store, serial, since, end)
    reference = Reference(path, order, export.columns)
    chunk: list[Sample] = []
    for (sample,) in site.rounds(since, end, only=1):
        # the neighbours' rows only have to lie there: they are the same
        chunk += [replace(sample, serial=other) for other in site.serials]
        if sample.minute % 60 == 59:
            reference.append(chunk)
            chunk = []
    reference.close()
    _forget(path)
    reference.reopen()
    file = io.StringIO(newline="")
    header = export.start().data.decode()
    begun = time.perf_counter()
    reference.export(serial, export.columns, header, ZONE, file)
    took = time.perf_counter() - begun
    reference.close()
    path.unlink()
    return took, file.getvalue().encode() == b"".join(_export(store, serial, since, end))


def _planned(store: Store, serial: str, since: int, end: int) -> Export:
    meter = ExportedMeter(serial=serial, name=serial, currency="EUR")
    request = ExportRequest(meters=(meter,), since=since, until=end, resolution=Resolution.MINUTE, zone=ZONE)
    return Export.plan(store, request)


def _export(store: Store, serial: str, since: int, end: int) -> list[bytes]:
    return [part.data for part in _planned(store, serial, since, end).parts(store)]


def _peak(*, begin: bool = False) -> int:
    """Most memory that this process has had since the last beginning, bytes."""
    if begin:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def run(arguments: Sequence[str]) -> None:
    """From the command line."""
    main(*arguments)


if __name__ == "__main__":
    run(sys.argv[1:])
