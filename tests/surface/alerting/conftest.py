"""Alerts of a running Home Assistant: who is told, and over what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
import pytest

from custom_components.csj_meter.alerting.alerting import Alerting, current_alerting
from custom_components.csj_meter.alerting.status import EVENT_ALERT
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site_settings import async_site_settings

from ..conftest import Home

PHONE = Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada")
SMS = Channel(
    id="sms",
    name="SMS",
    medium=Medium.SMS,
    target="notify.sms",
    person="Ada",
    address="+15550100",
    quiet=False,
)
MAIL = Channel(
    id="mail", name="Mail", medium=Medium.EMAIL, target="notify.mail", person="Bob", address="bob@example.org"
)

SETTINGS = AlertSettings(
    channels=(PHONE, SMS, MAIL),
    routes=(
        Route(severities=(Severity.CRITICAL,), channels=("phone", "sms")),
        Route(severities=(Severity.WARNING,), channels=("phone", "mail")),
    ),
)


@dataclass(slots=True)
class Site:
    """A bridge with its alerts, and what was said over notify actions."""

    home: Home
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Name of the notify action, and its data."""

    events: list[dict[str, Any]] = field(default_factory=list)
    """Data of the alert events."""

    @property
    def hass(self) -> HomeAssistant:
        return self.home.hass

    @property
    def alerting(self) -> Alerting:
        alerting = current_alerting(self.hass)
        assert alerting is not None
        return alerting

    def register(self, name: str) -> None:
        """Have a notify action that takes everything."""

        async def said(call: ServiceCall) -> None:
            self.said.append((call.service, dict(call.data)))

        self.hass.services.async_register("notify", name, said)

    async def find(self, *findings: Finding) -> None:
        """Let the engine have found something."""
        async_dispatcher_send(self.hass, SIGNAL_FINDINGS, list(findings))
        await self.home.time.run(1)

    async def sag(self, unit_id: int = 1) -> str:
        """Let the voltage of a meter fall until that is an alert; its serial number."""
        self.home.line.faults.set(Fault(kind=FaultKind.VOLTAGE_SAG, unit=unit_id, magnitude=0.3))
        await self.home.time.run(300)
        return self.home.serial(unit_id)

    async def restart(self) -> None:
        """Unload the bridge and set it up again."""
        assert await self.home.tear_down()
        assert await self.home.time.through(self.hass.config_entries.async_setup(self.home.entry.entry_id))

    async def set_alerts(self, settings: AlertSettings) -> None:
        await (await async_site_settings(self.hass)).async_set_alerts(settings)

    @property
    def told(self) -> list[str]:
        """Types of the events, and whom they are about."""
        return [f"{event['type']} {event['serial'] or event['circuit']}" for event in self.events]


@pytest.fixture
async def site(home: Home) -> AsyncIterator[Site]:
    """A bridge whose alerts go to a phone, a text and a mail."""
    hass = home.hass
    site = Site(home)

    for name in ("phone", "sms", "mail"):
        site.register(name)

    @callback
    def happened(event: Event[dict[str, Any]]) -> None:
        site.events.append(dict(event.data))

    hass.bus.async_listen(EVENT_ALERT, happened)
    await site.set_alerts(SETTINGS)
    assert await home.set_up()
    await home.time.run(5)
    yield site
    # in the time that passes when it is released, simulated meters work out each minute of a fault
    home.line.faults.clear()
