"""What people are told, in the language of this site: Home Assistant's translations, kept at hand.

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
from homeassistant.util.language import matches

from .const import DOMAIN
from .language.texts import CATEGORY, ENGLISH, LANGUAGES, Texts, told

SIGNAL_SITE_TEXTS: Final = f"{DOMAIN}_site_texts"
"""Sent without arguments when the texts are of another language than before."""

_TEXTS: Final[HassKey[Texts]] = HassKey(f"{DOMAIN}_site_texts")

_PREFIX: Final = f"component.{DOMAIN}.{CATEGORY}."


async def async_load_texts(hass: HomeAssistant) -> None:
    """Have the texts at hand from now on, for as long as Home Assistant runs."""
    hass.data[_TEXTS] = await async_texts_of(hass, hass.config.language)

    async def changed(_: Event[Any]) -> None:
        language = hass.config.language
        if nearest(language) == current_texts(hass).language:
            return
        texts = await async_texts_of(hass, language)
        if language == hass.config.language:  # otherwise the next event is about another one
            hass.data[_TEXTS] = texts
            async_dispatcher_send(hass, SIGNAL_SITE_TEXTS)

    hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, changed)


@callback
def current_texts(hass: HomeAssistant) -> Texts:
    """The texts in the language of this site."""
    return hass.data[_TEXTS]


def nearest(language: str) -> str:
    """The language of ours that people who speak ``language`` read best: ``pt`` for ``pt-BR``.

    The same one where we have none like it.
    """
    return next(iter(matches(language, LANGUAGES)), language)


async def async_texts_of(hass: HomeAssistant, language: str, groups: frozenset[str] = frozenset()) -> Texts:
    """The texts of a language, or the nearest one; what it does not have, in English.

    ``groups``: those that are wanted besides the ones of ``language.texts``.
    """
    language = nearest(language)
    english = Texts(ENGLISH, await _async_templates(hass, ENGLISH, groups))
    if language == ENGLISH:
        return english
    return Texts.over(language, await _async_templates(hass, language, groups), english)


async def _async_templates(hass: HomeAssistant, language: str, groups: frozenset[str]) -> dict[str, str]:
    translations = await async_get_translations(hass, language, CATEGORY, {DOMAIN})
    return told({key.removeprefix(_PREFIX): text for key, text in translations.items()}, groups)
