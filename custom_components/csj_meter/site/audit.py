"""The audit log: who asked for what on which meter, whether it was allowed, and what came of it.

Lines are only added, on disk before anything is done; what came of it is a line of its own. Each method of
``AuditStore`` is one transaction and blocks: call it in an executor. No line holds a secret.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
import csv
from dataclasses import dataclass
import datetime as dt
import io
import logging
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, not_, select, true

from ..telemetry.database import let_go, reading, writing
from ..telemetry.own_file import open_own_file
from ..telemetry.spreadsheet import harmless
from .access import Permission, Role
from .audit_schema import ENTRIES, OUTCOMES, migrate

LOGGER: Final = logging.getLogger(__name__)

RETENTION: Final = dt.timedelta(days=731)
"""24 months, as for payments."""

MOST_LINES: Final = 500_000
"""Of all that is kept; older ones go first."""

MOST_REFUSED: Final = 100_000
"""Of them such as were refused: nobody pushes out what was done by asking for what they may not."""

MOST_REFUSED_TO_STRANGERS: Final = 20_000
"""Of these such as strangers met at the portal: anybody may knock there, and pushes out no other refusal."""

MOST_EXPORTED_BY_ONE: Final = 10_000
"""Of what was allowed, exports of one who is no owner: a program can ask for one after the other."""

MOST_DONE_BY_ONE: Final = 50_000
"""All that was allowed to one who is no owner: with the smallest role nobody pushes out what others did."""

MOST_READ: Final = 1000
"""Lines of one answer."""

_DETAIL_LENGTH: Final = 500
_NAME_LENGTH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Something that was asked for, and the answer."""

    id: str
    at: dt.datetime
    """UTC, to the millisecond."""

    user_id: str | None
    """The user of Home Assistant; None for an automation."""

    name: str
    """What others know them by."""

    role: Role | None
    """What they were then; None for an automation."""

    permission: Permission
    """What it takes."""

    what: str
    """Name of the action, entity, view or command."""

    serial: str | None = None
    circuit: str | None = None
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOutcome:
    """What came of that which was allowed."""

    entry: str
    """Id of its entry."""

    at: dt.datetime
    failed: bool
    detail: str = ""
    """What went wrong; never a secret."""


