"""Curves over a real connection: small, whatever the range, and no finer than the role allows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.telemetry.series import DAY, Series

from ..driven_time import EPOCH
from .conftest import Office

pytestmark = pytest.mark.loopback

UNIT = 2
NOW = dt.datetime.fromtimestamp(EPOCH, dt.UTC)


def before(**span: float) -> str:
    return (NOW - dt.timedelta(**span)).isoformat()


@pytest.fixture
async def past(office: Office) -> Office:
    """Ninety days of a meter in the store, with one peak of a minute."""
    until = int(EPOCH) // 60 - 5
    minutes = np.arange(until - 90 * DAY, until)
    power = (200.0 + minutes % 60).astype(np.float64)
    power[30 * DAY] = 9000.0
    series = Series.measured(minutes, {"active_power": power, "voltage_l1": 230.0 + minutes % 3 / 10})
    telemetry = await async_telemetry(office.hass)
    serial = office.home.serial(UNIT)
    await office.home.time.through(telemetry.async_run(lambda store: store.ingest(serial, series)))
    return office


@pytest.mark.parametrize(
    ("span", "points", "step", "resolution"),
    [
        ({"minutes": 5}, 300, 60, "minute"),
        ({"hours": 24}, 300, 300, "minute"),
        ({"days": 7}, 300, 34 * 60, "minute"),
        ({"days": 90}, 300, 8 * 3600, "hour"),
        ({"days": 90}, 2000, 7200, "hour"),
    ],
)
async def test_a_curve_has_no_more_points_than_asked_for(
    past: Office, span: dict[str, float], points: int, step: int, resolution: str
) -> None:
    viewer = await past.viewer()
    told = await viewer.ask(
        "history",
        serial=past.home.serial(UNIT),
        quantities=["active_power", "voltage_l1"],
        start=before(**span),
        end=NOW.isoformat(),
        points=points,
    )
    power = told["series"]["active_power"]

    assert (told["step"], told["resolution"]) == (step, resolution)
    assert set(told["series"]) == {"active_power", "voltage_l1"}
    assert power["unit"] == "W"
    assert {len(power[name]) for name in ("mean", "min", "max")} == {len(told["series"]["voltage_l1"]["min"])}
    assert len(power["mean"]) <= points + 1
    if span == {"days": 90}:
        assert max(filter(None, power["max"])) == 9000.0  # one minute of 129 600
    known = [value for value in power["mean"] if value is not None]
    assert all(200 <= value <= 420 for value in known)


async def test_who_may_not_see_minutes_gets_hours(past: Office) -> None:
    support = await past.person(Role.SUPPORT)
    told = await support.ask(
        "history", serial=past.home.serial(UNIT), quantities=["active_power"], start=before(hours=6)
    )

    assert (told["resolution"], told["step"]) == ("hour", 3600)


async def test_money_is_for_those_who_see_money(past: Office) -> None:
    serial = past.home.serial(UNIT)
    asked = {"serial": serial, "quantities": ["balance"], "start": before(hours=1)}
    for role, theirs in (
        (Role.TECHNICIAN, {}),
        (Role.SUPPORT, {}),
        (Role.TENANT, {"meters": (past.home.serial(1),)}),
    ):
        viewer = await past.person(role, **theirs)
        assert await viewer.refused("history", **asked) == ("unauthorized", "not_allowed"), role
    assert "balance" in (await (await past.viewer()).ask("history", **asked))["series"]


@pytest.mark.parametrize(
    "span", [{"minutes": 4}, {"days": 91}, {"days": -1}], ids=["too_short", "too_long", "in_the_future"]
)
async def test_a_range_that_cannot_be_is_refused(office: Office, span: dict[str, float]) -> None:
    viewer = await office.viewer()
    asked = {"serial": office.home.serial(UNIT), "quantities": ["active_power"]}

    assert await viewer.refused("history", **asked, start=before(**span), end=NOW.isoformat()) == (
        "service_validation_error",
        "impossible_course",
    )
