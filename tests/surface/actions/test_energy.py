"""The action that sets up the Energy dashboard: it asks first, adds what is missing, takes nothing away."""

from __future__ import annotations

from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history.statistics import statistic_id
from custom_components.csj_meter.site.access import Role

from ..conftest import Home
from ..people import give_role

ACTION = "set_up_energy_dashboard"

THEIRS = {
    "type": "grid",
    "stat_energy_from": "sensor.of_their_own",
    "stat_energy_to": None,
    "stat_cost": None,
    "entity_energy_price": None,
    "number_energy_price": 0.3,
    "stat_compensation": None,
    "entity_energy_price_export": None,
    "number_energy_price_export": None,
    "cost_adjustment_day": 0.0,
}

pytestmark = pytest.mark.meters(live_period=60)


@pytest.fixture
def hass(recorder_mock: Recorder, hass: HomeAssistant) -> HomeAssistant:
    """A Home Assistant that records, without which there is no Energy dashboard."""
    return hass


@pytest.fixture
async def counted(home: Home) -> Home:
    """A bridge that was read, and an Energy dashboard that nobody has set up."""
    assert await home.time.through(async_setup_component(home.hass, "energy", {}))
    assert await home.set_up()
    await home.time.run(100)
    return home


async def call(home: Home, **data: Any) -> dict[str, Any]:
    """What the action answers to the owner."""
    answered = await home.time.through(
        home.hass.services.async_call(DOMAIN, ACTION, data, blocking=True, return_response=True)
    )
    assert answered is not None
    return dict(answered)


async def sources(home: Home) -> list[dict[str, Any]]:
    manager = await async_get_manager(home.hass)
    return [] if manager.data is None else [dict(one) for one in manager.data["energy_sources"]]


def device(home: Home, unit: int) -> str:
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(unit)), home.entry.entry_id
    )
    assert found is not None
    return found.id


async def test_nothing_is_done_before_it_is_confirmed(counted: Home) -> None:
    answered = await call(counted)

    assert answered["done"] is False
    assert len(answered["added"]) >= 6
    assert await sources(counted) == []
    with pytest.raises(ServiceValidationError) as refused:
        await counted.hass.services.async_call(DOMAIN, ACTION, {}, blocking=True)
    assert refused.value.translation_key == "energy_not_confirmed"


async def test_every_meter_is_added_by_its_tariffs_with_what_it_costs(counted: Home) -> None:
    told = await call(counted)
    done = await call(counted, confirm=True)

    assert done["done"] is True
    assert done["added"] == told["added"]
    found = {source["stat_energy_from"]: source for source in await sources(counted)}
    serial = counted.serial(1)
    assert found.keys() == {source["stat_energy_from"] for source in told["added"]}
    of_first = [its for key, its in found.items() if key.startswith(statistic_id(serial, "energy_import"))]
    assert len(of_first) > 1
    for tariff, source in enumerate(of_first, 1):
        assert source["name"] == f"Home 1, tariff {tariff}"
        assert source["stat_energy_from"] == statistic_id(serial, f"energy_import_t{tariff}")
        assert source["stat_cost"] == statistic_id(serial, f"cost_t{tariff}")
        assert source.get("stat_rate") == (
            counted.entity_id("sensor", 1, "active_power") if tariff == 1 else None
        )


@pytest.mark.days
async def test_what_it_names_is_in_the_statistics(counted: Home) -> None:
    await call(counted, confirm=True)
    await counted.time.run(3700)
    for _ in range(6):
        await counted.time.run(1)
        await async_wait_recording_done(counted.hass)

    problems = (await async_validate(counted.hass)).as_dict()["energy_sources"]
    missing = {
        entity for source in problems for problem in source for entity, _ in problem["affected_entities"]
    }
    # of power, Home Assistant itself makes statistics, every five minutes of real time
    powers = {counted.entity_id("sensor", unit, "active_power") for unit in (1, 2)}
    assert missing <= powers


async def test_what_somebody_has_set_up_stays_as_it_is(counted: Home) -> None:
    manager = await async_get_manager(counted.hass)
    own = {**THEIRS, "stat_energy_from": counted.entity_id("sensor", 1, "energy_import")}
    update: Any = {
        "energy_sources": [THEIRS, own],
        "device_consumption": [{"stat_consumption": "sensor.washing_machine"}],
    }
    await manager.async_update(update)
    done = await call(counted, confirm=True)
    found = await sources(counted)

    assert done["already_there"] == ["Home 1"]
    assert found[:2] == [THEIRS, own]
    assert not any(counted.serial(1).lower() in str(source) for source in found[2:])
    assert manager.data is not None
    assert manager.data["device_consumption"] == [{"stat_consumption": "sensor.washing_machine"}]

    again = await call(counted, confirm=True)
    assert again["added"] == []
    assert await sources(counted) == found


async def test_single_meters_can_be_meant(counted: Home) -> None:
    await call(counted, confirm=True, device_id=[device(counted, 2)])
    assert {source["name"].partition(",")[0] for source in await sources(counted)} == {"Home 2"}

    with pytest.raises(ServiceValidationError) as refused:
        await call(counted, device_id=["none"])
    assert refused.value.translation_key == "no_such_meter"


async def test_a_list_that_was_left_empty_is_all_meters(counted: Home) -> None:
    assert (await call(counted, device_id=[]))["added"] == (await call(counted))["added"]


async def test_only_owners_may(counted: Home) -> None:
    user = MockUser(name="Tess").add_to_hass(counted.hass)
    await give_role(counted.hass, user, Role.TECHNICIAN)

    with pytest.raises(Unauthorized):
        await counted.hass.services.async_call(
            DOMAIN, ACTION, {"confirm": True}, blocking=True, context=Context(user_id=user.id)
        )
    assert await sources(counted) == []


async def test_without_the_dashboard_it_says_so(home: Home) -> None:
    assert await home.set_up()

    with pytest.raises(ServiceValidationError) as refused:
        await call(home)
    assert refused.value.translation_key == "energy_not_set_up"
