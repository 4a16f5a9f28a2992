"""How the writing of measurements stands, as sensors and system health show it, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from typing import Final, Literal

from ..const import DOMAIN

SIGNAL_TELEMETRY_STATUS: Final = f"{DOMAIN}_telemetry_status"
"""Sent without arguments when ``Telemetry.status`` is new: after every commit, and when one has failed."""

SIGNAL_MINUTE_OVER: Final = f"{DOMAIN}_minute_over"
"""Sent every minute, whatever the database does; arguments: the number of the minute that has begun, and the
list of ``waiting.Batch`` that were finished."""

SIGNAL_HOUR_CLOSED: Final = f"{DOMAIN}_hour_closed"
"""Sent when hours were closed or worked out anew; argument: the set of the serial numbers of their meters."""

SIGNAL_GAPS_FOUND: Final = f"{DOMAIN}_gaps_found"
"""Sent when outages of meters have ended, or a meter was seen first; argument: the set of serial numbers."""

SIGNAL_PAST_CAME: Final = f"{DOMAIN}_past_came"
"""Sent when a file with measurements was taken in; argument: the set of the serial numbers of its meters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryStatus:
    """How things stand."""

    waiting: int = 0
    """Samples that are over and not on disk."""

    dropped: int = 0
    """Samples that were let go since the start, because nobody took them for a day."""

    lag_seconds: float | None = None
    """For how long the oldest that waits could have been on disk; 0 when none waits, None at first."""

    rows_per_minute: float = 0.0
    """Samples written a minute, over the last ten minutes."""

    last_error: str | None = None
    """Why they could not be written the last time; None when they could."""

    trouble: str | None = None
    """Of which kind that is: the translation key of its repair issue; None likewise."""

    size_bytes: int | None = None
    """What the database takes on disk; None while that is not known."""

    oldest: dt.datetime | None = None
    """The oldest sample, UTC; None where there is none."""

    newest: dt.datetime | None = None
    """The newest sample that is on disk, UTC; None likewise."""

    meters: int = 0
    """Meters of which there are samples."""

    dialect: Literal["sqlite", "postgresql"] | None = None
    """What kind of database is open; None while none is."""

    database: str | None = None
    """Where it is, for people: without its password."""
