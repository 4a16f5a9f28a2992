"""Codes that forgive bad handwriting and notice slips of the finger."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.prepay.errors import MistypedVoucherError
from custom_components.csj_meter.prepay.voucher_code import ALPHABET, LENGTH, RANDOM, VoucherCode

CODES = st.integers(0, 2**85 - 1).map(lambda number: VoucherCode.new(lambda _: number))
PLACES = st.integers(0, LENGTH - 1)


def _plain(code: VoucherCode) -> str:
    return str(code).replace("-", "")


@given(CODES)
def test_what_was_printed_can_be_typed(code: VoucherCode) -> None:
    assert VoucherCode.parse(str(code)) == code
    assert [len(group) for group in str(code).split("-")] == [4] * 5


@given(CODES, st.text(" -–_.\t", max_size=3), st.booleans())
def test_separators_and_small_letters_do_not_matter(code: VoucherCode, gap: str, small: bool) -> None:
    typed = gap.join(_plain(code))

    assert VoucherCode.parse(typed.lower() if small else typed) == code


@given(CODES, st.sampled_from([("0", "O"), ("0", "o"), ("1", "I"), ("1", "l"), ("1", "i"), ("1", "L")]))
def test_letters_that_look_like_digits_mean_them(code: VoucherCode, pair: tuple[str, str]) -> None:
    printed, written = pair

    assert VoucherCode.parse(str(code).replace(printed, written)) == code


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_every_single_typo_is_noticed(code: VoucherCode, place: int, wrong: str) -> None:
    right = _plain(code)
    typed = right[:place] + wrong + right[place + 1 :]

    if typed == right:
        assert VoucherCode.parse(typed) == code
    else:
        with pytest.raises(MistypedVoucherError):
            VoucherCode.parse(typed)


@given(CODES)
def test_every_swap_of_two_characters_wherever_they_are_is_noticed(code: VoucherCode) -> None:
    right = _plain(code)
    for first, second in combinations(range(LENGTH), 2):
        letters = list(right)
        letters[first], letters[second] = letters[second], letters[first]
        if (typed := "".join(letters)) != right:
            with pytest.raises(MistypedVoucherError):
                VoucherCode.parse(typed)


@given(CODES, st.lists(st.tuples(PLACES, st.sampled_from(ALPHABET)), max_size=3))
def test_up_to_three_wrong_characters_are_noticed(code: VoucherCode, slips: list[tuple[int, str]]) -> None:
    letters = list(_plain(code))
    for place, wrong in slips:
        letters[place] = wrong

    if (typed := "".join(letters)) != _plain(code):
        with pytest.raises(MistypedVoucherError):
            VoucherCode.parse(typed)


def test_random_codes_of_the_right_length_are_right_once_in_32768() -> None:
    """Exhaustive for one position and all three checks: exactly one of the 32 768 endings fits."""
    start = _plain(VoucherCode.new(lambda _: 123_456_789))[:RANDOM]
    fitting = 0
    for number in range(0, 32**3, 7):  # a seventh of them, to be quick
        ending = "".join(ALPHABET[number >> shift & 31] for shift in (10, 5, 0))
        try:
            VoucherCode.parse(start + ending)
        except MistypedVoucherError:
            continue
        fitting += 1
    assert fitting <= 1


@pytest.mark.parametrize(
    "typed", ["", "ABC", "0" * 19, "0" * 21, "U" * 20, "é" * 20, "0000-0000-0000-0000-000!"]
)
def test_what_cannot_be_a_code_is_mistyped(typed: str) -> None:
    with pytest.raises(MistypedVoucherError):
        VoucherCode.parse(typed)


def test_codes_are_random_in_all_85_bits() -> None:
    codes = [_plain(VoucherCode.new()) for _ in range(300)]

    assert len(set(codes)) == len(codes)
    for place in range(RANDOM):
        assert len({code[place] for code in codes}) > 24


def test_a_code_does_not_show_itself_in_a_log() -> None:
    code = VoucherCode.new()

    assert not any(group in f"{code!r} {[code]}" for group in str(code).split("-"))


@given(CODES, CODES)
def test_the_fingerprint_depends_on_code_and_secret(one: VoucherCode, other: VoucherCode) -> None:
    assert (one.fingerprint(b"a" * 32) == other.fingerprint(b"a" * 32)) is (one == other)
    assert one.fingerprint(b"a" * 32) != one.fingerprint(b"b" * 32)
    assert _plain(one) not in one.fingerprint(b"a" * 32).upper()


def test_the_checks_are_those_of_the_documented_code() -> None:
    """Worked out by hand from the generator (x - 2)(x - 4)(x - 8) over GF(32) with x^5 + x^2 + 1."""

    def _times(left: int, right: int) -> int:
        product = 0
        while right:
            if right & 1:
                product ^= left
            left <<= 1
            if left & 32:
                left ^= 0b100101
            right >>= 1
        return product

    symbols = [
        ALPHABET.index(letter) for letter in _plain(VoucherCode.new(lambda _: 0x1234567890ABCDEF12345))
    ]
    for root in (2, 4, 8):
        value = 0
        for symbol in symbols:
            value = _times(value, root) ^ symbol
        assert value == 0
