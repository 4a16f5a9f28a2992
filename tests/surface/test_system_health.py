"""What the system health page says."""

from __future__ import annotations

import datetime as dt
import re

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import Fault, FaultKind

from .conftest import Home


async def test_it_counts_bridges_meters_and_those_that_answer(bridge: Home, hass: HomeAssistant) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=2))
    await bridge.time.run(150)
    assert await bridge.time.through(async_setup_component(hass, "system_health", {}))
    await bridge.time.run(0)

    told = await get_system_health_info(hass, DOMAIN)

    assert re.fullmatch(r"\d+\.\d MB", told.pop("telemetry_size"))
    rate = told.pop("telemetry_rate")
    assert 0.5 < rate <= 2
    assert re.fullmatch(r"\d+\.\d ms", told.pop("detection_tick"))
    assert re.fullmatch(r"\d+ kB", told.pop("detection_size"))
    assert told == {
        "bridges": 1,
        "meters": 2,
        "meters_online": 1,
        "broken_profiles": 0,
        "telemetry_database": "sqlite",
        "telemetry_oldest": dt.datetime(2026, 10, 31, 10, tzinfo=dt.UTC),
        "telemetry_lag": "0 s",
        "telemetry_waiting": 0,
        "telemetry_error": "none",
        "detection_meters": 2,
        "detection_days": "0..0",
        "alerts_active": 0,
        "alerts_waiting": 0,
        "alerts_failing": 0,
    }
