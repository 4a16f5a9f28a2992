"""Actions, as automations and the tools of Home Assistant call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

import custom_components.csj_meter as package
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.services import ACTIONS
from custom_components.csj_meter.simulator import FaultKind, SimulatedLine

from .conftest import Home


async def _call(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


@pytest.mark.meters(1, 2, 3)
async def test_a_fault_is_simulated_and_cleared_again(
    hass: HomeAssistant, bridge: Home, line: SimulatedLine
) -> None:
    entry_id = bridge.entry.entry_id
    await _call(hass, "simulate_fault", config_entry_id=entry_id, fault="leak", unit_id=3, value=500)
    await _call(hass, "simulate_fault", config_entry_id=entry_id, fault="unplugged")
    leak = line.faults.of_unit(FaultKind.LEAK, 3)
    assert leak is not None
    assert leak.size == 500
    assert line.unplugged

    await _call(hass, "clear_simulated_faults", config_entry_id=entry_id)
    assert not line.faults
    assert not line.unplugged


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"fault": "gremlins"}, "gremlins"),
        ({"fault": "voltage_sag", "value": 7}, "voltage_sag takes a value from 0 to 0.95"),
        ({"fault": "echo", "unit_id": 2}, "echo is a fault of the whole line"),
        (
            {"fault": "voltage_sag", "unit_id": 99},
            "voltage_sag is for a meter that is not there: use a unit from 1 to",
        ),
    ],
)
async def test_an_impossible_fault_is_explained(
    hass: HomeAssistant, bridge: Home, data: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await _call(hass, "simulate_fault", config_entry_id=bridge.entry.entry_id, **data)
    assert refused.value.translation_key == "impossible_fault"
    assert problem in (refused.value.translation_placeholders or {})["error"]


@pytest.mark.parametrize("action", ["simulate_fault", "clear_simulated_faults"])
async def test_only_a_simulated_line_that_is_set_up_has_faults(
    hass: HomeAssistant, bridge: Home, action: str
) -> None:
    more = {"fault": "leak"} if action == "simulate_fault" else {}
    with pytest.raises(ServiceValidationError) as refused:
        await _call(hass, action, config_entry_id="no such bridge", **more)
    assert refused.value.translation_key == "not_simulated"

    assert await hass.config_entries.async_unload(bridge.entry.entry_id)
    with pytest.raises(ServiceValidationError):
        await _call(hass, action, config_entry_id=bridge.entry.entry_id, **more)


async def test_only_administrators_simulate_faults(
    hass: HomeAssistant, bridge: Home, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "clear_simulated_faults",
            {"config_entry_id": bridge.entry.entry_id},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_the_faults_offered_are_those_of_the_simulator(hass: HomeAssistant) -> None:
    path = f"{package.__path__[0]}/services.yaml"
    actions = await hass.async_add_executor_job(load_yaml_dict, path)
    select = actions["simulate_fault"]["fields"]["fault"]["selector"]["select"]
    assert set(select["options"]) == set(FaultKind)


async def test_every_action_is_described_as_it_is_registered(hass: HomeAssistant) -> None:
    folder = Path(package.__path__[0])
    described = await hass.async_add_executor_job(load_yaml_dict, f"{folder}/services.yaml")
    told = json.loads((folder / "translations" / "en.json").read_text(encoding="utf-8"))["services"]
    icons = json.loads((folder / "icons.json").read_text(encoding="utf-8"))["services"]

    assert set(described) == set(told) == set(icons) == set(ACTIONS)
    for name, action in ACTIONS.items():
        fields = described[name]["fields"]
        keys = {str(key): isinstance(key, probatio.Required) for key in action.schema.schema}
        assert {field: bool(about.get("required")) for field, about in fields.items()} == keys, name
        assert set(told[name]["fields"]) == set(fields), name
