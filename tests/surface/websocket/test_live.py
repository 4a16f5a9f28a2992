"""A meter live: as often as is asked for, for as long as somebody looks, at the price of one poll."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.access import Role

from .conftest import Office
from .held import held

pytestmark = pytest.mark.loopback

UNIT = 1


def requests(office: Office, unit: int = UNIT) -> int:
    bus = office.home.entry.runtime_data.bus
    return int(bus.statistics.unit(unit).requests)


def period(office: Office, unit: int = UNIT) -> float:
    runtime = office.home.entry.runtime_data
    serial = office.home.serial(unit)
    meter = next(one.source for one in runtime.coordinators.values() if one.identity.serial == serial)
    return float(runtime.poller.period(meter, Group.LIVE))


async def test_a_meter_is_told_as_often_as_is_asked_for(office: Office) -> None:
    viewer, serial = await office.viewer(), office.home.serial(UNIT)
    number = await viewer.subscribe("live/subscribe", serial=serial, interval=1)
    (first,) = viewer.heard(number)
    assert (first["serial"], first["state"], first["every"]) == (serial, "online", 1.0)
    assert first["harmonics"] is None
    truth = office.home.line.meters[UNIT].truth()

    await office.run(30)
    told = viewer.heard(number)
    times = [dt.datetime.fromisoformat(event["live"]["at"]) for event in told]
    assert 28 <= len(told) <= 32
    gaps = {round((after - before).total_seconds(), 1) for before, after in pairwise(times[2:])}
    assert gaps == {1.0}
    # who may command has it measure for each: by itself it does so every five seconds
    assert len({event["live"]["values"]["sequence"] for event in told}) >= 28
    values = told[-1]["live"]["values"]
    for phase in (1, 2, 3):
        assert abs(values[f"voltage_l{phase}"] - float(str(truth[f"voltage_l{phase}"]))) < 5
        assert values[f"active_power_l{phase}"] is not None


@pytest.mark.parametrize("watchers", [1, 10])
async def test_ten_watchers_cost_one_poll(office: Office, watchers: int) -> None:
    serial = office.home.serial(UNIT)
    await office.run(60)
    before = requests(office)
    await office.run(60)
    at_rest = requests(office) - before
    viewers = [await office.viewer() for _ in range(watchers)]
    numbers = [await viewer.subscribe("live/subscribe", serial=serial, interval=5) for viewer in viewers]
    await office.run(5)
    before = requests(office)
    await office.run(60)
    watched = requests(office) - before
    print(f"{watchers} watchers: {watched} requests a minute, {at_rest} at rest")  # noqa: T201

    assert watched <= at_rest + 13
    for viewer, number in zip(viewers, numbers, strict=True):
        assert 12 <= len(viewer.heard(number)) <= 16


async def test_each_hears_as_often_as_they_asked_and_the_rate_falls_back(office: Office) -> None:
    serial, usual = office.home.serial(UNIT), period(office)
    eager, calm = await office.viewer(), await office.viewer()
    fast = await eager.subscribe("live/subscribe", serial=serial, interval=1)
    slow = await calm.subscribe("live/subscribe", serial=serial, interval=10)
    await office.run(5)
    eager.heard(fast)
    calm.heard(slow)
    await office.run(60)
    assert 55 <= len(eager.heard(fast)) <= 65
    assert 5 <= len(calm.heard(slow)) <= 9

    await eager.unsubscribe(fast)
    await office.run(1)
    assert period(office) == min(10.0, usual)
    await calm.lose()
    await office.run(1)
    assert period(office) == usual
    assert held(office)["demands"] == 0


@pytest.mark.meters(1, 2, 3, 4, 5, 6)
async def test_the_line_is_not_overloaded_by_watchers(office: Office) -> None:
    viewer, bus = await office.viewer(), office.home.entry.runtime_data.bus
    numbers = [
        await viewer.subscribe("live/subscribe", serial=office.home.serial(unit), interval=1, harmonics=True)
        for unit in office.home.line.meters
    ]
    await office.run(300)
    load = bus.load
    told = {number: viewer.heard(number) for number in numbers}
    every = {event["every"] for events in told.values() for event in events[-1:]}
    print(f"six meters watched every second: load {load:.0%}, each every {every} s")  # noqa: T201

    assert load < 0.7
    assert all(len(events) > 100 for events in told.values())
    assert min(every) > 1.0


async def test_harmonics_are_told_when_they_were_read(office: Office) -> None:
    viewer = await office.viewer()
    number = await viewer.subscribe(
        "live/subscribe", serial=office.home.serial(UNIT), interval=5, harmonics=True
    )
    await office.run(90)
    told = [event["harmonics"] for event in viewer.heard(number) if event["harmonics"] is not None]

    assert 3 <= len(told) <= 5
    assert len({block["at"] for block in told}) == len(told)
    assert len(told[0]["values"]["voltage_harmonics_l3"]) == 30


async def test_a_meter_that_falls_silent_is_told_at_once(office: Office) -> None:
    viewer, time = await office.viewer(), office.home.time
    number = await viewer.subscribe("live/subscribe", serial=office.home.serial(UNIT), interval=2)
    await office.run(4)
    viewer.heard(number)
    office.home.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await office.run(30)
    assert viewer.heard(number)[-1]["state"] == "silent"
    office.home.line.faults.clear()
    before = time.wall
    await office.run(60)
    assert viewer.heard(number)[-1]["state"] == "online"
    assert time.wall - before < 61


async def test_who_loses_the_role_sees_no_more(office: Office) -> None:
    serial = office.home.serial(UNIT)
    tenant = await office.person(Role.TENANT, meters=(serial,))
    number = await tenant.subscribe("live/subscribe", serial=serial, interval=1)
    await office.run(3)
    assert tenant.heard(number)[-1]["state"] == "online"
    user = next(one for one in await office.hass.auth.async_get_users() if one.name == "Tenant")
    await office.give(user.id, Role.TENANT, meters=(office.home.serial(2),))
    await office.run(5)

    assert tenant.heard(number)[-1] == {"serial": serial, "state": "not_allowed"}
    assert held(office)["demands"] == 0


async def test_who_may_only_look_orders_no_samples(office: Office) -> None:
    serial = office.home.serial(UNIT)
    tenant = await office.person(Role.TENANT, meters=(serial,))
    number = await tenant.subscribe("live/subscribe", serial=serial, interval=1)
    await office.run(30)

    sequences = {event["live"]["values"]["sequence"] for event in tenant.heard(number)}
    assert 5 <= len(sequences) <= 8
