"""Files that somebody imports: samples that can be, or an error that names line and column."""

from __future__ import annotations

import tempfile
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.csj_meter.telemetry.csv_errors import CsvError
from custom_components.csj_meter.telemetry.importing import LONGEST_LINE, CsvFile, ImportRequest, KnownMeter

from .malformed import TEXTS, door, is_short, mutated_bytes

SERIAL, OTHER = "240000000017", "=240000000018"
NOW = 29_900_000
SEEDS = tuple(
    text.encode()
    for text in (
        f"utc_time,meter,energy_import,voltage_l1\n2026-01-01T00:00Z,{SERIAL},1,230.1\n2026-01-01T00:01Z,'{OTHER},2,",
        f'\ufefftime;meter;energy_import [Wh];price_t1 [EUR/kWh]\r\n1767225600;{SERIAL};"1000,5";0,25\r\n',
        f"local_time\tmeter\tactive_tariff\ttemperature [°C]\n2026-03-29 02:30\t{SERIAL}\t1\t-5.5\n",
    )
)
TOKENS = (
    *(text.encode("utf-8", "surrogatepass")[:3000] for text in TEXTS),
    *(b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b" [kW]", b"[", b"]"),
    *(b"1e308", b"1e-320", b"-0", b"+14:00"),
)


def take_in(data: bytes, request: ImportRequest) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        try:
            csv = CsvFile(file, request)
            summary = csv.check()
            rows = 0
            for serial, samples in csv.batches():
                assert serial in request.meters
                assert len(samples)
                rows += len(samples)
        except CsvError as err:
            is_short(err, 3000)
            return
    assert 0 < rows <= summary.rows


REQUESTS = tuple(
    ImportRequest(
        meters={SERIAL: KnownMeter(serial=SERIAL), OTHER: KnownMeter(serial=OTHER)},
        meter=meter,
        zone=zone,
        now=NOW,
    )
    for meter in (None, KnownMeter(serial=SERIAL))
    for zone in (None, ZoneInfo("Europe/Berlin"))
)


@door(300)
@given(st.one_of(mutated_bytes(SEEDS, TOKENS), st.binary(max_size=200)), st.sampled_from(REQUESTS))
def test_a_file_of_bytes(data: bytes, request: ImportRequest) -> None:
    take_in(data, request)


@door(200)
@given(
    st.sampled_from(
        ("time", "utc_time", "meter", "energy_import [Wh]", "active_power [MW]", "price_t1 [EUR/kWh]")
    ),
    st.sampled_from(TEXTS) | st.text(max_size=20) | st.datetimes().map(str) | st.floats().map(str),
)
def test_a_cell(title: str, cell: str) -> None:
    titles = ["time", "meter", "voltage_l1"]
    cells = ["2026-01-01T00:00Z", SERIAL, "230"]
    if title in titles:
        cells[titles.index(title)] = cell
    elif title != "utc_time":
        titles.append(title)
        cells.append(cell)
    else:
        titles[0], cells[0] = title, cell
    text = ",".join(titles) + "\n" + ",".join('"' + one.replace('"', '""') + '"' for one in cells) + "\n"
    take_in(text.encode("utf-8", "surrogatepass"), REQUESTS[1])


def test_files_that_would_take_for_ever() -> None:
    for data in (
        b"time," + b" " * (LONGEST_LINE - 10) + b"x\n",
        b"time,a" + b" " * (LONGEST_LINE - 10) + b"b\n",
        b"time,a [" + b" " * (LONGEST_LINE - 10) + b"b\n",
        b"time," * (LONGEST_LINE // 5 - 1) + b"\n",
        b"time," + b"a" * (LONGEST_LINE - 10) + b"\n",
        b"time,voltage_l1\n" + b'"' + b"\n" * 300_000,
        b"time,voltage_l1\n" + b"\n" * 300_000,
        b"time,voltage_l1" + b"," * 60_000 + b"\n2026-01-01T00:00Z,230\n",
    ):
        take_in(data, REQUESTS[2])
