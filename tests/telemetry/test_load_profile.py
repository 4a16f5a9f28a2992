"""The meter's own memory fills gaps, and the counters stay right whatever it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.meters.commands.rings import ProfileEntry
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.aggregate import aggregate, hours_between
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.load_profile import ROLL_OVER, fill, fill_by_day
from custom_components.csj_meter.telemetry.series import DAY, Series

from .gap_edges import GOOD, START, T1, T2, T3, entry, night, rows, sample

DAYS = 62


def filled(
    entries: Sequence[ProfileEntry],
    before: Series,
    after: Series,
    tariff_at: Callable[[int], int] | None = None,
    clock_error: float = 0.0,
) -> dict[int, dict[str, int]]:
    """Minute -> the steps of its sample."""
    found = fill(entries, before, after, tariff_at=tariff_at, clock_error=clock_error)
    assert (found.provenance == Provenance.PROFILE).all()
    return rows(found)


def test_intervals_fill_the_minutes_between_two_samples() -> None:
    entries = [
        entry(START + 15, 1015, watts=600),
        entry(START + 30, 1045, volts=231.5, watts=1200),
        entry(START + 45, 1045, volts=229.0, watts=0),
    ]
    found = filled(entries, sample(START + 10, energy_import=1010), sample(START + 50, energy_import=1060))
    assert list(found) == list(range(START + 11, START + 50))
    assert found[START + 14] == {"energy_import": 1014, "voltage_l1": 2300, "active_power": 6000}
    # the counter is that of the interval's end, the means are those of the interval that begins
    assert found[START + 15] == {"energy_import": 1015, "voltage_l1": 2315, "active_power": 12_000}
    assert found[START + 16]["energy_import"] == 1017
    assert found[START + 30]["energy_import"] == found[START + 45]["energy_import"] == 1045
    assert found[START + 44]["active_power"] == 0
    # the interval after the last entry is not in the profile yet: only the counter is known
    assert found[START + 47] == {"energy_import": 1051}


def test_without_entries_only_counters_are_filled_in() -> None:
    before = sample(
        START, energy_import=0, energy_export=50, reactive_energy_import=7, voltage_l1=2300, balance=100
    )
    after = sample(START + 4, energy_import=10, energy_export=52, reactive_energy_import=7, voltage_l1=2200)
    assert filled([], before, after) == {
        START + 1: {"energy_import": 2, "energy_export": 50, "reactive_energy_import": 7},
        START + 2: {"energy_import": 5, "energy_export": 51, "reactive_energy_import": 7},
        START + 3: {"energy_import": 7, "energy_export": 51, "reactive_energy_import": 7},
    }


@pytest.mark.parametrize(("length", "samples"), [(1, 0), (2, 1), (3, 2)])
def test_a_gap_has_a_sample_for_each_missing_minute(length: int, samples: int) -> None:
    found = filled([], sample(START, energy_import=0), sample(START + length, energy_import=9))
    assert len(found) == samples


def test_a_gap_without_a_counter_on_both_sides_cannot_be_filled() -> None:
    entries = [entry(START + 15, 1015)]
    assert not filled(entries, sample(START, voltage_l1=2300), sample(START + 60, energy_import=1060))
    assert not filled(entries, sample(START, energy_import=1000), sample(START + 60, energy_export=1))


def test_a_side_of_the_gap_is_one_sample() -> None:
    with pytest.raises(ValueError, match="one sample"):
        fill([], Series.empty(), sample(START, energy_import=0))


def test_prices_are_carried_and_the_tariff_of_the_time_is_told() -> None:
    before = sample(START, energy_import=0, price_t1=2500, price_t2=1200, active_tariff=1, status=1)
    found = filled([], before, sample(START + 3, energy_import=9, price_t1=9999), lambda minute: 2)
    assert found[START + 1] == {"energy_import": 3, "price_t1": 2500, "price_t2": 1200, "active_tariff": 2}


def test_a_tariff_that_nobody_knows_is_not_made_up() -> None:
    found = filled([], sample(START, energy_import=0), sample(START + 3, energy_import=9), lambda minute: 0)
    assert found[START + 1] == {"energy_import": 3}


# Tariffs


def tariffs_of(
    entries: Sequence[ProfileEntry], t1: int, t2: int, tariff_at: Callable[[int], int] | None
) -> tuple[list[int], list[int]]:
    """What both tariffs used in each of three hours, in which the import rises by 100, 10 and 100."""
    before = sample(START, energy_import=0, energy_import_t1=0, energy_import_t2=0)
    after = sample(START + 180, energy_import=210, energy_import_t1=t1, energy_import_t2=t2)
    found = Series.joined((before, fill(entries, before, after, tariff_at=tariff_at), after))
    used = aggregate(found, *hours_between(START, START + 180))
    return used.steps(f"{T1}_used").tolist(), used.steps(f"{T2}_used").tolist()


HOURS = [entry(START + 60, 100), entry(START + 120, 110)]


def test_energy_goes_to_the_tariff_of_its_time() -> None:
    assert tariffs_of(HOURS, 200, 10, night) == ([100, 0, 100], [0, 10, 0])


def test_a_tariff_gets_no_more_than_its_counter_says() -> None:
    # by the times the first tariff used 200, but its counter rose by 160 only
    assert tariffs_of(HOURS, 160, 50, night) == ([80, 0, 80], [20, 10, 20])


def test_without_times_energy_is_shared_in_proportion() -> None:
    assert tariffs_of(HOURS, 140, 70, None) == ([67, 7, 66], [33, 3, 34])


def test_a_tariff_may_begin_within_an_interval() -> None:
    before = sample(START, energy_import=0, energy_import_t1=0, energy_import_t2=0)
    after = sample(START + 60, energy_import=60, energy_import_t1=40, energy_import_t2=20)
    found = filled([], before, after, lambda minute: 2 if minute < START + 20 else 1)
    assert [found[START + minute][T2] for minute in (19, 20, 40)] == [19, 20, 20]
    assert [found[START + minute][T1] for minute in (19, 20, 40)] == [0, 0, 20]


def test_times_of_a_tariff_that_the_meter_does_not_count_are_shared_in_proportion() -> None:
    assert tariffs_of(HOURS, 105, 105, lambda minute: 5) == ([50, 5, 50], [50, 5, 50])


def test_tariffs_that_differ_from_the_total_by_a_rounding_still_end_where_they_end() -> None:
    before = sample(START, energy_import=1000, energy_import_t1=600, energy_import_t2=399)
    after = sample(START + 60, energy_import=1020, energy_import_t1=609, energy_import_t2=409)
    found = fill([], before, after, tariff_at=None)
    whole = Series.joined((before, found, after))
    assert whole.steps(T1)[-2] <= 609
    assert (np.diff(whole.steps(T1)) >= 0).all()
    assert (np.diff(whole.steps(T2)) >= 0).all()
    together = whole.steps(T1) + whole.steps(T2) - 999
    # 19 steps of the tariffs for 20 of the total
    assert (together == (whole.steps("energy_import") - 1000) * 19 // 20).all()


def test_tariffs_of_a_meter_whose_total_is_not_known_rise_evenly() -> None:
    before = sample(START, energy_import_t1=0, energy_import_t2=0)
    after = sample(START + 60, energy_import_t1=60, energy_import_t2=0)
    found = filled([], before, after)
    assert [found[START + minute][T1] for minute in (1, 30, 59)] == [1, 30, 59]


# Entries that are not what they should be

BEFORE = sample(START, energy_import=1000)
AFTER = sample(START + 60, energy_import=1060)


def test_order_and_repetition_of_entries_do_not_matter() -> None:
    expected = filled(GOOD, BEFORE, AFTER)
    assert filled(GOOD[::-1], BEFORE, AFTER) == expected
    assert filled([*GOOD, *GOOD], BEFORE, AFTER) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(entry(START + 20, 999), id="before the gap by its energy"),
        pytest.param(entry(START + 20, 1061), id="after the gap by its energy"),
        pytest.param(entry(START - 15, 1007), id="before the gap by its time"),
        pytest.param(entry(START + 75, 1007), id="after the gap by its time"),
        pytest.param(entry(START + 40, 1002), id="less than an older one"),
        pytest.param(entry(START + 30, 1004), id="another one of the same time"),
        pytest.param(entry(0, 1007), id="clock was not set"),
    ],
)
def test_entries_that_do_not_fit_are_left_out(wrong: ProfileEntry) -> None:
    found = filled([*GOOD, wrong], BEFORE, AFTER)
    expected = filled(GOOD, BEFORE, AFTER)
    assert {at: row["energy_import"] for at, row in found.items()} == {
        at: row["energy_import"] for at, row in expected.items()
    }


def test_a_hole_in_the_profile_has_no_voltage() -> None:
    entries = [GOOD[0], entry(START + 60, 1040, volts=228), entry(START + 75, 1045), entry(START + 90, 1050)]
    found = filled(entries, BEFORE, sample(START + 90, energy_import=1060))
    voltages = {minute: row.get("voltage_l1") for minute, row in found.items()}
    assert {voltages[minute] for minute in range(START + 15, START + 45)} == {None}
    assert {voltages[minute] for minute in range(START + 45, START + 60)} == {2280}
    assert found[START + 30]["energy_import"] == 1005 + 35 // 3


def test_a_mean_is_that_of_an_hour_at_most() -> None:
    entries = [entry(START + minute, 1000 + minute // 10) for minute in (240, 480)]
    found = filled(entries, BEFORE, sample(START + 480, energy_import=1060))
    assert [minute - START for minute, row in found.items() if "voltage_l1" in row] == [
        *range(180, 240),
        *range(420, 480),
    ]


@pytest.mark.parametrize("seconds", [-25, 20])
def test_a_clock_that_is_a_little_off_changes_nothing(seconds: int) -> None:
    late = [replace(known, end=known.end + seconds) for known in GOOD]
    assert filled(late, BEFORE, AFTER) == filled(GOOD, BEFORE, AFTER)


def test_other_intervals_are_recognised() -> None:
    entries = [entry(START + minute, 1000 + minute, volts=220 + minute) for minute in range(5, 60, 5)]
    found = filled(entries, BEFORE, AFTER)
    assert found[START + 7]["voltage_l1"] == 2300
    assert found[START + 4]["voltage_l1"] == 2250
    assert "voltage_l1" not in found[START + 55]


def test_the_interval_that_ended_with_the_gap_counts() -> None:
    found = filled([*GOOD, entry(START + 60, 1060, volts=225)], BEFORE, AFTER)
    assert found[START + 59]["voltage_l1"] == 2250


@pytest.mark.parametrize("clock_error", [-7200.0, -20.0, 0.0, 25.0, 600.0, 86_400.0])
def test_a_wrong_clock_is_corrected(clock_error: float) -> None:
    late = [replace(known, end=round(known.end + clock_error)) for known in GOOD]
    assert filled(late, BEFORE, AFTER, clock_error=clock_error) == filled(GOOD, BEFORE, AFTER)


@pytest.mark.parametrize("set_by", [-60, -7, 7, 60])
def test_a_clock_that_was_set_in_the_gap_does_not_make_energy_wrong(set_by: int) -> None:
    """Until the third hour the clock was wrong by ``set_by`` minutes; now it is right."""
    entries = [
        entry(START + minute + (set_by if minute <= 180 else 0), 1000 + minute)
        for minute in range(15, 360, 15)
    ]
    before, after = sample(START, energy_import=1000), sample(START + 360, energy_import=1360)
    found = Series.joined((before, fill(entries, before, after), after))
    counter = found.steps("energy_import")
    assert (np.diff(counter) >= 0).all()
    assert len(found) == 361
    # from the setting on all is at its time again
    assert counter[300] == 1300


def test_a_counter_that_fell_stands_still_until_the_new_sample() -> None:
    before = sample(START, energy_import=5000, energy_import_t1=5000, energy_export=7)
    after = sample(START + 30, energy_import=10, energy_import_t1=10, energy_export=9)
    found = Series.joined((before, fill([entry(START + 15, 5007)], before, after), after))
    assert set(found.steps("energy_import")[:-1].tolist()) == {5000}
    assert set(found.steps(T1)[:-1].tolist()) == {5000}
    assert found.steps("energy_export")[15] == 8
    used = aggregate(found, np.array([START]), np.array([START + 60]))
    assert used.steps("energy_import_used").tolist() == [0]


def test_the_register_rolls_over_in_the_gap_and_the_total_goes_on() -> None:
    entries = [entry(START + 15, ROLL_OVER - 5), entry(START + 30, 0), entry(START + 45, 20)]
    before = sample(START, energy_import=ROLL_OVER - 10)
    found = filled(entries, before, sample(START + 60, energy_import=ROLL_OVER + 60))
    assert found[START + 15]["energy_import"] == ROLL_OVER - 5
    assert found[START + 30]["energy_import"] == ROLL_OVER
    assert found[START + 45]["energy_import"] == ROLL_OVER + 20


def test_totals_that_rolled_over_long_ago_still_find_their_entries() -> None:
    before = sample(START, energy_import=3 * ROLL_OVER + 1000)
    found = filled(GOOD, before, sample(START + 60, energy_import=3 * ROLL_OVER + 1060))
    assert found[START + 30]["energy_import"] == 3 * ROLL_OVER + 1010


def test_a_gap_of_months_is_filled_evenly_where_the_ring_has_lost_it() -> None:
    until = START + 200 * DAY
    known = until - DAYS * DAY
    entries = [entry(minute, 100_000 + (minute - known) // 15 * 10) for minute in range(known, until, 15)]
    last = 100_000 + DAYS * 96 * 10
    before = sample(START, energy_import=0, energy_import_t1=0, energy_import_t2=0)
    after = sample(until, energy_import=last, energy_import_t1=last - 40_000, energy_import_t2=40_000)
    days = list(fill_by_day(entries, before, after, tariff_at=lambda minute: 1 + minute // 720 % 2))
    assert max(len(day) for day in days) == DAY
    found = Series.joined((before, *days, after))
    assert len(found) == until - START + 1
    counters = [found.steps(name) for name in ("energy_import", T1, T2)]
    assert all((np.diff(counter) >= 0).all() for counter in counters)
    assert (counters[1] + counters[2] == counters[0]).all()
    place = (known - START) // 2
    assert counters[0][place] == 50_000
    assert found.steps("voltage_l1")[place] == ABSENT
    assert found.steps("voltage_l1")[known - START + 20] == 2300


# Any meter, any gap


@st.composite
def gaps(draw: st.DrawFn) -> tuple[list[ProfileEntry], Series, Series]:
    """A meter that rolls over at some place, its profile, and the samples around a gap."""
    interval = draw(st.sampled_from([1, 5, 15, 60]))
    length = draw(st.integers(1, 400))
    start = START + draw(st.integers(0, 59))
    base = draw(st.sampled_from([0, 12_345, ROLL_OVER - 50, 2 * ROLL_OVER - 3]))
    uses = draw(st.lists(st.integers(0, 40), min_size=length, max_size=length))
    totals = [base, *(base + int(total) for total in np.cumsum(uses))]
    entries = [
        entry(minute, totals[minute - start] % ROLL_OVER)
        for minute in range(start, start + length + 1)
        if minute % interval == 0
    ]
    rise = totals[-1] - base
    share = draw(st.integers(0, rise))
    third = draw(st.integers(0, rise - share))
    before = sample(start, energy_import=base, energy_import_t1=5, energy_import_t2=base, energy_import_t3=0)
    after = sample(
        start + length,
        energy_import=totals[-1],
        energy_import_t1=5 + share,
        energy_import_t2=base + rise - share - third,
        energy_import_t3=third,
    )
    return entries, before, after


def tariff_switches(hours: Sequence[int]) -> Callable[[int], int]:
    """A tariff for each hour in turn."""
    return lambda minute: hours[minute // 60 % len(hours)]


def assert_exact(found: Series, before: Series, after: Series) -> None:
    """Nothing lost, nothing added, nothing falls, tariffs and total together at every minute."""
    whole = Series.joined((before, found, after))
    assert whole.minutes.tolist() == list(range(int(before.minutes[0]), int(after.minutes[0]) + 1))
    for name in ("energy_import", T1, T2, T3):
        assert (np.diff(whole.steps(name)) >= 0).all(), name
    risen = sum(whole.steps(name) - whole.steps(name)[0] for name in (T1, T2, T3))
    assert (risen == whole.steps("energy_import") - whole.steps("energy_import")[0]).all()


SWITCHES = st.none() | st.lists(st.integers(0, 4), min_size=1, max_size=5).map(tariff_switches)


@given(gap=gaps(), tariff_at=SWITCHES)
@settings(max_examples=200, deadline=None)
def test_a_sound_profile_is_kept_to_the_step(
    gap: tuple[list[ProfileEntry], Series, Series], tariff_at: Callable[[int], int] | None
) -> None:
    entries, before, after = gap
    found = fill(entries, before, after, tariff_at=tariff_at)
    assert_exact(found, before, after)
    assert counted_by_hand(entries, before, after) == {
        minute: row["energy_import"] for minute, row in rows(found).items()
    }


def counted_by_hand(entries: Sequence[ProfileEntry], before: Series, after: Series) -> Mapping[int, int]:
    """What the import is at each minute, from one known point to the next."""
    since, low = int(before.minutes[0]), int(before.steps("energy_import")[0])
    until, high = int(after.minutes[0]), int(after.steps("energy_import")[0])
    points = [(since, low)]
    for known in entries:
        if since < known.end // 60 < until:
            total = round(known.energy_import * 100)
            while total < low:
                total += ROLL_OVER
            points.append((known.end // 60, total))
    counters: dict[int, int] = {}
    for (t0, c0), (t1, c1) in pairwise([*points, (until, high)]):
        counters |= {minute: c0 + (c1 - c0) * (minute - t0) // (t1 - t0) for minute in range(t0, t1)}
    del counters[since]
    return counters


@given(
    gap=gaps(),
    junk=st.lists(
        st.tuples(st.integers(-500, 900), st.integers(-3000, 20_000), st.floats(0, 6553)), max_size=12
    ),
    clock_error=st.floats(-10_000, 10_000),
    tariff_at=SWITCHES,
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_whatever_the_profile_says_the_counters_stay_right(
    gap: tuple[list[ProfileEntry], Series, Series],
    junk: list[tuple[int, int, float]],
    clock_error: float,
    tariff_at: Callable[[int], int] | None,
    data: st.DataObject,
) -> None:
    entries, before, after = gap
    base = int(before.steps("energy_import")[0])
    wrong = [entry(START + minute, (base + steps) % ROLL_OVER, volts=volts) for minute, steps, volts in junk]
    mixed = data.draw(st.permutations([*entries, *wrong]))
    assert_exact(fill(mixed, before, after, tariff_at=tariff_at, clock_error=clock_error), before, after)
