"""What people are told about the database of measurements: repair issues, and the error of those who ask."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..markdown import plain
from ..telemetry.errors import (
    DatabaseAddressError,
    DriverMissingError,
    ForeignDatabaseError,
    StoreBrokenError,
    StoreTooNewError,
    TelemetryError,
)

ISSUE_UNAVAILABLE: Final = "telemetry_unavailable"
"""Id of the issue that nothing can be saved now."""

ISSUE_LOSS: Final = "telemetry_loss"
"""Id of the issue that measurements are lost, because that has been so for a day."""

ISSUE_SET_ASIDE: Final = "telemetry_set_aside"
"""Id of the issue that a damaged file was set aside; it stays until somebody has read it."""


class DatabaseSilentError(TelemetryError):
    """The database was given something minutes ago and does not come to an end with it."""

    def __init__(self) -> None:
        """There is nothing more to say."""
        super().__init__("the database does not answer")


_KINDS: Final[dict[type[TelemetryError], str]] = {
    StoreTooNewError: "telemetry_too_new",
    StoreBrokenError: "telemetry_broken",
    ForeignDatabaseError: "telemetry_foreign",
    DatabaseAddressError: "telemetry_address",
    DriverMissingError: "telemetry_driver",
    DatabaseSilentError: "telemetry_silent",
}
"""Error -> translation key of its issue; all others may pass by themselves."""

TROUBLES: Final = (ISSUE_UNAVAILABLE, *_KINDS.values())
"""Every kind of trouble, by the translation key of its issue."""


class TelemetryUnavailableError(HomeAssistantError):
    """Measurements cannot be read or written now."""

    def __init__(self, problem: str) -> None:
        """``problem`` is what the database says."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="telemetry_unavailable",
            translation_placeholders={"error": problem},
        )


def kind_of(error: Exception) -> str:
    """Translation key of what is wrong."""
    return next((key for kind, key in _KINDS.items() if isinstance(error, kind)), ISSUE_UNAVAILABLE)


def point_out(hass: HomeAssistant, error: Exception, database: str) -> None:
    """Say that nothing can be saved now, why, and what to do about it."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_UNAVAILABLE,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=kind_of(error),
        translation_placeholders={"database": plain(database), "error": plain(str(error))},
    )


def point_out_loss(hass: HomeAssistant, database: str) -> None:
    """Say that it has been so for so long that the oldest measurements are let go."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_LOSS,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ISSUE_LOSS,
        translation_placeholders={"database": plain(database)},
    )


def withdraw(hass: HomeAssistant) -> None:
    """It works again."""
    ir.async_delete_issue(hass, DOMAIN, ISSUE_UNAVAILABLE)
    ir.async_delete_issue(hass, DOMAIN, ISSUE_LOSS)


def point_out_set_aside(hass: HomeAssistant, file: Path) -> None:
    """Say that the file was damaged, that a new one was begun, and where the old one is."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_SET_ASIDE,
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE_SET_ASIDE,
        translation_placeholders={"file": str(file)},
        data={"kind": ISSUE_SET_ASIDE, "file": str(file)},
    )
