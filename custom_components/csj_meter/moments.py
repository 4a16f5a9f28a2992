"""Moments that people and programs name, in UTC: what no calendar here can show is refused at the door."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

FIRST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LAST: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
"""A day before and after them there is still a date in every time zone."""

LONGEST: Final = 64
"""Characters of a moment that is looked at."""


class ImpossibleMomentError(ValueError):
    """No moment, or one that is out of reach."""


def utc_of(moment: dt.datetime) -> dt.datetime:
    """A moment in UTC; one without an offset is local. Raises ImpossibleMomentError."""
    try:
        found = dt_util.as_utc(moment)
    except OverflowError as err:
        raise ImpossibleMomentError("expected a time from 1970 to 2199") from err
    if not FIRST <= found < LAST:
        raise ImpossibleMomentError("expected a time from 1970 to 2199")
    return found


def parse_moment(text: Any) -> dt.datetime:
    """The moment of a text in ISO 8601 with its offset, in UTC. Raises ImpossibleMomentError."""
    try:
        found = dt_util.parse_datetime(text) if isinstance(text, str) and len(text) <= LONGEST else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ImpossibleMomentError("expected a time with its offset, such as 2026-11-01T12:00:00+00:00")
    return utc_of(found)


def exact_moment(value: Any) -> dt.datetime:
    """Validator of a moment with its offset."""
    try:
        return parse_moment(value)
    except ImpossibleMomentError as err:
        raise probatio.Invalid(str(err)) from err


def any_moment(value: Any) -> dt.datetime:
    """Validator of a moment as the time selector gives it, local where it has no offset."""
    try:
        return utc_of(cv.datetime(value))
    except ImpossibleMomentError as err:
        raise probatio.Invalid(str(err)) from err
