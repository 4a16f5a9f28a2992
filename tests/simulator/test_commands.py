"""Sample, restart, top-up, tokens: what a meter does when it is told to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind, Model, SimulatedLine, toy_token
from custom_components.csj_meter.simulator.pdu import respond
from custom_components.csj_meter.simulator.registers import Refused, Space
from tests.simulator.conftest import AUTUMN, Clock, Technician, of_model, words

ACTION = 0x0602
RESTART = 0x0603
TOP_UP = 0x0610


def latest(technician: Technician, count: int) -> list[tuple[int, int, int]]:
    """(time, code, value) of the last entries of the event log."""
    events = technician.meter.event_log.events()[-count:]
    return [(event.time, event.code, event.value) for event in events]


class TestSample:
    """Command 1."""

    def test_a_sample_on_demand_shows_what_is_now_and_has_a_new_number(
        self, prepaid: Technician, clock: Clock
    ) -> None:
        prepaid.do(0x0500, 3600)
        before = prepaid.input(0x0100, 58)
        clock.now += 100
        assert prepaid.input(0x0100, 58) == before
        prepaid.write(ACTION, 1)
        after = prepaid.input(0x0100, 58)

        assert after[0] == (before[0] + 1) % 65536
        assert prepaid.long(0x0138, Space.INPUT) == int(clock.now - prepaid.meter.started_at(clock.now))
        assert after[2:] != before[2:]

    def test_it_needs_no_key(self, prepaid: Technician) -> None:
        assert prepaid.refused(ACTION, 1) is None

    def test_the_rhythm_goes_on_from_it(self, prepaid: Technician, clock: Clock) -> None:
        numbers = [prepaid.input(0x0100)[0]]
        for step in (0.3, 0.3, 5, 5, 0.1):
            clock.now += step
            prepaid.write(ACTION, 1)
            numbers.append(prepaid.input(0x0100)[0])
        clock.now += 25

        # the grid of 5 s adds its own between the asked-for ones
        assert [number - numbers[0] for number in numbers] == [0, 1, 2, 4, 6, 7]
        assert prepaid.input(0x0100)[0] - numbers[0] == 12

    def test_a_frozen_meter_takes_none(self, line: SimulatedLine, prepaid: Technician, clock: Clock) -> None:
        line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
        before = prepaid.input(0x0100, 58)
        clock.now += 30

        assert prepaid.refused(ACTION, 1) is None
        assert prepaid.input(0x0100, 58) == before

    def test_meters_without_relay_take_samples_too(self, line: SimulatedLine) -> None:
        technician = Technician(of_model(line, Model.DDS100))
        before = technician.input(0x0100)[0]
        technician.write(ACTION, 1)

        assert technician.input(0x0100)[0] == before + 1


@pytest.mark.parametrize("word", [0, 2, 7, 0xFFFF])
def test_other_actions_do_not_exist(prepaid: Technician, word: int) -> None:
    assert prepaid.refused(ACTION, word) is Refused.LOCKED
    prepaid.unlock()
    assert prepaid.refused(ACTION, word) is Refused.VALUE


@pytest.mark.parametrize("word", [3, 4, 5])
def test_a_meter_without_relay_moves_none(line: SimulatedLine, word: int) -> None:
    technician = Technician(of_model(line, Model.DTS300))
    technician.unlock()

    assert technician.refused(ACTION, word) is Refused.VALUE


class TestRestart:
    """Holding 0x0603."""

    def test_it_is_silent_for_three_seconds_and_begins_with_a_new_uptime(
        self, prepaid: Technician, clock: Clock
    ) -> None:
        meter = prepaid.meter
        before = prepaid.numbers()
        prepaid.do(RESTART, 0xA55A)
        answers = [meter.answers]
        for seconds in (2.9, 0.1):
            clock.now += seconds
            answers.append(meter.answers)
        after = prepaid.numbers()

        assert answers == [False, False, True]
        assert after["uptime"] == 0
        assert after["sequence"] == before["sequence"] + 1
        assert after["energy_import"] == pytest.approx(before["energy_import"], abs=0.02)
        assert after["balance"] == pytest.approx(before["balance"], abs=0.01)
        clock.now += 100
        assert 95 <= prepaid.shows("uptime") <= 100

    def test_the_log_shows_it(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(RESTART, 0xA55A)
        clock.now += 10

        assert latest(prepaid, 2) == [(int(AUTUMN), 2, 0), (int(AUTUMN) + 3, 1, 0)]

    @pytest.mark.parametrize("word", [0, 1, 0x5AA5])
    def test_any_other_word_does_nothing(self, prepaid: Technician, word: int) -> None:
        prepaid.unlock()

        assert prepaid.refused(RESTART, word) is Refused.VALUE
        assert prepaid.meter.answers

    def test_uptime_is_right_however_long_the_samples_are(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(0x0500, 3600)
        prepaid.write(RESTART, 0xA55A)
        clock.now += 200

        assert prepaid.long(0x0138, Space.INPUT) == 0


class TestTopUp:
    """Holding 0x0610: amount and count in one write."""

    def test_it_raises_the_balance_and_counts(self, prepaid: Technician) -> None:
        before = prepaid.numbers()
        count = prepaid.top_up(2550)
        after = prepaid.numbers()

        assert count == before["top_up_count"] + 1 == after["top_up_count"]
        assert after["balance"] == pytest.approx(before["balance"] + 25.5, abs=0.011)
        assert after["last_top_up"] == 25.5
        assert prepaid.meter.state.credited == 2550
        assert latest(prepaid, 1) == [(int(AUTUMN), 6, 26)]

    def test_it_shows_at_once_although_samples_are_rare(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(0x0500, 3600)
        clock.now += 30
        count = prepaid.top_up(1000)

        assert prepaid.input(0x0303)[0] == count
        assert prepaid.long(0x0304, Space.INPUT) == 1000

    @pytest.mark.parametrize("distance", [-2, -1, 0, 2, 3, 1000, 65535])
    def test_another_count_changes_nothing(self, prepaid: Technician, distance: int) -> None:
        before = prepaid.numbers()
        count = (prepaid.input(0x0303)[0] + distance) % 65536
        prepaid.unlock()

        assert prepaid.refused(TOP_UP, *words(1000), count) is Refused.VALUE
        assert prepaid.numbers() == before
        assert prepaid.meter.state.credited == 0

    def test_the_same_write_counts_once(self, prepaid: Technician) -> None:
        count = prepaid.top_up(1000)
        answers = [prepaid.refused(TOP_UP, *words(1000), count) for _ in range(5)]

        assert answers == [Refused.VALUE] * 5
        assert prepaid.meter.state.credited == 1000

    @pytest.mark.parametrize("cents", [0, 100_000_000, 0xFFFFFFFF])
    def test_sums_that_cannot_be_are_refused(self, prepaid: Technician, cents: int) -> None:
        count = prepaid.input(0x0303)[0] + 1
        prepaid.unlock()

        assert prepaid.refused(TOP_UP, *words(cents), count) is Refused.VALUE
        assert prepaid.meter.state.credited == 0

    def test_a_balance_that_would_not_fit_its_register_is_refused(self, prepaid: Technician) -> None:
        for _ in range(21):
            prepaid.top_up(99_999_999)
        count = prepaid.input(0x0303)[0] + 1
        prepaid.unlock()

        assert prepaid.refused(TOP_UP, *words(99_999_999), count) is Refused.VALUE
        assert prepaid.long(0x0300, Space.INPUT) < 0x7FFFFFFF

    @pytest.mark.parametrize(
        ("address", "values"), [(0x0610, (0, 1000)), (0x0610, (1,)), (0x0611, (1000, 1)), (0x0612, (1,))]
    )
    def test_half_a_top_up_is_none(self, prepaid: Technician, address: int, values: tuple[int, ...]) -> None:
        prepaid.unlock()

        assert prepaid.refused(address, *values) is Refused.VALUE

    def test_the_count_wraps(self, prepaid: Technician) -> None:
        prepaid.top_up(100)
        postings = prepaid.meter.state.postings
        postings[-1] = replace(postings[-1], top_up_count=65535)
        prepaid.meter.mirror(prepaid.meter.clock())

        assert prepaid.input(0x0303) == [65535]
        assert prepaid.top_up(100) == 0
        assert prepaid.input(0x0303) == [0]

    def test_somebody_else_can_be_faster(self, prepaid: Technician) -> None:
        count = prepaid.input(0x0303)[0] + 1
        prepaid.unlock()
        prepaid.meter.pay_in(700)

        assert prepaid.refused(TOP_UP, *words(1000), count) is Refused.VALUE
        assert prepaid.refused(TOP_UP, *words(1000), count + 1) is None
        assert prepaid.meter.state.credited == 1700

    def test_a_meter_without_prepayment_takes_no_money(self, line: SimulatedLine) -> None:
        meter = of_model(line, Model.DTS300)
        Technician(meter).unlock()

        assert Technician(meter).refused(TOP_UP, 0, 1000, 1) is Refused.ADDRESS
        with pytest.raises(ValueError, match="has no prepayment"):
            meter.pay_in(1000)

    def test_people_leave_it_to_the_line_from_then_on(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        habit = Technician(line.meters[2])
        count = prepaid.top_up(10_000)
        before = habit.shows("top_up_count")
        clock.now += 40 * 86400

        assert prepaid.input(0x0303)[0] == count
        assert habit.shows("top_up_count") > before

    def test_habits_can_be_ended_without_money(self, prepaid: Technician, clock: Clock) -> None:
        before = prepaid.numbers()
        prepaid.meter.end_habits()
        assert prepaid.numbers() == before
        clock.now += 40 * 86400

        assert prepaid.shows("top_up_count") == before["top_up_count"]


class TestToken:
    """Holding 0x0618 and 0x061D."""

    @staticmethod
    def load(technician: Technician, token: str) -> int:
        technician.do(0x0618, *(int(token[place : place + 4], 16) for place in range(0, 20, 4)))
        return technician.holding(0x061D)[0]

    def test_a_token_credits_once(self, prepaid: Technician) -> None:
        before = prepaid.numbers()
        token = toy_token(prepaid.meter.nameplate.serial, 12.34, 7)
        assert prepaid.holding(0x061D) == [0]

        assert [self.load(prepaid, token) for _ in range(3)] == [1, 3, 3]
        after = prepaid.numbers()
        assert prepaid.meter.state.credited == 1234
        assert after["top_up_count"] == before["top_up_count"] + 1
        assert after["last_top_up"] == 12.34

    def test_a_token_for_another_meter_is_told_apart(self, line: SimulatedLine, prepaid: Technician) -> None:
        token = toy_token(line.meters[2].nameplate.serial, 10, 1)

        assert self.load(prepaid, token) == 4
        assert prepaid.meter.state.credited == 0

    def test_a_mistyped_token_is_invalid(self, prepaid: Technician) -> None:
        token = toy_token(prepaid.meter.nameplate.serial, 10, 1)
        results = set()
        for place in range(20):
            wrong = str((int(token[place]) + 1) % 10)
            results.add(self.load(prepaid, token[:place] + wrong + token[place + 1 :]))

        assert results == {2}
        assert prepaid.meter.state.credited == 0

    def test_other_digits_are_no_digits(self, prepaid: Technician) -> None:
        prepaid.unlock()

        assert prepaid.refused(0x0618, 0x123A, 0, 0, 0, 0) is Refused.VALUE
        assert prepaid.refused(0x0618, 0, 0, 0, 0) is Refused.VALUE
        assert prepaid.refused(0x0619, 0, 0, 0, 0) is Refused.VALUE
        assert prepaid.refused(0x061D, 1) is Refused.ADDRESS
        assert prepaid.holding(0x061D) == [0]


class TestBusy:
    """Exception 06, for as long as the fault says."""

    def test_everything_is_refused_for_a_while(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        read, sample = bytes([3, 0, 0, 0, 2]), bytes([6, 0x06, 0x02, 0, 1])
        line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=10))
        clock.now += 9.9
        assert [respond(prepaid.meter, pdu) for pdu in (read, sample)] == [b"\x83\x06", b"\x86\x06"]
        assert respond(line.meters[2], sample) == sample
        clock.now += 0.1

        assert respond(prepaid.meter, sample) == sample

    def test_it_can_be_busy_again(self, line: SimulatedLine, prepaid: Technician, clock: Clock) -> None:
        for _ in range(2):
            line.faults.set(Fault(kind=FaultKind.BUSY))
            assert prepaid.meter.busy
            line.faults.set(Fault(kind=FaultKind.ECHO))
            clock.now += 2
            assert not prepaid.meter.busy


def test_writes_are_echoed(prepaid: Technician) -> None:
    prepaid.unlock()
    meter, count = prepaid.meter, prepaid.input(0x0303)[0] + 1

    assert respond(meter, bytes.fromhex("06 0500 000a")) == bytes.fromhex("06 0500 000a")
    assert respond(meter, bytes.fromhex("10 0500 0001 02 0014")) == bytes.fromhex("10 0500 0001")
    top_up = bytes.fromhex("10 0610 0003 06 0000 03e8") + count.to_bytes(2)
    assert respond(meter, top_up) == bytes.fromhex("10 0610 0003")
