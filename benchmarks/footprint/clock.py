"""A clock on the wall that is elsewhere: the past ends at a fixed moment, whenever this is run."""

from __future__ import annotations

import datetime as dt
from functools import partial
import time
from typing import Final

_REAL: Final = time.time


def shifted(offset: float) -> None:
    """Let Home Assistant and all of its integrations live ``offset`` seconds later.

    To be called before any of them is imported. Time passes as it does; what is asked of the system in other
    ways, such as the dates of files, stays as it is.
    """
    time.time = lambda: _REAL() + offset
    from homeassistant.util import dt as dt_util

    dt_util.utcnow = partial(_now, offset, dt.UTC)
    dt_util.now = lambda time_zone=None: _now(offset, time_zone or dt_util.get_default_time_zone())


def _now(offset: float, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.fromtimestamp(_REAL() + offset, zone)


def offset_to(moment: float) -> float:
    """By how much the clock of the wall is to be shifted to be at ``moment`` now."""
    return moment - _REAL()
