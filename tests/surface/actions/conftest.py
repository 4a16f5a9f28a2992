"""Calling actions the way automations do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import Context
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.csj_meter.const import DOMAIN

from ..conftest import Home

type Call = Callable[..., Awaitable[dict[str, Any]]]
"""An action: its name, a unit id or None, and its data; what it answers."""


@pytest.fixture
def call(opened: Home) -> Call:
    """Call an action of the integration on a meter of the bridge."""

    async def do(
        action: str, unit_id: int | None = None, context: Context | None = None, **data: Any
    ) -> dict[str, Any]:
        if unit_id is not None:
            device = dr.async_get(opened.hass).async_get_device_by_identifier(
                (DOMAIN, opened.serial(unit_id)), opened.entry.entry_id
            )
            assert device is not None
            data["device_id"] = device.id
        answer = await opened.time.through(
            opened.hass.services.async_call(
                DOMAIN, action, data, blocking=True, context=context, return_response=True
            )
        )
        return dict(answer or {})

    return do
