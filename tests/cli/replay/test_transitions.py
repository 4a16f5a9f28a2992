"""What a recording tells: transitions exactly as they went, however its rows are written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
import random
from zoneinfo import ZoneInfo

import pytest

from .recordings import (
    BERLIN,
    HEAD,
    SAG,
    SAGS,
    WELL,
    WITH_CIRCUIT,
    clock,
    objects,
    run_apart,
    story,
    transitions,
    volts,
    written,
)


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
