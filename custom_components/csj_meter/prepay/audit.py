"""The audit trail: who asked for money to be moved, and what the answer was, refusals above all.

Lines are only added. The same thing asked again within a minute raises the count of its line, and callers
that nobody knows have a bounded number of lines, so that nobody can fill the disk from outside. Each method
blocks: call it in an executor. No line holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from enum import StrEnum
import threading
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from .ledger import Ledger
from .movement import Source
from .schema import AUDIT

RETENTION: Final = dt.timedelta(days=731)
"""24 months."""

FOLDED_WITHIN: Final = dt.timedelta(minutes=1)
"""For so long the same thing goes onto the same line."""

MOST_OF_STRANGERS: Final = 20_000
"""Lines of callers that nobody knows; older ones go first."""

STEP: Final = 500
"""Lines that one transaction of ``purge`` removes at most: other writers wait no longer than for those."""

_DETAIL_LENGTH: Final = 500
_NAME_LENGTH: Final = 200


class AuditOutcome(StrEnum):
    """Whether it was let through."""

    ALLOWED = "allowed"
    """It was tried; the reason tells what came of it."""
    REFUSED = "refused"
    """Nothing was moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One thing that was asked for, and its answer."""

    source: Source
    """Where it came from."""

    authenticated: bool
    """Whether the caller has shown who they are."""

    actor: str
    """A name that people recognise; "" for callers that nobody knows."""

    asked: str
    """What was asked for, a word such as "top_up"."""

    serial: str | None = None
    """Serial number of the meter, where one was named."""

    amount: Decimal | None = None
    """Two decimals, where one was named."""

    unit: str | None = None
    """Letters of the currency or "kWh", likewise."""

    outcome: AuditOutcome
    """Whether it was let through."""

    reason: str
    """Machine word: why it was refused, or what came of it."""

    detail: str = ""
    """The same for people; never a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line of the trail."""

    number: int
    """Ordinal."""

    at: dt.datetime
    """When it was asked first, UTC."""

    last_at: dt.datetime
    """When it was asked last, UTC."""

    times: int
    """How often within this minute."""

    what: Audited
    """The question and its answer."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A line that still counts."""

    number: int
    at: dt.datetime
    last_at: dt.datetime
    times: int = 1
    written: int = 1
    """How many of them are on disk."""

    def takes(self, at: dt.datetime) -> bool:
        return self.at <= at < self.at + FOLDED_WITHIN


class AuditTrail:
    """The trail in the ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        """Write beside the movements of ``ledger``."""
        self._ledger = ledger
        self._lock = threading.Lock()
        self._open: dict[Audited, _Open] = {}

    def add(self, what: Audited, at: dt.datetime) -> bool:
        """Write it down; False when it only raised the count of a line.

        The first of its kind is on disk when this returns; a count that rises comes there with the next line,
        or when somebody reads. Raises LedgerUnavailableError.
        """
        with self._lock:
            if (line := self._open.get(what)) is not None and line.takes(at):
                line.times += 1
                line.last_at = max(line.last_at, at)
                return False
            with self._ledger.transaction() as connection:
                self._write_counts(connection)
                number = _insert(connection, what, at)
            self._counts_written()
            self._open = {key: line for key, line in self._open.items() if line.takes(at)}
            self._open[what] = _Open(number=number, at=at, last_at=at)
            return True

    def entries(
        self, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> tuple[AuditLine, ...]:
        """Lines that began from ``since`` to before ``until``, oldest first.

        Raises LedgerUnavailableError.
        """
        where: list[ColumnElement[bool]] = []
        if since is not None:
            where.append(AUDIT.c.at >= since)
        if until is not None:
            where.append(AUDIT.c.at < until)
        with self._lock:
            with self._ledger.transaction() as connection:
                self._write_counts(connection)
                rows = connection.execute(select(AUDIT).where(*where).order_by(AUDIT.c.number)).mappings()
                lines = tuple(_line_of(row) for row in rows)
            self._counts_written()
        return lines

    def flush(self) -> None:
        """Bring every count to disk, before the ledger is closed. Raises LedgerUnavailableError."""
        with self._lock:
            if all(line.times == line.written for line in self._open.values()):
                return
            with self._ledger.transaction() as connection:
                self._write_counts(connection)
            self._counts_written()

    def purge(self, now: dt.datetime) -> int:
        """Remove some lines that are older than ``RETENTION``, or more than strangers may have.

        Returns how many those were; call it again until it is 0. Raises LedgerUnavailableError.
        """
        with self._ledger.transaction() as connection:
            expired = select(AUDIT.c.number).where(AUDIT.c.last_at < now - RETENTION)
            strangers = select(AUDIT.c.number).where(AUDIT.c.authenticated.is_(False))
            newest = strangers.order_by(AUDIT.c.number.desc()).limit(MOST_OF_STRANGERS)
            oldest_kept = connection.execute(select(func.min(newest.subquery().c.number))).scalar_one()
            too_many = strangers.where(AUDIT.c.number < (oldest_kept or 0))
            numbers = list(connection.execute(expired.limit(STEP)).scalars())
            numbers += connection.execute(too_many.order_by(AUDIT.c.number).limit(STEP)).scalars()
            doomed = set(numbers[:STEP])
            connection.execute(delete(AUDIT).where(AUDIT.c.number.in_(doomed)))
            return len(doomed)

    def _write_counts(self, connection: Connection) -> None:
        for line in self._open.values():
            if line.times != line.written:
                statement = update(AUDIT).where(AUDIT.c.number == line.number)
                connection.execute(statement.values(times=line.times, last_at=line.last_at))

    def _counts_written(self) -> None:
        """The transaction that wrote them has been committed."""
        for line in self._open.values():
            line.written = line.times


def _insert(connection: Connection, what: Audited, at: dt.datetime) -> int:
    result = connection.execute(
        insert(AUDIT)
        .values(
            at=at,
            last_at=at,
            times=1,
            authenticated=what.authenticated,
            source=what.source,
            actor_name=what.actor[:_NAME_LENGTH],
            asked=what.asked,
            serial=what.serial,
            amount=what.amount,
            unit=what.unit,
            outcome=what.outcome,
            reason=what.reason,
            detail=what.detail[:_DETAIL_LENGTH],
        )
        .returning(AUDIT.c.number)
    )
    return int(result.scalar_one())


def _line_of(row: Any) -> AuditLine:
    return AuditLine(
        number=row["number"],
        at=row["at"],
        last_at=row["last_at"],
        times=row["times"],
        what=Audited(
            source=Source(row["source"]),
            authenticated=row["authenticated"],
            actor=row["actor_name"],
            asked=row["asked"],
            serial=row["serial"],
            amount=row["amount"],
            unit=row["unit"],
            outcome=AuditOutcome(row["outcome"]),
            reason=row["reason"],
            detail=row["detail"],
        ),
    )
