"""A home with measurements of some days, for exports and imports."""

from __future__ import annotations

from collections.abc import Callable
import csv
from dataclasses import dataclass
import io

import numpy as np

from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.series import DAY, Series
from custom_components.csj_meter.telemetry.store import Store

from .conftest import Home
from .driven_time import EPOCH

NOW = int(EPOCH) // 60
"""The minute in which driven time begins: 2026-10-31 10:00 UTC."""

UNIT, OTHER = 2, 4
"""Unit ids of the meters: a prepaid one and one that is not."""


@dataclass(frozen=True, slots=True)
class MeasuredHome:
    """A home and what is in its store."""

    home: Home

    async def store[T](self, job: Callable[[Store], T]) -> T:
        """Have something done with the store."""
        telemetry = await async_telemetry(self.home.hass)
        return await self.home.time.through(telemetry.async_run(job))

    async def measure(self, unit_id: int, since: int, minutes: int, volts: int = 2300) -> None:
        """Put measurements of every minute from ``since`` on into the store."""
        count = np.arange(minutes)
        found = Series(
            minutes=since + count,
            provenance=np.full(minutes, int(Provenance.MEASURED)),
            columns={"voltage_l1": volts + count % 60, "energy_import": 100_000 + count},
        )
        await self.store(lambda store: store.ingest(self.home.serial(unit_id), found))

    async def samples(self, unit_id: int) -> Series:
        """All samples of a meter before driven time began."""
        serial = self.home.serial(unit_id)
        return await self.store(lambda store: Series.joined(store.minutes(serial, NOW - 400 * DAY, NOW)))


def rows_of(text: str) -> list[dict[str, str]]:
    """As a reader of RFC 4180 sees it."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
