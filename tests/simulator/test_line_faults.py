"""Faults of meters and line, and meters with other settings: what is left of an exchange."""

from __future__ import annotations

import asyncio

import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind, LineSettings, SimulatedLine
from custom_components.csj_meter.simulator.frames import framed, is_sound
from tests.simulator.conftest import AUTUMN, Technician

from .master import CHARACTER, IDENTITY, SAMPLE, TURNAROUND, Master, play


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
