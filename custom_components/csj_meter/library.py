"""The profiles of this Home Assistant: shipped ones and those that the user has put next to them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .markdown import plain
from .meters.profile_loader import ProfileLibrary

_ISSUE: Final = "broken_profile"


def profile_folder(hass: HomeAssistant) -> Path:
    """Where users put their own profiles; it need not exist."""
    return Path(hass.config.path(DOMAIN, "profiles"))


async def async_load_library(hass: HomeAssistant) -> ProfileLibrary:
    """Read all profiles anew; a file that cannot be used becomes a repair issue."""
    library = await hass.async_add_executor_job(ProfileLibrary.load, profile_folder(hass))
    _show_errors(hass, library)
    return library


@callback
def _show_errors(hass: HomeAssistant, library: ProfileLibrary) -> None:
    broken = {f"{_ISSUE}_{Path(error.file).stem}": error for error in library.errors}
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(f"{_ISSUE}_") and issue_id not in broken:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, error in broken.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=_ISSUE,
            translation_placeholders={
                "file": plain(error.file),
                "line": "?" if error.line is None else str(error.line),
                "problem": plain(error.problem),
                "remedy": plain(error.remedy),
            },
        )
