"""Insights over a real connection: out of the store, the engine, the alerts and the meter, by role."""

from __future__ import annotations

from collections.abc import Sequence
import datetime as dt
from decimal import Decimal
import json
from typing import Any

from homeassistant.core import Context
from homeassistant.helpers.dispatcher import async_dispatcher_send
import numpy as np
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.advising.advising import current_advising
from custom_components.csj_meter.anomaly.baseline import Expected, Reference
from custom_components.csj_meter.assist.answers import Asker, async_answer
from custom_components.csj_meter.assist.questions import Question
from custom_components.csj_meter.detection.detection import Detection
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.tenants import Tenancies, Tenancy, Turn
from custom_components.csj_meter.telemetry.series import DAY, HOUR, Series
from custom_components.csj_meter.tenants.book import async_tenants

from ...alerts.found import START, found
from ..driven_time import EPOCH
from .conftest import CIRCUIT, Office

pytestmark = pytest.mark.loopback

UNIT = 2
"""A prepaid meter."""

DAYS = 40
NOW = int(EPOCH) // 60


def power_of(minutes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """W by the minute: little by day, more in the evening, and since four days a water heater at night."""
    of_day = minutes % DAY
    power = np.where((of_day >= 17 * HOUR) & (of_day < 22 * HOUR), 1000.0, 100.0)
    new = (minutes >= (NOW // DAY - 4) * DAY) & (of_day >= 9 * HOUR) & (of_day < 13 * HOUR)
    return np.asarray(power + 2000.0 * new)


@pytest.fixture
async def past(office: Office) -> Office:
    """Forty days of a meter in the store, up to what its counters show now."""
    home = office.home
    meter = next(
        one
        for one in home.entry.runtime_data.coordinators.values()
        if one.identity.serial == home.serial(UNIT)
    )
    minutes = np.arange(NOW - DAYS * DAY, NOW - 1)
    used = np.cumsum(power_of(minutes)) / 60_000
    columns: dict[str, Any] = {"active_power": power_of(minutes)}
    for quantity in ("energy_import", "energy_import_t1"):
        columns[quantity] = float(str(meter.value(quantity))) - used[-1] + used
    for tariff in range(2, meter.identity.tariffs + 1):
        columns[f"energy_import_t{tariff}"] = np.full(
            len(minutes), float(str(meter.value(f"energy_import_t{tariff}")))
        )
    for tariff in range(1, meter.identity.tariffs + 1):
        columns[f"price_t{tariff}"] = np.full(len(minutes), float(str(meter.value(f"price_t{tariff}"))))
    series = Series.measured(minutes, columns)
    telemetry = await async_telemetry(office.hass)
    await home.time.through(telemetry.async_run(lambda store: store.ingest(home.serial(UNIT), series)))
    await office.run(4 * 60)
    return office


async def test_an_owner_hears_all_of_it(past: Office) -> None:
    viewer = await past.viewer()
    told = await viewer.ask("insights", serial=past.home.serial(UNIT))

    assert told["unit"] == "kWh"
    assert told["state"]["severity"] == "ok"
    usage = told["usage"]
    assert usage["week"] == pytest.approx(7 * 6.9 + 3 * 8 + 6, abs=4)
    assert usage["last_week"] == pytest.approx(7 * 6.9, abs=1)
    assert usage["yesterday"] == pytest.approx(14.9, abs=0.1)
    assert usage["trend_percent"] > 40
    assert usage["trend_text"].endswith("more than usual for the season.")
    assert usage["usual_today"]["low"] <= usage["usual_today"]["expected"] <= usage["usual_today"]["high"]
    assert len(usage["hours"]) == 24
    assert told["base_load"] == {
        "watts": 100.0,
        "usual": 100.0,
        "text": "At least 100 W is always on, as usual.",
    }
    assert told["cost"]["projected_month"] >= told["cost"]["month"] > told["cost"]["today"] >= 0
    assert told["credit"] is None or told["credit"]["text"]
    [tip] = [tip for tip in told["tips"] if tip["id"].startswith("appliance")]
    assert "2 kW" in tip["text"]
    assert {"label": "Hours a day", "value": 4.0, "unit": None} in tip["figures"]
    assert json.dumps(told)


async def test_each_hears_it_in_the_language_that_is_theirs(past: Office) -> None:
    viewer, serial = await past.viewer(), past.home.serial(UNIT)
    german = await viewer.ask("insights", serial=serial, language="de-AT")

    assert german["base_load"]["text"] == "Mindestens 100 W sind immer an, wie üblich."
    english = await viewer.ask("insights", serial=serial, language="eo")
    assert english["base_load"]["text"] == "At least 100 W is always on, as usual."
    tip = german["tips"][0]["id"]
    left = await viewer.ask("insights/dismiss_tip", serial=serial, tip=tip, language="de")
    assert [one["text"] for one in left["tips"]] == [one["text"] for one in german["tips"][1:]]
    assert (await viewer.refused("insights", serial=serial, language="../de"))[0] == "invalid_format"


async def test_who_sees_neither_minutes_nor_money_hears_nothing_made_of_them(past: Office) -> None:
    viewer = await past.person(Role.SUPPORT)
    told = await viewer.ask("insights", serial=past.home.serial(UNIT))

    assert (told["cost"], told["credit"]) == (None, None)
    assert not any(tip["id"].startswith(("appliance", "tariff", "stuck_load")) for tip in told["tips"])
    assert told["usage"]["week"] > 0


async def test_a_landlord_sees_money_and_not_how_somebody_lives(past: Office) -> None:
    viewer = await past.person(Role.LANDLORD, circuits=(CIRCUIT,))
    told = await viewer.ask("insights", serial=past.home.serial(UNIT))

    assert told["cost"]["month"] > 0
    assert not any(tip["id"].startswith("appliance") for tip in told["tips"])


async def test_the_state_follows_an_alert_at_once(office: Office) -> None:
    serial, hass = office.home.serial(UNIT), office.hass
    viewer = await office.viewer()
    before = await viewer.ask("insights", serial=serial)
    assert before["state"]["key"] in ("learning", "all_quiet")

    async_dispatcher_send(hass, SIGNAL_FINDINGS, [found(serial, circuit=CIRCUIT)])
    await office.run(1)
    after = await viewer.ask("insights", serial=serial)

    assert after["state"]["key"] == "voltage_issue"
    assert after["state"]["severity"] == "critical"
    assert dt.datetime.fromisoformat(after["state"]["since"]) == START
    sensor = office.home.state("sensor", UNIT, "insight")
    assert sensor.state == after["state"]["text"]
    assert (sensor.attributes["key"], sensor.attributes["severity"]) == ("voltage_issue", "critical")


async def test_a_dismissed_tip_stays_away(past: Office, hass_storage: dict[str, Any]) -> None:
    serial = past.home.serial(UNIT)
    viewer = await past.viewer()
    told = await viewer.ask("insights", serial=serial)
    [tip] = [tip["id"] for tip in told["tips"] if tip["id"].startswith("appliance")]

    left = await viewer.ask("insights/dismiss_tip", serial=serial, tip=tip)
    assert tip not in {one["id"] for one in left["tips"]}

    await past.reload()
    await past.run(5)
    again = await viewer.ask("insights", serial=serial)
    assert tip not in {one["id"] for one in again["tips"]}
    assert hass_storage["csj_meter.dismissed_tips"]["data"] == {serial: [tip]}


async def test_money_is_told_at_once_after_a_start_and_what_is_not_known_yet_is_said(past: Office) -> None:
    serial, viewer = past.home.serial(UNIT), await past.viewer()
    before = (await viewer.ask("insights", serial=serial))["cost"]
    balance = float(past.home.state("sensor", UNIT, "balance").state)
    owner = MockUser(is_owner=True).add_to_hass(past.hass)
    asker = Asker(context=Context(user_id=owner.id), assistant="conversation", language="en")

    async def credit() -> dict[str, Any]:
        answer = await async_answer(past.hass, Question.CREDIT, asker, "Home 2")
        return answer.data[0]

    past.home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await past.reload()
    await past.run(5)
    told = await viewer.ask("insights", serial=serial)
    assert told["cost"]["month"] == pytest.approx(before["month"], abs=0.05)
    assert told["cost"]["unit"] == before["unit"]
    assert told["credit"] == {"days": None, "text": "How long the credit lasts is not known yet."}
    said = await past.home.time.through(credit())
    assert said["balance"] is None or said["balance"] == pytest.approx(balance, abs=1)
    assert "not known yet" in said["text"] or "It has not been read since." in said["text"]

    past.home.line.faults.clear()
    await past.run(150)
    told = await viewer.ask("insights", serial=serial)
    assert told["credit"]["days"] > 0
    assert told["credit"]["text"].startswith("The credit lasts ")
    said = await past.home.time.through(credit())
    assert said["balance"] == pytest.approx(balance, abs=1)
    assert told["credit"]["text"] in said["text"]


@pytest.mark.meters(live_period=30)
async def test_it_is_worked_out_when_an_hour_closes_and_not_for_everybody_who_asks(past: Office) -> None:
    serial = past.home.serial(UNIT)
    advising = current_advising(past.hass)
    assert advising is not None
    viewer = await past.viewer()
    first = await viewer.ask("insights", serial=serial)
    assert (await viewer.ask("insights", serial=serial))["at"] == first["at"]

    await past.run(200)
    later = await viewer.ask("insights", serial=serial)
    assert later["at"] > first["at"]

    async def minutes_of(hours: float) -> int:
        await past.run(3600 * hours)
        kept = advising.insights(serial)
        assert kept is not None
        return kept.at

    known = advising.insights(serial)
    assert known is not None
    assert await minutes_of(1.1) > known.at  # nobody has asked


async def moves_in(past: Office, days_ago: int) -> None:
    """Ada has lived there since a midnight so many days ago."""
    serial, book = past.home.serial(UNIT), await async_tenants(past.hass)
    moved_in = dt.datetime.fromtimestamp((NOW // DAY - days_ago) * DAY * 60, dt.UTC)

    def move_in(tenancies: Tenancies) -> Tenancies:
        turn = Turn(at=moved_in, energy=Decimal(1))
        return tenancies.with_tenancy(Tenancy(id="0" * 32, serial=serial, name="Ada", moved_in=turn))

    await past.home.time.through(book.async_change(move_in))


@pytest.mark.parametrize(("days", "usual"), [(30, None), (31, 0.2)])
async def test_what_is_usual_in_an_hour_is_theirs_after_a_month(
    past: Office, monkeypatch: pytest.MonkeyPatch, days: int, usual: float | None
) -> None:
    async def learnt(_: Detection, __: str, hours: Sequence[int]) -> list[Expected]:
        made = Expected(power=100.0, low=50.0, high=200.0, reference=Reference.ALL_DAYS, days=30, sure=1.0)
        return [made] * len(hours)

    monkeypatch.setattr(Detection, "async_expected", learnt)
    await moves_in(past, days)
    told = await (await past.viewer()).ask("insights", serial=past.home.serial(UNIT))

    assert {hour["high"] for hour in told["usage"]["hours"]} == {usual}


async def test_those_who_moved_in_see_nothing_of_before(past: Office) -> None:
    serial = past.home.serial(UNIT)
    await moves_in(past, 2)
    viewer = await past.viewer()
    told = await viewer.ask("insights", serial=serial)

    assert told["usage"]["week"] == pytest.approx(2 * 14.9 + 3, abs=3)
    assert told["usage"]["last_week"] is None
    assert told["usage"]["trend_text"] is None
    assert told["state"]["key"] == "learning"
    assert told["tips"] == []


async def test_a_meter_that_is_not_there_is_not_found(office: Office) -> None:
    viewer = await office.viewer()

    assert await viewer.refused("insights", serial="nobody") == ("not_found", "no_such_meter")
    assert (await viewer.refused("insights/dismiss_tip", serial=office.home.serial(1), tip=""))[0] == (
        "invalid_format"
    )
