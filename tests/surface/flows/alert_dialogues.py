"""Alerts in the options: what the dialogues are about, and the ways to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.kinds import Kind, Severity
from custom_components.csj_meter.site_settings import async_site_settings

from .dialogue import Dialogue, Person

PHONE: Final = Channel(
    id="phone", name="Phone", medium=Medium.PUSH, target="notify.mobile_app_ada", person="Ada", fallback="sms"
)
SMS: Final = Channel(
    id="sms", name="SMS", medium=Medium.SMS, target="notify.sms", person="Ada", address="+15550100"
)
CHANNELS: Final = AlertSettings(channels=(PHONE, SMS))

TWO_CHANNELS: Final = tuple(
    Channel(id=name, name=name.title(), medium=Medium.MESSAGE, target=f"notify.{name}", person="Ada")
    for name in ("one", "two")
)
LEAKS: Final = Route(severities=(Severity.WARNING,), kinds=(Kind.LEAK,), channels=("two",))
INFORMATION: Final = Route(severities=(Severity.INFO,), channels=("one",))
"""Not a line that the simple form has."""

TOLD: Final = AlertSettings(
    channels=TWO_CHANNELS,
    routes=(LEAKS, Route(severities=(Severity.CRITICAL,), channels=("one",)), INFORMATION),
)
"""Two channels, a simple line of the routing table and two special rules."""


@dataclass(slots=True)
class Notifiers:
    """Notify actions, and what was said over them."""

    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    trouble: Exception | None = None
    """What they raise."""

    async def take(self, call: ServiceCall) -> None:
        self.said.append((call.service, dict(call.data)))
        if self.trouble is not None:
            raise self.trouble


async def alerts_of(hass: HomeAssistant) -> AlertSettings:
    return (await async_site_settings(hass)).alerts


async def set_alerts(hass: HomeAssistant, alerts: AlertSettings) -> None:
    await (await async_site_settings(hass)).async_set_alerts(alerts)


async def opened(person: Person, entry: MockConfigEntry, step: str) -> Dialogue:
    """Somebody has opened a form of the alerts."""
    return await (await (await person.options(entry)).choose("alerts")).choose(step)


async def channels(person: Person, entry: MockConfigEntry) -> Dialogue:
    """Somebody has opened the list of channels."""
    return await opened(person, entry, "channels")


async def adding(person: Person, entry: MockConfigEntry, medium: str) -> Dialogue:
    """Somebody has opened the form of a new channel."""
    return await (await (await channels(person, entry)).choose("add_channel")).choose(medium)


async def changing(person: Person, entry: MockConfigEntry, channel: str) -> Dialogue:
    """Somebody has opened the form of a channel that is there."""
    return await (await (await channels(person, entry)).choose("change_channel")).fill(channel=channel)
