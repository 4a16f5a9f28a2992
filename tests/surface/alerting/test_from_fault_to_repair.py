"""The whole way, with the real parts: a sag on the line, a phone that rings, a technician who sees to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
import datetime as dt
from typing import Any

from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.alerting.status import EVENT_ALERT
from custom_components.csj_meter.alerts.settings import (
    AlertSettings,
    Channel,
    Medium,
    Route,
    TicketSettings,
)
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site_settings import async_site_settings

from ..conftest import Home, subentry_of
from .real_parts import SECRET, Mailbox, Phone, Receiver, mail_server, receiver, register_phone, set_up_mail

MINUTE = 60.0
METERS = (1, 2, 3, 4, 5)
UNIT = 2

pytestmark = pytest.mark.loopback


class Street:
    """Five meters on one circuit, and everybody who is told."""

    def __init__(self, home: Home, phone: Phone, mailbox: Mailbox, system: Receiver) -> None:
        self.home, self.phone, self.mailbox, self.system = home, phone, mailbox, system
        self.texts: list[str] = []
        self.events: list[dict[str, Any]] = []

    @property
    def told(self) -> list[tuple[str, str]]:
        """Types of events, and whom they are about, of what is confirmed."""
        return [(event["type"], event["serial"] or event["circuit"]) for event in self.events]

    async def minutes(self, count: int) -> None:
        """Let minutes pass, until a few seconds after the last of them was looked at."""
        time = self.home.time
        end = time.wall + MINUTE * count + 5 - time.wall % MINUTE
        while time.wall < end:
            await time.run(min(10.0, end - time.wall))
            for _ in range(50):  # time for what comes over sockets: a phone that does not answer is cut off
                await asyncio.sleep(0)

    def sag(self, *units: int) -> None:
        for unit in units:
            self.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=unit, magnitude=0.3))


@pytest.fixture
async def street(
    home: Home, hass_client: ClientSessionGenerator, hass_ws_client: WebSocketGenerator
) -> AsyncIterator[Street]:
    hass = home.hass
    async with mail_server() as mailbox, receiver() as system:
        meters = [home.line.meters[unit] for unit in METERS]
        bridge = home.with_meters(
            *(subentry_of(meter, circuit="Elm Street", **{CONF_KEY: meter.nameplate.key}) for meter in meters)
        )
        mail = await set_up_mail(hass, mailbox.port, "bob@example.org")
        for domain in (DOMAIN, "mobile_app", "frontend"):  # their addresses, before the server listens
            assert await home.time.through(async_setup_component(hass, domain, {}))
        phone = await register_phone(hass, await hass_client(), hass_ws_client)
        street = Street(bridge, phone, mailbox, system)
        listening = asyncio.create_task(phone.listen())

        async def text(call: ServiceCall) -> None:
            street.texts.append(call.data["message"])

        hass.services.async_register("notify", "sms", text)

        @callback
        def happened(event: Event[dict[str, Any]]) -> None:
            street.events.append(dict(event.data))

        hass.bus.async_listen(EVENT_ALERT, happened)
        hass.config.internal_url = "http://home.example.org:8123"
        await (await async_site_settings(hass)).async_set_alerts(
            AlertSettings(
                channels=(
                    Channel(id="push", name="Phone", medium=Medium.PUSH, target=phone.action, person="Ada"),
                    Channel(
                        id="sms",
                        name="SMS",
                        medium=Medium.SMS,
                        target="notify.sms",
                        person="Ada",
                        address="+15550100",
                    ),
                    Channel(
                        id="mail",
                        name="Customer",
                        medium=Medium.EMAIL,
                        target=mail,
                        person="Bob",
                        meters=(bridge.serial(UNIT),),
                    ),
                ),
                routes=(Route(severities=(Severity.CRITICAL,), channels=("push", "sms", "mail")),),
                tickets=TicketSettings(webhook_url=system.url, webhook_secret=SECRET),
            )
        )
        assert await bridge.set_up()
        await street.minutes(4)
        street.events.clear()
        yield street
        await phone.socket.close()
        await listening


def _work_order(hass: HomeAssistant) -> str:
    alerting = current_alerting(hass)
    assert alerting is not None
    (order,) = alerting.work_orders.orders
    return order.name


async def test_a_sag_on_one_meter_rings_is_seen_to_and_ends(street: Street) -> None:
    hass, serial = street.home.hass, street.home.serial(UNIT)
    street.sag(UNIT)
    begun = street.home.time.wall
    await street.minutes(3)
    # the third sample is looked at a few seconds into the minute after it
    assert street.told == [("raised", serial), ("confirmed", serial)]
    confirmed = street.events[1]
    assert (confirmed["severity"], confirmed["scope"]) == ("critical", "individual")
    assert dt.datetime.fromisoformat(confirmed["at"]).timestamp() - begun < 3 * MINUTE + 10

    pushed = await street.phone.shown.get()
    mail = await street.mailbox.mails.get()
    order = await street.system.calls.get()
    assert pushed["title"] == mail["Subject"] == "Critical: Voltage sag, Home 2"
    assert pushed["data"]["push"]["sound"]["critical"] == 1
    assert pushed["data"]["media_stream"] == "alarm_stream"
    html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert plain is not None
    assert "Voltage sag" in html.get_content()
    assert "Only this meter." in plain.get_content()
    assert mail["To"] == "Bob <bob@example.org>"
    assert len(street.texts) == 1
    assert len(street.texts[0]) <= 160
    assert order["type"] == "opened"
    assert order["work_order"]["number"] == _work_order(hass) == "WO-0001"
    assert order["alert"]["alert_id"] == confirmed["alert_id"]

    # the phone acknowledges
    acknowledge = pushed["data"]["actions"][0]
    assert acknowledge["title"] == "Acknowledge"
    await street.phone.press(acknowledge["action"])
    replaced = await street.phone.shown.get()
    assert replaced["data"]["tag"] == pushed["data"]["tag"]
    assert replaced["message"].endswith("sees to it.")
    assert "push" in replaced["data"]
    assert (await street.system.calls.get())["alert"]["state"] == "acknowledged"

    # the technician follows the link of the work order to its page, from there to the meter, and restarts it
    assert order["work_order"]["path"] == "/csj-meter/work-orders/1"
    assert order["work_order"]["url"] == "http://home.example.org:8123/csj-meter/work-orders/1"
    path = f"/csj-meter/alerts/{confirmed['alert_id']}"
    assert confirmed["path"] == order["alert"]["path"] == pushed["data"]["url"] == path
    assert pushed["data"]["actions"][-1]["uri"] == path
    assert f"http://home.example.org:8123{path}" in html.get_content()
    meter = street.home.line.meters[UNIT]
    before = int(str(meter.truth()["uptime"]))
    await street.home.time.through(
        hass.services.async_call(
            "button",
            "press",
            {"entity_id": street.home.entity_id("button", UNIT, "restart")},
            blocking=True,
        )
    )
    assert int(str(meter.truth()["uptime"])) < before
    street.home.line.faults.clear()
    await street.minutes(4)

    assert [kind for kind, _ in street.told] == ["raised", "confirmed", "acknowledged", "cleared"]
    over = await street.phone.shown.get()
    assert over["title"] == "Over: Voltage sag, Home 2"
    assert over["data"]["tag"] == pushed["data"]["tag"]
    assert (await street.mailbox.mails.get())["Subject"] == "Over: Voltage sag, Home 2"
    assert len(street.texts) == 2
    assert street.mailbox.mails.empty()


async def test_a_sag_on_the_whole_circuit_is_one_alert(street: Street) -> None:
    street.sag(*METERS)
    await street.minutes(4)

    pushed = await street.phone.shown.get()
    assert pushed["title"] == "Critical: Voltage sag, circuit Elm Street"
    assert len(street.texts) == 1
    assert (await street.mailbox.mails.get())["Subject"] == "Critical: Voltage sag, circuit Elm Street"
    told = [event for event in street.events if event["area_alert_id"] is None and event["scope"] == "area"]
    assert [(event["type"], event["circuit"]) for event in told if event["serial"] is None] == [
        ("raised", "Elm Street"),
        ("confirmed", "Elm Street"),
    ]
    order = await street.system.calls.get()
    assert order["alert"]["scope"] == "area"

    street.home.line.faults.clear()
    await street.minutes(4)
    assert (await street.phone.shown.get())["title"] == "Over: Voltage sag, circuit Elm Street"
    alerting = current_alerting(street.home.hass)
    assert alerting is not None
    assert not alerting.desk.active
    assert len(alerting.work_orders.orders) == 1
