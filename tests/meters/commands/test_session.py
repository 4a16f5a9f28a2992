"""Keys, locks and refusals."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from custom_components.csj_meter.bus.errors import LinkDownError, UnitBusyError
from custom_components.csj_meter.meters.commands.errors import (
    BusyError,
    LockedOutError,
    NoKeyError,
    NotOfferedError,
    OutcomeUnknownError,
    RefusedValueError,
    WrongKeyError,
)
from custom_components.csj_meter.meters.commands.registers import UNLOCK
from custom_components.csj_meter.meters.commands.session import (
    UNLOCKED_FOR,
    KeyState,
    Session,
    number_of,
    words_of,
)
from custom_components.csj_meter.meters.commands.settings import write_setting
from custom_components.csj_meter.meters.errors import ForeignMeterError
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.virtual_time import run_virtual

from .conftest import Desk


def test_words_and_numbers_are_each_others_mirror() -> None:
    assert words_of(0x12345678, 2) == [0x1234, 0x5678]
    assert words_of(7, 1) == [7]
    assert number_of([0x1234, 0x5678]) == 0x12345678


def test_the_right_key_opens_for_a_minute() -> None:
    async def story() -> None:
        desk = await Desk.open()
        assert await desk.session.test_key() == pytest.approx(UNLOCKED_FOR, abs=1)

    run_virtual(story())


def test_an_open_meter_is_not_unlocked_again_and_a_closed_one_is() -> None:
    async def story() -> None:
        desk = await Desk.open()
        for minute in range(3):
            await write_setting(desk.session, "reporting_interval", 10 + minute)
            requests = desk.bench.line.counters.requests
            await write_setting(desk.session, "reporting_interval", 20 + minute)
            assert desk.bench.line.counters.requests == requests + 3  # write, read back, settings
            await asyncio.sleep(61)

    run_virtual(story())


def test_a_wrong_key_is_told_three_times_and_then_the_meter_is_locked_out() -> None:
    async def story() -> None:
        desk = await Desk.open()
        wrong = Session(desk.meter, desk.simulated.nameplate.key + 1)
        for _ in range(3):
            with pytest.raises(WrongKeyError):
                await wrong.test_key()
        with pytest.raises(LockedOutError):
            await wrong.test_key()
        # not even the right one is looked at
        with pytest.raises(LockedOutError):
            await desk.session.test_key()
        await asyncio.sleep(301)
        assert await desk.session.test_key() > 50

    run_virtual(story())


def test_a_key_that_was_wrong_is_not_tried_again_by_itself() -> None:
    async def story() -> None:
        desk = await Desk.open()
        wrong = Session(desk.meter, desk.simulated.nameplate.key + 1)
        assert wrong.key_state.value == "untried"
        with pytest.raises(WrongKeyError):
            await write_setting(wrong, "reporting_interval", 10)
        requests = desk.bench.line.counters.requests
        for _ in range(5):
            with pytest.raises(WrongKeyError):
                await write_setting(wrong, "reporting_interval", 10)
        assert wrong.key_state.value == "wrong"
        assert desk.bench.line.counters.requests == requests
        # so the meter still looks at the right one
        await write_setting(desk.session, "reporting_interval", 10)
        assert desk.session.key_state is KeyState.ACCEPTED

    run_virtual(story())


def test_a_key_is_not_tried_on_another_meter() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=1, magnitude=2))
        writes = desk.simulated.state.wrong_keys
        with pytest.raises(ForeignMeterError):
            await write_setting(Session(desk.meter, 1), "reporting_interval", 10)
        assert desk.simulated.state.wrong_keys == writes

    run_virtual(story())


def test_a_meter_of_another_map_is_never_written_to() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.meter.profile = replace(desk.meter.profile, commands=None)
        requests = desk.bench.line.counters.requests
        with pytest.raises(NotOfferedError, match="only read"):
            await desk.session.write(UNLOCK, [0, 1], locked=False)
        with pytest.raises(NotOfferedError, match="only read"):
            await desk.session.write_file(10, 0, [1])
        assert desk.bench.line.counters.requests == requests

    run_virtual(story())


def test_without_a_key_nothing_is_sent() -> None:
    async def story() -> None:
        desk = await Desk.open()
        requests = desk.bench.line.counters.requests
        with pytest.raises(NoKeyError, match="unit 1: no key is known"):
            await write_setting(Session(desk.meter), "reporting_interval", 10)
        assert desk.bench.line.counters.requests == requests

    run_virtual(story())


def test_the_key_is_in_no_message() -> None:
    async def story() -> list[str]:
        desk = await Desk.open()
        wrong = Session(desk.meter, 12_345_678)
        told: list[str] = []
        for fault in (None, FaultKind.METER_DEAD, FaultKind.BUSY, FaultKind.UNPLUGGED):
            desk.bench.line.faults.clear()
            if fault is not None:
                desk.bench.line.faults.set(
                    Fault(kind=fault, magnitude=60 if fault is FaultKind.BUSY else None)
                )
            with pytest.raises((RefusedValueError, OutcomeUnknownError, BusyError, LinkDownError)) as caught:
                await wrong.write(UNLOCK, words_of(12_345_678, 2), locked=False)
            err: BaseException | None = caught.value
            while err is not None:
                told += [str(err), repr(err)]
                err = err.__cause__
        return told

    told = " ".join(run_virtual(story()))
    assert "12345678" not in told
    # nor as the two words on the wire
    assert str(12_345_678 >> 16) not in told or str(12_345_678 & 0xFFFF) not in told


def test_a_meter_that_is_busy_for_a_moment_obeys_all_the_same() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=0.5))
        await desk.session.write(UNLOCK, words_of(desk.simulated.nameplate.key, 2), locked=False)
        # longer than the link asks by itself
        desk.session = Session(desk.meter, desk.simulated.nameplate.key)
        desk.bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=4))
        await write_setting(desk.session, "reporting_interval", 17)
        assert desk.simulated.truth()["reporting_interval"] == 17

    run_virtual(story())


def test_a_command_for_a_meter_that_stays_busy_ends_soon_and_nothing_was_written() -> None:
    async def story() -> None:
        desk = await Desk.open()
        loop = asyncio.get_running_loop()
        desk.bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=3600))
        start = loop.time()
        with pytest.raises(UnitBusyError):
            await write_setting(desk.session, "reporting_interval", 17)
        assert loop.time() - start < 10
        assert desk.session.key_state is KeyState.UNTRIED

    run_virtual(story())


def test_a_write_that_a_busy_meter_put_off_may_have_been_carried_out() -> None:
    async def story() -> None:
        desk = await Desk.open()
        loop = asyncio.get_running_loop()
        await desk.session.test_key()
        desk.bench.line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=3600))
        start, requests = loop.time(), desk.bench.line.counters.requests
        with pytest.raises(OutcomeUnknownError):
            await desk.session.write(0x0500, [17])
        assert loop.time() - start < 6
        # what the link repeated after each refusal, and nothing of ours
        assert desk.bench.line.counters.requests - requests <= 3
        desk.bench.line.faults.clear()
        requests = desk.bench.line.counters.requests
        await asyncio.sleep(100)
        assert desk.bench.line.counters.requests == requests

    run_virtual(story())


def test_a_lost_reply_leaves_the_outcome_open_and_is_not_sent_again() -> None:
    async def story() -> None:
        desk = await Desk.open()
        await desk.session.test_key()
        desk.bench.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=1, magnitude=1))
        requests = desk.bench.line.counters.requests
        with pytest.raises(OutcomeUnknownError):
            await desk.session.write(0x0500, [17])
        # the write and nothing else: unlocking was answered before
        assert desk.bench.line.counters.requests - requests <= 2
        assert desk.simulated.truth()["reporting_interval"] in (17, 30)

    run_virtual(story())


def test_what_the_meter_does_not_have_is_said() -> None:
    async def story() -> None:
        desk = await Desk.open()
        with pytest.raises(NotOfferedError):
            await desk.session.write(0x7000, [1])

    run_virtual(story())
