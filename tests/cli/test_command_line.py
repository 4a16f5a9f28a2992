"""The command line as people use it, on simulated lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
import os
from pathlib import Path
import pty
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from cli.main import main, parser
from cli.read import unit_of
from cli.simulate import ORDERS, simulate
from custom_components.csj_meter.bus.errors import LinkDownError
from custom_components.csj_meter.bus.scan import ScanProgress
from custom_components.csj_meter.meters.discovery import Discovery
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.reading import Value
from custom_components.csj_meter.simulator.faults import MAGNITUDES, FaultKind

ROOT = Path(__file__).parent.parent.parent


class Simulation:
    """``script/meter simulate`` in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], place: str) -> None:
        self.process = process
        self.place = place

    def order(self, text: str) -> str:
        """Type an order and return the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def simulation(*words: str) -> Iterator[Simulation]:
    """Simulated meters, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "simulate", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Simulation(process, process.stdout.readline().strip().rpartition(" ")[2])
    finally:
        process.terminate()
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture(scope="module")
def gateway() -> Iterator[Simulation]:
    """Four fast meters behind a Modbus TCP gateway."""
    with simulation("--tcp", "127.0.0.1:0", "--meters", "4", "--baud", "115200") as running:
        yield running


def test_scan_lists_what_answers_as_json_and_nothing_else(
    gateway: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "--tcp", gateway.place, "--units", "1-6", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [(meter["unit"], meter["model"], meter["profile"]) for meter in found] == [
        (1, "DTSY300", "csj_3p_prepay"),
        (2, "DDSY100", "csj_1p_prepay"),
        (3, "DTS300", "csj_3p"),
        (4, "DDS100", "csj_1p"),
    ]
    assert all(set(meter) == {"unit", "serial", "model", "profile"} for meter in found)
    assert err == ""


def test_scan_prints_a_table_for_people(gateway: Simulation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--tcp", gateway.place, "--units", "1,2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["unit", "serial", "model", "profile"]
    assert lines[1].split()[0] == "1"
    assert len(lines) == 3


def test_read_prints_canonical_numbers_lists_and_nulls(
    gateway: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "--tcp", gateway.place, "--unit", "1", "--json"]) == 0
    meter: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(meter) == {"serial", "model", "firmware", "profile", "values"}
    values = meter["values"]
    assert set(values) <= set(QUANTITIES)
    assert 200 < values["voltage_l1"] < 260
    assert len(values["voltage_harmonics_l1"]) == 30
    assert values["relay_contact"] == 1
    assert isinstance(values["balance"], float)
    assert all(value is None or isinstance(value, int | float | list) for value in values.values())


def test_read_prints_a_table_with_units(gateway: Simulation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--tcp", gateway.place, "--unit", "2", "--profile", "csj_1p_prepay"]) == 0
    out = capsys.readouterr().out
    assert "CSJ DDSY100, serial CSJ" in out
    (voltage,) = [line.split() for line in out.splitlines() if line.startswith("voltage_l1 ")]
    assert voltage[2] == "V"
    told = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert told["balance"].endswith(" EUR")
    assert told["price_t1"].endswith(" EUR/kWh")
    (clock,) = [line for line in out.splitlines() if line.startswith("clock ")]
    assert re.fullmatch(r"clock +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", clock)


@pytest.mark.parametrize(
    ("said", "credit", "price"),
    [
        ({"currency": 978, "credit_mode": "money"}, "EUR", "EUR/kWh"),
        ({"currency": 978, "credit_mode": "energy"}, "kWh", "EUR/kWh"),
        ({"currency": 1, "credit_mode": None}, "money", "money/kWh"),
        ({}, "money", "money/kWh"),
    ],
)
def test_credit_is_in_what_the_meter_counts_it_in(said: dict[str, Value], credit: str, price: str) -> None:
    assert unit_of(QUANTITIES["balance"], said) == credit
    assert unit_of(QUANTITIES["price_t1"], said) == price
    assert unit_of(QUANTITIES["voltage_l1"], said) == "V"


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["scan", "--tcp", "{place}", "--units", "100-102"], "nothing answered: check the wires A and B"),
        (["read", "--tcp", "{place}", "--unit", "99"], "unit 99: no answer"),
        (
            ["read", "--tcp", "{place}", "--unit", "1", "--profile", "csj_9p"],
            "there is no profile 'csj_9p': use one of",
        ),
        (
            ["scan", "--tcp", "{place}", "--profiles", "/does/not/exist"],
            "there is no folder /does/not/exist: give the one that your profiles are in",
        ),
        (["read", "--tcp", "{place}", "--unit", "1", "--profiles", __file__], "there is no folder /"),
        (
            ["simulate", "--tcp", "127.0.0.1:0", "--fault", "voltage_sag:99"],
            "voltage_sag is for a meter that is not there: use a unit from 1 to 6, or leave it out",
        ),
        (["scan", "--tcp", "127.0.0.1:1"], "cannot open 127.0.0.1:1: check address and port"),
        (["scan", "--rtu-over-tcp", "127.0.0.1:1"], "cannot open 127.0.0.1:1: check address and port"),
        (
            ["scan", "--serial", "/dev/does-not-exist"],
            "cannot open /dev/does-not-exist: check that the adapter",
        ),
    ],
)
def test_a_failure_is_one_line_that_says_what_to_try(
    gateway: Simulation, capsys: pytest.CaptureFixture[str], words: list[str], advice: str
) -> None:
    assert main([word.format(place=gateway.place) for word in words]) == 1
    out, err = capsys.readouterr()
    assert advice in err
    assert err.count("\n") == 1
    assert out == ""


