"""What Assist gets into its hands only when somebody has said so.

Home Assistant exposes every new switch and to-do list to Assist. A voice at a satellite has no user, and may
do what automations may: whoever stands in a hall could have a flat's supply cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .sentences import CONVERSATION

SHOULD_EXPOSE: Final = "should_expose"
"""The option of an entity in which Home Assistant keeps it, once somebody has decided or asked."""


@callback
def keep_from_assist(hass: HomeAssistant, entity_id: str) -> None:
    """Have an entity not exposed, unless that was decided before: whoever has exposed it keeps that."""
    registry = er.async_get(hass)
    if (entry := registry.async_get(entity_id)) is None:
        return
    options: Mapping[str, Any] = entry.options.get(CONVERSATION, {})
    if SHOULD_EXPOSE not in options:
        registry.async_update_entity_options(entity_id, CONVERSATION, {**options, SHOULD_EXPOSE: False})
