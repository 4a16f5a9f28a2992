"""Money: whatever is done to a meter, its balance is what was there, came in and was used."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    Model,
    SimulatedLine,
    SimulatedMeter,
    demo_line,
)
from custom_components.csj_meter.simulator.site import HOMES, Home
from custom_components.csj_meter.simulator.state import MeterState
from tests.simulator.conftest import AUTUMN, Clock, Technician, words

LINE_CLOCK = Clock()
LINE = demo_line(meters=5, clock=LINE_CLOCK)
"""Made once: the long sums of the past are the same for every example."""


@dataclass(slots=True)
class Bookkeeper:
    """Adds up from outside: opening balance, credits, and energy times price in between."""

    technician: Technician
    balance: float = field(init=False)
    prices: np.ndarray[tuple[int], np.dtype[np.float64]] = field(init=False)
    counters: np.ndarray[tuple[int], np.dtype[np.float64]] = field(init=False)

    def __post_init__(self) -> None:
        meter = self.technician.meter
        meter.end_habits()
        self.balance = meter.credit_at(meter.local(meter.clock())).balance
        self.prices = np.array(meter.settings.prices)
        self.counters = self.read()

    def read(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        meter = self.technician.meter
        meter.settle()
        return meter.counters(meter.local(meter.clock()))

    def settle(self) -> None:
        """Energy since the last time, at the prices since then."""
        now = self.read()
        assert (now - self.counters).min() >= -1e-9, "a counter fell"
        self.balance -= float((now - self.counters)[:8] @ self.prices)
        self.counters = now

    def check(self) -> None:
        self.settle()
        meter = self.technician.meter
        assert meter.credit_at(meter.local(meter.clock())).balance == pytest.approx(self.balance, abs=1e-6)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(min_value=0.1, max_value=200_000)),
        st.tuples(st.just("top_up"), st.integers(min_value=1, max_value=5000)),
        st.tuples(st.just("relay"), st.sampled_from([3, 4, 5, 6])),
        st.tuples(st.just("price"), st.integers(min_value=0, max_value=40_000)),
        st.tuples(st.just("limit"), st.integers(min_value=0, max_value=2000)),
        st.tuples(st.just("table"), st.integers(min_value=1, max_value=4)),
        st.tuples(st.just("clock"), st.integers(min_value=-90_000, max_value=90_000)),
        st.tuples(
            st.just("fault"),
            st.sampled_from(["leak=9000", "overload=1.5", "voltage_sag", "meter_dead", "zero_current"]),
        ),
        st.tuples(st.just("fault"), st.sampled_from(["relay_stuck", "cover_opened", "voltage_swell=0.3"])),
        st.tuples(st.just("clear"), st.none()),
        st.tuples(st.just("restart"), st.none()),
        st.tuples(st.just("killed"), st.none()),
    ),
    min_size=8,
    max_size=30,
)


def play(books: Bookkeeper, step: tuple[str, object]) -> None:
    """Do one step, and book what it must move."""
    technician = books.technician
    match step:
        case ("top_up", int(cents)):
            books.settle()
            technician.top_up(cents)
            books.balance += cents / 100
        case ("price", int(raw)):
            books.settle()
            technician.do(0x0510, *words(raw), *words(2 * raw))
            books.prices[:2] = raw / 10_000, raw / 5_000
        case ("relay", int(word)):
            technician.do(0x0602, word)
        case ("limit", int(cents)):
            technician.do(0x050C, *words(cents))
        case ("table", int(tariff)):
            technician.do(0x0560, 0, tariff, 700, 1, *[0xFFFF] * 20)
        case ("clock", int(shift)):
            technician.do(0x0502, *words(int(LINE_CLOCK.now) + shift))
        case ("restart", None):
            technician.do(0x0603, 0xA55A)
            LINE_CLOCK.now += 3
        case _:
            happen(technician.meter, step)


def happen(meter: SimulatedMeter, step: tuple[str, object]) -> None:
    """What nobody has commanded."""
    match step:
        case ("wait", float(seconds)):
            LINE_CLOCK.now += seconds
        case ("fault", str(text)):
            kind, _, size = text.partition("=")
            magnitude = float(size) if size else None
            LINE.faults.set(Fault(kind=FaultKind(kind), unit=meter.unit_id, magnitude=magnitude))
        case ("clear", None):
            LINE.faults.clear()
        case ("killed", None):
            meter.settle()
            meter.keep()
            meter.restore(MeterState.from_dict(meter.state.as_dict()))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from([1, 2, 5]), STEPS)
def test_the_balance_is_what_was_there_came_in_and_was_used(
    unit: int, steps: list[tuple[str, object]]
) -> None:
    LINE_CLOCK.now = AUTUMN
    LINE.faults.clear()
    meter = LINE.meters[unit]
    meter.restore(MeterState())
    books = Bookkeeper(Technician(meter))
    for step in steps:
        play(books, step)
        books.check()
    credited = sum(cents for step, cents in steps if step == "top_up" and isinstance(cents, int))
    assert meter.state.credited == credited


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(["mine", "again", "rival", "stale"]), st.integers(1, 9999)), max_size=40
    )
)
def test_a_count_is_honoured_once(writes: list[tuple[str, int]]) -> None:
    """Whoever writes a top-up twice, or for a count that has passed, moves no money."""
    LINE_CLOCK.now = AUTUMN
    LINE.faults.clear()
    technician = Technician(LINE.meters[2])
    technician.meter.restore(MeterState())
    technician.unlock()
    first = count = technician.input(0x0303)[0]
    last = (0, 0)
    paid = 0
    for kind, cents in writes:
        match kind:
            case "mine":
                assert technician.refused(0x0610, *words(cents), count + 1) is None
                last, count, paid = (cents, count + 1), count + 1, paid + cents
            case "again" if last[1]:
                assert technician.refused(0x0610, *words(last[0]), last[1]) is not None
            case "rival":
                technician.meter.pay_in(cents)
                count, paid = count + 1, paid + cents
            case "stale":
                assert technician.refused(0x0610, *words(cents), max(0, count - cents % 5)) is not None
        assert technician.input(0x0303) == [count]
        assert technician.meter.state.credited == paid
    assert count - first == sum(kind in ("mine", "rival") for kind, _ in writes)


def test_the_invented_past_stays_as_it_was(line: SimulatedLine, prepaid: Technician, clock: Clock) -> None:
    before = [prepaid.meter.credit_at(AUTUMN - 86400 * day) for day in (1, 10, 30, 100)]
    prepaid.top_up(5000)
    prepaid.do(0x0510, *words(9999))
    prepaid.do(0x0602, 5)
    clock.now += 86400

    assert [prepaid.meter.credit_at(AUTUMN - 86400 * day) for day in (1, 10, 30, 100)] == before


def test_any_moment_of_the_past_can_be_asked_for(prepaid: Technician, clock: Clock) -> None:
    seen = []
    for step in range(30):
        clock.now += 3607
        if step % 4 == 0:
            prepaid.top_up(100 * step + 1)
        if step % 7 == 3:
            prepaid.do(0x0510, *(word for _ in range(6) for word in words(1000 * step)))
        prepaid.meter.settle()
        seen.append((clock.now, prepaid.meter.credit_at(clock.now)))

    assert [prepaid.meter.credit_at(time) for time, _ in seen] == [state for _, state in seen]


def test_ten_thousand_top_ups_are_summed_to_the_cent(prepaid: Technician, clock: Clock) -> None:
    prepaid.do(0x0602, 5)
    start = prepaid.meter.credit_at(clock.now).balance
    for cents in range(10_000):
        prepaid.meter.pay_in(cents % 97 + 1)
    total = sum(cents % 97 + 1 for cents in range(10_000))

    assert prepaid.meter.state.credited == total
    assert prepaid.meter.credit_at(clock.now).balance - start == pytest.approx(total / 100, abs=1e-6)
    assert len(prepaid.meter.state.postings) == 400


def test_what_is_forgotten_is_blurred_but_not_invented(prepaid: Technician, clock: Clock) -> None:
    for _ in range(600):
        clock.now += 3600
        prepaid.meter.pay_in(100)
    then = prepaid.meter.credit_at(AUTUMN + 50 * 3600)
    first = prepaid.meter.state.postings[0]

    assert (then.top_up_count, then.last_top_up) == (first.top_up_count, 1.0)
    assert then.balance > first.balance
    assert prepaid.meter.credit_at(AUTUMN - 1).top_up_count == first.top_up_count - 201


def test_credit_can_be_counted_in_kilowatt_hours(clock: Clock) -> None:
    home = Home(model=Model.DDSY100, kind=HOMES[1].kind, credit_mode=1)
    technician = Technician(demo_line(meters=1, clock=clock, homes=[home]).meters[1])
    technician.meter.end_habits()
    before = technician.numbers()
    technician.top_up(1000)
    clock.now += 6 * 3600
    after = technician.numbers()
    used = after["energy_import"] - before["energy_import"]

    assert technician.input(0x0302) == [1]
    assert used > 0.3
    assert after["balance"] == pytest.approx(before["balance"] + 10 - used, abs=0.03)
