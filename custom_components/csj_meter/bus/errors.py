"""What can go wrong between a question on the line and its answer.

One exception per thing a caller can tell apart; the surface translates them once. The
wording names the unit, because a person reads these in a log next to fifteen other meters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

EXCEPTION_NAMES: Final = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target did not respond",
}
"""Modbus Application Protocol V1.1b3, section 7."""

BUSY: Final = 6
"""Answer of a unit that has not done what it was asked, as it has something else to do."""

GATEWAY_EXCEPTIONS: Final = frozenset({10, 11})
"""Answers of a gateway that mean: there is nobody at this unit id."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of: each library in between has wrapped what the system said."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


class BusError(Exception):
    """Base of everything that a bus raises."""


class LinkDownError(BusError):
    """The serial port or socket itself cannot be opened or has been lost."""


class UnitError(BusError):
    """An exchange with one unit failed; the others are not concerned."""

    def __init__(self, unit_id: int, message: str) -> None:
        """Keep the unit id for the caller, and lead the message with it."""
        super().__init__(f"unit {unit_id}: {message}")
        self.unit_id = unit_id


class UnitSilentError(UnitError):
    """No answer within the time that the slowest allowed answer takes."""


class GarbledReplyError(UnitError):
    """Bytes came back, but no valid frame of this unit."""


class StaleReplyError(UnitError):
    """A valid frame came back that does not answer the question asked."""


class UnitBusyError(UnitError):
    """The unit puts a question off (exception 6) for longer than others on the line can wait."""

    def __init__(self, unit_id: int, seconds: float) -> None:
        """``seconds``: for how long it was given a chance."""
        super().__init__(unit_id, f"busy for {seconds:.1f} s")


class RefusedError(UnitError):
    """The unit answered with a Modbus exception."""

    def __init__(self, unit_id: int, code: int) -> None:
        """Keep the exception code; ``code`` is the number on the wire."""
        super().__init__(unit_id, f"refused with {EXCEPTION_NAMES.get(code, 'unknown')} ({code})")
        self.code = code
