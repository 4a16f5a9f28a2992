"""Who gets the line."""

from __future__ import annotations

import asyncio

import pytest

from custom_components.csj_meter.bus.turns import AGEING, Priority, Turns
from tests.virtual_time import run_virtual


async def _take(turns: Turns, priority: Priority, name: str, order: list[str], hold: float = 0.0) -> None:
    async with turns.turn(priority):
        order.append(name)
        await asyncio.sleep(hold)


async def test_the_most_urgent_waiter_is_next_and_equals_keep_their_order() -> None:
    turns = Turns()
    order: list[str] = []
    async with turns.turn(Priority.LIVE):
        waiters = [
            asyncio.create_task(_take(turns, priority, name, order))
            for priority, name in [
                (Priority.SCAN, "scan"),
                (Priority.LIVE, "live 1"),
                (Priority.LIVE, "live 2"),
                (Priority.SLOW, "slow"),
                (Priority.COMMAND, "command"),
                (Priority.SAMPLE, "sample"),
                (Priority.ENERGY, "energy"),
            ]
        ]
        await asyncio.sleep(0)
        assert turns.waiting == 7
    await asyncio.gather(*waiters)
    assert order == ["command", "sample", "live 1", "live 2", "energy", "slow", "scan"]


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    turns = Turns()
    order: list[str] = []
    async with turns.turn(Priority.LIVE):
        doomed = asyncio.create_task(_take(turns, Priority.LIVE, "doomed", order))
        other = asyncio.create_task(_take(turns, Priority.LIVE, "other", order))
        await asyncio.sleep(0)
        doomed.cancel()
        await asyncio.sleep(0)
        assert turns.waiting == 1
    await other
    assert order == ["other"]


async def test_a_waiter_cancelled_in_the_moment_of_its_turn_passes_it_on() -> None:
    turns = Turns()
    order: list[str] = []
    async with turns.turn(Priority.LIVE):
        doomed = asyncio.create_task(_take(turns, Priority.LIVE, "doomed", order))
        other = asyncio.create_task(_take(turns, Priority.SLOW, "other", order))
        await asyncio.sleep(0)
    # the turn is doomed's by now, but it has not run yet
    doomed.cancel()
    await other
    assert order == ["other"]
    with pytest.raises(asyncio.CancelledError):
        await doomed
    async with asyncio.timeout(1), turns.turn(Priority.SCAN):
        order.append("free")
    assert order == ["other", "free"]


async def test_a_waiter_cancelled_in_the_moment_before_its_turn_is_passed_over() -> None:
    turns = Turns()
    order: list[str] = []
    async with turns.turn(Priority.LIVE):
        doomed = asyncio.create_task(_take(turns, Priority.LIVE, "doomed", order))
        other = asyncio.create_task(_take(turns, Priority.SLOW, "other", order))
        await asyncio.sleep(0)
        doomed.cancel()
        # the line is given back before doomed has run once more, as when a bridge is unloaded
    await other
    with pytest.raises(asyncio.CancelledError):
        await doomed
    async with asyncio.timeout(1), turns.turn(Priority.SCAN):
        order.append("free")
    assert order == ["other", "free"]


async def test_the_line_is_free_when_all_who_waited_were_cancelled() -> None:
    turns = Turns()
    order: list[str] = []
    async with turns.turn(Priority.LIVE):
        doomed = asyncio.create_task(_take(turns, Priority.LIVE, "doomed", order))
        await asyncio.sleep(0)
        doomed.cancel()
    async with asyncio.timeout(1), turns.turn(Priority.SCAN):
        order.append("free")
    with pytest.raises(asyncio.CancelledError):
        await doomed
    assert order == ["free"]
    assert turns.waiting == 0


async def test_a_failing_holder_gives_the_line_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="boom"):
        async with turns.turn(Priority.COMMAND):
            raise ValueError("boom")
    async with asyncio.timeout(1), turns.turn(Priority.COMMAND):
        pass


def test_waiting_beats_urgency_in_the_end() -> None:
    """A scan that waits is served although live polls keep coming."""

    async def story() -> list[str]:
        turns = Turns()
        order: list[str] = []

        async def live_polls() -> None:
            for _ in range(200):
                await _take(turns, Priority.LIVE, "live", order, hold=1.0)

        async def second_meter() -> None:
            for _ in range(200):
                await _take(turns, Priority.LIVE, "live", order, hold=1.0)

        polls = [asyncio.create_task(live_polls()), asyncio.create_task(second_meter())]
        await asyncio.sleep(0.5)
        await _take(turns, Priority.SCAN, "scan", order)
        for poll in polls:
            poll.cancel()
        return order

    order = run_virtual(story())
    steps = Priority.SCAN - Priority.LIVE + 1
    assert order[-1] == "scan"
    assert len(order) <= steps * AGEING + 3
