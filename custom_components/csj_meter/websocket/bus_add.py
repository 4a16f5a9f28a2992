"""Taking in a meter that a scan has found: the dialogue *Add meter*, filled in for whoever clicks.

So what is checked, stored and refused is said in one place, by the dialogue.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..const import CONF_CIRCUIT, CONF_PROFILE, CONF_UNIT_ID, DOMAIN, SUBENTRY_METER
from ..exceptions import wrong
from ..flow.meters import AUTOMATIC, LONGEST_NAME
from ..site.access import Permission
from .bridges import bridges_of
from .command import NAME, Call, whole

_TEXT: Final = probatio.All(str, probatio.Length(min=1, max=LONGEST_NAME))

SCHEMA: Final = {
    probatio.Required("bridge"): NAME,
    probatio.Required("unit_id"): whole(1, 247),
    probatio.Optional("name"): _TEXT,
    probatio.Optional("circuit"): _TEXT,
}

_TEXTS: Final = f"component.{DOMAIN}.config_subentries.{SUBENTRY_METER}"


async def async_add(call: Call) -> dict[str, Any]:
    """Ask who is there, and take that meter in. Raises ServiceValidationError with what the dialogue says."""
    data = call.data
    entry = next((one for one in bridges_of(call.hass) if one.entry_id == data["bridge"]), None)
    # of what is refused without the number: whoever may not could fill the disk with numbers
    detail = str(data["unit_id"]) if call.visible(Permission.CONFIGURE) is None else None
    async with call.allowed(Permission.CONFIGURE, detail=detail):
        if entry is None:
            raise wrong("no_such_bridge")
        if entry.state is not ConfigEntryState.LOADED:
            raise wrong("bridge_not_set_up", bridge=entry.title)
        if entry.runtime_data.bus is None:
            raise wrong("no_line", bridge=entry.title)
        answers = {CONF_UNIT_ID: data["unit_id"], CONF_PROFILE: AUTOMATIC}
        answers |= {key: data[key] for key in ("name", CONF_CIRCUIT) if key in data}
        result = await _async_walk(call.hass, entry.entry_id, answers)
        if result["type"] is not FlowResultType.CREATE_ENTRY:
            reason = await _async_reason(call.hass, result)
            raise wrong("meter_not_added", unit=str(data["unit_id"]), reason=reason)
    return {
        "bridge": entry.entry_id,
        "serial": result["unique_id"],
        "name": result["title"],
        "unit_id": data["unit_id"],
    }


async def _async_walk(hass: HomeAssistant, entry_id: str, answers: dict[str, Any]) -> Any:
    """Walk through the dialogue as somebody would; its last page."""
    flows = hass.config_entries.subentries
    page = await flows.async_init((entry_id, SUBENTRY_METER), context={"source": SOURCE_USER})
    try:
        for said in ({"next_step_id": "by_hand"}, answers):
            if page["type"] not in (FlowResultType.MENU, FlowResultType.FORM):
                break
            page = await flows.async_configure(page["flow_id"], said)
        return page
    finally:
        if page["type"] in (FlowResultType.MENU, FlowResultType.FORM):
            with suppress(UnknownFlow):  # the bridge was removed meanwhile, and its dialogues with it
                flows.async_abort(page["flow_id"])


async def _async_reason(hass: HomeAssistant, page: Any) -> str:
    """What the dialogue says against it, in the language of the site."""
    texts = await async_get_translations(hass, hass.config.language, "config_subentries", {DOMAIN})
    errors = page.get("errors") or {}
    key = next(iter(errors.values())) if errors else str(page.get("reason") or "")
    text = texts.get(f"{_TEXTS}.{'error' if errors else 'abort'}.{key}", key)
    for name, value in (page.get("description_placeholders") or {}).items():
        text = text.replace(f"{{{name}}}", value)
    return text
