"""The event log from where one left off: every new entry once, whatever the ring has done meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
import json

import pytest

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.errors import UnitError
from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.meters.commands.errors import NotConfirmedError
from custom_components.csj_meter.meters.commands.rings import (
    EventCode,
    LogEntry,
    LogPosition,
    read_new_events,
)
from custom_components.csj_meter.meters.errors import ForeignMeterError
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from tests.virtual_time import run_virtual

from .conftest import Desk

SIZE = 100


class Ring:
    """An event log in the hands of the test; in place of the simulated one, behind the wire."""

    def __init__(self) -> None:
        self.memory: list[LogEntry | None] = [None] * SIZE
        self.next = 0
        self.filled = 0
        self.time = 1_700_000_000

    @property
    def newest(self) -> int:
        """Slot of the newest entry."""
        return (self.next - 1) % SIZE if self.filled else 0

    def slots(self) -> list[int]:
        """All registers."""
        words: list[int] = []
        for entry in self.memory:
            words += (
                [0] * 4
                if entry is None
                else [entry.time >> 16, entry.time & 0xFFFF, int(entry.code), entry.value]
            )
        return words

    def log(self, count: int = 1, *, step: int = 10, code: int = 7) -> list[LogEntry]:
        """Something happens ``count`` times."""
        new: list[LogEntry] = []
        for _ in range(count):
            self.time += step
            entry = LogEntry(time=self.time, code=EventCode(code), value=len(new))
            self.memory[self.next] = entry
            self.next = (self.next + 1) % SIZE
            self.filled = min(self.filled + 1, SIZE)
            new.append(entry)
        return new

    def clear(self, *, wipe: bool = True, rewind: bool = True) -> None:
        """Forget everything, as meters do in different ways."""
        self.filled = 0
        if wipe:
            self.memory = [None] * SIZE
        if rewind:
            self.next = 0


class Reader:
    """Somebody who follows the log of a meter."""

    def __init__(self, desk: Desk, ring: Ring) -> None:
        self.desk = desk
        self.ring = ring
        self.known: LogPosition | None = None
        self.lost = False

    async def news(self) -> Sequence[LogEntry]:
        """What is new since the last time; the position goes through a file, as in real life."""
        known = (
            None
            if self.known is None
            else LogPosition.from_dict(json.loads(json.dumps(self.known.as_dict())))
        )
        news = await read_new_events(self.desk.meter, known)
        self.known, self.lost = news.position, news.lost
        return list(news.entries)


def follow(story: Callable[[Reader], Coroutine[None, None, None]], *, before: int = 0) -> None:
    """Run a story with a reader who has seen a log of ``before`` entries."""

    async def run() -> None:
        desk = await Desk.open()
        ring = Ring()
        ring.log(before)
        desk.simulated.event_log = ring  # type: ignore[assignment]
        reader = Reader(desk, ring)
        assert await reader.news() == [], "what was there before is no news"
        await story(reader)

    run_virtual(run())


FILLS = [0, 1, 3, 50, 99, 100, 101, 250]


@pytest.mark.parametrize("before", FILLS)
@pytest.mark.parametrize("count", [1, 2, 29, 30, 31, 99])
def test_new_entries_come_once_and_in_order(before: int, count: int) -> None:
    async def story(reader: Reader) -> None:
        new = reader.ring.log(count)
        assert await reader.news() == new
        assert not reader.lost
        assert await reader.news() == []
        new = reader.ring.log()
        assert await reader.news() == new

    follow(story, before=before)


@pytest.mark.parametrize("before", [1, 50, 99, 100, 250])
@pytest.mark.parametrize("count", [101, 150, 200, 1000])
def test_of_a_ring_that_has_run_over_the_rest_is_told_and_the_loss(before: int, count: int) -> None:
    async def story(reader: Reader) -> None:
        new = reader.ring.log(count)
        assert await reader.news() == new[-SIZE:]
        assert reader.lost
        assert await reader.news() == []

    follow(story, before=before)


def test_exactly_a_ring_full_looks_as_if_nothing_had_moved_and_is_told_all_the_same() -> None:
    async def story(reader: Reader) -> None:
        new = reader.ring.log(SIZE)
        assert await reader.news() == new

    follow(story, before=SIZE)


def test_two_entries_with_the_same_time_and_code_are_two() -> None:
    async def story(reader: Reader) -> None:
        twins = [*reader.ring.log(step=0), *reader.ring.log(step=0)]
        assert twins[0] == twins[1]
        assert await reader.news() == twins
        triplet = reader.ring.log(step=0)
        assert await reader.news() == triplet

    follow(story, before=5)


@pytest.mark.parametrize("rewind", [True, False])
@pytest.mark.parametrize("wipe", [True, False])
@pytest.mark.parametrize("before", [3, 60, 100])
@pytest.mark.parametrize("after", [1, 2, 40, 100])
def test_of_a_log_that_was_cleared_only_what_came_after_is_told(
    before: int, after: int, *, wipe: bool, rewind: bool
) -> None:
    async def story(reader: Reader) -> None:
        reader.ring.clear(wipe=wipe, rewind=rewind)
        new = reader.ring.log(after)
        assert await reader.news() == new
        assert await reader.news() == []

    follow(story, before=before)


def test_an_empty_log_is_followed_from_its_beginning() -> None:
    async def story(reader: Reader) -> None:
        reader.ring.clear()
        assert await reader.news() == []
        new = reader.ring.log(3)
        assert await reader.news() == new

    follow(story, before=20)


def test_a_log_that_was_put_back_does_not_tell_its_past() -> None:
    async def story(reader: Reader) -> None:
        past = Ring()
        past.log(SIZE)
        reader.ring.log(40)
        assert len(await reader.news()) == 40
        reader.desk.simulated.event_log = past  # type: ignore[assignment]
        assert await reader.news() == []
        past.time = reader.ring.time
        new = past.log(2)
        assert await reader.news() == new

    follow(story, before=SIZE)


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    async def story(reader: Reader) -> None:
        reader.ring.time -= 86_400
        new = reader.ring.log(3)
        assert await reader.news() == new

    follow(story, before=SIZE)


def test_a_code_that_nobody_knows_stays_a_number() -> None:
    async def story(reader: Reader) -> None:
        strange = LogEntry(time=reader.ring.time + 5, code=77, value=1)
        reader.ring.log()
        reader.ring.memory[reader.ring.newest] = strange
        assert await reader.news() == [strange]
        assert await reader.news() == []

    follow(story, before=3)


def test_entries_that_are_overwritten_while_they_are_read_are_not_told_as_old_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(reader: Reader) -> None:
        new = reader.ring.log(150)
        read_file = Bus.read_file
        later: list[LogEntry] = []

        async def slow(
            bus: Bus, unit: int, file: int, record: int, count: int, *, priority: Priority
        ) -> list[int]:
            if count > 4 and not later:
                later.extend(reader.ring.log(2))
            return await read_file(bus, unit, file, record, count, priority=priority)

        monkeypatch.setattr(Bus, "read_file", slow)
        told = list(await reader.news())
        assert reader.lost
        told += await reader.news()
        assert told == [*new, *later][-SIZE:]

    follow(story, before=10)


def test_a_log_that_is_cleared_while_it_is_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(reader: Reader) -> None:
        reader.ring.log(40)
        read_file = Bus.read_file

        async def clearing(
            bus: Bus, unit: int, file: int, record: int, count: int, *, priority: Priority
        ) -> list[int]:
            words = await read_file(bus, unit, file, record, count, priority=priority)
            if count > 4:
                reader.ring.clear()
            return words

        known = reader.known
        with monkeypatch.context() as patched:
            patched.setattr(Bus, "read_file", clearing)
            with pytest.raises(NotConfirmedError, match="changed while it was read"):
                await reader.news()
        assert reader.known == known
        new = reader.ring.log(3)
        assert await reader.news() == new

    follow(story, before=10)


@pytest.mark.parametrize("failing", range(1, 8))
def test_a_read_that_fails_half_way_is_made_good_the_next_time(
    failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(reader: Reader) -> None:
        new = reader.ring.log(90)
        asked: list[int] = []
        read_file, read = Bus.read_file, Bus.read

        def count(bus: Bus) -> None:
            asked.append(1)
            if len(asked) == failing:
                reader.desk.bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))

        async def counted_file(bus: Bus, *args: int, priority: Priority) -> list[int]:
            count(bus)
            return await read_file(bus, *args, priority=priority)

        async def counted(bus: Bus, *args: int, **options: Priority) -> list[int]:
            count(bus)
            return await read(bus, *args, **options)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr(Bus, "read_file", counted_file)
            patched.setattr(Bus, "read", counted)
            with pytest.raises(UnitError):
                await reader.news()
        reader.desk.bench.line.faults.clear()
        assert await reader.news() == new

    # seven reads: end, known slot, three runs, end again, identity
    follow(story, before=5)


def test_what_another_meter_has_logged_is_not_taken_for_this_one() -> None:
    async def story(reader: Reader) -> None:
        reader.ring.log(2)
        reader.desk.bench.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=1))
        with pytest.raises(ForeignMeterError):
            await reader.news()

    follow(story, before=5)


def test_the_whole_log_takes_a_handful_of_reads() -> None:
    async def story(reader: Reader) -> None:
        requests = reader.desk.bench.line.counters.requests
        empty = LogPosition(slot=0, filled=0, entry=None)
        news = await read_new_events(reader.desk.meter, empty)
        assert news.entries == (*reader.ring.memory[50:], *reader.ring.memory[:50])
        assert reader.desk.bench.line.counters.requests - requests <= 8

    follow(story, before=250)


def test_the_simulated_log_is_followed_through_what_happens() -> None:
    async def story() -> None:
        desk = await Desk.open()
        known = (await read_new_events(desk.meter, None)).position
        for code in (2, 1, 3, 9):
            desk.simulated.log(code, 0)
        news = await read_new_events(desk.meter, known)
        assert [entry.code for entry in news.entries] == [
            EventCode.POWER_DOWN,
            EventCode.POWER_UP,
            EventCode.COVER_OPENED,
            EventCode.SWELL,
        ]

    run_virtual(story())
