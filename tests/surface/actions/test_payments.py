"""Top-ups and tokens by action: what is answered is what is on the meter."""

from __future__ import annotations

from decimal import Decimal

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.audit import Audited, AuditOutcome
from custom_components.csj_meter.prepay.movement import Source
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.tokens import toy_token
from custom_components.csj_meter.site.access import Role

from ..conftest import Home
from ..people import give_role
from .conftest import Call

PREPAID, PLAIN = 2, 3

pytestmark = pytest.mark.meters(2, 3)


def balance(home: Home) -> Decimal:
    """What the meter really has."""
    return Decimal(str(home.line.meters[PREPAID].truth()["balance"]))


async def test_a_top_up_is_on_the_meter_when_it_is_answered(opened: Home, call: Call) -> None:
    before = balance(opened)

    told = await call("top_up", PREPAID, amount=25, note="October")

    assert balance(opened) - before == pytest.approx(Decimal(25), abs=Decimal("0.05"))
    assert (told["state"], told["amount"], told["unit"], told["note"]) == ("done", 25.0, "EUR", "October")
    assert told["by"] == "automation"
    assert told["count"] == opened.line.meters[PREPAID].truth()["top_up_count"]
    assert opened.state("sensor", PREPAID, "last_top_up").state == "25.00"


async def test_a_key_pays_once(opened: Home, call: Call) -> None:
    first = await call("top_up", PREPAID, amount="10.00", key="receipt-1")
    count = opened.line.meters[PREPAID].truth()["top_up_count"]

    again = await call("top_up", PREPAID, amount="10.00", key="receipt-1")

    assert again == first
    assert opened.line.meters[PREPAID].truth()["top_up_count"] == count
    with pytest.raises(ServiceValidationError) as told:
        await call("top_up", PREPAID, amount="11.00", key="receipt-1")
    assert told.value.translation_key == "key_reused"


@pytest.mark.parametrize("amount", [0, -5, "12.345", "much", 100_000, "NaN"])
async def test_an_impossible_amount_is_refused_and_nothing_is_sent(
    opened: Home, call: Call, amount: object
) -> None:
    count = opened.line.meters[PREPAID].truth()["top_up_count"]

    with pytest.raises(ServiceValidationError) as told:
        await call("top_up", PREPAID, amount=amount)

    assert told.value.translation_key == "impossible_amount"
    assert opened.line.meters[PREPAID].truth()["top_up_count"] == count


async def test_an_amount_is_no_truth_value(call: Call) -> None:
    with pytest.raises(probatio.Invalid):
        await call("top_up", PREPAID, amount=True)


async def test_money_goes_to_one_meter_that_is_prepaid(opened: Home, call: Call) -> None:
    with pytest.raises(ServiceValidationError) as told:
        await call("top_up", PLAIN, amount=5)
    assert told.value.translation_key == "not_prepaid"

    with pytest.raises(ServiceValidationError) as told:
        await call("top_up", device_id="nonsense", amount=5)
    assert told.value.translation_key == "no_such_meter"

    with pytest.raises(probatio.Invalid):
        await call("top_up", device_id=["one", "two"], amount=5)


async def test_a_bridge_that_is_not_set_up_says_so(opened: Home, call: Call) -> None:
    assert await opened.tear_down()

    with pytest.raises(ServiceValidationError) as told:
        await call("top_up", PREPAID, amount=5)

    assert told.value.translation_key == "bridge_not_set_up"


async def test_a_silent_meter_takes_no_money_and_says_so(opened: Home, call: Call) -> None:
    opened.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=PREPAID))

    with pytest.raises(HomeAssistantError) as told:
        await call("top_up", PREPAID, amount=5)

    assert told.value.translation_key == "unit_silent"
    assert (await call("list_payments", PREPAID))["payments"] == []


async def test_a_token_is_accepted_once(opened: Home, call: Call) -> None:
    token = toy_token(opened.serial(PREPAID), 30.0, 1)

    told = await call("load_token", PREPAID, token=f"{token[:4]} {token[4:12]}-{token[12:]}")

    assert (told["state"], told["kind"], told["amount"]) == ("done", "token", 30.0)
    with pytest.raises(HomeAssistantError) as again:
        await call("load_token", PREPAID, token=token)
    assert again.value.translation_key == "token_refused"
    assert "already used" in str(again.value.translation_placeholders)
    with pytest.raises(ServiceValidationError) as mistyped:
        await call("load_token", PREPAID, token="1234")
    assert mistyped.value.translation_key == "impossible_token"


async def test_payments_are_listed_with_who_and_why(
    opened: Home, call: Call, hass_owner_user: MockUser
) -> None:
    await call("top_up", PREPAID, amount=5, context=Context(user_id=hass_owner_user.id))
    opened.line.meters[PREPAID].pay_in(777)
    await opened.time.run(120)

    payments = (await call("list_payments"))["payments"]

    assert [(one["state"], one["amount"], one["by"]) for one in payments] == [
        ("done", 5.0, hass_owner_user.name),
        ("foreign", 7.77, "meter"),
    ]
    assert (await call("list_payments", PLAIN))["payments"] == []