type AuditRecord = AuditEntry | AuditOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """An entry with what came of it."""

    number: int
    """Goes up with every line, also within a millisecond; one that is missing in between was removed."""

    entry: AuditEntry
    outcome: AuditOutcome | None = None
    """None where it was refused, is under way, or nobody can tell any more."""

    @property
    def word(self) -> str:
        """What became of it, in a word for tables."""
        if not self.entry.allowed:
            return "refused"
        if self.outcome is None:
            return "unknown"
        return "failed" if self.outcome.failed else "done"

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for answers and exports."""
        entry, outcome = self.entry, self.outcome
        return {
            "number": self.number,
            "at": entry.at.isoformat(timespec="milliseconds"),
            "user_id": entry.user_id,
            "name": entry.name,
            "role": None if entry.role is None else entry.role.value,
            "permission": entry.permission.value,
            "what": entry.what,
            "serial": entry.serial,
            "circuit": entry.circuit,
            "allowed": entry.allowed,
            "outcome": self.word,
            "detail": "" if outcome is None else outcome.detail,
        }


class AuditStore:
    """The file."""

    def __init__(self, engine: Engine, set_aside: Path | None = None) -> None:
        """Use an open database; see ``at``."""
        self._engine = engine
        self.set_aside = set_aside
        """Where a broken file went when a new one had to be begun."""

    @classmethod
    def at(cls, path: Path, now: dt.datetime) -> Self:
        """The log in an SQLite file, made when it is missing; a broken file is moved out of the way.

        Raises StoreUnavailableError, and AuditTooNewError when a newer release has written it.
        """
        return cls(*open_own_file(path, now, migrate))

    def close(self) -> None:
        """Let go of the file."""
        let_go(self._engine)

    def add(self, records: Iterable[AuditRecord]) -> None:
        """Write lines down, all or none; they are on disk then, once, however often they are added.

        Raises StoreUnavailableError.
        """
        with writing(self._engine) as connection:
            for record in records:
                if isinstance(record, AuditEntry):
                    connection.execute(insert(ENTRIES).prefix_with("OR IGNORE").values(**_entry_row(record)))
                else:
                    connection.execute(
                        insert(OUTCOMES).prefix_with("OR IGNORE").values(**_outcome_row(record))
                    )

    def lines(
        self,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        user_id: str | None = None,
        name: str | None = None,
        role: Role | None = None,
        serial: str | None = None,
        allowed: bool | None = None,
        permissions: Collection[Permission] | None = None,
        before_number: int | None = None,
        limit: int = MOST_READ,
    ) -> list[AuditLine]:
        """Lines from ``since`` to before ``until``, the newest first. Raises StoreUnavailableError.

        ``before_number``: where the page after another one begins.
        """
        where = _within(since, until)
        if before_number is not None:
            where.append(ENTRIES.c.number < before_number)
        if user_id is not None:
            where.append(ENTRIES.c.user_id == user_id)
        if name is not None:
            where.append(ENTRIES.c.name == name)
        if role is not None:
            where.append(ENTRIES.c.role == role.value)
        if serial is not None:
            where.append(ENTRIES.c.serial == serial)
        if allowed is not None:
            where.append(ENTRIES.c.allowed.is_(allowed))
        if permissions is not None:
            where.append(ENTRIES.c.permission.in_([one.value for one in permissions]))
        return self._sound(where, limit, newest_first=True)

    def lines_after(
        self, number: int, *, since: dt.datetime | None, until: dt.datetime | None, limit: int
    ) -> list[AuditLine]:
        """A page of all lines from ``since`` to before ``until``, the oldest first.

        It begins after the line of that number. Raises StoreUnavailableError.
        """
        where = [*_within(since, until), ENTRIES.c.number > number]
        return self._sound(where, limit, newest_first=False)

    def _sound(
        self, where: Iterable[ColumnElement[bool]], limit: int, *, newest_first: bool
    ) -> list[AuditLine]:
        """So many lines; for each that is damaged another one is read."""
        found: list[AuditLine] = []
        number = ENTRIES.c.number
        query, rest = _LINES.where(*where), true()
        query = query.order_by(number.desc() if newest_first else number)
        with reading(self._engine) as connection:
            while wanted := limit - len(found):
                rows = connection.execute(query.where(rest).limit(wanted)).mappings().all()
                found += [line for row in rows if (line := _sound_line(row)) is not None]
                if len(rows) < wanted:
                    break
                last = rows[-1]["number"]
                rest = number < last if newest_first else number > last
        return found

    def doomed(self, now: dt.datetime | None) -> list[str]:
        """Ids of the entries that are too old, or more than may be, and of outcomes without an entry.

        ``now``: None where nobody knows what is too old. It keeps nobody from adding. Raises
        StoreUnavailableError.
        """
        kept: ColumnElement[bool] = true() if now is None else ENTRIES.c.at >= _stamp(now - RETENTION)
        refused = ENTRIES.c.allowed.is_(False)
        # tenants have no user, but are known by their tenancy
        tenant = ENTRIES.c.role.is_not_distinct_from(Role.TENANT.value)
        strangers = refused & tenant & ENTRIES.c.user_id.is_(None)
        done = ENTRIES.c.allowed & (ENTRIES.c.role != Role.OWNER.value) & ENTRIES.c.user_id.is_not(None)
        exported = done & (ENTRIES.c.permission == Permission.EXPORT.value)
        with reading(self._engine) as connection:
            shares = [
                (MOST_REFUSED_TO_STRANGERS, strangers),
                (MOST_REFUSED, refused),
                *_shares_of_each(connection, MOST_EXPORTED_BY_ONE, exported),
                *_shares_of_each(connection, MOST_DONE_BY_ONE, done),
                (MOST_LINES, true()),
            ]
            for most, which in shares:
                newest = select(ENTRIES.c.number).where(which, kept).order_by(ENTRIES.c.number.desc())
                cut = newest.limit(most).subquery()
                first = connection.execute(select(func.min(cut.c.number))).scalar() or 0
                kept &= not_(which) | (ENTRIES.c.number >= first)
            entries = select(ENTRIES.c.id).where(not_(kept))
            orphans = select(OUTCOMES.c.entry).where(OUTCOMES.c.entry.not_in(select(ENTRIES.c.id)))
            return [*connection.execute(entries.union_all(orphans)).scalars()]

    def remove(self, ids: Collection[str]) -> None:
        """Remove entries with what came of them, all or none. Raises StoreUnavailableError."""
        with writing(self._engine) as connection:
            connection.execute(delete(ENTRIES).where(ENTRIES.c.id.in_(ids)))
            connection.execute(delete(OUTCOMES).where(OUTCOMES.c.entry.in_(ids)))


_LINES: Final = select(
    *ENTRIES.c, OUTCOMES.c.at.label("outcome_at"), OUTCOMES.c.failed, OUTCOMES.c.detail
).select_from(ENTRIES.outerjoin(OUTCOMES, OUTCOMES.c.entry == ENTRIES.c.id))
"""What lines are made of."""


def _shares_of_each(
    connection: Connection, most: int, which: ColumnElement[bool]
) -> list[tuple[int, ColumnElement[bool]]]:
    """So many of such lines for each user or tenancy that has more."""
    counted = select(ENTRIES.c.user_id).where(which).group_by(ENTRIES.c.user_id)
    crowding = connection.execute(counted.having(func.count() > most)).scalars().all()
    return [(most, which & (ENTRIES.c.user_id == one)) for one in crowding]


def _within(since: dt.datetime | None, until: dt.datetime | None) -> list[ColumnElement[bool]]:
    # not by the index of times: SQLite would sort all lines between them for each page, 2 s instead of 1 ms
    at = ENTRIES.c.at + 0
    where: list[ColumnElement[bool]] = []
    if since is not None:
        where.append(at >= _stamp(since))
    if until is not None:
        where.append(at < _stamp(until))
    return where


_COLUMNS: Final = (
    *("at", "user_id", "name", "role", "permission", "what", "serial", "circuit"),
    *("allowed", "outcome", "detail"),
)


def to_csv(lines: Iterable[AuditLine], *, with_header: bool) -> str:
    """Lines as a table, as people open it in a spreadsheet, or as more of one."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, extrasaction="ignore")
    if with_header:
        writer.writeheader()
    for line in lines:
        writer.writerow({name: _cell(value) for name, value in line.as_dict().items()})
    return text.getvalue()


