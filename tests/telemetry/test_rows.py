"""Rows of numbers in both databases, against a model that keeps everything in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import datetime as dt
from typing import Final

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np
import pytest
from sqlalchemy import URL, Engine, delete, func, select, text

from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.columns import ABSENT, COLUMNS, FIGURES, Steps
from custom_components.csj_meter.telemetry.database import open_database, reading, writing
from custom_components.csj_meter.telemetry.layout import Period
from custom_components.csj_meter.telemetry.rows import AGGREGATES, SAMPLES, RowLayout
from custom_components.csj_meter.telemetry.schema import METERS
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Aggregates, Batch, Series
from custom_components.csj_meter.telemetry.timescale import is_hypertable

from .days import MONDAY, home, same

FOREVER: Final = 1 << 40
METER: Final = 1
OTHER: Final = 2

layout = RowLayout()


@pytest.fixture
def engine(store_url: URL) -> Iterator[Engine]:
    engine = open_database(store_url, layout).engine
    with writing(engine) as connection:
        rows = [{"number": number, "serial": f"CSJ{number}", "watermark": 0} for number in (METER, OTHER)]
        connection.execute(METERS.insert(), rows)
    yield engine
    engine.dispose()


def merge(engine: Engine, series: Series, meter: int = METER) -> None:
    with writing(engine) as connection:
        layout.merge(connection, meter, series)


def read(engine: Engine, since: int = 0, until: int = FOREVER, meter: int = METER) -> Series:
    with reading(engine) as connection:
        return Series.joined(layout.read(connection, meter, since, until))


def neighbour(engine: Engine, minute: int, *, older: bool) -> list[int]:
    with reading(engine) as connection:
        found: list[int] = layout.neighbour(connection, METER, minute, older=older).minutes.tolist()
        return found


def aggregates(count: int, *, since: int = MONDAY, length: int = HOUR, seed: int = 1) -> Aggregates:
    """Hours or days with every figure there is, missing here and there."""
    random = np.random.default_rng(seed)

    def steps(key: str) -> Steps:
        some = random.integers(0, 10**9, count)
        return some if FIGURES[key].quantity is None else np.where(random.random(count) < 0.1, ABSENT, some)

    return Aggregates(
        starts=since + length * np.arange(count),
        lengths=np.full(count, length),
        columns={key: steps(key) for key in FIGURES},
    )


def same_aggregates(one: Aggregates, other: Aggregates) -> bool:
    return (
        np.array_equal(one.starts, other.starts)
        and np.array_equal(one.lengths, other.lengths)
        and all(np.array_equal(one.steps(key), other.steps(key)) for key in {*one.columns, *other.columns})
    )


# samples


def test_a_week_is_read_as_it_was_written_a_day_at_a_time(engine: Engine) -> None:
    week = home(7 * DAY)
    merge(engine, week)
    with reading(engine) as connection:
        days = list(layout.read(connection, METER, MONDAY - 5, FOREVER))
    assert [len(day) for day in days] == [DAY] * 7
    assert same(Series.joined(days), week)
    assert same(read(engine, MONDAY + 100, MONDAY + 1700), week.between(MONDAY + 100, MONDAY + 1700))
    assert len(read(engine, meter=OTHER)) == 0


def test_days_without_samples_are_jumped_over(engine: Engine) -> None:
    merge(engine, home(60))
    merge(engine, home(60, since=MONDAY + 400 * DAY))
    with reading(engine) as connection:
        assert [len(day) for day in layout.read(connection, METER, 0, FOREVER)] == [60, 60]
        assert [len(day) for day in layout.read(connection, METER, 0, MONDAY + DAY)] == [60]


def test_a_row_has_the_columns_and_units_that_people_expect(engine: Engine) -> None:
    merge(
        engine,
        Series(
            minutes=np.array([MONDAY]),
            provenance=np.array([Provenance.MEASURED]),
            columns={"voltage_l1": np.array([2301]), "energy_import": np.array([123_456_789])},
        ),
    )
    with reading(engine) as connection:
        row = connection.execute(text("SELECT * FROM telemetry_sample")).mappings().one()
    at = dt.datetime.fromtimestamp(60 * MONDAY, dt.UTC)
    assert row["at"] == (at if engine.dialect.name == "postgresql" else MONDAY)
    assert (row["voltage_l1"], row["energy_import"], row["voltage_l2"]) == (230.1, 1234567.89, None)


@pytest.mark.parametrize("better", list(Provenance))
@pytest.mark.parametrize("worse", list(Provenance))
def test_of_two_samples_of_a_minute_the_better_stays_whichever_comes_first(
    engine: Engine, better: Provenance, worse: Provenance
) -> None:
    def sample(provenance: Provenance, quantity: str) -> Series:
        return Series(
            minutes=np.array([MONDAY]),
            provenance=np.array([provenance]),
            columns={quantity: np.array([int(provenance)])},
        )

    first, second = sample(worse, "voltage_l1"), sample(better, "voltage_l2")
    for old, new in ((first, second), (second, first)):
        with writing(engine) as connection:
            connection.execute(delete(SAMPLES))
        merge(engine, old)
        merge(engine, new)
        assert same(read(engine), old.merged(new))


def test_a_batch_may_be_in_any_order_and_say_a_minute_twice(engine: Engine) -> None:
    with writing(engine) as connection:
        layout.append(
            connection,
            Batch(
                meters=np.array([OTHER, METER, METER, METER, METER]),
                minutes=MONDAY + np.array([0, 1, 0, 1, 0]),
                provenance=np.array([3, 3, 3, 2, 3]),
                columns={"voltage_l1": np.array([1, 2, 3, 4, 5])},
            ),
        )
    assert read(engine).steps("voltage_l1").tolist() == [5, 2]
    assert read(engine, meter=OTHER).steps("voltage_l1").tolist() == [1]


def test_open_samples_are_those_from_the_watermark_on(engine: Engine) -> None:
    hours = home(180)
    merge(engine, hours)
    merge(engine, hours, OTHER)
    with reading(engine) as connection:
        found = layout.open_samples(connection, {METER: MONDAY + 60, OTHER: MONDAY + 120, 3: MONDAY})
        assert set(found) == {METER, OTHER}
        assert same(found[METER], hours.between(MONDAY + 60, FOREVER))
        assert same(found[OTHER], hours.between(MONDAY + 120, FOREVER))
        assert layout.open_samples(connection, {METER: MONDAY + 180}) == {}
        assert layout.open_samples(connection, {}) == {}


def test_closing_changes_nothing(engine: Engine) -> None:
    hours = home(180)
    merge(engine, hours)
    with writing(engine) as connection:
        layout.close(connection, {METER: hours.rows(slice(0, 60))}, {METER: hours.rows(slice(60, None))})
        assert not layout.tidy(connection, MONDAY + 400 * DAY)
    assert same(read(engine), hours)


def test_neighbours_are_the_last_before_and_the_first_from_a_minute_on(engine: Engine) -> None:
    merge(engine, home(10))
    merge(engine, home(10, since=MONDAY + 50 * DAY))
    merge(engine, home(10, since=MONDAY + DAY), OTHER)
    assert neighbour(engine, MONDAY, older=True) == []
    assert neighbour(engine, MONDAY + 5, older=True) == [MONDAY + 4]
    assert neighbour(engine, MONDAY + 5, older=False) == [MONDAY + 5]
    assert neighbour(engine, MONDAY + 50 * DAY, older=True) == [MONDAY + 9]
    assert neighbour(engine, MONDAY + 10, older=False) == [MONDAY + 50 * DAY]
    assert neighbour(engine, FOREVER, older=True) == [MONDAY + 50 * DAY + 9]
    assert neighbour(engine, FOREVER, older=False) == []


# aggregates


@pytest.mark.parametrize("period", list(Period))
def test_aggregates_are_read_as_they_were_put(engine: Engine, period: Period) -> None:
    some, others = aggregates(48), aggregates(48, seed=2)
    with writing(engine) as connection:
        layout.put(connection, METER, period, some)
        layout.put(connection, OTHER, period, others)
        layout.put(connection, OTHER, period, Aggregates.empty())
    with reading(engine) as connection:
        found = layout.aggregates(connection, [METER, OTHER, 3], period, MONDAY, FOREVER)
        assert set(found) == {METER, OTHER}
        assert same_aggregates(found[METER], some)
        assert same_aggregates(found[OTHER], others)
        assert layout.aggregates(connection, [METER], period, FOREVER, FOREVER) == {}
        assert layout.aggregates(connection, [], period, 0, FOREVER) == {}
        part = layout.aggregates(connection, [METER], period, MONDAY + HOUR, MONDAY + 3 * HOUR)
        assert same_aggregates(part[METER], some.between(MONDAY + HOUR, MONDAY + 3 * HOUR))
        key = "energy_import_t1_cost"
        one = layout.aggregates(connection, [METER], period, 0, FOREVER, [key])[METER]
        assert set(one.columns) == {key}
        assert np.array_equal(one.steps(key), some.steps(key))


def test_an_aggregate_that_is_put_again_is_replaced_as_a_whole(engine: Engine) -> None:
    some = aggregates(5)
    new = Aggregates(
        starts=some.starts[2:4], lengths=some.lengths[2:4], columns={"measured_count": np.array([7, 8])}
    )
    with writing(engine) as connection:
        layout.put(connection, METER, Period.HOUR, some)
        layout.put(connection, METER, Period.HOUR, new)
    with reading(engine) as connection:
        found = layout.aggregates(connection, [METER], Period.HOUR, 0, FOREVER)[METER]
    assert same_aggregates(found, some.replaced(new))


# age


def test_what_is_too_old_goes_in_small_steps(engine: Engine) -> None:
    with reading(engine) as connection:
        if is_hypertable(connection, SAMPLES.name):
            pytest.skip("TimescaleDB drops whole chunks: see test_timescale.py")
    month = home(30 * DAY)
    hours = aggregates(24 * 90)
    for meter in (METER, OTHER):
        merge(engine, month, meter)
        with writing(engine) as connection:
            layout.put(connection, meter, Period.HOUR, hours)
    until, hours_until = MONDAY + 20 * DAY + 7, MONDAY + 61 * DAY
    steps, left = 0, _count(engine)
    while True:
        with writing(engine) as connection:
            goes_on = layout.purge(connection, {METER: until, OTHER: until}, hours_until)
        removed, left = left - _count(engine), _count(engine)
        assert removed <= 4 * DAY
        if not goes_on:
            break
        steps += 1
    assert steps > 10
    for meter in (METER, OTHER):
        assert same(read(engine, meter=meter), month.between(until, FOREVER))
        with reading(engine) as connection:
            found = layout.aggregates(connection, [meter], Period.HOUR, 0, FOREVER)[meter]
        assert same_aggregates(found, hours.between(hours_until, FOREVER))


def _count(engine: Engine) -> int:
    tables = (SAMPLES, *AGGREGATES.values())
    with reading(engine) as connection:
        return sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        )


# anything

LARGEST: Final = 10**14
"""Steps up to here are exact as numbers of a database, whatever the decimals."""


@st.composite
def some_samples(draw: st.DrawFn) -> Series:
    minutes = sorted(draw(st.sets(st.integers(0, 3 * HOUR), min_size=1, max_size=12)))
    names = draw(st.sets(st.sampled_from(list(COLUMNS)), max_size=5))

    def column(value: st.SearchStrategy[int]) -> Steps:
        return np.array(draw(st.lists(value, min_size=len(minutes), max_size=len(minutes))), np.int64)

    return Series(
        minutes=MONDAY + np.array(minutes, np.int64),
        provenance=column(st.sampled_from([int(provenance) for provenance in Provenance])),
        columns={name: column(st.just(ABSENT) | st.integers(-LARGEST, LARGEST)) for name in sorted(names)},
    )


Step = tuple[Callable[[Engine, Series, int], None], Series, int]


def append(engine: Engine, series: Series, meter: int) -> None:
    with writing(engine) as connection:
        layout.append(connection, Batch.of_series({meter: series}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([merge, append]), some_samples(), st.sampled_from([METER, OTHER])),
        max_size=8,
    ),
    minute=st.integers(-1, 3 * HOUR + 1),
)
def test_whatever_is_written_in_whatever_order_is_what_a_model_says(
    engine: Engine, steps: list[Step], minute: int
) -> None:
    with writing(engine) as connection:
        connection.execute(delete(SAMPLES))
    model = {METER: Series.empty(), OTHER: Series.empty()}
    for write, series, meter in steps:
        write(engine, series, meter)
        model[meter] = model[meter].merged(series)
    for meter, series in model.items():
        assert same(read(engine, meter=meter), series)
    mine = model[METER].minutes
    at = MONDAY + minute
    assert neighbour(engine, at, older=True) == mine[mine < at][-1:].tolist()
    assert neighbour(engine, at, older=False) == mine[mine >= at][:1].tolist()
