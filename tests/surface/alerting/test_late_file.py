"""The file of the alerts cannot be opened at the start: what it has is not lost when it can be again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeassistant.helpers import issue_registry as ir

from custom_components.csj_meter.alerting.keeping import ISSUE_ALERTS, alerts_path
from custom_components.csj_meter.alerting.letters import Text
from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.message import MessageState, Reason
from custom_components.csj_meter.const import DOMAIN

from ...alerts.found import found
from .conftest import Site

SINGLE_PHASE = 2
"""Unit id of a meter on which a sag is one alert."""


@asynccontextmanager
async def file_out_of_reach(site: Site) -> AsyncIterator[None]:
    """Restart while something else is in the place of the file."""
    path = alerts_path(site.hass)
    aside = path.with_suffix(".aside")
    assert await site.home.tear_down()
    path.rename(aside)
    path.mkdir()
    assert await site.home.time.through(site.hass.config_entries.async_setup(site.home.entry.entry_id))
    assert ir.async_get(site.hass).async_get_issue(DOMAIN, ISSUE_ALERTS) is not None
    try:
        yield
    finally:
        path.rmdir()
        aside.rename(path)


def sagging(site: Site) -> Alert:
    """The alert of the meter whose voltage sags."""
    (alert,) = (one for one in site.alerting.desk.alerts if one.serial == site.home.serial(SINGLE_PHASE))
    return alert


def orders(site: Site) -> dict[str, str | None]:
    """Name of each work order -> serial number of its meter."""
    return {order.name: order.serial for order in site.alerting.work_orders.orders}


async def test_work_orders_of_before_keep_their_numbers_and_new_ones_are_counted_on(site: Site) -> None:
    first, second = site.home.serial(1), site.home.serial(2)
    await site.find(found(first))
    assert orders(site) == {"WO-0001": first}

    async with file_out_of_reach(site):
        await site.find(found(second))
        assert orders(site) == {"WO-0001": second}
    await site.home.time.run(120)

    assert orders(site) == {"WO-0001": first, "WO-0002": second}
    (alert,) = (one for one in site.alerting.desk.alerts if one.serial == second)
    assert alert.ticket == "WO-0002"
    assert ir.async_get(site.hass).async_get_issue(DOMAIN, ISSUE_ALERTS) is None
    await site.restart()
    assert orders(site) == {"WO-0001": first, "WO-0002": second}


async def test_what_was_said_of_an_alert_that_still_stands_holds(site: Site) -> None:
    await site.sag(SINGLE_PHASE)
    await site.home.time.through(site.alerting.async_acknowledge(sagging(site).id, "Ada"))
    before = sagging(site)

    async with file_out_of_reach(site):
        await site.home.time.run(120)
        assert sagging(site).state is AlertState.CONFIRMED, "it is found anew"
        assert orders(site) == {"WO-0001": before.serial}
    said = len(site.said)
    await site.home.time.run(120)

    assert sagging(site).state is AlertState.ACKNOWLEDGED
    assert sagging(site).acknowledged_by == "Ada"
    assert sagging(site).raised_at == before.raised_at
    assert orders(site) == {"WO-0001": before.serial}, "nobody needs two of them"
    assert len(site.said) == said
    await site.restart()
    assert sagging(site).acknowledged_by == "Ada"


async def test_an_alert_that_was_over_by_then_is_over(site: Site) -> None:
    await site.sag(SINGLE_PHASE)

    async with file_out_of_reach(site):
        await site.home.time.run(120)
        site.home.line.faults.clear()
        await site.home.time.run(600)
        assert sagging(site).state is AlertState.CLEARED
        assert await site.home.time.through(
            site.alerting.async_change_work_order(
                lambda now: site.alerting.work_orders.complete(1, "Eve", now), "completed"
            )
        )
    await site.home.time.run(120)

    assert sagging(site).state is AlertState.CLEARED
    (order,) = site.alerting.work_orders.orders
    assert (order.name, order.completed_by) == ("WO-0001", "Eve")


async def test_what_was_to_be_remembered_is(site: Site) -> None:
    alerting = site.alerting
    for key in ("week", "month"):
        await site.home.time.through(alerting.async_note(key, "before"))

    async with file_out_of_reach(site):
        await site.home.time.through(site.alerting.async_note("month", "since"))
        assert site.alerting.notes == {"month": "since"}
    await site.home.time.run(120)

    assert site.alerting.notes == {"week": "before", "month": "since"}
    await site.restart()
    assert site.alerting.notes == {"week": "before", "month": "since"}


async def test_what_nobody_was_told_before_is_told(site: Site) -> None:
    site.hass.services.async_remove("notify", "sms")
    text = Text(title="Credit", text="Your credit is low.", html="")
    await site.home.time.through(site.alerting.async_say(Reason.LETTER, "sms", "today", text))
    await site.home.time.run(1)
    (letter,) = site.alerting.desk.outbox
    assert (letter.state, letter.attempts) == (MessageState.WAITING, 1)

    async with file_out_of_reach(site):
        await site.home.time.run(120)
        assert list(site.alerting.desk.outbox) == []
    site.register("sms")
    await site.home.time.run(120)

    assert [data["message"] for _, data in site.said] == ["Credit. Your credit is low."]
