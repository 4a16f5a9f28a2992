"""Which meters are watched: those of all bridges, by how they are polled, and where they hang."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.anomaly.settings import Settings
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection.fleet import fleet_of
from custom_components.csj_meter.simulator import SimulatedMeter, demo_line

from ..conftest import subentry_of
from .conftest import UNIT, WatchedHome, enable_anomaly


@pytest.fixture
def meters() -> list[SimulatedMeter]:
    """Six of them."""
    return list(demo_line(1, 6).meters.values())


def bridge(hass: HomeAssistant, *meters: SimulatedMeter, **options: Any) -> MockConfigEntry:
    """A bridge that is configured and not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN, options=options, subentries_data=[subentry_of(meter) for meter in meters]
    )
    entry.add_to_hass(hass)
    return entry


async def test_a_meter_is_known_by_its_identity_its_circuit_and_its_bridge(
    hass: HomeAssistant, meters: list[SimulatedMeter]
) -> None:
    entry = bridge(hass, meters[0])

    (known,) = fleet_of(hass, Settings()).meters

    plate = meters[0].nameplate
    assert (known.serial, known.phases, known.rated_voltage, known.max_current) == (
        plate.serial,
        plate.model.phases,
        plate.rated_voltage,
        plate.max_current,
    )
    assert (known.circuit, known.gateway) == (meters[0].circuit, entry.entry_id)


@pytest.mark.parametrize(("period", "interval"), [(5, 1), (60, 1), (90, 2), (900, 15)])
async def test_the_interval_is_that_of_the_polls_but_a_minute_at_least(
    hass: HomeAssistant, meters: list[SimulatedMeter], period: int, interval: int
) -> None:
    bridge(hass, meters[0], live_period=period)

    (known,) = fleet_of(hass, Settings()).meters

    assert known.interval == interval


async def test_the_meters_of_a_bridge_that_is_switched_off_are_known_but_left_alone(
    hass: HomeAssistant, meters: list[SimulatedMeter]
) -> None:
    bridge(hass, meters[0], meters[1])
    off = bridge(hass, meters[2])
    await hass.config_entries.async_set_disabled_by(off.entry_id, ConfigEntryDisabler.USER)

    settings = Settings(unwatched=frozenset({meters[0].nameplate.serial}))
    fleet = fleet_of(hass, settings)

    assert fleet.serials == sorted(meter.nameplate.serial for meter in meters[:3])
    assert [fleet.watches(meter.nameplate.serial) for meter in meters[:3]] == [False, True, False]


async def test_a_meter_on_two_bridges_is_where_it_is_read(
    hass: HomeAssistant, meters: list[SimulatedMeter]
) -> None:
    old = bridge(hass, meters[0])
    new = bridge(hass, meters[0])
    await hass.config_entries.async_set_disabled_by(old.entry_id, ConfigEntryDisabler.USER)

    fleet = fleet_of(hass, Settings())

    assert [meter.gateway for meter in fleet.meters] == [new.entry_id]
    assert fleet.watches(meters[0].nameplate.serial)


async def test_a_meter_that_joins_is_watched_and_one_that_leaves_is_not(watched: WatchedHome) -> None:
    home, hass = watched.home, watched.home.hass
    enable_anomaly(home, 4)
    await watched.begin()
    detection = await watched.detection()
    assert detection.status.meters == 1

    data = subentry_of(home.line.meters[4])
    subentry = ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )
    hass.config_entries.async_add_subentry(home.entry, subentry)
    await home.time.run(0)
    assert detection.status.meters == 2
    await watched.run(2)
    assert home.state("sensor", 4, "anomaly").state == "ok"

    hass.config_entries.async_remove_subentry(home.entry, subentry.subentry_id)
    await home.time.run(0)
    assert detection.status.meters == 1
    assert not detection.view(home.serial(4)).watched


async def test_another_circuit_is_known_at_once_and_nothing_is_forgotten(watched: WatchedHome) -> None:
    home = watched.home
    await watched.begin()
    watched.sag()
    await watched.run(4)
    (subentry,) = home.entry.get_subentries_of_type("meter")

    home.hass.config_entries.async_update_subentry(
        home.entry, subentry, data={**subentry.data, "circuit": "Mill Lane"}
    )
    await watched.run(3)

    assert [finding.circuit for finding in (await watched.detection()).findings] == ["Mill Lane"]
    assert watched.sags() == ["suspected", "confirmed"]
    assert home.state("sensor", UNIT, "anomaly").state == "critical"


async def test_a_bridge_that_is_reloaded_beside_another_forgets_nothing(
    watched: WatchedHome, hass: HomeAssistant
) -> None:
    home = watched.home
    await watched.begin()
    other = MockConfigEntry(
        domain=DOMAIN,
        title="Garage",
        data={"link": "pulse", "entity_id": "sensor.pulses", "pulses_per_kwh": 1000},
    )
    hass.states.async_set("sensor.pulses", "1000")
    other.add_to_hass(hass)
    assert await home.time.through(hass.config_entries.async_setup(other.entry_id))
    watched.sag()
    await watched.run(4)

    assert await home.time.through(hass.config_entries.async_reload(home.entry.entry_id))
    await watched.run(2)

    assert watched.sags() == ["suspected", "confirmed"]
    assert watched.anomaly.state == "critical"
