"""What can go wrong with stored telemetry. The surface translates each of these once.

No text here names a password: a database is told by ``told()``, and what a driver said is passed on only
after ``database`` has looked at it.
"""

from __future__ import annotations

from pathlib import Path


class TelemetryError(Exception):
    """Base of everything that this floor raises by itself."""


class StoreUnavailableError(TelemetryError):
    """The database cannot be read or written now: not reached, locked, full, read-only. That may pass."""


class StoreBrokenError(TelemetryError):
    """The file is there and can be read, but it is no database any more."""

    def __init__(self, path: Path, problem: str) -> None:
        """``problem`` is what the database itself says."""
        super().__init__(f"{path} is damaged: {problem}")
        self.path = path
        self.problem = problem


class DamagedBlockError(TelemetryError):
    """Stored samples that cannot be read any more; the others can."""


class StoreTooNewError(TelemetryError):
    """A newer version of this software has written the database; nothing was touched."""

    def __init__(self, found: int, newest: int) -> None:
        """``found`` is the version of the database, ``newest`` the last one that this software knows."""
        super().__init__(
            f"the telemetry has version {found}, this software knows versions up to {newest}: "
            "install the newer version again"
        )
        self.found = found
        self.newest = newest


class DatabaseAddressError(TelemetryError):
    """What was given as the address of a database is none; the text does not repeat it."""


class UnsupportedDatabaseError(DatabaseAddressError):
    """A database that this software does not speak."""

    def __init__(self, dialect: str) -> None:
        """``dialect`` is what the address begins with."""
        super().__init__(f"{dialect} databases are not supported: use an SQLite file or PostgreSQL")
        self.dialect = dialect


class ForeignDatabaseError(DatabaseAddressError):
    """The SQLite file is a database of something else; nothing was touched."""

    def __init__(self, path: str) -> None:
        """``path`` is the file."""
        super().__init__(f"{path} is a database of something else: give the telemetry a file of its own")
        self.path = path


class DriverMissingError(TelemetryError):
    """The database is spoken, but the Python package that speaks it is not installed."""

    def __init__(self, requirement: str) -> None:
        """``requirement`` is what has to be installed, as pip takes it."""
        super().__init__(f"the database needs a Python package that is not installed: {requirement}")
        self.requirement = requirement
