"""Vouchers by action: made by a landlord, redeemed by a tenant, each mistake with its own answer."""

from __future__ import annotations

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.prepay.voucher_code import VoucherCode
from custom_components.csj_meter.site.access import Role

from ..conftest import Home
from ..people import give_role
from .conftest import Call

PREPAID, OTHER = 2, 5

pytestmark = pytest.mark.meters(2, 5)


async def refusal(call: Call, code: str, unit_id: int = PREPAID) -> str | None:
    """The key of the answer to a code."""
    with pytest.raises(HomeAssistantError) as told:
        await call("redeem_voucher", unit_id, code=code)
    return told.value.translation_key


async def test_a_tenant_redeems_what_a_landlord_made(
    opened: Home, call: Call, hass_read_only_user: MockUser
) -> None:
    made = await call("create_voucher", amount=15, note="for Flat 2")
    assert (made["state"], made["amount"], made["unit"], made["meter"]) == ("valid", 15.0, "EUR", None)
    await give_role(opened.hass, hass_read_only_user, Role.TENANT, meters=[opened.serial(PREPAID)])

    told = await call(
        "redeem_voucher",
        PREPAID,
        context=Context(user_id=hass_read_only_user.id),
        code=made["code"].lower().replace("-", " "),
    )

    assert (told["state"], told["kind"], told["amount"]) == ("done", "voucher", 15.0)
    assert told["by"] == hass_read_only_user.name
    (listed,) = (await call("list_vouchers"))["vouchers"]
    assert listed["state"] == "taken"
    assert "code" not in listed


async def test_every_mistake_has_its_own_answer(opened: Home, call: Call) -> None:
    used = await call("create_voucher", amount=5)
    await call("redeem_voucher", PREPAID, code=used["code"])
    for_other = await call("create_voucher", OTHER, amount=5)
    withdrawn = await call("create_voucher", amount=5)
    await call("withdraw_voucher", number=withdrawn["number"])
    in_energy = await call("create_voucher", amount=5, unit="kWh")

    swapped = used["code"][1] + used["code"][0] + used["code"][2:]
    assert {
        "used": await refusal(call, used["code"]),
        "mistyped": await refusal(call, swapped if swapped != used["code"] else used["code"][:-1]),
        "other meter": await refusal(call, for_other["code"]),
        "withdrawn": await refusal(call, withdrawn["code"]),
        "unit": await refusal(call, in_energy["code"]),
        "unknown": await refusal(call, str(VoucherCode.new())),
    } == {
        "used": "voucher_used",
        "mistyped": "voucher_mistyped",
        "other meter": "voucher_for_other_meter",
        "withdrawn": "voucher_withdrawn",
        "unit": "unit_mismatch",
        "unknown": "voucher_unknown",
    }


async def test_an_expired_voucher_says_so(opened: Home, call: Call) -> None:
    short = await call("create_voucher", amount=5, valid_days=1)

    await opened.time.skip(86_400)

    assert await refusal(call, short["code"]) == "voucher_expired"


async def test_guessing_is_slowed_down(opened: Home, call: Call) -> None:
    good = await call("create_voucher", amount=5)
    for _ in range(3):
        assert await refusal(call, str(VoucherCode.new())) == "voucher_unknown"

    assert await refusal(call, good["code"]) == "too_many_guesses"

    await opened.time.run(6)
    assert (await call("redeem_voucher", PREPAID, code=good["code"]))["state"] == "done"


async def test_a_voucher_for_one_meter_counts_in_its_unit(opened: Home, call: Call) -> None:
    made = await call("create_voucher", OTHER, amount="7.50")

    assert (made["meter"], made["unit"]) == (opened.serial(OTHER), "EUR")
    assert (await call("redeem_voucher", OTHER, code=made["code"]))["amount"] == 7.5


async def test_only_who_administers_makes_vouchers(call: Call, hass_read_only_user: MockUser) -> None:
    tenant = Context(user_id=hass_read_only_user.id)

    for action, data in (
        ("create_voucher", {"amount": 5}),
        ("list_vouchers", {}),
        ("withdraw_voucher", {"number": 1}),
    ):
        with pytest.raises(Unauthorized):
            await call(action, context=tenant, **data)


async def test_a_number_that_is_no_voucher_is_said(call: Call) -> None:
    with pytest.raises(ServiceValidationError) as told:
        await call("withdraw_voucher", number=99)

    assert told.value.translation_key == "no_such_voucher"


@pytest.mark.meters(2, 3)
async def test_a_voucher_is_in_a_unit_and_for_a_meter_that_can_take_it(call: Call) -> None:
    for unit in ("EUR\n", "euro", "eur"):
        with pytest.raises(probatio.Invalid):
            await call("create_voucher", amount=5, unit=unit)
    with pytest.raises(ServiceValidationError) as told:
        await call("create_voucher", 3, amount=5)

    assert told.value.translation_key == "not_prepaid"
