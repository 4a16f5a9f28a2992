"""No subscription outlives its page, its connection or Home Assistant, and all outlive a reload."""

from __future__ import annotations

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CoreState
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.websocket_api import COMMANDS

from .conftest import Office, Viewer
from .held import held

pytestmark = pytest.mark.loopback

ENDS = ("unsubscribed", "left", "lost")


def subscriptions(office: Office) -> dict[str, dict[str, Any]]:
    """Every subscription, with what it takes."""
    serial = office.home.serial(1)
    given: dict[str, dict[str, Any]] = {
        "live/subscribe": {"serial": serial, "interval": 1, "harmonics": True},
        "bus/scan": {"bridge": office.home.entry.entry_id},
        "what_if": {"kind": "voltage_sag", "days": 1},
    }
    return {name: given.get(name, {}) for name, command in COMMANDS.items() if command.subscribes}


async def end(viewer: Viewer, number: int, how: str) -> None:
    match how:
        case "unsubscribed":
            await viewer.unsubscribe(number)
        case "left":
            await viewer.leave()
        case "lost":
            await viewer.lose()


@pytest.mark.parametrize("how", ENDS)
async def test_nothing_is_left_of_a_subscription(office: Office, how: str) -> None:
    before = held(office)
    for name, data in subscriptions(office).items():
        viewer = await office.viewer()
        number = await viewer.subscribe(name, **data)
        await office.run(3)
        assert held(office)["subscriptions"] == before["subscriptions"] + 1, name
        await end(viewer, number, how)
        await office.run(2)
        assert held(office) == before, name


async def test_nothing_is_left_after_a_hundred_visits(office: Office) -> None:
    before = held(office)
    viewer = await office.viewer()
    for _ in range(100):
        numbers = [
            await viewer.subscribe(name, **data)
            for name, data in subscriptions(office).items()
            if name not in ("bus/scan", "what_if")
        ]
        for number in numbers:
            await viewer.unsubscribe(number)
    await office.run(2)
    assert held(office) == before


async def test_nothing_is_left_when_the_connection_goes_before_the_answer(office: Office) -> None:
    """Roles are looked up in a thread: the connection may be gone when they are known."""
    before = held(office)
    for name, data in subscriptions(office).items():
        viewer = await office.viewer()
        await viewer.send(f"{DOMAIN}/{name}", **data)
        await viewer.lose()
        await office.run(3)
        assert held(office) == before, name


async def test_nothing_is_left_of_what_was_refused(office: Office) -> None:
    nobody = await office.person(None)
    await office.run(1)
    for name, data in subscriptions(office).items():
        await nobody.refused(name, **data)  # opens the audit log
    before = held(office)
    for name, data in subscriptions(office).items():
        code, key = await nobody.refused(name, **data)
        assert (code, key) == ("unauthorized", "not_allowed"), name
    assert held(office) == before
    assert before["subscriptions"] == 0


async def test_views_say_that_a_bridge_is_loading_and_go_on(office: Office) -> None:
    viewer, serial = await office.viewer(), office.home.serial(1)
    numbers = {
        name: await viewer.subscribe(name, **data)
        for name, data in subscriptions(office).items()
        if name not in ("bus/scan", "what_if")
    }
    await office.run(10)
    looked_at = held(office)
    for number in numbers.values():
        viewer.heard(number)

    for _ in range(3):
        assert await office.home.tear_down()
        await office.run(3)
        away = {name: viewer.heard(number) for name, number in numbers.items()}
        assert away["live/subscribe"][-1] == {"serial": serial, "state": "loading"}
        assert {row["state"] for event in away["meters/subscribe"] for row in event["meters"]} == {"loading"}
        assert away["bus/subscribe"][-1]["bridges"][0]["state"] == ConfigEntryState.NOT_LOADED.value
        assert away["alerts/subscribe"][-1]["loading"]
        assert away["work_orders/subscribe"][-1]["loading"]
        assert held(office)["demands"] == 0

        entry_id = office.home.entry.entry_id
        assert await office.home.time.through(office.hass.config_entries.async_setup(entry_id))
        await office.run(15)
        back = {name: viewer.heard(number) for name, number in numbers.items()}
        live = [event for event in back["live/subscribe"] if event["state"] == "online"]
        assert len(live) >= 8
        rows = {row["serial"]: row for event in back["meters/subscribe"] for row in event["meters"]}
        assert {row["state"] for row in rows.values()} == {"online"}
        assert back["bus/subscribe"][-1]["bridges"][0]["state"] == ConfigEntryState.LOADED.value
        assert not back["alerts/subscribe"][-1]["loading"]
        assert not back["work_orders/subscribe"][-1]["loading"]

    now = held(office)
    assert {key: now[key] for key in ("demands", "listeners", "subscriptions", "signals")} == {
        key: looked_at[key] for key in ("demands", "listeners", "subscriptions", "signals")
    }
    for number in numbers.values():
        await viewer.unsubscribe(number)


@pytest.mark.parametrize("expected_lingering_timers", [True])  # the heartbeat of the server's own socket
async def test_home_assistant_stops_under_somebody_who_looks(office: Office) -> None:
    viewer = await office.viewer()
    for name, data in subscriptions(office).items():
        await viewer.subscribe(name, **data)
    await office.run(2)

    await office.home.time.through(office.hass.async_stop(force=True))
    await office.run(1)

    assert office.hass.state is CoreState.stopped
    assert viewer.socket.closed
    left = held(office)
    assert (left["subscriptions"], left["demands"], left["timers"], left["tasks"]) == (0, 0, 0, [])


@pytest.mark.meters(1, 6)
async def test_what_is_not_followed_any_more_is_told(office: Office) -> None:
    """A meter that is removed, and one that is called otherwise."""
    viewer, entry = await office.viewer(), office.home.entry
    serial = office.home.serial(6)
    rows = await viewer.subscribe("meters/subscribe")
    live = await viewer.subscribe("live/subscribe", serial=serial)
    viewer.heard(rows)

    registry = dr.async_get(office.hass)
    device = registry.async_get_device_by_identifier((DOMAIN, serial), entry.entry_id)
    assert device is not None
    registry.async_update_device(device.id, name_by_user="Attic")
    await office.run(2)
    names = {row["serial"]: row["name"] for event in viewer.heard(rows) for row in event["meters"]}
    assert names[serial] == "Attic"

    subentry = next(one for one in entry.subentries.values() if one.unique_id == serial)
    assert office.hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await office.run(5)
    assert [event["removed"] for event in viewer.heard(rows) if event["removed"]] == [[serial]]
    assert viewer.heard(live)[-1] == {"serial": serial, "state": "removed"}
    assert await viewer.refused("live/subscribe", serial=serial) == ("not_found", "no_such_meter")
