"""Days and moments as people write them in a language."""

from __future__ import annotations

import datetime as dt

from .texts import Texts


def moment(texts: Texts, at: dt.datetime) -> str:
    """``Mon 2 November, 13:05``: by the clock of its own zone, for what is not long ago."""
    return texts(
        "dates.moment",
        weekday=texts(f"dates.weekday_short_{at.weekday()}"),
        day=_day(texts, at),
        month=_month(texts, at),
        time=f"{at:%H:%M}",
    )


def clock(texts: Texts, at: dt.datetime, now: dt.datetime) -> str:
    """``13:05``, by the clock of its own zone; with the day where that is not the day of ``now``."""
    return f"{at:%H:%M}" if at.date() == now.astimezone(at.tzinfo).date() else moment(texts, at)


def date(texts: Texts, day: dt.date) -> str:
    """``2 November 2026``."""
    return texts("dates.date", day=_day(texts, day), month=_month(texts, day), year=str(day.year))


def date_and_time(texts: Texts, at: dt.datetime) -> str:
    """``2 November 2026, 13:05``: by the clock of its own zone."""
    return texts("dates.date_and_time", date=date(texts, at), time=f"{at:%H:%M}")


def month_and_year(texts: Texts, day: dt.date) -> str:
    """``November 2026``."""
    return texts("dates.month_and_year", month=_month(texts, day), year=str(day.year))


def period(texts: Texts, first: dt.date, last: dt.date) -> str:
    """``2 to 8 November 2026``: first and last day."""
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return date(texts, first)
    words = {"from_day": _day(texts, first), "to_day": _day(texts, last)}
    words |= {"to_month": _month(texts, last), "to_year": str(last.year)}
    if (first.year, first.month) == (last.year, last.month):
        return texts("dates.period", **words)
    words["from_month"] = _month(texts, first)
    if first.year == last.year:
        return texts("dates.period_of_two_months", **words)
    return texts("dates.period_of_two_years", from_year=str(first.year), **words)


def _day(texts: Texts, day: dt.date) -> str:
    return texts("dates.first_day") if day.day == 1 else str(day.day)


def _month(texts: Texts, day: dt.date) -> str:
    return texts(f"dates.month_{day.month}")
