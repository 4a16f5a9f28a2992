"""The code on a printed voucher: 20 characters that catch slips of the finger and cannot be guessed.

17 of them are random (85 bits) and 3 are checks, all out of Crockford's base 32: no I, L, O and U, and
whoever types an O or an l means 0 and 1. The checks are those of a Reed-Solomon code over GF(32): up to
three wrong characters anywhere, so every typo and every swap of two, are certain to be noticed; anything
worse slips through once in 32 768.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
import hashlib
import hmac
import secrets
from typing import Final, Self, override

from .errors import MistypedVoucherError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

BITS: Final = 5
"""Per character."""

RANDOM: Final = 17
CHECKS: Final = 3
LENGTH: Final = RANDOM + CHECKS
"""Characters of a code."""

GROUP: Final = 4
"""Characters between two hyphens."""

MEANT: Final = str.maketrans("OIL", "011")
"""What people write for what was printed."""

SEPARATORS: Final = frozenset(" \t\r\n-_.\u2010\u2011\u2012\u2013\u2014\u00a0")
"""What people and word processors put between groups."""

PRIMITIVE: Final = 0b100101
"""x^5 + x^2 + 1, which makes GF(32)."""


class VoucherCode:
    """A well-formed code. Its text is shown by ``str`` alone: ``repr`` ends up in logs."""

    __slots__ = ("_text",)

    def __init__(self, symbols: Iterable[int]) -> None:
        """Of ``LENGTH`` symbols 0..31 whose checks are right."""
        self._text = "".join(ALPHABET[symbol] for symbol in symbols)

    @classmethod
    def new(cls, random_bits: Callable[[int], int] = secrets.randbits) -> Self:
        """A code that nobody has seen before."""
        number = random_bits(RANDOM * BITS)
        symbols = [number >> BITS * place & (1 << BITS) - 1 for place in reversed(range(RANDOM))]
        return cls([*symbols, *_checks(symbols)])

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code that somebody has typed. Raises MistypedVoucherError when it cannot be one."""
        typed = (
            "".join(character for character in text if character not in SEPARATORS).upper().translate(MEANT)
        )
        if len(typed) != LENGTH:
            raise MistypedVoucherError(f"a code has {LENGTH} characters, this has {len(typed)}")
        symbols = [ALPHABET.find(character) for character in typed]
        if -1 in symbols:
            raise MistypedVoucherError("a code has digits and the letters A to Z without I, L, O and U")
        if _checks(symbols[:RANDOM]) != symbols[RANDOM:]:
            raise MistypedVoucherError("a character is wrong, or two are swapped")
        return cls(symbols)

    def fingerprint(self, secret: bytes) -> str:
        """What is stored instead of the code: a keyed hash, 64 hexadecimal digits."""
        return hmac.new(secret, b"csj_meter voucher 1:" + self._text.encode(), hashlib.sha256).hexdigest()

    @override
    def __str__(self) -> str:
        """Groups of four, as printed."""
        return "-".join(self._text[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    @override
    def __repr__(self) -> str:
        return "VoucherCode(…)"

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, VoucherCode) and hmac.compare_digest(self._text, other._text)

    @override
    def __hash__(self) -> int:
        return hash(self._text)


def _powers() -> list[int]:
    """Every element of GF(32) but 0, as powers of 2."""
    powers = [1]
    while len(powers) < (1 << BITS) - 1:
        doubled = powers[-1] << 1
        powers.append(doubled ^ PRIMITIVE if doubled >> BITS else doubled)
    return powers


_POWER: Final = _powers()
_LOGARITHM: Final = {element: exponent for exponent, element in enumerate(_POWER)}


def _times(left: int, right: int) -> int:
    if not left or not right:
        return 0
    return _POWER[(_LOGARITHM[left] + _LOGARITHM[right]) % len(_POWER)]


def _generator() -> list[int]:
    """Coefficients of (x - 2)(x - 2^2)(x - 2^3) after the leading 1, highest first."""
    polynomial = [1]
    for exponent in range(1, CHECKS + 1):
        shifted, scaled = [*polynomial, 0], [0, *(_times(part, _POWER[exponent]) for part in polynomial)]
        polynomial = [above ^ below for above, below in zip(shifted, scaled, strict=True)]
    return polynomial[1:]


_GENERATOR: Final = _generator()


def _checks(symbols: list[int]) -> list[int]:
    """The remainder that makes the whole code divisible by the generator."""
    remainder = [0] * CHECKS
    for symbol in symbols:
        factor = symbol ^ remainder[0]
        remainder = [
            above ^ _times(factor, part) for above, part in zip([*remainder[1:], 0], _GENERATOR, strict=True)
        ]
    return remainder
