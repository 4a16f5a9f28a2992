"""Issues that say that a file of this integration cannot be read or written, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import STORAGE_DIR

from .const import DOMAIN
from .markdown import plain

NEWER: Final = ".newer"
"""End of the name of a file that a newer version has written, once it was set aside."""


@callback
def point_out_file(hass: HomeAssistant, issue_id: str, key: str, file: str, error: Exception) -> None:
    """Say so. ``key``: of its texts; ``file``: its name."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={"file": file, "error": plain(str(error))},
    )


@callback
def withdraw_file(hass: HomeAssistant, issue_id: str) -> None:
    """It works again."""
    ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def point_out_newer(hass: HomeAssistant, error: UnsupportedStorageVersionError) -> None:
    """Say that a newer version has written one of our files of Home Assistant's storage."""
    file = stored_file(error)
    point_out_file(hass, f"newer_{error.storage_key}", "written_by_newer", file, error)


def stored_file(error: UnsupportedStorageVersionError) -> str:
    """Name of the file, in the configuration folder."""
    return f"{STORAGE_DIR}/{error.storage_key}"


def set_aside_newer(path: Path) -> Path:
    """Where a file of a newer version is now: what this version begins anew must not end it."""
    return path.replace(path.with_name(f"{path.name}{NEWER}"))
