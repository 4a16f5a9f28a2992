"""What a minute of a hundred meters costs Home Assistant's event loop: the longest slice without a pause.

The writer of the integration runs in a Home Assistant; its meters are readings as a bus would bring them.
What is counted is the time in which the loop's thread works, not that in which somebody else has its core.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import time
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.csj_meter.coordinator import CsjCoordinator, MeterState
from custom_components.csj_meter.history.status import SIGNAL_TELEMETRY_STATUS
from custom_components.csj_meter.history.telemetry import Telemetry
from custom_components.csj_meter.meters.reading import Group, Reading
from custom_components.csj_meter.meters.sample import Sample
from custom_components.csj_meter.site_settings import SIGNAL_SITE_SETTINGS, async_site_settings

from .site import FIRST, Site

WARMING_UP = 3
"""Minutes that are not counted: everything is loaded and made in them."""


async def longest_slices(folder: Path, site: Site, minutes: int) -> list[float]:
    """The longest slice of each minute, in seconds of the loop's thread."""
    longest: list[float] = []
    now = [FIRST * 60.0]
    with patch.object(dt_util, "utcnow", lambda: dt_util.utc_from_timestamp(now[0])):
        async with async_test_home_assistant(config_dir=str(folder)) as hass:
            done = asyncio.Event()
            async_dispatcher_connect(hass, SIGNAL_TELEMETRY_STATUS, done.set)
            telemetry = Telemetry(hass, await async_site_settings(hass))
            await done.wait()
            for place, samples in enumerate(site.rounds(FIRST, FIRST + minutes)):
                coordinators = [_coordinator(sample) for sample in samples]
                done.clear()
                with _slices() as slices:
                    for coordinator in coordinators:
                        hass.loop.call_soon(telemetry.note, coordinator)
                    await asyncio.sleep(0)
                    now[0] += 60
                    async_dispatcher_send(hass, SIGNAL_SITE_SETTINGS)
                    await done.wait()
                if place >= WARMING_UP:
                    longest.append(max(slices))
            if telemetry.status.last_error is not None:
                raise RuntimeError(telemetry.status.last_error)
            await telemetry.async_close()
            await hass.async_stop(force=True)
    return longest


def _coordinator(sample: Sample) -> CsjCoordinator:
    """As much of a meter's coordinator as is looked at."""
    at = sample.minute * 60.0 + 25
    readings = {
        group: Reading(group=group, values=values, at=at) for group, values in _by_group(sample).items()
    }
    state = MeterState(online=True, readings=readings, updated=frozenset(readings))
    return cast("CsjCoordinator", SimpleNamespace(data=state, identity=SimpleNamespace(serial=sample.serial)))


def _by_group(sample: Sample) -> dict[Group, dict[str, Any]]:
    groups: dict[Group, dict[str, Any]] = {group: {} for group in (Group.LIVE, Group.ENERGY, Group.PREPAY)}
    for quantity, value in sample.values.items():
        if quantity.startswith(("price", "balance")):
            groups[Group.PREPAY][quantity] = value
        elif "energy" in quantity:
            groups[Group.ENERGY][quantity] = value
        else:
            groups[Group.LIVE][quantity] = value
    return {group: values for group, values in groups.items() if values}


@contextmanager
def _slices() -> Iterator[list[float]]:
    """Seconds of every call that the loop makes meanwhile."""
    taken: list[float] = []
    run = events.Handle._run  # noqa: SLF001 - there is no other place to stand

    def timed(handle: events.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        taken.append(time.thread_time() - begun)

    with patch.object(events.Handle, "_run", timed):
        yield taken
