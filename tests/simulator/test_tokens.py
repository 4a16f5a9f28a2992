"""Toy tokens: digits that a meter believes once."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.csj_meter.simulator import toy_token
from custom_components.csj_meter.simulator.tokens import TokenResult, judge, read_token, remember

SERIAL = "CSJ612345001"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(1, 9_999_999), st.integers(0, 99_999))
def test_a_token_says_what_was_put_into_it(cents: int, number: int) -> None:
    digits = toy_token(SERIAL, cents / 100, number)
    token = read_token(digits)

    assert len(digits) == 20
    assert digits.isdecimal()
    assert token is not None
    assert (token.amount, token.number) == (cents, number)
    assert judge(digits, SERIAL, []) == (TokenResult.ACCEPTED, token)


@pytest.mark.parametrize(
    ("amount", "number"), [(0, 1), (0.004, 1), (100_000, 1), (-5, 1), (5, -1), (5, 100_000)]
)
def test_what_does_not_fit_is_no_token(amount: float, number: int) -> None:
    with pytest.raises(ValueError, match=r"a token is worth|tokens are numbered"):
        toy_token(SERIAL, amount, number)


def test_guessing_does_not_pay() -> None:
    digits = toy_token(SERIAL, 10, 5)
    sound = [change for change in range(1, 10_000) if read_token(f"{digits[:16]}{change:04}")]

    assert sound == [int(digits[16:])]


def test_nothing_is_worth_nothing() -> None:
    assert read_token("0" * 16 + toy_token(SERIAL, 1, 1)[16:]) is None


def test_tokens_may_come_in_another_order() -> None:
    used: list[int] = []
    for number in (7, 3, 5):
        assert judge(toy_token(SERIAL, 1, number), SERIAL, used)[0] is TokenResult.ACCEPTED
        remember(used, number)
    again = [judge(toy_token(SERIAL, 9, number), SERIAL, used)[0] for number in (3, 4, 5, 7)]

    assert again == [TokenResult.USED, TokenResult.ACCEPTED, TokenResult.USED, TokenResult.USED]


def test_a_meter_remembers_the_last_fifty_and_distrusts_what_is_older() -> None:
    used: list[int] = []
    for number in range(100, 220, 2):
        remember(used, number)

    assert used == list(range(120, 220, 2))
    assert judge(toy_token(SERIAL, 1, 119), SERIAL, used)[0] is TokenResult.USED
    assert judge(toy_token(SERIAL, 1, 121), SERIAL, used)[0] is TokenResult.ACCEPTED


def test_the_meter_is_checked_before_the_number() -> None:
    assert judge(toy_token("CSJ699999999", 1, 1), SERIAL, [1])[0] is TokenResult.OTHER_METER
