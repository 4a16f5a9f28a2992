"""Mistakes in a recording: one clear sentence with the place, and what would be right."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import sys

import pytest

from .recordings import HEAD, ROOT, ROW, SAGS, WITH_CIRCUIT, clock, run, run_apart, volts, written


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


def test_a_full_temporary_folder_is_no_mistake_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS * 100))
    # no file may be longer than 512 bytes, so none has room for rows
    command = f"ulimit -f 1; exec {sys.executable} -B -m cli.replay {path}"

    result = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout, result.stderr) == (
        1,
        "",
        (
            f"cannot keep the rows in the folder {tmp_path}: File too large; "
            "make room there, or set TMPDIR to another folder\n"
        ),
    )
