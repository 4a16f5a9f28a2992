"""Credit tokens of a toy scheme: the form of STS, none of its secrets.

This is **not** IEC 62055-41: nothing is enciphered, and anybody can make a token. The 20 digits
of a toy token are, from the left,

====== ======= ==============================================
digits name    content
====== ======= ==============================================
7      amount  0.01 of the currency, 0000001..9999999
5      number  of the token, 00000..99999; rising
4      meter   CRC-32 of the serial number, modulo 10 000
4      check   CRC-32 of the 16 digits before, modulo 10 000
====== ======= ==============================================

A meter remembers the last 50 numbers. One of those has been used before, and so has, as with real
tokens, any number below them once 50 are remembered.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
import zlib

DIGITS: Final = 20
LARGEST_AMOUNT: Final = 9_999_999
LARGEST_NUMBER: Final = 99_999
REMEMBERED: Final = 50


class TokenResult(IntEnum):
    """What became of a token."""

    NONE = 0
    ACCEPTED = 1
    INVALID = 2
    USED = 3
    OTHER_METER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What the digits of a sound token say."""

    amount: int
    """0.01 of the currency."""

    number: int
    """Of the token."""

    meter: int
    """Short for the serial number."""


def toy_token(serial: str, amount: float, number: int) -> str:
    """The 20 digits that credit ``amount`` (in the currency) to the meter ``serial``, once per ``number``.

    Raises ``ValueError`` for amounts and numbers that do not fit.
    """
    cents = round(amount * 100)
    if not 1 <= cents <= LARGEST_AMOUNT:
        raise ValueError(f"a token is worth 0.01 to {LARGEST_AMOUNT / 100:.2f}, not {amount}")
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"tokens are numbered 0 to {LARGEST_NUMBER}, not {number}")
    body = f"{cents:07}{number:05}{_short(serial):04}"
    return f"{body}{_check(body):04}"


def read_token(digits: str) -> Token | None:
    """What 20 digits say; None when they are no token."""
    body = digits[:16]
    amount = int(digits[:7])
    if int(digits[16:]) != _check(body) or not amount:
        return None
    return Token(amount=amount, number=int(digits[7:12]), meter=int(digits[12:16]))


def judge(digits: str, serial: str, used: list[int]) -> tuple[TokenResult, Token | None]:
    """What the meter ``serial`` thinks of 20 digits, and what they say.

    ``used`` are the numbers that it remembers, rising.
    """
    token = read_token(digits)
    if token is None:
        return TokenResult.INVALID, None
    if token.meter != _short(serial):
        return TokenResult.OTHER_METER, token
    if token.number in used or (len(used) >= REMEMBERED and token.number < used[0]):
        return TokenResult.USED, token
    return TokenResult.ACCEPTED, token


def remember(used: list[int], number: int) -> None:
    """Have ``number`` among the ``used`` ones."""
    insort(used, number)
    del used[:-REMEMBERED]


def _short(serial: str) -> int:
    return zlib.crc32(serial.encode("ascii")) % 10_000


def _check(body: str) -> int:
    return zlib.crc32(f"toy {body}".encode("ascii")) % 10_000
