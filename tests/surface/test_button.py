"""The button that reads a meter at once."""

from __future__ import annotations

from homeassistant.components.button.const import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.csj_meter.simulator import Fault, FaultKind

from .conftest import Home


async def press(home: Home, unit_id: int) -> None:
    """Press the button of a meter and wait for the outcome."""
    await home.time.through(
        home.hass.services.async_call(
            BUTTON_DOMAIN,
            SERVICE_PRESS,
            {ATTR_ENTITY_ID: home.entity_id("button", unit_id, "take_sample")},
            blocking=True,
        )
    )


@pytest.mark.meters(1, 6)
async def test_pressing_brings_the_values_of_now(bridge: Home) -> None:
    await bridge.time.until_multiple_of(5)

    await press(bridge, 6)

    assert float(bridge.state("sensor", 6, "active_power").state) == pytest.approx(
        bridge.line.meters[6].truth()["active_power"]
    )


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault(kind=FaultKind.METER_DEAD, unit=2), "unit_silent"),
        (Fault(kind=FaultKind.CRC_ERRORS, unit=2, magnitude=1.0), "garbled_reply"),
        (Fault(kind=FaultKind.UNPLUGGED), "link_down"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind.value,
)
async def test_what_goes_wrong_is_told_in_the_words_of_the_user(bridge: Home, fault: Fault, key: str) -> None:
    bridge.line.faults.set(fault)

    with pytest.raises(HomeAssistantError) as told:
        await press(bridge, 2)

    assert told.value.translation_domain == "csj_meter"
    assert told.value.translation_key == key
    assert told.value.translation_placeholders


async def test_a_frozen_meter_says_so(bridge: Home) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=2))
    await bridge.time.run(120)

    with pytest.raises(HomeAssistantError) as told:
        await press(bridge, 2)

    assert told.value.translation_key == "meter_frozen"
