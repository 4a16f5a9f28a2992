"""A bridge that takes payments, and the service that makes them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter.const import CONF_KEY
from custom_components.csj_meter.site_settings import async_site_settings

from ...conftest import Home, subentry_of
from .shop import OTHER_PREPAID, POSTPAID, PREPAID, SECRET, WEBHOOK_ID, Shop, opened


@pytest.fixture
async def paid_home(home: Home) -> Home:
    """A bridge whose prepaid meters have their keys, not set up yet; payments are enabled."""
    meters = home.line.meters
    for meter in meters.values():
        meter.end_habits()  # nobody but these tests tops up
    settings = await async_site_settings(home.hass)
    await settings.async_set_payments(
        replace(settings.payments, enabled=True, provider="Example Pay", webhook_id=WEBHOOK_ID, secret=SECRET)
    )
    return home.with_meters(
        *(
            subentry_of(meters[unit_id], **{CONF_KEY: meters[unit_id].nameplate.key})
            for unit_id in (PREPAID, OTHER_PREPAID)
        ),
        subentry_of(meters[POSTPAID]),
    )


@pytest.fixture
async def shop(
    paid_home: Home, everything_enabled: None, hass_client_no_auth: ClientSessionGenerator
) -> Shop:
    """The service, and a bridge that is set up."""
    return await opened(paid_home, hass_client_no_auth)
