"""Words that the page of a statement and its table have in common."""

from __future__ import annotations

import datetime as dt

from ..language import dates
from ..language.texts import Texts
from .movement import Movement, Nameless
from .statement import Month, Statement


def period(statement: Statement, texts: Texts) -> str:
    """``March 2026``, or the first and the last day of another time."""
    first = statement.start.astimezone(statement.zone)
    if isinstance(statement.month, Month):
        return dates.month_and_year(texts, first)
    last = (statement.month.end - dt.timedelta(microseconds=1)).astimezone(statement.zone)
    return dates.period(texts, first, last)


def head(texts: Texts, key: str, unit: str) -> str:
    """The head of a column, with the unit of what stands below."""
    word = texts(f"statement.{key}")
    return texts("statement.column", word=word, unit=unit) if unit else word


def by(movement: Movement, texts: Texts) -> str:
    """Who moved the money, as people call them."""
    name = movement.actor.name
    nameless = next((one for one in Nameless if one == name), None)
    return name if nameless is None else texts(f"statement.by_{nameless.name.lower()}")
