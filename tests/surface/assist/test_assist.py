"""Questions in sentences, as intents and as tools of language models: the answer, and who gets it."""

from __future__ import annotations

from dataclasses import dataclass
import datetime as dt
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, floor_registry as fr, intent
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, ToolInput, ToolResult, async_get_api
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, State
from custom_components.csj_meter.assist.phrases import PHRASES
from custom_components.csj_meter.assist.questions import Question
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.language.texts import LANGUAGES
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.tenants import Tenancies, Tenancy, Turn
from custom_components.csj_meter.tenants.book import async_tenants

from ...alerts.found import found as finding
from ..conftest import Home
from ..people import give_role
from .conftest import OTHER, OWN, ask


def owner(hass: HomeAssistant) -> MockUser:
    return MockUser(is_owner=True).add_to_hass(hass)


async def tenant(home: Home) -> MockUser:
    user = MockUser(name="Ada").add_to_hass(home.hass)
    await give_role(home.hass, user, Role.TENANT, meters=[home.serial(OWN)])
    return user


@pytest.mark.parametrize(
    "sentence",
    [
        "How much credit is left?",
        "how much credit is there left",
        "How much electricity credit do we have?",
        "how long does my credit last",
    ],
)
async def test_credit_is_told(asked: Home, sentence: str) -> None:
    said = await ask(asked, sentence, owner(asked.hass))

    balance = float(asked.state("sensor", OWN, "balance").state)
    assert f"Home 1 has {balance:.2f} " in said
    assert "Home 2 has " in said


async def test_one_meter_can_be_meant(asked: Home) -> None:
    user = owner(asked.hass)

    said = await ask(asked, "How much credit is left on home 2?", user)
    assert said.startswith("Home 2 has ")
    assert "Home 1" not in said
    assert await ask(asked, "how much credit is left for the moon", user) == (
        "There is no meter called moon that you may hear of."
    )


async def test_a_floor_can_be_meant(asked: Home) -> None:
    user, hass = owner(asked.hass), asked.hass
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, asked.serial(OWN)), asked.entry.entry_id
    )
    assert device is not None
    floor = fr.async_get(hass).async_create("Ground floor", aliases={"downstairs flat"})
    area = ar.async_get(hass).async_create("Yard", floor_id=floor.floor_id)
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)

    for place in ("the ground floor", "the downstairs flat", "the yard"):
        said = await ask(asked, f"How much credit is left on {place}?", user)
        assert said.startswith("Home 1 has "), place
        assert "Home 2" not in said, place


async def test_why_there_was_an_alert(asked: Home) -> None:
    user = owner(asked.hass)
    assert await ask(asked, "Why was there an alert?", user) == (
        "There is no alert, and there was none in the last day."
    )

    async_dispatcher_send(asked.hass, SIGNAL_FINDINGS, [finding(asked.serial(OWN))])
    await asked.time.run(1)
    said = await ask(asked, "Why is there an alert?", user)

    assert said.startswith("Critical: Voltage sag, Home 1. ")
    assert "171 V" in said
    assert await ask(asked, "what is the alert about on home 2", user) == (
        "There is no alert, and there was none in the last day."
    )


async def test_nobody_is_told_how_those_lived_who_were_there_before(asked: Home) -> None:
    user, serial = owner(asked.hass), asked.serial(OWN)
    usage = finding(
        serial, kind=Kind.HIGH_USAGE, quantity="active_power", phase=None, value=4000.0, high=2345.0
    )
    async_dispatcher_send(asked.hass, SIGNAL_FINDINGS, [usage])
    await asked.time.run(1)
    alerting = current_alerting(asked.hass)
    assert alerting is not None
    (alert,) = alerting.active_of(serial)
    assert "2.3 kW" in alerting.wording.seen(alert)
    assert "2.3 kW" in await ask(asked, "Why is there an alert?", user)

    def move_in(tenancies: Tenancies) -> Tenancies:
        turn = Turn(at=dt.datetime.fromtimestamp(asked.time.wall, dt.UTC) - dt.timedelta(days=30))
        return tenancies.with_tenancy(Tenancy(id="0" * 32, serial=serial, name="Ada", moved_in=turn))

    book = await async_tenants(asked.hass)
    await asked.time.through(book.async_change(move_in))

    assert "kW" not in alerting.wording.seen(alert)
    said = await ask(asked, "Why is there an alert?", user)
    assert "High usage, Home 1. Since " in said
    assert "kW" not in said


