"""What is in an export, down to the byte."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from pathlib import Path
import tracemalloc
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.csv_text import (
    clock,
    join,
    numbers,
    offset_text,
    same_offsets,
    text_cell,
)
from custom_components.csj_meter.telemetry.download import ChangedError, Download, Downloads
from custom_components.csj_meter.telemetry.export import DIALECTS, ExportedMeter, Resolution
from custom_components.csj_meter.telemetry.series import DAY

from .csv_store import BERLIN, METER, OTHER, SERIAL, export, minute, opened, rows_of, series, text_of

NOON = minute("2026-11-22T12:00Z")


def written(steps: int, decimals: int) -> str:
    """One number, as arithmetic on its digits says."""
    if steps == ABSENT:
        return ""
    digits = str(abs(steps)).rjust(decimals + 1, "0")
    whole, behind = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return ("-" if steps < 0 else "") + (f"{whole}.{behind}" if decimals else whole)


@settings(deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.integers(-(10**15), 10**15),
            st.integers(-20_000, 20_000),
            st.integers(0, 15).map(lambda power: 10**power),
            st.just(ABSENT),
        ),
        min_size=1,
        max_size=30,
    ),
    decimals=st.sampled_from([0, 1, 2, 3, 4, 6]),
)
def test_numbers_are_written_to_the_last_digit(steps: list[int], decimals: int) -> None:
    column = numbers(np.array(steps, np.int64), decimals, ",", ".")
    text = join([*column, b"\r\n"], len(steps)).decode()

    assert text.split("\r\n")[:-1] == [f",{written(step, decimals)}" for step in steps]


@settings(deadline=None)
@given(
    minutes=st.lists(
        st.integers(minute("2000-01-01T00:00Z"), minute("2040-01-01T00:00Z")), min_size=1, max_size=50
    ),
    zone=st.sampled_from(
        ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "UTC"]
    ),
)
def test_local_times_have_the_offset_of_their_moment(minutes: list[int], zone: str) -> None:
    place = ZoneInfo(zone)
    moments = np.unique(np.array(minutes, np.int64))
    told = []
    for rows, offset in same_offsets(moments, place):
        times = moments[rows]
        end = f":00{offset_text(offset)}\n".encode()
        told += join([*clock(times + offset), end], len(times)).decode().splitlines()

    assert told == [dt.datetime.fromtimestamp(moment * 60, place).isoformat() for moment in moments.tolist()]


@pytest.mark.parametrize(("day", "offsets"), [("2026-03-29", 2), ("2026-10-25", 2), ("2026-07-01", 1)])
def test_every_minute_of_a_day_knows_its_offset(day: str, offsets: int) -> None:
    minutes = minute(f"{day}T00:00Z") + np.arange(DAY)
    found = same_offsets(minutes, BERLIN)

    assert len(found) == offsets
    for rows, offset in found:
        for moment in minutes[rows][[0, -1]].tolist():
            east = dt.datetime.fromtimestamp(moment * 60, BERLIN).utcoffset()
            assert east == dt.timedelta(minutes=offset)


def test_a_row_tells_time_meter_and_what_was_measured(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2318, ABSENT], energy_import=[1234567, 1234568]))
        store.ingest(
            SERIAL, series(NOON + 5, provenance=Provenance.PROFILE, voltage_l1=[2299], balance=[-205])
        )
        text = text_of(store, export(store))

    assert text == (
        "utc_time,local_time,meter,name,provenance,voltage_l1 [V],energy_import [kWh],balance [EUR]\r\n"
        "2026-11-22T12:00:00Z,2026-11-22T13:00:00+01:00,240000000017,Flat 7,measured,231.8,12345.67,\r\n"
        "2026-11-22T12:01:00Z,2026-11-22T13:01:00+01:00,240000000017,Flat 7,measured,,12345.68,\r\n"
        "2026-11-22T12:05:00Z,2026-11-22T13:05:00+01:00,240000000017,Flat 7,profile,229.9,,-2.05\r\n"
    )


def test_the_hour_that_comes_twice_is_told_apart(tmp_path: Path) -> None:
    start = minute("2026-10-25T00:30Z")
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(start, voltage_l1=[2300] * 61))
        rows = rows_of(text_of(store, export(store)))

    assert (rows[0]["local_time"], rows[60]["local_time"]) == (
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    )


def test_meters_follow_one_another_and_share_their_columns(tmp_path: Path) -> None:
    other = ExportedMeter(
        serial=OTHER, name="Flat 8", currency="EUR", offered=frozenset({"active_power", "frequency"})
    )
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2318]))
        store.ingest(OTHER, series(NOON - 9, active_power=[-125]))
        rows = rows_of(text_of(store, export(store, METER, other)))

    assert [row["meter"] for row in rows] == [SERIAL, OTHER]
    # what a meter offers has a column, even when no sample has it
    assert [*rows[0]][5:] == ["voltage_l1 [V]", "active_power [W]", "frequency [Hz]"]
    assert [*rows[1].values()][5:] == ["", "-12.5", ""]


def test_money_of_different_currencies_has_a_column_that_says_which(tmp_path: Path) -> None:
    other = ExportedMeter(serial=OTHER, name="Flat 8", currency="kWh")
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, balance=[1000], price_t1=[2500]))
        store.ingest(OTHER, series(NOON, balance=[2000]))
        both = rows_of(text_of(store, export(store, METER, other)))
        one = text_of(store, export(store))

    assert [(row["currency"], row["balance"]) for row in both] == [("EUR", "10.00"), ("kWh", "20.00")]
    assert one.splitlines()[0].endswith("balance [EUR],price_t1 [EUR/kWh]")


def test_only_the_range_that_was_asked_for_is_there(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300 + number for number in range(10)]))
        rows = rows_of(text_of(store, export(store, since=NOON + 2, until=NOON + 4)))

    assert [row["voltage_l1 [V]"] for row in rows] == ["230.2", "230.3"]


def test_a_meter_without_samples_has_a_header_only(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        made = export(store)
        parts = list(made.parts(store))

    assert [part.rows for part in parts] == [0]
    assert parts[0].data == b"utc_time,local_time,meter,name,provenance\r\n"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-5", "'-5"),
        ("@home", "'@home"),
        ("\t=1", "'=1"),
        ('Flat "A", left', '"Flat ""A"", left"'),
        ("two\r\nlines", "two  lines"),
        ("Größe; mal", "Größe; mal"),
    ],
)
def test_a_name_is_one_harmless_cell(name: str, cell: str) -> None:
    assert text_cell(name, ",") == cell


@pytest.mark.parametrize("name", DIALECTS)
def test_each_dialect_is_read_back_by_its_own_rules(tmp_path: Path, name: str) -> None:
    dialect = DIALECTS[name]
    meter = ExportedMeter(serial=SERIAL, name='Müller; "links", =1', currency="EUR")
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2318], price_t1=[2315]))
        made = export(store, meter, dialect=dialect)
        data = b"".join(part.data for part in made.parts(store))

    assert data.startswith(b"\xef\xbb\xbf") is dialect.marked
    reader = csv.DictReader(
        io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=dialect.separator, strict=True
    )
    row = next(reader)
    assert row["name"] == meter.name
    assert row["voltage_l1 [V]"] == f"231{dialect.point}8"
    assert row["price_t1 [EUR/kWh]"] == f"0{dialect.point}2315"


def test_hours_and_days_tell_their_figures(tmp_path: Path) -> None:
    start = minute("2026-10-24T22:00Z")  # local midnight of a day of 25 hours
    counter = [100_000 + number for number in range(2 * DAY)]
    with opened(tmp_path) as store:
        store.ingest(
            SERIAL,
            series(start, voltage_l1=[2300, 2310] * DAY, energy_import_t1=counter, price_t1=[2500] * 2 * DAY),
        )
        store.roll(start + 2 * DAY)
        hours = rows_of(text_of(store, export(store, resolution=Resolution.HOUR)))
        days = rows_of(text_of(store, export(store, resolution=Resolution.DAY)))

    assert len(hours) >= 46
    first = hours[1]
    assert first["utc_time"] == "2026-10-24T23:00:00Z"
    assert first["minutes"] == "60"
    assert first["measured_count"] == "60"
    assert first["voltage_l1_mean [V]"] in ("230.5", "230.4")
    assert (first["voltage_l1_min [V]"], first["voltage_l1_max [V]"]) == ("230.0", "231.0")
    assert first["energy_import_t1_used [kWh]"] == "0.60"
    assert first["energy_import_t1_cost [EUR]"] == "0.150000"
    assert days[0]["minutes"] == "1500"
    assert days[0]["local_time"] == "2026-10-25T00:00:00+02:00"


def test_without_prices_there_are_no_columns_of_cost(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, energy_import_t1=[1, 2]))
        header = text_of(store, export(store, resolution=Resolution.HOUR))

    assert "energy_import_t1_used [kWh]" in header
    assert "cost" not in header


def test_the_same_request_gives_the_same_bytes_and_packed_it_is_one_gzip_file(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300 + number % 50 for number in range(20 * DAY)]))
        plain = text_of(store, export(store))
        packed = [
            b"".join(part.data for part in export(store, compressed=True).parts(store)) for _ in range(2)
        ]

    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]).decode() == plain
    assert len(packed[0]) < len(plain) / 3


def test_the_memory_for_an_export_does_not_grow_with_its_length(tmp_path: Path) -> None:
    def peak(days: int) -> int:
        made = export(store, until=NOON + days * DAY)
        tracemalloc.start()
        rows = sum(part.rows for part in made.parts(store))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert rows == days * DAY
        return most

    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300] * 90 * DAY, active_power=[1234] * 90 * DAY))
        peak(21)

        assert peak(90) < 1.3 * peak(21)


# What was cut off goes on


def test_a_download_that_was_cut_off_anywhere_goes_on_there(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300 + number % 50 for number in range(10 * DAY)]))
        whole = text_of(store, export(store)).encode()
        for offset in (0, 1, 40, len(whole) // 3, len(whole) // 2, len(whole) - 1):
            download = Download(export(store))
            sent = b""
            while len(sent) <= offset:
                sent += download.part(store, len(download._marks)).data

            while not download.measured:
                download.measure(store)
            number, skip = download.place(offset)
            rest = b"".join(download.part(store, part).data for part in range(number, download.parts))

            assert download.size == len(whole)
            assert sent[:offset] + rest[skip:] == whole


def test_a_download_does_not_go_on_with_something_else(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300] * 100))
        download = Download(export(store))
        while not download.measured:
            download.measure(store)
        store.ingest(SERIAL, series(NOON + 3, voltage_l1=[2301]))

        with pytest.raises(ChangedError):
            download.part(store, 1)
        with pytest.raises(IndexError):
            download.place(download.size)


def test_downloads_are_found_by_their_tag_or_by_what_was_asked_for(tmp_path: Path) -> None:
    downloads = Downloads()
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300] * 100))
        first = downloads.begin("a", export(store))
        first.measure(store)
        second = downloads.begin("a", export(store))
        for _ in range(2):
            second.measure(store)

        assert downloads.find("a", first.tag) is first
        assert downloads.find("b", first.tag) is None
        assert downloads.find("a", "unknown") is None
        # both are the same so far
        assert downloads.find("a", None) is second
        assert downloads.find("b", None) is None

        store.ingest(SERIAL, series(NOON + 3, voltage_l1=[2301]))
        third = downloads.begin("a", export(store))
        for _ in range(2):
            third.measure(store)
        assert downloads.find("a", None) is None

        for number in range(20):
            downloads.begin(str(number), export(store))
        assert downloads.find("a", first.tag) is None
