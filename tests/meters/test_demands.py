"""What somebody watches is read oftener, once for all who watch, and no longer than they do."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from custom_components.csj_meter.meters.commands.sample import order_sample
from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.demands import SHARE, Demand
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.meters.rhythm import DEFAULT_PERIODS
from tests.meters.polling import Watched, polling
from tests.simulated import Bench
from tests.virtual_time import run_virtual

MINUTE = 60.0


def live(watched: Watched, unit: int, period: float) -> Demand:
    return Demand(meter=watched.meters[unit - 1], group=Group.LIVE, period=period)


def reads(watched: Watched, unit: int, since: float, group: Group = Group.LIVE) -> int:
    return sum(at >= since for at in watched.times[unit, group])


@pytest.mark.parametrize("watchers", [1, 10])
def test_ten_watchers_cost_one_poll(watchers: int) -> None:
    async def story() -> None:
        bench = Bench.make(3)
        async with polling(bench, 3) as watched:
            await asyncio.sleep(2 * MINUTE)
            before = {unit: bench.bus.statistics.unit(unit).requests for unit in (1, 2)}
            ends = [watched.poller.demand(live(watched, 1, 2.0)) for _ in range(watchers)]
            since = bench.clock()
            await asyncio.sleep(MINUTE)
            asked = bench.bus.statistics.unit(1).requests - before[1]
            print(f"{watchers} watchers: {asked} requests a minute")  # noqa: T201

            assert 29 <= reads(watched, 1, since) <= 31
            assert asked <= 31 + 3  # energy and account once, as ever
            assert reads(watched, 2, since) == 1
            for end in ends[1:]:
                end()
            assert watched.poller.period(watched.meters[0], Group.LIVE) == 2.0
            ends[0]()
            ends[0]()
            assert watched.poller.period(watched.meters[0], Group.LIVE) == DEFAULT_PERIODS[Group.LIVE]
            since = bench.clock()
            await asyncio.sleep(5 * MINUTE)
            assert 4 <= reads(watched, 1, since) <= 5

    run_virtual(story())


def test_the_most_urgent_of_them_counts() -> None:
    async def story() -> None:
        bench = Bench.make(1)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(MINUTE)
            meter = watched.meters[0]
            slow = watched.poller.demand(live(watched, 1, 10.0))
            fast = watched.poller.demand(live(watched, 1, 3.0))
            assert watched.poller.period(meter, Group.LIVE) == 3.0
            fast()
            assert watched.poller.period(meter, Group.LIVE) == 10.0
            slow()

    run_virtual(story())


def test_a_line_that_is_watched_everywhere_is_not_overloaded() -> None:
    """At 2400 baud six meters cannot all be read every second: each is read less often, and all are."""

    async def story() -> None:
        bench = Bench.make(6, baudrate=2400)
        async with polling(bench, 6) as watched:
            await asyncio.sleep(10 * MINUTE)
            idle = bench.bus.load or 0.0
            for unit in range(1, 7):
                watched.poller.demand(live(watched, unit, 1.0))
            period = watched.poller.period(watched.meters[0], Group.LIVE)
            since = bench.clock()
            await asyncio.sleep(10 * MINUTE)
            load = bench.bus.load or 0.0
            print(f"load {idle:.0%} at rest, {load:.0%} watched everywhere, every {period:.1f} s")  # noqa: T201

            assert load <= SHARE + idle + 0.05
            assert load > SHARE - 0.1
            assert period is not None
            for unit in range(1, 7):
                assert reads(watched, unit, since) == pytest.approx(10 * MINUTE / period, rel=0.1)
                # nobody else waits for it
                assert 10 <= reads(watched, unit, since, Group.ENERGY) <= 11

    run_virtual(story())


def test_a_meter_that_measures_seldom_measures_for_who_watches() -> None:
    async def story() -> None:
        bench = Bench.make(1, reporting_interval=60)
        async with polling(bench, 1) as watched:
            await asyncio.sleep(2 * MINUTE)
            meter = watched.meters[0]
            sequences: set[object] = set()

            async def look(seconds: int) -> int:
                sequences.clear()
                for _ in range(seconds):
                    await asyncio.sleep(1)
                    sequences.add(meter.value("sequence"))
                return len(sequences)

            end = watched.poller.demand(live(watched, 1, 2.0))
            only_read = await look(60)
            end()
            order = partial(order_sample, Session(meter))
            end = watched.poller.demand(Demand(meter=meter, group=Group.LIVE, period=2.0, refresh=order))
            ordered = await look(60)
            end()
            assert only_read <= 3
            assert ordered >= 28
            assert watched.wrong == []

    run_virtual(story())


def test_nobody_orders_a_sample_in_the_middle_of_a_command() -> None:
    async def story() -> None:
        bench = Bench.make(1, reporting_interval=60)
        meter = await bench.meter(1)
        session = Session(meter)
        before = bench.bus.statistics.unit(1).requests
        async with session.lock:
            await order_sample(session)
        assert bench.bus.statistics.unit(1).requests == before

    run_virtual(story())


def test_a_meter_that_leaves_takes_what_was_wanted_of_it_along() -> None:
    async def story() -> None:
        bench = Bench.make(2)
        async with polling(bench, 2) as watched:
            end = watched.poller.demand(live(watched, 1, 1.0))
            watched.poller.remove(watched.meters[0])
            end()
            assert watched.poller.period(watched.meters[0], Group.LIVE) is None
            await asyncio.sleep(MINUTE)

    run_virtual(story())


@pytest.mark.parametrize("period", [0.0, 0.5, 61.0])
def test_a_period_that_is_not_to_be_had_is_refused(period: float) -> None:
    async def story() -> None:
        bench = Bench.make(1)
        async with polling(bench, 1) as watched:
            with pytest.raises(ValueError, match="1 to 60 s"):
                watched.poller.demand(live(watched, 1, period))

    run_virtual(story())
