"""Slows down whoever tries voucher codes: each unknown one doubles the wait for the next, across restarts."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from .errors import TooManyGuessesError
from .schema import GUESSES

GUESSER_LENGTH: Final = 200
"""Longest name of a guesser."""

FREE: Final = 3
"""Unknown codes without a wait: people do hold the wrong slip of paper."""

FIRST_DELAY: Final = dt.timedelta(seconds=5)
LONGEST_DELAY: Final = dt.timedelta(hours=1)
"""The wait doubles from the first to the longest."""

FORGOTTEN_AFTER: Final = dt.timedelta(days=1)
"""Without another unknown code."""


def verify_may_guess(connection: Connection, guesser: str, now: dt.datetime) -> None:
    """Raises TooManyGuessesError while ``guesser`` has to wait."""
    statement = select(GUESSES.c.blocked_until).where(GUESSES.c.guesser == guesser).with_for_update()
    blocked_until = connection.execute(statement).scalar_one_or_none()
    if blocked_until is not None and now < blocked_until <= now + LONGEST_DELAY:
        raise TooManyGuessesError(blocked_until)


def remember_failure(connection: Connection, guesser: str, now: dt.datetime) -> None:
    """``guesser`` has tried a code that does not exist."""
    connection.execute(delete(GUESSES).where(GUESSES.c.last_at < now - FORGOTTEN_AFTER))
    statement = select(GUESSES.c.failures).where(GUESSES.c.guesser == guesser)
    earlier = connection.execute(statement).scalar_one_or_none()
    failures = 1 + (earlier or 0)
    values = {"failures": failures, "last_at": now, "blocked_until": now + delay_after(failures)}
    if earlier is None:
        connection.execute(insert(GUESSES).values(guesser=guesser, **values))
    else:
        connection.execute(update(GUESSES).where(GUESSES.c.guesser == guesser).values(**values))


def forgive(connection: Connection, guesser: str) -> None:
    """``guesser`` has redeemed a voucher."""
    connection.execute(delete(GUESSES).where(GUESSES.c.guesser == guesser))


def delay_after(failures: int) -> dt.timedelta:
    """The wait after so many unknown codes in a row."""
    if failures < FREE:
        return dt.timedelta(0)
    doublings: int = 1 << min(failures - FREE, 30)
    return min(FIRST_DELAY * doublings, LONGEST_DELAY)
