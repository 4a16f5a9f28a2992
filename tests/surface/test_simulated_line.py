"""Simulated meters of a bridge: what happens to them outlives a restart, and costs nobody a wait."""

from __future__ import annotations

from decimal import Decimal
import json
from pathlib import Path
import threading
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.link_data import SimulatedLink
from custom_components.csj_meter.links import async_temporary_bus
from custom_components.csj_meter.meters.commands.errors import WrongKeyError
from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.prepay.credit import next_count
from custom_components.csj_meter.prepay.prepaid_meter import PrepaidMeter
from custom_components.csj_meter.simulated_line import (
    async_simulate_fault,
    async_simulated_keys,
    async_simulated_line,
    state_path,
)
from custom_components.csj_meter.simulator import StateFileError, demo_line
from custom_components.csj_meter.simulator.store import StateFile

from .conftest import Home, identity_of, subentry_of
from .driven_time import DrivenTime

LINK = SimulatedLink(seed=1, meters=6)

SENSELESS = (
    '{"time": 1, "balance": 2, "top_up_count": 3, "last_top_up": 4, "prices": [5], "counters": [1, 2]}'
)
"""A posting that is one by its form."""

PREPAID = 1
"""Unit id of a prepaid meter."""


@pytest.fixture
def home(hass: HomeAssistant, driven_time: DrivenTime) -> Home:
    """A bridge whose line is made by what is tested here; the line of the fixture says who its meters are."""
    twins = demo_line(LINK.seed, LINK.meters)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        data=LINK.as_data(),
        subentries_data=[subentry_of(twins.meters[PREPAID])],
    )
    return Home(hass, driven_time, twins, entry)


def kept_in(home: Home) -> Path:
    return state_path(home.hass, home.entry.entry_id)


def state_of(home: Home) -> dict[str, Any]:
    """What the file says of the prepaid meter."""
    meters: dict[str, Any] = json.loads(kept_in(home).read_text())["meters"]
    found: dict[str, Any] = meters[home.serial(PREPAID)]
    return found


async def top_up(home: Home, amount: str) -> None:
    runtime, twin = home.entry.runtime_data, home.line.meters[PREPAID]
    identity = identity_of(twin)
    meter = Meter(runtime.bus, PREPAID, runtime.library.profiles[identity.profile], identity)
    money = PrepaidMeter(Session(meter, twin.nameplate.key))
    before = await home.time.through(money.read_credit())
    await home.time.through(money.write_top_up(Decimal(amount), next_count(before.count)))


async def restart(home: Home) -> None:
    assert await home.time.through(home.hass.config_entries.async_reload(home.entry.entry_id))
    await home.time.run(30)


def number(home: Home, key: str) -> float:
    return float(home.state("sensor", PREPAID, key).state)


# --- across restarts ----------------------------------------------------------------------


async def test_a_top_up_is_still_there_after_a_restart(home: Home, everything_enabled: None) -> None:
    assert await home.set_up()
    await home.time.run(30)
    balance, count = number(home, "balance"), number(home, "top_up_count")
    await top_up(home, "40.00")

    await restart(home)

    assert number(home, "top_up_count") == count + 1
    assert number(home, "balance") == pytest.approx(balance + 40, abs=0.5)


@pytest.mark.days
async def test_the_balance_counts_down_with_use_and_through_a_restart(
    home: Home, everything_enabled: None
) -> None:
    assert await home.set_up()
    await home.time.run(30)
    await top_up(home, "40.00")
    await home.time.run(60)
    balances, energies = [number(home, "balance")], [number(home, "energy_import")]
    for _ in range(3):
        await home.time.run(3600)
        await restart(home)
        balances.append(number(home, "balance"))
        energies.append(number(home, "energy_import"))

    assert balances == sorted(set(balances), reverse=True)
    used, paid = energies[-1] - energies[0], balances[0] - balances[-1]
    assert 0.05 < paid / used < 1  # what a kWh costs


async def test_what_a_killed_home_assistant_had_told_its_meters_is_known_to_the_next(home: Home) -> None:
    """Nothing is unloaded here: the file of this moment is all that is left."""
    assert await home.set_up()
    await top_up(home, "12.50")

    another = await home.time.through(async_simulated_line(home.hass, LINK, kept_in(home)))

    assert another.meters[PREPAID].state.credited == 1250


async def test_energy_of_a_fault_does_not_go_back_at_a_restart(home: Home, everything_enabled: None) -> None:
    """A counter that falls would make the meter's values be refused."""
    assert await home.set_up()
    await home.time.run(30)
    async_simulate_fault(home.hass, home.entry.entry_id, "leak", PREPAID, 20_000.0)
    await home.time.run(170)
    energy = number(home, "energy_import")

    await restart(home)

    assert number(home, "energy_import") >= energy
    assert home.entry.runtime_data.bus.statistics.unit(PREPAID).garbled == 0


