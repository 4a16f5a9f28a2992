from __future__ import annotations

from hypothesis import given, settings, strategies as st
import numpy as np

from custom_components.csj_meter.telemetry.columns import ABSENT, COLUMNS
from custom_components.csj_meter.telemetry.relations import left_over, restored

from .days import home

STEPS = st.one_of(st.just(ABSENT), st.integers(-(10**9), 10**9), st.just(0))


@given(st.dictionaries(st.sampled_from(list(COLUMNS)), st.lists(STEPS, min_size=5, max_size=5), min_size=1))
@settings(max_examples=300, deadline=None)
def test_what_is_left_over_gives_back_what_was_there(rows: dict[str, list[int]]) -> None:
    columns = {name: np.array(steps, np.int64) for name, steps in rows.items()}
    back = restored(left_over(columns))
    assert {name: steps.tolist() for name, steps in back.items()} == rows


def test_of_a_total_and_of_a_current_little_is_left_over() -> None:
    columns = home().columns
    over = left_over(columns)
    assert np.abs(over["active_power"]).max() <= 1
    assert not over["energy_import"].any()
    assert np.abs(over["current_l1"]).max() < 10 < np.abs(columns["current_l1"]).max()


def test_without_voltage_a_current_stays_what_it_is() -> None:
    columns = {**home().columns, "voltage_l2": np.zeros(1440, np.int64)}
    assert left_over(columns)["current_l2"].tolist() == columns["current_l2"].tolist()
