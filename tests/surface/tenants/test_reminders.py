"""Tenants hear of low credit once for each time it becomes low, whatever happens in between."""

from __future__ import annotations

from typing import Any

from homeassistant.core import ServiceCall
import pytest

from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.alerts.sms import UNICODE_LENGTH
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.tenants import Tenancy
from custom_components.csj_meter.site_settings import async_site_settings
from custom_components.csj_meter.tenants.moving import async_move_in, async_turn, new_id

from ..alerting.conftest import MAIL, SMS
from ..conftest import Home

UNIT = 2


@pytest.fixture
async def mails(opened: Home) -> list[dict[str, Any]]:
    """What is sent to the one tenant that there is."""
    sent: list[dict[str, Any]] = []

    async def said(call: ServiceCall) -> None:
        sent.append(dict(call.data))

    opened.hass.services.async_register("notify", "mail", said)
    await (await async_site_settings(opened.hass)).async_set_alerts(AlertSettings(channels=(MAIL,)))
    return sent


async def move_in(home: Home, **more: Any) -> None:
    async def do() -> None:
        serial = home.serial(UNIT)
        turn = await async_turn(home.hass, serial, None)
        await async_move_in(home.hass, Tenancy(id=new_id(), serial=serial, name="Ada", moved_in=turn, **more))

    await home.time.through(do())


async def credit(home: Home, *, low: bool) -> None:
    """Set from when on the meter says that its credit is low."""
    entity_id = home.entity_id("number", UNIT, "credit_alarm_1")
    assert entity_id is not None
    balance = float(home.state("sensor", UNIT, "balance").state)
    value = round(balance) + 50 if low else 1
    await home.time.through(
        home.hass.services.async_call(
            "number", "set_value", {"entity_id": entity_id, "value": value}, blocking=True
        )
    )
    await home.time.run(150)
    assert home.state("binary_sensor", UNIT, "credit_low").state == ("on" if low else "off")


async def test_once_an_episode(opened: Home, mails: list[dict[str, Any]]) -> None:
    await move_in(opened, channel="mail")
    await credit(opened, low=False)
    assert mails == []
    await credit(opened, low=True)
    (mail,) = mails
    assert mail["title"] == "Credit is low: Home 2"
    assert mail["message"].startswith("Hello Ada, the credit of your meter is low: ")
    assert "EUR" in mail["message"]
    assert mail["target"] == [MAIL.address]

    opened.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await opened.time.run(300)
    assert opened.state("binary_sensor", UNIT, "credit_low").state == "unavailable"
    opened.line.faults.clear()
    await opened.time.run(600)
    assert opened.state("binary_sensor", UNIT, "credit_low").state == "on"
    assert len(mails) == 1
    await credit(opened, low=False)
    await credit(opened, low=True)
    assert len(mails) == 2


async def test_an_sms_is_in_the_letters_of_the_tenants_language(opened: Home) -> None:
    sent: list[str] = []

    async def said(call: ServiceCall) -> None:
        sent.append(call.data["message"])

    opened.hass.services.async_register("notify", "sms", said)
    await (await async_site_settings(opened.hass)).async_set_alerts(AlertSettings(channels=(SMS,)))
    await move_in(opened, channel="sms", language="zh-Hans")
    await credit(opened, low=True)

    (sms,) = sent
    assert "您的电表余额不足" in sms
    assert len(sms) <= UNICODE_LENGTH


async def test_a_restart_does_not_repeat_it(opened: Home, mails: list[dict[str, Any]]) -> None:
    await move_in(opened, channel="mail")
    await credit(opened, low=True)
    assert len(mails) == 1
    hass = opened.hass
    assert await opened.tear_down()
    assert await opened.time.through(hass.config_entries.async_setup(opened.entry.entry_id))
    await opened.time.run(150)
    assert opened.state("binary_sensor", UNIT, "credit_low").state == "on"
    assert len(mails) == 1


async def test_nobody_is_told_without_a_channel_or_a_tenant(
    opened: Home, mails: list[dict[str, Any]]
) -> None:
    await credit(opened, low=True)
    await move_in(opened)
    await credit(opened, low=False)
    await credit(opened, low=True)
    assert mails == []
