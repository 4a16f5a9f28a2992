"""The weekly summary: at its hour, once, and not lost over a restart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import ServiceCall
from homeassistant.util import dt as dt_util
import numpy as np
import pytest

from custom_components.csj_meter.alerting.alerting import Alerting, current_alerting
from custom_components.csj_meter.alerting.steps import Step
from custom_components.csj_meter.alerting.summary import async_send_summary, days_before, due_before
from custom_components.csj_meter.alerts.settings import SummarySettings
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.telemetry.series import DAY, Series

from ...alerts.found import found
from ..driven_time import EPOCH
from .conftest import SETTINGS, Site

NOW = int(EPOCH) // 60
"""2026-10-31 10:00 UTC, a Saturday; 11:00 in Berlin."""

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY_NOON = SummarySettings(weekday=5, hour=12, channels=("mail",))


@pytest.fixture
async def weekly(site: Site) -> Site:
    """A site whose summary is due by mail in a minute and a half."""
    await site.hass.config.async_set_time_zone("Europe/Berlin")
    await site.set_alerts(replace(SETTINGS, summary=SATURDAY_NOON))
    await site.home.time.skip(3510)
    return site


def mails(site: Site) -> list[dict[str, Any]]:
    """The summaries that came by mail."""
    return summaries(site, "mail")


def summaries(site: Site, channel: str) -> list[dict[str, Any]]:
    """What came over a channel and is no alert: that the meters were silent while time was skipped is one."""
    said = [data for name, data in site.said if name == channel]
    return [data for data in said if data.get("title", data["message"]).startswith("Week of")]


async def start_again(site: Site) -> None:
    """As after a restart: what is in memory is gone."""
    entries = site.hass.config_entries
    assert await site.home.time.through(entries.async_setup(site.home.entry.entry_id))


async def measure(site: Site, unit_id: int, *, before: int, lately: int) -> None:
    """Two weeks of measurements: so many steps of 0.01 kWh a minute in the first and in the second."""
    week = 7 * DAY
    minutes = NOW - 11 * 60 - 2 * week + np.arange(2 * week + 600)
    used = np.where(np.arange(len(minutes)) < week, before, lately)
    found = Series(
        minutes=minutes,
        provenance=np.full(len(minutes), int(Provenance.MEASURED)),
        columns={"energy_import": np.cumsum(used)},
    )
    telemetry = await async_telemetry(site.hass)
    serial = site.home.serial(unit_id)
    await site.home.time.through(telemetry.async_run(lambda store: store.ingest(serial, found)))


async def _done(alerting: Alerting, step: Step) -> None:
    await alerting.do(step)


async def test_it_comes_once_at_its_hour_with_what_is_known_of_the_week(weekly: Site) -> None:
    await measure(weekly, 1, before=1, lately=2)
    drift = found(weekly.home.serial(2), severity=Severity.INFO, kind=Kind.DRIFT)
    two_days = dt.timedelta(days=2)
    alerting = weekly.alerting
    await weekly.home.time.through(_done(alerting, lambda now: alerting.desk.take([drift], now - two_days)))
    await weekly.home.time.run(60)
    assert mails(weekly) == []
    await weekly.home.time.run(40)

    (mail,) = mails(weekly)
    assert mail["title"] == "Week of 24 to 30 October 2026"
    assert mail["target"] == ["bob@example.org"]
    # the clocks went back: 169 hours, and the week before lacks its first one
    assert "- Home 1 – This week: 202.2, Before: 100.2, Change: +102 %" in mail["message"]
    assert "Creeping base load, Home 2" in mail["message"], "information is told here and nowhere else"
    assert "Creeping base load, Home 2" in mail["data"]["html"]
    assert "- Meters heard: 100 %" in mail["message"]

    await weekly.home.time.skip(3600)
    await weekly.home.time.run(100)
    assert len(mails(weekly)) == 1


async def test_what_was_due_while_home_assistant_was_off_comes_with_the_next_start(weekly: Site) -> None:
    await weekly.home.tear_down()
    await weekly.home.time.skip(5 * 3600)
    await start_again(weekly)
    await weekly.home.time.run(130)
    assert len(mails(weekly)) == 1

    await weekly.home.tear_down()
    await weekly.home.time.skip(3600)
    await start_again(weekly)
    await weekly.home.time.run(130)
    assert len(mails(weekly)) == 1, "another start on the same day says it again"


async def test_what_was_due_two_days_ago_is_not_told_any_more(weekly: Site) -> None:
    await weekly.home.tear_down()
    await weekly.home.time.skip(26 * 3600)
    await start_again(weekly)
    await weekly.home.time.run(130)

    assert mails(weekly) == []


async def test_a_summary_that_could_not_be_sent_is_sent_after_a_restart_as_it_was(weekly: Site) -> None:
    """The channel is gone at the hour; then everything stops, and the channel is back."""
    weekly.hass.services.async_remove("notify", "mail")
    await weekly.home.time.run(100)
    await weekly.home.tear_down()

    async def said(call: ServiceCall) -> None:
        weekly.said.append((call.service, dict(call.data)))

    weekly.hass.services.async_register("notify", "mail", said)
    await start_again(weekly)
    await weekly.home.time.run(600)

    (mail,) = mails(weekly)
    assert mail["message"].startswith("No alarms.")
    assert mail["data"]["html"].startswith("<!doctype html>")


async def test_a_summary_under_way_when_everything_stops_is_not_lost(weekly: Site) -> None:
    taken: list[str] = []

    async def never_ends(call: ServiceCall) -> None:
        if call.data["title"].startswith("Week of"):
            taken.append(call.data["title"])
        await asyncio.Event().wait()

    async def said(call: ServiceCall) -> None:
        weekly.said.append((call.service, dict(call.data)))

    weekly.hass.services.async_register("notify", "mail", never_ends)
    await weekly.home.time.run(95)
    assert len(taken) == 1
    await weekly.home.tear_down()
    weekly.hass.services.async_register("notify", "mail", said)
    await start_again(weekly)
    await weekly.home.time.run(600)

    assert [mail["title"] for mail in mails(weekly)] == taken
    alerting = current_alerting(weekly.hass)
    assert alerting is not None
    kept = alerting.async_read(lambda store: store.kept(dt_util.utcnow(), dt.timedelta(1)))
    left = await weekly.home.time.through(kept)
    assert not any(key.startswith("letter ") for key in left.notes), "what has arrived is kept for ever"


async def test_the_fallback_says_the_same(weekly: Site) -> None:
    channels = tuple(
        replace(channel, fallback="phone") if channel.id == "mail" else channel
        for channel in SETTINGS.channels
    )
    await weekly.set_alerts(replace(SETTINGS, channels=channels, summary=SATURDAY_NOON))
    weekly.hass.services.async_remove("notify", "mail")
    await weekly.home.time.run(500)

    (push,) = summaries(weekly, "phone")
    assert push["title"] == "Week of 24 to 30 October 2026"
    assert push["message"].startswith("No alarms.")
    assert "\n" not in push["message"], "a notification holds 4 kB"


async def test_somebody_asks_for_it(weekly: Site) -> None:
    content = await weekly.home.time.through(async_send_summary(weekly.hass, ["mail", "sms"]))
    await weekly.home.time.run(1)

    assert json.loads(json.dumps(content))["kpis"]["alarms"] == 0
    assert len(content["meters"]) == 2
    assert content["meters"][1]["balance"] is not None, "the second meter is a prepaid one"
    assert len(mails(weekly)) == 1
    (text,) = [data["message"] for data in summaries(weekly, "sms")]
    assert text.startswith("Week of 24 to 31 October 2026. No alarms.")
    assert len(text) <= 160

    await weekly.home.time.run(100)
    assert len(mails(weekly)) == 2, "what was asked for takes the place of the weekly one"


async def test_unloading_leaves_nothing_that_would_send(weekly: Site) -> None:
    await weekly.home.tear_down()
    await weekly.home.time.run(200)

    assert mails(weekly) == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-02T07:59+01:00", "2026-10-26T08:00+01:00"),
        ("2026-11-02T08:00+01:00", "2026-11-02T08:00+01:00"),
        ("2026-11-08T23:59+01:00", "2026-11-02T08:00+01:00"),
    ],
)
def test_it_is_due_by_the_clock_on_the_wall(now: str, due: str) -> None:
    moment = dt.datetime.fromisoformat(now).astimezone(dt.UTC)

    assert due_before(SummarySettings(weekday=0, hour=8), moment, BERLIN) == dt.datetime.fromisoformat(due)


def test_an_hour_that_the_clocks_leave_out_is_the_one_after_it() -> None:
    settings = SummarySettings(weekday=6, hour=2)
    moment = dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)  # 03:00, a minute after 01:59

    assert due_before(settings, moment, BERLIN) == moment


def test_a_week_has_seven_days_whatever_the_clocks_do() -> None:
    span = days_before(dt.datetime(2026, 10, 26, 7, tzinfo=dt.UTC), BERLIN)

    assert [moment.astimezone(BERLIN).isoformat() for moment in (span.before, span.since, span.until)] == [
        "2026-10-12T00:00:00+02:00",
        "2026-10-19T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
    ]
    assert span.until - span.since == dt.timedelta(hours=169)


async def test_a_clock_that_was_ahead_does_not_hold_it_up_nor_have_it_said_again(site: Site) -> None:
    await site.hass.config.async_set_time_zone("Europe/Berlin")
    await site.home.time.step(3 * 86_400)
    await site.home.tear_down()
    await start_again(site)
    await site.set_alerts(replace(SETTINGS, summary=SATURDAY_NOON))
    await site.home.time.run(300)
    await site.home.time.step(-3 * 86_400)
    await site.home.time.run(3600 + 100)

    assert len(mails(site)) == 1
    await site.home.time.step(-600)
    await site.home.time.run(700)
    assert len(mails(site)) == 1, "it is due a second time by the clock, but it was sent"
