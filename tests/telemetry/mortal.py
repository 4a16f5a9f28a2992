"""Keeps telemetry until it is killed: ``python -m tests.telemetry.mortal`` reads one life a line.

It does, one after the other, what a store does, at random but repeatable. What it is about to do and that it
has returned from it is written down line by line, for whoever looks what was left. Each life is a fork;
importing is done once, without Home Assistant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
import json
import os
import random
import signal
import tempfile
from typing import Any, Final, Self

from tests.forks import fork_a_life_a_line, leave_home_assistant_out

leave_home_assistant_out()

import numpy as np  # noqa: E402 - only possible now
from sqlalchemy import URL, Connection, Engine, event  # noqa: E402

from custom_components.csj_meter.meters.sample import Provenance  # noqa: E402
from custom_components.csj_meter.telemetry.series import DAY  # noqa: E402
from custom_components.csj_meter.telemetry.store import Store  # noqa: E402

from .model import ZONE, days_before, samples_of, serial_of, shown  # noqa: E402

METERS: Final = 3

MIDNIGHT: Final = 20_555 * DAY
"""2026-04-12 00:00 UTC."""

RAW_DAYS: Final = 2
AGGREGATE_MONTHS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One call of a store."""

    kind: str
    """Its method."""

    now: int
    """The minute that it is."""

    meters: tuple[int, ...] = ()
    """Whose samples are added."""

    since: int = 0
    """First minute of the samples."""

    until: int = 0
    """The minute before which they end."""

    provenance: Provenance = Provenance.MEASURED
    """Of the samples."""

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        """The deed that was written down."""
        plain["meters"] = tuple(plain["meters"])
        return cls(**plain | {"provenance": Provenance(plain["provenance"])})

    def as_dict(self) -> dict[str, Any]:
        """To be written down."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def do(self, store: Store) -> None:
        """Do it."""
        match self.kind:
            case "append":
                minutes = np.arange(self.since, self.until)
                store.append(
                    [
                        sample
                        for number in self.meters
                        for sample in samples_of(serial_of(number), shown(number, minutes, self.provenance))
                    ]
                )
            case "ingest":
                (number,) = self.meters
                series = shown(number, np.arange(self.since, self.until), self.provenance)
                store.ingest(serial_of(number), series)
            case "roll":
                store.roll(self.now)
            case "tidy":
                store.tidy(self.now)
            case "purge":
                store.purge(self.now, raw_days=RAW_DAYS, aggregate_months=AGGREGATE_MONTHS)


def deeds(now: int, seed: int) -> Iterator[Deed]:
    """What happens from minute ``now`` on, without an end."""
    dice = random.Random(seed)
    everybody = tuple(range(METERS))
    while True:
        until = now + dice.randrange(1, 90)
        if dice.random() < 0.1:
            now += dice.randrange(1, 400)  # an outage
            until += 400
        late = dice.random() < 0.1
        first = now - dice.randrange(200) if late else now
        yield Deed(kind="append", now=until, meters=everybody, since=first, until=until)
        now = until
        yield Deed(kind="roll", now=now)
        if dice.random() < 0.4:
            yield Deed(kind="tidy", now=now)
        if dice.random() < 0.3:
            yield Deed(kind="purge", now=now)
        if dice.random() < 0.2:
            # not into a local day of which some samples are gone
            since = max(now - dice.randrange(DAY), days_before(now, RAW_DAYS - 1))
            yield Deed(
                kind="ingest",
                now=now,
                meters=(dice.randrange(METERS),),
                since=since,
                until=min(now, since + dice.randrange(1, DAY)),
                provenance=dice.choice([Provenance.PROFILE, Provenance.IMPORTED]),
            )


def migrations(count: int) -> Sequence[Any]:
    """Steps as later versions may have: each writes all aggregates anew, in a table of its own first."""

    def step(number: int) -> Any:
        def migrate(connection: Connection) -> None:
            run = connection.exec_driver_sql
            table = "telemetry_aggregates" if connection.dialect.name == "sqlite" else "telemetry_hour"
            run(f"CREATE TABLE of_version_{number} AS SELECT * FROM {table}")
            run(f"DELETE FROM {table}")
            run(f"INSERT INTO {table} SELECT * FROM of_version_{number}")
            if number:
                run(f"DROP TABLE of_version_{number - 1}")

        return migrate

    return [step(number) for number in range(count)]


def _count_down(steps: int) -> None:
    """Be killed at a step of the work: before a statement, or before what it did is made to last."""
    left = [steps]

    def step(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)


async def live(
    url: str, diary: str, now: int, seed: int, version: int, steps: int | None, *, opened: bool
) -> None:
    """Keep telemetry from minute ``now`` on, and a diary.

    ``steps``: be killed after so many, which are counted from the time on when the store is ``opened``.
    """
    if steps is not None and not opened:
        _count_down(steps)
    book = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    store = Store.open(url, zone=ZONE, migrations=migrations(version), clock=lambda: now * 60.0)
    os.write(book, b'"open"\n')
    if steps is not None and opened:
        _count_down(steps)
    for deed in deeds(now, seed):
        os.write(book, json.dumps(deed.as_dict()).encode() + b"\n")
        deed.do(store)
        os.write(book, b'"done"\n')


def _warm_up() -> None:
    """Have everything loaded that a life needs."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(URL.create("sqlite", database=f"{folder}/warm.db"), zone=ZONE)
        for deed in islice(deeds(MIDNIGHT, 0), 20):
            deed.do(store)
        store.close()


if __name__ == "__main__":
    _warm_up()
    fork_a_life_a_line(live)
