"""Every command on a simulated meter: done means done, and what is not done says so."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import pairwise

import pytest

from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.meters.commands.credit import (
    LARGEST_TOP_UP,
    TokenResult,
    load_token,
    write_top_up,
)
from custom_components.csj_meter.meters.commands.errors import (
    ContactStuckError,
    CountMovedError,
    NotConfirmedError,
    NotOfferedError,
    OutcomeUnknownError,
    RefusedValueError,
)
from custom_components.csj_meter.meters.commands.relay import set_relay
from custom_components.csj_meter.meters.commands.restart import PATIENCE, restart
from custom_components.csj_meter.meters.commands.rings import EventCode, read_load_profile, read_new_events
from custom_components.csj_meter.meters.commands.sample import take_sample
from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.commands.settings import (
    Day,
    read_day_table,
    set_clock,
    write_day_table,
    write_setting,
)
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.quantities import RelayContact, RelayMode
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.tokens import toy_token
from tests.simulated import PROFILES
from tests.virtual_time import run_virtual

from .conftest import Desk


def test_a_sample_is_taken_now() -> None:
    async def story() -> None:
        desk = await Desk.open()
        before = (await desk.meter.sample_now()).values["sequence"]
        reading = await take_sample(desk.session)
        assert reading.values["sequence"] != before
        assert desk.meter.readings[Group.LIVE] is reading

    run_virtual(story())


def test_a_frozen_meter_takes_no_sample_and_says_so() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.bench.line.faults.set(Fault(kind=FaultKind.METER_FROZEN, unit=1))
        with pytest.raises(NotConfirmedError):
            await take_sample(desk.session)

    run_virtual(story())


def test_the_relay_goes_where_it_is_told_and_back_to_automatic() -> None:
    async def story() -> None:
        desk = await Desk.open()
        assert await set_relay(desk.session, RelayMode.FORCED_OPEN) is RelayContact.OPEN
        await asyncio.sleep(60)
        await desk.meter.read(Group.LIVE)
        assert desk.meter.value("active_power") == 0
        assert desk.meter.value("relay_cause") == "remote"
        assert await set_relay(desk.session, RelayMode.FORCED_CLOSED) is RelayContact.CLOSED
        assert await set_relay(desk.session, RelayMode.AUTOMATIC) is RelayContact.CLOSED
        assert desk.meter.value("relay_mode") == "automatic"

    run_virtual(story())


def test_a_contact_that_does_not_follow_is_an_error_and_no_success() -> None:
    async def story() -> None:
        desk = await Desk.open()
        desk.bench.line.faults.set(Fault(kind=FaultKind.RELAY_STUCK, unit=1))
        with pytest.raises(ContactStuckError, match="the contact is still closed"):
            await set_relay(desk.session, RelayMode.FORCED_OPEN)

    run_virtual(story())


def test_a_meter_that_shows_no_relay_has_none() -> None:
    async def story() -> None:
        desk = await Desk.open(3)
        with pytest.raises(NotOfferedError):
            await set_relay(desk.session, RelayMode.FORCED_OPEN)

    run_virtual(story())


def test_a_relay_without_prepayment_is_checked_by_the_status_bit() -> None:
    async def story() -> None:
        desk = await Desk.open()
        # the same meter, read by a profile that leaves prepayment out
        desk.meter = Meter(desk.bench.bus, 1, PROFILES["csj_3p"], desk.meter.identity)
        desk.session = Session(desk.meter, desk.simulated.nameplate.key)
        assert desk.meter.group_of("relay_contact") is None
        assert await set_relay(desk.session, RelayMode.FORCED_OPEN) is RelayContact.OPEN
        assert desk.simulated.truth()["relay_contact"] == RelayContact.OPEN
        assert await set_relay(desk.session, RelayMode.FORCED_CLOSED) is RelayContact.CLOSED
        desk.bench.line.faults.set(Fault(kind=FaultKind.RELAY_STUCK, unit=1))
        with pytest.raises(ContactStuckError, match="the contact is still closed"):
            await set_relay(desk.session, RelayMode.FORCED_OPEN)

    run_virtual(story())


def test_a_restart_returns_when_the_meter_is_back_with_a_younger_uptime() -> None:
    async def story() -> None:
        desk = await Desk.open()
        loop = asyncio.get_running_loop()
        start = loop.time()
        reading = await restart(desk.session)
        uptime = reading.values["uptime"]
        assert isinstance(uptime, int)
        assert uptime < 15
        assert 3 <= loop.time() - start < PATIENCE
        assert (await desk.credit()).balance > 0

    run_virtual(story())


def test_a_meter_that_does_not_come_back_is_an_error_within_bounds() -> None:
    async def story() -> None:
        desk = await Desk.open()
        await desk.session.test_key()

        async def pull_the_plug() -> None:
            await asyncio.sleep(0.4)
            desk.bench.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))

        loop = asyncio.get_running_loop()
        known = await desk.meter.read(Group.LIVE)
        start = loop.time()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pull_the_plug())
            with pytest.raises((NotConfirmedError, OutcomeUnknownError)):
                await restart(desk.session)
        assert loop.time() - start < PATIENCE + 10
        # what it said just before it was restarted is no news of now
        assert desk.meter.readings[Group.LIVE] is known

    run_virtual(story())


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        ("reporting_interval", 10),
        ("load_profile_interval", 1800),
        ("credit_alarm_1", Decimal("12.50")),
        ("credit_alarm_2", Decimal("5.00")),
        ("overdraft_limit", Decimal("3.33")),
        ("price_t2", Decimal("0.3123")),
    ],
)
def test_a_setting_is_kept_and_shown(quantity: str, value: Decimal | int) -> None:
    async def story() -> None:
        desk = await Desk.open()
        await write_setting(desk.session, quantity, value)
        assert desk.meter.value(quantity) == value

    run_virtual(story())


def test_the_clock_is_set() -> None:
    async def story() -> None:
        desk = await Desk.open()
        written = await set_clock(desk.session, lambda: desk.bench.clock() + 100)
        clock = desk.meter.value("clock")
        assert isinstance(clock, int)
        assert 0 <= clock - written <= 5
        assert 0 <= desk.bench.clock() + 100 - clock <= 2
        with pytest.raises(RefusedValueError):
            await set_clock(desk.session, lambda: 0.0)
        with pytest.raises(NotOfferedError):  # a time from before the wait would be late
            await write_setting(desk.session, "clock", written)

    run_virtual(story())


def test_a_clock_that_has_to_wait_for_the_meter_is_set_to_the_time_of_then() -> None:
    async def story() -> None:
        desk = await Desk.open()
        restarting = asyncio.create_task(restart(desk.session))
        await asyncio.sleep(0.5)
        before = desk.bench.clock()
        written = await set_clock(desk.session, desk.bench.clock)
        assert written > before + 1
        assert desk.bench.clock() - written < 2
        await restarting

    run_virtual(story())


@pytest.mark.parametrize(
    ("quantity", "value", "problem"),
    [
        ("reporting_interval", 0, "reporting_interval is 1 to 3600 in steps of 1, not 0"),
        ("reporting_interval", 10.5, "in steps of 1"),
        ("reporting_interval", float("nan"), "not nan"),
        ("load_profile_interval", 90, "in steps of 60"),
        ("credit_alarm_1", Decimal("0.001"), "in steps of 0.01"),
        ("price_t1", Decimal(-1), "price_t1 is 0"),
    ],
)
def test_a_value_that_cannot_be_is_refused_before_the_wire(
    quantity: str, value: Decimal | float, problem: str
) -> None:
    async def story() -> None:
        desk = await Desk.open()
        requests = desk.bench.line.counters.requests
        with pytest.raises(RefusedValueError, match=problem):
            await write_setting(desk.session, quantity, value)
        assert desk.bench.line.counters.requests == requests

    run_virtual(story())


def test_what_is_no_setting_or_not_of_this_meter_is_not_offered() -> None:
    async def story() -> None:
        desk = await Desk.open(3)
        for quantity in ("voltage_l1", "overdraft_limit", "price_t1"):
            with pytest.raises(NotOfferedError):
                await write_setting(desk.session, quantity, 1)

    run_virtual(story())


def test_a_day_table_is_written_whole_and_read_back() -> None:
    async def story() -> None:
        desk = await Desk.open()
        points = [(0, 1), (6 * 60, 2), (22 * 60 + 30, 1)]
        await write_day_table(desk.session, Day.SATURDAY, points)
        assert await read_day_table(desk.session, Day.SATURDAY) == points
        assert await read_day_table(desk.session, Day.SUNDAY) != points

    run_virtual(story())


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(10, 1)],
        [(0, 1), (0, 2)],
        [(0, 1), (1440, 2)],
        [(0, 9)],
        [(n, 1) for n in range(13)],
        [(0, 1), (90, 0)],
    ],
)
def test_an_impossible_day_is_refused(points: list[tuple[int, int]]) -> None:
    async def story() -> None:
        desk = await Desk.open()
        with pytest.raises(RefusedValueError):
            await write_day_table(desk.session, Day.WEEKDAY, points)

    run_virtual(story())


def test_a_top_up_raises_balance_and_count_once() -> None:
    async def story() -> None:
        desk = await Desk.open()
        before = await desk.credit()
        await write_top_up(desk.session, Decimal("25.50"), before.top_up_count + 1)
        after = await desk.credit()
        assert after.top_up_count == before.top_up_count + 1
        assert after.last_top_up == Decimal("25.50")
        assert after.balance - before.balance == pytest.approx(Decimal("25.50"), abs=Decimal("0.02"))
        with pytest.raises(CountMovedError):
            await write_top_up(desk.session, Decimal("25.50"), before.top_up_count + 1)
        assert (await desk.credit()).top_up_count == before.top_up_count + 1

    run_virtual(story())


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1), Decimal("0.001"), LARGEST_TOP_UP + 1])
def test_an_impossible_amount_is_refused_before_the_wire(amount: Decimal) -> None:
    async def story() -> None:
        desk = await Desk.open()
        with pytest.raises(RefusedValueError):
            await write_top_up(desk.session, amount, 1)

    run_virtual(story())


def test_a_top_up_whose_reply_is_lost_says_that_it_does_not_know() -> None:
    async def story() -> None:
        desk = await Desk.open()
        before = await desk.credit()
        await desk.session.test_key()
        desk.bench.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=1, magnitude=1))
        with pytest.raises(OutcomeUnknownError):
            await write_top_up(desk.session, Decimal(10), before.top_up_count + 1)
        desk.bench.line.faults.clear()
        assert (await desk.credit()).top_up_count == before.top_up_count + 1

    run_virtual(story())


def test_a_token_is_accepted_once_and_by_its_meter_only() -> None:
    async def story() -> None:
        desk = await Desk.open()
        serial = desk.simulated.nameplate.serial
        token = toy_token(serial, 20.0, 7)
        assert await load_token(desk.session, f"{token[:4]} {token[4:8]}-{token[8:]}") is TokenResult.ACCEPTED
        assert await load_token(desk.session, token) is TokenResult.ALREADY_USED
        other = toy_token("CSJ000000000", 20.0, 8)
        assert await load_token(desk.session, other) is TokenResult.FOR_ANOTHER_METER
        assert await load_token(desk.session, "0" * 20) is TokenResult.INVALID
        with pytest.raises(RefusedValueError):
            await load_token(desk.session, "123")

    run_virtual(story())


def test_a_meter_without_prepayment_takes_no_money() -> None:
    async def story() -> None:
        desk = await Desk.open(3)
        with pytest.raises(NotOfferedError):
            await write_top_up(desk.session, Decimal(1), 1)

    run_virtual(story())


def test_the_load_profile_is_read_from_where_one_left_off() -> None:
    async def story() -> None:
        desk = await Desk.open()
        entries = await read_load_profile(desk.session, int(desk.bench.clock()) - 6 * 3600)
        assert len(entries) == 24
        steps = {later.end - earlier.end for earlier, later in pairwise(entries)}
        assert steps == {900}
        assert all(later.energy_import >= earlier.energy_import for earlier, later in pairwise(entries))
        assert all(200 < entry.voltage_l1 < 260 for entry in entries)
        energy = (entries[-1].energy_import - entries[0].energy_import) * 1000
        mean = sum(entry.active_power for entry in entries[1:]) / 4
        assert energy == pytest.approx(mean, rel=0.05, abs=20)
        assert await read_load_profile(desk.session, entries[-1].end) == []

    run_virtual(story())


def test_the_whole_ring_is_read_across_its_files() -> None:
    async def story() -> None:
        desk = await Desk.open()
        (_, filled) = await desk.bench.bus.read(1, "holding", 0x0530, 2, priority=Priority.SLOW)
        entries = await read_load_profile(desk.session)
        assert len(entries) == filled
        assert [entry.end for entry in entries] == sorted({entry.end for entry in entries})

    run_virtual(story())


def test_the_event_log_tells_what_was_done() -> None:
    async def story() -> None:
        desk = await Desk.open()
        before = (await read_new_events(desk.meter, None)).position
        await set_relay(desk.session, RelayMode.FORCED_OPEN)
        await set_relay(desk.session, RelayMode.AUTOMATIC)
        credit = await desk.credit()
        await write_top_up(desk.session, Decimal(5), credit.top_up_count + 1)
        codes = [entry.code for entry in (await read_new_events(desk.meter, before)).entries]
        assert codes == [EventCode.RELAY_OPENED, EventCode.RELAY_CLOSED, EventCode.TOP_UP]

    run_virtual(story())
