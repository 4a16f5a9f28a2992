"""While Home Assistant is off no meter is silent; afterwards one is heard after the other."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from homeassistant.helpers.dispatcher import async_dispatcher_connect
import numpy as np
import pytest

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.detection.engine_jobs import feed
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.simulator import Fault, FaultKind

from ..conftest import Home

LATE = 2
"""Unit of the meter that is heard later."""

NOON = 29_700_000
"""A minute."""


@pytest.fixture
def silences(home: Home) -> list[tuple[str, str]]:
    """Serial numbers and states of silences that were told."""
    told: list[tuple[str, str]] = []

    def note(findings: list[Finding]) -> None:
        told.extend((one.serial, one.state.value) for one in findings if one.kind is Kind.METER_SILENT)

    async_dispatcher_connect(home.hass, SIGNAL_FINDINGS, note)
    return told


async def run(home: Home, minutes: int) -> None:
    """Let minutes pass, up to five seconds into one."""
    await home.time.run(60 * minutes + 5 - home.time.wall % 60)


@pytest.mark.parametrize("off", [3, 10, 600])
async def test_who_is_heard_a_minute_later_than_others_was_not_silent_before(
    home: Home, silences: list[tuple[str, str]], off: int
) -> None:
    assert await home.set_up()
    await run(home, 6)
    assert await home.tear_down()
    await home.time.run(60 * off)

    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=LATE))
    assert await home.set_up()
    await run(home, 2)
    home.line.faults.clear()
    await run(home, 4)
    assert silences == []

    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=LATE))
    await run(home, 6)
    assert silences == [(home.serial(LATE), "confirmed")]
    home.line.faults.clear()


async def test_who_is_not_heard_after_a_downtime_is_silent_a_little_later(
    home: Home, silences: list[tuple[str, str]]
) -> None:
    assert await home.set_up()
    await run(home, 6)
    assert await home.tear_down()
    await home.time.run(600)

    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=LATE))
    assert await home.set_up()
    await run(home, 6)

    assert silences == [(home.serial(LATE), "confirmed")]
    home.line.faults.clear()


def block(minute: int, *heard: tuple[bool, bool]) -> Block:
    """Minutes from ``minute`` on in which the first meter was heard, and the second."""
    fresh = np.array(heard, np.bool_)
    values = np.full((len(fresh), len(INPUTS), 2), np.nan)
    values[:, ROW["voltage_l1"]] = np.where(fresh, 230.0, np.nan)
    return Block(minute=minute, values=values, fresh=fresh)


def test_a_downtime_that_is_read_from_the_store_is_none_of_silence() -> None:
    engine = Engine([WatchedMeter(serial="A"), WatchedMeter(serial="B")], ZoneInfo("UTC"))

    feed(engine, [block(NOON, (True, True), (True, True)), block(NOON + 600, (True, False), (True, False))])
    assert engine.active() == []

    feed(engine, [block(NOON + 602, (True, False))])
    assert [(finding.serial, finding.kind) for finding in engine.active()] == [("B", Kind.METER_SILENT)]
