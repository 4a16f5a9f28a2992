"""What a payment service is told: how each outcome of a payment and each error becomes a reply.

The words are those of docs/payments.md, where the other side reads what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..prepay.errors import (
    AmountError,
    CountFellError,
    CreditUnknownError,
    KeyReusedError,
    LedgerTooNewError,
    LedgerUnavailableError,
    NotSendableError,
    PrepayError,
    TopUpPendingError,
    TopUpRefusedError,
    TopUpUncertainError,
    UnitMismatchError,
)
from ..prepay.movement import Movement

ASK_AGAIN_AFTER: Final = 30
"""Seconds: what callers are told who have to ask again."""

_NOTHING_SENT: Final[dict[type[Exception], tuple[HTTPStatus, str]]] = {
    KeyReusedError: (HTTPStatus.CONFLICT, "key_reused"),
    UnitMismatchError: (HTTPStatus.UNPROCESSABLE_ENTITY, "currency"),
    AmountError: (HTTPStatus.UNPROCESSABLE_ENTITY, "balance_limit"),
    CountFellError: (HTTPStatus.SERVICE_UNAVAILABLE, "count_fell"),
    CreditUnknownError: (HTTPStatus.SERVICE_UNAVAILABLE, "credit_unknown"),
    NotSendableError: (HTTPStatus.SERVICE_UNAVAILABLE, "not_sent"),
    LedgerUnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "ledger_unavailable"),
    LedgerTooNewError: (HTTPStatus.SERVICE_UNAVAILABLE, "ledger_unavailable"),
}
"""Errors after which nothing of this payment is on its way -> how they are told."""


class AnswerState(StrEnum):
    """What a caller is told."""

    DONE = "done"
    """The meter shows it."""
    UNCERTAIN = "uncertain"
    """It may be on the meter."""
    PENDING = "pending"
    """It is being dealt with, or waits until another top-up of this meter has an outcome."""
    REFUSED = "refused"
    """Nothing of it is on the meter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a request is answered."""

    status: HTTPStatus
    """Status of the reply."""

    state: AnswerState
    """What became of the payment."""

    reason: str
    """Machine word: why."""

    movement: Movement | None = None
    """The line of the ledger, where there is one."""

    problem: str = ""
    """The reason for people; it goes into the audit trail, not into the reply."""

    def response(self) -> web.Response:
        """The reply."""
        movement = self.movement
        balance = None if movement is None else movement.balance_after
        again = self.status in {HTTPStatus.ACCEPTED, HTTPStatus.SERVICE_UNAVAILABLE}
        return web.json_response(
            {
                "state": self.state,
                "reason": self.reason,
                "movement": None if movement is None else movement.id,
                "amount": None if movement is None else str(movement.amount),
                "currency": None if movement is None else movement.unit,
                "balance": None if balance is None else str(balance),
                "count": None if movement is None else movement.count,
            },
            status=self.status,
            headers={hdrs.RETRY_AFTER: str(ASK_AGAIN_AFTER)} if again else None,
        )


FAILED: Final = Answer(
    status=HTTPStatus.INTERNAL_SERVER_ERROR, state=AnswerState.UNCERTAIN, reason="internal_error"
)
"""We have made a mistake, and do not know how far it got."""


def refused(status: HTTPStatus, reason: str, problem: str, movement: Movement | None = None) -> Answer:
    """The answer to what is not done; ``reason`` is a machine word, ``problem`` the same for people."""
    return Answer(status=status, state=AnswerState.REFUSED, reason=reason, problem=problem, movement=movement)


def told(movement: Movement) -> Answer:
    """The answer for a movement that is done."""
    return Answer(
        status=HTTPStatus.OK, state=AnswerState.DONE, reason=movement.reason or "done", movement=movement
    )


def answer_to(error: PrepayError) -> Answer:
    """How an error of the money is told."""
    match error:
        case TopUpRefusedError():
            movement = error.movement
            reason = "refused" if movement is None or movement.reason is None else movement.reason
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, reason, str(error), movement)
        case TopUpUncertainError():
            movement = error.movement
            return Answer(
                status=HTTPStatus.ACCEPTED,
                state=AnswerState.UNCERTAIN,
                reason="sent" if movement is None or movement.reason is None else movement.reason,
                problem=str(error),
                movement=movement,
            )
        case TopUpPendingError():
            return Answer(
                status=HTTPStatus.ACCEPTED,
                state=AnswerState.PENDING,
                reason="another_under_way",
                problem=str(error),
            )
    status, reason = _NOTHING_SENT[type(error)]
    return refused(status, reason, str(error))