async def test_energy_of_a_fault_is_kept_when_home_assistant_stops(home: Home) -> None:
    assert await home.set_up()
    async_simulate_fault(home.hass, home.entry.entry_id, "leak", PREPAID, 20_000.0)
    await home.time.run(50)  # less than what a meter keeps by itself

    await home.time.through(home.hass.async_stop())

    times = state_of(home)["extra_times"]
    assert times[-1] - times[0] == pytest.approx(50, abs=10)


# --- the file -----------------------------------------------------------------------------


async def test_the_file_is_never_written_in_the_event_loop(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    write = StateFile.write

    def noticed(file: StateFile, content: bytes) -> None:
        threads.append(threading.get_ident())
        write(file, content)

    monkeypatch.setattr(StateFile, "write", noticed)
    assert await home.set_up()
    for _ in range(3):
        await top_up(home, "1.00")
    await home.tear_down()

    assert len(threads) >= 5
    assert threading.get_ident() not in threads


async def test_the_file_goes_with_the_entry(home: Home) -> None:
    assert await home.set_up()
    await top_up(home, "5.00")
    assert kept_in(home).exists()

    await home.time.through(home.hass.config_entries.async_remove(home.entry.entry_id))

    assert not list(kept_in(home).parent.glob(f"*{home.entry.entry_id}.line*"))


async def test_a_question_of_a_flow_keeps_nothing(hass: HomeAssistant) -> None:
    async with async_temporary_bus(hass, LINK) as bus:
        await bus.write(3, 0x0602, [1])

    assert not list(state_path(hass, "any").parent.glob("*.line*"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "Expecting property name"),
        ('{"version": 9, "meters": {}}', "version 9, this is 1"),
        ('{"version": 1, "meters": {"SERIAL": {"wings": 2}}}', "MeterState has no wings"),
        (
            # sound as a file, but no meter has two counters
            f'{{"version": 1, "meters": {{"SERIAL": {{"postings": [{SENSELESS}]}}}}}}',
            "ValueError",
        ),
    ],
    ids=["cut off", "of another version", "of another kind", "without sense"],
)
async def test_a_broken_file_is_set_aside_and_the_meters_begin_anew(
    home: Home, caplog: pytest.LogCaptureFixture, content: str, told: str
) -> None:
    path = kept_in(home)
    path.parent.mkdir(exist_ok=True)
    path.write_text(content.replace("SERIAL", home.serial(PREPAID)))

    assert await home.set_up()

    (warning,) = [one for one in caplog.records if "begin anew" in one.message]
    assert told in warning.message
    aside = path.with_name(f"{path.name}.broken")
    assert str(aside) in warning.message
    assert aside.read_text() == content.replace("SERIAL", home.serial(PREPAID))
    await top_up(home, "5.00")
    assert state_of(home)["credited"] == 500


async def test_where_nothing_can_be_kept_the_meters_do_without(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    path = kept_in(home)
    path.parent.mkdir(exist_ok=True)
    path.write_text("{")
    (path.with_name(f"{path.name}.broken") / "full").mkdir(parents=True)

    assert await home.set_up()

    assert "cannot be kept" in caplog.text
    await top_up(home, "5.00")
    assert path.read_text() == "{"


async def test_a_write_that_fails_is_told_once_and_made_up_for(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    assert await home.set_up()
    in_the_way = kept_in(home).with_name(f".{kept_in(home).name}.new")
    in_the_way.mkdir()
    await top_up(home, "5.00")
    await top_up(home, "5.00")
    assert caplog.text.count("cannot be kept now") == 1

    in_the_way.rmdir()
    await top_up(home, "5.00")
    await home.time.run(1)

    assert state_of(home)["credited"] == 1500
    assert home.entry.state is ConfigEntryState.LOADED


def test_the_error_of_a_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "states").write_text("[]")

    with pytest.raises(StateFileError) as caught:
        demo_line(state_file=tmp_path / "states")

    assert caught.value.problem == "meters and version are missing"


# --- keys ---------------------------------------------------------------------------------


async def test_the_keys_are_those_that_open_the_meters(hass: HomeAssistant) -> None:
    keys = await async_simulated_keys(hass, LINK)

    assert len(keys) == LINK.meters
    async with async_temporary_bus(hass, LINK) as bus:
        profiles = ProfileLibrary.load().profiles
        identity = await identify(bus, PREPAID, profiles.values())
        meter = Meter(bus, PREPAID, profiles[identity.profile], identity)
        assert await Session(meter, keys[identity.serial]).test_key() > 50
        with pytest.raises(WrongKeyError):
            await Session(meter, keys[identity.serial] + 1).test_key()
