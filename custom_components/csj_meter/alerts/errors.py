"""What can go wrong with alerts. The surface translates each of these once."""

from __future__ import annotations


class AlertError(Exception):
    """Base of everything that this floor raises by itself."""


class NoSuchAlertError(AlertError):
    """No alert with this id is open, or was within the last day."""

    def __init__(self, alert: str) -> None:
        """``alert`` is the id that was asked for."""
        super().__init__(f"there is no alert {alert!r}: it may have ended long ago")
        self.alert = alert


class NotPossibleError(AlertError):
    """What was asked for cannot be done with an alert as it stands."""

    def __init__(self, alert: str, reason: str) -> None:
        """``reason`` is a key: ``not_active`` or ``shelving_too_long``."""
        super().__init__(f"alert {alert}: {reason}")
        self.alert = alert
        self.reason = reason


class AlertsTooNewError(AlertError):
    """A newer version of this software has written the alerts; nothing was touched."""

    def __init__(self, found: int, newest: int) -> None:
        """``found`` is the version of the file, ``newest`` the last one that this software knows."""
        super().__init__(
            f"the alerts have version {found}, this software knows versions up to {newest}: "
            "install the newer version again"
        )
        self.found = found
        self.newest = newest


class NoSuchOrderError(AlertError):
    """There is no work order with this number."""

    def __init__(self, number: int) -> None:
        """``number`` is the one that was asked for."""
        super().__init__(f"there is no work order {number}")
        self.number = number
