"""Meters are watched: what goes to the store goes to the engine, and what that finds is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
import threading
from typing import Any

from homeassistant.helpers.dispatcher import DATA_DISPATCHER
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.detection import detection as detection_module, past as past_module
from custom_components.csj_meter.detection.status import Stage
from custom_components.csj_meter.detection.stored_rows import first_minute
from custom_components.csj_meter.history.opening import DATABASE_FILE
from custom_components.csj_meter.history.status import SIGNAL_MINUTE_OVER
from custom_components.csj_meter.history.telemetry import Telemetry, async_telemetry
from custom_components.csj_meter.meters.pulse import pulse_identity
from custom_components.csj_meter.meters.sample import Sample
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.telemetry.series import Series

from ..conftest import Home
from .conftest import UNIT, WatchedHome


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[Sample]]]:
    """What the engine is given, each time."""
    calls: list[tuple[int, list[Sample]]] = []
    observe = Engine.observe

    def noted(self: Engine, samples: Iterable[Sample], at: int) -> Any:
        some = list(samples)
        calls.append((at, some))
        return observe(self, some, at)

    monkeypatch.setattr(Engine, "observe", noted)
    return calls


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """In which threads the engine works."""
    seen: set[int] = set()

    def watch(name: str) -> None:
        original = getattr(Engine, name)

        def noted(self: Engine, *args: Any, **options: Any) -> Any:
            seen.add(threading.get_ident())
            return original(self, *args, **options)

        monkeypatch.setattr(Engine, name, noted)

    names = ("__init__", "observe_rows", "configure", "saved", "restore", "expected", "scores", "active")
    for name in names:
        watch(name)
    return seen


async def test_each_minute_the_engine_is_given_what_the_store_is(
    watched: WatchedHome, observed: list[tuple[int, list[Sample]]]
) -> None:
    await watched.begin()
    observed.clear()

    await watched.run(5)

    now, serial = watched.minute, watched.home.serial(UNIT)
    assert [at for at, _ in observed] == list(range(now - 5, now))
    telemetry = await async_telemetry(watched.home.hass)
    stored = await watched.home.time.through(
        telemetry.async_read(lambda store: Series.joined(store.minutes(serial, now - 5, now)).samples(serial))
    )
    assert [sample for _, samples in observed for sample in samples] == stored


async def test_a_minute_is_looked_at_as_soon_as_it_is_written(
    watched: WatchedHome, observed: list[tuple[int, list[Sample]]]
) -> None:
    await watched.begin()
    await watched.home.time.until_multiple_of(60)
    before = len(observed)

    await watched.home.time.run(2)
    assert len(observed) == before
    await watched.home.time.run(2)
    assert len(observed) == before + 1


async def test_a_sag_is_found_with_the_third_sample_and_shown_until_it_is_over(watched: WatchedHome) -> None:
    await watched.begin()
    assert watched.anomaly.state == "ok"
    watched.sag()
    began = watched.minute + 1

    await watched.run(4)

    assert watched.sags() == ["suspected", "confirmed"]
    found = watched.told[-1]
    assert (found.kind, found.severity, found.serial) == (
        Kind.VOLTAGE_SAG,
        Severity.CRITICAL,
        watched.home.serial(UNIT),
    )
    assert found.at - found.since == 2
    assert found.since in {began - 1, began}, "the minute in which it began may have been read before"
    assert watched.anomaly.state == "critical"
    (shown,) = [one for one in watched.anomaly.attributes["findings"] if one["kind"] == "voltage_sag"]
    assert shown["severity"] == "critical"
    assert shown["since"].timestamp() == found.since * 60
    assert shown["value"] < shown["low"] < 200
    assert watched.anomaly.attributes["since"] == shown["since"]

    watched.mend()
    await watched.run(5)

    assert watched.sags() == ["suspected", "confirmed", "cleared"]
    assert watched.anomaly.state == "ok"
    assert watched.anomaly.attributes["findings"] == []


async def test_what_is_only_suspected_is_not_shown(watched: WatchedHome) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(2)

    assert watched.sags() == ["suspected"]
    assert [finding.state for finding in (await watched.detection()).findings] == [State.SUSPECTED]
    assert watched.anomaly.state == "ok"


async def test_a_meter_that_falls_silent_is_found_while_its_values_are_gone(watched: WatchedHome) -> None:
    await watched.begin()
    watched.home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))

    await watched.run(15)

    assert ("meter_silent", "confirmed") in watched.states
    assert watched.home.state("sensor", UNIT, "active_power").state == "unavailable"
    assert watched.anomaly.state in {"warning", "critical"}


async def test_the_engine_never_works_in_the_event_loop(watched: WatchedHome, threads: set[int]) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(6)
    await watched.restart()
    await watched.home.hass.config.async_set_time_zone("Asia/Kolkata")
    await watched.run(2)

    assert threads
    assert threading.get_ident() not in threads


async def test_with_a_database_that_cannot_be_opened_meters_are_watched_all_the_same(
    watched: WatchedHome,
) -> None:
    file = watched.file.parents[1] / DATABASE_FILE
    file.mkdir()
    await watched.begin()
    detection = await watched.detection()
    assert (detection.status.stage, detection.status.owes_past) == (Stage.WATCHING, True)

    watched.sag()
    await watched.run(4)

    assert watched.sags() == ["suspected", "confirmed"]
    assert not watched.file.exists(), "half of what could be known is not worth keeping"

    file.rmdir()
    await watched.run(8)

    assert not detection.status.owes_past
    assert watched.sags() == ["suspected", "confirmed"]
    assert watched.anomaly.state == "critical"


async def test_a_database_that_never_answers_keeps_nobody_from_watching(
    watched: WatchedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Telemetry, "async_read", never)
    assert await watched.home.set_up()
    await watched.run(1)
    assert (await watched.detection()).status.stage is Stage.REBUILDING
    assert watched.anomaly.state == "unknown"

    watched.sag()
    await watched.run(5)

    assert (await watched.detection()).status.stage is Stage.WATCHING
    assert watched.sags() == ["suspected", "confirmed"]


async def test_minutes_wait_while_the_past_is_read_but_not_without_end(
    watched: WatchedHome, observed: list[tuple[int, list[Sample]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_module, "PATIENCE", 1e6)
    monkeypatch.setattr(detection_module, "MOST_WAITING", 4)
    done = asyncio.Event()

    async def patient(self: Any, job: partial[Any]) -> Any:
        if job.func is first_minute:
            await done.wait()
        return None

    monkeypatch.setattr(past_module.Past, "_async_ask", patient)
    await watched.begin()
    detection = await watched.detection()
    await watched.run(1)
    assert detection.status.waiting == 4 > len(observed) == 0

    await watched.run(5)
    assert detection.status.waiting == 4

    done.set()
    await watched.run(1)
    assert detection.status.waiting == 0
    now = watched.minute
    assert [at for at, _ in observed] == list(range(now - 5, now))


async def test_a_clock_that_is_set_back_does_not_make_it_deaf(watched: WatchedHome) -> None:
    await watched.begin()
    await watched.home.time.step(-2 * 3600)
    await watched.run(3)

    watched.sag()
    await watched.run(5)

    assert watched.sags() == ["suspected", "confirmed"]


@pytest.mark.parametrize("off", [False, True])
async def test_what_is_over_is_not_found_again_by_a_clock_that_is_set_back(
    watched: WatchedHome, off: bool
) -> None:
    await watched.begin()
    watched.sag()
    await watched.run(5)
    watched.mend()
    await watched.run(35)
    assert watched.sags() == ["suspected", "confirmed", "cleared"]

    # into the middle of the sag, by the minutes of the store
    await set_back(watched, 35 * 60, off=off)
    assert watched.sags() == ["suspected", "confirmed", "cleared"]
    watched.sag()
    await watched.run(5)
    assert watched.sags() == ["suspected", "confirmed", "cleared", "suspected", "confirmed"]


@pytest.mark.parametrize("off", [False, True])
async def test_what_lasts_is_not_told_again_by_a_clock_that_is_set_back(
    watched: WatchedHome, off: bool
) -> None:
    await watched.begin()
    await watched.run(30)
    watched.sag()
    await watched.run(5)
    assert watched.sags() == ["suspected", "confirmed"]

    await set_back(watched, 25 * 60, off=off)
    await watched.run(10)
    assert watched.sags() == ["suspected", "confirmed"]
    assert watched.anomaly.state == "critical"
    watched.mend()
    await watched.run(15)
    assert watched.sags() == ["suspected", "confirmed", "cleared"]
    assert watched.anomaly.state == "ok"


async def set_back(watched: WatchedHome, seconds: float, *, off: bool) -> None:
    """Set the clock back, while everything runs or while it is off."""
    time = watched.home.time
    if off:
        assert await watched.home.tear_down()
    await time.step(-seconds)
    if off:
        await watched.home.set_up()
    await watched.run(3)


@pytest.mark.parametrize("second", [20, 53, 54.5])
async def test_by_a_clock_that_is_set_forward_nobody_was_silent(watched: WatchedHome, second: int) -> None:
    await watched.begin()
    await watched.run(3)
    await watched.home.time.run(second)
    await watched.home.time.step(7200)
    await watched.run(6)
    assert watched.told == []

    watched.home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await watched.run(6)
    assert ("meter_silent", "confirmed") in watched.states


async def test_a_switched_off_meter_is_left_alone_until_it_is_switched_on(watched: WatchedHome) -> None:
    home = watched.home
    await watched.begin()
    watched.sag()
    await watched.run(4)
    assert watched.anomaly.state == "critical"

    await switch(home, "turn_off")
    await home.time.run(0)
    assert watched.anomaly.state == "unavailable"
    assert (await watched.detection()).findings == []
    assert (await watched.detection()).status.unwatched == 1
    told = len(watched.told)
    watched.mend()
    await watched.run(6)
    watched.sag()
    await watched.run(6)
    watched.mend()
    await watched.run(2)
    assert len(watched.told) == told

    await switch(home, "turn_on")
    await watched.run(5)
    assert watched.anomaly.state == "ok"
    watched.told.clear()
    watched.sag()
    await watched.run(4)
    assert watched.sags() == ["suspected", "confirmed"]
    assert watched.anomaly.state == "critical"


async def switch(home: Home, service: str) -> None:
    """Switch the watching of the meter."""
    entity_id = home.entity_id("switch", UNIT, "watch_load")
    await home.time.through(
        home.hass.services.async_call("switch", service, {"entity_id": entity_id}, blocking=True)
    )


async def test_what_is_wrong_with_the_engine_is_said_and_the_next_minute_tried(
    watched: WatchedHome, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await watched.begin()
    observe = Engine.observe
    monkeypatch.setattr(Engine, "observe", lambda *_: 1 / 0)
    await watched.run(1)
    assert "could not be watched" in caplog.text

    monkeypatch.setattr(Engine, "observe", observe)
    watched.sag()
    await watched.run(4)

    assert watched.sags() == ["suspected", "confirmed"]


async def test_unloading_leaves_no_task_and_no_listener(watched: WatchedHome) -> None:
    await watched.begin()

    assert await watched.home.tear_down()

    assert not [task for task in asyncio.all_tasks() if "detection" in task.get_name()]
    assert not watched.home.hass.data[DATA_DISPATCHER].get(SIGNAL_MINUTE_OVER)
    assert watched.file.exists()


async def test_a_pulse_counter_is_watched_as_well(watched: WatchedHome) -> None:
    hass, identity = watched.home.hass, pulse_identity("sensor.blinks", "Pulse counter")
    hass.states.async_set("sensor.blinks", "1000")
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Blinks",
        data={"link": "pulse", "entity_id": "sensor.blinks", "pulses_per_kwh": 1000.0},
        subentries_data=[
            {
                "data": {"profile": "pulse", "identity": identity.as_dict(), "circuit": ""},
                "subentry_type": "meter",
                "title": "Garage",
                "unique_id": identity.serial,
            }
        ],
    )
    entry.add_to_hass(hass)
    assert await watched.home.time.through(hass.config_entries.async_setup(entry.entry_id))
    await watched.run(2)
    hass.states.async_set("sensor.blinks", "unavailable")
    await watched.run(12)

    assert [
        (finding.serial, finding.kind) for finding in watched.told if finding.state is State.CONFIRMED
    ] == [(identity.serial, Kind.METER_SILENT)]
