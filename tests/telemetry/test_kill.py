"""Really killed: a process that keeps telemetry gets SIGKILL, and what it had acknowledged is there.

One database lives through all of it: 200 processes on SQLite, each killed at a random moment of opening,
migrating, writing, closing hours and days, tidying, purging and taking in samples of the past.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import closing
import json
import os
from pathlib import Path
import random
import signal
import sqlite3

import numpy as np
import pytest
from sqlalchemy import URL

from custom_components.csj_meter.telemetry.store import Store
from tests.forks import Lives, lives_of

from .model import ZONE, Model, days_before, months_back, serial_of, shown
from .mortal import AGGREGATE_MONTHS, MIDNIGHT, RAW_DAYS, Deed, migrations


class Life:
    """What the database must hold, and the processes that died for it."""

    def __init__(self, url: URL, folder: Path, seed: int) -> None:
        self._url = url
        self._folder = folder
        self._dice = random.Random(seed)
        self._lives = 0
        self._now = MIDNIGHT + 100
        self._version = 0
        self._model = Model()
        self._purged = Counter[str]()
        self.died_during = Counter[str]()
        """Kind of deed -> how many processes died during one."""
        self.acknowledged = 0
        """Deeds."""

    async def live(self, lives: Lives) -> None:
        """One process lives and dies, then the database is looked at."""
        self._lives += 1
        diary = self._folder / f"{self._lives}.diary"
        updates = self._lives % 10 == 0
        self._version += updates
        at_a_step = self._lives % 4 > 1
        process = await lives.begin(
            url=self._url.render_as_string(hide_password=False),
            diary=str(diary),
            now=self._now,
            seed=self._lives,
            version=self._version,
            steps=self._dice.randrange(30 if updates else 200) if at_a_step else None,
            opened=not updates,
        )
        if not at_a_step:
            await asyncio.sleep(self._dice.uniform(0, 0.2))
            os.kill(process, signal.SIGKILL)
        await lives.ended()
        self._judge(diary)

    def _judge(self, diary: Path) -> None:
        lines = [json.loads(line) for line in diary.read_text().splitlines()] if diary.exists() else []
        deeds = [Deed.from_dict(line) for line in lines if isinstance(line, dict)]
        done = lines.count("done")
        for deed in deeds[:done]:
            self._add(self._model, deed)
        self.acknowledged += done
        last = deeds[done] if len(deeds) > done else None
        self.died_during[last.kind if last else "open"] += 1
        if deeds:
            self._now = deeds[-1].now
        store = Store.open(
            self._url, zone=ZONE, migrations=migrations(self._version), clock=lambda: self._now * 60.0
        )
        try:
            assert store.set_aside is None, "the database was taken for broken"
            if last is not None and self._happened(store, last):
                self._add(self._model, last)
            self._model.assert_kept(
                store,
                samples_from=days_before(self._now, RAW_DAYS),
                aggregates_from=months_back(self._now, AGGREGATE_MONTHS),
            )
        finally:
            store.close()

    def _add(self, model: Model, deed: Deed) -> None:
        for number in deed.meters:
            series = shown(number, np.arange(deed.since, deed.until), deed.provenance)
            if len(series):
                model.add(serial_of(number), series)

    def _happened(self, store: Store, deed: Deed) -> bool:
        """Whether a deed that nobody acknowledged was done: wholly or not at all, which is judged later."""
        for number in deed.meters:
            serial = serial_of(number)
            if serial not in store.serials():
                return False
            before = self._model.samples.get(serial)
            after = Model({} if before is None else {serial: before})
            series = shown(number, np.arange(deed.since, deed.until), deed.provenance)
            if not len(series):
                continue
            after.add(serial, series)
            changed = after.samples[serial].between(deed.since, deed.until)
            if before is not None and np.array_equal(
                changed.steps("voltage_l1"), before.between(deed.since, deed.until).steps("voltage_l1")
            ):
                continue
            for found in store.minutes(serial, deed.since, deed.until):
                wanted = changed.rows(np.isin(changed.minutes, found.minutes))
                known = before.rows(np.isin(before.minutes, found.minutes)) if before is not None else None
                if known is None or len(known) < len(found):
                    return True
                if not np.array_equal(known.steps("voltage_l1"), wanted.steps("voltage_l1")):
                    return np.array_equal(found.steps("voltage_l1"), wanted.steps("voltage_l1"))
            return False
        return False


@pytest.mark.timeout(240)
async def test_nothing_acknowledged_is_lost_by_200_kills(tmp_path: Path, sqlite_url: URL) -> None:
    life = Life(sqlite_url, tmp_path, seed=4)
    async with lives_of("tests.telemetry.mortal") as lives:
        for _ in range(200):
            await life.live(lives)

    assert life.acknowledged > 200, "hardly anything was done"
    assert life.died_during.keys() == {"open", "append", "roll", "tidy", "purge", "ingest"}
    with closing(sqlite3.connect(str(sqlite_url.database))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_nothing_acknowledged_is_lost_on_postgresql(tmp_path: Path, postgres_url: URL) -> None:
    life = Life(postgres_url, tmp_path, seed=5)
    async with lives_of("tests.telemetry.mortal") as lives:
        for _ in range(20):
            await life.live(lives)

    assert life.acknowledged > 40, "hardly anything was done"
