"""How tables are brought from one version of this software to the next, whoever's they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Table, inspect, select, update

type Migration = Callable[[Connection], None]
"""Brings the tables from one version to the next, inside one transaction."""


def bring_up_to_date(
    connection: Connection,
    version: Table,
    migrations: Sequence[Migration],
    *,
    create: Callable[[], None],
    too_new: Callable[[int, int], Exception],
) -> None:
    """Make the tables with ``create``, or bring those of an older version up to date.

    ``version``: a table with one row, whose column ``version`` is the version. Item n of ``migrations``
    brings version n + 1 to version n + 2. Runs inside the caller's transaction: afterwards the database is of
    the newest version, or what it was. Raises what ``too_new`` makes of the version found and the newest one
    that is known, when a newer version of this software has written it.
    """
    newest = 1 + len(migrations)
    if not inspect(connection).has_table(version.name):
        create()
        connection.execute(version.insert().values(version=newest))
        return
    found = connection.execute(select(version.c.version)).scalar_one()
    if found > newest:
        raise too_new(found, newest)
    for migration in migrations[found - 1 :]:
        migration(connection)
    if found < newest:
        connection.execute(update(version).values(version=newest))
