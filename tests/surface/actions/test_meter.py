"""Actions on a meter beyond its entities: day tables, clock, load profile, key."""

from __future__ import annotations

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.csj_meter.const import CONF_KEY
from custom_components.csj_meter.simulator.faults import Fault, FaultKind

from ..conftest import Home, subentry_of
from .conftest import Call

UNIT = 1


async def test_a_day_table_is_set_and_read_back(call: Call) -> None:
    points = [{"time": "00:00:00", "tariff": 2}, {"time": "06:30", "tariff": 1}]

    told = await call("set_day_table", UNIT, day="saturday", switch_points=points)

    expected = [{"time": "00:00", "tariff": 2}, {"time": "06:30", "tariff": 1}]
    assert told == {"day": "saturday", "switch_points": expected}
    tables = await call("get_day_tables", UNIT)
    assert tables["saturday"] == expected
    assert tables["weekday"] != expected


@pytest.mark.parametrize(
    ("points", "key"),
    [
        ([{"time": "06:30", "tariff": 1}], "refused_value"),
        ([{"time": "00:00", "tariff": 8}], "refused_value"),
        ([{"time": "25:00", "tariff": 1}], "impossible_tariff"),
        ([{"time": "00:00:30", "tariff": 1}], "impossible_tariff"),
    ],
)
async def test_an_impossible_table_is_refused_and_the_old_one_stays(
    call: Call, points: list[dict[str, object]], key: str
) -> None:
    before = await call("get_day_tables", UNIT)

    with pytest.raises(ServiceValidationError) as told:
        await call("set_day_table", UNIT, day="weekday", switch_points=points)

    assert told.value.translation_key == key
    assert await call("get_day_tables", UNIT) == before


async def test_the_clock_is_set_to_now_or_to_what_is_said(opened: Home, call: Call) -> None:
    await call("set_clock", UNIT, time="2030-01-01 00:00:00")
    assert float(opened.state("sensor", UNIT, "clock").state) > 1_000_000

    await call("set_clock", UNIT)

    assert abs(float(opened.state("sensor", UNIT, "clock").state)) <= 2


async def test_the_load_profile_is_told_from_a_moment_on(opened: Home, call: Call) -> None:
    told = await call("read_load_profile", UNIT)

    ends = [entry["end"] for entry in told["entries"]]
    assert ends == sorted(ends)
    assert len(ends) == 96  # a day of quarters of an hour
    energies = [entry["energy_import"] for entry in told["entries"]]
    assert energies == sorted(energies)
    later = await call("read_load_profile", UNIT, since=ends[-3])
    assert [entry["end"] for entry in later["entries"]] == ends[-2:]


async def test_the_key_is_tested(opened: Home, call: Call) -> None:
    assert 0 < (await call("unlock_test", UNIT))["open_for"] <= 60
    assert opened.state("sensor", UNIT, "key_state").state == "accepted"


async def test_a_silent_meter_says_so(opened: Home, call: Call) -> None:
    opened.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))

    with pytest.raises(HomeAssistantError) as told:
        await call("set_clock", UNIT)

    assert told.value.translation_key == "unit_silent"


async def test_a_wrong_key_is_asked_for_and_not_tried_again(home: Home, hass_admin_user: object) -> None:
    meter = home.line.meters[UNIT]
    bridge = home.with_meters(subentry_of(meter, **{CONF_KEY: meter.nameplate.key + 1}))
    assert await bridge.set_up()
    await bridge.time.run(30)
    entity_id = bridge.entity_id("button", UNIT, "restart")

    for _ in range(5):
        with pytest.raises(HomeAssistantError) as told:
            await bridge.time.through(
                bridge.hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)
            )
        assert told.value.translation_key == "wrong_key"

    assert bridge.state("sensor", UNIT, "key_state").state == "wrong"
    (flow,) = bridge.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    # one try, so the meter is not locked
    assert meter.state.wrong_keys == 1
