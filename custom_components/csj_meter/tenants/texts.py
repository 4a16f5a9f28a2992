"""What tenants are told, each in their own language: of alerts, in letters and on the portal."""

from __future__ import annotations

from typing import Final

from homeassistant.core import HomeAssistant

from ..language.texts import Texts
from ..site_texts import async_texts_of

LETTERS: Final = "letters"
PORTAL: Final = "portal"
"""Groups of texts that only tenants read."""


async def async_texts_in(hass: HomeAssistant, language: str) -> Texts:
    """The texts of a language, or the nearest one; what it does not have, in English."""
    return await async_texts_of(hass, language, frozenset({LETTERS, PORTAL}))


def portal_texts(texts: Texts) -> dict[str, str]:
    """Those of the portal, by the rest of their key, with their placeholders as they are."""
    prefix = f"{PORTAL}."
    return {key.removeprefix(prefix): text for key, text in texts.templates.items() if key.startswith(prefix)}
