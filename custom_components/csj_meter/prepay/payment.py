"""One request of a payment service, as it comes from outside: is it genuine, what does it ask, may it.

A request is a small JSON object whose bytes are signed with a secret that both sides know. Nothing of it is
looked at before the signature is right. What is asked is then read strictly: a payment that can be understood
in two ways is refused. The way it takes through HTTP is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
import hashlib
import hmac
import json
import re
from typing import Any, Final

from .errors import AmountError
from .money import KILOWATT_HOURS, amount_of
from .movement import Actor, MovementKind, Source
from .order import Order

SIGNATURE_HEADER: Final = "X-CSJ-Signature"
"""``t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">``, with a ``v1`` for each secret in use."""

TIME_WINDOW: Final = dt.timedelta(minutes=5)
"""How far the time of a signature may be from ours, both ways."""

MAX_BODY: Final = 8 * 1024
"""Bytes."""

MAX_SIGNATURES: Final = 4
"""More than two are never needed: the old secret and the new one."""

_TIME: Final = re.compile(r"t=([0-9]{1,12})")
_SIGNATURE: Final = re.compile(r"v1=([0-9a-fA-F]{64})")
_MAX_HEADER: Final = 512

_SERIAL: Final = re.compile(r"[!-~]{1,64}")
_AMOUNT: Final = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
_CURRENCY: Final = re.compile(rf"[A-Z]{{3}}|{KILOWATT_HOURS}")
_KEY: Final = re.compile(r"[!-~]{1,100}")
_MAX_NOTE: Final = 200

_REQUIRED: Final = frozenset({"meter", "amount", "currency", "key"})
_OPTIONAL: Final = frozenset({"note"})


class PaymentError(Exception):
    """Base of what a request can be refused for here. It answers a machine, so it carries a word."""

    def __init__(self, word: str, problem: str) -> None:
        """``word`` is for the answer, ``problem`` for people; neither holds anything secret."""
        super().__init__(problem)
        self.word = word
        """What the caller is told."""


class NotGenuineError(PaymentError):
    """The caller has not shown that they know the secret; words "too_large" and "signature"."""


class OutsideTimeWindowError(NotGenuineError):
    """The signature is right and too old or too new: repeated by somebody, or a clock is wrong; "time"."""

    def __init__(self, signed_at: int) -> None:
        """``signed_at`` in Unix seconds."""
        super().__init__("time", f"signed at Unix time {signed_at}, too far from now")


class MalformedPaymentError(PaymentError):
    """The request is genuine and makes no sense.

    Words: "json", "duplicate_field", "unknown_field", "missing_field", or the name of the field with a value
    that cannot be.
    """


