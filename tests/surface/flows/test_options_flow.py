"""How often the meters are read is set in the options."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.meters.poller import DEFAULT_PERIODS
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.periods import PERIODS, periods_of

from ..conftest import Home
from .dialogue import Person


async def test_power_is_read_more_often(patient: Person, home: Home) -> None:
    assert await home.set_up()
    dialogue = await patient.options(home.entry)
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

    assert (await person.options(entry)).suggested["live_period"] == 30


async def test_a_pulse_counter_has_no_options(hass: HomeAssistant, person: Person) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "pulse"})
    entry.add_to_hass(hass)

    assert (await person.options(entry)).at == "abort: no_options"
    assert entry.supported_subentry_types == {}


def test_every_group_has_a_period() -> None:
    assert periods_of({}) == DEFAULT_PERIODS


@pytest.mark.parametrize("value", [4, 901, "fast", None, True])
def test_a_period_that_makes_no_sense_is_as_by_default(value: object) -> None:
    assert periods_of({"live_period": value})[Group.LIVE] == 60


def test_energy_and_credit_go_together() -> None:
    periods = periods_of({"energy_period": 120})

    assert periods[Group.ENERGY] == periods[Group.PREPAY] == 120
