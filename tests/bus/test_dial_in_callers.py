"""Who may come in: gateways that call are let in, take each other's place, or are sent away."""

from __future__ import annotations

import asyncio

import pytest

from custom_components.csj_meter.bus import dial_in as module
from custom_components.csj_meter.bus.dial_in import LOOPBACK, REGISTRATION_LENGTH, STRANGERS, Refusal

from .calls import PATIENCE, Gateway, happens, linked, listening, retried

pytestmark = pytest.mark.usefixtures("nothing_stays")


async def test_a_gateway_that_says_its_registration_text_is_let_in() -> None:
    async with listening(b"meter-house-7") as line, linked(line) as unit:
        gateway = await Gateway.call(line, b"\x00\x01meter-house-7\r\n")
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)

        assert await unit.read_holding_registers(100, 3) == [100, 101, 102]
        assert line.refusals == {Refusal.SILENT: 0, Refusal.WRONG: 0, Refusal.OCCUPIED: 0}
        await gateway.hang_up()


async def test_a_registration_text_may_come_in_pieces() -> None:
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line, b"meter-")
        await gateway.writer.drain()
        await asyncio.sleep(0.005)
        gateway.writer.write(b"house-7")

        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        await gateway.hang_up()


async def test_a_caller_with_another_text_is_sent_away() -> None:
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line, b"x" * (REGISTRATION_LENGTH + 1))

        await gateway.hung_up()
        assert line.caller is None
        assert line.refusals[Refusal.WRONG] == 1


async def test_a_caller_that_never_introduces_itself_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REGISTRATION_PATIENCE", 0.005)
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line)

        await gateway.hung_up()
        assert line.refusals[Refusal.SILENT] == 1


async def test_a_caller_that_dribbles_gets_no_more_time_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REGISTRATION_PATIENCE", 0.02)
    async with listening(b"meter-house-7") as line:
        gateway = await Gateway.call(line)

        async def dribble() -> None:
            while True:
                gateway.writer.write(b"m")
                await asyncio.sleep(0.002)

        dribbling = asyncio.create_task(dribble())
        await gateway.hung_up()
        dribbling.cancel()
        assert line.refusals[Refusal.WRONG] == 1


async def test_only_so_many_strangers_may_be_at_the_door() -> None:
    async with listening(b"meter-house-7") as line:
        strangers = [await Gateway.call(line) for _ in range(STRANGERS + 1)]

        await happens(lambda: line.refusals[Refusal.OCCUPIED] == 1)
        assert sum(not stranger.task.done() for stranger in strangers) >= STRANGERS
        for stranger in strangers:
            await stranger.hang_up()


async def test_a_new_call_of_the_same_gateway_takes_the_place_of_the_old_one() -> None:
    async with listening(b"meter-house-7") as line, linked(line) as unit:
        old = await Gateway.call(line, b"meter-house-7")
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert await unit.read_holding_registers(1, 2) == [1, 2]

        new = await Gateway.call(line, b"meter-house-7")
        await old.hung_up()
        assert await retried(lambda: unit.read_holding_registers(3, 2)) == [3, 4]
        assert len(new.questions) == 1
        assert line.caller == LOOPBACK
        await new.hang_up()


async def test_without_a_text_a_stranger_does_not_take_the_place_of_a_gateway_that_talks() -> None:
    async with listening() as line:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert line._gateway is not None
        line._gateway.writer._transport._extra["peername"] = ("192.0.2.1", 4711)  # type: ignore[attr-defined]

        stranger = await Gateway.call(line)
        await stranger.hung_up()

        assert line.refusals[Refusal.OCCUPIED] == 1
        assert line.caller == "192.0.2.1"
        assert not gateway.task.done()
        await gateway.hang_up()


async def test_without_a_text_a_gateway_that_has_been_silent_loses_its_place() -> None:
    async with listening() as line:
        gateway = await Gateway.call(line)
        await asyncio.wait_for(line.wait_for_call(), PATIENCE)
        assert line._gateway is not None
        line._gateway.writer._transport._extra["peername"] = ("192.0.2.1", 4711)  # type: ignore[attr-defined]
        line._gateway.heard -= module.SILENT_AFTER + 1

        other = await Gateway.call(line)
        await gateway.hung_up()

        assert line.caller == LOOPBACK
        await other.hang_up()
