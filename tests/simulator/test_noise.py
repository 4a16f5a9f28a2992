"""Repeatable randomness."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.simulator import noise

INDICES = st.integers(min_value=-(2**40), max_value=2**40)


@settings(derandomize=True)
@given(INDICES)
def test_one_number_and_many_numbers_agree(index: int) -> None:
    of = noise.key(7, "test")

    assert noise.uniforms(of, np.array([index]))[0] == pytest.approx(noise.uniform(of, index), abs=1e-12)


@settings(derandomize=True)
@given(st.floats(min_value=-1e9, max_value=2e9), st.floats(min_value=1, max_value=1e6))
def test_one_point_of_a_curve_and_the_whole_curve_agree(time: float, period: float) -> None:
    of = noise.key(7, "test")

    assert noise.smooths(of, np.array([time]), period)[0] == pytest.approx(
        noise.smooth(of, time, period), abs=1e-6
    )


def test_numbers_fill_their_range_evenly() -> None:
    numbers = noise.uniforms(noise.key(1), np.arange(20_000))

    assert 0 <= numbers.min() < 0.001
    assert 0.999 < numbers.max() < 1
    assert numbers.mean() == pytest.approx(0.5, abs=0.01)
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.03


def test_another_word_or_seed_is_another_key() -> None:
    keys = {
        noise.key(1, "a"),
        noise.key(1, "b"),
        noise.key(2, "a"),
        noise.key(1, "a", 0),
        noise.key(1, "a", 1),
    }

    assert len(keys) == 5


def test_a_curve_has_no_steps() -> None:
    times = np.arange(10_000).astype(np.float64)

    assert np.abs(np.diff(noise.smooths(noise.key(3), times, 100))).max() < 0.04
