"""Detection in the options: the ways to its dialogues."""

from __future__ import annotations

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.site_settings import async_site_settings

from .dialogue import Dialogue, Person


async def detection_of(hass: HomeAssistant) -> Settings:
    return (await async_site_settings(hass)).detection


async def set_detection(hass: HomeAssistant, stored: dict[str, Any]) -> Settings:
    settings = Settings.from_dict(stored)
    await (await async_site_settings(hass)).async_change_detection(lambda _: settings)
    return settings


async def place(person: Person, entry: MockConfigEntry, step: str) -> Dialogue:
    """Somebody has chosen how far the setting is to go."""
    return await (await (await person.options(entry)).choose("detection")).choose(step)


async def tuning(
    person: Person, entry: MockConfigEntry, kind: str, step: str = "detection_site", **chosen: str
) -> Dialogue:
    """Somebody has opened the form of a kind."""
    return await (await place(person, entry, step)).fill(kind=kind, **chosen)


async def emptied(dialogue: Dialogue, *names: str) -> None:
    """Send a form of which fields were emptied."""
    values = {name: value for name, value in dialogue.suggested.items() if name not in names}
    await dialogue._configure(values)
