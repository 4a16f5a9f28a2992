"""How often the meters are read, and payments, are set in the options."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.meters.rhythm import DEFAULT_PERIODS
from custom_components.csj_meter.periods import PERIODS, periods_of
from custom_components.csj_meter.site_settings import PaymentSettings, async_site_settings

from ..audited import audited
from ..conftest import Home
from .dialogue import Dialogue, Person


async def test_power_is_read_more_often(patient: Person, home: Home) -> None:
    assert await home.set_up()
    dialogue = await (await patient.options(home.entry)).choose("polling")
    assert dialogue.suggested == {name: period.default for name, period in PERIODS.items()}
    await dialogue.fill(live_period=10)
    assert dialogue.at == "created"
    await home.time.run(5)

    assert home.entry.state is ConfigEntryState.LOADED
    assert home.entry.options["live_period"] == 10
    before = home.line.counters.requests
    await home.time.run(60)
    assert home.line.counters.requests - before > 6 * 5


async def test_options_are_shown_as_they_were_set(hass: HomeAssistant, person: Person) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1}, options={"live_period": 30}
    )
    entry.add_to_hass(hass)

    dialogue = await (await person.options(entry)).choose("polling")

    assert dialogue.suggested["live_period"] == 30


async def test_at_a_pulse_counter_what_belongs_to_the_site_can_be_set(
    hass: HomeAssistant, person: Person
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "pulse"})
    entry.add_to_hass(hass)

    assert (await person.options(entry)).options_offered == [
        "telemetry",
        "alerts",
        "detection",
        "people",
        "tenants",
    ]
    assert entry.supported_subentry_types == {}


def test_every_group_has_a_period() -> None:
    assert periods_of({}) == DEFAULT_PERIODS


@pytest.mark.parametrize("value", [4, 901, "fast", None, True])
def test_a_period_that_makes_no_sense_is_as_by_default(value: object) -> None:
    assert periods_of({"live_period": value})[Group.LIVE] == 60


def test_energy_and_credit_go_together() -> None:
    periods = periods_of({"energy_period": 120})

    assert periods[Group.ENERGY] == periods[Group.PREPAY] == 120


# --- payments -----------------------------------------------------------------------------


@pytest.fixture
async def bridge_entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bridge, and a Home Assistant that knows its addresses."""
    await async_process_ha_core_config(
        hass, {"internal_url": "http://192.0.2.1:8123", "external_url": "https://home.example"}
    )
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1}, options={"live_period": 30}
    )
    entry.add_to_hass(hass)
    return entry


async def payments_of(hass: HomeAssistant) -> PaymentSettings:
    return (await async_site_settings(hass)).payments


async def enabled(person: Person, entry: MockConfigEntry, **values: Any) -> Dialogue:
    """Payments are switched on."""
    dialogue = await (await person.options(entry)).choose("payments")
    return await dialogue.fill(enabled=True, **values)


async def test_payments_are_switched_on_and_address_and_secret_shown_once(
    hass: HomeAssistant, person: Person, bridge_entry: MockConfigEntry
) -> None:
    dialogue = await person.options(bridge_entry)
    assert dialogue.options_offered == [
        "polling",
        "telemetry",
        "alerts",
        "detection",
        "people",
        "tenants",
        "payments",
    ]
    await dialogue.choose("payments")
    assert dialogue.suggested == {
        "enabled": False,
        "provider": "Payment service",
        "local_only": False,
        "largest_amount": 100.0,
        "largest_per_day": 300.0,
    }
    await dialogue.fill(enabled=True, provider=" Example Pay ", largest_amount=49.99, largest_per_day=200)

    payments = await payments_of(hass)
    assert dialogue.at == "payment_secret"
    assert payments.secret is not None
    assert len(bytes.fromhex(payments.secret)) == 32
    assert dialogue.placeholders == {
        "address": f"https://home.example/api/webhook/{payments.webhook_id}",
        "secret": payments.secret,
    }
    assert (payments.enabled, payments.provider) == (True, "Example Pay")
    assert (payments.largest_amount, payments.largest_per_day) == (Decimal("49.99"), Decimal("200.00"))
    await dialogue.fill()
    assert dialogue.at == "created"
    assert bridge_entry.options == {"live_period": 30}

    again = await enabled(person, bridge_entry)
    assert again.at == "payment_address"
    assert again.placeholders == {"address": f"https://home.example/api/webhook/{payments.webhook_id}"}
    await again.fill()
    assert again.at == "created"
    assert await payments_of(hass) == payments


