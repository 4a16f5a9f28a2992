"""A Home Assistant with many meters and an alert desk, and findings that it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from statistics import quantiles
import tempfile
import time
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.csj_meter.alerting.alerting import async_alerting, async_close_alerting
from custom_components.csj_meter.alerting.status import EVENT_ALERT
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.kinds import Severity, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.site_settings import async_site_settings
from custom_components.csj_meter.site_texts import async_load_texts
from tests.alerts.found import found

SETTINGS = AlertSettings(
    channels=(Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada"),),
    routes=(Route(severities=(Severity.CRITICAL,), channels=("phone",)),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Milliseconds, of many findings."""

    median: float
    p95: float

    @classmethod
    def of(cls, seconds: list[float]) -> Delays:
        """From seconds."""
        parts = quantiles(seconds, n=20)
        return cls(median=1000 * parts[9], p95=1000 * parts[18])


@asynccontextmanager
async def site(meters: int, folder: str) -> AsyncIterator[HomeAssistant]:
    """Home Assistant with so many configured meters, each with its device."""
    async with async_test_home_assistant(config_dir=folder) as hass:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Cellar",
            data={"link": "simulated"},
            subentries_data=[
                ConfigSubentryData(
                    data={"circuit": f"circuit {number // 10}"},
                    subentry_type="meter",
                    title=f"Home {number}",
                    unique_id=f"SN{number}",
                )
                for number in range(meters)
            ],
        )
        entry.add_to_hass(hass)
        for subentry in entry.subentries.values():
            dr.async_get(hass).async_get_or_create(
                config_entry_id=entry.entry_id,
                config_subentry_id=subentry.subentry_id,
                identifiers={(DOMAIN, str(subentry.unique_id))},
                name=subentry.title,
            )

        async def said(_: ServiceCall) -> None:
            """Take it."""

        hass.services.async_register("notify", "phone", said)
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test tools forbid to look for any
        await async_load_texts(hass)
        await (await async_site_settings(hass)).async_set_alerts(SETTINGS)
        await async_alerting(hass)
        yield hass
        await async_close_alerting(hass)
        await hass.async_stop(force=True)


async def finding_to_event(meters: int, rounds: int) -> Delays:
    """From the signal of the engine to the event on the bus, of a finding that is confirmed."""
    delays: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with site(meters, folder) as hass:
            heard = asyncio.Event()

            @callback
            def happened(event: Event[dict[str, Any]]) -> None:
                if event.data["type"] == "confirmed":
                    delays.append(time.perf_counter() - begun)
                    heard.set()

            hass.bus.async_listen(EVENT_ALERT, happened)
            for number in range(rounds):
                serial = f"SN{number % meters}"
                since = number // meters
                async_dispatcher_send(
                    hass, SIGNAL_FINDINGS, [found(serial, State.SUSPECTED, since=since, circuit=None)]
                )
                await asyncio.sleep(0.02)
                heard.clear()
                begun = time.perf_counter()
                async_dispatcher_send(hass, SIGNAL_FINDINGS, [found(serial, since=since, circuit=None)])
                await heard.wait()
                await asyncio.sleep(0.02)
    return Delays.of(delays)


def one_flush(times: int = 200) -> Delays:
    """The floor: a page of the size that SQLite writes, appended to a file and flushed to the same disk."""
    delays = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(times):
            begun = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
            delays.append(time.perf_counter() - begun)
    return Delays.of(delays)
