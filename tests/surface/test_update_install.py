"""Firmware that is installed: it arrives whole and runs, or it is refused and says why."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from homeassistant.components.update.const import (
    ATTR_INSTALLED_VERSION,
    ATTR_VERSION,
    DOMAIN as UPDATE_DOMAIN,
    SERVICE_INSTALL,
)
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.poller import FAST_PERIOD
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.firmware import Phase, build_image
from custom_components.csj_meter.simulator.models import Model

from .conftest import Home
from .firmware_images import UNIT, entity_id, install, put, runs, started, watch


async def test_an_image_reaches_the_meter_and_runs(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    states = watch(home)

    await install(home)

    assert runs(home) == "9.8.7"
    state = home.state("update", UNIT, "firmware")
    assert state.state == STATE_OFF
    assert state.attributes[ATTR_INSTALLED_VERSION] == "9.8.7"
    assert state.attributes["in_progress"] is False
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(UNIT)), home.entry.entry_id
    )
    assert device is not None
    assert device.sw_version == "9.8.7"
    stored = [dict(subentry.data) for subentry in home.entry.subentries.values()]
    assert [data["identity"]["firmware"] for data in stored if data["unit_id"] == UNIT] == ["9.8.7"]
    shown = [state.attributes["update_percentage"] for state in states if state.attributes["in_progress"]]
    assert shown[0] is None
    assert shown[1:] == sorted(shown[1:])
    assert {0, 100} < set(shown)
    assert home.state_of_entry() == "loaded"


async def test_an_older_version_is_installed_when_it_is_asked_for(keyed: Home) -> None:
    put(keyed.hass, (0, 1, 0))
    home = await started(keyed)

    await install(home, **{ATTR_VERSION: "0.1.0"})

    assert runs(home) == "0.1.0"
    state = home.state("update", UNIT, "firmware")
    assert (state.state, state.attributes[ATTR_INSTALLED_VERSION]) == (STATE_OFF, "0.1.0")


async def test_a_version_that_is_not_there_is_named_with_those_that_are(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    put(keyed.hass, (7, 7, 7), Model.DTS300)
    home = await started(keyed)

    with pytest.raises(ServiceValidationError) as told:
        await install(home, **{ATTR_VERSION: "7.7.7"})

    assert told.value.translation_key == "firmware_missing"
    assert told.value.translation_placeholders == {"version": "7.7.7", "model": "DTSY300", "known": "9.8.7"}
    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is False


async def test_an_image_that_arrives_broken_leaves_the_old_firmware(
    keyed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    old = runs(home)
    updater = home.line.meters[UNIT].updater
    receive = updater.receive

    def broken_flash(file: int, record: int, values: list[int], now: float) -> None:
        receive(file, record, [value ^ (record == 120) for value in values], now)

    monkeypatch.setattr(updater, "receive", broken_flash)
    with pytest.raises(HomeAssistantError) as told:
        await install(home)
    assert told.value.translation_key == "firmware_not_installed"
    assert "bad_crc" in (told.value.translation_placeholders or {})["error"]
    assert runs(home) == old

    monkeypatch.setattr(updater, "receive", receive)
    await install(home)
    assert runs(home) == "9.8.7"


async def test_without_the_key_nothing_is_sent(home: Home) -> None:
    put(home.hass, (9, 8, 7))
    await started(home)

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "firmware_not_installed"
    assert "its key is not known" in (told.value.translation_placeholders or {})["error"]
    assert home.line.meters[UNIT].updater.phase(home.time.wall) is Phase.IDLE


async def test_a_meter_that_misses_its_restart_says_so_and_is_restarted_later(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    meter = home.line.meters[UNIT]
    old = runs(home)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(meter, "restart", lambda: None)
        with pytest.raises(HomeAssistantError) as told:
            await install(home)

    assert told.value.translation_key == "firmware_waits"
    assert runs(home) == old
    assert home.state("update", UNIT, "firmware").state == STATE_ON

    states = watch(home)
    await install(home)
    assert runs(home) == "9.8.7"
    assert {state.attributes.get("update_percentage") for state in states} <= {None, 100}


async def test_only_one_install_at_a_time(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    first = home.hass.async_create_task(
        home.hass.services.async_call(
            UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
        )
    )
    await home.time.run(2)
    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is True

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "update_in_progress"
    assert home.state("update", UNIT, "firmware").attributes["in_progress"] is True
    await home.time.run(120)
    await first
    assert runs(home) == "9.8.7"


async def test_of_two_installs_at_the_same_moment_one_is_refused(keyed: Home) -> None:
    put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    receive = home.line.meters[UNIT].updater.receive
    places: list[tuple[int, int]] = []

    def received(file: int, record: int, values: list[int], now: float) -> None:
        places.append((file, record))
        receive(file, record, values, now)

    async def twice() -> list[object]:
        calls = (
            home.hass.services.async_call(
                UPDATE_DOMAIN, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id(home)}, blocking=True
            )
            for _ in range(2)
        )
        return await asyncio.gather(*calls, return_exceptions=True)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(home.line.meters[UNIT].updater, "receive", received)
        _, refused = await home.time.through(twice())

    assert isinstance(refused, HomeAssistantError)
    assert refused.translation_key == "update_in_progress"
    assert runs(home) == "9.8.7"
    assert len(places) == len(set(places))


async def test_an_image_that_is_exchanged_for_nonsense_is_not_sent(
    keyed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(keyed.hass, (9, 8, 7))
    home = await started(keyed)
    path.write_bytes(b"nothing")

    with pytest.raises(HomeAssistantError) as told:
        await install(home)

    assert told.value.translation_key == "firmware_missing"
    assert home.line.meters[UNIT].updater.phase(home.time.wall) is Phase.IDLE


async def test_the_other_meters_are_read_in_time_while_an_image_is_sent(keyed: Home) -> None:
    folder = put(keyed.hass, (9, 8, 7)).parent
    (folder / "DTSY300-9.8.7.bin").write_bytes(build_image(Model.DTSY300, (9, 8, 7), bytes(40_000)))
    home = await started(keyed)
    times: dict[str, list[float]] = {}

    def heard(serial: str) -> None:
        coordinator = next(c for c in coordinators if c.identity.serial == serial)
        if Group.LIVE in coordinator.data.updated:
            times.setdefault(serial, []).append(coordinator.data.readings[Group.LIVE].at)

    coordinators = list(home.entry.runtime_data.coordinators.values())
    for coordinator in coordinators:
        serial = coordinator.identity.serial
        coordinator.async_add_listener(lambda serial=serial: heard(serial))
    await home.time.run(120)
    begun = home.time.wall

    await install(home)

    ended = home.time.wall
    await home.time.run(60)
    assert ended - begun > 60, "the image is too small to disturb anybody"
    assert len(times) == len(coordinators)
    for serial, moments in times.items():
        if serial == home.serial(UNIT):
            continue
        gaps = [after - before for before, after in pairwise(moments)]
        assert max(gaps) < FAST_PERIOD + 1.0, serial
