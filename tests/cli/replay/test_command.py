"""``script/replay`` as a command among others: its words, pipes, and no Home Assistant."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
import sys

import pytest

from .recordings import HEAD, ROOT, ROW, SAGS, WITH_CIRCUIT, run, run_apart, transitions, volts, written


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


def test_output_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS * 500))

    result = subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m cli.replay {path} --json >/dev/full"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr == "cannot write the output: No space left on device; is there room for it?\n"


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
