"""Automations of a test: what they were run with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component

from custom_components.csj_meter.const import DOMAIN

from ..conftest import Home


def device_id(home: Home, unit_id: int) -> str:
    """The device of a meter."""
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(unit_id)), home.entry.entry_id
    )
    assert device is not None
    return device.id


@dataclass(slots=True)
class Ran:
    """What an automation was run with, each time."""

    hass: HomeAssistant
    times: list[dict[str, Any]] = field(default_factory=list)

    async def automate(self, trigger: dict[str, Any], condition: dict[str, Any] | None = None) -> None:
        """Write down ``trigger.alert`` or ``trigger.credit`` whenever the automation runs."""

        async def ran(call: ServiceCall) -> None:
            self.times.append(dict(call.data))

        self.hass.services.async_register("test", "ran", ran)
        said = "{{ trigger.alert | default(trigger.credit | default(none)) }}"
        automation: dict[str, Any] = {
            "id": "watched",
            "alias": "Watched",
            "mode": "queued",
            "triggers": [trigger],
            "actions": [{"action": "test.ran", "data": {"said": said}}],
        }
        if condition is not None:
            automation["conditions"] = [condition]
        assert await async_setup_component(self.hass, "automation", {"automation": [automation]})
        await self.hass.async_block_till_done()
        state = self.hass.states.get("automation.watched")
        assert state is not None
        assert state.state == "on", "the automation was not accepted"

    @property
    def said(self) -> list[dict[str, Any]]:
        """The data of the trigger, each time."""
        return [one["said"] for one in self.times]

    async def stop(self) -> None:
        """Switch the automation off."""
        await self.hass.services.async_call(
            "automation", "turn_off", {"entity_id": "automation.watched"}, blocking=True
        )