async def test_who_has_let_a_payment_service_in_is_in_the_audit_log(
    hass: HomeAssistant, person: Person, bridge_entry: MockConfigEntry
) -> None:
    assert (await enabled(person, bridge_entry, provider=" ")).errors
    await enabled(person, bridge_entry)
    await (await (await person.options(bridge_entry)).choose("new_secret")).fill(overlap=0)
    await (await (await person.options(bridge_entry)).choose("polling")).fill(live_period=60)

    assert [what for what, *_ in await person.do(audited(hass))] == [
        "options_payments",
        "options_payment_secret",
        f"options_polling: {bridge_entry.title}",
    ]


async def test_who_must_call_from_the_local_network_is_shown_the_local_address(
    hass: HomeAssistant, person: Person, bridge_entry: MockConfigEntry
) -> None:
    dialogue = await enabled(person, bridge_entry, local_only=True)

    assert dialogue.placeholders["address"].startswith("http://192.0.2.1:8123/api/webhook/")


async def test_without_an_address_of_home_assistant_the_path_is_shown(
    hass: HomeAssistant, person: Person
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1})
    entry.add_to_hass(hass)
    dialogue = await (await person.options(entry)).choose("payments")
    hass.config.api = None  # its own server does not listen

    await dialogue.fill(enabled=True)

    assert dialogue.placeholders["address"].startswith("/api/webhook/")


@pytest.mark.parametrize(
    ("values", "field", "error"),
    [
        ({"provider": "  "}, "provider", "nameless"),
        ({"provider": "x" * 101}, "provider", "nameless"),
        ({"provider": "two\nlines"}, "provider", "nameless"),
        ({"largest_amount": 400}, "largest_per_day", "day_below_amount"),
    ],
)
async def test_settings_that_make_no_sense_are_shown_again_as_entered(
    hass: HomeAssistant,
    person: Person,
    bridge_entry: MockConfigEntry,
    values: dict[str, Any],
    field: str,
    error: str,
) -> None:
    dialogue = await enabled(person, bridge_entry, **values)

    assert dialogue.at == "payments"
    assert dialogue.errors == {field: error}
    assert dialogue.suggested.items() >= values.items()
    assert await payments_of(hass) == PaymentSettings()


async def test_payments_are_switched_off_and_on_again_with_the_same_secret(
    hass: HomeAssistant, person: Person, bridge_entry: MockConfigEntry
) -> None:
    await enabled(person, bridge_entry)
    before = await payments_of(hass)

    off = await (await person.options(bridge_entry)).choose("payments")
    await off.fill(enabled=False)

    assert off.at == "created"
    assert not (await payments_of(hass)).enabled
    assert (await person.options(bridge_entry)).options_offered == [
        "polling",
        "telemetry",
        "alerts",
        "detection",
        "people",
        "tenants",
        "payments",
    ]
    await enabled(person, bridge_entry)
    assert await payments_of(hass) == before


@pytest.mark.parametrize("hours", [0, 24])
async def test_a_new_secret_takes_over_at_once_or_in_a_while(
    hass: HomeAssistant, person: Person, bridge_entry: MockConfigEntry, hours: int
) -> None:
    await enabled(person, bridge_entry)
    before = await payments_of(hass)

    dialogue = await (await person.options(bridge_entry)).choose("new_secret")
    assert dialogue.suggested == {"overlap": 24}
    await dialogue.fill(overlap=hours)

    payments = await payments_of(hass)
    now = dt_util.utcnow()
    assert dialogue.at == "payment_secret"
    assert dialogue.placeholders["secret"] == payments.secret != before.secret
    assert payments.webhook_id == before.webhook_id
    good = {payments.secret, before.secret} if hours else {payments.secret}
    assert set(payments.secrets(now)) == good
    assert payments.secrets(now + dt.timedelta(hours=24)) == (payments.secret,)
    assert hours == 0 or before.secret in payments.secrets(now + dt.timedelta(hours=23))


async def test_the_webhook_comes_and_goes_with_the_settings(patient: Person, home: Home) -> None:
    assert await home.set_up()

    def registered() -> list[tuple[str, bool]]:
        handlers = home.hass.data.get(webhook._HANDLERS, {})
        return [(its, data.local_only) for its, data in handlers.items() if data.domain == DOMAIN]

    assert registered() == []
    await enabled(patient, home.entry)
    webhook_id = (await payments_of(home.hass)).webhook_id
    assert registered() == [(webhook_id, False)]
    await enabled(patient, home.entry, local_only=True)
    assert registered() == [(webhook_id, True)]
    off = await (await patient.options(home.entry)).choose("payments")
    await off.fill(enabled=False)
    assert registered() == []
