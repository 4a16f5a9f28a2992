"""Who moves in or out has what the meter showed at that moment, and each top-up on one side of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.movement import Actor, Movement
from custom_components.csj_meter.simulator import Fault, FaultKind
from custom_components.csj_meter.site.tenants import Tenancy, Turn
from custom_components.csj_meter.tenants.book import async_tenants
from custom_components.csj_meter.tenants.moving import (
    async_closing_statement,
    async_move_in,
    async_move_out,
    async_turn,
    new_id,
)

from ..conftest import Home

UNIT = 2

TOP_UP = Decimal("50.00")
"""More than anybody here uses in a day."""

pytestmark = pytest.mark.meters(UNIT, live_period=60)


async def top_up(home: Home) -> None:
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.serial(UNIT)), home.entry.entry_id
    )
    assert device is not None
    data = {"device_id": device.id, "amount": float(TOP_UP)}
    await home.time.through(home.hass.services.async_call(DOMAIN, "top_up", data, blocking=True))
    await home.time.run(0.001)  # driven time stands still while nobody waits


async def turn(home: Home, at: dt.datetime | None = None) -> Turn:
    return await home.time.through(async_turn(home.hass, home.serial(UNIT), at))


async def move_in(home: Home, at: dt.datetime | None = None) -> Tenancy:
    tenancy = Tenancy(id=new_id(), serial=home.serial(UNIT), name="Ada", moved_in=await turn(home, at))
    return await home.time.through(async_move_in(home.hass, tenancy))


async def close(home: Home, at: dt.datetime | None = None) -> dict[str, Any]:
    """Who lives there moves out; the closing statement."""
    tenancy = (await async_tenants(home.hass)).tenancies.current(home.serial(UNIT))
    assert tenancy is not None
    left = await turn(home, at)
    gone = await home.time.through(async_move_out(home.hass, tenancy.id, left))
    return await home.time.through(async_closing_statement(home.hass, gone))


async def overtaken_top_up(home: Home) -> Movement:
    """One of which the reply is lost, while others top up twice."""
    meter = home.line.meters[UNIT]
    pay_in = meter.pay_in

    def pay_in_and_others_as_well(cents: int, **token: Any) -> None:
        for paid in (cents, 300, 400):
            pay_in(paid, **token)
        home.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT, magnitude=1))

    with patch.object(meter, "pay_in", pay_in_and_others_as_well), pytest.raises(HomeAssistantError):
        await top_up(home)
    home.line.faults.clear()
    await home.time.run(600)
    (movement,) = (await async_prepayment(home.hass)).ledger.undecided(home.serial(UNIT))
    return movement


async def settled_at(home: Home) -> dt.datetime:
    """When the newest movement was."""
    newest = (await async_prepayment(home.hass)).ledger.newest(home.serial(UNIT))
    assert newest is not None
    return newest.at


async def test_a_top_up_in_the_second_before_moving_in_is_not_counted_for_the_new_tenant(
    opened: Home,
) -> None:
    await opened.time.until_multiple_of(60)
    await top_up(opened)
    tenancy = await move_in(opened)
    assert tenancy.moved_in.at.replace(microsecond=0) < await settled_at(opened) < tenancy.moved_in.at
    await opened.time.run(3600)

    closing = await close(opened)

    assert closing["topped_up"] == 0
    assert 0 <= closing["cost"] < 5


async def test_a_top_up_in_the_second_before_moving_out_is_counted_for_who_moves_out(opened: Home) -> None:
    await move_in(opened)
    await opened.time.run(3600)
    await opened.time.until_multiple_of(60)
    await top_up(opened)

    closing = await close(opened)

    assert closing["topped_up"] == float(TOP_UP)
    assert 0 <= closing["cost"] < 5


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(-5, id="a top-up after the moment, in its minute"),
        pytest.param(20, id="a top-up before the moment, in its minute"),
        pytest.param(55, id="a top-up before the moment, in the minute before"),
    ],
)
@pytest.mark.parametrize(
    "later", [pytest.param(20, id="said at once"), pytest.param(600, id="said ten minutes later")]
)
async def test_a_moment_of_the_past_has_the_balance_of_then(opened: Home, before: int, later: int) -> None:
    await opened.time.run(600)
    await opened.time.until_multiple_of(60)
    await opened.time.run(60 + 30 - before)
    await top_up(opened)
    await opened.time.run(before + later if before > 0 else later)
    moment = (await settled_at(opened)).replace(microsecond=0) + dt.timedelta(seconds=before)
    assert moment < dt_util.utcnow()

    tenancy = await move_in(opened, moment)
    assert tenancy.moved_in.at == moment
    await opened.time.run(3600)
    closing = await close(opened)

    assert closing["topped_up"] == (0 if before > 0 else float(TOP_UP))
    assert 0 <= closing["cost"] < 5


async def test_the_statement_of_a_tenancy_has_the_balance_that_was_read_on_moving_in(opened: Home) -> None:
    await opened.time.run(1200)
    serial, read = opened.serial(UNIT), Decimal("12.34")
    moved_in = await opened.time.through(async_turn(opened.hass, serial, None, balance=read))
    tenancy = Tenancy(id=new_id(), serial=serial, name="Ada", moved_in=moved_in)
    await opened.time.through(async_move_in(opened.hass, tenancy))
    await opened.time.run(7200)

    closing = await close(opened)

    assert closing["statement"]["opening"] == {"at": moved_in.at.isoformat(), "balance": float(read)}


@pytest.mark.parametrize("applied", [True, False])
async def test_an_undecided_top_up_leaves_the_cost_open_and_is_no_matter_of_the_next_tenant(
    opened: Home, *, applied: bool
) -> None:
    await move_in(opened)
    await opened.time.run(300)
    movement = await overtaken_top_up(opened)
    closing = await close(opened)
    assert closing["cost"] is None
    assert closing["remarks"] == ["unsettled", "amount_unknown"]
    await move_in(opened)
    await opened.time.run(3600)

    ledger = (await async_prepayment(opened.hass)).ledger
    ledger.decide(movement.id, applied=applied, actor=Actor(id=None, name="Lotte"), at=dt_util.utcnow())
    await opened.time.run(600)

    (ada, _) = (await async_tenants(opened.hass)).tenancies.all
    again = await opened.time.through(async_closing_statement(opened.hass, ada))
    assert again["remarks"] == ["amount_unknown"], "that of the others"
    assert again["topped_up"] == 4 + (float(TOP_UP) if applied else 0)
    following = await close(opened)
    assert (following["topped_up"], following["remarks"]) == (0, [])
    assert 0 <= following["cost"] < 5


async def test_what_the_clock_of_others_calls_the_next_minute_is_now(opened: Home) -> None:
    now = dt_util.utcnow()
    tenancy = await move_in(opened, now + dt.timedelta(seconds=90))
    assert now <= tenancy.moved_in.at <= dt_util.utcnow()
    assert tenancy.moved_in.balance is not None
