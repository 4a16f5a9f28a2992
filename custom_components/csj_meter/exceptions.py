"""Errors of the line, of the meters and of people in the words of Home Assistant, at one place.

Every kind of error has its own sentence in ``translations``, which says what to try next.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .alerts.errors import (
    AlertError,
    AlertsTooNewError,
    NoSuchAlertError,
    NoSuchOrderError,
    NotPossibleError,
)
from .bus.errors import (
    BusError,
    GarbledReplyError,
    LinkDownError,
    RefusedError,
    StaleReplyError,
    UnitBusyError,
    UnitSilentError,
)
from .const import DOMAIN
from .meters.commands.errors import (
    BusyError,
    CommandError,
    ContactStuckError,
    CountMovedError,
    ImageRejectedError,
    LockedOutError,
    NoKeyError,
    NotConfirmedError,
    NotOfferedError,
    OutcomeUnknownError,
    RefusedValueError,
    ShuttingDownError,
    WrongKeyError,
)
from .meters.errors import (
    ForeignMeterError,
    ImplausibleReadingError,
    MeterError,
    MeterFrozenError,
    OverdueError,
    UnknownDeviceError,
)
from .prepay.errors import (
    AmountError,
    CountFellError,
    CreditUnknownError,
    ExpiredVoucherError,
    KeyReusedError,
    LedgerTooNewError,
    LedgerUnavailableError,
    MistypedVoucherError,
    NotCorrectableError,
    NotDecidableError,
    NotSendableError,
    OtherMeterVoucherError,
    PrepayError,
    RivalTopUpError,
    StatementError,
    TariffError,
    TokenError,
    TokenRefusedError,
    TooManyGuessesError,
    TopUpPendingError,
    TopUpRefusedError,
    TopUpUncertainError,
    UnitMismatchError,
    UnknownVoucherError,
    UsedVoucherError,
    VoucherError,
    WithdrawnVoucherError,
)

type OwnError = AlertError | BusError | MeterError | PrepayError
"""What the floors below raise."""

ERROR_KEYS: Final[dict[type[OwnError], str]] = {
    LinkDownError: "link_down",
    UnitSilentError: "unit_silent",
    UnitBusyError: "unit_busy",
    GarbledReplyError: "garbled_reply",
    StaleReplyError: "stale_reply",
    RefusedError: "refused",
    ForeignMeterError: "foreign_meter",
    MeterFrozenError: "meter_frozen",
    OverdueError: "meter_overdue",
    ImplausibleReadingError: "implausible_reading",
    UnknownDeviceError: "unknown_device",
    CommandError: "command_failed",
    NoKeyError: "no_key",
    WrongKeyError: "wrong_key",
    LockedOutError: "locked_out",
    NotOfferedError: "not_offered",
    RefusedValueError: "refused_value",
    BusyError: "meter_busy",
    NotConfirmedError: "not_confirmed",
    OutcomeUnknownError: "outcome_unknown",
    CountMovedError: "count_moved",
    ContactStuckError: "contact_stuck",
    ShuttingDownError: "shutting_down",
    ImageRejectedError: "image_rejected",
    AmountError: "impossible_amount",
    LedgerUnavailableError: "ledger_unavailable",
    LedgerTooNewError: "ledger_too_new",
    KeyReusedError: "key_reused",
    TopUpRefusedError: "top_up_refused",
    TokenRefusedError: "token_refused",
    TokenError: "impossible_token",
    RivalTopUpError: "rival_top_up",
    TopUpUncertainError: "top_up_uncertain",
    TopUpPendingError: "top_up_pending",
    CountFellError: "count_fell",
    UnitMismatchError: "unit_mismatch",
    CreditUnknownError: "credit_unknown",
    NotSendableError: "not_sendable",
    NotDecidableError: "not_decidable",
    NotCorrectableError: "not_correctable",
    VoucherError: "impossible_voucher",
    MistypedVoucherError: "voucher_mistyped",
    UnknownVoucherError: "voucher_unknown",
    ExpiredVoucherError: "voucher_expired",
    UsedVoucherError: "voucher_used",
    WithdrawnVoucherError: "voucher_withdrawn",
    OtherMeterVoucherError: "voucher_for_other_meter",
    TooManyGuessesError: "too_many_guesses",
    TariffError: "impossible_tariff",
    StatementError: "impossible_statement",
    NoSuchAlertError: "no_such_alert",
    NoSuchOrderError: "no_such_work_order",
    NotPossibleError: "alert_not_active",
    AlertsTooNewError: "alerts_too_new",
}
"""Error -> its key under ``exceptions`` in the translations."""

SHELVING_TOO_LONG: Final = "shelving_too_long"
"""Reason of a NotPossibleError that has a sentence of its own, and the key of that."""

_MISTAKES: Final = (
    RefusedValueError,
    AmountError,
    KeyReusedError,
    NotCorrectableError,
    TokenError,
    UnitMismatchError,
    VoucherError,
    TariffError,
    StatementError,
    NoSuchAlertError,
    NoSuchOrderError,
    NotPossibleError,
)
"""What somebody has entered wrongly; nothing to log."""


def translated(error: OwnError) -> HomeAssistantError:
    """The same error for a person in front of Home Assistant."""
    # what the meter had against it says more than that it was refused; not so that the count is taken: where
    # somebody else has it, this is another error
    cause = error.__cause__
    if type(error) is TopUpRefusedError and not error.is_taken and isinstance(cause, BusError | MeterError):
        error = cause
    kind = ServiceValidationError if isinstance(error, _MISTAKES) else HomeAssistantError
    key = ERROR_KEYS[type(error)]
    if isinstance(error, NotPossibleError) and error.reason == SHELVING_TOO_LONG:
        key = SHELVING_TOO_LONG
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"error": str(error)},
    )


def wrong(key: str, **placeholders: str) -> ServiceValidationError:
    """What somebody has asked for wrongly, by the key of its sentence."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def translates[**P, R](
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Decorate an action or a method that talks to a meter: what goes wrong is raised translated."""

    async def handler(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await function(*args, **kwargs)
        except (AlertError, BusError, MeterError, PrepayError) as err:
            raise translated(err) from err

    return handler
