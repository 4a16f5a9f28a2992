"""What can go wrong with access and the audit log. The surface translates each of these once."""

from __future__ import annotations

from ..alerts.settings_shape import SettingError


class AccessSettingsError(SettingError):
    """A role or a setting of access that makes no sense."""


class AuditTooNewError(Exception):
    """A newer version of this software has written the audit log; nothing was touched."""

    def __init__(self, found: int, newest: int) -> None:
        """``found`` is the version of the file, ``newest`` the last one that this software knows."""
        super().__init__(
            f"the audit log has version {found}, this software knows versions up to {newest}: "
            "install the newer version again"
        )
        self.found = found
        self.newest = newest


class TenantError(SettingError):
    """Something about a tenant that makes no sense."""
