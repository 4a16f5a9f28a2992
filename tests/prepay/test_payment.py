"""Requests of a payment service: only what is genuine, unambiguous and allowed gets through."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
import hashlib
import hmac
import json
import string
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.prepay.money import amount_of
from custom_components.csj_meter.prepay.movement import MovementKind, Source
from custom_components.csj_meter.prepay.payment import (
    MAX_BODY,
    TIME_WINDOW,
    LimitError,
    MalformedPaymentError,
    NotGenuineError,
    OutsideTimeWindowError,
    Payment,
    PaymentLimits,
    parse_payment,
    verify_genuine,
)

from .model import START

SECRET = "5f" * 32
OTHER = "a0" * 32
BODY = b'{"meter": "CSJ000000001", "amount": "12.50", "currency": "EUR", "key": "order-1"}'
FIELDS = {"meter": "CSJ000000001", "amount": "12.50", "currency": "EUR", "key": "order-1"}
SECOND = dt.timedelta(seconds=1)

VISIBLE = st.text(string.ascii_letters + string.digits + string.punctuation, min_size=1)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def signature(body: bytes, secret: str = SECRET, at: str | None = None) -> str:
    """The second half of what a service sends, made as the documentation says."""
    seconds = at or str(int(START.timestamp()))
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()


def header(body: bytes = BODY, secret: str = SECRET, at: dt.datetime = START) -> str:
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={signature(body, secret, seconds)}"


def body_with(**changes: Any) -> bytes:
    return json.dumps(FIELDS | changes).encode()


# --- whether it is genuine ----------------------------------------------------------------


@given(st.binary(max_size=300))
def test_what_was_signed_is_genuine_whatever_it_says(body: bytes) -> None:
    verify_genuine(header(body), body, [SECRET], START)


@given(st.binary(max_size=100), st.data())
def test_every_changed_bit_is_noticed(body: bytes, data: st.DataObject) -> None:
    message = bytearray(body or b"?")
    signed = header(bytes(message))
    place = data.draw(st.integers(0, len(message) - 1))
    message[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(NotGenuineError, match="no signature is right"):
        verify_genuine(signed, bytes(message), [SECRET], START)


def test_the_time_is_part_of_what_is_signed() -> None:
    later = header().replace(str(int(START.timestamp())), str(int(START.timestamp()) + 1))

    with pytest.raises(NotGenuineError, match="no signature is right"):
        verify_genuine(later, BODY, [SECRET], START)


@pytest.mark.parametrize("away", [-TIME_WINDOW, dt.timedelta(0), TIME_WINDOW])
def test_clocks_may_differ_by_five_minutes(away: dt.timedelta) -> None:
    verify_genuine(header(at=START + away), BODY, [SECRET], START)


@pytest.mark.parametrize("away", [-TIME_WINDOW - SECOND, TIME_WINDOW + SECOND])
def test_what_was_signed_at_another_time_is_refused(away: dt.timedelta) -> None:
    with pytest.raises(OutsideTimeWindowError) as told:
        verify_genuine(header(at=START + away), BODY, [SECRET], START)

    assert told.value.word == "time"


def test_who_does_not_know_the_secret_is_not_told_whether_the_time_was_right() -> None:
    with pytest.raises(NotGenuineError) as told:
        verify_genuine(header(secret=OTHER, at=START - 2 * TIME_WINDOW), BODY, [SECRET], START)

    assert told.value.word == "signature"


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_while_a_secret_is_changed_both_are_good(secret: str) -> None:
    verify_genuine(header(secret=secret), BODY, [SECRET, OTHER], START)


@pytest.mark.parametrize("order", [(SECRET, OTHER), (OTHER, SECRET)])
def test_a_service_may_sign_with_the_old_and_the_new_secret(order: tuple[str, str]) -> None:
    both = ",".join([f"t={int(START.timestamp())}", *(f"v1={signature(BODY, secret)}" for secret in order)])

    verify_genuine(both, BODY, [SECRET], START)


def test_without_a_secret_nothing_is_genuine() -> None:
    with pytest.raises(NotGenuineError):
        verify_genuine(header(), BODY, [], START)


def test_capital_letters_and_spaces_do_not_matter() -> None:
    time, signed = header().split(",")

    verify_genuine(f"{time}, v1={signed[3:].upper()}", BODY, [SECRET], START)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "",
        "t=",
        signature(BODY),
        f"v1={signature(BODY)}",
        f"t={int(START.timestamp())}",
        f"t={int(START.timestamp())},v1=",
        f"t={int(START.timestamp())},v1={signature(BODY)[:-1]}",
        f"t={int(START.timestamp())},v0={signature(BODY)}",
        f"t={int(START.timestamp())},v1={signature(BODY)},",
        f"t={int(START.timestamp())},t={int(START.timestamp())},v1={signature(BODY)}",
        f"t={int(START.timestamp())}," + ",".join([f"v1={signature(BODY)}"] * 5),
        f"t=-{int(START.timestamp())},v1={signature(BODY)}",
        f"t={'1' * 20},v1={signature(BODY)}",
        f"t=١٧٧٢,v1={signature(BODY)}",
        header() + " " * 600,
    ],
)
def test_a_signature_that_is_none_is_refused(broken: str | None) -> None:
    with pytest.raises(NotGenuineError) as told:
        verify_genuine(broken, BODY, [SECRET], START)

    assert told.value.word == "signature"


@given(st.text(max_size=120))
def test_no_header_makes_more_than_a_refusal(text: str) -> None:
    with pytest.raises(NotGenuineError):
        verify_genuine(text, BODY, [SECRET], START)


def test_a_body_that_is_too_large_is_not_looked_at() -> None:
    body = b" " * MAX_BODY
    verify_genuine(header(body), body, [SECRET], START)

    with pytest.raises(NotGenuineError) as told:
        verify_genuine(header(body + b" "), body + b" ", [SECRET], START)

    assert told.value.word == "too_large"


# --- what it asks for ---------------------------------------------------------------------


def test_a_payment_says_what_is_wanted() -> None:
    assert parse_payment(BODY) == Payment(
        serial="CSJ000000001", amount=Decimal("12.50"), unit="EUR", key="order-1"
    )
    assert parse_payment(body_with(note="März, Café ☕")).note == "März, Café ☕"
    assert parse_payment(body_with(currency="kWh")).unit == "kWh"


def test_its_order_bears_the_name_of_the_service() -> None:
    order = parse_payment(body_with(note="rent")).order("Example Pay")

    assert (order.kind, order.source, order.key) == (MovementKind.TOP_UP, Source.WEBHOOK, "order-1")
    assert (order.actor.id, order.actor.name) == (None, "Example Pay")
    assert (order.amount, order.unit, order.note) == (Decimal("12.50"), "EUR", "rent")


@given(
    meter=VISIBLE.filter(lambda text: len(text) <= 64),
    cents=st.integers(1, 2**32 - 1),
    key=VISIBLE.filter(lambda text: len(text) <= 100),
    note=st.text(max_size=200).filter(str.isprintable),
)
def test_every_sensible_payment_is_read_as_it_was_written(
    meter: str, cents: int, key: str, note: str
) -> None:
    amount = Decimal(cents).scaleb(-2)
    asked = {"meter": meter, "amount": str(amount), "currency": "EUR", "key": key, "note": note}

    payment = parse_payment(json.dumps(asked).encode())

    assert payment == Payment(serial=meter, amount=amount, unit="EUR", key=key, note=note)


@given(st.binary(max_size=200))
def test_no_bytes_make_more_than_a_refusal(body: bytes) -> None:
    with pytest.raises(MalformedPaymentError):
        parse_payment(body)


@given(ANY_JSON)
def test_no_json_of_another_shape_is_a_payment(value: Any) -> None:
    with pytest.raises(MalformedPaymentError):
        parse_payment(json.dumps(value).encode())


@given(st.sampled_from(["meter", "amount", "currency", "key", "note"]), ANY_JSON)
def test_a_field_of_another_kind_is_named(name: str, value: Any) -> None:
    try:
        payment = parse_payment(body_with(**{name: value}))
    except MalformedPaymentError as err:
        assert err.word == name  # noqa: PT017 - most values are refused, and a few are as good as ours
    else:
        assert isinstance(value, str)
        assert payment.amount == amount_of(payment.amount)


@given(st.text(string.digits + ".,+-eE_ \tNaInf²١", max_size=14))
def test_an_amount_has_one_way_to_be_written(text: str) -> None:
    try:
        payment = parse_payment(body_with(amount=text))
    except MalformedPaymentError:
        return
    whole, _, fraction = text.partition(".")
    assert whole.isascii()
    assert whole.isdigit()
    assert len(fraction) <= 2
    assert payment.amount == Decimal(text) > 0


@pytest.mark.parametrize(
    "amount",
    [12.5, 12, True, None, "0", "0.00", "-1.00", "+1.00", "1e2", "1_0", " 1.00", "1.005", "1,50", "١", "NaN",
     "Infinity", "123456789", "99999999.99", ".5", "5.", "", ["1"]],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused(amount: Any) -> None:
    with pytest.raises(MalformedPaymentError) as told:
        parse_payment(body_with(amount=amount))

    assert told.value.word == "amount"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meter", ""),
        ("meter", "A" * 65),
        ("meter", "CSJ 1"),
        ("currency", "eur"),
        ("currency", "EURO"),
        ("currency", "kwh"),
        ("currency", ""),
        ("key", ""),
        ("key", "x" * 101),
        ("key", "line\nbreak"),
        ("key", "schlüssel"),
        ("note", "x" * 201),
        ("note", "zero\x00"),
        ("note", "\ud800"),
        ("note", None),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, value: Any) -> None:
    with pytest.raises(MalformedPaymentError) as told:
        parse_payment(body_with(**{field: value}))

    assert told.value.word == field


def test_fields_that_are_not_known_are_refused() -> None:
    with pytest.raises(MalformedPaymentError) as told:
        parse_payment(body_with(Amount="500.00"))

    assert told.value.word == "unknown_field"


@pytest.mark.parametrize("field", FIELDS)
def test_fields_that_are_missing_are_named(field: str) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != field}

    with pytest.raises(MalformedPaymentError, match=field) as told:
        parse_payment(json.dumps(fields).encode())

    assert told.value.word == "missing_field"


@pytest.mark.parametrize("second", [b'"1.00"', b'"12.50"'])
def test_a_field_that_stands_there_twice_is_refused(second: bytes) -> None:
    with pytest.raises(MalformedPaymentError) as told:
        parse_payment(BODY[:-1] + b', "amount": ' + second + b"}")

    assert told.value.word == "duplicate_field"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"x"', b"12", b"null", BODY + b"x", b"\xff" + BODY, b"\xef\xbb\xbf" + BODY, b"[" * MAX_BODY,
     b'{"a":' * 1000, b"1" * MAX_BODY],
)  # fmt: skip
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPaymentError) as told:
        parse_payment(body)

    assert told.value.word == "json"


# --- whether it may -----------------------------------------------------------------------

LIMITS = PaymentLimits(largest_amount=Decimal("100.00"), largest_per_day=Decimal("300.00"))


def _asking(amount: str) -> Payment:
    return parse_payment(body_with(amount=amount))


def test_the_limits_themselves_are_allowed() -> None:
    LIMITS.verify(_asking("100.00"), Decimal("200.00"))


@pytest.mark.parametrize(
    ("amount", "paid", "word"),
    [
        ("100.01", "0.00", "largest_amount"),
        ("100.00", "200.01", "largest_per_day"),
        ("0.01", "300.00", "largest_per_day"),
        ("0.01", "900.00", "largest_per_day"),
    ],
)
def test_more_than_is_allowed_is_refused(amount: str, paid: str, word: str) -> None:
    with pytest.raises(LimitError) as told:
        LIMITS.verify(_asking(amount), Decimal(paid))

    assert told.value.word == word
