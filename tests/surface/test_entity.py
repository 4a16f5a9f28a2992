"""Entities of a bridge come a few at a time, so that others have their turn in between."""

from __future__ import annotations

from asyncio import events

import pytest

from custom_components.csj_meter.entity import AT_ONCE

from .conftest import Home


async def test_a_bridge_does_not_add_all_of_its_entities_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = events.Handle._run
    added: list[int] = []

    def counted(handle: events.Handle) -> None:
        before = home.hass.states.async_entity_ids_count("sensor")
        run(handle)
        added.append(home.hass.states.async_entity_ids_count("sensor") - before)

    monkeypatch.setattr(events.Handle, "_run", counted)
    assert await home.set_up()

    assert sum(added) > 8 * AT_ONCE
    # those of the line and of the site come together
    assert max(added) <= 2 * AT_ONCE
