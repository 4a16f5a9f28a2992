"""The door to the money: what is said when it stays shut."""

from __future__ import annotations

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.prepay.errors import LedgerTooNewError


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
