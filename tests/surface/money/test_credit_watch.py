"""Accounts of a bridge: what others paid in is found, what waits settles, what nobody can know is asked."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.money.prepayment import LEDGER_FILE, async_prepayment
from custom_components.csj_meter.prepay.errors import TopUpUncertainError
from custom_components.csj_meter.prepay.movement import Actor, Movement, MovementState, Source
from custom_components.csj_meter.prepay.prepaid_meter import PrepaidMeter
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.tokens import toy_token

from ..audited import audited
from ..conftest import Home, subentry_of

UNIT = 2
LANDLORD = Actor(id=None, name="Landlord")


@pytest.fixture
async def opened(home: Home, everything_enabled: None) -> Home:
    """A bridge with one prepaid meter whose key is known."""
    meter = home.line.meters[UNIT]
    bridge = home.with_meters(subentry_of(meter, **{CONF_KEY: meter.nameplate.key}))
    assert await bridge.set_up()
    await bridge.time.run(30)
    return bridge


async def movements(home: Home) -> tuple[Movement, ...]:
    """What the ledger has."""
    prepayment = await async_prepayment(home.hass)
    return await home.time.through(_in_executor(home, prepayment.ledger.movements))


async def _in_executor(home: Home, job: Any) -> Any:
    return await home.hass.async_add_executor_job(job)


async def top_up(home: Home, amount: str) -> Movement:
    """Put money on the meter."""
    coordinator = next(iter(home.entry.runtime_data.coordinators.values()))
    prepayment = await async_prepayment(home.hass)
    return await home.time.through(
        coordinator.control.watched(
            lambda session: prepayment.top_ups.top_up(
                PrepaidMeter(session), amount, actor=LANDLORD, source=Source.ACTION
            )
        )
    )


async def test_what_was_paid_in_elsewhere_is_found_and_shown(opened: Home) -> None:
    assert opened.state("sensor", UNIT, "last_payment").state == "unknown"

    opened.line.meters[UNIT].pay_in(1234)
    await opened.time.run(120)

    (found,) = await movements(opened)
    assert (found.state, found.amount, found.unit) == (MovementState.FOREIGN, Decimal("12.34"), "EUR")
    shown = opened.state("sensor", UNIT, "last_payment")
    assert shown.state == "foreign"
    assert shown.attributes["amount"] == 12.34


async def test_a_top_up_is_shown_at_once(opened: Home) -> None:
    before = Decimal(opened.state("sensor", UNIT, "balance").state)

    await top_up(opened, "25.00")
    await opened.time.run(1)

    assert Decimal(opened.state("sensor", UNIT, "balance").state) - before == pytest.approx(
        Decimal(25), abs=Decimal("0.05")
    )
    assert opened.state("sensor", UNIT, "last_payment").state == "done"


async def test_what_is_uncertain_says_so_and_settles_itself_after_a_restart(opened: Home) -> None:
    meter = opened.line.meters[UNIT]
    pay_in, booked = meter.pay_in, list[int]()

    def pay_in_and_fall_silent(cents: int, **token: Any) -> None:
        pay_in(cents, **token)
        booked.append(cents)
        opened.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT, magnitude=1))

    meter.pay_in = pay_in_and_fall_silent  # type: ignore[method-assign]
    with pytest.raises(TopUpUncertainError):
        await top_up(opened, "5.00")
    assert booked == [500]
    (open_one,) = await movements(opened)
    assert open_one.state is MovementState.UNCERTAIN
    assert await opened.tear_down()

    assert await opened.time.through(opened.hass.config_entries.async_setup(opened.entry.entry_id))
    await opened.time.run(60)
    assert [movement.state for movement in await movements(opened)] == [MovementState.UNCERTAIN]
    opened.line.faults.clear()
    await opened.time.run(900)

    (settled,) = await movements(opened)
    assert (settled.id, settled.state) == (open_one.id, MovementState.DONE)
    assert opened.state("sensor", UNIT, "last_payment").state == "done"


async def test_the_ledger_is_closed_with_the_last_bridge(opened: Home) -> None:
    await async_prepayment(opened.hass)

    assert await opened.tear_down()

    # a second one can be opened, and sees what the first has written
    assert (await async_prepayment(opened.hass)).ledger.known(opened.serial(UNIT)) is not None


@pytest.fixture
def broken_ledger(hass: HomeAssistant) -> None:
    """A file that is no database."""
    path = Path(hass.config.path(LEDGER_FILE))
    path.write_bytes(b"this is no database, and no empty file either" * 20)


@pytest.mark.usefixtures("broken_ledger")
async def test_a_ledger_that_cannot_be_used_is_pointed_out_and_meters_are_read_all_the_same(
    home: Home,
) -> None:
    meter = home.line.meters[UNIT]
    bridge = home.with_meters(subentry_of(meter))
    assert await bridge.set_up()
    await bridge.time.run(30)

    issue = ir.async_get(home.hass).async_get_issue(DOMAIN, "ledger")
    assert issue is not None
    assert issue.translation_key == "ledger_unavailable"
    assert float(bridge.state("sensor", UNIT, "balance").state) > 0


async def fix(home: Home, issue_id: str, *choices: dict[str, Any]) -> dict[str, Any]:
    """Walk through a repair."""
    manager: RepairsFlowManager = home.hass.data[REPAIRS]["flow_manager"]
    step: Any = await home.time.through(
        manager.async_init(DOMAIN, data={"issue_id": issue_id}, context={"issue_id": issue_id})
    )
    for choice in choices:
        step = await home.time.through(manager.async_configure(step["flow_id"], choice))
    return dict(step)


async def test_a_meter_whose_count_fell_gets_money_again_when_a_person_says_so(opened: Home) -> None:
    assert await async_setup_component(opened.hass, REPAIRS, {})
    await top_up(opened, "5.00")
    meter = opened.line.meters[UNIT]
    now = meter.local(opened.time.wall)
    meter.account._post(now, meter.credit_at(now).balance, 0, 0.0, meter.settings.prices)
    await opened.time.run(120)
    (issue_id,) = (issue for domain, issue in ir.async_get(opened.hass).issues if domain == DOMAIN)
    assert issue_id.startswith("count_fell")

    done = await fix(opened, issue_id, {})

    assert done["type"] == "create_entry"
    await opened.time.run(120)
    assert (await top_up(opened, "7.00")).state is MovementState.DONE
    said = ("repairs_meter_reset", "automation", opened.serial(UNIT), "done")
    assert await opened.time.through(audited(opened.hass)) == [said]
    assert not [issue for domain, issue in ir.async_get(opened.hass).issues if domain == DOMAIN]


@pytest.mark.meters(live_period=60)
@pytest.mark.parametrize(("choice", "state"), [("arrived", "done"), ("not_arrived", "refused")])
async def test_what_the_meter_cannot_tell_any_more_is_decided_by_a_person(
    opened: Home, choice: str, state: str
) -> None:
    assert await async_setup_component(opened.hass, REPAIRS, {})
    meter = opened.line.meters[UNIT]
    pay_in = meter.pay_in

    def pay_in_and_fall_silent(cents: int, **token: Any) -> None:
        pay_in(cents, **token)
        opened.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT, magnitude=1))

    meter.pay_in = pay_in_and_fall_silent  # type: ignore[method-assign]
    with pytest.raises(TopUpUncertainError):
        await top_up(opened, "0.02")
    # while nobody can ask, hours pass and others pay in
    await opened.time.run(4 * 3600)
    pay_in(1000)
    pay_in(2000)
    opened.line.faults.clear()
    await opened.time.run(900)
    (ours,) = (one for one in await movements(opened) if one.amount == Decimal("0.02"))
    assert (ours.state, ours.settles) == (MovementState.UNCERTAIN, False)
    (issue_id,) = (issue for domain, issue in ir.async_get(opened.hass).issues if domain == DOMAIN)

    done = await fix(opened, issue_id, {"next_step_id": choice})

    assert done["type"] == "create_entry"
    (ours,) = (one for one in await movements(opened) if one.id == ours.id)
    assert ours.state.value == state
    assert ours.detail == "repair issue"
    said = (f"repairs_{choice}", "automation", opened.serial(UNIT), "done")
    assert await opened.time.through(audited(opened.hass)) == [said], "this test sends no form"


async def test_a_token_that_was_overtaken_is_asked_about_by_its_last_digits(opened: Home) -> None:
    meter = opened.line.meters[UNIT]
    pay_in, token = meter.pay_in, toy_token(opened.serial(UNIT), 15.0, 7)

    def pay_in_and_others_as_well(cents: int, **told: Any) -> None:
        pay_in(cents, **told)
        pay_in(1000)
        opened.line.faults.set(Fault(kind=FaultKind.LOST_REPLIES, unit=UNIT, magnitude=1))

    meter.pay_in = pay_in_and_others_as_well  # type: ignore[method-assign]
    top_ups = (await async_prepayment(opened.hass)).top_ups
    control = next(iter(opened.entry.runtime_data.coordinators.values())).control
    with pytest.raises(TopUpUncertainError):
        await opened.time.through(
            control.watched(
                lambda session: top_ups.load_token(
                    PrepaidMeter(session), token, actor=LANDLORD, source=Source.ACTION, guesser="somebody"
                )
            )
        )
    opened.line.faults.clear()
    await opened.time.run(900)

    (issue,) = (one for key, one in ir.async_get(opened.hass).issues.items() if key[0] == DOMAIN)
    assert issue.translation_key == "overtaken_token"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["token"] == f"…{token[-4:]}"
    assert "None" not in str(issue.translation_placeholders)


async def test_prices_that_were_seen_by_a_clock_that_was_ahead_are_those_of_before_as_well(
    home: Home,
) -> None:
    await home.time.step(5 * 3600)
    bridge = home.with_meters(subentry_of(home.line.meters[UNIT]))
    assert await bridge.set_up()
    await bridge.time.run(90)
    await bridge.time.step(-5 * 3600)
    await bridge.time.run(90)

    ledger = (await async_prepayment(bridge.hass)).ledger
    now = dt_util.utcnow()
    (noted,) = await bridge.time.through(
        _in_executor(bridge, lambda: ledger.prices(bridge.serial(UNIT), now))
    )
    assert now - noted.since < dt.timedelta(seconds=90)


async def test_prices_of_another_meter_in_its_place_are_not_noted(opened: Home) -> None:
    meter = opened.line.meters[UNIT]
    ledger = (await async_prepayment(opened.hass)).ledger
    opened.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=UNIT))
    meter.settings = replace(meter.settings, prices=tuple(price + 1 for price in meter.settings.prices))
    meter.pay_in(1234)
    await opened.time.run(120)

    now = dt_util.utcnow()
    noted = await opened.time.through(_in_executor(opened, lambda: ledger.prices(opened.serial(UNIT), now)))
    assert len(noted) == 1
    assert not await movements(opened)


async def test_the_ledger_is_looked_into_only_when_it_was_written(
    opened: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = (await async_prepayment(opened.hass)).ledger
    looks: list[str] = []
    newest = ledger.newest

    def looked(serial: str) -> Movement | None:
        looks.append(serial)
        return newest(serial)

    monkeypatch.setattr(ledger, "newest", looked)
    await opened.time.run(180)
    assert looks == []

    opened.line.meters[UNIT].pay_in(500)
    await opened.time.run(120)
    assert looks == [opened.serial(UNIT)]
