"""Aggregates say exactly what the samples say, however they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.aggregate import aggregate, hours_between, local_days_between
from custom_components.csj_meter.telemetry.columns import ABSENT, COLUMNS, COUNTS, FIGURES, Sort
from custom_components.csj_meter.telemetry.series import Aggregates, Series

type Row = Mapping[str, int]
"""Quantity -> steps of one sample."""

PRICED = ("energy_import_t1", "energy_import_t2")
PRICES = ("price_t1", "price_t2")
COUNTERS = (*PRICED, "energy_import", "energy_export")
QUANTITIES = (*COUNTERS, *PRICES, "voltage_l1", "active_power", "balance", "status")
BERLIN = ZoneInfo("Europe/Berlin")


def series_of(samples: Mapping[int, Row], provenance: Sequence[int] = ()) -> Series:
    """Minute -> sample, as a series."""
    minutes = sorted(samples)
    names = {name for row in samples.values() for name in row}
    return Series(
        minutes=np.array(minutes, np.int64),
        provenance=np.array(provenance or [Provenance.MEASURED] * len(minutes), np.int64),
        columns={
            name: np.array([samples[minute].get(name, ABSENT) for minute in minutes], np.int64)
            for name in COLUMNS
            if name in names
        },
    )


def figures_of(
    samples: Mapping[int, Row], *periods: tuple[int, int], provenance: Sequence[int] = ()
) -> Aggregates:
    starts = np.array([start for start, _ in periods], np.int64)
    ends = np.array([end for _, end in periods], np.int64)
    return aggregate(series_of(samples, provenance), starts, ends)


def as_rows(found: Aggregates) -> list[dict[str, int]]:
    """Each aggregate as the figures that it has."""
    return [
        {key: int(steps[place]) for key, steps in found.columns.items() if steps[place] != ABSENT}
        for place in range(len(found))
    ]


# What the figures should be, one sample and one period at a time


def rise_in(points: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """(minute of the older sample, steps used in the period) for each two samples in a row."""
    rises = []
    for (t0, c0), (t1, c1) in pairwise(points):
        rise = max(0, c1 - c0)

        def until(t: int, t0: int = t0, t1: int = t1, rise: int = rise) -> int:
            return 0 if t <= t0 else rise if t >= t1 else rise * (t - t0) // (t1 - t0)

        rises.append((t0, until(end) - until(start)))
    return rises


def price_at(samples: Mapping[int, Row], price: str, minute: int) -> int | None:
    known = {at: row[price] for at, row in sorted(samples.items()) if price in row}
    before = [steps for at, steps in known.items() if at <= minute]
    return before[-1] if before else next(iter(known.values()), None)


def expected(samples: Mapping[int, Row], start: int, end: int) -> dict[str, int]:
    """The figures of one period, in plain steps."""
    figures: dict[str, int] = dict.fromkeys(COUNTS, 0)
    inside = {minute: row for minute, row in sorted(samples.items()) if start <= minute < end}
    figures["measured_count"] = len(inside)
    costs: list[int | None] = []
    for name in QUANTITIES:
        values = [row[name] for row in inside.values() if name in row]
        points = [(minute, row[name]) for minute, row in sorted(samples.items()) if name in row]
        match COLUMNS[name].sort:
            case Sort.LEVEL if values:
                total, count = sum(values), len(values)
                figures[f"{name}_mean"] = (2 * total + count) // (2 * count)
                figures[f"{name}_min"], figures[f"{name}_max"] = min(values), max(values)
            case Sort.STATE if values:
                figures[f"{name}_last"] = values[-1]
            case Sort.FLAGS if values:
                figures[f"{name}_any"] = int(np.bitwise_or.reduce(values))
            case Sort.COUNTER if points and start <= points[-1][0] and end > points[0][0]:
                rises = rise_in(points, start, end)
                figures[f"{name}_used"] = sum(rise for _, rise in rises)
                if name not in PRICED:
                    continue
                price = name.replace("energy_import", "price")
                if any(price in row for row in samples.values()):
                    cost = sum(rise * (price_at(samples, price, t0) or 0) for t0, rise in rises)
                    figures[f"{name}_cost"] = cost
                    costs.append(cost)
                elif figures[f"{name}_used"]:
                    costs.append(None)
    known = [cost for cost in costs if cost is not None]
    if known and len(known) == len(costs):
        figures["energy_import_cost"] = sum(known)
    return figures


@st.composite
def histories(draw: st.DrawFn, *, complete: bool = False) -> dict[int, Row]:
    """Samples at irregular minutes; counters that rise, stand still, and sometimes fall."""
    count = draw(st.integers(0, 12))
    steps = draw(st.lists(st.sampled_from([1, 1, 1, 2, 7, 60, 61]), min_size=count, max_size=count))
    quantities = draw(st.sets(st.sampled_from(QUANTITIES)))
    samples: dict[int, Row] = {}
    minute = draw(st.integers(0, 5))
    for step in steps:
        minute += step
        row: dict[str, int] = {}
        for name in sorted(quantities):
            if (complete and name in (*COUNTERS, *PRICES)) or draw(st.integers(0, 5)):
                low = -300 if name in ("active_power", "balance") else 0
                row[name] = draw(st.integers(low, 9_999_999 if name in COUNTERS else 300))
                if name in COUNTERS and draw(st.integers(0, 4)):
                    row[name] = max([old.get(name, 0) for old in samples.values()], default=0) + row[name]
        samples[minute] = row
    return samples


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Periods that may touch, leave gaps and lie outside of all samples."""
    cuts = sorted(draw(st.sets(st.integers(-30, 300), min_size=2, max_size=9)))
    pairs = list(pairwise(cuts))
    return [pair for pair in pairs if draw(st.booleans())] or pairs[:1]


