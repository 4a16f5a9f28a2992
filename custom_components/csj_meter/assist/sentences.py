"""Sentences of all our languages that Assist understands by itself, from when it is set up on.

They are understood in whatever language Assist is spoken to, as Home Assistant does with sentences of
automations; answers are in the language of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_when_setup

from .answers import Asker, async_answer
from .phrases import PHRASES
from .questions import METER, Question

if TYPE_CHECKING:
    from hassil.recognize import RecognizeResult
    from homeassistant.components.conversation.models import ConversationInput

CONVERSATION: Final = "conversation"


@callback
def async_set_up_sentences(hass: HomeAssistant) -> None:
    """Have them understood once Assist is there."""
    async_when_setup(hass, CONVERSATION, _async_register)


async def _async_register(hass: HomeAssistant, _: str) -> None:
    # only where Assist is set up: it brings its parser along
    from homeassistant.components.conversation.agent_manager import get_agent_manager

    manager = get_agent_manager(hass)
    for question, languages in PHRASES.items():
        sentences = [sentence for theirs in languages.values() for sentence in theirs]
        # one for all languages: two that fit the same sentence would answer twice
        manager.register_trigger(sentences, _Listener(hass, question))


class _Listener:
    """Answers the sentences of one question."""

    def __init__(self, hass: HomeAssistant, question: Question) -> None:
        self._hass = hass
        self._question = question

    async def __call__(self, heard: ConversationInput, result: RecognizeResult) -> str:
        meant = result.entities.get(METER)
        meter = None if meant is None else meant.text.strip()
        asker = Asker(context=heard.context, assistant=CONVERSATION, language=heard.language)
        return (await async_answer(self._hass, self._question, asker, meter or None)).text
