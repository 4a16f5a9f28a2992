"""The line: who hears what, and when, to the character."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from pymodbus.framer import FramerRTU
import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    LineSettings,
    Mounting,
    SimulatedLine,
    demo_line,
)
from custom_components.csj_meter.simulator.frames import framed, is_sound
from custom_components.csj_meter.simulator.line import Port
from tests.simulator.conftest import AUTUMN, Technician
from tests.virtual_time import run_virtual, wall_clock

CHARACTER = 10 / 9600
TURNAROUND = 0.015

LIVE = bytes.fromhex("04 0100 003a")
IDENTITY = bytes.fromhex("03 0000 0014")
SAMPLE = bytes.fromhex("06 0602 0001")


class Master:
    """Somebody at the line who notes what it hears, and when."""

    def __init__(self, line: SimulatedLine) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self.loop = asyncio.get_running_loop()
        self.port: Port = line.attach(lambda data: self.heard.append((self.loop.time(), data)))
        self.start = self.loop.time()

    def ask(self, unit: int, pdu: bytes = LIVE) -> None:
        self.port.feed(framed(unit, pdu))

    @property
    def times(self) -> list[float]:
        return [time - self.start for time, _ in self.heard]

    @property
    def frames(self) -> list[bytes]:
        return [data for _, data in self.heard]


type Scene = Callable[[SimulatedLine, Master], Awaitable[None]]


def play(scene: Scene, **settings: object) -> tuple[SimulatedLine, Master]:
    """Act a scene on a demo line, in virtual time."""

    async def act() -> tuple[SimulatedLine, Master]:
        line = demo_line(clock=wall_clock(AUTUMN), **settings)  # type: ignore[arg-type]
        master = Master(line)
        await scene(line, master)
        return line, master

    return run_virtual(act())


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


class TestFaults:
    """What faults of meter and line make of an exchange."""

    @staticmethod
    def replies(fault: str, count: int = 200, unit: int = 1) -> list[bytes]:
        """Frames that came back to ``count`` requests."""

        async def scene(line: SimulatedLine, master: Master) -> None:
            line.faults.set(Fault.parse(fault))
            for _ in range(count):
                master.ask(unit, IDENTITY)
                await asyncio.sleep(0.2)

        return play(scene)[1].frames

    @pytest.mark.parametrize("fault", ["crc_errors:1=0.2", "dropped_bytes:1=0.2", "crc_errors=0.2"])
    def test_a_share_of_the_replies_is_broken(self, fault: str) -> None:
        frames = self.replies(fault)
        broken = [frame for frame in frames if not is_sound(frame)]

        assert len(frames) == 200
        assert 20 < len(broken) < 62

    def test_luck_is_the_same_for_the_same_seed(self) -> None:
        assert self.replies("crc_errors:1=0.5", 20) == self.replies("crc_errors:1=0.5", 20)

    def test_the_neighbours_of_a_noisy_meter_are_not_touched(self) -> None:
        assert all(is_sound(frame) for frame in self.replies("crc_errors:2=1", 50))

    def test_two_meters_at_one_id_answer_over_each_other(self) -> None:
        frames = self.replies("duplicate_unit_id:1", 50)

        assert len(frames) == 50
        assert not any(is_sound(frame) for frame in frames)

    def test_a_dead_meter_is_silent(self) -> None:
        assert self.replies("meter_dead:1", 5) == []

    def test_a_stranger_answers_in_place_of_the_meter(self) -> None:
        assert b"STRANGER000\0" in self.replies("foreign_serial:1", 1)[0]

    def test_a_meter_may_show_the_serial_number_of_another(self) -> None:
        own = self.replies("leak:3", 1, unit=2)[0]

        assert self.replies("foreign_serial:1=2", 1)[0][29:41] == own[29:41]
        assert self.replies("foreign_serial:1=99", 1)[0][29:41] == b"STRANGER099\0"

    def test_an_echo_comes_before_the_reply(self) -> None:
        frames = self.replies("echo", 1)

        assert frames[0] == framed(1, IDENTITY)
        assert len(frames[1]) == 45

    def test_an_echo_is_all_that_comes_from_nobody(self) -> None:
        assert self.replies("echo", 1, unit=99) == [framed(99, IDENTITY)]

    def test_a_late_reply_comes_into_the_next_exchange(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            line.faults.set(Fault(kind=FaultKind.LATE_REPLIES, unit=1, magnitude=0.25))
            master.ask(1, IDENTITY)
            await asyncio.sleep(0.25)
            master.ask(2, IDENTITY)
            await asyncio.sleep(1)

        line, master = play(scene)
        exchange = 53 * CHARACTER + TURNAROUND

        assert [frame[0] for frame in master.frames] == [1, 2]
        assert all(is_sound(frame) for frame in master.frames)
        assert master.times == [pytest.approx(exchange + 0.25), pytest.approx(0.25 + exchange)]
        assert line.counters.collisions == 0

    def test_a_share_of_the_requests_is_not_heard(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            line.faults.set(Fault(kind=FaultKind.LOST_REQUESTS, unit=1, magnitude=0.3))
            for _ in range(200):
                master.ask(1, SAMPLE)
                await asyncio.sleep(0.2)

        line, master = play(scene, reporting_interval=3600)
        taken = line.meters[1].state.sampling.sequence - int(AUTUMN // 3600)

        assert 40 < line.counters.lost < 80
        assert len(master.frames) == taken == 200 - line.counters.lost

    def test_a_share_of_the_replies_is_lost_after_the_deed(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=1, magnitude=0.3))
            for _ in range(200):
                master.ask(1, SAMPLE)
                await asyncio.sleep(0.2)

        line, master = play(scene, reporting_interval=3600)

        assert 40 < line.counters.lost < 80
        assert len(master.frames) == 200 - line.counters.lost
        assert line.meters[1].state.sampling.sequence - int(AUTUMN // 3600) == 200

    def test_a_lost_reply_occupies_the_line_all_the_same(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=1, magnitude=1))
            master.ask(1)
            await asyncio.sleep(0.05)
            master.ask(2)
            await asyncio.sleep(1)

        line, master = play(scene)

        assert line.counters.collisions == 1
        assert master.heard == []

    def test_an_unplugged_line_is_silent_until_it_is_back(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            plugged: list[bool] = []
            unwatch = line.watch_plug(plugged.append)
            master.ask(1)
            line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
            await asyncio.sleep(1)
            master.ask(1)
            await asyncio.sleep(1)
            assert master.heard == []
            line.faults.clear(FaultKind.UNPLUGGED)
            unwatch()
            master.ask(1)
            await asyncio.sleep(1)
            line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
            assert plugged == [True, False]

        _, master = play(scene)

        assert len(master.frames) == 1


class TestChangedSettings:
    """Meters that have been told another unit id, speed or parity."""

    def test_two_meters_at_one_id_garble_each_other_and_both_obey(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            Technician(line.meters[2]).do(0x0504, 1)
            assert list(line.meters) == [1, 3, 4, 5, 6]
            for _ in range(20):
                master.ask(1, SAMPLE)
                await asyncio.sleep(1)

        line, master = play(scene)

        assert len(master.frames) == 20
        assert not any(is_sound(frame) for frame in master.frames)
        assert [meter.state.sampling.sequence > 0 for meter in line._mounted[:3]] == [True, True, False]

    def test_a_meter_that_speaks_faster_is_heard_by_a_faster_master_only(self) -> None:
        async def scene(line: SimulatedLine, master: Master) -> None:
            technician = Technician(line.meters[1])
            technician.do(0x0505, 5, 1)
            technician.write(0x0603, 0xA55A)
            await asyncio.sleep(4)
            master.ask(1)
            await asyncio.sleep(1)
            assert not any(is_sound(frame) for frame in master.frames)
            master.heard.clear()
            master.port.settings = lambda: LineSettings(baudrate=38400, parity="E")
            master.start = master.loop.time()
            master.ask(1)
            await asyncio.sleep(1)
            assert master.times == [pytest.approx(129 * 11 / 38400 + TURNAROUND)]
            assert is_sound(master.frames[0])
            master.ask(2)
            await asyncio.sleep(1)

        _, master = play(scene)

        assert not any(is_sound(frame) for frame in master.frames[1:])


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
