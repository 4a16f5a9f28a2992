"""``script/replay`` as people use it: files in, transitions or one clear sentence out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
import datetime as dt
from io import StringIO
import json
from pathlib import Path
import random
import subprocess
import sys
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from cli.replay.main import main

ROOT: Final = Path(__file__).parents[2]
BERLIN: Final = ZoneInfo("Europe/Berlin")
HEAD: Final = "time,meter,voltage_l1"
ROW: Final = "2026-03-01T12:00:00+01:00,A,230"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command says."""

    status: int
    out: str
    err: str


def run(*words: str | Path) -> Answer:
    """The command, in this process."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            status = main([*map(str, words)])
        except SystemExit as left:
            status = int(left.code or 0)
    return Answer(status=status, out=out.getvalue(), err=err.getvalue())


def run_apart(*words: str | Path) -> Answer:
    """The real command, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "cli.replay", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(status=result.returncode, out=result.stdout, err=result.stderr)


def written(folder: Path, *lines: str, name: str = "site.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def transitions(*words: str | Path) -> list[dict[str, Any]]:
    """What comes out with --json."""
    return objects(run(*words, "--json"))


def objects(answer: Answer) -> list[dict[str, Any]]:
    assert (answer.status, answer.err) == (0, "")
    return [json.loads(line) for line in answer.out.splitlines()]


def story(found: Iterable[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(each[key] for key in keys) for each in found]


def clock(minute: int, zone: dt.tzinfo = BERLIN) -> str:
    """Minutes after noon of the 1st of March 2026 in Berlin."""
    at = dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    return at.astimezone(zone).isoformat()


def volts(meter: str, values: Iterable[float], *, every: int = 1, circuit: str = "") -> Iterator[str]:
    """Rows of ``time,meter,circuit,voltage_l1``."""
    for number, value in enumerate(values):
        yield f"{clock(number * every)},{meter},{circuit},{value}"


WELL: Final = [230.1, 231.2, 229.8, 230.6]
SAG: Final = [170.2, 171.4, 170.5, 169.9]
SAGS: Final = [*WELL, *SAG, *WELL]
WITH_CIRCUIT: Final = "time,meter,circuit,voltage_l1"


def test_a_sag_is_told_exactly_as_it_went(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("240000000017", SAGS, circuit="north"))

    found = objects(run_apart(path, "--json"))

    assert story(found, "time", "state", "value") == [
        ("2026-03-01T12:04:00+01:00", "suspected", 170.2),
        ("2026-03-01T12:06:00+01:00", "confirmed", 170.5),
        ("2026-03-01T12:10:00+01:00", "cleared", 229.8),
    ]
    assert found[1] == {
        "time": "2026-03-01T12:06:00+01:00",
        "meter": "240000000017",
        "kind": "voltage_sag",
        "severity": "critical",
        "state": "confirmed",
        "scope": "unknown",
        "since": "2026-03-01T12:04:00+01:00",
        "value": 170.5,
        "expected": 230.0,
        "low": 179.4,
        "high": None,
        "score": pytest.approx(1.052),
        "advice": "voltage_sag",
        "causes": ["network_overloaded", "loose_neutral", "bad_connection", "large_motor"],
        "action": "protect_motors",
        "quantity": "voltage_l1",
        "phase": 1,
        "circuit": "north",
    }


def test_without_json_people_read_sentences(tmp_path: Path) -> None:
    result = run_apart(written(tmp_path, WITH_CIRCUIT, *volts("240000000017", SAGS)))

    assert result.status == 0
    seen = "{} V at phase 1; at least 179.4 V is allowed."
    advice = " Switch off motors, compressors and pumps until the voltage is back."
    assert [line.split("  ", 1) for line in result.out.splitlines()] == [
        [
            "2026-03-01 12:04",
            "240000000017   suspected  critical  voltage_sag          " + seen.format("170.2"),
        ],
        [
            "2026-03-01 12:06",
            "240000000017   confirmed  critical  voltage_sag          " + seen.format("170.5") + advice,
        ],
        [
            "2026-03-01 12:10",
            "240000000017   cleared    critical  voltage_sag          Normal again after 6 min.",
        ],
    ]
    assert result.err == "transitions: 3, rows: 12, meters: 1\n"


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = [*volts("A", SAGS, circuit="n"), *volts("B", SAGS, every=5, circuit="n"), *volts("C", WELL * 20)]
    mixed = rows.copy()
    random.Random(1).shuffle(mixed)

    found = transitions(written(tmp_path, WITH_CIRCUIT, *rows))

    assert found == transitions(written(tmp_path, WITH_CIRCUIT, *mixed))
    assert found == transitions(written(tmp_path, WITH_CIRCUIT, *sorted(rows)))
    assert {each["meter"] for each in found} == {"A", "B"}


def test_meters_of_one_circuit_are_neighbours_and_others_are_not(tmp_path: Path) -> None:
    sagging = [*WELL, *SAG]
    path = written(
        tmp_path,
        WITH_CIRCUIT,
        *(row for meter in "ABC" for row in volts(meter, sagging, circuit="north")),
        *volts("D", sagging, circuit="south"),
        *(row for meter in "EF" for row in volts(meter, WELL * 2, circuit="south")),
    )

    found = transitions(path)

    last = {each["meter"]: each for each in found if each["state"] == "confirmed"}
    assert {meter: (each["scope"], each["circuit"]) for meter, each in last.items()} == {
        "A": ("area", "north"),
        "B": ("area", "north"),
        "C": ("area", "north"),
        "D": ("individual", "south"),
    }


def test_a_circuit_needs_to_be_told_only_once(tmp_path: Path) -> None:
    rows = [row.replace("north", "", 1) for row in volts("A", SAGS, circuit="north")]
    rows[-1] = f"{rows[-1].partition(',')[0]},A,north,230"

    assert {each["circuit"] for each in transitions(written(tmp_path, WITH_CIRCUIT, *rows))} == {"north"}


def test_the_interval_of_a_meter_is_what_its_samples_say(tmp_path: Path) -> None:
    """Each is silent after three of its own samples have not come."""
    path = written(
        tmp_path,
        WITH_CIRCUIT,
        *volts("A", WELL * 60),
        *volts("B", WELL, every=1),
        *volts("C", WELL, every=5),
        *volts("D", WELL, every=30),
    )

    found = transitions(path)

    assert story(found, "meter", "kind", "state", "time") == [
        ("B", "meter_silent", "confirmed", clock(3 + 3)),
        ("C", "meter_silent", "confirmed", clock(15 + 15)),
        ("D", "meter_silent", "confirmed", clock(90 + 90)),
    ]


def test_a_gap_of_all_meters_is_no_reason_to_forget_any(tmp_path: Path) -> None:
    path = written(
        tmp_path, WITH_CIRCUIT, *volts("A", WELL), f"{clock(600)},A,,230.3", f"{clock(601)},A,,230.5"
    )

    assert story(transitions(path), "kind", "state", "time") == [
        ("meter_silent", "confirmed", clock(6)),
        ("meter_silent", "cleared", clock(600)),
    ]


def test_a_missing_value_is_no_zero_and_an_empty_row_no_sample(tmp_path: Path) -> None:
    rows = [
        f"{clock(0)},A,230.1,100",
        f"{clock(1)},A,,101",
        f"{clock(2)},A, ,",
        f"{clock(3)},A,,",
        f"{clock(4)},A,,",
        f"{clock(5)},A,230.5,102",
        "",
        ",,,",
    ]

    found = transitions(written(tmp_path, "time,meter,voltage_l1,active_power", *rows))

    assert story(found, "kind", "state", "time") == [
        ("meter_silent", "confirmed", clock(4)),
        ("meter_silent", "cleared", clock(5)),
    ]


def test_of_two_rows_of_a_minute_the_larger_values_count(tmp_path: Path) -> None:
    rows = [
        row for minute in range(5) for row in (f"{clock(minute)},A,150", f"{clock(minute)},A,230.{minute}")
    ]

    assert transitions(written(tmp_path, HEAD, *rows)) == []
    assert transitions(written(tmp_path, HEAD, *rows[::2])) != []


def test_moments_are_what_they_are_whatever_offset_they_are_written_with(tmp_path: Path) -> None:
    zones = (dt.UTC, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns"))
    rows = [f"{clock(minute, zones[minute % 4])},A,{value}" for minute, value in enumerate(SAGS)]

    found = transitions(written(tmp_path, HEAD, *rows), "--zone", "Europe/Berlin")

    assert story(found, "time", "state") == [
        ("2026-03-01T12:04:00+01:00", "suspected"),
        ("2026-03-01T12:06:00+01:00", "confirmed"),
        ("2026-03-01T12:10:00+01:00", "cleared"),
    ]


def test_seconds_belong_to_their_minute(tmp_path: Path) -> None:
    rows = [f"2026-03-01T12:0{minute}:5{minute}.5Z,A,{value}" for minute, value in enumerate(SAGS[2:])]

    assert story(transitions(written(tmp_path, HEAD, *rows)), "time", "state")[1] == (
        "2026-03-01T12:04:00+00:00",
        "confirmed",
    )


def test_the_offset_of_the_first_row_is_the_zone_unless_one_is_given(tmp_path: Path) -> None:
    """Clocks go forward between the second and the third hour of the night."""
    start = dt.datetime(2026, 3, 29, 0, 54, tzinfo=dt.UTC)
    rows = [
        f"{(start + dt.timedelta(minutes=minute)).astimezone(BERLIN).isoformat()},A,{value}"
        for minute, value in enumerate(SAGS)
    ]
    path = written(tmp_path, HEAD, *rows)

    assert story(transitions(path), "time", "since")[-1] == (
        "2026-03-29T02:04:00+01:00",
        "2026-03-29T01:58:00+01:00",
    )
    assert story(transitions(path, "--zone", "Europe/Berlin"), "time", "since")[-1] == (
        "2026-03-29T03:04:00+02:00",
        "2026-03-29T01:58:00+01:00",
    )


def test_phases_are_those_that_were_measured(tmp_path: Path) -> None:
    rows = [f"{clock(minute)},A,230.{minute},231,60" for minute in range(5)]

    found = transitions(written(tmp_path, "time,meter,voltage_l1,voltage_l2,voltage_l3", *rows))

    assert ("phase_loss", 3, "confirmed", clock(2)) in story(found, "kind", "phase", "state", "time")


@pytest.mark.parametrize(
    ("usual", "expected", "low"),
    [
        (243.0, 230.0, 179.4),
        (224.0, 230.0, 179.4),
        (128.4, 127.0, 99.06),
        (118.0, 120.0, 93.6),
        (101.0, 100.0, 78.0),
    ],
)
def test_nominal_is_what_is_near_and_never_a_neighbour_of_230(
    tmp_path: Path, usual: float, expected: float, low: float
) -> None:
    values = [usual + number / 10 for number in range(9)]
    values += [usual * 0.6 + number / 10 for number in range(3)]

    found = transitions(written(tmp_path, WITH_CIRCUIT, *volts("A", values)))

    assert story(found, "state", "expected", "low")[-1] == ("confirmed", expected, low)


def test_settings_change_what_is_found(tmp_path: Path) -> None:
    path = written(
        tmp_path, WITH_CIRCUIT, *volts("0017", SAGS, circuit="n"), *volts("0018", SAGS, circuit="n")
    )
    settings = written(
        tmp_path,
        "site: {voltage_sag: {confirm: 4}}",
        "circuits: {n: {voltage_sag: {threshold: 0.77}}}",
        "unwatched: [0018]",
        "identity:",
        "  0017: {rated_voltage: 240, max_current: 60, ct_ratio: 1.5, phases: 1, gateway: 3, interval: 1}",
        name="settings.yaml",
    )

    found = transitions(path, "--settings", settings)

    assert story(found, "meter", "state", "time", "expected", "low") == [
        ("0017", "suspected", clock(4), 240.0, 184.8),
        ("0017", "confirmed", clock(7), 240.0, 184.8),
        ("0017", "cleared", clock(10), 240.0, 184.8),
    ]


def test_a_transformer_ratio_makes_larger_values_possible(tmp_path: Path) -> None:
    path = written(tmp_path, "time,meter,current_l1", f"{clock(0)},A,15000")
    settings = written(tmp_path, "identity: {A: {ct_ratio: 100}}", name="settings.yaml")

    assert run(path).status == 1
    assert run(path, "--settings", settings).status == 0


def test_settings_of_meters_that_are_not_there_are_mentioned(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, ROW)
    settings = written(tmp_path, "identity: {B: {phases: 3}}", "unwatched: [C, A]", name="settings.yaml")

    result = run(path, "--settings", settings, "--json")

    assert result.status == 0
    assert result.err == f"{settings}: the measurements have no meter B, C\n"


def test_an_export_of_the_integration_is_taken_as_it_is(tmp_path: Path) -> None:
    head = "utc_time,local_time,meter,name,provenance,voltage_l1 [V],price_t1 [EUR/kWh],status"
    rows = [
        f"{clock(minute, dt.UTC).replace('+00:00', 'Z')},{clock(minute)},A,Flat 1,measured,{value},0.31,1"
        for minute, value in enumerate(SAGS)
    ]
    path = written(tmp_path, "\ufeff" + head, *rows)
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")

    assert story(transitions(path), "state") == [("suspected",), ("confirmed",), ("cleared",)]


def test_everything_a_meter_can_say_may_be_in_the_file(tmp_path: Path) -> None:
    head = "time,meter,voltage_l1,balance,relay_contact,relay_mode,voltage_harmonics_l1,status,uptime"
    path = written(tmp_path, head, f"{clock(0)},A,230,-3.50,closed,1,3.1 0.2 1.5,257,86400")

    assert transitions(path) == []


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([""], "the first line must name the columns, for example time,meter,voltage_l1"),
        (["time;meter;voltage_l1"], "line 1: write commas between the columns, and a point in numbers"),
        (["meter,voltage_l1"], "line 1: there is no column 'time'; see --help for the columns"),
        (["time,voltage_l1"], "line 1: there is no column 'meter'; see --help for the columns"),
        (
            ["time,meter,circuit"],
            "line 1: no column has values: add a quantity such as voltage_l1 or active_power",
        ),
        (
            ["time,meter,volts_l1,colour"],
            (
                "line 1: unknown columns 'volts_l1', 'colour': did you mean voltage_l1? "
                "Use the names that --help lists, or remove them"
            ),
        ),
        (
            ["time,meter,voltage_l1,name"],
            "line 1: unknown column 'name': Use the names that --help lists, or remove it",
        ),
        (
            ["time,meter,active_power [kW]"],
            "line 1: unknown column 'active_power [kW]': 'active_power [kW]' must be in W",
        ),
        (["time,meter,frequency,meter"], "line 1: the column 'meter' is there twice: remove one"),
        ([HEAD], "no row has a value: there is nothing to replay"),
        ([HEAD, f"{clock(0)},A,"], "no row has a value: there is nothing to replay"),
        (
            [HEAD, ROW, "yesterday,A,230"],
            (
                "line 3, column time: 'yesterday' is no time: "
                "write for example 2026-03-01T14:05:00+01:00 or 2026-03-01T13:05:00Z"
            ),
        ),
        (
            [HEAD, ROW, "2026-03-01T12:00:00,A,230"],
            (
                "line 3, column time: '2026-03-01T12:00:00' has no offset from UTC: "
                "write for example 2026-03-01T14:05:00+01:00 or 2026-03-01T13:05:00Z"
            ),
        ),
        (
            [HEAD, "1970-01-01T00:00:00Z,A,230"],
            "line 2, column time: '1970-01-01T00:00:00Z' is not in the years 2000 to 2099",
        ),
        (
            [HEAD, ROW, f"{clock(1)}, ,230"],
            "line 3, column meter: empty: write the serial number of the meter",
        ),
        (
            [HEAD, f"{clock(1)},{'A' * 65},230"],
            "line 2, column meter: longer than 64 letters: is it the right column?",
        ),
        (
            [WITH_CIRCUIT, f"{clock(0)},A,n,230", f"{clock(1)},A,,230", f"{clock(2)},A,s,230"],
            (
                "line 4, column circuit: meter A is on 's' here and on 'n' in line 2: "
                "write the same circuit in all its rows"
            ),
        ),
        (
            [HEAD, ROW, "", f"{clock(1)},A,high"],
            "line 4, column voltage_l1: 'high' is not a number: write for example 231.4, or nothing",
        ),
        (
            [HEAD, f'{clock(1)},A,"230,1"'],
            "line 2, column voltage_l1: '230,1' is not a number: write a point before decimals",
        ),
        (
            [HEAD, f"{clock(1)},A,nan"],
            "line 2, column voltage_l1: 'nan' is not a number: write for example 231.4, or nothing",
        ),
        (
            [HEAD, f"{clock(1)},A,inf"],
            "line 2, column voltage_l1: 'inf' is not a number: write for example 231.4, or nothing",
        ),
        (
            [HEAD, f"{clock(1)},A,2_30"],
            "line 2, column voltage_l1: '2_30' is not a number: write for example 231.4, or nothing",
        ),
        (
            [HEAD, ROW, f"{clock(1)},A,-1"],
            (
                "line 3, column voltage_l1: '-1' cannot be: voltage_l1 is from 0 to 1000 V; "
                "leave the cell empty where nothing was measured"
            ),
        ),
        (
            ["time,meter,status", f"{clock(0)},A,1.5"],
            "line 2, column status: '1.5' is not whole: write status as a whole number",
        ),
        (
            ["time,meter,relay_contact", f"{clock(0)},A,ajar"],
            "line 2, column relay_contact: 'ajar' is no relay_contact: write one of open (0), closed (1)",
        ),
        ([HEAD, f"{clock(0)},A"], "line 2: 2 cells, but line 1 names 3 columns: are commas missing?"),
        (
            [HEAD, ROW, f"{clock(1)},A,230,7"],
            "line 3: 4 cells, but line 1 names 3 columns: are commas missing?",
        ),
        (
            [HEAD, ROW, f'{clock(1)},"A"x,230'],
            "line 3: ',' expected after '\"'; quote cells with commas or quotes in them as in RFC 4180",
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_what_is_wrong_is_told_with_its_place_and_what_would_be_right(
    tmp_path: Path, lines: list[str], problem: str
) -> None:
    path = written(tmp_path, *lines)

    result = run(path)

    assert (result.status, result.out, result.err) == (1, "", f"{path}: {problem}\n")


def test_a_mistake_in_the_last_line_costs_no_half_of_an_answer(tmp_path: Path) -> None:
    rows = [*volts("A", SAGS * 1000), f"{clock(12_000)},A,,two hundred"]

    result = run_apart(written(tmp_path, WITH_CIRCUIT, *rows), "--json")

    assert result.status == 1
    assert result.out == ""
    assert "line 12002, column voltage_l1: 'two hundred' is not a number" in result.err


def test_how_much_is_read_at_once_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        *volts("A", SAGS * 9, circuit="n"),
        *volts("B", SAGS * 3, every=5, circuit="n"),
        *volts("C", WELL),
    ]
    path = written(tmp_path, WITH_CIRCUIT, *rows)
    sorted_path = written(tmp_path, WITH_CIRCUIT, *sorted(rows), name="sorted.csv")
    found = transitions(path)

    monkeypatch.setattr("cli.replay.recording.ROWS_AT_ONCE", 7)
    monkeypatch.setattr("cli.replay.recording.BLOCK", 101)
    monkeypatch.setattr("cli.replay.table.AT_ONCE", 5)
    monkeypatch.setattr("cli.replay.minutes.MOST_VALUES", 100)

    assert len(found) > 10
    assert transitions(path) == found
    assert transitions(sorted_path) == found


def test_more_rows_than_can_be_sorted_are_to_be_sorted_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.replay.table.MOST_UNSORTED", 11)
    rows = [*volts("A", SAGS)]
    path = written(tmp_path, WITH_CIRCUIT, *reversed(rows))

    assert run(path).err == (
        f"{path}: a file of more than 11 rows must be sorted by time: "
        "write them all with the same offset and sort the lines\n"
    )
    assert run(written(tmp_path, WITH_CIRCUIT, *rows)).status == 0


def test_a_column_with_ever_other_serial_numbers_is_the_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.replay.recording.MOST_METERS", 2)
    path = written(tmp_path, HEAD, *(f"{clock(0)},{meter},230" for meter in "ABAC"))

    assert run(path).err == f"{path}: line 5, column meter: more than 2 meters: is this the right column?\n"


def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.replay.recording.BLOCK", 1000)
    path = written(tmp_path, HEAD, ROW, "x" * 5000)

    assert run(path).err == f"{path}: line 3: longer than 1000 letters: is it a CSV file?\n"


def test_of_several_mistakes_the_first_is_told(tmp_path: Path) -> None:
    rows = [ROW, f"{clock(1)},A,-5", f"{clock(2)},A,high", "noon,A,230"]

    assert "line 3, column voltage_l1: '-5' cannot be" in run(written(tmp_path, HEAD, *rows)).err


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    rows = [f'{clock(0)},"A",230', f'{clock(1)},A,"\n230"', f"{clock(2)},A,high"]

    assert "line 5, column voltage_l1: 'high'" in run(written(tmp_path, HEAD, *rows)).err


def test_what_is_no_text_is_no_serial_number(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{HEAD}\n{clock(0)},Z".encode() + b"\xe4hler,230\n")

    assert "line 2, column meter: 'Z\\udce4hler' is no text in UTF-8" in run(path).err


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"

    result = run(missing)

    assert (result.status, result.err) == (
        1,
        f"cannot read {missing}: No such file or directory; give the path of a CSV file\n",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("site: {sag: {}}", ": site.sag: expected one of outage, voltage_sag, "),
        (
            "site: {voltage_sag: {threshold: 2}}",
            ": site.voltage_sag.threshold: expected a number from 0.5 to 0.95",
        ),
        ("sites: {}", ": sites: expected site, circuits, meters or unwatched or identity"),
        ("identity: [A]", ": identity: expected serial numbers"),
        ("identity: {A: 3}", ": identity.A: expected phases, rated_voltage, "),
        ("identity: {A: {phase: 3}}", ": identity.A.phase: expected one of phases, rated_voltage, "),
        ("identity: {A: {phases: 2}}", ": identity.A.phases: expected 1 or 3"),
        ("identity: {A: {phases: true}}", ": identity.A.phases: expected 1 or 3"),
        (
            "identity: {A: {max_current: 0}}",
            ": identity.A.max_current: expected a number of amperes from 1 to 10000",
        ),
        (
            "identity: {A: {rated_voltage: 23}}",
            ": identity.A.rated_voltage: expected a number of volts from 50 to 1000",
        ),
        ("identity: {A: {ct_ratio: .nan}}", ": identity.A.ct_ratio: expected a number from 1 to 10000"),
        ("identity: {A: {has_relay: 1}}", ": identity.A.has_relay: expected true or false"),
        ("identity: {A: {may_export: 'yes'}}", ": identity.A.may_export: expected true or false"),
        (
            "identity: {A: {feeder_phase: d}}",
            ": identity.A.feeder_phase: expected one of a, b, c, three_phase, unknown",
        ),
        ("identity: {A: {gateway: [1]}}", ": identity.A.gateway: expected a name"),
        (
            "identity: {A: {interval: 61}}",
            ": identity.A.interval: expected a whole number of minutes from 1 to 60",
        ),
        ("identity: {A: {}, A: {}}", " line 1: 'A' is there twice; it must be YAML, see docs/replay.md"),
        ("site: [", " line 2: "),
        ("- site", ": settings: expected site, circuits, meters or unwatched"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    settings = written(tmp_path, text, name="settings.yaml")

    result = run(written(tmp_path, HEAD, ROW), "--settings", settings)

    assert result.status == 1
    assert result.out == ""
    assert result.err.startswith(f"{settings}{problem}")
    assert result.err.count("\n") == 1


def test_an_empty_settings_file_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS))

    assert transitions(path, "--settings", written(tmp_path, "# later", name="s.yaml")) == transitions(path)


def test_a_zone_that_is_none_is_a_typing_mistake(tmp_path: Path) -> None:
    result = run(written(tmp_path, HEAD, ROW), "--zone", "Berlin/Europe")

    assert result.status == 2
    assert "'Berlin/Europe' is no time zone; try for example Europe/Berlin" in result.err


def test_help_names_every_column() -> None:
    result = run("--help")

    assert result.status == 0
    for column in (
        "time",
        "meter",
        "circuit",
        "voltage_l1",
        "status",
        "energy_import",
        "voltage_harmonics_l3",
    ):
        assert column in result.out


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS * 500))
    command = f"{sys.executable} -m cli.replay {path} --json | head -n 1"

    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert json.loads(result.stdout)["state"] == "suspected"
    assert result.stderr == ""


def test_home_assistant_is_not_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS))
    program = (
        f"import sys; sys.modules['homeassistant'] = None; sys.argv = ['replay', {str(path)!r}, '--json'];"
        "import runpy; runpy.run_module('cli.replay', run_name='__main__')"
    )

    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 3


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="no /dev/stdin")
def test_a_pipe_is_a_file_as_well(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS))
    with path.open("rb") as file:
        result = subprocess.run(
            ["bash", "-c", f"cat | {sys.executable} -m cli.replay /dev/stdin --json"],
            cwd=ROOT,
            stdin=file,
            capture_output=True,
            text=True,
            check=False,
        )

    assert [json.loads(line) for line in result.stdout.splitlines()] == transitions(path)
