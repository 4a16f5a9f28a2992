"""The supply relay: modes, causes, and what an open contact does to load, counters and money."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    Model,
    RelayCause,
    RelayMode,
    SimulatedLine,
    demo_line,
)
from custom_components.csj_meter.simulator.files import read_file
from custom_components.csj_meter.simulator.state import MeterState
from tests.simulator.conftest import AUTUMN, Clock, Technician, of_model, words

ACTION = 0x0602
AUTOMATIC, CLOSE, OPEN, CLEAR = 3, 4, 5, 6
HOUR = 3600.0

Shown = tuple[int, RelayMode, RelayCause]


def relay(technician: Technician) -> Shown:
    """Contact, mode and cause as the registers tell."""
    contact, mode, cause = technician.input(0x031C, 3)
    return contact, RelayMode(mode), RelayCause(cause)


def events(technician: Technician, count: int) -> list[tuple[int, int]]:
    return [(event.code, event.value) for event in technician.meter.event_log.events()[-count:]]


class TestCommands:
    """Told by the line."""

    def test_it_begins_automatic_and_closed(self, prepaid: Technician) -> None:
        assert relay(prepaid) == (1, RelayMode.AUTOMATIC, RelayCause.NONE)

    def test_forced_open_cuts_the_load_off(self, prepaid: Technician, clock: Clock) -> None:
        assert prepaid.shows("active_power") > 0
        prepaid.do(ACTION, OPEN)

        assert relay(prepaid) == (0, RelayMode.FORCED_OPEN, RelayCause.REMOTE)
        clock.now += 5
        truth = prepaid.numbers()
        assert truth["active_power"] == truth["current_l1"] == truth["current_n"] == 0
        assert truth["voltage_l1"] > 215
        assert not prepaid.input(0x0101)[0] & 1

    def test_forced_closed_brings_it_back(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(ACTION, OPEN)
        prepaid.write(ACTION, CLOSE)
        clock.now += 5

        assert relay(prepaid) == (1, RelayMode.FORCED_CLOSED, RelayCause.NONE)
        assert prepaid.shows("active_power") > 0

    def test_automatic_closes_while_there_is_credit(self, prepaid: Technician) -> None:
        prepaid.do(ACTION, OPEN)
        prepaid.write(ACTION, AUTOMATIC)

        assert relay(prepaid) == (1, RelayMode.AUTOMATIC, RelayCause.NONE)

    def test_it_shows_at_once_although_samples_are_rare(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(0x0500, 3600)
        clock.now += 20
        prepaid.write(ACTION, OPEN)

        assert relay(prepaid)[0] == 0
        assert prepaid.input(0x0101)[0] & 1  # the sample is older

    def test_moves_are_logged_with_their_cause(self, prepaid: Technician) -> None:
        prepaid.do(ACTION, OPEN)
        prepaid.write(ACTION, OPEN)
        prepaid.write(ACTION, AUTOMATIC)

        assert events(prepaid, 2) == [(4, RelayCause.REMOTE), (5, 0)]

    def test_a_restart_leaves_it_where_it_is(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(ACTION, OPEN)
        prepaid.write(0x0603, 0xA55A)
        clock.now += 60

        assert relay(prepaid) == (0, RelayMode.FORCED_OPEN, RelayCause.REMOTE)
        assert prepaid.shows("active_power") == 0


class TestOpenContact:
    """Nothing flows, nothing counts, nothing is paid."""

    def test_counters_and_balance_stand_still(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(ACTION, OPEN)
        before = prepaid.input(0x0200, 42), prepaid.input(0x0300, 2)
        clock.now += 30 * HOUR

        assert (prepaid.input(0x0200, 42), prepaid.input(0x0300, 2)) == before

    @pytest.mark.parametrize(
        ("opened", "closed"),
        [
            (0.0, 0.3),
            (7.3, 44.1),
            (20.0, 60.0),
            (0.0, 120.0),
            (59.99, 301.7),
            (100.2, 7300.5),
            (50.0, 90_000),
        ],
    )
    def test_what_is_missing_is_what_the_home_would_have_used(
        self, prepaid: Technician, clock: Clock, opened: float, closed: float
    ) -> None:
        meter, twin = prepaid.meter, demo_line(clock=clock).meters[1]
        start = AUTUMN // 60 * 60
        clock.now = start + opened
        prepaid.do(ACTION, OPEN)
        clock.now = start + closed
        prepaid.do(ACTION, CLOSE)
        clock.now = start + closed + 1000

        missing = twin.counters(clock.now) - meter.counters(clock.now)

        assert missing == pytest.approx(twin.energy.at(start + closed) - twin.energy.at(start + opened))
        for time in (start + opened, start + opened + (closed - opened) / 3, start + closed):
            assert meter.counters(time) == pytest.approx(twin.counters(start + opened), abs=1e-9)

    def test_a_look_into_the_future_does_not_bind_it(self, prepaid: Technician, clock: Clock) -> None:
        meter = prepaid.meter
        prepaid.do(ACTION, OPEN)
        clock.now += 60
        prepaid.do(ACTION, CLOSE)
        promised = meter.counters(AUTUMN + 3 * 86400)
        clock.now += 60
        prepaid.do(ACTION, OPEN)
        opened = meter.counters(clock.now)

        assert meter.counters(AUTUMN + 3 * 86400) == pytest.approx(opened, abs=1e-9)
        assert promised.sum() > opened.sum() + 1

    def test_the_neighbours_voltage_rises(self, line: SimulatedLine, prepaid: Technician) -> None:
        feeder = prepaid.meter.connection.feeder
        loaded = feeder.voltages(AUTUMN)
        prepaid.do(ACTION, OPEN)

        assert (feeder.voltages(AUTUMN) > loaded).all()

    def test_the_load_profile_agrees_with_the_counters(self, prepaid: Technician, clock: Clock) -> None:
        clock.now += 777
        prepaid.do(ACTION, OPEN)
        clock.now += 2345
        prepaid.do(ACTION, CLOSE)
        clock.now += 3000
        newest, filled = prepaid.holding(0x0530, 2)
        assert filled == 6000
        entries = []
        for back in range(8, -1, -1):
            entry = read_file(prepaid.meter, 1 + (newest - back) // 1200, (newest - back) % 1200 * 8, 8)
            entries.append((entry[2] << 16 | entry[3], entry[5] << 16 | entry[6]))
        powers = [watts for _, watts in entries]

        for (earlier, _), (later, watts) in pairwise(entries):
            assert later - earlier == pytest.approx(watts / 10 / 1000 * 25, abs=7)
        assert powers.count(0) == 2
        assert min(powers[:3]) > 0

    def test_history_knows_it(self, prepaid: Technician, clock: Clock) -> None:
        clock.now = AUTUMN // HOUR * HOUR
        prepaid.do(ACTION, OPEN)
        clock.now += 2 * HOUR
        prepaid.do(ACTION, CLOSE)
        clock.now += HOUR
        before, *dark, after = prepaid.meter.history(AUTUMN // HOUR * HOUR - HOUR, clock.now)

        assert [row.power.high for row in dark] == [0, 0]
        assert [row.energy_import for row in dark] == [before.energy_import] * 2
        assert [row.balance for row in dark] == pytest.approx([before.balance] * 2)
        assert after.energy_import > before.energy_import

    def test_it_draws_no_demand(self, clock: Clock) -> None:
        clock.now = 20_697 * 86400.0  # 2026-09-01
        technician = Technician(demo_line(clock=clock).meters[1])
        technician.do(ACTION, OPEN)
        clock.now += 20 * 86400

        assert technician.shows("max_demand") == 0

    def test_a_thousand_moves_are_remembered_in_a_bounded_list(
        self, prepaid: Technician, clock: Clock
    ) -> None:
        """What is older than the list blurs, but the counters stay exact."""
        meter, twin = prepaid.meter, demo_line(clock=clock).meters[1]
        dark = np.zeros(18)
        for _ in range(500):
            clock.now += 61.7
            prepaid.do(ACTION, OPEN)
            opened = clock.now
            clock.now += 33.3
            prepaid.do(ACTION, CLOSE)
            dark += twin.energy.at(clock.now) - twin.energy.at(opened)

        assert len(meter.state.contact) <= 400
        assert twin.counters(clock.now) - meter.counters(clock.now) == pytest.approx(dark, abs=1e-9)
        assert meter.credit_at(clock.now).balance == pytest.approx(
            twin.credit_at(clock.now).balance + twin.credit.cost(dark), abs=1e-9
        )


class TestArrears:
    """Automatic mode: the money decides."""

    @pytest.fixture
    def poor(self, prepaid: Technician) -> Technician:
        """Somebody whose credit ends some hours from now, and who does not go to the shop."""
        prepaid.meter.end_habits()
        balance = prepaid.shows("balance")
        dear = round(balance / 2 * 10_000)
        prepaid.do(0x0510, *(word for _ in range(6) for word in words(dear)))
        return prepaid

    def test_the_contact_opens_when_the_overdraft_is_used_up(self, poor: Technician, clock: Clock) -> None:
        seen: list[tuple[int, float]] = []
        for _ in range(200):
            clock.now += 60
            contact = relay(poor)[0]
            seen.append((contact, poor.shows("balance")))
        opened = [contact for contact, _ in seen].index(0)

        assert relay(poor) == (0, RelayMode.AUTOMATIC, RelayCause.ARREARS)
        assert seen[opened - 1][1] > -1.0 >= seen[opened][1]
        assert {seen[place] for place in range(opened, 200)} == {seen[opened]}
        assert events(poor, 1) == [(4, RelayCause.ARREARS)]
        assert poor.input(0x0101)[0] & 0b1111 == 0b1110

    def test_asking_once_finds_the_same_as_asking_often(self, poor: Technician, clock: Clock) -> None:
        kept = MeterState.from_dict(poor.meter.state.as_dict())
        for _ in range(700):
            clock.now += 29
            relay(poor)
        rare = Technician(demo_line(clock=clock).meters[1])
        rare.meter.restore(kept)

        assert rare.meter.truth() == poor.meter.truth()
        assert rare.meter.state.contact == poor.meter.state.contact
        assert relay(rare)[0] == 0

    def test_the_overdraft_limit_decides_when(self, poor: Technician, clock: Clock) -> None:
        poor.do(0x050C, *words(0))
        clock.now += 20 * HOUR
        assert relay(poor)[0] == 0
        assert -1 < poor.shows("balance") <= 0
        poor.do(0x050C, *words(500))

        assert relay(poor)[0] == 1

    def test_credit_closes_it_again(self, poor: Technician, clock: Clock) -> None:
        clock.now += 20 * HOUR
        assert relay(poor)[0] == 0
        poor.top_up(5000)

        assert relay(poor) == (1, RelayMode.AUTOMATIC, RelayCause.NONE)
        clock.now += 5
        assert poor.shows("active_power") > 0
        assert events(poor, 2) == [(6, 50), (5, 0)]

    def test_too_little_credit_does_not(self, poor: Technician, clock: Clock) -> None:
        clock.now += 20 * HOUR
        debt = -poor.shows("balance") - 1
        poor.do(0x050C, *words(0))
        poor.top_up(round(debt * 100) + 50)

        assert relay(poor) == (0, RelayMode.AUTOMATIC, RelayCause.ARREARS)

    def test_forced_closed_knows_no_arrears(self, poor: Technician, clock: Clock) -> None:
        poor.do(ACTION, CLOSE)
        clock.now += 20 * HOUR
        assert relay(poor)[0] == 1
        assert poor.shows("balance") < -5
        poor.do(ACTION, AUTOMATIC)

        assert relay(poor) == (0, RelayMode.AUTOMATIC, RelayCause.ARREARS)

    def test_forced_open_stays_open_whatever_is_paid(self, poor: Technician, clock: Clock) -> None:
        poor.do(ACTION, OPEN)
        poor.top_up(10_000)

        assert relay(poor) == (0, RelayMode.FORCED_OPEN, RelayCause.REMOTE)

    def test_people_who_go_to_the_shop_get_their_light_back(self, prepaid: Technician, clock: Clock) -> None:
        price = [word for _ in range(6) for word in words(300_000)]
        prepaid.do(0x0510, *price)
        while relay(prepaid)[0]:
            clock.now += HOUR
        dark = clock.now
        count = prepaid.input(0x0303)[0]
        while prepaid.input(0x0303)[0] == count:
            clock.now += HOUR
            assert clock.now < dark + 20 * 86400
        moved = [change.closed for change in prepaid.meter.state.contact]

        assert moved[:2] == [False, True]

    def test_a_leak_empties_the_account(self, line: SimulatedLine, prepaid: Technician, clock: Clock) -> None:
        prepaid.meter.end_habits()
        line.faults.set(Fault(kind=FaultKind.LEAK, unit=1, magnitude=20_000))
        clock.now += 20 * HOUR

        assert relay(prepaid) == (0, RelayMode.AUTOMATIC, RelayCause.ARREARS)
        assert -1.2 < prepaid.shows("balance") <= -1.0
        assert prepaid.shows("active_power") == 0


class TestReasons:
    """What else opens it."""

    @pytest.mark.parametrize(("size", "seconds"), [(1.2, 300), (2, 60), (6, 12)])
    def test_an_overload_is_borne_the_shorter_the_larger_it_is(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock, size: float, seconds: float
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.OVERLOAD, unit=1, magnitude=size))
        clock.now += seconds - 1
        assert relay(prepaid)[0] == 1
        clock.now += 2

        assert relay(prepaid) == (0, RelayMode.AUTOMATIC, RelayCause.OVERLOAD)
        assert events(prepaid, 1) == [(4, RelayCause.OVERLOAD)]
        clock.now += 5
        assert prepaid.shows("active_power") == 0

    def test_short_overloads_do_not_add_up(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        for _ in range(10):
            line.faults.set(Fault(kind=FaultKind.OVERLOAD, unit=1, magnitude=2))
            clock.now += 50
            line.faults.clear()
            clock.now += 50

        assert relay(prepaid)[0] == 1

    @pytest.mark.parametrize("word", [AUTOMATIC, CLOSE, CLEAR])
    def test_after_an_overload_somebody_has_to_look_after_it(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock, word: int
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.OVERLOAD, unit=1, magnitude=6))
        clock.now += 20
        line.faults.clear()
        clock.now += HOUR
        assert relay(prepaid)[2] is RelayCause.OVERLOAD
        prepaid.do(ACTION, word)

        assert relay(prepaid)[0] == 1

    def test_an_opened_cover_disconnects_until_the_flag_is_cleared(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.COVER_OPENED, unit=1))
        clock.now += 5
        assert relay(prepaid) == (0, RelayMode.AUTOMATIC, RelayCause.TAMPER)
        assert prepaid.input(0x0101)[0] & 1 << 5
        assert events(prepaid, 2) == [(3, 0), (4, RelayCause.TAMPER)]
        prepaid.do(ACTION, CLEAR)
        assert relay(prepaid)[0] == 0  # it is still open
        line.faults.clear()
        assert relay(prepaid)[0] == 0  # it has been
        prepaid.do(ACTION, CLEAR)
        clock.now += 5

        assert relay(prepaid) == (1, RelayMode.AUTOMATIC, RelayCause.NONE)
        assert not prepaid.input(0x0101)[0] & 1 << 5

    def test_a_cover_is_noticed_without_a_relay_too(self, line: SimulatedLine, clock: Clock) -> None:
        technician = Technician(of_model(line, Model.DTS300))
        line.faults.set(Fault(kind=FaultKind.COVER_OPENED))
        clock.now += 5

        assert technician.shows("status") == 0b100001
        assert technician.shows("active_power") != 0

    def test_a_dangerous_voltage_disconnects_while_it_lasts(
        self, line: SimulatedLine, prepaid: Technician
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.VOLTAGE_SWELL, magnitude=0.3))
        assert relay(prepaid) == (0, RelayMode.AUTOMATIC, RelayCause.VOLTAGE)
        line.faults.clear()

        assert relay(prepaid) == (1, RelayMode.AUTOMATIC, RelayCause.NONE)

    def test_a_relay_without_power_does_not_move(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
        line.faults.set(Fault(kind=FaultKind.COVER_OPENED, unit=1))
        clock.now += 60
        assert prepaid.meter.relay.closed
        line.faults.clear(FaultKind.METER_DEAD)

        assert not prepaid.meter.relay.closed


class TestStuck:
    """The fault that commands have to notice."""

    def test_the_contact_does_not_follow(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.RELAY_STUCK, unit=1))
        prepaid.do(ACTION, OPEN)
        clock.now += 5

        assert relay(prepaid) == (1, RelayMode.FORCED_OPEN, RelayCause.NONE)
        assert prepaid.shows("active_power") > 0
        line.faults.clear()
        assert relay(prepaid) == (0, RelayMode.FORCED_OPEN, RelayCause.REMOTE)

    def test_it_can_be_stuck_open(self, line: SimulatedLine, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(ACTION, OPEN)
        line.faults.set(Fault(kind=FaultKind.RELAY_STUCK))
        prepaid.do(ACTION, CLOSE)
        clock.now += 5

        assert relay(prepaid) == (0, RelayMode.FORCED_CLOSED, RelayCause.REMOTE)
        assert prepaid.shows("active_power") == 0

    def test_who_is_stuck_runs_into_debt(
        self, line: SimulatedLine, prepaid: Technician, clock: Clock
    ) -> None:
        prepaid.meter.end_habits()
        line.faults.set(Fault(kind=FaultKind.RELAY_STUCK, unit=1))
        clock.now += 60 * 86400
        assert prepaid.shows("balance") < -5
        assert relay(prepaid)[0] == 1
        line.faults.clear()

        assert relay(prepaid) == (0, RelayMode.AUTOMATIC, RelayCause.ARREARS)
