"""Binary sensors: who is there, and what the status bits say."""

from __future__ import annotations

from homeassistant.const import STATE_UNAVAILABLE
import pytest

from custom_components.csj_meter.binary_sensor import STATUS_SENSORS
from custom_components.csj_meter.meters.quantities import Status
from custom_components.csj_meter.simulator import Fault, FaultKind

from .conftest import Home


def test_every_status_bit_has_one_sensor() -> None:
    assert sorted(description.bit for description in STATUS_SENSORS) == sorted(Status)


@pytest.mark.meters(1, 2, 3, 4)
@pytest.mark.parametrize(
    ("unit_id", "offered"),
    [
        (1, {description.key for description in STATUS_SENSORS}),
        (2, {description.key for description in STATUS_SENSORS} - {"phase_sequence"}),
        (3, {"overload", "cover_opened", "phase_sequence", "clock_not_set", "battery_low", "memory_error"}),
        (4, {"overload", "cover_opened", "clock_not_set", "battery_low", "memory_error"}),
    ],
    ids=["three-phase prepaid", "single-phase prepaid", "three-phase", "single-phase"],
)
async def test_a_meter_has_the_bits_that_mean_something_on_it(
    bridge: Home, unit_id: int, offered: set[str]
) -> None:
    here = {
        description.key
        for description in STATUS_SENSORS
        if bridge.entity_id("binary_sensor", unit_id, description.key)
    }

    assert here == offered


async def test_bits_are_as_the_meter_sets_them(bridge: Home) -> None:
    status = bridge.line.meters[1].truth()["status"]
    assert isinstance(status, int)

    for description in STATUS_SENSORS:
        expected = "on" if status & description.bit else "off"
        assert bridge.state("binary_sensor", 1, description.key).state == expected, description.key


@pytest.mark.meters(1, 3, 4)
async def test_an_overload_is_shown(bridge: Home) -> None:
    bridge.line.faults.set(Fault(kind=FaultKind.OVERLOAD, unit=4, magnitude=1.5))
    await bridge.time.run(70)

    assert bridge.state("binary_sensor", 4, "overload").state == "on"
    assert bridge.state("binary_sensor", 3, "overload").state == "off"


async def test_a_pulled_cable_is_shown_at_the_bridge_and_healed(bridge: Home) -> None:
    assert bridge.bridge_state("binary_sensor", "connectivity").state == "on"

    bridge.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    await bridge.time.run(70)

    assert bridge.bridge_state("binary_sensor", "connectivity").state == "off"
    assert bridge.state("binary_sensor", 1, "connectivity").state == "off"
    assert bridge.state("binary_sensor", 1, "overload").state == STATE_UNAVAILABLE

    bridge.line.faults.clear()
    await bridge.time.run(120)

    assert bridge.bridge_state("binary_sensor", "connectivity").state == "on"
    assert bridge.state("binary_sensor", 1, "connectivity").state == "on"
    assert bridge.state("binary_sensor", 1, "overload").state == "off"


async def test_nothing_is_claimed_before_the_first_answer(home: Home) -> None:
    home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
    assert await home.set_up()

    assert home.bridge_state("binary_sensor", "connectivity").state in {"unknown", "on"}
    assert home.state("binary_sensor", 1, "connectivity").state in {"unknown", "on"}
    assert home.state("binary_sensor", 1, "overload").state == STATE_UNAVAILABLE