@given(samples=histories(), periods=spans())
@settings(max_examples=400, deadline=None)
def test_every_figure_is_what_counting_by_hand_gives(
    samples: dict[int, Row], periods: list[tuple[int, int]]
) -> None:
    found = figures_of(samples, *periods)
    assert as_rows(found) == [expected(samples, start, end) for start, end in periods]
    assert found.starts.tolist() == [start for start, _ in periods]
    assert found.lengths.tolist() == [end - start for start, end in periods]
    assert all((steps != ABSENT).any() for steps in found.columns.values())
    assert list(found.columns) == [key for key in FIGURES if key in found.columns]


@given(samples=histories(complete=True), periods=spans(), data=st.data())
@settings(max_examples=300, deadline=None)
def test_figures_do_not_depend_on_which_samples_were_loaded_around_a_period(
    samples: dict[int, Row], periods: list[tuple[int, int]], data: st.DataObject
) -> None:
    minutes = sorted(samples)
    start, end = data.draw(st.sampled_from(periods))
    older = [minute for minute in minutes if minute < start]
    younger = [minute for minute in minutes if minute >= end]
    first = data.draw(st.sampled_from(older)) if older else start
    last = data.draw(st.sampled_from(younger)) if younger else end
    window = {minute: row for minute, row in samples.items() if first <= minute <= last}
    alone = as_rows(figures_of(window, (start, end)))
    among = dict(zip(periods, as_rows(figures_of(samples, *periods)), strict=True))
    assert alone == [among[start, end]]


