"""The samples that the demo begins with are those of the very meters behind the line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.meters.sample import MINUTE, minute_of
from custom_components.csj_meter.simulator.minutes import SECOND
from custom_components.csj_meter.telemetry.address import at_file
from custom_components.csj_meter.telemetry.columns import ABSENT
from custom_components.csj_meter.telemetry.series import DAY, Series
from custom_components.csj_meter.telemetry.store import Store
from demo import telemetry
from demo.configuration import TIME_ZONE
from demo.errors import DemoError
from demo.site import METERS, twins


@contextmanager
def opened(home: Path) -> Iterator[Store]:
    store = Store.open(at_file(home / DATABASE_FILE), zone=ZoneInfo(TIME_ZONE))
    try:
        yield store
    finally:
        store.close()


def samples(store: Store, serial: str) -> Series:
    return Series.joined(store.minutes(serial, 0, 1 << 40))


def test_thirty_five_days_up_to_now_of_every_meter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = float(MINUTE * minute_of(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)
    telemetry.fill(tmp_path)

    with opened(tmp_path) as store:
        assert len(store.serials()) == METERS
        at = now - MINUTE + SECOND
        for serial, twin in twins().items():
            series = samples(store, serial)
            assert len(series) == 35 * DAY
            assert (np.diff(series.minutes) == 1).all()
            assert MINUTE * series.minutes[-1] == now - MINUTE
            assert store.gaps(serial) == []
            twin.clock = lambda: at
            assert series.numbers("energy_import")[-1] == twin.truth()["energy_import"]
            assert "balance" not in series.columns or (series.steps("balance") != ABSENT).all()
            assert len(store.hours([serial], 0, 1 << 40)[serial]) >= 35 * 24


def test_after_a_pause_only_what_is_missing_is_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: now - 7200)
        telemetry.fill(tmp_path)
    with opened(tmp_path) as store:
        before = {serial: samples(store, serial) for serial in store.serials()}

    telemetry.fill(tmp_path)

    with opened(tmp_path) as store:
        for serial, old in before.items():
            new = samples(store, serial)
            assert 119 <= len(new) - len(old) <= 121
            assert (new.steps("energy_import")[: len(old)] == old.steps("energy_import")).all()
            assert (np.diff(new.minutes) == 1).all()
            assert (np.diff(new.steps("energy_import")) >= 0).all()


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).mkdir()

    with pytest.raises(DemoError, match="the month before today cannot be written"):
        telemetry.fill(tmp_path)
