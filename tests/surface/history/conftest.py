"""A Home Assistant whose measurements are in a real file, and looks into that file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history import backfill
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.history.telemetry import Telemetry, async_telemetry
from custom_components.csj_meter.telemetry.series import DAY, Series
from custom_components.csj_meter.telemetry.store import Store

from ..conftest import Home, subentry_of

UNIT = 2
"""A single-phase prepaid meter with a load profile."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The measurements of a home, as a test looks at them."""

    home: Home

    @property
    def file(self) -> Path:
        """Where they are."""
        return Path(self.home.hass.config.path(DATABASE_FILE))

    @property
    def serial(self) -> str:
        """Of the meter that most tests look at."""
        return self.home.serial(UNIT)

    async def telemetry(self) -> Telemetry:
        """Who writes them."""
        return await async_telemetry(self.home.hass)

    async def read[T](self, job: Callable[[Store], T]) -> T:
        """Ask the store."""
        return await self.home.time.through((await self.telemetry()).async_read(job))

    async def samples(self, since: float = 0, until: float = 1e11) -> Series:
        """The samples of the meter between two moments (UTC s)."""
        bounds = int(since // 60), int(until // 60)
        return await self.read(lambda store: Series.joined(store.minutes(self.serial, *bounds)))

    def issue(self, issue_id: str) -> ir.IssueEntry | None:
        """A repair issue, if it is there."""
        return ir.async_get(self.home.hass).async_get_issue(DOMAIN, issue_id)


@pytest.fixture
def alone(home: Home) -> Home:
    """A bridge with the one meter of ``UNIT``, not set up yet."""
    return home.with_meters(subentry_of(home.line.meters[UNIT]))


@pytest.fixture
async def archive(alone: Home, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """A bridge with one meter, set up, with nothing written yet but its first answers waiting.

    Of what the meter has kept from the time before, a week is taken.
    """
    monkeypatch.setattr(backfill, "MOST_HISTORY", 7 * DAY)
    assert await alone.set_up()
    await alone.time.run(1)
    return Archive(alone)
