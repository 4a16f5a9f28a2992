"""What has happened to a meter outlives the simulator, in a file that is sound at any moment."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    MeterState,
    SimulatedLine,
    StateFileError,
    build_image,
    demo_line,
    toy_token,
)
from custom_components.csj_meter.simulator.plain import from_plain, to_plain
from custom_components.csj_meter.simulator.state import Posting
from tests.simulator.conftest import AUTUMN, Clock, Technician, words

ROOT: Final = Path(__file__).parents[2]

STARTED_WITH: Final = 39
"""Top-ups of the invented past of the first meter."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "meters.json"


@pytest.fixture
def busy_life(clock: Clock, path: Path) -> SimulatedLine:
    """A line whose first meter has been told everything that it can be told."""
    line = demo_line(clock=clock, state_file=path)
    technician = Technician(line.meters[1])
    serial = technician.meter.nameplate.serial
    technician.top_up(2500)
    token = toy_token(serial, 5, 3)
    technician.do(0x0618, *(int(token[place : place + 4], 16) for place in range(0, 20, 4)))
    technician.do(0x0510, *words(4000))
    technician.do(0x0560, 0, 2, *[0xFFFF] * 22)
    technician.do(0x0500, 30)
    technician.do(0x0502, *words(int(AUTUMN) + 90))
    image = build_image(302, (2, 0, 0), bytes(200))
    technician.do(0x0540, *words(len(image)), 0, 0, 1)
    clock.now += 500
    technician.do(0x0602, 5)
    clock.now += 5000
    technician.do(0x0505, 4)
    technician.do(0x0603, 0xA55A)
    clock.now += 100
    technician.do(0x0602, 4)
    line.faults.set(Fault(kind=FaultKind.LEAK, unit=1, magnitude=2000))
    clock.now += 7200
    technician.input(0x0100)
    line.faults.clear()
    technician.refused(0x0600, 0, 1)
    technician.do(0x0504, 42)
    technician.write(0x0602, 1)
    return line


def test_a_new_simulator_goes_on_where_the_old_one_was(
    busy_life: SimulatedLine, clock: Clock, path: Path
) -> None:
    again = demo_line(clock=clock, state_file=path)
    for _ in range(3):
        assert sorted(again.meters) == sorted(busy_life.meters) == [2, 3, 4, 5, 6, 42]
        for unit, meter in busy_life.meters.items():
            assert again.meters[unit].truth() == meter.truth()
        ours, theirs = (Technician(line.meters[42]) for line in (again, busy_life))
        for address, count in [(0, 20), (0x0500, 7), (0x0530, 4), (0x0540, 6), (0x0560, 72), (0x0600, 4)]:
            assert ours.holding(address, count) == theirs.holding(address, count)
        assert ours.meter.event_log.slots() == theirs.meter.event_log.slots()
        assert ours.meter.line_speed == 19200
        clock.now += 90_000


def test_a_state_is_plain_data(busy_life: SimulatedLine) -> None:
    state = busy_life.meters[42].state
    plain = json.loads(json.dumps(state.as_dict()))

    assert MeterState.from_dict(plain).as_dict() == state.as_dict() == plain


def test_a_new_meter_has_a_state_without_anything(line: SimulatedLine) -> None:
    assert MeterState.from_dict({}) == MeterState()
    assert line.meters[1].state == MeterState()


def test_what_would_grow_is_bounded(line: SimulatedLine, clock: Clock, prepaid: Technician) -> None:
    for round_ in range(600):
        clock.now += 20
        prepaid.top_up(100)
        prepaid.do(0x0602, 4 + round_ % 2)
        prepaid.do(0x0560, 0, 1 + round_ % 4, *[0xFFFF] * 22)
        prepaid.do(0x0502, *words(int(clock.now) + round_))
    state = prepaid.meter.state
    lists = (state.events, state.postings, state.contact, state.calendar, state.clocks, state.tokens)

    assert all(len(some) <= 400 for some in lists)
    assert len(json.dumps(state.as_dict())) < 200_000