def test_an_empty_scan_is_still_a_json_list(gateway: Simulation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--tcp", gateway.place, "--units", "100-102", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["scan"], "one of the arguments --serial --tcp --rtu-over-tcp is required"),
        (["scan", "--tcp", "nowhere"], "is not HOST:PORT"),
        (["scan", "--tcp", "host:99999"], "is not HOST:PORT"),
        (["scan", "--tcp", "host:502", "--units", "0-5"], "unit ids are 1..247"),
        (["scan", "--tcp", "host:502", "--units", "9-5"], "unit ids are 1..247"),
        (["scan", "--tcp", "host:502", "--units", "a"], "is not a list of unit ids"),
        (["scan", "--tcp", "host:502", "--units", "1-"], "'1-' is not a list of unit ids"),
        (["scan", "--tcp", "a..b:1"], "'a..b' is no name of a host"),
        (["simulate", "--tcp", "a..b:1"], "'a..b' is no name of a host"),
        (["read", "--tcp", "host:502", "--unit", "1-3"], "one unit id is needed"),
        (["scan", "--serial", "x", "--baud", "1234"], "invalid choice"),
        (["simulate", "--tcp", "host:502", "--meters", "300"], "a line carries 1 to 247 meters"),
        (["simulate", "--tcp", "host:502", "--turnaround", "x"], "a turnaround is 0 to 1000 ms"),
        (["simulate", "--tcp", "host:502", "--fault", "gremlins"], "unknown fault 'gremlins': use one of"),
    ],
)
def test_a_typing_mistake_is_explained(
    capsys: pytest.CaptureFixture[str], words: list[str], problem: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert problem in capsys.readouterr().err


def test_faults_are_switched_on_and_off_while_the_line_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with simulation("--tcp", "127.0.0.1:0", "--meters", "2", "--fault", "meter_dead:2") as running:
        scan = ["scan", "--tcp", running.place, "--units", "1-2", "--json"]
        assert main(scan) == 0
        assert [meter["unit"] for meter in json.loads(capsys.readouterr().out)] == [1]
        assert running.order("clear meter_dead:2") == "faults: none"
        assert main(scan) == 0
        assert [meter["unit"] for meter in json.loads(capsys.readouterr().out)] == [1, 2]
        assert running.order("fault voltage_sag:1=0.3") == "faults: voltage_sag:1"
        assert running.order("fault leak") == "faults: voltage_sag:1, leak"
        assert running.order("clear") == "faults: none"
        assert running.order("fault gremlins").startswith("unknown fault 'gremlins': use one of")
        assert running.order("fault leak:3").startswith("leak is for a meter that is not there: use a unit")
        assert running.order("dance").startswith("unknown order: use fault KIND")
        assert json.loads(running.order("counters"))["requests"] > 2


def test_what_ends_a_scan_is_told_on_a_line_of_its_own(
    gateway: Simulation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def lost(
        _bus: object, _profiles: object, _units: object, progress: Callable[[ScanProgress], None]
    ) -> Discovery:
        progress(ScanProgress(unit_id=2, done=1, total=3, found=1))
        raise LinkDownError("unplugged")

    monkeypatch.setattr("cli.scan.discover", lost)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert main(["scan", "--tcp", gateway.place, "--units", "1-3"]) == 1
    _, progress, told = capsys.readouterr().err.split("\r\033[K")
    assert progress == "unit 2, 1 of 3, found 1"
    assert told == "the link was lost (unplugged): check the adapter or gateway and try again\n"


def test_noise_and_an_echo_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    with simulation(
        "--rtu-over-tcp", "127.0.0.1:0", "--meters", "3", "--fault", "foreign_serial:2=1"
    ) as running:
        scan = ["scan", "--rtu-over-tcp", running.place, "--units", "1-3"]
        assert main(scan) == 0
        assert "answers at units 1, 2: check the gateway's address settings" in capsys.readouterr().err
        running.order("clear")
        running.order("fault echo")
        assert main(scan) == 1
        assert "switch off its local echo" in capsys.readouterr().err


def test_a_serial_port_is_made_served_and_taken_away_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = tmp_path / "ttyMETER"
    with simulation("--serial", str(port), "--meters", "2") as running:
        assert running.place == str(port)
        assert main(["scan", "--serial", str(port), "--units", "1-3", "--json"]) == 0
        assert [meter["unit"] for meter in json.loads(capsys.readouterr().out)] == [1, 2]
        assert main(["read", "--serial", str(port), "--unit", "2", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["model"] == "DDSY100"
    assert not port.is_symlink()


def test_a_link_that_a_killed_run_has_left_behind_is_taken(tmp_path: Path) -> None:
    port = tmp_path / "ttyMETER"
    port.symlink_to(tmp_path / "csj-line-gone" / "line")

    with simulation("--serial", str(port)) as running:
        assert running.place == str(port)
        assert port.exists()
    assert not port.is_symlink()


def test_a_link_to_an_adapter_that_is_not_plugged_in_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = tmp_path / "ttyMETER"
    port.symlink_to("ttyUSB0")

    assert main(["simulate", "--serial", str(port)]) == 1
    assert "cannot serve: " in capsys.readouterr().err
    assert port.readlink() == Path("ttyUSB0")


def test_a_port_that_is_taken_is_explained(gateway: Simulation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--tcp", gateway.place]) == 1
    assert "cannot serve: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "link", [["--tcp", "127.0.0.1:0"], ["--rtu-over-tcp", "127.0.0.1:0"], ["--serial", "{port}"]]
)
async def test_the_simulation_ends_on_a_signal(
    link: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.format(port=tmp_path / "port") for word in link]
    arguments = parser().parse_args(["simulate", *words, "--fault", "leak"])
    # the handler is in place before the line is served, so the signal waits for nothing
    asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        await simulate(arguments)
    assert "6 meters at units 1..6 on " in capsys.readouterr().out
    assert _files(tmp_path) == []


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def test_the_floors_are_used_without_home_assistant() -> None:
    """What the small environment of ``script/meter`` does not have is not asked for."""
    program = (
        "import sys; sys.modules['homeassistant'] = None; sys.argv = ['meter', '--help'];"
        "import runpy; runpy.run_module('cli', run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "scan" in result.stdout


def test_a_reader_that_has_had_enough_is_no_error(gateway: Simulation) -> None:
    command = f"{sys.executable} -m cli read --tcp {gateway.place} --unit 1 | head -n 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout.startswith("CSJ DTSY300")
    assert result.stderr == ""


@pytest.mark.parametrize("command", [["scan"], ["read", "--unit", "1"]], ids=lambda words: words[0])
def test_a_port_that_takes_no_parity_is_explained(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    master, slave = pty.openpty()
    assert main([*command, "--serial", os.ttyname(slave), "--parity", "E"]) == 1
    err = capsys.readouterr().err
    assert "it does not take 9600 8E1 (Invalid argument); is it a serial port" in err
    assert err.count("\n") == 1
    os.close(master)
    os.close(slave)


def test_output_that_cannot_be_written_is_a_failure(gateway: Simulation) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "scan", "--tcp", gateway.place, "--units", "1"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "cannot write the output: No space left on device; is there room for it?\n"


def test_help_names_every_fault_and_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
    told = capsys.readouterr().out
    for kind in FaultKind:
        (line,) = re.findall(rf"^  {kind}[:[ \n].*$", told, re.MULTILINE)
        limits = MAGNITUDES.get(kind)
        assert limits is None or (f"[={limits.low:g}..{limits.high:g}]" in line and limits.meaning in line)
    assert f"\n  {ORDERS}\n" in told