async def test_whoever_sent_a_payment_finds_it_by_its_key(
    opened: Home, call: Call, hass_owner_user: MockUser, hass_read_only_user: MockUser
) -> None:
    owner, landlord = Context(user_id=hass_owner_user.id), Context(user_id=hass_read_only_user.id)
    await give_role(opened.hass, hass_read_only_user, Role.LANDLORD, meters=[opened.serial(PREPAID)])
    await call("top_up", PREPAID, context=owner, amount=5, key="a")
    await call("top_up", PREPAID, context=landlord, amount=6, key="b")
    await call("top_up", PREPAID, amount=7, key="c")

    async def keys(context: Context | None) -> list[str | None]:
        return [one["key"] for one in (await call("list_payments", PREPAID, context=context))["payments"]]

    assert await keys(owner) == ["a", None, None]
    assert await keys(landlord) == [None, "b", None]
    assert await keys(None) == [None, None, None]


async def test_only_administrators_and_automations_put_money_on_meters(
    opened: Home, call: Call, hass_read_only_user: MockUser
) -> None:
    tenant = Context(user_id=hass_read_only_user.id)
    await give_role(opened.hass, hass_read_only_user, Role.TENANT, meters=[opened.serial(PREPAID)])

    for action, unit, data in (("top_up", PREPAID, {"amount": 5}), ("list_payments", PLAIN, {})):
        with pytest.raises(Unauthorized):
            await call(action, unit, context=tenant, **data)

    token = toy_token(opened.serial(PREPAID), 20.0, 2)
    assert (await call("load_token", PREPAID, context=tenant, token=token))["state"] == "done"


async def test_keys_of_tenants_meet_no_key_of_the_landlord(
    opened: Home, call: Call, hass_read_only_user: MockUser
) -> None:
    own = [opened.serial(PREPAID)]
    await give_role(opened.hass, hass_read_only_user, Role.TENANT, meters=own)
    tenant = Context(user_id=hass_read_only_user.id)
    with pytest.raises(HomeAssistantError) as refused:
        await call("load_token", PREPAID, context=tenant, token="1" * 20, key="rent-2026-12")
    assert refused.value.translation_key == "token_refused"

    told = await call("top_up", PREPAID, amount=5, key="rent-2026-12")
    assert told["state"] == "done"

    await give_role(opened.hass, hass_read_only_user, Role.LANDLORD, meters=own)
    await call("top_up", PREPAID, amount=3, key="rent-2027-01")
    of_landlord = await call("top_up", PREPAID, context=tenant, amount=7, key="rent-2027-01")
    assert (of_landlord["state"], of_landlord["amount"]) == ("done", 7.0)


async def test_tokens_are_not_guessed(opened: Home, call: Call) -> None:
    for number in range(3):
        with pytest.raises(HomeAssistantError) as told:
            await call("load_token", PREPAID, token=f"{number}" * 20)
        assert told.value.translation_key == "token_refused"

    with pytest.raises(HomeAssistantError) as told:
        await call("load_token", PREPAID, token="9" * 20)

    assert told.value.translation_key == "too_many_guesses"


async def test_what_the_ledger_could_not_see_is_added_by_hand(opened: Home, call: Call) -> None:
    count = opened.line.meters[PREPAID].truth()["top_up_count"]

    told = await call("correct_payment", PREPAID, amount="-3.50", note="Paid back in cash", key="slip-1")
    again = await call("correct_payment", PREPAID, amount="-3.50", note="Paid back in cash", key="slip-1")

    assert (told["kind"], told["amount"], told["unit"], told["note"]) == (
        "correction",
        -3.5,
        "EUR",
        "Paid back in cash",
    )
    assert again["id"] == told["id"]
    assert opened.line.meters[PREPAID].truth()["top_up_count"] == count


async def test_an_amount_that_nobody_has_seen_is_told_by_hand_and_the_statement_is_whole(
    opened: Home, call: Call
) -> None:
    await opened.time.run(60)
    for cents in (1500, 700):
        opened.line.meters[PREPAID].pay_in(cents)
    await opened.time.run(3600)
    unseen, seen = (await call("list_payments", PREPAID))["payments"]
    assert (unseen["amount"], seen["amount"]) == (None, 7.0)
    assert "amount_unknown" in (await call("statement", PREPAID, month="2026-10"))["remarks"]
    asked = {"payment": unseen["id"], "note": "Receipt of the shop"}

    told = await call("correct_payment", PREPAID, amount=15, **asked)

    assert await call("correct_payment", PREPAID, amount="15.00", **asked) == told
    assert await call("list_payments", PREPAID) == {"payments": [{**told, "key": None}, seen]}
    assert (told["amount"], told["by"], told["at"]) == (15.0, unseen["by"], unseen["at"])
    made = await call("statement", PREPAID, month="2026-10")
    assert "amount_unknown" not in made["remarks"]
    assert made["topped_up"] == 22.0
    for change in ({"amount": 16}, {"amount": 15, "payment": "none"}):
        with pytest.raises(ServiceValidationError) as wrong:
            await call("correct_payment", PREPAID, **{**asked, **change})
        assert wrong.value.translation_key == "not_correctable"


async def test_the_audit_trail_is_told(opened: Home, call: Call) -> None:
    prepayment = await async_prepayment(opened.hass)
    refused = Audited(
        source=Source.WEBHOOK,
        authenticated=False,
        actor="",
        asked="top_up",
        outcome=AuditOutcome.REFUSED,
        reason="signature",
    )
    at = dt_util.utcnow()
    for _ in range(3):
        await opened.hass.async_add_executor_job(prepayment.audit.add, refused, at)
    await opened.time.run(1)

    (line,) = (await call("list_payment_requests"))["requests"]

    assert (line["reason"], line["outcome"], line["times"]) == ("signature", "refused", 3)
