from __future__ import annotations

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.csj_meter.telemetry.codec import pack, unpack
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.errors import DamagedBlockError

NUMBERS = st.one_of(
    st.integers(-20, 20), st.integers(-(10**12), 10**12), st.just(ABSENT), st.just(2**62), st.just(-(2**62))
)


@st.composite
def tables(draw: st.DrawFn) -> dict[int, np.ndarray]:
    rows = draw(st.integers(1, 40))
    numbers = draw(st.lists(st.integers(0, 65_535), min_size=1, max_size=6, unique=True))
    return {
        number: np.array(draw(st.lists(NUMBERS, min_size=rows, max_size=rows)), np.int64)
        for number in numbers
    }


@given(tables())
@settings(max_examples=300, deadline=None)
def test_what_was_packed_comes_out_again_whatever_the_numbers(columns: dict[int, np.ndarray]) -> None:
    unpacked = unpack(pack(columns))
    assert unpacked.keys() == columns.keys()
    for number, steps in columns.items():
        assert unpacked[number].tolist() == steps.tolist()


@given(tables(), st.sets(st.integers(0, 65_535)))
@settings(deadline=None)
def test_only_the_columns_that_are_wanted_come_out(columns: dict[int, np.ndarray], others: set[int]) -> None:
    wanted = others | {min(columns)}
    unpacked = unpack(pack(columns), wanted)
    assert unpacked.keys() == columns.keys() & wanted
    assert all(unpacked[number].tolist() == columns[number].tolist() for number in unpacked)


def test_a_counter_that_stands_still_costs_nearly_nothing() -> None:
    day = np.full(1440, 1_438_025)
    assert len(pack({100: day})) < 40


def test_small_changes_cost_a_byte_whatever_the_level() -> None:
    random = np.random.default_rng(1)
    near = np.cumsum(random.integers(-100, 100, 1440))
    assert len(pack({1: near + 10**12})) == pytest.approx(len(pack({1: near})), abs=40)
    assert len(pack({1: near})) < 1600


def test_a_block_that_has_rotted_is_noticed() -> None:
    packed = bytearray(pack({1: np.arange(500) ** 2}))
    for place in range(len(packed)):
        rotten = packed.copy()
        rotten[place] ^= 0x10
        with pytest.raises(DamagedBlockError):
            unpack(bytes(rotten))


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x02abc", b"\x01\x78\x9c"])
def test_what_is_no_block_is_refused(body: bytes) -> None:
    with pytest.raises(DamagedBlockError):
        unpack(body)
