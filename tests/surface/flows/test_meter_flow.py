"""Meters join, change and are found again on a line that is being polled meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    SimulatedLine,
    demo_line,
    serve_rtu_over_tcp,
)

from ..conftest import Home, subentry_of
from .bridge_dialogues import all_is_quiet, meters_of, serials
from .dialogue import Dialogue, Person

pytestmark = pytest.mark.meters(1, 2, 3)


def meter_at(home: Home, unit_id: int) -> ConfigSubentry:
    """The meter of the bridge at a unit id."""
    meters: list[ConfigSubentry] = list(home.entry.subentries.values())
    return next(subentry for subentry in meters if subentry.data["unit_id"] == unit_id)


@pytest.fixture
async def cellar(hass: HomeAssistant, home: Home) -> Home:
    """A running bridge that knows the meters 1, 2 and 3 of the six on its line."""
    assert await home.set_up()
    await home.time.run(5)
    return home


async def scan(patient: Person, home: Home, last: int = 6) -> Dialogue:
    """Scan again."""
    dialogue = await patient.add_meter(home.entry)
    await dialogue.choose("scan_range")
    assert "without_meters" not in dialogue.options_offered
    await dialogue.choose("scan_custom")
    await dialogue.fill(first=1, last=last)
    return dialogue


# --- scan again ---------------------------------------------------------------------------


async def test_new_meters_are_found_while_the_others_are_read_on_time(patient: Person, cellar: Home) -> None:
    before = cellar.entry.runtime_data
    bus = before.bus
    dialogue = await patient.add_meter(cellar.entry)
    await dialogue.choose("scan_range")
    await dialogue.choose("scan_full")
    seen: set[str] = set()
    while dialogue.is_busy:
        await patient.wait(1)
        seen.add(cellar.state("sensor", 1, "active_power").last_reported.isoformat())
        await dialogue.look()
    assert len(seen) > 1
    assert dialogue.at == "meters"
    assert set(dialogue.suggested) == {"meter_1", "meter_2", "meter_3"}
    assert sorted(bus.statistics.units) == [1, 2, 3]
    await dialogue.fill(circuit="Mill Lane", meter_2={"add": False, "name": "Attic"})

    assert dialogue.at == "abort: meters_added"
    assert dialogue.placeholders == {"count": "2"}
    assert sorted(meters_of(cellar.entry)) == [1, 2, 3, 4, 6]
    await cellar.time.run(5)
    assert cellar.entry.runtime_data is before
    assert cellar.state("sensor", 4, "active_power").state not in {"unknown", "unavailable"}


async def test_closing_the_dialogue_leaves_the_polling_alone(
    hass: HomeAssistant, patient: Person, cellar: Home
) -> None:
    dialogue = await scan(patient, cellar, 247)
    await patient.wait(2)
    asked = cellar.line.counters.requests
    dialogue.close()
    await patient.wait(1)
    await all_is_quiet(patient)
    assert sorted(cellar.entry.runtime_data.bus.statistics.units) == [1, 2, 3]

    await patient.wait(61)
    assert cellar.line.counters.requests > asked
    assert cellar.state("sensor", 1, "active_power").state not in {"unknown", "unavailable"}


async def test_nothing_new_on_the_line(patient: Person, cellar: Home) -> None:
    dialogue = await (await scan(patient, cellar, 3)).wait()

    assert dialogue.at == "nothing_found"
    assert dialogue.options_offered == ["scan_range"]


async def test_found_meters_that_nobody_wants(patient: Person, cellar: Home) -> None:
    dialogue = await (await scan(patient, cellar, 4)).wait()
    await dialogue.fill(meter_1={"add": False, "name": "x"})

    assert dialogue.at == "abort: no_meter_added"


async def test_a_known_meter_with_another_unit_id_is_not_added_twice(patient: Person, cellar: Home) -> None:
    cellar.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=5, magnitude=1))
    dialogue = await (await scan(patient, cellar, 5)).wait()
    assert dialogue.at == "taken"
    assert dialogue.placeholders["meters"] == f"{cellar.serial(1)} (5): Home 1, Cellar"
    await dialogue.choose("go_on")
    await dialogue.fill()

    assert sorted(meters_of(cellar.entry)) == [1, 2, 3, 4]


async def test_a_line_that_is_cut_while_scanning(patient: Person, cellar: Home) -> None:
    dialogue = await scan(patient, cellar)
    cellar.line.faults.set(Fault(kind=FaultKind.UNPLUGGED))
    await dialogue.wait()
    assert dialogue.at == "link_failed"
    assert dialogue.options_offered == ["scan"]
    await dialogue.look()

    cellar.line.faults.clear()
    await (await dialogue.choose("scan")).wait()
    assert dialogue.at == "meters"


async def test_two_dialogues_that_find_the_same_meter(patient: Person, cellar: Home) -> None:
    first = await (await scan(patient, cellar, 4)).wait()
    second = await (await scan(patient, cellar, 4)).wait()
    await first.fill()
    assert first.at == "abort: meters_added"
    await second.fill()

    assert second.at == "nothing_new"


async def test_an_unknown_device_on_a_running_line(
    hass: HomeAssistant, patient: Person, cellar: Home, hide: Callable[[str], None]
) -> None:
    hide("csj_1p")
    assert await patient.do(hass.config_entries.async_reload(cellar.entry.entry_id))
    dialogue = await (await scan(patient, cellar, 4)).wait()
    assert dialogue.at == "unknown_device"
    await dialogue.fill(profile="csj_1p")
    await dialogue.fill()

    assert meters_of(cellar.entry)[4][0] == cellar.serial(4)


@pytest.mark.meters(1, 2, 3, 4, 5)
async def test_a_bridge_that_is_not_set_up_is_scanned_all_the_same(patient: Person, home: Home) -> None:
    home.entry.add_to_hass(home.hass)
    dialogue = await (await scan(patient, home)).wait()
    await dialogue.fill()

    assert dialogue.at == "abort: meters_added"
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    assert sorted(meters_of(home.entry)) == [1, 2, 3, 4, 5, 6]


async def test_a_bridge_whose_settings_cannot_be_used(hass: HomeAssistant, person: Person) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "rtu_over_tcp", "host": ""})
    entry.add_to_hass(hass)

    assert (await person.add_meter(entry)).at == "abort: invalid_link"


@pytest.mark.meters(1, 2, 3, 5, 6)
async def test_a_device_of_a_bridge_that_is_not_set_up(
    patient: Person, home: Home, hide: Callable[[str], None]
) -> None:
    hide("csj_1p")
    home.entry.add_to_hass(home.hass)
    dialogue = await (await scan(patient, home)).wait()
    assert dialogue.at == "unknown_device"
    await dialogue.fill(profile="csj_1p")
    await dialogue.fill()

    assert dialogue.at == "abort: meters_added"


@pytest.mark.loopback
async def test_a_gateway_whose_bridge_is_not_set_up_and_whose_meters_are_dead(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 1, baudrate=115200)
    line.faults.set(Fault(kind=FaultKind.METER_DEAD))
    async with serve_rtu_over_tcp(line) as server:
        data = {"link": "rtu_over_tcp", "host": "127.0.0.1", "port": server.port, "baudrate": 115200}
        entry = MockConfigEntry(domain=DOMAIN, title="Cellar", data=data)
        entry.add_to_hass(hass)
        dialogue = await (await person.add_meter(entry)).choose("scan_range")
        await dialogue.choose("scan_custom")
        await dialogue.fill(first=1, last=1)
        await dialogue.wait()

        assert dialogue.at == "nothing_found"


# --- by hand ------------------------------------------------------------------------------


async def by_hand(patient: Person, home: Home, **values: object) -> Dialogue:
    """Add one meter."""
    dialogue = await (await patient.add_meter(home.entry)).choose("by_hand")
    return await dialogue.fill(**values)


async def test_a_meter_is_added_by_hand(patient: Person, cellar: Home) -> None:
    before = cellar.entry.runtime_data
    dialogue = await by_hand(patient, cellar, unit_id=4, name="Shed", circuit="Elm Row")

    assert dialogue.at == "created"
    assert meters_of(cellar.entry)[4] == (cellar.serial(4), "Shed", "Elm Row")
    await cellar.time.run(5)
    assert cellar.entry.runtime_data is before
    assert cellar.state("sensor", 4, "active_power").state not in {"unknown", "unavailable"}


async def test_a_meter_without_a_name_gets_one(patient: Person, cellar: Home) -> None:
    await by_hand(patient, cellar, unit_id=5, profile="csj_1p_prepay")

    assert meters_of(cellar.entry)[5][1:] == (f"DDSY100 {cellar.serial(5)}", "")


@pytest.mark.parametrize(
    ("values", "fault", "errors"),
    [
        ({"unit_id": 2}, None, {"unit_id": "unit_taken"}),
        ({"unit_id": 9}, None, {"unit_id": "unit_silent"}),
        (
            {"unit_id": 4, "profile": "csj_3p"},
            Fault(kind=FaultKind.METER_DEAD, unit=4),
            {"unit_id": "unit_silent"},
        ),
        ({"unit_id": 4}, Fault(kind=FaultKind.BUSY, unit=4, magnitude=3600), {"unit_id": "unit_busy"}),
        ({"unit_id": 4}, Fault(kind=FaultKind.FOREIGN_SERIAL, unit=4, magnitude=1), {"base": "meter_taken"}),
        ({"unit_id": 4}, Fault(kind=FaultKind.UNPLUGGED), {"base": "cannot_connect"}),
        ({"unit_id": 4, "profile": "eastron_sdm630"}, None, {"base": "profile_does_not_fit"}),
    ],
)
async def test_a_meter_that_cannot_be_added(
    patient: Person, cellar: Home, values: dict[str, object], fault: Fault | None, errors: dict[str, str]
) -> None:
    if fault is not None:
        cellar.line.faults.set(fault)
    dialogue = await by_hand(patient, cellar, **values)

    assert (dialogue.at, dialogue.errors) == ("by_hand", errors)
    assert dialogue.suggested["unit_id"] == values["unit_id"]
    assert 9 not in cellar.entry.runtime_data.bus.statistics.units
    cellar.line.faults.clear()
    await dialogue.fill(unit_id=6, profile="automatic")
    assert dialogue.at == "created"


async def test_a_meter_whose_answers_are_broken(patient: Person, cellar: Home) -> None:
    cellar.line.faults.set(Fault(kind=FaultKind.CRC_ERRORS, unit=4, magnitude=1))
    dialogue = await by_hand(patient, cellar, unit_id=4)
    for _ in range(30):  # a broken unit id is another meter's answer, and the meter is silent
        if dialogue.errors != {"unit_id": "unit_silent"}:
            break
        await dialogue.fill()

    assert dialogue.errors == {"unit_id": "unit_garbled"}


async def test_a_device_that_no_profile_recognises(
    hass: HomeAssistant, patient: Person, cellar: Home, hide: Callable[[str], None]
) -> None:
    hide("csj_1p")
    assert await patient.do(hass.config_entries.async_reload(cellar.entry.entry_id))
    dialogue = await by_hand(patient, cellar, unit_id=4)
    assert dialogue.errors == {"base": "unknown_device"}
    await dialogue.fill(profile="csj_1p")

    assert dialogue.at == "created"


# --- change -------------------------------------------------------------------------------


async def test_another_name_and_circuit(patient: Person, cellar: Home) -> None:
    dialogue = await patient.change_meter(cellar.entry, meter_at(cellar, 2))
    assert dialogue.suggested["name"] == "Home 2"
    await dialogue.fill(name=" First   floor ", circuit="Elm Row")

    assert dialogue.at == "abort: meter_changed"
    assert meters_of(cellar.entry)[2] == (cellar.serial(2), "First floor", "Elm Row")
    await cellar.time.run(5)
    assert cellar.entry.state is ConfigEntryState.LOADED


async def test_a_meter_that_has_got_another_unit_id(patient: Person, cellar: Home) -> None:
    cellar.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=5, magnitude=2))
    dialogue = await patient.change_meter(cellar.entry, meter_at(cellar, 2))
    await dialogue.fill(unit_id=5, name="")

    assert dialogue.at == "abort: meter_changed"
    assert meters_of(cellar.entry)[5][:2] == (cellar.serial(2), "Home 2")
    await cellar.time.run(5)
    assert cellar.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("values", "errors", "found"),
    [
        ({"unit_id": 3}, {"unit_id": "unit_taken"}, "Home 3"),
        ({"unit_id": 5}, {"unit_id": "other_meter"}, "CSJ"),
        ({"unit_id": 9}, {"unit_id": "unit_silent"}, "-"),
    ],
)
async def test_a_unit_id_at_which_the_meter_is_not(
    patient: Person, cellar: Home, values: dict[str, int], errors: dict[str, str], found: str
) -> None:
    dialogue = await patient.change_meter(cellar.entry, meter_at(cellar, 2))
    await dialogue.fill(**values)

    assert (dialogue.at, dialogue.errors) == ("reconfigure", errors)
    assert dialogue.placeholders["found"].startswith(found)
    assert sorted(meters_of(cellar.entry)) == [1, 2, 3]


async def test_another_profile_for_the_same_meter(patient: Person, cellar: Home) -> None:
    dialogue = await patient.change_meter(cellar.entry, meter_at(cellar, 2))
    await dialogue.fill(profile="csj_1p")

    assert dialogue.at == "abort: meter_changed"
    assert meter_at(cellar, 2).data["profile"] == "csj_1p"
    assert meter_at(cellar, 2).data["identity"]["profile"] == "csj_1p"
    await cellar.time.run(5)
    assert cellar.entry.state is ConfigEntryState.LOADED


async def test_a_meter_whose_profile_is_gone_can_still_be_renamed(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cellar",
        data={"link": "simulated", "seed": 1, "meters": 6},
        subentries_data=[subentry_of(line.meters[1], profile="my_own")],
    )
    entry.add_to_hass(hass)
    meter = next(iter(entry.subentries.values()))
    dialogue = await patient.change_meter(entry, meter)
    assert dialogue.suggested["profile"] == "my_own"
    await dialogue.fill(unit_id=2)
    assert dialogue.errors == {"profile": "profile_missing"}
    await dialogue.fill(unit_id=1, name="Shed")

    assert dialogue.at == "abort: meter_changed"
    assert meters_of(entry)[1] == (serials(line)[1], "Shed", subentry_of(line.meters[1])["data"]["circuit"])


async def test_a_meter_of_a_bridge_whose_settings_cannot_be_used(
    hass: HomeAssistant, patient: Person, line: SimulatedLine
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, data={"link": "simulated"}, subentries_data=[subentry_of(line.meters[1])]
    )
    entry.add_to_hass(hass)
    meter = next(iter(entry.subentries.values()))
    dialogue = await patient.change_meter(entry, meter)
    await dialogue.fill(unit_id=2)
    assert dialogue.errors == {"base": "invalid_link"}
    await dialogue.fill(unit_id=1, name="Shed")

    assert dialogue.at == "abort: meter_changed"
