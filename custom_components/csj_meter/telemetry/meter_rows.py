"""What is known of each meter beside its samples: how far it is closed, purged and told to others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from .schema import METERS
from .series import HOUR


@dataclass(slots=True, kw_only=True)
class MeterRow:
    """What the store knows of a meter; see ``schema.METERS``."""

    number: int
    serial: str
    watermark: int
    kept_from: int | None = None
    unfinished_from: int | None = None
    untold_from: int | None = None
    newest: int | None = None
    """Minute of the newest sample; not in the table."""
    last: int | None = None
    """Minute of the sample that came last, which may be older than the newest; likewise."""

    @property
    def open_hour(self) -> int:
        """The hour of the newest sample: those before it can be closed."""
        return 0 if self.newest is None else self.newest // HOUR * HOUR


def read_rows(connection: Connection, serials: Collection[str] | None = None) -> dict[str, MeterRow]:
    """What is known of the meters, or of some."""
    query = select(METERS).order_by(METERS.c.number)
    if serials is not None:
        query = query.where(METERS.c.serial.in_(serials))
    return {row["serial"]: MeterRow(**row) for row in connection.execute(query).mappings()}


def known_row(connection: Connection, known: dict[str, MeterRow], serial: str, minute: int) -> MeterRow:
    """What is known of a meter; one that is new has nothing closed before the hour of ``minute``."""
    if (row := known.get(serial)) is None:
        watermark = minute // HOUR * HOUR
        made = METERS.insert().values(serial=serial, watermark=watermark).returning(METERS.c.number)
        number = connection.execute(made).scalar_one()
        row = known[serial] = MeterRow(number=number, serial=serial, watermark=watermark)
    return row


def keep(connection: Connection, row: MeterRow) -> None:
    """Write down what has changed of a meter."""
    connection.execute(
        update(METERS)
        .where(METERS.c.number == row.number)
        .values(
            watermark=row.watermark,
            kept_from=row.kept_from,
            unfinished_from=row.unfinished_from,
            untold_from=row.untold_from,
        )
    )
