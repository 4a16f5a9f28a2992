"""Tenants by action: moving in and out, links, statements of a month, and who may do that."""

from __future__ import annotations

from typing import Any

from homeassistant.core import Context, ServiceCall
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site_settings import async_site_settings
from custom_components.csj_meter.tenants.book import async_tenants

from ..alerting.conftest import MAIL
from ..conftest import Home
from ..people import give_role
from .conftest import Call

UNIT, OTHER, PLAIN = 2, 5, 4

pytestmark = pytest.mark.meters(UNIT, live_period=60)


async def problem(call: Call, action: str, unit: int | None = UNIT, **data: Any) -> str | None:
    """The key of the error of an action."""
    with pytest.raises(HomeAssistantError) as told:
        await call(action, unit, **data)
    return told.value.translation_key


@pytest.fixture
async def mails(opened: Home) -> list[dict[str, Any]]:
    """What is sent over the one channel that there is."""
    sent: list[dict[str, Any]] = []

    async def said(call: ServiceCall) -> None:
        sent.append(dict(call.data))

    opened.hass.services.async_register("notify", "mail", said)
    await (await async_site_settings(opened.hass)).async_set_alerts(AlertSettings(channels=(MAIL,)))
    return sent


@pytest.mark.days
async def test_a_tenancy_from_the_first_day_to_the_closing_statement(opened: Home, call: Call) -> None:
    told = await call("move_in", UNIT, name="Ada", email="ada@example.org", language="fr")
    assert told["meter"] == opened.serial(UNIT)
    first = told["moved_in"]
    assert first["energy"] > 0
    await call("top_up", UNIT, amount=12.5)
    await opened.time.run(3 * 3600)

    closing = await call("move_out", UNIT)
    last = closing["moved_out"]
    assert closing["tenant"] == "Ada"
    assert closing["energy"] == pytest.approx(last["energy"] - first["energy"])
    assert closing["topped_up"] == 12.5
    assert closing["unit"] == "EUR"
    assert closing["cost"] == pytest.approx(first["balance"] + 12.5 - last["balance"], abs=0.005)
    assert closing["credit_left"] == last["balance"]
    statement = closing["statement"]
    assert statement["topped_up"] == 12.5
    assert statement["html"].startswith('<!doctype html>\n<html lang="fr">')
    assert statement["csv"].startswith("Compteur,")
    assert statement["month"].startswith("2026-10-31")

    listed = (await call("list_tenants"))["tenants"]
    assert [one["name"] for one in listed] == ["Ada"]
    assert listed[0]["moved_out"] == last
    assert (await call("forget_tenants", UNIT)) == {"forgotten": 1}
    assert (await call("list_tenants")) == {"tenants": []}


@pytest.mark.days
async def test_the_next_one_is_not_told_of_the_one_before(opened: Home, call: Call) -> None:
    await call("move_in", UNIT, name="Ada")
    await call("top_up", UNIT, amount=50)
    await opened.time.run(2 * 3600)
    await call("move_out", UNIT)
    await opened.time.run(60)
    await call("move_in", UNIT, name="Bob")
    await opened.time.run(2 * 3600)

    told = await call("monthly_statements", None, month="2026-10")
    paid = {one["tenant"]: one["statement"]["topped_up"] for one in told["statements"]}
    assert paid == {"Ada": 50.0, "Bob": 0.0}
    assert (
        "50.00" not in next(one for one in told["statements"] if one["tenant"] == "Bob")["statement"]["csv"]
    )


async def test_mistakes_have_their_sentence(opened: Home, call: Call) -> None:
    assert await problem(call, "move_out") == "nobody_lives_there"
    assert await problem(call, "make_portal_link") == "nobody_lives_there"
    assert await problem(call, "move_in", name="Ada", at="2030-01-01 00:00:00") == "turn_in_the_future"
    assert await problem(call, "move_in", name=" ") == "impossible_tenant"
    assert await problem(call, "move_in", name="Ada", channel="Pigeon") == "no_such_channel"
    await call("move_in", UNIT, name="Ada", energy=500_000)
    assert await problem(call, "move_in", name="Bob") == "somebody_lives_there"
    await opened.time.run(60)
    assert await problem(call, "move_out") == "counter_fell"
    assert await problem(call, "move_out", at="2026-10-01 00:00:00", energy=500_000) == "out_before_in"
    with pytest.raises(HomeAssistantError):
        await call("list_tenants", None, device_id="none")


