"""Tools of language models: the questions of Assist, read-only."""

from __future__ import annotations

from typing import cast, override

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util.json import JsonValueType
import probatio

from .advising.advising import current_advising
from .assist.answers import LONGEST_NAME, Asker, async_answer
from .assist.questions import FORMS, METER, Form, Question
from .const import DOMAIN


class QuestionTool(Tool):
    """Answers one question."""

    annotations = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
    integration = DOMAIN

    def __init__(self, question: Question, form: Form) -> None:
        """``form``: how it is put."""
        self._question = question
        self.name = f"{DOMAIN}__{question.value}"
        self.title = form.title
        self.description = form.description
        self.parameters = probatio.Schema(
            {
                probatio.Optional(
                    METER,
                    description="Name of a meter, area or floor; all meters that the user sees if left out.",
                ): probatio.All(str, probatio.Length(min=1, max=LONGEST_NAME))
            }
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        meter = self.parameters(tool_input.tool_args).get(METER)
        asker = Asker(
            context=llm_context.context,
            assistant=llm_context.assistant,
            language=llm_context.language or hass.config.language,
        )
        answer = await async_answer(hass, self._question, asker, meter)
        found = cast("list[JsonValueType]", answer.data)
        return ToolResult(data={"answer": answer.text, "found": found})


@callback
def async_get_tools(hass: HomeAssistant, _: LLMContext, api_id: str) -> LLMTools | None:
    """The tools, while there are meters to tell of."""
    if api_id != LLM_API_ASSIST or current_advising(hass) is None:
        return None
    return LLMTools(tools=[QuestionTool(question, form) for question, form in FORMS.items()])
