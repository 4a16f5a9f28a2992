"""Errors of the line and of the meters in the words of Home Assistant, at one place.

Every kind of error has its own sentence in ``translations``, which says what to try next.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Final

from homeassistant.exceptions import HomeAssistantError

from .bus.errors import (
    BusError,
    GarbledReplyError,
    LinkDownError,
    RefusedError,
    StaleReplyError,
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
    WrongKeyError,
)
from .meters.errors import (
    ForeignMeterError,
    ImplausibleReadingError,
    MeterError,
    MeterFrozenError,
    UnknownDeviceError,
)

ERROR_KEYS: Final[dict[type[BusError | MeterError], str]] = {
    LinkDownError: "link_down",
    UnitSilentError: "unit_silent",
    GarbledReplyError: "garbled_reply",
    StaleReplyError: "stale_reply",
    RefusedError: "refused",
    ForeignMeterError: "foreign_meter",
    MeterFrozenError: "meter_frozen",
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
    ImageRejectedError: "image_rejected",
}
"""Error -> its key under ``exceptions`` in the translations."""


def translated(error: BusError | MeterError) -> HomeAssistantError:
    """The same error for a person in front of Home Assistant."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=ERROR_KEYS[type(error)],
        translation_placeholders={"error": str(error)},
    )


def translates_errors[EntityT, **P, R](
    method: Callable[Concatenate[EntityT, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[EntityT, P], Coroutine[Any, Any, R]]:
    """Decorate a method that talks to a meter: what goes wrong is raised translated."""

    async def handler(self: EntityT, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(self, *args, **kwargs)
        except (BusError, MeterError) as err:
            raise translated(err) from err

    return handler
