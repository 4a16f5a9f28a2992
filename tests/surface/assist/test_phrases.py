"""What people say, in six languages: whether it is understood as a question of ours, and of which meter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.csj_meter.assist import sentences
from custom_components.csj_meter.assist.answers import Answer, Asker
from custom_components.csj_meter.assist.questions import Question
from custom_components.csj_meter.assist.sentences import async_set_up_sentences
from custom_components.csj_meter.language.texts import LANGUAGES

CREDIT, ALERT, WEEK = Question.CREDIT, Question.ALERT, Question.WEEK

SAID: Final[Mapping[str, Mapping[str, tuple[Question, str | None]]]] = {
    "en": {
        "How much credit have I got left?": (CREDIT, None),
        "How much credit is there left at home?": (CREDIT, None),
        "How much credit is on the meter?": (CREDIT, None),
        "How much credit do I have on Flat 2 left?": (CREDIT, "Flat 2"),
        "How much credit does Flat 2 have?": (CREDIT, "Flat 2"),
        "How much credit does the cellar have left?": (CREDIT, "cellar"),
        "How much credit has Flat 2 got left?": (CREDIT, "Flat 2"),
        "How many days of credit are left?": (CREDIT, None),
        "How many days of credit do we have left on Flat 2?": (CREDIT, "Flat 2"),
        "How many days will my credit last?": (CREDIT, None),
        "How long will the credit of Flat 2 last?": (CREDIT, "Flat 2"),
        "When does my credit run out?": (CREDIT, None),
        "When will the credit on Flat 2 run out?": (CREDIT, "Flat 2"),
        "What's my credit?": (CREDIT, None),
        "What is the credit balance of Flat 2?": (CREDIT, "Flat 2"),
        "Why did I get an alert?": (ALERT, None),
        "What's the alert about?": (ALERT, None),
        "Is there an alert?": (ALERT, None),
        "Are there any alerts in the cellar?": (ALERT, "cellar"),
        "Are there any alerts on the meters?": (ALERT, None),
        "How much electricity did we use at home this week?": (WEEK, None),
        "How much electricity did we use in the cellar this week?": (WEEK, "cellar"),
        "How much electricity did Flat 2 use this week?": (WEEK, "Flat 2"),
        "How much power has the cellar used this week?": (WEEK, "cellar"),
        "What's our electricity usage this week?": (WEEK, None),
    },
    "de": {
        "Wieviel Guthaben ist noch da?": (CREDIT, None),
        "Wie viel Guthaben ist noch auf dem Zähler?": (CREDIT, None),
        "Wie viel Guthaben habe ich zu Hause noch?": (CREDIT, None),
        "Wie viel Guthaben habe ich auf Wohnung 2 noch?": (CREDIT, "Wohnung 2"),
        "Wie viel Guthaben hat Wohnung 2 noch?": (CREDIT, "Wohnung 2"),
        "Wie viel Guthaben hat die Küche noch übrig?": (CREDIT, "Küche"),
        "Wie lange reicht das Guthaben von Wohnung 2 noch?": (CREDIT, "Wohnung 2"),
        "Bis wann reicht mein Guthaben?": (CREDIT, None),
        "Wann ist das Guthaben von Wohnung 2 aufgebraucht?": (CREDIT, "Wohnung 2"),
        "Warum gab es in der Küche einen Alarm?": (ALERT, "Küche"),
        "Gibt es einen Alarm?": (ALERT, None),
        "Gibt es Alarme in der Küche?": (ALERT, "Küche"),
        "Wieviel Strom haben wir zu Hause diese Woche verbraucht?": (WEEK, None),
        "Wie viel Strom wurde in der Küche diese Woche verbraucht?": (WEEK, "Küche"),
        "Wie viel Strom hat Wohnung 2 diese Woche verbraucht?": (WEEK, "Wohnung 2"),
        "Wie viel Strom hat diese Woche die Küche verbraucht?": (WEEK, "Küche"),
    },
    "es": {
        "¿Cuánto saldo hay en el contador?": (CREDIT, None),
        "¿Cuánto me queda de crédito?": (CREDIT, None),
        "¿Cuánto crédito nos queda en casa?": (CREDIT, None),
        "¿Cuánto crédito tiene la cocina?": (CREDIT, "cocina"),
        "¿Cuánto crédito le queda a Piso 2?": (CREDIT, "Piso 2"),
        "¿Cuántos días de crédito me quedan?": (CREDIT, None),
        "¿Cuánto tiempo me dura el crédito de Piso 2?": (CREDIT, "Piso 2"),
        "¿Cuándo se me acaba el crédito?": (CREDIT, None),
        "¿Cuál es mi saldo de luz?": (CREDIT, None),
        "¿Hay alguna alerta?": (ALERT, None),
        "¿Hubo alertas en la cocina?": (ALERT, "cocina"),
        "¿Cuánta electricidad hemos gastado esta semana?": (WEEK, None),
        "¿Cuánta luz se ha gastado en la cocina esta semana?": (WEEK, "cocina"),
        "¿Cuánta luz gastó la cocina esta semana?": (WEEK, "cocina"),
        "¿Cuánta energía ha consumido Piso 2 esta semana?": (WEEK, "Piso 2"),
    },
    "fr": {
        "Combien de crédit il me reste ?": (CREDIT, None),
        "Combien il me reste de crédit sur le compteur ?": (CREDIT, None),
        "Il me reste combien de crédit ?": (CREDIT, None),
        "Combien de crédit ai-je encore ?": (CREDIT, None),
        "Combien de crédit avons-nous encore chez nous ?": (CREDIT, None),
        "Combien de crédit a encore la cuisine ?": (CREDIT, "cuisine"),
        "Combien de jours de crédit me reste-t-il ?": (CREDIT, None),
        "Combien de temps durera mon crédit dans la cuisine ?": (CREDIT, "cuisine"),
        "Quand mon crédit sera-t-il épuisé ?": (CREDIT, None),
        "Pourquoi ai-je reçu une alerte ?": (ALERT, None),
        "Y a-t-il une alerte ?": (ALERT, None),
        "Est-ce qu'il y a eu des alertes dans la cuisine ?": (ALERT, "cuisine"),
        "Qu'est-ce qu'on a consommé cette semaine ?": (WEEK, None),
        "Combien d'électricité avons-nous consommée cette semaine ?": (WEEK, None),
        "Combien avons-nous consommé dans la cuisine cette semaine ?": (WEEK, "cuisine"),
        "Combien d'électricité la cuisine a-t-elle consommé cette semaine ?": (WEEK, "cuisine"),
        "Combien d'énergie a consommé Appartement 2 cette semaine ?": (WEEK, "Appartement 2"),
    },
    "pt": {
        "Quanto crédito me resta?": (CREDIT, None),
        "Quanto de crédito eu ainda tenho em casa?": (CREDIT, None),
        "Quanto saldo há no contador?": (CREDIT, None),
        "Quanto crédito tem a cozinha?": (CREDIT, "cozinha"),
        "Quantos dias de crédito ainda temos no Apartamento 2?": (CREDIT, "Apartamento 2"),
        "Quanto tempo vai durar o meu crédito?": (CREDIT, None),
        "Quando acaba o crédito?": (CREDIT, None),
        "Qual é o meu saldo?": (CREDIT, None),
        "Há algum alerta?": (ALERT, None),
        "Houve alertas na cozinha?": (ALERT, "cozinha"),
        "Quanta eletricidade gastámos esta semana?": (WEEK, None),
        "Quanta energia consumimos na cozinha esta semana?": (WEEK, "cozinha"),
        "Quanta energia a gente gastou esta semana?": (WEEK, None),
        "Quanta luz gastou o Apartamento 2 esta semana?": (WEEK, "Apartamento 2"),
        "Quanta luz a cozinha gastou esta semana?": (WEEK, "cozinha"),
    },
    "zh-Hans": {
        "余额是多少？": (CREDIT, None),
        "我的余额还剩多少？": (CREDIT, None),
        "家里还剩多少电费？": (CREDIT, None),
        "余额还能用几天？": (CREDIT, None),
        "厨房的余额是多少？": (CREDIT, "厨房"),
        "有警报吗？": (ALERT, None),
        "今天有没有警报？": (ALERT, None),
        "厨房有没有警报？": (ALERT, "厨房"),
        "我们家这周用了多少电？": (WEEK, None),
        "这周我们用了多少电？": (WEEK, None),
        "这周厨房用了多少电？": (WEEK, "厨房"),
        "我们厨房这周用了多少电？": (WEEK, "厨房"),
    },
}

OF_OTHERS: Final = {
    "en": (
        "How much power does the dryer use?",
        "Is there an alarm?",
        "Are there any alerts for severe weather?",
        "What did the cat use this week?",
    ),
    "de": ("Gibt es einen Alarm für morgen früh?", "Was hat die Katze diese Woche gebraucht?"),
    "es": ("¿Hay alertas de tráfico?", "¿Qué ha usado Ana esta semana?"),
    "fr": ("Y a-t-il des alertes de neige ?", "Combien de temps dure la cuisson ?"),
    "pt": ("Há alertas de trânsito?", "O que gastou a Ana esta semana?"),
    "zh-Hans": ("厨房的灯还能用多久？",),
}


@pytest.fixture
async def listening(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> HomeAssistant:
    """Assist, which answers what it has understood."""

    async def answer(_: HomeAssistant, question: Question, asker: Asker, meter: str | None) -> Answer:
        return Answer(text=f"{question}: {meter}", data=[])

    monkeypatch.setattr(sentences, "async_answer", answer)
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    async_set_up_sentences(hass)
    await hass.async_block_till_done()
    return hass


async def understood(hass: HomeAssistant, sentence: str, language: str) -> str:
    agent = conversation.HOME_ASSISTANT_AGENT
    heard = await conversation.async_converse(hass, sentence, None, Context(), language, agent)
    said: str = heard.response.speech["plain"]["speech"]
    return said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_understood(listening: HomeAssistant, language: str) -> None:
    wrong = {
        sentence: said
        for sentence, (question, meter) in SAID[language].items()
        if (said := await understood(listening, sentence, language)) != f"{question}: {meter}"
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_asked_of_others_is_left_to_them(listening: HomeAssistant, language: str) -> None:
    for sentence in OF_OTHERS[language]:
        said = await understood(listening, sentence, language)
        assert not said.startswith(tuple(Question)), sentence
