"""What is usual, how far a meter is off, and what was found, as entities show it."""

from __future__ import annotations

from homeassistant.const import EntityCategory
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
import pytest

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.detection.status import SIGNAL_DETECTION
from custom_components.csj_meter.sensor_detection import DeviationSensor

from ..conftest import Home, subentry_of
from .conftest import UNIT, WatchedHome


def category(home: Home, platform: str, key: str) -> tuple[EntityCategory | None, bool]:
    """Category of an entity of the meter, and whether users have to enable it."""
    entity = er.async_get(home.hass).async_get(home.entity_id(platform, UNIT, key) or "")
    assert entity is not None
    return entity.entity_category, entity.disabled_by is not None


async def test_what_is_for_everybody_and_what_for_technicians(home: Home) -> None:
    alone = home.with_meters(subentry_of(home.line.meters[UNIT]))
    assert await alone.set_up()

    assert category(alone, "sensor", "expected_usage") == (None, False)
    assert category(alone, "sensor", "alert_state") == (None, False)
    assert category(alone, "sensor", "anomaly") == (EntityCategory.DIAGNOSTIC, True)
    assert category(alone, "sensor", "deviation") == (EntityCategory.DIAGNOSTIC, True)
    assert category(alone, "switch", "watch_load") == (EntityCategory.CONFIG, False)
    assert alone.state("switch", UNIT, "watch_load").state == "on"


async def test_what_is_usual_is_not_known_on_the_first_day(watched: WatchedHome) -> None:
    await watched.begin()

    expected = watched.home.state("sensor", UNIT, "expected_usage")
    assert expected.state == "unknown"
    assert "low" not in expected.attributes
    attributes = watched.anomaly.attributes
    assert (attributes["learning"], attributes["days_known"], attributes["since"]) == (True, 0, None)


async def test_what_is_as_before_is_not_written_every_minute(watched: WatchedHome) -> None:
    await watched.begin()
    before = [watched.home.state("sensor", UNIT, key).last_reported for key in ("expected_usage", "insight")]

    await watched.run(2)

    after = [watched.home.state("sensor", UNIT, key).last_reported for key in ("expected_usage", "insight")]
    assert after == before


async def test_what_is_usual_in_this_hour_is_learnt_from_the_days_before(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.remember()
    assert await watched.home.tear_down()
    watched.file.unlink()
    assert await watched.home.set_up()
    await watched.run(2)

    expected = watched.home.state("sensor", UNIT, "expected_usage")

    assert float(expected.state) == pytest.approx(503, abs=10)
    assert expected.attributes["low"] <= float(expected.state) <= expected.attributes["high"]
    assert expected.attributes["compared_with"] in {"all_days", "day_type", "weekday"}
    assert expected.attributes["unit_of_measurement"] == "W"
    assert 0 < expected.attributes["sure"] < 1
    assert watched.anomaly.attributes["days_known"] == expected.attributes["days_known"] > 0


async def test_the_deviation_is_that_of_the_kind_that_is_furthest_off(
    watched: WatchedHome, everything_enabled: None
) -> None:
    await watched.begin()
    calm = watched.home.state("sensor", UNIT, "deviation")
    assert 0 <= float(calm.state) < 1

    watched.sag()
    await watched.run(4)

    deviation = watched.home.state("sensor", UNIT, "deviation")
    assert float(deviation.state) > 1
    assert deviation.attributes["voltage_sag"] > 1
    kinds = {kind.value: deviation.attributes[kind] for kind in Kind if kind in deviation.attributes}
    assert float(deviation.state) == max(kinds.values())
    assert DeviationSensor._unrecorded_attributes == frozenset(Kind)


async def test_they_are_there_while_nobody_answers(watched: WatchedHome, everything_enabled: None) -> None:
    await watched.begin()
    assert await watched.home.tear_down()
    assert watched.anomaly.state == "unavailable"

    assert await watched.home.set_up()

    assert watched.anomaly.state != "unavailable"


async def test_a_state_is_written_when_something_is_new(watched: WatchedHome) -> None:
    await watched.begin()
    before = watched.anomaly

    async_dispatcher_send(watched.home.hass, SIGNAL_DETECTION)
    await watched.home.time.run(0)

    assert watched.anomaly.last_updated == before.last_updated