@pytest.mark.parametrize(
    ("sentence", "language", "more"),
    [
        ("How much credit is left?", "en", "There is 1 more. Ask by the name of a meter."),
        ("Are there any alerts?", "en", "There is 1 more. Ask by the name of a meter."),
        ("Was haben wir diese Woche verbraucht?", "de", "Es gibt noch 1 weiteren."),
    ],
)
async def test_that_there_is_more_than_is_told_is_said(
    asked: Home, monkeypatch: pytest.MonkeyPatch, sentence: str, language: str, more: str
) -> None:
    user = owner(asked.hass)
    async_dispatcher_send(asked.hass, SIGNAL_FINDINGS, [finding(asked.serial(unit)) for unit in (OWN, OTHER)])
    await asked.time.run(1)
    monkeypatch.setattr("custom_components.csj_meter.assist.answers.MOST", 2)
    assert more not in await ask(asked, sentence, user, language)

    monkeypatch.setattr("custom_components.csj_meter.assist.answers.MOST", 1)
    said = await ask(asked, sentence, user, language)
    assert more in said
    assert ("Home 1" in said) is not ("Home 2" in said)


@pytest.mark.meters(1, 2, 3)
async def test_what_befell_a_circuit_is_told_once(asked: Home) -> None:
    async def outage(state: State, *units: int) -> None:
        findings = [
            finding(
                asked.serial(unit), state, kind=Kind.OUTAGE, scope=Scope.AREA, circuit="Elm Row", minute=9
            )
            for unit in units
        ]
        async_dispatcher_send(asked.hass, SIGNAL_FINDINGS, findings)
        await asked.time.run(1)

    user, lodger = owner(asked.hass), await tenant(asked)
    async_dispatcher_send(asked.hass, SIGNAL_FINDINGS, [finding(asked.serial(3))])
    await outage(State.CONFIRMED, 1, 2, 3)
    said = await ask(asked, "Are there any alerts?", user)

    assert said.count("Power outage") == said.count("Power outage, circuit Elm Row.") == 1
    assert "Voltage sag, Home 3." in said
    assert "Power outage, Home 1." in await ask(asked, "Are there any alerts?", lodger)
    assert "Power outage, Home 2." in await ask(asked, "Are there any alerts on Home 2?", user)

    await outage(State.CLEARED, 1, 2)
    said = await ask(asked, "Why was there an alert?", lodger)
    assert said.startswith("Over: Power outage, Home 1."), "that others are still dark is no news of theirs"


@pytest.mark.meters(live_period=30)
async def test_what_was_used_this_week(asked: Home) -> None:
    user = owner(asked.hass)
    await asked.time.run(3700)

    said = await ask(asked, "What did we use this week on Home 1?", user)
    assert said.startswith("Home 1: ")
    assert said.endswith("kWh this week.")


