"""From a finding to the event bus and to people."""

from __future__ import annotations

from dataclasses import replace

from homeassistant.setup import async_setup_component
import pytest

from custom_components.csj_meter.alerts.settings import AlertSettings, Route
from custom_components.csj_meter.anomaly.kinds import Scope, Severity, State

from ...alerts.found import found
from .conftest import MAIL, Site


async def test_what_is_confirmed_is_told_once_and_so_is_its_end(site: Site) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial, State.SUSPECTED))
    assert site.said == []
    await site.find(found(serial))
    assert sorted(name for name, _ in site.said) == ["phone", "sms"]
    await site.find(found(serial))
    await site.find(found(serial, State.CLEARED, minute=9))

    assert site.told == [f"{step} {serial}" for step in ("raised", "confirmed", "cleared")]
    pushes = [data for name, data in site.said if name == "phone"]
    texts = [data["message"] for name, data in site.said if name == "sms"]
    assert len(pushes) == len(texts) == 2
    assert texts[0].startswith("Critical: Voltage sag, Home 1. 171 V at phase 1;")
    assert all(len(text) <= 160 for text in texts)
    assert pushes[0]["data"]["tag"] == pushes[1]["data"]["tag"]


async def test_a_tenant_reads_nothing_of_the_neighbours(site: Site) -> None:
    own, neighbour = site.home.serial(1), site.home.serial(2)
    tenant = replace(MAIL, meters=(own,))
    route = Route(severities=(Severity.CRITICAL,), channels=("mail",))
    await site.set_alerts(AlertSettings(channels=(tenant,), routes=(route,)))
    await site.find(*(found(serial, scope=Scope.AREA) for serial in (own, neighbour)))

    ((_, mail),) = site.said
    assert "circuit street" in mail["title"]
    for text in (mail["message"], mail["data"]["html"]):
        assert "Home 1" in text
        assert "Home 2" not in text
        assert neighbour not in text


async def test_without_a_panel_links_lead_to_the_meter(site: Site) -> None:
    await site.sag()
    confirmed = next(event for event in site.events if event["type"] == "confirmed")
    pushed = next(data for name, data in site.said if name == "phone")

    assert confirmed["path"] == pushed["data"]["url"] == f"/config/devices/device/{confirmed['device_id']}"


@pytest.mark.loopback
async def test_links_lead_to_the_alert_in_the_panel(site: Site) -> None:
    assert await site.home.time.through(async_setup_component(site.hass, "frontend", {}))
    await site.home.time.run(0)
    await site.sag()
    confirmed = next(event for event in site.events if event["type"] == "confirmed")
    pushed = next(data for name, data in site.said if name == "phone")

    assert confirmed["path"] == pushed["data"]["url"] == f"/csj-meter/alerts/{confirmed['alert_id']}"
