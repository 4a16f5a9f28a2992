"""The line: who hears what, and when, to the character."""

from __future__ import annotations

import asyncio

from pymodbus.framer import FramerRTU
import pytest

from custom_components.csj_meter.simulator import LineSettings, Mounting, SimulatedLine, demo_line
from custom_components.csj_meter.simulator.frames import framed, is_sound

from .master import CHARACTER, IDENTITY, LIVE, TURNAROUND, Master, play


@pytest.mark.parametrize(
    ("baudrate", "parity", "bits"),
    [(9600, "N", 10), (9600, "E", 11), (1200, "O", 11), (19200, "N", 10), (115200, "N", 10)],
)
@pytest.mark.parametrize(("pdu", "registers"), [(LIVE, 58), (IDENTITY, 20)])
def test_a_reply_is_there_when_its_last_character_is(
    baudrate: int, parity: str, bits: int, pdu: bytes, registers: int
) -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        master.ask(1, pdu)
        await asyncio.sleep(3)

    _, master = play(scene, baudrate=baudrate, parity=parity)

    assert master.times == [pytest.approx((8 + 5 + 2 * registers) * bits / baudrate + TURNAROUND, abs=1e-9)]
    assert is_sound(master.frames[0])
    assert len(master.frames[0]) == 5 + 2 * registers


def test_a_meter_may_be_slower_than_the_line_says() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        line.meters[2].turnaround = 0.05
        master.ask(2)
        await asyncio.sleep(1)

    _, master = play(scene)

    assert master.times == [pytest.approx(129 * CHARACTER + 0.05)]


def test_a_line_that_is_not_paced_takes_the_turnaround_only() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        line.paced = False
        master.ask(1)
        await asyncio.sleep(1)

    _, master = play(scene)

    assert master.times == [pytest.approx(TURNAROUND)]


def test_replies_can_come_in_pieces_at_their_time() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        line.chunk = 50
        master.ask(1)
        await asyncio.sleep(1)

    _, master = play(scene)
    start = 8 * CHARACTER + TURNAROUND

    assert [len(piece) for piece in master.frames] == [50, 50, 21]
    assert master.times == [pytest.approx(start + end * CHARACTER) for end in (50, 100, 121)]
    assert is_sound(b"".join(master.frames))


@pytest.mark.parametrize("unit", [0, 7, 247, 255])
def test_who_is_not_there_is_silent(unit: int) -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        master.ask(unit)
        await asyncio.sleep(5)

    line, master = play(scene)

    assert master.heard == []
    assert line.counters.requests == 1
    assert line.counters.replies == 0


def test_a_request_in_pieces_is_one_request() -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        frame = framed(1, IDENTITY)
        master.port.feed(frame[:3])
        await asyncio.sleep(0.002)
        master.port.feed(frame[3:])
        await asyncio.sleep(1)

    _, master = play(scene)

    assert [is_sound(frame) for frame in master.frames] == [True]


def test_silence_ends_a_frame_that_was_cut_short() -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        master.port.feed(framed(1, IDENTITY)[:5])
        await asyncio.sleep(0.1)
        master.ask(1, IDENTITY)
        await asyncio.sleep(1)

    line, master = play(scene)

    assert len(master.frames) == 1
    assert line.counters.unreadable == 1


def test_a_broken_crc_is_not_answered() -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        frame = bytearray(framed(1, IDENTITY))
        frame[3] ^= 1
        master.port.feed(bytes(frame))
        await asyncio.sleep(1)

    line, master = play(scene)

    assert master.heard == []
    assert line.counters.unreadable == 1


def test_a_function_that_nobody_knows_is_refused_after_the_silence_that_ends_it() -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        master.ask(1, bytes([0x41, 1, 2, 3]))
        await asyncio.sleep(1)

    _, master = play(scene)

    assert master.frames == [framed(1, bytes([0xC1, 1]))]


def test_two_voices_at_once_garble_the_reply() -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        master.ask(1)
        await asyncio.sleep(0.05)
        master.ask(2)
        await asyncio.sleep(1)
        master.ask(2)
        await asyncio.sleep(1)

    line, master = play(scene)

    assert [is_sound(frame) for frame in master.frames] == [False, True]
    assert line.counters.collisions == 1


def test_a_second_master_collides_too() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        other = Master(line)
        master.ask(1)
        other.ask(2)
        await asyncio.sleep(1)
        assert other.heard == []

    _, master = play(scene)

    assert [is_sound(frame) for frame in master.frames] == [False]


def test_requests_without_the_silence_before_them_are_counted() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        for wait in (0.0, line.settings.silence, 0.5):
            master.ask(1, IDENTITY)
            await asyncio.sleep(53 * CHARACTER + TURNAROUND + wait)
        master.ask(1, IDENTITY)

    line, _ = play(scene)

    assert line.counters.crowded == 1
    assert line.counters.busy == pytest.approx(4 * (53 * CHARACTER + TURNAROUND))


def test_wrong_settings_bring_garbage_or_silence_and_never_a_value() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        master.port.settings = lambda: LineSettings(baudrate=19200)
        for _ in range(40):
            master.ask(1)
            await asyncio.sleep(1)
        master.port.settings = lambda: LineSettings(parity="E")
        for _ in range(40):
            master.ask(9)
            await asyncio.sleep(1)

    line, master = play(scene)

    assert 8 < len(master.frames) < 32
    assert not any(is_sound(frame) for frame in master.frames)
    assert line.counters.unreadable == 80


def test_right_settings_are_understood() -> None:
    async def scene(line: SimulatedLine, master: Master) -> None:
        master.port.settings = lambda: line.settings
        master.ask(1)
        await asyncio.sleep(1)

    _, master = play(scene, baudrate=19200, parity="E")

    assert len(master.frames) == 1


def test_a_port_that_was_closed_hears_nothing() -> None:
    async def scene(_: SimulatedLine, master: Master) -> None:
        master.ask(1)
        master.port.feed(b"\x01\x03")
        master.port.close()
        await asyncio.sleep(1)

    assert play(scene)[1].heard == []


def test_two_meters_cannot_have_one_id() -> None:
    line = demo_line()

    with pytest.raises(ValueError, match="two meters have the unit id 1"):
        SimulatedLine([line.meters[1], line.meters[1]])


@pytest.mark.parametrize("stopbits", [0, 3])
def test_characters_have_one_or_two_stop_bits(stopbits: int) -> None:
    with pytest.raises(ValueError, match="1 or 2 stop bits"):
        LineSettings(stopbits=stopbits)


def test_frames_are_those_of_pymodbus() -> None:
    frame = framed(17, LIVE)

    assert frame[:-2] == bytes([17]) + LIVE
    assert FramerRTU.compute_CRC(frame[:-2]) == int.from_bytes(frame[-2:])
    assert is_sound(frame)
    assert not is_sound(frame[:-1])


def test_a_mounting_has_defaults() -> None:
    assert Mounting(unit_id=1, phases=(0,), installed=1).turnaround is None
