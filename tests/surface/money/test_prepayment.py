"""The door to the money: what is said when it stays shut."""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.money.prepayment import async_close_prepayment, async_prepayment
from custom_components.csj_meter.prepay.errors import LedgerTooNewError, LedgerUnavailableError
from custom_components.csj_meter.prepay.movement import Actor

from ..full_disk import unwritable


async def test_no_voucher_is_hashed_with_another_secret_than_that_of_a_newer_version(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    key = f"{DOMAIN}.secrets"
    stored = {"version": 99, "minor_version": 1, "key": key, "data": {"voucher": "of another shape"}}
    hass_storage[key] = stored

    with pytest.raises(LedgerTooNewError):
        await async_prepayment(hass)

    assert hass_storage[key] == stored
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "ledger")
    assert issue is not None
    assert issue.translation_key == "ledger_too_new"
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["file"] == f".storage/{key}"


async def test_vouchers_whose_key_is_lost_are_said_to_be_void_until_somebody_has_read_it(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    issues = ir.async_get(hass)
    landlord = Actor(id="user-1", name="Lotte Landlord")
    vouchers = (await async_prepayment(hass)).vouchers
    assert issues.async_get_issue(DOMAIN, "vouchers_void") is None, "nothing was sold yet"
    tomorrow = dt_util.utcnow() + dt.timedelta(days=1)
    sold = [await vouchers.create(20, tomorrow, unit="EUR", actor=landlord) for _ in range(3)]
    await vouchers.withdraw(sold[0].voucher.id)
    await async_close_prepayment(hass)
    kept = hass_storage.pop(f"{DOMAIN}.secrets")

    await async_prepayment(hass)

    issue = issues.async_get_issue(DOMAIN, "vouchers_void")
    assert issue is not None
    assert issue.is_persistent
    assert issue.translation_placeholders == {"count": "2", "file": ".storage/csj_meter.secrets"}
    assert hass_storage[f"{DOMAIN}.secrets"] != kept


async def test_no_voucher_is_sold_whose_key_is_nowhere(hass: HomeAssistant) -> None:
    with unwritable(hass, f"{DOMAIN}.secrets"), pytest.raises(LedgerUnavailableError, match="cannot be"):
        await async_prepayment(hass)

    assert (await async_prepayment(hass)).vouchers