@given(samples=histories(), cuts=st.sets(st.integers(0, 400), max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_chain_of_periods_adds_up_to_the_whole(samples: dict[int, Row], cuts: set[int]) -> None:
    edges = sorted({-10, *cuts, 900})
    (whole,) = as_rows(figures_of(samples, (-10, 900)))
    parts = as_rows(figures_of(samples, *pairwise(edges)))
    for key, steps in whole.items():
        if key.endswith(("_used", "_cost", "_count")):
            assert sum(part.get(key, 0) for part in parts) == steps, key


@given(
    counters=st.lists(
        st.lists(st.integers(0, 50), min_size=8, max_size=8).map(np.cumsum), min_size=2, max_size=2
    ),
    edges=st.sets(st.integers(0, 70), min_size=2),
)
@settings(deadline=None)
def test_total_and_tariffs_are_each_exact_by_themselves(counters: list[np.ndarray], edges: set[int]) -> None:
    t1, t2 = counters
    samples = {
        10 * place: {
            "energy_import": int(t1[place] + t2[place]),
            "energy_import_t1": int(t1[place]),
            "energy_import_t2": int(t2[place]),
        }
        for place in range(8)
    }
    cuts = sorted({0, *edges, 70})
    found = figures_of(samples, *pairwise(cuts))
    for name in ("energy_import", "energy_import_t1", "energy_import_t2"):
        assert found.steps(f"{name}_used").sum() == samples[70][name] - samples[0][name]


def test_hours_of_an_outage_get_their_share() -> None:
    samples = {59: {"energy_import": 1000}, 60: {"energy_import": 1000}, 240: {"energy_import": 1100}}
    found = figures_of(samples, (0, 60), (60, 120), (120, 180), (180, 240), (240, 300))
    assert found.steps("energy_import_used").tolist() == [0, 33, 33, 34, 0]
    assert found.steps("measured_count").tolist() == [1, 1, 0, 0, 1]


def test_a_counter_that_was_reset_costs_nothing_extra() -> None:
    samples = {
        minute: {"energy_import": value, "energy_import_t1": value, "price_t1": 2500}
        for minute, value in ((0, 99_000), (1, 99_010), (2, 0), (3, 5))
    }
    found = figures_of(samples, (0, 60))
    assert found.steps("energy_import_used").tolist() == [15]
    assert found.steps("energy_import_cost").tolist() == [15 * 2500]


def test_energy_has_the_price_of_its_time() -> None:
    samples = {
        0: {"energy_import_t1": 0, "price_t1": 1000},
        30: {"energy_import_t1": 10, "price_t1": 2000},
        60: {"energy_import_t1": 20, "price_t1": 2000},
    }
    found = figures_of(samples, (0, 60))
    assert found.steps("energy_import_t1_cost").tolist() == [10 * 1000 + 10 * 2000]
    # 0.01 kWh at 0.0001 a kWh: 0.1 kWh at 0.10 and 0.1 kWh at 0.20
    assert found.numbers("energy_import_cost").tolist() == [pytest.approx(0.03)]


def test_cost_is_unknown_where_a_tariff_without_price_was_used() -> None:
    samples = {
        0: {"energy_import_t1": 0, "energy_import_t2": 0, "price_t1": 1000},
        60: {"energy_import_t1": 5, "energy_import_t2": 0, "price_t1": 1000},
        120: {"energy_import_t1": 9, "energy_import_t2": 1, "price_t1": 1000},
    }
    found = figures_of(samples, (0, 60), (60, 120))
    assert found.steps("energy_import_t1_cost").tolist() == [5000, 4000]
    assert "energy_import_t2_cost" not in found.columns
    assert found.steps("energy_import_cost").tolist() == [5000, ABSENT]


def test_a_meter_without_prices_has_no_cost_not_even_zero() -> None:
    found = figures_of({0: {"energy_import_t1": 7}, 60: {"energy_import_t1": 7}}, (0, 60))
    assert found.steps("energy_import_t1_used").tolist() == [0]
    assert [key for key in found.columns if key.endswith("_cost")] == []


def test_each_provenance_is_counted() -> None:
    provenance = [Provenance.PROFILE, Provenance.MEASURED, Provenance.PROFILE, Provenance.IMPORTED]
    samples: dict[int, Row] = {minute: {"voltage_l1": 2300} for minute in (1, 2, 3, 61)}
    found = figures_of(samples, (0, 60), (60, 120), (120, 180), provenance=provenance)
    assert [found.steps(key).tolist() for key in COUNTS] == [[2, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_means_round_halves_up_also_below_zero() -> None:
    samples = {
        0: {"active_power": -3},
        1: {"active_power": -2},
        60: {"active_power": 3},
        61: {"active_power": 2},
    }
    assert figures_of(samples, (0, 60), (60, 120)).steps("active_power_mean").tolist() == [-2, 3]


def test_no_samples_and_no_periods_are_no_trouble() -> None:
    assert len(figures_of({})) == 0
    assert as_rows(figures_of({}, (0, 60))) == [dict.fromkeys(COUNTS, 0)]
    assert len(figures_of({5: {"energy_import": 1}})) == 0


def test_hours_are_those_that_overlap() -> None:
    starts, ends = hours_between(59, 121)
    assert starts.tolist() == [0, 60, 120]
    assert ends.tolist() == [60, 120, 180]
    assert [len(part) for part in hours_between(60, 120)] == [1, 1]
    assert [len(part) for part in hours_between(60, 60)] == [0, 0]


# Local days


def minute(zone: ZoneInfo, day: date, hour: int = 0) -> int:
    return int(datetime.combine(day, time(hour), zone).timestamp()) // 60


def days(zone: str, since: date, until: date) -> list[tuple[date, int]]:
    """(date, minutes) of each day from one midnight to before another."""
    info = ZoneInfo(zone)
    starts, ends = local_days_between(minute(info, since), minute(info, until), info)
    assert ends[:-1].tolist() == starts[1:].tolist()
    return [
        (datetime.fromtimestamp(start * 60, info).date(), end - start)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        pytest.param("Europe/Berlin", date(2026, 3, 29), 1380, id="spring"),
        pytest.param("Europe/Berlin", date(2026, 10, 25), 1500, id="autumn"),
        pytest.param("Europe/Berlin", date(2028, 2, 29), 1440, id="leap day"),
        pytest.param("Asia/Kolkata", date(2026, 6, 1), 1440, id="half an hour off"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 5), 1470, id="half an hour of summer time"),
        pytest.param("Australia/Lord_Howe", date(2026, 10, 4), 1410, id="half an hour of summer time begins"),
        pytest.param("Africa/Cairo", date(2026, 4, 24), 1380, id="no midnight"),
        pytest.param("America/Havana", date(2026, 11, 1), 1500, id="midnight twice"),
        pytest.param("America/Sao_Paulo", date(2018, 11, 4), 1380, id="no midnight in the south"),
        pytest.param("America/Sao_Paulo", date(2018, 2, 17), 1500, id="the last hour twice"),
    ],
)
def test_a_local_day_is_as_long_as_its_clock_says(zone: str, day: date, length: int) -> None:
    assert days(zone, day, day + timedelta(days=1)) == [(day, length)]


def test_a_date_that_was_left_out_is_no_day() -> None:
    found = days("Pacific/Apia", date(2011, 12, 29), date(2012, 1, 1))
    assert found == [(date(2011, 12, 29), 1440), (date(2011, 12, 31), 1440)]


def test_a_clock_that_goes_back_to_yesterday_does_not_begin_the_day_again() -> None:
    newfoundland = ZoneInfo("America/St_Johns")
    first = minute(newfoundland, date(2010, 11, 7))  # a minute later it is 23:01 again
    again = first + 30
    assert datetime.fromtimestamp(again * 60, newfoundland).date() == date(2010, 11, 6)
    starts, ends = local_days_between(again, again + 1, newfoundland)
    assert (starts.tolist(), ends.tolist()) == ([first], [first + 1500])


def test_days_are_those_that_overlap() -> None:
    noon = minute(BERLIN, date(2026, 3, 28), 12)
    starts, ends = local_days_between(noon, noon + 1440, BERLIN)
    assert starts.tolist() == [minute(BERLIN, date(2026, 3, 28)), minute(BERLIN, date(2026, 3, 29))]
    assert ends.tolist() == [minute(BERLIN, date(2026, 3, 29)), minute(BERLIN, date(2026, 3, 30))]
    assert [len(part) for part in local_days_between(noon, noon, BERLIN)] == [0, 0]


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo"]
    ),
    start=st.integers(minute(BERLIN, date(2020, 1, 1)), minute(BERLIN, date(2030, 1, 1))),
    length=st.integers(1, 20_000),
)
@settings(max_examples=60, deadline=None)
def test_every_minute_is_in_the_day_that_a_local_clock_shows(zone: str, start: int, length: int) -> None:
    info = ZoneInfo(zone)
    starts, ends = local_days_between(start, start + length, info)
    assert starts[0] <= start
    assert ends[-1] >= start + length
    assert starts[-1] < start + length
    for at in range(start, start + length, 30):
        place = int(np.searchsorted(starts, at, side="right")) - 1
        shown = datetime.fromtimestamp(at * 60, info).date()
        assert datetime.fromtimestamp(int(starts[place]) * 60, info).date() == shown


def test_days_of_half_hour_zones_are_made_of_samples_not_of_hours() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    start = minute(kolkata, date(2026, 6, 1))
    assert start % 60 == 30
    samples = {start + step: {"energy_import": step} for step in range(-60, 1500)}
    starts, ends = local_days_between(start, start + 1440, kolkata)
    found = aggregate(series_of(samples), starts, ends)
    assert found.steps("energy_import_used").tolist() == [1440]
    assert found.steps("measured_count").tolist() == [1440]