async def test_a_tenant_hears_of_their_own_meter_alone(asked: Home) -> None:
    user = await tenant(asked)
    async_dispatcher_send(asked.hass, SIGNAL_FINDINGS, [finding(asked.serial(OTHER))])
    await asked.time.run(1)

    credit = await ask(asked, "how much credit is left", user)
    assert credit.startswith("Home 1 has ")
    assert "Home 2" not in credit
    assert "no meter called" in await ask(asked, "how much credit is left on home 2", user)
    assert "no alert" in await ask(asked, "why was there an alert", user)
    week = await ask(asked, "how much energy did I use this week", user)
    assert week.startswith("Home 1:")
    assert "Home 2" not in week


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The questions in a language, plainly and with a name, and what is in the answer."""

    credit: tuple[str, str]
    """Of Home 2."""

    alert: tuple[str, str]
    """In the area Hof."""

    week: tuple[str, str]
    """Of Home 2."""

    said: tuple[str, str, str]


SPOKEN: Final = {
    "en-GB": Spoken(
        credit=("How much credit is left?", "How long will my credit last on Home 2?"),
        alert=("Why was there an alert?", "Why is there an alarm in the Hof?"),
        week=("What did we use this week?", "How much energy have we used this week at Home 2?"),
        said=("Home 2 has {} EUR left.", "Critical: Voltage sag, Home 1.", "kWh this week."),
    ),
    "de": Spoken(
        credit=("Wie viel Guthaben ist noch übrig?", "Wie viel Guthaben ist auf Home 2 noch übrig?"),
        alert=("Warum gab es einen Alarm?", "Warum gibt es einen Alarm im Hof?"),
        week=(
            "Was haben wir diese Woche verbraucht?",
            "Wie viel Strom haben wir diese Woche in Home 2 verbraucht?",
        ),
        said=("Home 2 hat noch {} EUR.", "Spannungseinbruch, Home 1", "kWh diese Woche."),
    ),
    "es": Spoken(
        credit=("¿Cuánto crédito queda?", "¿Cuánto saldo nos queda en Home 2?"),
        alert=("¿Por qué hubo una alerta?", "¿Por qué hay una alerta en el Hof?"),
        week=("¿Qué hemos gastado esta semana?", "¿Cuánta luz hemos gastado esta semana en Home 2?"),
        said=("A Home 2 le quedan {} EUR.", "Hueco de tensión, Home 1", "kWh esta semana."),
    ),
    "fr": Spoken(
        credit=("Combien de crédit reste-t-il\u00a0?", "Combien reste-t-il de crédit sur Home 2\u00a0?"),
        alert=("Pourquoi y a-t-il eu une alerte\u00a0?", "Pourquoi y a-t-il une alerte dans le Hof\u00a0?"),
        week=(
            "Qu'avons-nous consommé cette semaine\u00a0?",
            "Qu’avons-nous consommé cette semaine chez Home 2\u00a0?",
        ),
        said=("Home 2 a encore {}\u00a0EUR.", "Creux de tension, Home 1", "kWh cette semaine."),
    ),
    "pt-BR": Spoken(
        credit=("Quanto crédito resta?", "Quanto saldo ainda temos no Home 2?"),
        alert=("Porque é que houve um alerta?", "Por que há um alerta no Hof?"),
        week=("O que gastámos esta semana?", "Quanta luz gastamos esta semana no Home 2?"),
        said=("Home 2 tem ainda {} EUR.", "Cava de tensão, Home 1", "kWh esta semana."),
    ),
    "zh-CN": Spoken(
        credit=("还剩多少余额？", "Home 2还剩多少余额？"),
        alert=("为什么有警报？", "Hof为什么会有警报？"),
        week=("我们这周用了多少电？", "Home 2本周用了多少电？"),
        said=("Home 2 剩余 {} EUR。", "电压暂降", "本周用电"),
    ),
}


async def test_questions_are_understood_and_answered_in_the_language_of_the_call(asked: Home) -> None:
    user, hass = owner(asked.hass), asked.hass
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, asked.serial(OWN)), asked.entry.entry_id
    )
    assert device is not None
    area = ar.async_get(hass).async_create("Hof", aliases={"Yard"})
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    async_dispatcher_send(hass, SIGNAL_FINDINGS, [finding(asked.serial(OWN))])
    await asked.time.run(1)

    for language, spoken in SPOKEN.items():
        credit, alert, _ = spoken.said
        balance = f"{float(asked.state('sensor', OTHER, 'balance').state):.2f}"
        if language[:2] not in ("en", "zh"):
            balance = balance.replace(".", ",")
        plain, named = [await ask(asked, sentence, user, language) for sentence in spoken.credit]
        assert "Home 1" in plain, language
        assert credit.format(balance) in plain, language
        assert "Home 1" not in named, language
        assert credit.format(balance) in named, language
        for sentence in spoken.alert:
            said = await ask(asked, sentence, user, language)
            assert alert in said, sentence
            assert "。 " not in said, "Chinese has no space between sentences"
    # whoever speaks a language that there are no texts in is answered in English
    assert "EUR left." in await ask(asked, "How much credit is left?", user, "fi")
    assert "Voltage sag" in await ask(asked, "Why is there an alert in the yard?", user)

    await asked.time.run(3700)
    for language, spoken in SPOKEN.items():
        plain, named = [await ask(asked, sentence, user, language) for sentence in spoken.week]
        assert "Home 1" in plain, language
        assert spoken.said[2] in named, language
        assert "Home 1" not in named, language


@pytest.mark.parametrize("question", Question)
def test_every_question_has_sentences_in_every_language(question: Question) -> None:
    assert PHRASES[question].keys() == set(LANGUAGES)


async def test_who_has_no_role_hears_nothing(asked: Home) -> None:
    user = MockUser(name="Eve").add_to_hass(asked.hass)

    for sentence in ("how much credit is left", "why was there an alert", "what did we use this week"):
        assert (await ask(asked, sentence, user)).startswith("There is no meter that you may hear of.")


async def test_support_hears_nothing_of_money(asked: Home) -> None:
    user = MockUser(name="Sue").add_to_hass(asked.hass)
    await give_role(asked.hass, user, Role.SUPPORT)

    assert "no meter" in await ask(asked, "how much credit is left", user)
    assert "Home 1:" in await ask(asked, "what did we use this week", user)


async def test_a_voice_without_a_user_hears_what_is_exposed(asked: Home) -> None:
    assert (await ask(asked, "how much credit is left")).startswith("There is no meter")

    entity_id = asked.entity_id("sensor", OTHER, "credit_days_left")
    assert entity_id is not None
    async_expose_entity(asked.hass, "conversation", entity_id, True)
    said = await ask(asked, "how much credit is left")

    assert said.startswith("Home 2 has ")
    assert "Home 1" not in said


async def test_people_may_ask_in_words_of_their_own(asked: Home) -> None:
    response = await asked.time.through(
        intent.async_handle(
            asked.hass,
            "test",
            "CsjMeterCredit",
            {"meter": {"value": "Home 2"}},
            context=Context(user_id=owner(asked.hass).id),
        )
    )

    assert response.speech["plain"]["speech"].startswith("Home 2 has ")


async def tools_of(home: Home, user: User | None) -> Any:
    llm_context = LLMContext(
        platform="test",
        context=Context(user_id=None if user is None else user.id),
        language="en",
        assistant="conversation",
        device_id=None,
    )
    return await home.time.through(async_get_api(home.hass, LLM_API_ASSIST, llm_context))


async def test_language_models_get_tools_that_only_read(asked: Home) -> None:
    api = await tools_of(asked, owner(asked.hass))
    ours = {tool.name: tool for tool in api.tools if tool.name.startswith(DOMAIN)}

    assert set(ours) == {f"{DOMAIN}__credit", f"{DOMAIN}__alert", f"{DOMAIN}__week"}
    for tool in ours.values():
        assert tool.annotations.read_only
        assert not tool.annotations.destructive
        assert tool.integration == DOMAIN
    result: ToolResult = await asked.time.through(
        api.async_call_tool(ToolInput(f"{DOMAIN}__credit", {"meter": "Home 1"}))
    )
    found: Any = result.data["found"]
    assert [one["meter"] for one in found] == ["Home 1"]
    assert found[0]["balance"] == float(asked.state("sensor", OWN, "balance").state)


async def test_a_model_of_a_tenant_sees_no_other_meter(asked: Home) -> None:
    api = await tools_of(asked, await tenant(asked))

    for name in ("credit", "week"):
        result = await asked.time.through(api.async_call_tool(ToolInput(f"{DOMAIN}__{name}", {})))
        assert [one["meter"] for one in result.data["found"]] == ["Home 1"]


async def test_there_are_no_tools_and_no_answers_without_a_bridge(asked: Home) -> None:
    user = owner(asked.hass)
    assert await asked.tear_down()

    api = await tools_of(asked, user)
    assert not [tool for tool in api.tools if tool.name.startswith(DOMAIN)]
    assert (await ask(asked, "how much credit is left", user)).startswith("The meters cannot be asked now.")
