"""Whether ``helpers`` says what Home Assistant's helpers say: they are run, minute by minute.

The times lie in the future, so that what the sensors plan for later does not happen meanwhile.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
import tempfile
from types import SimpleNamespace
from typing import Final
from unittest.mock import patch

from homeassistant.components.statistics import sensor as statistics_sensor
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import numpy as np
from numpy.typing import NDArray
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from . import helpers

FIRST: Final = 4_102_444_800
"""2100-01-01 00:00 UTC."""

MAX_AGE: Final = 45
"""Minutes of the two ``statistics`` sensors here."""

UPPER: Final = 1.5
"""Of the ``threshold`` sensor here."""

MINUTES: Final = 600

SOURCE: Final = "sensor.power"
SCORE: Final = "sensor.score"
STATISTICS: Final = {"mean": "sensor.usual", "standard_deviation": "sensor.spread"}
THRESHOLD: Final = "binary_sensor.unusual"


def check() -> None:
    """Compare the states of a short series with gaps and steady stretches.

    Raises RuntimeError when one differs.
    """
    draw = np.random.default_rng(1)
    load = np.repeat(draw.gamma(0.7, 900, MINUTES // 4), 4).astype(np.float32)
    load += draw.integers(-3, 4, MINUTES).astype(np.float32)
    load[100:103] = load[300:360] = load[0] = np.nan
    with tempfile.TemporaryDirectory() as folder:
        mean, spread, on = asyncio.run(_states(Path(folder), load))
    expected = helpers.statistics(load, MAX_AGE)
    scores = np.abs(np.rint(load) - expected[0]) / np.where(expected[1] > 0, expected[1], np.nan)
    for name, theirs, ours in (
        ("mean", mean, expected[0]),
        ("standard_deviation", spread, expected[1]),
        ("threshold", on, helpers.threshold(scores[:, None].astype(np.float32), UPPER)[:, 0]),
    ):
        if not np.array_equal(theirs, ours, equal_nan=name != "threshold"):
            raise RuntimeError(f"{name} is not what Home Assistant makes of it")


async def _states(folder: Path, load: NDArray[np.float32]) -> tuple[NDArray[np.float64], ...]:
    """What the three sensors show after each sample."""
    now = [float(FIRST)]
    shown = np.full((3, len(load)), np.nan)
    clock = patch.object(statistics_sensor, "time", SimpleNamespace(time=lambda: now[0]))
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        with clock:
            await _set_up(hass)
            for minute, watts in enumerate(load):
                now[0] = FIRST + 60.0 * minute
                state = STATE_UNAVAILABLE if np.isnan(watts) else f"{np.rint(watts):.0f}"
                hass.states.async_set(SOURCE, state, timestamp=now[0])
                await hass.async_block_till_done()
                mean, spread = (_number(hass, entity) for entity in STATISTICS.values())
                value = "unknown" if np.isnan(mean) or spread == 0 else abs(float(state) - mean) / spread
                hass.states.async_set(SCORE, str(np.float32(value) if value != "unknown" else value))
                await hass.async_block_till_done()
                shown[:, minute] = mean, spread, hass.states.is_state(THRESHOLD, "on")
        await hass.async_stop(force=True)
    return tuple(shown)


def _number(hass: HomeAssistant, entity: str) -> float:
    state = hass.states.get(entity)
    try:
        return float(state.state) if state is not None else np.nan
    except ValueError:
        return np.nan


async def _set_up(hass: HomeAssistant) -> None:
    sensors = [
        {
            "platform": "statistics",
            "name": entity.partition(".")[2],
            "entity_id": SOURCE,
            "state_characteristic": characteristic,
            "max_age": {"minutes": MAX_AGE},
        }
        for characteristic, entity in STATISTICS.items()
    ]
    limit = {
        "platform": "threshold",
        "name": THRESHOLD.partition(".")[2],
        "entity_id": SCORE,
        "upper": UPPER,
        "hysteresis": helpers.HYSTERESIS * UPPER,
    }
    assert await async_setup_component(hass, "sensor", {"sensor": sensors})
    assert await async_setup_component(hass, "binary_sensor", {"binary_sensor": [limit]})
    await hass.async_block_till_done()