async def test_what_a_silent_meter_showed_hours_ago_is_no_reading(opened: Home, call: Call) -> None:
    await call("move_in", UNIT, name="Ada")
    opened.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await opened.time.run(2 * 3600)

    closing = await call("move_out", UNIT)

    assert (closing["moved_out"]["energy"], closing["moved_out"]["balance"]) == (None, None)
    assert closing["energy"] is None


@pytest.mark.meters(UNIT, PLAIN, live_period=60)
async def test_readings_of_the_past_come_from_the_store(opened: Home, call: Call) -> None:
    await opened.time.run(3600)
    told = await call("move_in", UNIT, name="Ada", at="2026-10-31 03:30:00")
    assert told["moved_in"]["at"] == "2026-10-31T10:30:00+00:00"
    assert told["moved_in"]["energy"] is not None
    assert told["moved_in"]["balance"] is not None
    long_ago = await call("move_in", PLAIN, name="Bob", at="2020-01-01 00:00:00")
    assert long_ago["moved_in"]["energy"] is None


async def test_a_link_is_told_once_and_ends(opened: Home, call: Call) -> None:
    await call("move_in", UNIT, name="Ada")
    link = (await call("make_portal_link", UNIT))["link"]
    book = await async_tenants(opened.hass)
    token = link.partition("#")[2]
    assert book.tenancies.by_token(token) is not None
    assert token not in str(await call("list_tenants"))

    async def revoke() -> None:
        device = dr.async_get(opened.hass).async_get_device_by_identifier(
            ("csj_meter", opened.serial(UNIT)), opened.entry.entry_id
        )
        assert device is not None
        await opened.hass.services.async_call(
            "csj_meter", "revoke_portal_link", {"device_id": device.id}, blocking=True
        )

    await opened.time.through(revoke())
    assert book.tenancies.by_token(token) is None


@pytest.mark.days
@pytest.mark.meters(UNIT, OTHER, PLAIN, live_period=60)
async def test_statements_are_sent_to_those_with_a_channel_in_their_language(
    opened: Home, call: Call, mails: list[dict[str, Any]]
) -> None:
    await call("move_in", UNIT, name="Ada", channel="Mail", language="zh-Hans")
    await call("move_in", OTHER, name="Bob", language="pt-BR")
    await call("move_in", PLAIN, name="Eve")
    await opened.time.run(2 * 3600)

    told = await call("monthly_statements", None, month="2026-10", send=True)
    assert {one["tenant"]: one["sent"] for one in told["statements"]} == {
        "Ada": True,
        "Bob": False,
        "Eve": False,
    }
    await opened.time.run(60)
    (mail,) = mails
    assert mail["title"] == "账单：Home 2"
    assert "Ada，您好" in mail["message"]
    assert "2026年10月31日" in mail["message"]
    assert mail["message"].count("\n- ") == 4, "cost, credit, energy and what was topped up"
    pages = {one["tenant"]: one["statement"]["html"] for one in told["statements"] if one["statement"]}
    assert mail["data"]["html"] == pages["Ada"]
    assert '<html lang="zh-Hans">' in pages["Ada"]
    assert "2026年10月31日账单 · Home 2" in pages["Ada"]
    assert '<html lang="pt">' in pages["Bob"]
    assert "31 de outubro de 2026" in pages["Bob"]
    # asked for once more on that day, it is not sent again
    await call("monthly_statements", None, month="2026-10", send=True)
    await opened.time.run(60)
    assert len(mails) == 1
    assert (await call("monthly_statements", None, month="2026-08"))["statements"] == []
    assert (await call("monthly_statements", None, month=""))["month"] == "2026-09"


