"""Questions in sentences, as intents and as tools of language models: the answer, and who gets it."""

from __future__ import annotations

from typing import Any

from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, ToolInput, ToolResult, async_get_api
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.site.access import Role

from ...alerts.found import found as finding
from ..conftest import Home
from ..people import give_role

OWN, OTHER = 1, 2
"""Unit ids of two prepaid meters, ``Home 1`` and ``Home 2``."""


@pytest.fixture
async def asked(home: Home) -> Home:
    """A bridge, and Assist."""
    hass = home.hass
    for component in ("homeassistant", "conversation", "llm", "intent"):
        assert await home.time.through(async_setup_component(hass, component, {}))
    assert await home.set_up()
    await home.time.run(100)
    return home


async def ask(home: Home, sentence: str, user: User | None = None) -> str:
    """What Assist answers to a sentence."""
    heard = await home.time.through(
        conversation.async_converse(
            home.hass,
            sentence,
            None,
            Context(user_id=None if user is None else user.id),
            "en",
            conversation.HOME_ASSISTANT_AGENT,
        )
    )
    said: str = heard.response.speech["plain"]["speech"]
    return said


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
        "There is no meter called the moon that you may hear of."
    )


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
