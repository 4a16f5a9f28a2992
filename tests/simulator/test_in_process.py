"""The master without a wire: the protocol of modbus_connection, with its errors and its patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from modbus_connection import (
    IllegalDataAddressError,
    IllegalDataValueError,
    IllegalFunctionError,
    ModbusConnectionError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ModbusUnit,
    ServerDeviceBusyError,
    ServerDeviceFailureError,
)
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    InProcessLink,
    LineSettings,
    SimulatedLine,
    demo_line,
)
from tests.simulator.conftest import AUTUMN, words
from tests.virtual_time import run_virtual, wall_clock

EXCHANGE = 53 * 10 / 9600 + 0.015
"""Seconds of a read of the 20 identity registers."""

SILENCE = 3.5 * 11 / 9600


def play(scene: Callable[[SimulatedLine], Awaitable[Any]]) -> Any:
    async def act() -> Any:
        return await scene(demo_line(clock=wall_clock(AUTUMN)))

    return run_virtual(act())


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_unit_is_a_modbus_unit() -> None:
    unit = demo_line().unit(1)

    assert isinstance(unit, ModbusUnit)
    assert not unit.connected


def test_reading_takes_the_time_of_the_line() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit, start = line.unit(1), now()
        registers = await unit.read_holding_registers(0, 20)
        assert registers[:2] == [0x4353, 302]
        assert now() - start == pytest.approx(EXCHANGE)
        assert unit.connected
        truth = line.meters[1].truth()
        live = await unit.read_input_registers(0x0100, 58)
        assert live[2] == round(truth["voltage_l1"] * 10)  # type: ignore[operator, arg-type]

    play(scene)


def test_everything_that_a_meter_offers_can_be_asked() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(1)
        assert await unit.report_server_id() == b"CSJ DTSY300 1.4.2"
        assert await unit.read_device_identification() == {0: b"CSJ", 1: b"DTSY300", 2: b"1.4.2"}
        entry = await unit.read_file_record(1, 8, 8)
        assert entry[7] == sum(entry[:7]) % 65536
        assert len(await unit.read_file_record(3, 5, 120)) == 120

    play(scene)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda unit: unit.read_input_registers(0x0000, 2), IllegalDataAddressError),
        (lambda unit: unit.read_input_registers(0x0100, 121), IllegalDataValueError),
        (lambda unit: unit.write_register(0x0602, 3), ServerDeviceFailureError),
        (lambda unit: unit.write_registers(0x0610, [0, 1000, 5]), ServerDeviceFailureError),
        (lambda unit: unit.write_file_record(10, 0, [1, 2]), ServerDeviceFailureError),
        (lambda unit: unit.read_coils(0, 3), IllegalFunctionError),
        (lambda unit: unit.read_discrete_inputs(0, 3), IllegalFunctionError),
        (lambda unit: unit.write_coil(0, True), IllegalFunctionError),
        (lambda unit: unit.write_coils(0, [True] * 9), IllegalFunctionError),
        (lambda unit: unit.read_exception_status(), IllegalFunctionError),
        (lambda unit: unit.mask_write_register(0, 1, 2), IllegalFunctionError),
        (lambda unit: unit.read_write_registers(0, 1, 2, [3]), IllegalFunctionError),
        (lambda unit: unit.read_fifo_queue(0), IllegalFunctionError),
        (lambda unit: unit.diagnostics(0, 0x1234), IllegalFunctionError),
        (lambda unit: unit.get_comm_event_counter(), IllegalFunctionError),
        (lambda unit: unit.get_comm_event_log(), IllegalFunctionError),
    ],
)
def test_a_refusal_is_the_error_of_its_code(
    call: Callable[[ModbusUnit], Awaitable[Any]], error: type[Exception]
) -> None:
    async def scene(line: SimulatedLine) -> None:
        with pytest.raises(error, match=r"^\w+\(.*\): exception \d"):
            await call(line.unit(1))

    play(scene)


@pytest.mark.parametrize(("wish", "patience"), [(None, 10.0), (0.3, 0.3), (20.0, 20.0)])
def test_silence_is_a_time_out(wish: float | None, patience: float) -> None:
    async def scene(line: SimulatedLine) -> None:
        unit, start = line.unit(99), now()
        unit.require_timeout(wish)
        with pytest.raises(ModbusTimeoutError, match=r"read_holding_registers\(0, 2\): no reply"):
            await unit.read_holding_registers(0, 2)
        assert now() - start == pytest.approx(patience)

    play(scene)


def test_a_longer_time_out_holds_at_once_and_a_shorter_one_after_reconnecting() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(99)
        unit.require_timeout(0.5)
        patience = []
        for wish in (0.5, 1.0, 0.2, None):
            unit.require_timeout(wish)
            await asyncio.sleep(0)
            start = now()
            with pytest.raises(ModbusTimeoutError):
                await unit.read_holding_registers(0, 2)
            patience.append(round(now() - start, 6))
        assert patience == [0.5, 1.0, 1.0, 10.0]
        unit.require_timeout(0.2)
        await unit.disconnect()
        start = now()
        with pytest.raises(ModbusTimeoutError):
            await unit.read_holding_registers(0, 2)
        assert now() - start == pytest.approx(0.2)

    play(scene)


def test_a_broken_crc_fails_at_once() -> None:
    async def scene(line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=2, magnitude=1))
        outcomes: dict[type, int] = {}
        for _ in range(60):
            start = now()
            try:
                await line.unit(2).read_holding_registers(0, 20)
            except (ModbusProtocolError, ModbusTimeoutError) as err:
                outcomes[type(err)] = outcomes.get(type(err), 0) + 1
                if isinstance(err, ModbusProtocolError):
                    assert now() - start == pytest.approx(EXCHANGE, abs=0.005)
        # a broken unit id, function or length leaves nothing to check, and the master waits
        assert sum(outcomes.values()) == 60
        assert outcomes[ModbusProtocolError] > 45

    play(scene)


def test_the_caller_may_give_up_and_the_line_goes_on() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await unit.read_holding_registers(0, 20)
        await asyncio.sleep(0.1)
        assert (await unit.read_holding_registers(0, 20))[0] == 0x4353

    play(scene)


def test_giving_up_too_early_collides_with_the_reply() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(1)
        unit.require_timeout(0.2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await unit.read_holding_registers(0, 20)
        with pytest.raises((ModbusTimeoutError, ModbusProtocolError)):
            await unit.read_holding_registers(0, 20)
        assert line.counters.collisions == 1

    play(scene)


@pytest.mark.parametrize(("busy", "waited"), [(0.5, 1), (2, 3), (6, 7), (20, 25), (54, 55)])
def test_a_busy_meter_is_asked_again_and_everybody_waits(busy: float, waited: float) -> None:
    """As tmodbus does: after 1, 2, 4, 8 s and then every 10 s, with the line held."""

    async def scene(line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=busy))
        start = now()
        sample = asyncio.create_task(line.unit(1).write_register(0x0602, 1))
        await asyncio.sleep(0)
        await line.unit(2).read_holding_registers(0, 20)
        assert sample.done()
        assert now() - start == pytest.approx(waited, abs=0.5)

    play(scene)


def test_a_meter_that_is_busy_for_over_a_minute_is_given_up() -> None:
    async def scene(line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.BUSY, unit=1, magnitude=600))
        start = now()
        with pytest.raises(ServerDeviceBusyError, match=r"read_holding_registers\(0, 20\): exception 6"):
            await line.unit(1).read_holding_registers(0, 20)
        assert now() - start == pytest.approx(65, abs=0.5)

    play(scene)


def test_a_restart_is_answered_and_then_there_is_silence() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(1)
        unit.require_timeout(0.2)
        await unit.write_registers(0x0600, [*words(line.meters[1].nameplate.key)])
        await unit.write_register(0x0603, 0xA55A)
        told = now()
        tries = 0
        while True:
            tries += 1
            try:
                registers = await unit.read_input_registers(0x0138, 2)
            except ModbusTimeoutError:
                continue
            break
        assert registers == [0, 0]
        assert 3 <= now() - told < 3.3
        assert tries > 10

    play(scene)


def test_a_late_reply_is_taken_for_the_next_when_it_fits() -> None:
    """As on a real line: that is what the bus above has to prevent."""

    async def scene(line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=0.18))
        unit = line.unit(1)
        unit.require_timeout(0.2)
        with pytest.raises(ModbusTimeoutError):
            await unit.read_holding_registers(0x0000, 4)
        line.faults.clear()
        assert (await unit.read_holding_registers(0x0500, 4))[0] == 0x4353

    play(scene)


def test_requests_take_turns() -> None:
    async def scene(line: SimulatedLine) -> None:
        start = now()
        await asyncio.gather(*(line.unit(unit).read_holding_registers(0, 20) for unit in range(1, 7)))
        assert now() - start == pytest.approx(6 * EXCHANGE + 5 * SILENCE)
        assert line.counters.collisions == line.counters.crowded == 0

    play(scene)


def test_a_unit_can_ask_for_quiet_around_it() -> None:
    async def scene(line: SimulatedLine) -> None:
        line.unit(1).set_message_spacing(0.5)
        start = now()
        for unit in (2, 1, 3, 2):
            await line.unit(unit).read_holding_registers(0, 20)
        assert now() - start == pytest.approx(4 * EXCHANGE + 2 * 0.5 + SILENCE)
        line.unit(1).set_message_spacing(0)
        start = now()
        await line.unit(1).read_holding_registers(0, 20)
        assert now() - start == pytest.approx(EXCHANGE + SILENCE)

    play(scene)


def test_a_unit_can_ask_for_a_pause_after_connecting() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit, start = line.unit(1), now()
        unit.require_connect_delay(2.0)
        await unit.read_holding_registers(0, 20)
        assert now() - start == pytest.approx(2 + EXCHANGE)
        unit.require_connect_delay(None)

    play(scene)


@pytest.mark.parametrize("wish", ["require_timeout", "set_message_spacing", "require_connect_delay"])
def test_times_are_not_negative(wish: str) -> None:
    with pytest.raises(ValueError, match="not a time to wait"):
        getattr(demo_line().unit(1), wish)(-1.0)


def test_a_pulled_cable_is_a_lost_connection_and_the_next_request_connects_again() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit, lost = line.unit(1), []
        unsubscribe = unit.on_connection_lost(lambda: lost.append(now()))
        unit.on_connection_lost(lambda: lost.append(now()))()
        request = asyncio.create_task(unit.read_holding_registers(0, 20))
        await asyncio.sleep(0.02)
        line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
        with pytest.raises(ModbusConnectionError, match="was unplugged"):
            await request
        assert lost == [now()]
        assert not unit.connected
        with pytest.raises(ModbusConnectionError, match=r"read_holding_registers\(0, 20\): .* is unplugged"):
            await unit.read_holding_registers(0, 20)
        line.faults.clear()
        assert (await unit.read_holding_registers(0, 20))[0] == 0x4353
        unsubscribe()
        unsubscribe()
        line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
        assert len(lost) == 1

    play(scene)


def test_disconnecting_waits_for_the_reply_that_is_on_its_way() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(1)
        unit.on_connection_lost(lambda: pytest.fail("that was us"))
        request = asyncio.create_task(unit.read_holding_registers(0, 20))
        await asyncio.sleep(0.01)
        await unit.disconnect()
        assert not unit.connected
        assert len(await request) == 20

    play(scene)


def test_disconnecting_cuts_a_request_that_nobody_answers() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = line.unit(99)
        request = asyncio.create_task(unit.read_holding_registers(0, 20))
        await asyncio.sleep(0.01)
        start = now()
        await unit.disconnect()
        assert now() - start == pytest.approx(0.5)
        with pytest.raises(ModbusConnectionError, match="connection lost before"):
            await request

    play(scene)


def test_a_master_with_other_settings_is_not_understood() -> None:
    async def scene(line: SimulatedLine) -> None:
        unit = InProcessLink(line, LineSettings(baudrate=19200)).unit(1)
        unit.require_timeout(0.2)
        with pytest.raises(ModbusTimeoutError):
            await unit.read_holding_registers(0, 20)
        assert line.counters.unreadable == 1

    play(scene)


def test_an_echo_does_not_confuse_the_master() -> None:
    async def scene(line: SimulatedLine) -> None:
        line.faults.set(Fault(kind=FaultKind.ECHO))
        unit = line.unit(1)
        unit.require_timeout(1)
        registers = [0x4353]
        # the echo looks like the beginning of a reply: who does not expect it may fail, but never lie
        with suppress(ModbusTimeoutError, ModbusProtocolError):
            registers = await unit.read_holding_registers(0, 20)
        assert registers[0] == 0x4353

    play(scene)
