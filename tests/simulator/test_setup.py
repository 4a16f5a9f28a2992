"""Settings: what can be written where, what is refused, and what a change does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from custom_components.csj_meter.simulator import Model, SimulatedLine, demo_line
from custom_components.csj_meter.simulator.files import read_file
from custom_components.csj_meter.simulator.registers import Refused
from custom_components.csj_meter.simulator.site import HOMES, Home
from tests.simulator.conftest import AUTUMN, Clock, Technician, of_model, words

DAY = 86400
UNUSED = (0xFFFF, 0xFFFF)


def table(*points: tuple[int, int]) -> list[int]:
    """24 registers of a day table."""
    return [word for point in [*points, *[UNUSED] * (12 - len(points))] for word in point]


@pytest.mark.parametrize(
    ("address", "values", "shown"),
    [
        (0x0500, (30,), "reporting_interval"),
        (0x0501, (5,), "load_profile_interval"),
        (0x0508, words(1234), "credit_alarm_1"),
        (0x050A, words(0), "credit_alarm_2"),
        (0x050C, words(99_999_999), "overdraft_limit"),
        (0x0510, words(3333), "price_t1"),
        (0x051A, words(0), "price_t6"),
    ],
)
def test_a_setting_reads_as_it_was_written(
    prepaid: Technician, address: int, values: tuple[int, ...], shown: str
) -> None:
    scale = 10_000 if shown.startswith("price") else 1 if len(values) == 1 else 100
    prepaid.do(address, *values)

    assert tuple(prepaid.holding(address, len(values))) == values
    assert prepaid.meter.truth()[shown] == pytest.approx(int.from_bytes(np.array(values, ">u2")) / scale)


@pytest.mark.parametrize(
    ("address", "values"),
    [
        (0x0500, (0,)),
        (0x0500, (3601,)),
        (0x0501, (0,)),
        (0x0501, (61,)),
        (0x0502, (0, 1)),
        (0x0502, (0xFFFF, 0xFFFF)),
        (0x0502, (0x6AB0,)),
        (0x0503, (0,)),
        (0x0504, (0,)),
        (0x0504, (248,)),
        (0x0505, (8,)),
        (0x0506, (3,)),
        (0x0508, words(100_000_000)),
        (0x0508, (0, 1, 0)),
        (0x0509, (0, 1)),
        (0x050C, (0xFFFF, 0xFFFF)),
        (0x0510, (0xFFFF, 0xFFFF)),
        (0x051E, words(1)),  # tariff 8 of a meter with 6
        (0x0500, (30, 0)),
    ],
)
def test_what_may_not_be_is_refused_and_changes_nothing(
    prepaid: Technician, address: int, values: tuple[int, ...]
) -> None:
    before = prepaid.meter.truth()
    events = prepaid.meter.event_log.filled
    prepaid.unlock()

    assert prepaid.refused(address, *values) is Refused.VALUE
    assert prepaid.meter.truth() == before
    assert prepaid.meter.event_log.filled == events


def test_a_whole_block_is_written_at_once(prepaid: Technician) -> None:
    prices = [word for price in range(1000, 1600, 100) for word in words(price)] + [0xFFFF] * 4
    prepaid.do(0x0510, *prices)
    prepaid.write(0x0508, *words(900), *words(300), *words(50))

    assert prepaid.holding(0x0510, 16) == prices
    assert prepaid.holding(0x0508, 6) == [0, 900, 0, 300, 0, 50]


def test_one_bad_value_spoils_the_whole_write(prepaid: Technician) -> None:
    prepaid.unlock()

    assert prepaid.refused(0x0500, 30, 99) is Refused.VALUE
    assert prepaid.holding(0x0500, 2) == [5, 15]


def test_a_meter_without_prepayment_has_no_limits_and_prices(line: SimulatedLine) -> None:
    technician = Technician(of_model(line, Model.DTS300))
    technician.unlock()

    assert technician.refused(0x0508, 0, 1) is Refused.ADDRESS
    assert technician.refused(0x0510, 0, 1) is Refused.ADDRESS
    assert technician.refused(0x0500, 20) is None


@pytest.mark.parametrize("address", [0x0000, 0x0013, 0x0530, 0x0533, 0x0545])
def test_what_only_tells_cannot_be_written(prepaid: Technician, address: int) -> None:
    prepaid.unlock()

    assert prepaid.refused(address, 1) is Refused.ADDRESS


def test_a_change_is_logged_with_its_place(prepaid: Technician) -> None:
    prepaid.do(0x0508, *words(700))
    event = prepaid.meter.event_log.events()[-1]

    assert (event.time, event.code, event.value) == (int(AUTUMN), 7, 0x0508)


class TestReportingInterval:
    """Holding 0x0500."""

    def test_samples_come_at_the_new_pace_and_numbers_go_on(self, prepaid: Technician, clock: Clock) -> None:
        first = prepaid.input(0x0100)[0]
        clock.now += 2
        prepaid.do(0x0500, 60)
        numbers = []
        for _ in range(4):
            numbers.append(prepaid.input(0x0100)[0] - first)
            clock.now += 60
        prepaid.do(0x0500, 1)
        start = prepaid.input(0x0100)[0]
        clock.now += 10

        assert numbers == [0, 1, 2, 3]
        assert prepaid.input(0x0100)[0] == start + 10

    def test_the_present_sample_stays_until_the_next(self, prepaid: Technician, clock: Clock) -> None:
        clock.now += 3
        before = prepaid.input(0x0100, 58)
        prepaid.do(0x0500, 600)
        clock.now += 60

        assert prepaid.input(0x0100, 58) == before


class TestLoadProfileInterval:
    """Holding 0x0501."""

    def test_the_ring_begins_anew_with_entries_of_the_new_length(
        self, prepaid: Technician, clock: Clock
    ) -> None:
        prepaid.do(0x0501, 5)
        assert prepaid.holding(0x0530, 2) == [0, 0]
        clock.now += 1000
        newest, filled = prepaid.holding(0x0530, 2)
        entries = [read_file(prepaid.meter, 1, 8 * slot, 8) for slot in range(filled + 1)]
        ends = [entry[0] << 16 | entry[1] for entry in entries]

        assert (newest, filled) == (2, 3)
        assert ends == [AUTUMN + 400, AUTUMN + 700, AUTUMN + 1000, 0]


class TestClock:
    """Holding 0x0502."""

    def test_it_goes_on_from_what_was_set(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(0x0502, *words(1_700_000_000))
        clock.now += 50

        assert prepaid.long(0x0502) == 1_700_000_050
        assert prepaid.shows("clock") == 1_700_000_050

    def test_the_log_goes_by_it(self, prepaid: Technician, clock: Clock) -> None:
        before = prepaid.meter.event_log.events()[-1].time
        prepaid.do(0x0502, *words(int(AUTUMN) + 500))
        newest = prepaid.holding(0x0532)[0]
        words_ = read_file(prepaid.meter, 8, 4 * newest, 4)

        assert words_ == [*words(int(AUTUMN) + 500), 11, 0]
        assert read_file(prepaid.meter, 8, 4 * (newest - 1), 2) == list(words(before))

    def test_tariffs_switch_by_it(self, prepaid: Technician, clock: Clock) -> None:
        # 14:13 in truth; the meter of six tariffs has its peak from 17:00 on
        assert prepaid.shows("active_tariff") == 2
        prepaid.do(0x0502, *words(int(AUTUMN) + 4 * 3600))
        clock.now += 65
        before = prepaid.meter.counters(prepaid.meter.local(clock.now))
        assert prepaid.shows("active_tariff") == 3
        clock.now += 600
        gained = prepaid.meter.counters(prepaid.meter.local(clock.now)) - before

        assert np.flatnonzero(gained[:8]).tolist() == [2]
        prepaid.do(0x0502, *words(int(clock.now) + 3 * DAY + 3600))
        clock.now += 65
        assert prepaid.shows("active_tariff") == 2
        prepaid.do(0x0502, *words(int(clock.now)))
        clock.now += 65
        assert prepaid.meter.settings.schedule.tariff(clock.now) == prepaid.shows("active_tariff")

    def test_setting_it_right_changes_no_counter(self, prepaid: Technician, clock: Clock) -> None:
        twin = demo_line(clock=clock).meters[1]
        for _ in range(5):
            clock.now += 997
            prepaid.do(0x0502, *words(int(clock.now) + 1))
            assert prepaid.shows("energy_import") == twin.truth()["energy_import"]

    def test_a_clock_may_drift_until_it_is_set(self, clock: Clock) -> None:
        home = Home(model=Model.DDSY100, kind=HOMES[1].kind, drift=4.0)
        technician = Technician(demo_line(meters=1, clock=clock, homes=[home]).meters[1])
        age = (clock.now - technician.meter.installed_at) / DAY

        assert technician.long(0x0502) - clock.now == pytest.approx(4 * age, abs=1)
        technician.do(0x0502, *words(int(clock.now)))
        clock.now += 10 * DAY
        assert technician.long(0x0502) - clock.now == pytest.approx(40, abs=1)


class TestUnitId:
    """Holding 0x0504."""

    def test_the_meter_moves_and_leaves_its_place(self, line: SimulatedLine) -> None:
        meter = line.meters[2]
        Technician(meter).do(0x0504, 77)

        assert sorted(line.meters) == [1, 3, 4, 5, 6, 77]
        assert line.meters[77] is meter
        assert Technician(meter).holding(0x0504) == [77]

    def test_it_stays_the_same_meter(self, line: SimulatedLine, clock: Clock) -> None:
        twin = demo_line(clock=clock).meters[2]
        Technician(line.meters[2]).do(0x0504, 77)
        clock.now += 3605
        truth, same = line.meters[77].truth(), twin.truth()

        assert {name for name in truth if truth[name] != same[name]} == set()


class TestLineSettings:
    """Holding 0x0505 and 0x0506."""

    def test_they_hold_from_the_next_start_on(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(0x0505, 4, 1)
        assert prepaid.holding(0x0504, 3) == [1, 4, 1]
        assert (prepaid.meter.line_speed, prepaid.meter.line_parity) == (9600, "N")
        prepaid.write(0x0603, 0xA55A)
        clock.now += 4

        assert (prepaid.meter.line_speed, prepaid.meter.line_parity) == (19200, "E")
        assert prepaid.holding(0x0504, 3) == [1, 4, 1]


class TestDayTables:
    """Holding 0x0560, 24 registers a day."""

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_a_table_is_written_whole(self, prepaid: Technician, place: int) -> None:
        before = prepaid.holding(0x0560, 72)
        points = table((0, 6), (61, 1), (1439, 2))
        prepaid.do(0x0560 + 24 * place, *points)
        after = prepaid.holding(0x0560, 72)

        assert after[24 * place : 24 * place + 24] == points
        assert after[: 24 * place] == before[: 24 * place]
        assert after[24 * place + 24 :] == before[24 * place + 24 :]

    def test_twelve_points_fit(self, prepaid: Technician) -> None:
        points = table(*((100 * number, 1 + number % 6) for number in range(12)))
        prepaid.do(0x0560, *points)

        assert prepaid.holding(0x0560, 24) == points

    @pytest.mark.parametrize(
        "values",
        [
            table(),
            table((0, 7)),
            table((0, 0)),
            table((0, 1), (1440, 2)),
            table((0, 1), (600, 2), (600, 3)),
            table((0, 1), (600, 2), (300, 3)),
            [*UNUSED, *table((0, 1))[:22]],
            [0, 1, 0xFFFF, 3, *table()[4:]],
            table((0, 1))[:23],
            table((0, 1))[:2],
            [*table((0, 1)), 0, 1],
        ],
    )
    def test_tables_that_make_no_sense_are_refused(self, prepaid: Technician, values: list[int]) -> None:
        before = prepaid.holding(0x0560, 72)
        prepaid.unlock()

        assert prepaid.refused(0x0560, *values) is Refused.VALUE
        assert prepaid.holding(0x0560, 72) == before

    def test_a_table_begins_at_its_place(self, prepaid: Technician) -> None:
        prepaid.unlock()

        assert prepaid.refused(0x0562, *table((0, 1))) is Refused.VALUE

    def test_energy_counts_under_the_new_tariff_from_the_next_minute_on(
        self, prepaid: Technician, clock: Clock
    ) -> None:
        meter = prepaid.meter
        twin = demo_line(clock=clock).meters[1]
        clock.now = AUTUMN // 60 * 60 + 30.5
        start = meter.counters(meter.local(clock.now))
        switch = meter.counters(meter.local(clock.now + 29.5))
        prepaid.do(0x0560, *table((0, 5)))
        clock.now += 5000
        meter.settle()
        end = meter.counters(meter.local(clock.now))

        assert end[1] - start[1] == pytest.approx(switch[1] - start[1])
        assert end[4] - start[4] == pytest.approx(twin.counters(clock.now)[1] - switch[1])
        assert end[:8].sum() == pytest.approx(twin.counters(clock.now)[:8].sum())
        assert meter.truth()["active_tariff"] == 5

    def test_the_past_keeps_its_tariffs(self, prepaid: Technician, clock: Clock) -> None:
        meter = prepaid.meter
        times = [AUTUMN - 40 * DAY, AUTUMN - 3600, AUTUMN - 60]
        before = [meter.counters(time) for time in times]
        prepaid.do(0x0560, *table((0, 4)))
        prepaid.do(0x0578, *table((0, 3)))
        clock.now += 9 * DAY
        meter.settle()

        assert np.allclose([meter.counters(time) for time in times], before)

    def test_each_kind_of_day_has_its_own(self, prepaid: Technician, clock: Clock) -> None:
        for place, tariff in enumerate((4, 5, 6)):
            prepaid.do(0x0560 + 24 * place, *table((0, tariff)))
        shown = {}
        for day in range(7):
            clock.now = AUTUMN + day * DAY
            shown[dt.datetime.fromtimestamp(clock.now, dt.UTC).strftime("%a")] = prepaid.meter.truth()[
                "active_tariff"
            ]

        assert shown == {"Mon": 2, "Tue": 4, "Wed": 4, "Thu": 4, "Fri": 4, "Sat": 5, "Sun": 6}

    def test_before_its_first_point_the_last_one_holds(self, prepaid: Technician, clock: Clock) -> None:
        prepaid.do(0x0560, *table((900, 2), (1000, 3)))
        clock.now += 65

        assert prepaid.shows("active_tariff") == 3
        clock.now = AUTUMN // DAY * DAY + 15.5 * 3600
        assert prepaid.shows("active_tariff") == 2
