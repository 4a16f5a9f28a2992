"""A Home Assistant whose registries, users and entries are really read from its folder, and written there.

The one of the test tools begins with nothing and writes nothing. It knows this repository's integration.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from homeassistant import auth, bootstrap
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    frame,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from tests.surface.driven_time import DrivenTime

DOMAIN: Final = "csj_meter"


@asynccontextmanager
async def running(folder: Path, time: DrivenTime) -> AsyncIterator[HomeAssistant]:
    """The Home Assistant that lives in ``folder``, without integrations yet; all is kept at the end."""
    (folder / ".storage").mkdir(parents=True, exist_ok=True)
    async with async_test_home_assistant(load_registries=False, config_dir=str(folder)) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test tools forbid to look for any
        await hass.config.async_set_time_zone("UTC")
        frame.async_setup(hass)
        dr.async_setup(hass)
        for registry in (ar, cr, dr, er, fr, ir, lr, rs):
            await time.through(registry.async_load(hass))
        hass.data[bootstrap.DATA_REGISTRIES_LOADED] = None
        hass.auth = await time.through(auth.auth_manager_from_config(hass, [], []))
        await time.through(hass.config_entries.async_initialize())
        try:
            yield hass
        finally:
            await time.through(rs.async_get(hass).async_dump_states())
            await time.through(hass.async_stop(force=True))
            await time.run(60)  # replies that are still on their way


async def set_up(hass: HomeAssistant, time: DrivenTime) -> bool:
    """Set the integration up, with all of its bridges."""
    return await time.through(async_setup_component(hass, DOMAIN, {}))
