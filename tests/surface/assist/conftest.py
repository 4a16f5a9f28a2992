"""A bridge, and Assist to which somebody speaks."""

from __future__ import annotations

from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.core import Context
from homeassistant.setup import async_setup_component
import pytest

from ..conftest import Home

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


async def ask(home: Home, sentence: str, user: User | None = None, language: str = "en") -> str:
    """What Assist answers to a sentence."""
    heard = await home.time.through(
        conversation.async_converse(
            home.hass,
            sentence,
            None,
            Context(user_id=None if user is None else user.id),
            language,
            conversation.HOME_ASSISTANT_AGENT,
        )
    )
    said: str = heard.response.speech["plain"]["speech"]
    return said
