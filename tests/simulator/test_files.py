"""Load profile and event log, read the way a master does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind, SimulatedLine, SimulatedMeter
from custom_components.csj_meter.simulator.files import read_file, write_file
from custom_components.csj_meter.simulator.registers import RefusalError, Refused, Space, read
from tests.simulator.conftest import AUTUMN, Clock

UNIT = 1
QUARTER = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    time: int
    energy: float
    voltage: float
    power: float


def entry(meter: SimulatedMeter, slot: int) -> Entry:
    words = read_file(meter, 1 + slot // 1200, slot % 1200 * 8, 8)
    assert words[7] == sum(words[:7]) % 65536
    power = words[5] << 16 | words[6]
    return Entry(
        time=words[0] << 16 | words[1],
        energy=(words[2] << 16 | words[3]) / 100,
        voltage=words[4] / 10,
        power=(power - (power >> 31 << 32)) / 10,
    )


def pointers(meter: SimulatedMeter) -> list[int]:
    return read(meter, Space.HOLDING, 0x0530, 4)


@pytest.fixture
def meter(line: SimulatedLine) -> SimulatedMeter:
    return line.meters[UNIT]


def test_the_newest_entry_is_the_last_full_interval(meter: SimulatedMeter, clock: Clock) -> None:
    newest, filled, *_ = pointers(meter)

    assert filled == 6000
    assert entry(meter, newest).time == AUTUMN // QUARTER * QUARTER
    assert entry(meter, (newest + 1) % 6000).time == AUTUMN // QUARTER * QUARTER - 5999 * QUARTER


def test_entries_follow_each_other_and_agree_with_the_counters(meter: SimulatedMeter, clock: Clock) -> None:
    newest = pointers(meter)[0]
    entries = [entry(meter, (newest - back) % 6000) for back in range(40, -1, -1)]
    for earlier, later in pairwise(entries):
        assert later.time - earlier.time == QUARTER
        assert later.energy - earlier.energy == pytest.approx(later.power * QUARTER / 3.6e6, abs=0.07)
        assert 215 < later.voltage < 245
    clock.now = entries[-1].time
    assert meter.truth()["energy_import"] == entries[-1].energy


def test_the_ring_moves_on(meter: SimulatedMeter, clock: Clock) -> None:
    newest = pointers(meter)[0]
    overwritten = entry(meter, (newest + 1) % 6000)
    clock.now += QUARTER

    assert pointers(meter)[0] == (newest + 1) % 6000
    assert entry(meter, (newest + 1) % 6000).time == overwritten.time + 6000 * QUARTER


def test_a_young_meter_has_a_ring_that_is_not_full(meter: SimulatedMeter, clock: Clock) -> None:
    clock.now = meter.installed_at + 3 * QUARTER + 10

    assert pointers(meter)[:2] == [2, 3]
    assert entry(meter, 2).time == meter.installed_at + 3 * QUARTER
    assert entry(meter, 3).time == 0
    clock.now = meter.installed_at + 10
    assert pointers(meter)[:2] == [0, 0]
    assert entry(meter, 0).time == 0


def test_another_interval_gives_other_entries(meter: SimulatedMeter) -> None:
    meter.settings = replace(meter.settings, load_profile_interval=5)

    newest = pointers(meter)[0]

    assert entry(meter, newest).time - entry(meter, newest - 1).time == 300


def test_fifteen_entries_fit_one_read_from_any_record_on(meter: SimulatedMeter) -> None:
    whole = read_file(meter, 2, 800, 120)

    assert read_file(meter, 2, 803, 20) == whole[3:23]
    assert len(whole) == 120


def test_export_shows_as_negative_power(line: SimulatedLine, clock: Clock) -> None:
    clock.now = AUTUMN - 70 * 86400
    meter = line.meters[3]
    newest = pointers(meter)[0]

    assert min(entry(meter, (newest - back) % 6000).power for back in range(96)) < -1000


def test_a_leak_is_in_the_profile(line: SimulatedLine, meter: SimulatedMeter, clock: Clock) -> None:
    twin_energy = meter.energy.at
    line.faults.set(Fault(kind=FaultKind.LEAK, unit=UNIT, magnitude=4000))
    clock.now += 4 * QUARTER
    line.faults.clear()
    newest = entry(meter, pointers(meter)[0])
    undisturbed = float(twin_energy(newest.time)[:8].sum() - twin_energy(newest.time - QUARTER)[:8].sum())

    assert newest.power == pytest.approx(undisturbed * 4000 + 4000, rel=0.02)
    assert newest.energy - entry(meter, pointers(meter)[0] - 1).energy == pytest.approx(
        1 + undisturbed, abs=0.06
    )


class TestEvents:
    """The ring of 100 events."""

    @staticmethod
    def events(meter: SimulatedMeter) -> list[tuple[int, int, int]]:
        """(time, code, value), oldest first."""
        _, _, newest, filled = pointers(meter)
        events = []
        for back in range(filled - 1, -1, -1):
            words = read_file(meter, 8, (newest - back) % 100 * 4, 4)
            events.append((words[0] << 16 | words[1], words[2], words[3]))
        return events

    def test_the_past_is_plausible(self, meter: SimulatedMeter) -> None:
        events = self.events(meter)
        codes = {code for _, code, _ in events}

        assert 20 < len(events) <= 100
        assert [time for time, *_ in events] == sorted(time for time, *_ in events)
        assert events[-1][0] <= AUTUMN
        assert {1, 2, 6, 11} <= codes

    def test_top_ups_are_those_of_the_account(self, meter: SimulatedMeter) -> None:
        truth = meter.truth()
        top_ups = [value for _, code, value in self.events(meter) if code == 6]

        assert top_ups[-1] == truth["last_top_up"]

    def test_an_outage_is_logged_with_its_ends(
        self, line: SimulatedLine, meter: SimulatedMeter, clock: Clock
    ) -> None:
        count = len(meter.event_log.events())
        line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
        clock.now += 120
        line.faults.clear()

        assert self.events(meter)[-2:] == [(int(AUTUMN), 2, 0), (int(AUTUMN) + 120, 1, 0)]
        assert len(meter.event_log.events()) == count + 2

    def test_sags_and_swells_are_logged_with_their_voltage(
        self, line: SimulatedLine, meter: SimulatedMeter, clock: Clock
    ) -> None:
        line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG))
        clock.now += 60
        line.faults.clear()
        clock.now += 60
        line.faults.set(Fault(kind=FaultKind.VOLTAGE_SWELL, unit=UNIT, magnitude=0.2))
        (_, sag, low), (_, swell, high) = self.events(meter)[-2:]

        assert (sag, swell) == (8, 9)
        assert low / 10 == pytest.approx(0.75 * 232, abs=5)
        assert high / 10 == pytest.approx(1.2 * 232, abs=7)

    def test_a_slot_keeps_its_event(self, meter: SimulatedMeter, clock: Clock) -> None:
        newest = pointers(meter)[2]
        before = read_file(meter, 8, newest * 4, 4)
        clock.now += 86400 * 20

        assert pointers(meter)[2] != newest
        assert read_file(meter, 8, newest * 4, 4) == before


@pytest.mark.parametrize(
    ("file", "record", "length"),
    [
        (0, 0, 8),
        (6, 0, 8),
        (7, 0, 8),
        (8, 400, 1),
        (8, 396, 5),
        (1, 9599, 2),
        (5, 9600, 8),
        (1, 0, 0),
        (10, 0, 4),
    ],
)
def test_other_files_and_records_do_not_exist(
    meter: SimulatedMeter, file: int, record: int, length: int
) -> None:
    with pytest.raises(RefusalError) as refusal:
        read_file(meter, file, record, length)

    assert refusal.value.code is Refused.ADDRESS


@pytest.mark.parametrize(
    ("file", "record", "code"),
    [
        (10, 0, Refused.LOCKED),
        (14, 9960, Refused.LOCKED),
        (14, 9990, Refused.ADDRESS),
        (8, 0, Refused.ADDRESS),
    ],
)
def test_a_locked_meter_takes_no_firmware(
    meter: SimulatedMeter, file: int, record: int, code: Refused
) -> None:
    with pytest.raises(RefusalError) as refusal:
        write_file(meter, file, record, [0] * 40)

    assert refusal.value.code is code
