"""What Assist gets into its hands only when somebody has said so."""

from __future__ import annotations

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity, async_should_expose
from homeassistant.helpers import entity_registry as er

from custom_components.csj_meter.const import DOMAIN

from ..conftest import Home
from .conftest import OTHER, OWN, ask


async def test_a_voice_can_cut_no_supply_and_read_no_work_orders_unless_somebody_has_exposed_them(
    asked: Home,
) -> None:
    hass = asked.hass
    work_orders = er.async_get(hass).async_get_entity_id("todo", DOMAIN, "site_work_orders")
    own, other = (asked.entity_id("switch", unit, "supply") for unit in (OWN, OTHER))
    assert own is not None
    assert other is not None
    assert work_orders is not None

    for entity_id in (own, other, work_orders):
        assert not async_should_expose(hass, "conversation", entity_id)
    assert await ask(asked, "Turn off Home 1 supply") == "Sorry, Home 1 Supply is not exposed"

    async_expose_entity(hass, "conversation", own, True)
    assert await asked.tear_down()
    assert await asked.time.through(hass.config_entries.async_setup(asked.entry.entry_id))
    await asked.time.run(100)

    assert async_should_expose(hass, "conversation", own)
    assert not async_should_expose(hass, "conversation", other)