def _cell(value: object) -> object:
    """Names are what users call themselves."""
    return harmless(value) if isinstance(value, str) else value


def _stamp(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(stamp: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(stamp / 1000, dt.UTC)


def _entry_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": _stamp(entry.at),
        "user_id": entry.user_id,
        "name": entry.name[:_NAME_LENGTH],
        "role": None if entry.role is None else entry.role.value,
        "permission": entry.permission.value,
        "what": entry.what[:_NAME_LENGTH],
        "serial": entry.serial,
        "circuit": entry.circuit,
        "allowed": entry.allowed,
    }


def _outcome_row(outcome: AuditOutcome) -> dict[str, Any]:
    return {
        "entry": outcome.entry,
        "at": _stamp(outcome.at),
        "failed": outcome.failed,
        "detail": outcome.detail[:_DETAIL_LENGTH],
    }


def _sound_line(row: Any) -> AuditLine | None:
    """The line of a row; one that a disk has spoilt costs itself alone."""
    try:
        return _line_of(row)
    except (ValueError, TypeError, ArithmeticError) as err:
        LOGGER.warning("Line %s of the audit log is damaged and left out: %s", row["number"], err)
        return None


def _line_of(row: Any) -> AuditLine:
    entry = AuditEntry(
        id=row["id"],
        at=_moment(row["at"]),
        user_id=row["user_id"],
        name=row["name"],
        role=None if row["role"] is None else Role(row["role"]),
        permission=Permission(row["permission"]),
        what=row["what"],
        serial=row["serial"],
        circuit=row["circuit"],
        allowed=row["allowed"],
    )
    number = row["number"]
    if row["outcome_at"] is None:
        return AuditLine(number=number, entry=entry)
    outcome = AuditOutcome(
        entry=entry.id, at=_moment(row["outcome_at"]), failed=row["failed"], detail=row["detail"]
    )
    return AuditLine(number=number, entry=entry, outcome=outcome)
