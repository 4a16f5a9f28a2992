"""How samples lie in a database, as the store needs it.

There are two: ``blocks`` (compressed, for SQLite on a small machine) and ``rows`` (one row of numbers a
sample, for PostgreSQL and whoever wants to query it). Every method works inside the caller's transaction. A
sample is open until the store closes its hour, closed from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from .series import Aggregates, Batch, Series


class Period(StrEnum):
    """What an aggregate covers."""

    HOUR = "hour"
    """A full hour in UTC."""

    DAY = "day"
    """A local day of 23, 24 or 25 hours."""


class Layout(Protocol):
    """Where samples and aggregates are. Meters are known by their number in the table of meters."""

    def create(self, connection: Connection) -> None:
        """Make the tables of version 1."""

    def append(self, connection: Connection, batch: Batch) -> None:
        """Add open samples of several meters: those of one minute, as a rule."""

    def open_samples(self, connection: Connection, watermarks: Mapping[int, int]) -> dict[int, Series]:
        """The open samples of meters; ``watermarks``: meter -> the minute before which all is closed."""

    def close(
        self, connection: Connection, closed: Mapping[int, Series], still_open: Mapping[int, Series]
    ) -> None:
        """Turn open samples into closed ones: all that were open are in one of the two."""

    def merge(self, connection: Connection, meter: int, series: Series) -> None:
        """Add closed samples of any time, which may be there already (see ``Series.merged``)."""

    def read(
        self,
        connection: Connection,
        meter: int,
        since: int,
        until: int,
        quantities: frozenset[str] | None = None,
    ) -> Iterator[Series]:
        """Closed samples from minute ``since`` to before ``until``, oldest first, at most a day at a time.

        With ``quantities``, only those are read.
        """

    def neighbour(self, connection: Connection, meter: int, minute: int, *, older: bool) -> Series:
        """The last closed sample before ``minute``, or the first one from it on; empty without one."""

    def put(self, connection: Connection, meter: int, period: Period, aggregates: Aggregates) -> None:
        """Add aggregates, or replace those that begin at the same minutes."""

    def aggregates(
        self,
        connection: Connection,
        meters: Collection[int],
        period: Period,
        since: int,
        until: int,
        keys: Collection[str] | None = None,
    ) -> dict[int, Aggregates]:
        """Aggregates that begin from minute ``since`` to before ``until``; meters without any are left out.

        With ``keys``, only those figures are read.
        """

    def tidy(self, connection: Connection, minute: int) -> bool:
        """Do one small step of what makes closed samples smaller; ``minute``: now. False when all is done."""

    def retain(self, connection: Connection, days: int) -> None:
        """Tell a database that lets old samples go by itself how many days it keeps them."""

    def last_closed(self, connection: Connection, watermarks: Mapping[int, int]) -> dict[int, int]:
        """Meter -> a minute that is not after its last closed sample, nor more than a day before it.

        ``watermarks``: as for ``open_samples``. Without meters whose last samples ``purge`` cannot spare.
        """

    def purge(
        self, connection: Connection, samples_before: Mapping[int, int], aggregates_before: int
    ) -> bool:
        """Remove one small step's worth of what is older than these minutes. False when all is gone.

        ``samples_before``: of each meter.
        """