def test_the_ring_of_events_stays_in_step_when_old_ones_are_forgotten(
    prepaid: Technician, clock: Clock
) -> None:
    for _ in range(350):
        clock.now += 1
        prepaid.meter.pay_in(100)
    newest = prepaid.holding(0x0532)[0]
    slots = prepaid.meter.event_log.slots()
    clock.now += 1
    prepaid.meter.pay_in(100)

    assert prepaid.holding(0x0532) == [(newest + 1) % 100]
    now = prepaid.meter.event_log.slots()
    changed = {place // 4 for place in range(400) if now[place] != slots[place]}
    assert changed == {(newest + 1) % 100}
    times = [slots[4 * ((newest - back) % 100) + 1] for back in range(100)]
    assert times == sorted(times, reverse=True)


def test_energy_of_a_long_fault_is_kept_every_minute(clock: Clock, path: Path) -> None:
    """A process that dies meanwhile takes a minute of it along, no more."""
    line = demo_line(clock=clock, state_file=path)
    line.faults.set(Fault(kind=FaultKind.LEAK, unit=1, magnitude=6000))
    for _ in range(120):
        clock.now += 30
        line.meters[1].truth()
    again = demo_line(clock=clock, state_file=path)
    lost = line.meters[1].counters(clock.now).sum() - again.meters[1].counters(clock.now).sum()

    assert 0 <= lost < 6 / 60 * 1.6
    for back in (0, 600, 3000, 9000):
        difference = line.meters[1].counters(clock.now - back) - again.meters[1].counters(clock.now - back)
        assert abs(difference).max() < 0.2


class TestFile:
    """The file itself."""

    def test_it_is_made_at_once(self, clock: Clock, path: Path) -> None:
        demo_line(clock=clock, state_file=path)

        assert json.loads(path.read_text()) == {"version": 1, "meters": {}}

    def test_only_the_owner_may_read_it(self, clock: Clock, path: Path) -> None:
        demo_line(clock=clock, state_file=path)

        assert path.stat().st_mode & 0o777 == 0o600

    def test_it_holds_no_key(self, busy_life: SimulatedLine, path: Path) -> None:
        assert str(busy_life.meters[42].nameplate.key) not in path.read_text()

    def test_other_lines_meters_stay_in_it(self, busy_life: SimulatedLine, clock: Clock, path: Path) -> None:
        other = demo_line(seed=9, clock=clock, state_file=path)
        other.meters[1].pay_in(100)

        assert demo_line(clock=clock, state_file=path).meters[42].state.credited == 3000
        assert demo_line(seed=9, clock=clock, state_file=path).meters[1].state.credited == 100

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            ("", "not a state file"),
            ("[]", "meters and version are missing"),
            ('{"version": 1}', "meters and version are missing"),
            ('{"version": 2, "meters": {}}', "version 2, this is 1"),
            ('{"version": 1, "meters": {"SERIAL": 7}}', "meter SERIAL: MeterState: 7 is no object"),
            ('{"version": 1, "meters": {"SERIAL": {"wings": 2}}}', "MeterState has no wings"),
            ('{"version": 1, "meters": {"SERIAL": {"unit_id": "x"}}}', "MeterState.unit_id: 'x' is not a"),
            (
                '{"version": 1, "meters": {"SERIAL": {"postings": [{"time": 1}]}}}',
                "MeterState.postings: Posting: .*missing",
            ),
            (
                '{"version": 1, "meters": {"SERIAL": {"transfer": {"image": "?"}}}}',
                "Transfer.image: this is no base64",
            ),
        ],
    )
    def test_a_file_of_something_else_is_left_alone(
        self, clock: Clock, path: Path, content: str, told: str
    ) -> None:
        serial = demo_line(clock=clock).meters[1].nameplate.serial
        content = content.replace("SERIAL", serial)
        path.write_text(content)

        with pytest.raises(StateFileError, match=told.replace("SERIAL", serial)) as error:
            demo_line(clock=clock, state_file=path)
        assert "delete it to begin anew" in str(error.value)
        assert path.read_text() == content

    def test_a_folder_that_is_not_there_is_noticed_at_once(self, clock: Clock, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            demo_line(clock=clock, state_file=tmp_path / "nowhere" / "meters.json")


MORTAL: Final = """
import sys
from pathlib import Path
from types import ModuleType
# the package's own __init__ is the integration; the simulator does without it
package = ModuleType("custom_components.csj_meter")
package.__path__ = [str(Path("custom_components/csj_meter").absolute())]
sys.modules[package.__name__] = package
from tests.simulator.conftest import Clock, Technician
from custom_components.csj_meter.simulator import demo_line
meter = Technician(demo_line(meters=1, clock=Clock(), state_file=Path(sys.argv[1])).meters[1])
while True:
    meter.top_up(100)
    sys.stdout.write(".")
    sys.stdout.flush()
"""
"""Tops up by 1.00 as fast as it can, and says so each time."""


def test_a_killed_process_leaves_every_top_up_that_it_has_answered(path: Path) -> None:
    """Really killed, again and again, while it writes."""
    before = 0
    for life in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", MORTAL, path], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            answered = process.stdout.read(50 + 31 * life)
            process.kill()
            answered += process.stdout.read()
        meter = demo_line(meters=1, clock=Clock(), state_file=path).meters[1]
        paid, before = meter.state.credited // 100 - before, meter.state.credited // 100

        assert len(answered) <= paid <= len(answered) + 1
        assert meter.truth()["top_up_count"] == STARTED_WITH + before


class TestPlain:
    """Dataclasses to JSON and back."""

    @pytest.mark.parametrize(
        ("value", "plain"),
        [
            (bytearray(b"\0\xff"), "AP8="),
            ((1, 2.5, "x", None, True), [1, 2.5, "x", None, True]),
            ([(1, 2)], [[1, 2]]),
        ],
    )
    def test_plain(self, value: object, plain: object) -> None:
        assert to_plain(value) == plain

    def test_other_things_are_not_plain(self) -> None:
        with pytest.raises(TypeError, match="is not plain data"):
            to_plain({1, 2})

    @pytest.mark.parametrize("field", ["time", "balance", "prices"])
    @pytest.mark.parametrize("wrong", ["x", True, [True], {}])
    def test_the_wrong_kind_is_named(self, field: str, wrong: object) -> None:
        with pytest.raises(ValueError, match=f"Posting.{field}: "):
            from_plain(Posting, {field: wrong})

    def test_a_whole_number_will_do_for_a_float(self) -> None:
        posting = from_plain(
            Posting,
            {"time": 1, "balance": 2, "top_up_count": 3, "last_top_up": 4, "prices": [5], "counters": []},
        )

        assert isinstance(posting.time, float)
        assert posting.prices == (5.0,)
