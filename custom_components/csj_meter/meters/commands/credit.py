"""Money to the meter: one top-up, one token.

Exactly-once is not decided here but by the ledger, which knows what was intended; this is the
one write and the question that tells what became of it.
"""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Final

from ..identity import Capability
from .errors import CountMovedError, NotOfferedError, OutcomeUnknownError, RefusedValueError
from .registers import TOKEN, TOKEN_RESULT, TOP_UP
from .session import Session, words_of

CENT: Final = Decimal("0.01")
LARGEST_TOP_UP: Final = Decimal("9999.99")
"""What a meter of this class takes at once."""

TOKEN_DIGITS: Final = 20


class TokenResult(IntEnum):
    """What the meter says of the last token."""

    NONE = 0
    ACCEPTED = 1
    INVALID = 2
    ALREADY_USED = 3
    FOR_ANOTHER_METER = 4


async def write_top_up(session: Session, amount: Decimal, count: int) -> None:
    """Book ``amount`` as top-up number ``count``, once.

    Raises CountMovedError or another CommandError: nothing was booked. Raises OutcomeUnknownError
    or LinkDownError: only the top-up count can tell.
    """
    _require_prepayment(session)
    if amount != amount.quantize(CENT) or not CENT <= amount <= LARGEST_TOP_UP:
        raise RefusedValueError(f"a top-up is {CENT} to {LARGEST_TOP_UP} in steps of {CENT}, not {amount}")
    async with session.lock:
        try:
            await session.write(TOP_UP, [*words_of(int(amount / CENT), 2), count & 0xFFFF])
        except RefusedValueError as err:
            raise CountMovedError(
                f"unit {session.meter.unit_id}: it was not the turn of top-up {count}"
            ) from err


async def load_token(session: Session, token: str) -> TokenResult:
    """Give the meter a token of 20 digits; what it says of it.

    Raises RefusedValueError for anything but 20 digits, OutcomeUnknownError, CommandError or a
    BusError.
    """
    digits = token.replace(" ", "").replace("-", "")
    if len(digits) != TOKEN_DIGITS or not digits.isascii() or not digits.isdigit():
        raise RefusedValueError(f"a token has {TOKEN_DIGITS} digits")
    meter = session.meter
    if Capability.STS_TOKEN not in meter.identity.capabilities:
        raise NotOfferedError(f"unit {meter.unit_id}: the meter takes no tokens")
    words = [int(digits[at : at + 4], 16) for at in range(0, TOKEN_DIGITS, 4)]
    async with session.lock:
        await session.write(TOKEN, words)
        (result,) = await session.read(TOKEN_RESULT, 1)
        try:
            return TokenResult(result)
        except ValueError as err:
            raise OutcomeUnknownError(f"unit {meter.unit_id}: unknown token result {result}") from err


def _require_prepayment(session: Session) -> None:
    if Capability.PREPAY not in session.meter.identity.capabilities:
        raise NotOfferedError(f"unit {session.meter.unit_id}: the meter has no prepayment")
