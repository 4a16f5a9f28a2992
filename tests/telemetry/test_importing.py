"""What a CSV file may say, and what it is told when it says something else."""

from __future__ import annotations

from collections.abc import Callable
import io
from pathlib import Path
import tempfile
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.columns import ABSENT, COLUMNS
from custom_components.csj_meter.telemetry.csv_errors import CsvError, CsvProblem
from custom_components.csj_meter.telemetry.csv_header import FACTORS
from custom_components.csj_meter.telemetry.export import DIALECTS, ExportedMeter, Resolution
from custom_components.csj_meter.telemetry.importing import (
    CsvFile,
    FileSummary,
    ImportRequest,
    KnownMeter,
    SeenMinutes,
    overruled,
)
from custom_components.csj_meter.telemetry.series import DAY, Series
from custom_components.csj_meter.telemetry.store import Store

from .csv_store import BERLIN, OTHER, SERIAL, export, minute, opened, series, text_of

NOON = minute("2026-11-22T12:00Z")
NOW = NOON + 90
ONE = KnownMeter(serial=SERIAL)
BOTH = {serial: KnownMeter(serial=serial) for serial in (SERIAL, OTHER)}

type Read = Callable[..., tuple[FileSummary, dict[str, Series]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Check a file and take it in."""

    def do(
        content: str | bytes, *, meter: KnownMeter | None = None, zone: ZoneInfo | None = None
    ) -> tuple[FileSummary, dict[str, Series]]:
        return taken(tmp_path, content, meter=meter, zone=zone)

    return do


def taken(
    folder: Path, content: str | bytes, *, meter: KnownMeter | None = None, zone: ZoneInfo | None = None
) -> tuple[FileSummary, dict[str, Series]]:
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found: dict[str, Series] = {}
    with path.open("rb") as file:
        csv_file = CsvFile(file, ImportRequest(meters=BOTH, meter=meter, zone=zone, now=NOW))
        summary = csv_file.check()
        for serial, batch in csv_file.batches():
            found[serial] = found.get(serial, Series.empty()).merged(batch)
    return summary, found


def problem_of(read: Read, content: str | bytes, **how: object) -> CsvError:
    with pytest.raises(CsvError) as told:
        read(content, **how)
    return told.value


def volts(found: Series) -> list[float]:
    values: list[float] = found.numbers("voltage_l1").tolist()
    return values


def test_the_example_of_the_documentation_is_understood(read: Read) -> None:
    lines = (Path(__file__).parents[2] / "docs" / "csv.md").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("    time;"))
    example = [line.strip() for line in lines[first : first + 3]]

    _, found = read("\n".join(example), meter=ONE, zone=BERLIN)

    assert found[SERIAL].minutes.tolist() == [minute("2026-04-30T22:00Z"), minute("2026-04-30T22:01Z")]
    assert found[SERIAL].numbers("active_power").tolist() == [1250.0, 1300.0]
    assert found[SERIAL].numbers("energy_import").tolist() == [10234.5, 10234.52]


# Round trip

PLAIN = [
    name
    for name, column in COLUMNS.items()
    if name not in ("status", "active_tariff") and QUANTITIES[name].low <= 0 and column.decimals
]


@st.composite
def samples(draw: st.DrawFn) -> Series:
    """Any samples that a meter can have measured."""
    minutes = sorted(draw(st.sets(st.integers(NOON - 3 * DAY, NOON), min_size=1, max_size=12)))
    columns = {}
    for name in draw(st.sets(st.sampled_from([*PLAIN, "status", "active_tariff"]), min_size=1, max_size=6)):
        quantity, scale = QUANTITIES[name], 10 ** COLUMNS[name].decimals
        steps = st.integers(int(quantity.low * scale), int(quantity.high * scale))
        cells = draw(
            st.lists(st.one_of(steps, st.just(ABSENT)), min_size=len(minutes), max_size=len(minutes))
        )
        columns[name] = np.array(cells, np.int64)
    return Series(
        minutes=np.array(minutes, np.int64),
        provenance=np.array([draw(st.sampled_from(Provenance)) for _ in minutes], np.int64),
        columns=columns,
    )


def sampled(found: Series) -> dict[int, dict[str, int]]:
    """Minute -> what was measured, where anything was."""
    rows: dict[int, dict[str, int]] = {}
    for name, steps in found.columns.items():
        for moment, step in zip(found.minutes.tolist(), steps.tolist(), strict=True):
            if step != ABSENT:
                rows.setdefault(moment, {})[name] = step
    return rows


@settings(max_examples=15, deadline=None)
@given(first=samples(), second=samples(), dialect=st.sampled_from([*DIALECTS]))
def test_what_was_exported_is_imported_again_to_the_last_digit(
    first: Series, second: Series, dialect: str
) -> None:
    assume(sampled(first))  # a file without any value is refused
    meters = [ExportedMeter(serial=serial, name="=Flat, 7", currency="EUR") for serial in BOTH]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        with opened(Path(one)) as store:
            store.ingest(SERIAL, first)
            store.ingest(OTHER, second)
            before = text_of(store, export(store, *meters, dialect=DIALECTS[dialect]))
        summary, found = taken(Path(other), before)
        with opened(Path(other)) as store:
            for serial, batch in found.items():
                store.ingest(serial, batch)
            stored = {
                serial: Series.joined(store.minutes(serial, NOON - 9 * DAY, NOON + DAY)) for serial in BOTH
            }

    for serial, measured in ((SERIAL, first), (OTHER, second)):
        assert sampled(stored[serial]) == sampled(measured)
        assert set(stored[serial].provenance.tolist()) <= {Provenance.IMPORTED}
    assert summary.rows == len(sampled(first)) + len(sampled(second))


def test_an_import_exported_again_is_the_same_file_but_for_its_provenance(tmp_path: Path, read: Read) -> None:
    def both(store: Store) -> str:
        return text_of(store, export(store))

    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON - DAY, voltage_l1=[2300, 2310, ABSENT], energy_import=[5, 5, 6]))
        before = both(store)
    _, found = read(before)
    (tmp_path / "telemetry.db").unlink()
    with opened(tmp_path) as store:
        store.ingest(SERIAL, found[SERIAL])
        after = both(store)

    assert after == before.replace(",measured,", ",imported,")


# Files from elsewhere


def test_units_are_converted(read: Read) -> None:
    _, found = read(
        "Time,Active power [kW],reactive_power[ kvar ],energy_import [MWh],energy_export [Wh],voltage_l1\n"
        "2026-11-22T12:00:30Z,1.5,-0.25,12.34567,1234567,231.84\n",
        meter=ONE,
    )

    assert found[SERIAL].samples(SERIAL)[0].values == {
        "active_power": 1500.0,
        "reactive_power": -250.0,
        "energy_import": 12345.67,
        "energy_export": 1234.57,
        "voltage_l1": 231.8,
    }
    assert found[SERIAL].minutes.tolist() == [NOON]


@pytest.mark.parametrize("unit", FACTORS)
def test_the_own_unit_of_a_quantity_is_among_those_that_are_understood(unit: str) -> None:
    assert [factor for name, factor in FACTORS[unit].items() if name == unit] == [1]  # type: ignore[index]


def test_every_stored_quantity_can_be_imported(read: Read) -> None:
    for name in COLUMNS:
        quantity = QUANTITIES[name]
        value = min(max(1, quantity.low), quantity.high)
        _, found = read(f"time,{name}\n2026-11-22T12:00Z,{value}\n", meter=ONE)
        assert found[SERIAL].numbers(name).tolist() == [value]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-22T12:00:59.9Z", NOON),
        ("2026-11-22 14:00+02:00", NOON),
        ("20261122T120000Z", NOON),
        ("1795348800", NOON),
        (" 2026-11-22T12:00Z ", NOON),
    ],
)
def test_times_are_understood_in_several_ways(read: Read, time: str, expected: int) -> None:
    assert NOON * 60 == 1795348800
    summary, _ = read(f"time,voltage_l1\n{time},230\n", meter=ONE)

    assert (summary.first, summary.last) == (expected, expected)


def test_local_times_need_a_zone(read: Read) -> None:
    text = "time,voltage_l1\n2026-11-22T13:00,230\n"

    summary, _ = read(text, meter=ONE, zone=BERLIN)
    assert summary.first == NOON

    told = problem_of(read, text, meter=ONE)
    assert (told.problem, told.line, told.column) == (CsvProblem.NAIVE_TIME, 2, "time")


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("2026-10-25T02:30", CsvProblem.AMBIGUOUS_TIME),
        ("2026-03-29T02:30", CsvProblem.SKIPPED_TIME),
        ("2026-11-23T14:31", CsvProblem.FUTURE_TIME),
        ("1999-12-31T23:00", CsvProblem.EARLY_TIME),
        ("22.11.2026 12:00", CsvProblem.BAD_TIME),
        ("1795348800000", CsvProblem.BAD_TIME),
        ("0001-01-01T00:00+23:00", CsvProblem.EARLY_TIME),
        ("9999-12-31T23:59-23:00", CsvProblem.FUTURE_TIME),
        ("x" * 5000, CsvProblem.BAD_TIME),
        ("", CsvProblem.BAD_TIME),
    ],
)
def test_times_that_mean_nothing_are_refused(read: Read, time: str, problem: CsvProblem) -> None:
    told = problem_of(read, f"time,voltage_l1\n2026-11-22T12:00Z,230\n\n{time},230\n", meter=ONE, zone=BERLIN)

    assert (told.problem, told.line, told.column) == (problem, 4, "time")


def test_hours_beside_a_change_of_the_clocks_are_right(read: Read) -> None:
    _, found = read("time;voltage_l1\n2026-10-25T01:59;230\n2026-10-25T03:00;231\n", meter=ONE, zone=BERLIN)

    assert np.diff(found[SERIAL].minutes).tolist() == [121]


def test_of_two_rows_of_a_minute_the_later_one_counts(read: Read) -> None:
    summary, found = read(
        "time,meter,voltage_l1\n"
        f"2026-11-22T12:01Z,{SERIAL},231\n"
        f"2026-11-22T12:00Z,{SERIAL},230\n"
        f"2026-11-22T12:00Z,{OTHER},235\n"
        f"2026-11-22T12:01:30Z,{SERIAL},232\n"
    )

    assert (summary.rows, summary.repeated, summary.meters) == (4, 1, (SERIAL, OTHER))
    assert volts(found[SERIAL]) == [230.0, 232.0]
    assert volts(found[OTHER]) == [235.0]


def test_rows_without_a_value_are_passed_over(read: Read) -> None:
    summary, found = read(
        "time,voltage_l1,current_l1\n2026-11-22T12:00Z,,\n2026-11-22T12:01Z,230, \n;\n".replace(";", ","),
        meter=ONE,
    )

    assert summary.rows == 1
    assert volts(found[SERIAL]) == [230.0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("time;voltage_l1\r\n2026-11-22T12:00Z;230,5\r\n", 230.5),
        ("\ufefftime\tvoltage_l1\t\n2026-11-22T12:00Z\t230.5\t\n", 230.5),
        ('"time","voltage_l1 [V]","name"\n"2026-11-22T12:00Z"," 230.5 ","a\nb"\n', 230.5),
        ("utc_time,local_time,provenance,voltage_l1\n2026-11-22T12:00Z,x,measured,2.305e2\n", 230.5),
    ],
)
def test_what_spreadsheets_write_is_read(read: Read, text: str, value: float) -> None:
    _, found = read(text, meter=ONE)

    assert volts(found[SERIAL]) == [value]


@pytest.mark.parametrize(
    ("text", "problem", "line", "column"),
    [
        ("", CsvProblem.EMPTY, 1, ""),
        ("time,voltage_l1\n", CsvProblem.EMPTY, 1, ""),
        ("when,voltage_l1\n", CsvProblem.NO_TIME, 1, ""),
        ("time,name\n2026-11-22T12:00Z,x\n", CsvProblem.NO_QUANTITY, 1, ""),
        ("time,voltage_l4\n", CsvProblem.UNKNOWN_COLUMN, 1, "voltage_l4"),
        ("time,voltage_l1,Voltage L1 [V]\n", CsvProblem.REPEATED_COLUMN, 1, "Voltage L1 [V]"),
        ("time,active_power [V]\n", CsvProblem.WRONG_UNIT, 1, "active_power [V]"),
        ("time,price_t1 [EUR]\n", CsvProblem.WRONG_UNIT, 1, "price_t1 [EUR]"),
        ("time,minutes,voltage_l1_mean [V]\n", CsvProblem.AGGREGATES, 1, ""),
        ("time," + ",".join(f"c{n}" for n in range(300)) + "\n", CsvProblem.MANY_COLUMNS, 1, ""),
        ("time,voltage_l1\n2026-11-22T12:00Z\n", CsvProblem.CELLS, 2, ""),
        ("time,voltage_l1\n2026-11-22T12:00Z,1,2\n", CsvProblem.CELLS, 2, ""),
        ("time,voltage_l1\n2026-11-22T12:00Z,x\n", CsvProblem.NOT_A_NUMBER, 2, "voltage_l1"),
        ('time,voltage_l1\n2026-11-22T12:00Z,"230,5"\n', CsvProblem.NOT_A_NUMBER, 2, "voltage_l1"),
        ("time,voltage_l1\n2026-11-22T12:00Z,nan\n", CsvProblem.NOT_A_NUMBER, 2, "voltage_l1"),
        ("time,voltage_l1\n2026-11-22T12:00Z,inf\n", CsvProblem.NOT_A_NUMBER, 2, "voltage_l1"),
        ("time,voltage_l1\n2026-11-22T12:00Z,2_30\n", CsvProblem.NOT_A_NUMBER, 2, "voltage_l1"),
        ("time,active_tariff\n2026-11-22T12:00Z,1.5\n", CsvProblem.NOT_WHOLE, 2, "active_tariff"),
        ("time,voltage_l1\n2026-11-22T12:00Z,1001\n", CsvProblem.IMPLAUSIBLE, 2, "voltage_l1"),
        ("time,energy_import\n2026-11-22T12:00Z,-1\n", CsvProblem.IMPLAUSIBLE, 2, "energy_import"),
        ('time,voltage_l1\n2026-11-22T12:00Z,"230\n', CsvProblem.MALFORMED, 2, ""),
        ("time,voltage_l1\n2026-11-22T12:00Z," + "1" * 70_000 + "\n", CsvProblem.LONG_LINE, 2, ""),
    ],
)
def test_a_mistake_is_told_with_its_place(
    read: Read, text: str, problem: CsvProblem, line: int, column: str
) -> None:
    told = problem_of(read, text, meter=ONE)

    assert (told.problem, told.line, told.column) == (problem, line, column)
    assert f"line {line}" in str(told)


def test_a_cell_behind_a_quoted_line_end_has_its_true_line(read: Read) -> None:
    told = problem_of(
        read,
        'time,name,voltage_l1\n2026-11-22T12:00Z,"a\nb",230\n2026-11-22T12:01Z,c,x\n',
        meter=ONE,
    )

    assert (told.line, told.placeholders["value"]) == (4, "x")


def test_a_long_value_is_not_repeated_whole(read: Read) -> None:
    told = problem_of(read, f"time,voltage_l1\n2026-11-22T12:00Z,{'x' * 500}\n", meter=ONE)

    assert len(told.placeholders["value"]) == 60


@pytest.mark.parametrize("text", ["Größe".encode("cp1252"), "time,voltage_l1\n".encode("utf-16")])
def test_other_encodings_are_refused(read: Read, text: bytes) -> None:
    told = problem_of(read, b"time,name,voltage_l1\n2026-11-22T12:00Z," + text + b",1\n", meter=ONE)

    assert (told.problem, told.line) == (CsvProblem.ENCODING, 2)


def test_rows_of_meters_that_are_not_here_are_refused(read: Read) -> None:
    text = f"time,meter,voltage_l1\n2026-11-22T12:00Z,{SERIAL},230\n2026-11-22T12:00Z,999,230\n"

    told = problem_of(read, text)
    assert (told.problem, told.line, told.details) == (CsvProblem.UNKNOWN_METER, 3, {"value": "999"})

    assert problem_of(read, text, meter=ONE).problem is CsvProblem.OTHER_METER
    assert problem_of(read, "time,voltage_l1\n2026-11-22T12:00Z,230\n").problem is CsvProblem.NO_METER


def test_transformers_widen_what_is_possible(read: Read) -> None:
    text = "time,current_l1\n2026-11-22T12:00Z,12000\n"

    assert problem_of(read, text, meter=ONE).problem is CsvProblem.IMPLAUSIBLE
    _, found = read(text, meter=KnownMeter(serial=SERIAL, ct_ratio=100))
    assert found[SERIAL].numbers("current_l1").tolist() == [12000.0]


@pytest.mark.parametrize("resolution", [Resolution.HOUR, Resolution.DAY])
def test_our_own_aggregates_are_told_from_samples(tmp_path: Path, read: Read, resolution: Resolution) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON - DAY, voltage_l1=[2300] * 100))
        text = text_of(store, export(store, resolution=resolution))

    assert problem_of(read, text).problem is CsvProblem.AGGREGATES


def test_a_file_that_changes_between_the_passes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("time,voltage_l1\n2026-11-22T12:00Z,230\n", encoding="utf-8")
    with path.open("rb") as file:
        csv_file = CsvFile(file, ImportRequest(meters={}, meter=ONE, now=NOW))
        csv_file.check()
        with path.open("a", encoding="utf-8") as more:
            more.write("2026-11-22T12:01Z,x\n")

        with pytest.raises(CsvError) as told:
            list(csv_file.batches())

    assert told.value.problem is CsvProblem.CHANGED


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.csj_meter.telemetry.importing.LARGEST_FILE", 10)

    with pytest.raises(CsvError) as told:
        taken(tmp_path, "time,voltage_l1\n")

    assert told.value.problem is CsvProblem.TOO_LARGE


def test_large_files_come_in_batches(tmp_path: Path) -> None:
    days = 40
    lines = io.StringIO()
    lines.write("time,voltage_l1\n")
    for number in range(days * DAY):
        lines.write(f"{(NOON - days * DAY + number) * 60},{200 + number % 77}\n")
    path = tmp_path / "file.csv"
    path.write_text(lines.getvalue(), encoding="utf-8")

    with path.open("rb") as file:
        csv_file = CsvFile(file, ImportRequest(meters={}, meter=ONE, now=NOW))
        summary = csv_file.check()
        batches = list(csv_file.batches())

    assert (summary.rows, summary.repeated, summary.last) == (days * DAY, 0, NOON - 1)
    assert len(batches) == 2
    whole = Series.joined(batch for _, batch in batches)
    assert volts(whole) == [200 + number % 77 for number in range(days * DAY)]


def test_minutes_are_counted_once() -> None:
    seen = SeenMinutes()

    assert seen.add(SERIAL, np.array([NOON + 3, NOON, NOON + 3])).tolist() == [NOON, NOON + 3]
    assert seen.add(SERIAL, np.array([NOON, NOON + 1, NOON + DAY])).tolist() == [NOON + 1, NOON + DAY]
    assert seen.add(OTHER, np.array([NOON])).tolist() == [NOON]


def test_rows_that_a_measurement_overrules_are_counted(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ingest(SERIAL, series(NOON, voltage_l1=[2300, 2310]))
        store.ingest(SERIAL, series(NOON + 5, provenance=Provenance.PROFILE, voltage_l1=[2300]))

        asked = np.array([NOON - 1, NOON + 1, NOON + 5])
        assert overruled(store, SERIAL, asked) == 1
        assert overruled(store, SERIAL, asked[:0]) == 0
        assert overruled(store, OTHER, asked) == 0