class LimitError(PaymentError):
    """More than the owner of the meters allows; "largest_amount" or "largest_per_day"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What a genuine request asks for."""

    serial: str
    """Serial number of the meter."""

    amount: Decimal
    """Two decimals, larger than zero."""

    unit: str
    """Letters of the currency, or "kWh"."""

    key: str
    """Idempotency key: asked for again, the same movement answers."""

    note: str = ""
    """What the service wants to be remembered with it."""

    def order(self, provider: str) -> Order:
        """The movement that it asks for; ``provider`` is the name of the service."""
        return Order(
            kind=MovementKind.TOP_UP,
            amount=self.amount,
            unit=self.unit,
            actor=Actor(id=None, name=provider),
            source=Source.WEBHOOK,
            key=self.key,
            note=self.note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLimits:
    """What the owner of the meters allows a payment service, in the unit of each meter."""

    largest_amount: Decimal
    """Largest single payment."""

    largest_per_day: Decimal
    """Largest sum on one meter and day."""

    def verify(self, payment: Payment, paid_today: Decimal) -> None:
        """Raises LimitError. ``paid_today`` is what was paid to this meter today, uncertain ones included."""
        if payment.amount > self.largest_amount:
            raise LimitError(
                "largest_amount", f"{payment.amount} is more than the {self.largest_amount} allowed at once"
            )
        if paid_today + payment.amount > self.largest_per_day:
            raise LimitError(
                "largest_per_day",
                f"{payment.amount} after {paid_today} today is more than the {self.largest_per_day} "
                "allowed on a day",
            )


def verify_genuine(header: str | None, body: bytes, secrets: Iterable[str], now: dt.datetime) -> None:
    """Whether somebody who knows one of ``secrets`` has signed this body just now.

    ``header`` is that of ``SIGNATURE_HEADER``, ``body`` the bytes as they came. Raises NotGenuineError.
    """
    if len(body) > MAX_BODY:
        raise NotGenuineError("too_large", f"more than {MAX_BODY} bytes")
    if header is None:
        raise NotGenuineError("signature", f"no header {SIGNATURE_HEADER}")
    signed_at, signatures = _read_header(header)
    genuine = False
    for secret in secrets:
        expected = hmac.digest(secret.encode(), signed_at.encode() + b"." + body, hashlib.sha256)
        for signature in signatures:
            # every pair is compared, and each in constant time: the time taken tells nothing
            genuine |= hmac.compare_digest(signature, expected)
    if not genuine:
        raise NotGenuineError("signature", "no signature is right")
    if abs(now.timestamp() - int(signed_at)) > TIME_WINDOW.total_seconds():
        raise OutsideTimeWindowError(int(signed_at))


def parse_payment(body: bytes) -> Payment:
    """What a genuine body asks for. Raises MalformedPaymentError."""
    fields = _read_json(body)
    if unknown := fields.keys() - _REQUIRED - _OPTIONAL:
        raise MalformedPaymentError("unknown_field", f"{len(unknown)} fields that are not known")
    if missing := _REQUIRED - fields.keys():
        raise MalformedPaymentError("missing_field", f"without {', '.join(sorted(missing))}")
    amount = _text(fields, "amount", _AMOUNT, 'a string like "12.50"')
    try:
        exact = amount_of(amount)
    except AmountError as err:
        raise MalformedPaymentError("amount", str(err)) from err
    note = fields.get("note", "")
    if not isinstance(note, str) or len(note) > _MAX_NOTE or not note.isprintable():
        raise MalformedPaymentError(
            "note", f"note: must be a string of up to {_MAX_NOTE} printable characters"
        )
    return Payment(
        serial=_text(fields, "meter", _SERIAL, "a string, the serial number of a meter"),
        amount=exact,
        unit=_text(fields, "currency", _CURRENCY, 'a string like "EUR", or "kWh"'),
        key=_text(fields, "key", _KEY, "a string of 1 to 100 printable ASCII characters without spaces"),
        note=note,
    )


def _read_header(header: str) -> tuple[str, list[bytes]]:
    """Time and signatures."""
    if len(header) > _MAX_HEADER:
        raise NotGenuineError("signature", "the header of the signature is too long")
    first, *others = (part.strip() for part in header.split(","))
    signed_at = _TIME.fullmatch(first)
    signatures = [_SIGNATURE.fullmatch(part) for part in others[: MAX_SIGNATURES + 1]]
    found = [bytes.fromhex(match[1]) for match in signatures if match is not None]
    if signed_at is None or not found or len(found) < len(signatures) or len(found) > MAX_SIGNATURES:
        raise NotGenuineError("signature", "the header of the signature is not t=…,v1=…")
    return signed_at[1], found


def _read_json(body: bytes) -> Mapping[str, Any]:
    """The object in a body."""
    try:
        # numbers stay what they are not supposed to be: nothing here is one
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except (ValueError, RecursionError) as err:
        raise MalformedPaymentError("json", "not JSON in UTF-8") from err
    if not isinstance(found, Mapping):
        raise MalformedPaymentError("json", "not a JSON object")
    return found


class _Number:
    """A number in the JSON, unread: amounts are strings, so that they are exact."""

    def __init__(self, text: str) -> None:
        """``text`` as it stands there."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        # which of the two counts is a matter of taste, and money is none
        raise MalformedPaymentError("duplicate_field", "a field stands there twice")
    return fields


def _text(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str], wanted: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise MalformedPaymentError(name, f"{name}: must be {wanted}")
    return value
