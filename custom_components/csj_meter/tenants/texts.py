"""What tenants are told, each in their own language: of alerts, in letters and on the portal."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..anomaly.texts import CATEGORY, ENGLISH, GROUPS, Texts
from ..const import DOMAIN

LETTERS: Final = "letters"
PORTAL: Final = "portal"
"""Groups of texts that only tenants read."""

_PREFIX: Final = f"component.{DOMAIN}.{CATEGORY}."


async def async_texts_in(hass: HomeAssistant, language: str) -> Texts:
    """The texts of a language; what it does not have, in English."""
    english = Texts(ENGLISH, await _async_templates(hass, ENGLISH))
    if language == ENGLISH:
        return english
    return Texts.over(language, await _async_templates(hass, language), english)


def portal_texts(texts: Texts) -> dict[str, str]:
    """Those of the portal, by the rest of their key, with their placeholders as they are."""
    prefix = f"{PORTAL}."
    return {key.removeprefix(prefix): text for key, text in texts.templates.items() if key.startswith(prefix)}


async def _async_templates(hass: HomeAssistant, language: str) -> dict[str, str]:
    wanted = {*GROUPS, LETTERS, PORTAL}
    translations: dict[str, Any] = await async_get_translations(hass, language, CATEGORY, {DOMAIN})
    found = {key.removeprefix(_PREFIX): text for key, text in translations.items()}
    return {key: text for key, text in found.items() if key.partition(".")[0] in wanted}
