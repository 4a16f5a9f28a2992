"""Where tenants are kept: a file that is read as it must be or left alone, and goes with the last bridge."""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site.tenants import Tenancies, Tenancy, Turn, new_token
from custom_components.csj_meter.tenants.book import TenantBook, async_tenants

from ..conftest import Home
from ..full_disk import unwritable

KEY = f"{DOMAIN}.tenants"

ADA = Tenancy(id="a" * 32, serial="1", name="Ada", moved_in=Turn(at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))


async def test_what_was_kept_comes_back_and_what_was_forgotten_is_gone(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    book = TenantBook(hass)
    await book.async_load()
    await book.async_change(lambda all_: all_.with_tenancy(ADA))

    again = TenantBook(hass)
    await again.async_load()
    assert again.tenancies == Tenancies(all=(ADA,))
    assert again.current("1") == ADA
    await again.async_change(lambda all_: all_.without(ADA.id))
    assert "Ada" not in str(hass_storage[KEY])


@pytest.mark.parametrize(
    "stored",
    [
        {"version": 1, "minor_version": 1, "key": KEY, "data": {"all": [{"name": "Ada"}]}},
        {"version": 1, "minor_version": 1, "key": KEY, "data": {"all": "nobody"}},
        {"version": 9, "minor_version": 1, "key": KEY, "data": {"all": []}},
    ],
)
async def test_what_cannot_be_used_is_left_as_it_is(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    stored: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass_storage[KEY] = stored
    book = TenantBook(hass)
    await book.async_load()
    assert "nobody has a link" in caplog.text
    assert book.tenancies == Tenancies()
    assert book.tenancies.by_token(new_token()) is None
    with pytest.raises(HomeAssistantError) as refused:
        await book.async_change(lambda all_: all_.with_tenancy(ADA))
    assert refused.value.translation_key == "tenants_unreadable"
    assert hass_storage[KEY] == stored


async def test_a_link_is_not_said_to_have_ended_where_the_next_start_would_open_it_again(
    hass: HomeAssistant,
) -> None:
    book = TenantBook(hass)
    await book.async_load()
    await book.async_change(lambda all_: all_.with_tenancy(ADA))

    with unwritable(hass, KEY), pytest.raises(HomeAssistantError) as refused:
        await book.async_change(lambda all_: all_.without(ADA.id))

    assert refused.value.translation_key == "kept_file_not_written"
    again = TenantBook(hass)
    await again.async_load()
    assert book.tenancies == again.tenancies == Tenancies(all=(ADA,))


async def test_with_the_last_bridge_everybody_is_forgotten(home: Home, hass_storage: dict[str, Any]) -> None:
    hass = home.hass
    home.entry.add_to_hass(hass)
    book = await async_tenants(hass)
    await book.async_change(lambda all_: all_.with_tenancy(ADA))
    await home.time.through(hass.config_entries.async_remove(home.entry.entry_id))

    assert await async_tenants(hass) is book
    assert book.tenancies == Tenancies()
    assert KEY not in hass_storage
