"""What is handed to notify actions and entities, of each kind of channel."""

from __future__ import annotations

from typing import override

from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DATA_COMPONENT, NotifyEntityFeature
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest

from custom_components.csj_meter.alerting.letters import Text
from custom_components.csj_meter.alerts.message import Reason
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.const import DOMAIN

from ...alerts.found import found
from .conftest import Site


class Display(NotifyEntity):
    """Shows what it is told, with a title or without one."""

    _attr_name = "Display"
    entity_id = "notify.display"

    def __init__(self, features: NotifyEntityFeature) -> None:
        self._attr_supported_features = features
        self.shown: list[tuple[str | None, str]] = []

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.shown.append((title, message))


async def shown_by(site: Site, features: NotifyEntityFeature, medium: Medium) -> Display:
    """A display, to which all alerts go."""
    display = Display(features)
    assert await async_setup_component(site.hass, "notify", {})
    await site.hass.data[DATA_COMPONENT].async_add_entities([display])
    channel = Channel(id="display", name="Display", medium=medium, target="notify.display", person="Ada")
    route = Route(severities=tuple(Severity), channels=("display",))
    await site.set_alerts(AlertSettings(channels=(channel,), routes=(route,)))
    return display


@pytest.mark.parametrize("medium", [Medium.MESSAGE, Medium.PUSH, Medium.EMAIL])
async def test_what_shows_no_title_has_it_in_the_text(site: Site, medium: Medium) -> None:
    display = await shown_by(site, NotifyEntityFeature(0), medium)

    await site.find(found(site.home.serial(1)))

    ((title, text),) = display.shown
    assert title is None
    assert text.startswith("Critical: Voltage sag, Home 1. 171 V ")


async def test_what_shows_a_title_has_it_there_alone(site: Site) -> None:
    display = await shown_by(site, NotifyEntityFeature.TITLE, Medium.MESSAGE)

    await site.find(found(site.home.serial(1)))

    ((title, text),) = display.shown
    assert title == "Critical: Voltage sag, Home 1"
    assert text.startswith("171 V ")


async def test_a_telephone_without_network_gets_it_when_it_has_one(site: Site) -> None:
    await site.find(found(site.home.serial(1)))

    (data,) = (said["data"] for name, said in site.said if name == "phone")
    assert data["priority"] == "high"
    assert data["ttl"] >= 3600


async def test_a_name_of_two_lines_keeps_no_mail_from_being_sent(site: Site) -> None:
    serial = site.home.serial(1)
    devices = dr.async_get(site.hass)
    device = devices.async_get_device_by_identifier((DOMAIN, serial), site.home.entry.entry_id)
    assert device is not None
    devices.async_update_device(device.id, name_by_user="Elm Row\nGround floor")

    await site.find(found(serial, severity=Severity.WARNING))

    (title,) = (said["title"] for name, said in site.said if name == "mail")
    assert title.endswith("Elm Row Ground floor")


async def test_a_telephone_is_told_in_few_lines_what_a_mail_tells_at_length(site: Site) -> None:
    text = Text(title="Statement", text="Hello.\n\n- Cost: 3", html="", short="Hello. Cost: 3.", sms="S: 3.")
    for channel in ("phone", "sms", "mail"):
        await site.home.time.through(site.alerting.async_say(Reason.LETTER, channel, channel, text))
    await site.home.time.run(1)

    said = {name: data["message"] for name, data in site.said}
    assert said == {"phone": "Hello. Cost: 3.", "sms": "S: 3.", "mail": "Hello.\n\n- Cost: 3"}


async def test_the_page_of_a_test_mail_is_called_as_the_mail_is(site: Site) -> None:
    await site.home.time.through(site.alerting.async_test("mail"))

    ((name, data),) = site.said
    assert (name, data["title"]) == ("mail", "Test of Mail")
    assert "<title>Test of Mail</title>" in data["data"]["html"]