async def test_a_tenant_is_reminded_over_their_channel_with_a_receipt(
    opened: Home, call: Call, mails: list[dict[str, Any]]
) -> None:
    await call("move_in", UNIT, name="Ada", channel="Mail", language="de")
    (before,) = (await call("list_tenants"))["tenants"]
    assert (before["channel"], before["reminded_at"]) == ("Mail", None)

    told = await call("remind_tenant", UNIT)
    (mail,) = mails
    assert (told["state"], told["channel"], told["tenant"]) == ("delivered", "Mail", "Ada")
    assert mail["target"] == [MAIL.address]
    assert mail["title"] == "Guthaben: Home 2", "in the language of the tenant, and not that it is low"
    balance = float(opened.state("sensor", UNIT, "balance").state)
    assert f"{balance:.2f}".replace(".", ",") in mail["message"]
    (after,) = (await call("list_tenants"))["tenants"]
    assert after["reminded_at"] == told["at"]

    # two taps are one reminder, another day has its own
    assert (await call("remind_tenant", UNIT))["state"] == "delivered"
    assert len(mails) == 1
    await opened.time.run(3600)
    await call("remind_tenant", UNIT)
    assert len(mails) == 2


@pytest.mark.meters(UNIT, OTHER, live_period=60)
async def test_a_reminder_that_cannot_be_sent_says_so(
    opened: Home, call: Call, mails: list[dict[str, Any]]
) -> None:
    assert await problem(call, "remind_tenant") == "nobody_lives_there"
    await call("move_in", OTHER, name="Bob", phone="+44 20 7946 0000")
    told = await call("remind_tenant", OTHER)
    assert (told["state"], told["channel"]) == ("no_channel", None)

    await call("move_in", UNIT, name="Ada", channel="Mail")
    services = opened.hass.services
    mail = services.async_services_for_domain("notify")["mail"].job.target
    services.async_remove("notify", "mail")
    told = await call("remind_tenant", UNIT)
    assert (told["state"], told["channel"]) == ("waiting", "Mail")
    assert mails == []
    services.async_register("notify", "mail", mail)
    await opened.time.run(300)
    assert len(mails) == 1, "it is tried again until it has arrived"

    await (await async_site_settings(opened.hass)).async_set_alerts(AlertSettings())
    await opened.time.run(60)
    assert (await call("remind_tenant", UNIT))["state"] == "no_channel", "the channel was removed"


@pytest.mark.days
@pytest.mark.meters(UNIT, OTHER, live_period=60)
async def test_a_landlord_does_so_for_their_meters(
    opened: Home, call: Call, hass_read_only_user: MockUser
) -> None:
    await call("move_in", OTHER, name="Bob")
    await give_role(opened.hass, hass_read_only_user, Role.LANDLORD, meters=[opened.serial(UNIT)])
    landlord = Context(user_id=hass_read_only_user.id)

    await call("move_in", UNIT, context=landlord, name="Ada")
    assert [one["name"] for one in (await call("list_tenants", context=landlord))["tenants"]] == ["Ada"]
    await opened.time.run(2 * 3600)
    told = await call("monthly_statements", context=landlord, month="2026-10")
    assert [one["tenant"] for one in told["statements"]] == ["Ada"]
    assert (await call("remind_tenant", UNIT, context=landlord))["state"] == "no_channel"
    with pytest.raises(Unauthorized):
        await call("remind_tenant", OTHER, context=landlord)
    await (await async_site_settings(opened.hass)).async_set_alerts(AlertSettings(channels=(MAIL,)))
    with pytest.raises(HomeAssistantError) as told_wrong:
        await call("move_in", UNIT, context=landlord, name="Bob", channel="Pigeon")
    # channels are called after people; an owner hears which there are
    assert told_wrong.value.translation_placeholders == {"channel": "Pigeon", "known": "-"}
    with pytest.raises(HomeAssistantError) as told_wrong:
        await call("move_in", OTHER, name="Bob", channel="Pigeon")
    assert told_wrong.value.translation_placeholders == {"channel": "Pigeon", "known": "Mail"}
    with pytest.raises(Unauthorized):
        await call("move_out", OTHER, context=landlord)
    with pytest.raises(Unauthorized):
        await call("list_tenants", OTHER, context=landlord)
