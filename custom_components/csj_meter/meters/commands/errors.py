"""How a command can fail; each says whether the meter may have carried it out all the same."""

from __future__ import annotations

from ..errors import MeterError


class CommandError(MeterError):
    """Base of everything that a command raises besides the errors of the line."""


class NoKeyError(CommandError):
    """The command needs the meter's key, and none is known."""


class WrongKeyError(CommandError):
    """The meter does not accept the key; after three times it locks itself."""


class LockedOutError(CommandError):
    """Too many wrong keys: the meter refuses every key for five minutes."""


class NotOfferedError(CommandError):
    """The meter has no such command."""


class RefusedValueError(CommandError):
    """The value cannot be, or the meter does not accept it; nothing has changed."""


class BusyError(CommandError):
    """The meter was busy longer than it may be; nothing has changed."""


class NotConfirmedError(CommandError):
    """The meter accepted the command, but reading back shows that it was not carried out."""


class OutcomeUnknownError(CommandError):
    """The reply was lost and the meter cannot be asked: it may have been carried out."""


class CountMovedError(CommandError):
    """Somebody else has topped up meanwhile; nothing of ours was booked."""


class ContactStuckError(NotConfirmedError):
    """The relay accepted the command, but its contact has not moved."""


class ShuttingDownError(CommandError):
    """The line is about to be let go; nothing was sent."""


class ImageRejectedError(CommandError):
    """The firmware image is broken or for another model; the old firmware runs on."""
