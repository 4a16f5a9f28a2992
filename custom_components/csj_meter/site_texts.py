"""What people are told of alerts, in the language of this site: Home Assistant's translations, kept at hand.

They are read with the integration and when the language changes, so that nobody who is to be told something
waits for a disk. What a language does not have is told in English, as Home Assistant does.
"""

from __future__ import annotations

from typing import Any, Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.hass_dict import HassKey

from .anomaly.texts import CATEGORY, ENGLISH, Texts, told
from .const import DOMAIN

SIGNAL_SITE_TEXTS: Final = f"{DOMAIN}_site_texts"
"""Sent without arguments when the texts are of another language than before."""

_TEXTS: Final[HassKey[Texts]] = HassKey(f"{DOMAIN}_site_texts")

_PREFIX: Final = f"component.{DOMAIN}.{CATEGORY}."


async def async_load_texts(hass: HomeAssistant) -> None:
    """Have the texts at hand from now on, for as long as Home Assistant runs."""
    hass.data[_TEXTS] = await _async_texts(hass, hass.config.language)

    async def changed(_: Event[Any]) -> None:
        language = hass.config.language
        if language == current_texts(hass).language:
            return
        texts = await _async_texts(hass, language)
        if language == hass.config.language:  # otherwise the next event is about another one
            hass.data[_TEXTS] = texts
            async_dispatcher_send(hass, SIGNAL_SITE_TEXTS)

    hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, changed)


@callback
def current_texts(hass: HomeAssistant) -> Texts:
    """The texts in the language of this site."""
    return hass.data[_TEXTS]


async def _async_texts(hass: HomeAssistant, language: str) -> Texts:
    english = Texts(ENGLISH, await _async_templates(hass, ENGLISH))
    return Texts.over(language, await _async_templates(hass, language), english)


async def _async_templates(hass: HomeAssistant, language: str) -> dict[str, str]:
    translations = await async_get_translations(hass, language, CATEGORY, {DOMAIN})
    return told({key.removeprefix(_PREFIX): text for key, text in translations.items()})
