"""What can go wrong with access and the audit log. The surface translates each of these once."""

from __future__ import annotations


class AccessSettingsError(ValueError):
    """A setting that makes no sense: ``path`` says which, ``problem`` is the key of what is wrong with it."""

    def __init__(self, path: str, problem: str, detail: str = "") -> None:
        """As ``path: problem (detail)``."""
        super().__init__(f"{path}: {problem}{f' ({detail})' if detail else ''}")
        self.path = path
        self.problem = problem
        self.detail = detail


class AuditTooNewError(Exception):
    """A newer version of this software has written the audit log; nothing was touched."""

    def __init__(self, found: int, newest: int) -> None:
        """``found`` is the version of the file, ``newest`` the last one that this software knows."""
        super().__init__(
            f"the audit log has version {found}, this software knows versions up to {newest}: "
            "install the newer release again"
        )
        self.found = found
        self.newest = newest


class TenantError(ValueError):
    """Something about a tenant that makes no sense: ``path`` says what, ``problem`` is the key of why."""

    def __init__(self, path: str, problem: str, detail: str = "") -> None:
        """As ``path: problem (detail)``."""
        super().__init__(f"{path}: {problem}{f' ({detail})' if detail else ''}")
        self.path = path
        self.problem = problem
        self.detail = detail
