"""Messages on their way: each has an end, whatever the notify action of others does."""

from __future__ import annotations

import asyncio

from homeassistant.core import ServiceCall

from custom_components.csj_meter.alerts.message import Message, MessageState, Reason

from ...alerts.found import found
from .conftest import Site


def page(site: Site, channel: str) -> Message:
    """What a channel was asked to say of the one alert."""
    (message,) = (
        one for one in site.alerting.desk.outbox if one.channel == channel and one.reason is Reason.CONFIRMED
    )
    return message


async def test_an_action_whose_own_work_is_cancelled_has_failed_and_is_tried_again(site: Site) -> None:
    connection: asyncio.Future[None] = site.hass.loop.create_future()

    async def waits_for_its_connection(_: ServiceCall) -> None:
        await connection

    site.hass.services.async_register("notify", "sms", waits_for_its_connection)
    await site.find(found(site.home.serial(1)))
    assert page(site, "sms").state is MessageState.SENDING

    connection.cancel()  # as when its integration is reloaded
    await site.home.time.run(1)
    failed = page(site, "sms")
    assert (failed.state, failed.error) == (MessageState.WAITING, "CancelledError")

    site.register("sms")
    await site.home.time.run(15)
    assert page(site, "sms").state is MessageState.DELIVERED
    assert [name for name, _ in site.said].count("sms") == 1


async def test_what_is_under_way_when_everything_stops_is_cut_off_and_not_called_failed(site: Site) -> None:
    async def never(_: ServiceCall) -> None:
        await asyncio.Event().wait()

    site.hass.services.async_register("notify", "sms", never)
    await site.find(found(site.home.serial(1)))
    alerting = site.alerting

    assert await site.home.tear_down()

    (message,) = (one for one in alerting.desk.outbox if one.channel == "sms")
    assert (message.state, message.error) == (MessageState.SENDING, None)
