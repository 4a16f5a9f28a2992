"""One line of the log of events, and which of them are on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
import datetime as dt
from typing import Any, Final, Self

import probatio

from ..moments import ImpossibleMomentError, parse_moment
from .values import iso

LONGEST_CURSOR: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """Something that has happened."""

    id: str
    """The same whenever it is told, and no other has it."""

    at: dt.datetime
    """When, UTC."""

    source: str
    """Who tells it."""

    kind: str
    """What, by the source's own words."""

    serial: str | None
    circuit: str | None = None
    until: dt.datetime | None = None
    """When it was over, of what lasts."""

    lasts: bool = False
    """Whether it is not over yet."""

    by: str | None = None
    """Who did it, as far as the reader may know."""

    text: str
    """One line for people."""

    more: dict[str, Any] = field(default_factory=dict)
    """What its source says besides."""

    @property
    def place(self) -> tuple[dt.datetime, str]:
        """Where it is among the others: no two are at the same place."""
        return self.at, self.id

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "id": self.id,
            "at": iso(self.at),
            "source": self.source,
            "kind": self.kind,
            "serial": self.serial,
            "circuit": self.circuit,
            "until": iso(self.until),
            "by": self.by,
            "text": self.text,
            **self.more,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Before which line a page begins."""

    at: dt.datetime
    id: str

    @classmethod
    def parse(cls, value: Any) -> Self:
        """What ``str`` gave. Raises probatio.Invalid."""
        at, _, name = value.partition(" ") if isinstance(value, str) else ("", "", "")
        try:
            found = parse_moment(at)
        except ImpossibleMomentError:
            found = None
        if found is None or not name or len(name) > LONGEST_CURSOR:
            raise probatio.Invalid("expected what next of the answer before said")
        return cls(at=found, id=name)

    def __str__(self) -> str:
        """As a client hands it back."""
        return f"{self.at.isoformat()} {self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is asked for of a log."""

    start: dt.datetime | None
    end: dt.datetime | None
    before: Cursor | None
    limit: int

    @property
    def enough(self) -> int:
        """Lines of one source that are enough for a page, and to know whether there are more."""
        return self.limit + 1

    @property
    def until(self) -> dt.datetime | None:
        """Before when everything on it has happened; later by a second, as some sources round."""
        bounds = [self.end, None if self.before is None else self.before.at]
        last = min((bound for bound in bounds if bound is not None), default=None)
        return None if last is None else last + dt.timedelta(seconds=1)

    def takes(self, row: EventRow) -> bool:
        """Whether a line is on it, or would be if it were longer; what lasts into its time is."""
        return (
            (self.start is None or row.lasts or (row.until or row.at) >= self.start)
            and (self.end is None or row.at < self.end)
            and (self.before is None or row.place < (self.before.at, self.before.id))
        )

    def cut(self, rows: Iterable[EventRow]) -> tuple[list[EventRow], Cursor | None]:
        """The lines on it, the newest first, and where the next one begins."""
        found = sorted(filter(self.takes, rows), key=lambda row: row.place, reverse=True)
        shown = found[: self.limit]
        more = len(found) > self.limit
        return shown, Cursor(at=shown[-1].at, id=shown[-1].id) if more else None
