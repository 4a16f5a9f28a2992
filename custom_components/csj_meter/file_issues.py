"""Issues that say that a file of this integration cannot be read or written, and how to mend it."""

from __future__ import annotations

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .markdown import plain


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
