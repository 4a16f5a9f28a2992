"""What the store needs each minute: hours that are over are closed, what is too old goes. Blocks."""

from __future__ import annotations

import time
from typing import Final

from ..site_settings import TelemetrySettings
from ..telemetry.store import Store

TIDYING: Final = 0.2
"""Seconds a minute for making things smaller and letting go what is too old."""

type Change = tuple[int, int | None]
"""Minutes from and before which the closed hours of a meter have not been told to others."""


def roll(minute: int, store: Store) -> dict[str, Change]:
    """Close the hours that are over; meter -> what has not been told of it."""
    store.roll(minute)
    return {serial: (since, store.watermark(serial)) for serial, since in store.untold().items()}


def tidy(minute: int, settings: TelemetrySettings | None, store: Store) -> None:
    """Small steps, as long as there is time: others wait for their turn.

    Without ``settings`` nothing is removed for its age.
    """
    ends_at = time.monotonic() + TIDYING
    while time.monotonic() < ends_at:
        tidied = store.tidy(minute)
        purged = settings is not None and store.purge(
            minute, raw_days=settings.raw_days, aggregate_months=settings.aggregate_months
        )
        if not tidied and not purged:
            return
