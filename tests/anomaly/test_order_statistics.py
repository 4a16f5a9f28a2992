"""Order statistics against what one gets by sorting each window by hand."""

from __future__ import annotations

from math import ceil, inf, isfinite, isnan, nan
from typing import Any

from hypothesis import given, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.csj_meter.anomaly.order_statistics import (
    NORMAL,
    nth_largest,
    quantiles,
    trailing_min,
)

watts = st.floats(-1e4, 1e4, width=32) | st.just(nan)
tables = st.sampled_from([np.float32, np.float64]).flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=watts)
)


@given(values=tables, window=st.integers(1, 50), enough=st.floats(0.01, 1.0))
def test_the_smallest_of_a_window_is_that_of_its_rows(
    values: NDArray[Any], window: int, enough: float
) -> None:
    found = trailing_min(values, window, enough)

    for (row, column), value in np.ndenumerate(found):
        some = [
            each for each in values[max(0, row - window + 1) : row + 1, column].tolist() if not isnan(each)
        ]
        if not some or len(some) < enough * window:
            assert isnan(value)
        else:
            assert value == min(some)


def test_an_hour_that_counts_for_nothing_is_there_all_the_same() -> None:
    values = np.array([[5.0], [inf], [inf], [nan]])

    assert trailing_min(values, 3, 1.0)[2, 0] == 5.0
    assert isnan(trailing_min(values, 2, 1.0)[2, 0])  # there, but nothing is known of it
    assert isnan(trailing_min(values, 3, 1.0)[3, 0])


def test_what_was_handed_in_stays_as_it_was() -> None:
    values = np.array([[3.0], [1.0], [2.0], [nan]])
    before = values.copy()

    trailing_min(values, 2, 0.5)
    quantiles(values, (0.5,), 1)
    nth_largest(values, 1)

    np.testing.assert_array_equal(values, before)


@given(
    values=tables,
    wanted=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=3),
    least=st.integers(1, 10),
)
def test_a_quantile_is_a_value_of_its_rank(values: NDArray[Any], wanted: list[float], least: int) -> None:
    for share, found in zip(wanted, quantiles(values, wanted, least), strict=True):
        for column, value in enumerate(found.tolist()):
            some = sorted(each for each in values[:, column].tolist() if not isnan(each))
            if len(some) < least:
                assert isnan(value)
            else:
                assert value == some[round(share * (len(some) - 1))]


@given(values=tables, rank=st.integers(1, 5))
def test_the_nth_largest_is_found_or_the_smallest_of_fewer(values: NDArray[Any], rank: int) -> None:
    for column, value in enumerate(nth_largest(values, rank).tolist()):
        some = sorted((each for each in values[:, column].tolist() if not isnan(each)), reverse=True)
        assert value == (some[min(rank, len(some)) - 1] if some else -inf)


@pytest.mark.parametrize("share", NORMAL)
def test_spreads_are_those_of_the_normal_distribution(share: float) -> None:
    drawn = np.random.default_rng(1).normal(size=(200_001, 1))
    (value,) = quantiles(drawn, (share,), 1)

    assert isfinite(value[0])
    assert value[0] == pytest.approx(NORMAL[share], abs=0.01)
    assert ceil(share) == 1
