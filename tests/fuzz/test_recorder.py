"""What Home Assistant has recorded and set up, spoilt by a program, a disk or a person: read or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
import json
import math
from typing import Any, Final

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.setup import async_setup_component
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from sqlalchemy import text

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history.statistics import statistic_id
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.money.energy_history import async_balances, async_hourly_energy

from ..surface.actions.test_energy import THEIRS
from ..surface.actions.test_statements import HOUR, NOW, UNIT, live
from ..surface.conftest import Home
from .malformed import ANYTHING, drawn, mutated
from .test_actions import device_of

pytestmark = pytest.mark.meters(2, 3, live_period=60)

DAYS: Final = 3

HOURS: Final = 24 * DAYS

COLUMNS: Final = ("metadata_id", "start_ts", "created_ts", "state", "sum")

VALUES: Final = (
    "",
    "x",
    "NaN",
    "1e999999",
    "12,5",
    b"\xff\0",
    math.inf,
    -math.inf,
    1e308,
    -1e308,
    1e15,
    5e-324,
    2**62,
    -1.0,
    None,
)
"""What a column of SQLite may hold, whatever it was made for."""

DAMAGE: Final = st.lists(
    st.tuples(
        st.integers(0, 10**6), st.sampled_from(("start_ts", "state", "sum", "sum")), st.sampled_from(VALUES)
    ),
    min_size=1,
    max_size=12,
)
"""Which row, which column, and what is in it."""

SUN: Final = {"type": "solar", "stat_energy_from": "sensor.sun", "config_entry_solar_forecast": None}

PREFERENCES: Final = {
    "energy_sources": [
        THEIRS,
        {"type": "solar", "stat_energy_from": "sensor.sun", "config_entry_solar_forecast": None},
    ],
    "device_consumption": [{"stat_consumption": "sensor.washing_machine"}],
    "device_consumption_water": [],
}

type Rows = list[dict[str, Any]]


@pytest.fixture
def hass(recorder_mock: Recorder, hass: HomeAssistant) -> HomeAssistant:
    """A Home Assistant that records."""
    return hass


async def in_database[T](home: Home, job: Callable[[Any], T]) -> T:
    """Something with the recorder's own tables, behind its back."""

    def do() -> T:
        with session_scope(hass=home.hass) as session:
            return job(session)

    async def done() -> T:
        return await get_instance(home.hass).async_add_executor_job(do)

    return await home.time.through(done())


def all_rows(session: Any) -> Rows:
    found = session.execute(text(f"SELECT {', '.join(COLUMNS)} FROM statistics ORDER BY id"))
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def replaced(rows: Rows) -> Callable[[Any], None]:
    """Put these in the place of all rows; of two with the same hour, the first stays."""

    def do(session: Any) -> None:
        session.execute(text("DELETE FROM statistics"))
        names = ", ".join(COLUMNS)
        values = ", ".join(f":{name}" for name in COLUMNS)
        session.execute(text(f"INSERT OR IGNORE INTO statistics ({names}) VALUES ({values})"), rows)

    return do


def damaged(rows: Rows, damage: Iterable[tuple[int, str, Any]]) -> Rows:
    found = [dict(row) for row in rows]
    for place, column, value in damage:
        found[place % len(found)][column] = value
    return found


async def test_hours_before_the_store_began(
    opened: Home, nothing_unforeseen: Callable[[object], None]
) -> None:
    await live(opened, DAYS)
    sound = await in_database(opened, all_rows)
    since, serial = NOW - HOURS * HOUR, opened.serial(UNIT)
    most, largest = QUANTITIES["energy_import"].high, QUANTITIES["balance"].high
    for damage in drawn(DAMAGE, 60):
        await in_database(opened, replaced(damaged(sound, damage)))
        energy = await opened.time.through(async_hourly_energy(opened.hass, serial, 4, since, NOW))
        assert len(energy.hours) == HOURS
        for hour in energy.hours:
            assert hour is None or all(0 <= used <= most for used in hour), damage
        for one in await opened.time.through(async_balances(opened.hass, serial, since, NOW)):
            assert abs(one.balance) <= largest, damage
            assert since < one.at <= NOW
        told = await opened.time.through(
            opened.hass.services.async_call(
                DOMAIN,
                "statement",
                {"device_id": device_of(opened), "month": "2026-10"},
                blocking=True,
                return_response=True,
            )
        )
        json.dumps(told, allow_nan=False)
        nothing_unforeseen(damage)


async def test_hours_that_were_told(opened: Home, nothing_unforeseen: Callable[[object], None]) -> None:
    """Whatever the recorder has of the hours before, the last is told again, and goes on from a number."""
    home = opened
    last = NOW.timestamp()
    await home.time.step(3300)  # few minutes of the hour are enough
    await home.time.run(600)
    await told(home, last)
    told_rows = await in_database(home, all_rows)
    before = [row | {"start_ts": row["start_ts"] - 3600 * back} for row in told_rows for back in (3, 2, 1)]
    for damage in drawn(DAMAGE, 5):
        assert await home.tear_down()
        await in_database(home, replaced(damaged(before, damage)))
        assert await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id))
        for sum_ in await told(home, last):
            assert -10 < sum_ < 1e12, damage
        nothing_unforeseen(damage)


async def told(home: Home, last: float) -> list[float]:
    """Let time pass until the last hour of both meters is told: what they have come to by then."""
    for _ in range(60):
        await home.time.run(2)
        await async_wait_recording_done(home.hass)
        found = [
            await in_database(home, partial(sum_at, statistic_id(home.serial(unit), "energy_import"), last))
            for unit in (2, 3)
        ]
        if None not in found:
            return [one for one in found if one is not None]
    raise AssertionError("the last hour was not told")


def sum_at(its_id: str, start: float, session: Any) -> float | None:
    found = session.execute(
        text(
            "SELECT sum FROM statistics JOIN statistics_meta ON metadata_id = statistics_meta.id "
            "WHERE statistic_id = :its_id AND start_ts = :start"
        ),
        {"its_id": its_id, "start": start},
    ).first()
    return None if found is None else float(found[0])


async def test_preferences_of_the_energy_dashboard(
    home: Home, nothing_unforeseen: Callable[[object], None]
) -> None:
    assert await home.time.through(async_setup_component(home.hass, "energy", {}))
    assert await home.set_up()
    await home.time.run(100)
    manager = await async_get_manager(home.hass)
    asked = st.tuples(mutated(PREFERENCES) | ANYTHING, st.booleans())
    for preferences, confirm in drawn(asked, 60):
        manager.data = preferences
        kept = repr(preferences)
        call = home.hass.services.async_call(
            DOMAIN, "set_up_energy_dashboard", {"confirm": confirm}, blocking=True, return_response=True
        )
        try:
            answered = await home.time.through(call)
        except HomeAssistantError:
            assert repr(manager.data) == kept
        except Exception as err:
            raise AssertionError(f"{preferences!r:.2000}") from err
        else:
            assert answered is not None
            assert answered["done"] is confirm
            assert confirm or repr(manager.data) == kept
        nothing_unforeseen(preferences)
    manager.data = None
