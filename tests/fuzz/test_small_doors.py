"""Payments, vouchers, tokens, firmware images and callers from outside: all of them small, and strict."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
import hashlib
import hmac
from io import BytesIO
import json
from pathlib import Path
import tempfile
from typing import Any
import zipfile

from hypothesis import given, strategies as st
import numpy as np
import orjson
import pytest

from custom_components.csj_meter.anomaly.memory import Memory, SavedMemoryError, Slot
from custom_components.csj_meter.bus.dial_in import BUFFER, Sieve
from custom_components.csj_meter.csv_export import Wish, WishError
from custom_components.csj_meter.firmware_library import scan
from custom_components.csj_meter.meters.commands.errors import ImageRejectedError
from custom_components.csj_meter.meters.commands.firmware import LARGEST_IMAGE, Image
from custom_components.csj_meter.prepay.errors import AmountError, MistypedVoucherError, StatementError
from custom_components.csj_meter.prepay.money import MAX_AMOUNT, amount_of, signed_amount_of
from custom_components.csj_meter.prepay.payment import (
    MalformedPaymentError,
    NotGenuineError,
    parse_payment,
    verify_genuine,
)
from custom_components.csj_meter.prepay.statement import Month
from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.simulator.firmware import build_image
from custom_components.csj_meter.simulator.models import Model

from .malformed import TEXTS, as_json, door, is_short, mutated, mutated_bytes

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
SECRET = "5f" * 32
PAYMENT = {"meter": "CSJ000000001", "amount": "12.50", "currency": "EUR", "key": "order-1", "note": "x"}
JSON_TOKENS = (
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"[" * 3000,
    b"1e999999",
    b"NaN",
    b"-Infinity",
    b"9" * 5000,
    b"\xff",
)

TEXT = st.sampled_from(TEXTS) | st.text(max_size=40)


@door(150)
@given(mutated(PAYMENT).map(as_json) | mutated_bytes((as_json(PAYMENT),), JSON_TOKENS))
def test_the_body_of_a_payment(body: bytes) -> None:
    try:
        payment = parse_payment(body)
    except MalformedPaymentError as err:
        is_short(err, 400)
        return
    assert 0 < payment.amount <= MAX_AMOUNT
    json.dumps([payment.serial, payment.unit, payment.key, payment.note], ensure_ascii=False).encode()


def signed(body: bytes) -> bytes:
    seconds = str(int(NOW.timestamp()))
    digest = hmac.new(SECRET.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}".encode()


@door(150)
@given(mutated_bytes((signed(b"{}"),), (b"t=", b"v1=", b",", b"\xd9\xa3", b" ", b"0" * 64)))
def test_the_signature_of_a_payment(header: bytes) -> None:
    text = header.decode("latin-1")
    try:
        verify_genuine(text, b"{}", [SECRET], NOW)
    except NotGenuineError:
        return
    assert signed(b"{}").decode().partition("v1=")[2].lower() in text.lower()


@door(150)
@given(TEXT | st.decimals().map(str) | st.integers() | st.decimals())
def test_an_amount(text: Any) -> None:
    for read in (amount_of, signed_amount_of):
        try:
            amount = read(text)
        except AmountError:
            continue
        assert abs(amount) <= MAX_AMOUNT
        assert amount.as_tuple().exponent == -2


@door(150)
@given(
    mutated_bytes(
        (str(VoucherCode.new(lambda bits: 5**30 % 2**bits)).encode(),),
        (b"O", b"I", b"L", b"-", b"_ ", "\u2010".encode(), b"\xff"),
    )
    | st.binary()
)
def test_a_voucher(typed: bytes) -> None:
    try:
        code = VoucherCode.parse(typed.decode("utf-8", "surrogateescape"))
    except MistypedVoucherError:
        return
    assert VoucherCode.parse(str(code)) == code


@door(80)
@given(TEXT)
def test_a_month(text: str) -> None:
    try:
        start, end = Month.parse(text).bounds(dt.UTC)  # type: ignore[arg-type]
    except StatementError:
        return
    assert start < end


QUERY = {
    "since": "2026-11-22T12:00:00Z",
    "until": "2026-11-23T12:00:00+01:00",
    "meters": "1,2",
    "resolution": "hour",
}


@door(150)
@given(mutated(QUERY, values=TEXT))
def test_the_query_of_an_export(query: Any) -> None:
    if not isinstance(query, dict) or not all(isinstance(value, str) for value in query.values()):
        return
    try:
        wish = Wish.parse(query, NOW)
    except WishError:
        return
    assert Wish.parse(dict([*(("meters", ""),), *query.items()]), NOW) == wish
    assert wish.file_name.isascii()


@door(100)
@given(
    mutated_bytes((build_image(Model.DTSY300, (9, 8, 7), bytes(300)),), (b"CSJFW\0",)),
    st.sampled_from((b"a.bin", b"\xff\xfe.bin", "\u202e.bin".encode(), b"a\n.bin")),
)
def test_the_firmware_folder(data: bytes, name: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder.encode().decode(), name.decode("utf-8", "surrogateescape"))
        path.write_bytes(data)
        shelf = scan(Path(folder))
        assert len(shelf.images) + len(shelf.broken) == 1
        for file in shelf.broken:
            orjson.dumps([file.name, file.problem, file.remedy])  # a repair issue says it
        for stored in shelf.images:
            assert len(stored.load().data) <= LARGEST_IMAGE
    try:
        image = Image.parse(data)
    except ImageRejectedError:
        return
    assert image.words


@door(100)
@given(
    st.lists(st.none() | st.binary(max_size=80) | st.just(bytes(3000)), max_size=40), st.binary(max_size=8)
)
def test_what_a_gateway_says(said: list[bytes | None], registration: bytes) -> None:
    sieve = Sieve(registration)
    for data in said:
        if data is None:
            sieve.asked()
        else:
            assert len(sieve.heard(data)) <= len(data)
    assert len(sieve._answer) <= BUFFER + 3000
    assert len(sieve._said) <= 5
    assert len(sieve._once) <= 4


SLOTS = (Slot(name="a"), Slot(name="b", shape=(3,), dtype=np.float32))


def engine_file() -> bytes:
    return Memory(SLOTS, ["1", "2"]).saved({"minute": "5"})


def bomb() -> bytes:
    """Little to read, much to unpack."""
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("version", "serials", "words", "a_a", "a_b"):
            archive.writestr(f"{name}.npy", bytes(110 << 20))
    return body.getvalue()


@door(25)
@given(mutated_bytes((engine_file(),), (b"PK\x05\x06", b"\x93NUMPY", b"|O", b"<f8", b"\xff" * 8)))
def test_what_the_engine_has_kept(body: bytes) -> None:
    try:
        memory, _ = Memory.restored(SLOTS, body)
    except SavedMemoryError:
        return
    assert memory["b"].shape == (3, len(memory.serials))


def test_what_would_grow_when_it_is_unpacked() -> None:
    with pytest.raises(SavedMemoryError, match="larger than any memory"):
        Memory.restored(SLOTS, bomb())


def test_amounts_that_would_fill_the_memory() -> None:
    for text in ("1e999999999", "1e-999999999", "-1e999999999", "0." + "0" * 100_000 + "1"):
        for value in (text, Decimal(text)):
            try:
                signed_amount_of(value)
            except AmountError as err:
                is_short(err, 200)
