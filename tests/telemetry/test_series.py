from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings, strategies as st
import numpy as np

from custom_components.csj_meter.meters.reading import Value
from custom_components.csj_meter.meters.sample import Provenance, Sample, minute_of
from custom_components.csj_meter.telemetry.columns import ABSENT, COLUMNS, FIGURES
from custom_components.csj_meter.telemetry.series import Aggregates, Batch, Series

from .days import home, same

MEASURED, PROFILE, IMPORTED = Provenance.MEASURED, Provenance.PROFILE, Provenance.IMPORTED


def sample(
    minute: int, power: float | None = None, provenance: Provenance = MEASURED, serial: str = "A"
) -> Sample:
    return Sample(serial=serial, minute=minute, values={"active_power": power}, provenance=provenance)


def test_values_become_whole_steps_of_what_the_meter_shows_and_back() -> None:
    values: dict[str, Value] = {
        "voltage_l1": 231.8,
        "current_l1": 0.001,
        "energy_import": 999_999.99,
        "balance": Decimal("-12.34"),
        "price_t1": Decimal("0.1999"),
        "status": 5,
        "relay_mode": "automatic",  # not among what is kept
        "voltage_harmonics_l1": (1.0, None),
        "temperature": None,
    }
    series = Series.of_samples([Sample(serial="A", minute=7, values=values)])
    assert {name: int(steps[0]) for name, steps in series.columns.items()} == {
        "voltage_l1": 2318,
        "current_l1": 1,
        "energy_import": 99_999_999,
        "balance": -1234,
        "price_t1": 1999,
        "status": 5,
    }
    assert series.numbers("voltage_l1").tolist() == [231.8]
    assert series.numbers("balance").tolist() == [-12.34]
    assert np.isnan(series.numbers("temperature")).all()
    assert series.samples("A")[0].values["energy_import"] == 999_999.99


def test_the_better_and_then_the_newer_of_two_samples_of_a_minute_stays() -> None:
    series = Series.of_samples(
        [
            sample(5, 1.0),
            sample(3, 2.0, PROFILE),
            sample(5, 3.0),
            sample(3, 4.0, IMPORTED),
            sample(3, 5.0, PROFILE),
        ]
    )
    assert series.minutes.tolist() == [3, 5]
    assert series.numbers("active_power").tolist() == [4.0, 3.0]
    assert series.provenance.tolist() == [IMPORTED, MEASURED]


SAMPLES = st.lists(
    st.builds(
        sample,
        st.integers(0, 12),
        st.one_of(st.none(), st.integers(-5, 5).map(float)),
        st.sampled_from(Provenance),
    ),
    max_size=12,
)


@given(SAMPLES, SAMPLES)
@settings(deadline=None)
def test_merging_is_the_same_as_taking_all_samples_one_after_the_other(
    old: list[Sample], new: list[Sample]
) -> None:
    merged = Series.of_samples(old).merged(Series.of_samples(new))
    expected: dict[int, Sample] = {}
    for one in old + new:
        if one.minute not in expected or one.provenance >= expected[one.minute].provenance:
            expected[one.minute] = one
    assert same(merged, Series.of_samples([*expected.values()]))


def test_a_part_of_a_day_is_cut_out_by_its_minutes() -> None:
    day = home()
    since = int(day.minutes[0])
    part = day.between(since + 10, since + 13)
    assert part.minutes.tolist() == [since + 10, since + 11, since + 12]
    assert part.steps("voltage_l1").tolist() == day.steps("voltage_l1")[10:13].tolist()
    assert same(Series.joined([day.between(0, since + 700), day.between(since + 700, 1 << 40)]), day)
    assert len(Series.joined([])) == 0


def test_a_batch_holds_several_meters_each_with_its_own_quantities() -> None:
    batch = Batch.of_samples(
        [4, 9], [sample(1, 2.0), Sample(serial="B", minute=1, values={"voltage_l1": 230.0})]
    )
    assert batch.columns["active_power"].tolist() == [20, ABSENT]
    assert batch.columns["voltage_l1"].tolist() == [ABSENT, 2300]
    again = Batch.of_series({4: home(3), 9: home(2, phases=1)})
    assert again.meters.tolist() == [4, 4, 4, 9, 9]
    assert again.columns["voltage_l2"].tolist()[3:] == [ABSENT, ABSENT]


def test_aggregates_are_replaced_by_newer_ones_of_the_same_time() -> None:
    def hours(starts: list[int], means: list[int]) -> Aggregates:
        return Aggregates(
            starts=np.array(starts),
            lengths=np.full(len(starts), 60),
            columns={"active_power_mean": np.array(means)},
        )

    both = hours([0, 60, 180], [1, 2, 3]).replaced(hours([60, 120], [5, 6]))
    assert both.starts.tolist() == [0, 60, 120, 180]
    assert both.numbers("active_power_mean").tolist() == [0.1, 0.5, 0.6, 0.3]
    assert np.isnan(both.numbers("voltage_l1_mean")).all()


def test_numbers_of_columns_are_given_once() -> None:
    assert len({column.number for column in COLUMNS.values()}) == len(COLUMNS)
    assert len({figure.number for figure in FIGURES.values()}) == len(FIGURES)


def test_numbers_of_columns_stay_what_stored_blocks_know_them_by() -> None:
    known = {
        "voltage_l1": 1,
        "current_n": 14,
        "active_power": 24,
        "energy_import": 100,
        "energy_import_t8": 108,
    }
    assert {name: COLUMNS[name].number for name in known} == known
    assert max(column.number for column in COLUMNS.values()) < 250  # from there on blocks have their own


def test_the_minute_of_a_moment_is_the_one_it_is_in() -> None:
    assert [minute_of(at) for at in (0, 59.9, 60, 1_780_000_019.5)] == [0, 0, 1, 29_666_666]
