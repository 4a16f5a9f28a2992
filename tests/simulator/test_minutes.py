"""The past by the minute is what every single sample would have said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind, RelayMode, SimulatedLine
from custom_components.csj_meter.simulator.household import DAY
from custom_components.csj_meter.simulator.minutes import SECOND, MinuteDay, minute_days
from tests.simulator.conftest import AUTUMN, Clock

TODAY = AUTUMN // DAY * DAY


def days_of(line: SimulatedLine, unit: int, start: float, end: float) -> list[MinuteDay]:
    return list(minute_days([line.meters[unit]], start, end))


def assert_true(days: Sequence[MinuteDay], clock: Clock, step: int = 61) -> None:
    """Every ``step``-th minute is what the meter says when it is asked in it."""
    for day in days:
        for row in range(0, len(day.minutes), step):
            clock.now = float(day.minutes[row] * 60 + SECOND)
            truth = day.meter.truth()
            shown = {quantity: values[row] for quantity, values in day.values.items()}
            assert shown == pytest.approx({quantity: truth[quantity] for quantity in shown}, abs=1e-6)


@pytest.mark.parametrize("unit", range(1, 7))
def test_every_sample_is_the_one_that_the_meter_shows(line: SimulatedLine, clock: Clock, unit: int) -> None:
    days = days_of(line, unit, TODAY, TODAY + 2 * DAY)

    assert [len(day.minutes) for day in days] == [1440, 1440]
    assert_true(days, clock)


def test_nothing_that_is_worth_keeping_is_left_out(line: SimulatedLine, clock: Clock) -> None:
    """What the registers hold is there, but for what is told from the rest or never changes."""
    (day,) = days_of(line, 1, TODAY, TODAY + 3600)
    told = (
        "apparent",
        "harmonics",
        "unbalance",
        "power_factor_",
        "reactive_power_",
        "credit",
        "relay",
        "top_up",
    )
    left_out = {
        *("clock", "currency", "load_profile_interval", "max_demand", "overdraft_limit"),
        *("reporting_interval", "sequence", "uptime", "voltage_l1_l2", "voltage_l2_l3", "voltage_l3_l1"),
    }

    clock.now = TODAY
    truth = line.meters[1].truth()

    offered = {name for name, value in truth.items() if value is not None}
    missing = {name for name in offered - day.values.keys() if not any(word in name for word in told)}
    assert missing == left_out


def test_top_ups_relay_prices_and_energy_of_faults_are_in_it(line: SimulatedLine, clock: Clock) -> None:
    meter = line.meters[1]
    meter.settle()
    clock.now = TODAY + 20.5 * 3600 + 7
    meter.pay_in(2000)
    clock.now += 3017
    meter.relay.command(RelayMode.FORCED_OPEN, meter.local(clock.now))
    clock.now += 4001
    meter.relay.command(RelayMode.FORCED_CLOSED, meter.local(clock.now))
    line.faults.set(Fault(kind=FaultKind.LEAK, unit=1, magnitude=2000))
    clock.now += 5003
    line.faults.clear()
    end = clock.now
    energies = days_of(line, 1, TODAY + 20 * 3600, TODAY + 25 * 3600)

    closed = np.concatenate([day.values["status"].astype(int) & 1 for day in energies])
    assert [len(list(some)) for _, some in groupby(closed)] == [80, 67, 153]

    # while the leak was there, power was more than the undisturbed past tells
    for day in energies:
        calm = (day.minutes * 60 < end - 5003) | (day.minutes * 60 > end)
        for row in range(0, len(day.minutes), 7):
            clock.now = float(day.minutes[row] * 60 + SECOND)
            truth = meter.truth()
            for quantity in ("energy_import", "balance", "energy_import_t1", "energy_import_t6"):
                assert day.values[quantity][row] == pytest.approx(truth[quantity], abs=1e-6)
            assert not calm[row] or day.values["current_l1"][row] == pytest.approx(truth["current_l1"])


def test_it_begins_with_the_installation_and_ends_in_the_minute_that_is_over(line: SimulatedLine) -> None:
    meter = line.meters[1]
    days = days_of(line, 1, meter.installed_at - DAY, meter.installed_at + 3599)

    assert [len(day.minutes) for day in days] == [59]
    assert days[0].minutes[0] == meter.installed_at // 60


def test_neighbours_come_day_by_day(line: SimulatedLine) -> None:
    meters = [line.meters[1], line.meters[3]]
    days = list(minute_days(meters, TODAY, TODAY + 2 * DAY))

    assert [day.meter for day in days] == meters * 2
