"""Intents of Assist, for sentences of people's own."""

from __future__ import annotations

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import probatio

from .assist.answers import LONGEST_NAME, Asker, async_answer
from .assist.questions import FORMS, METER, Form, Question
from .const import DOMAIN


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register them."""
    for question, form in FORMS.items():
        intent.async_register(hass, QuestionHandler(question, form))


class QuestionHandler(intent.IntentHandler):
    """Answers one question; the slot ``meter`` says which meter is meant."""

    platforms = {DOMAIN}  # noqa: RUF012 - as the base class has it

    def __init__(self, question: Question, form: Form) -> None:
        """``form``: how it is put."""
        self._question = question
        self.intent_type = form.intent
        self.description = form.description

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        return {probatio.Optional(METER): probatio.All(str, probatio.Length(min=1, max=LONGEST_NAME))}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        slots = self.async_validate_slots(intent_obj.slots)
        meter = slots[METER]["value"] if METER in slots else None
        asker = Asker(
            context=intent_obj.context,
            assistant=intent_obj.assistant or "conversation",
            language=intent_obj.language,
        )
        answer = await async_answer(intent_obj.hass, self._question, asker, meter)
        response = intent_obj.create_response()
        response.response_type = intent.IntentResponseType.QUERY_ANSWER
        response.async_set_speech(answer.text)
        return response
