"""How long the credit of a meter lasts, where that cannot be told."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind

from ..conftest import Home, subentry_of

UNIT = 2
"""A prepaid meter."""


@pytest.mark.usefixtures("everything_enabled")
async def test_a_meter_that_is_silent_from_the_start_is_no_error(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    alone = home.with_meters(subentry_of(home.line.meters[UNIT]))
    assert await alone.set_up()
    await alone.time.run(1900)

    assert alone.state("sensor", UNIT, "credit_days_left").state == "unavailable"
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []

    home.line.faults.clear()
    await alone.time.run(330)
    assert alone.state("sensor", UNIT, "credit_days_left").state != "unavailable"
