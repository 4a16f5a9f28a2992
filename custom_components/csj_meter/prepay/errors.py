"""What can go wrong with money. The surface translates each of these once.

``TopUpRefusedError`` and ``TopUpUncertainError`` are raised by meters too; what leaves ``TopUps`` carries the
movement of the ledger.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ..meters.commands.credit import TokenResult

if TYPE_CHECKING:
    from .movement import Movement


class PrepayError(Exception):
    """Base of everything that this floor raises by itself."""


class AmountError(PrepayError):
    """Not an amount that a meter can take."""


class LedgerUnavailableError(PrepayError):
    """The database cannot be read or written now; nothing was sent to a meter."""


class LedgerTooNewError(PrepayError):
    """A newer version of this software has written the ledger."""

    def __init__(self, found: int, known: int) -> None:
        """``found`` is the version of the ledger, ``known`` the newest one that this software knows."""
        super().__init__(
            f"the ledger has version {found}, this software knows versions up to {known}: "
            "install the newer version again"
        )
        self.found = found
        self.known = known


class KeyReusedError(PrepayError):
    """An idempotency key came again with another meter, amount or kind."""

    def __init__(self, movement: Movement) -> None:
        """``movement`` is the one that the key stands for."""
        # who asks need not be who paid: what the movement is stays between the ledger and its owner
        super().__init__(f"key {movement.key!r} stands for another payment already; use a new key")
        self.movement = movement


class TopUpRefusedError(PrepayError):
    """Certainly not on the meter.

    A meter raises it only when it has answered with a refusal to a request that was sent exactly once.
    """

    def __init__(self, problem: str, movement: Movement | None = None, *, is_taken: bool = False) -> None:
        """``movement`` is known to whoever wrote it down.

        ``is_taken``: the meter says that the count, or the token, is taken. By somebody else, or by this very
        request: a gateway that missed the reply may have sent it again.
        """
        super().__init__(problem)
        self.movement = movement
        self.is_taken = is_taken


class TokenRefusedError(TopUpRefusedError):
    """The meter has read the token and does not accept it."""

    def __init__(self, result: TokenResult) -> None:
        """``result`` says why."""
        super().__init__(
            f"the meter refuses the token: {result.name.lower().replace('_', ' ')}",
            is_taken=result is TokenResult.ALREADY_USED,
        )
        self.result = result


class TokenError(PrepayError):
    """Not the digits of a token; nothing was sent."""


class RivalTopUpError(TopUpRefusedError):
    """Somebody else topped up in between and took the count; nothing of this top-up was applied."""

    def __init__(self, problem: str, movement: Movement, rival: Movement | None) -> None:
        """``rival`` is what was found instead, where that is known."""
        super().__init__(problem, movement)
        self.rival = rival


class TopUpUncertainError(PrepayError):
    """Sent, but the outcome is not known; the ledger settles it when the meter answers.

    A meter raises it when a request may have gone out and no valid reply came back.
    """

    def __init__(self, problem: str, movement: Movement | None = None) -> None:
        """``movement`` is known to whoever wrote it down."""
        super().__init__(problem)
        self.movement = movement


class TopUpPendingError(PrepayError):
    """An earlier top-up of this meter has no outcome yet; nothing of the new one was sent."""

    def __init__(self, movement: Movement, until: dt.datetime | None) -> None:
        """``until``: when the earlier one settles at the latest, if the meter answers then."""
        super().__init__(
            f"meter {movement.serial}: the top-up of {movement.amount} is not settled yet; wait until it is"
        )
        self.movement = movement
        self.until = until


class CountFellError(PrepayError):
    """The meter's top-up count went backwards: it was exchanged or reset, and a person has to confirm it."""

    def __init__(self, serial: str, known: int, seen: int) -> None:
        """``known`` is the count of the ledger, ``seen`` that of the meter."""
        super().__init__(
            f"meter {serial}: the top-up count fell from {known} to {seen}; "
            "confirm that the meter was reset before topping up again"
        )
        self.serial = serial
        self.known = known
        self.seen = seen


class UnitMismatchError(PrepayError):
    """The amount is in one unit, the meter counts in another."""

    def __init__(self, wanted: str, found: str) -> None:
        """Units as in ``Movement.unit``."""
        super().__init__(f"the amount is in {wanted or 'no named currency'}, the meter counts in {found!r}")
        self.wanted = wanted
        self.found = found


class CreditUnknownError(PrepayError):
    """The meter does not say how much credit it has."""


class NotSendableError(PrepayError):
    """Only a movement that is intended may be sent; another look at the meter has settled this one."""


class NotDecidableError(PrepayError):
    """Only a movement that is uncertain for good waits for a person's decision."""


class NotCorrectableError(PrepayError):
    """Only a top-up that is on this meter, and whose amount is not known, can be given one."""


class VoucherError(PrepayError):
    """Base of what a voucher can be answered with."""


class MistypedVoucherError(VoucherError):
    """The check characters do not fit: a slip of the finger, look at the code again."""


class UnknownVoucherError(VoucherError):
    """A well-formed code that nobody has issued."""


class ExpiredVoucherError(VoucherError):
    """It was valid until ``expired_at``."""

    def __init__(self, expired_at: dt.datetime) -> None:
        """``expired_at`` in UTC."""
        super().__init__(f"the voucher expired at {expired_at:%Y-%m-%d %H:%M} UTC")
        self.expired_at = expired_at


class UsedVoucherError(VoucherError):
    """It has been redeemed."""

    def __init__(self, movement: Movement) -> None:
        """``movement`` is the one that redeemed it; show it only to those who may see that meter."""
        super().__init__(f"the voucher was redeemed at {movement.created_at:%Y-%m-%d %H:%M} UTC")
        self.movement = movement


class WithdrawnVoucherError(VoucherError):
    """Whoever created it has taken it back."""


class OtherMeterVoucherError(VoucherError):
    """It was issued for another meter."""


class TooManyGuessesError(VoucherError):
    """Too many unknown codes or tokens from this source; the code was not looked at."""

    def __init__(self, retry_at: dt.datetime) -> None:
        """``retry_at``: when the next try is looked at, UTC."""
        super().__init__(f"too many unknown codes; try again at {retry_at:%H:%M:%S} UTC")
        self.retry_at = retry_at


class TariffError(PrepayError):
    """Not a valid day table, schedule or price list."""


class StatementError(PrepayError):
    """A statement cannot be made from what was handed in."""
