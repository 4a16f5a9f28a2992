"""The key of a meter: tried before it is stored, asked for when it is wrong, never shown."""

from __future__ import annotations

from types import MappingProxyType

from homeassistant.components.modbus import async_get_temporary_unit
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from modbus_connection import ModbusSerialParams
import pytest

from custom_components.csj_meter.bus.turns import Priority
from custom_components.csj_meter.const import CONF_KEY
from custom_components.csj_meter.flow.key import line_of
from custom_components.csj_meter.simulator import Fault, FaultKind, demo_line, serve_pty, serve_rtu_over_tcp

from ..conftest import Home, subentry_of
from .bridge_dialogues import FAST, meters_of, scan_first
from .dialogue import Dialogue, Person
from .test_meter_flow import meter_at

UNIT = 2


def key_of(home: Home, unit_id: int = UNIT) -> int:
    """The key that the meter accepts."""
    return home.line.meters[unit_id].nameplate.key


def stored(home: Home, unit_id: int = UNIT) -> int | None:
    """The key that is stored."""
    key: int | None = meter_at(home, unit_id).data.get(CONF_KEY)
    return key


@pytest.fixture
async def cellar(home: Home) -> Home:
    """A running bridge that knows the meters 1 and 2, and no keys."""
    home = home.with_meters(*(subentry_of(home.line.meters[unit_id]) for unit_id in (1, UNIT)))
    assert await home.set_up()
    await home.time.run(5)
    return home


async def change(patient: Person, home: Home, **values: object) -> Dialogue:
    """Change the meter."""
    dialogue = await patient.change_meter(home.entry, meter_at(home, UNIT))
    return await dialogue.fill(**values)


async def test_a_meter_that_is_added_while_its_line_is_asked_is_no_stranger(
    cellar: Home, hass: HomeAssistant
) -> None:
    async with line_of(hass, cellar.entry, 3, 4) as bus:
        for unit_id in (3, 4):
            await cellar.time.through(bus.read(unit_id, "holding", 0, 2, priority=Priority.SCAN))
        new = subentry_of(cellar.line.meters[3])
        hass.config_entries.async_add_subentry(
            cellar.entry,
            ConfigSubentry(
                data=MappingProxyType(dict(new["data"])),
                subentry_type=new["subentry_type"],
                title=new["title"],
                unique_id=new["unique_id"],
            ),
        )
        await cellar.time.run(5)
        known = bus.statistics.unit(3)

    assert bus.statistics.units.keys() == {1, UNIT, 3}
    assert bus.statistics.unit(3) is known


# --- change -------------------------------------------------------------------------------


async def test_a_key_that_the_meter_accepts_is_stored_and_opens_it(patient: Person, cellar: Home) -> None:
    digits = str(key_of(cellar))
    dialogue = await change(patient, cellar, key=f"{digits[:4]} {digits[4:]}")

    assert dialogue.at == "abort: meter_changed"
    assert stored(cellar) == key_of(cellar)
    await cellar.time.run(60)
    assert cellar.state("sensor", UNIT, "key_state").state == "untried"


@pytest.mark.parametrize(
    ("key", "fault", "error"),
    [
        ("1234", None, "wrong_key"),
        ("12 34 five", None, "invalid_key"),
        ("99999999999", None, "invalid_key"),
        ("4294967296", None, "invalid_key"),
        ("1234", Fault(kind=FaultKind.METER_DEAD, unit=UNIT), "key_not_tried"),
        ("1234", Fault(kind=FaultKind.FOREIGN_SERIAL, unit=UNIT, magnitude=1), "key_not_tried"),
        ("1234", Fault(kind=FaultKind.UNPLUGGED), "cannot_connect"),
    ],
)
async def test_a_key_that_cannot_be_taken_changes_nothing_and_is_not_shown_again(
    patient: Person, cellar: Home, key: str, fault: Fault | None, error: str
) -> None:
    if fault is not None:
        cellar.line.faults.set(fault)
    dialogue = await change(patient, cellar, key=key, name="Attic")

    assert (dialogue.at, dialogue.errors) == ("reconfigure", {"key": error})
    assert dialogue.suggested["name"] == "Attic"
    assert "key" not in dialogue.suggested
    assert stored(cellar) is None
    assert meters_of(cellar.entry)[UNIT][1] == f"Home {UNIT}"
    cellar.line.faults.clear()
    await dialogue.fill(key=str(key_of(cellar)))
    assert stored(cellar) == key_of(cellar)


async def test_a_key_is_not_tried_on_another_meter(patient: Person, cellar: Home) -> None:
    cellar.line.faults.set(Fault(kind=FaultKind.FOREIGN_SERIAL, unit=UNIT, magnitude=1))
    await change(patient, cellar, key="1234")

    assert cellar.line.meters[UNIT].state.wrong_keys == 0


async def test_three_wrong_keys_are_told_as_a_lock_out_and_disturb_nobody_else(
    patient: Person, cellar: Home
) -> None:
    dialogue = await change(patient, cellar, key="1")
    for _ in range(2):
        await dialogue.fill(key="1")
        assert dialogue.errors == {"key": "wrong_key"}
    await dialogue.fill(key=str(key_of(cellar)))
    assert dialogue.errors == {"key": "locked_out"}

    # the locked meter is read as always, and the other one obeys
    await cellar.time.run(60)
    assert cellar.state("sensor", UNIT, "active_power").state not in {"unknown", "unavailable"}
    other = await patient.change_meter(cellar.entry, meter_at(cellar, 1))
    await other.fill(key=str(key_of(cellar, 1)))
    assert stored(cellar, 1) == key_of(cellar, 1)

    await cellar.time.run(301)
    await dialogue.fill(key=str(key_of(cellar)))
    assert dialogue.at == "abort: meter_changed"
    assert stored(cellar) == key_of(cellar)
    await cellar.time.run(5)


async def test_a_stored_key_stays_until_it_is_forgotten(patient: Person, cellar: Home) -> None:
    await change(patient, cellar, key=str(key_of(cellar)))
    await cellar.time.run(5)
    dialogue = await patient.change_meter(cellar.entry, meter_at(cellar, UNIT))
    assert "key" not in dialogue.suggested
    await dialogue.fill(name="Attic")
    assert stored(cellar) == key_of(cellar)

    await cellar.time.run(5)
    await change(patient, cellar, forget_key=True)
    assert stored(cellar) is None


async def test_a_meter_that_is_only_read_takes_no_key(patient: Person, home: Home) -> None:
    home = home.with_meters(subentry_of(home.line.meters[UNIT], profile="my_own"))
    home.entry.add_to_hass(home.hass)
    dialogue = await change(patient, home, key="1234")

    assert dialogue.errors == {"key": "key_not_needed"}


async def test_a_bridge_whose_settings_cannot_be_used_tries_no_key(patient: Person, home: Home) -> None:
    home = home.with_meters(subentry_of(home.line.meters[UNIT]))
    home.entry.add_to_hass(home.hass)
    home.hass.config_entries.async_update_entry(home.entry, data={"link": "simulated"})
    dialogue = await change(patient, home, key="1234")

    assert dialogue.errors == {"key": "invalid_link"}


# --- new meters ---------------------------------------------------------------------------


async def test_simulated_meters_need_no_typing(patient: Person, cellar: Home) -> None:
    dialogue = await (await patient.add_meter(cellar.entry)).choose("by_hand")
    await dialogue.fill(unit_id=4)

    assert stored(cellar, 4) == key_of(cellar, 4)

    dialogue = await (await patient.add_meter(cellar.entry)).choose("scan_range")
    await scan_first(dialogue, 5)
    assert all(CONF_KEY not in section for section in dialogue.suggested.values())
    await dialogue.fill()
    assert stored(cellar, 5) == key_of(cellar, 5)


async def test_a_key_by_hand_is_tried_too(patient: Person, cellar: Home) -> None:
    dialogue = await (await patient.add_meter(cellar.entry)).choose("by_hand")
    await dialogue.fill(unit_id=4, key="1234")
    assert (dialogue.at, dialogue.errors) == ("by_hand", {"key": "wrong_key"})

    await dialogue.fill(key=str(key_of(cellar, 4)))

    assert dialogue.at == "created"
    assert stored(cellar, 4) == key_of(cellar, 4)


@pytest.mark.loopback
async def test_keys_of_found_meters_are_tried_and_right_ones_kept(
    hass: HomeAssistant, person: Person
) -> None:
    line = demo_line(1, 3, baudrate=int(FAST))
    keys = {unit_id: meter.nameplate.key for unit_id, meter in line.meters.items()}
    async with serve_rtu_over_tcp(line) as server:
        dialogue = await (await person.set_up()).choose("rtu_over_tcp")
        await dialogue.fill(host="127.0.0.1", port=server.port, baudrate=FAST)
        await scan_first(dialogue, 3)
        await dialogue.fill(
            meter_1={"add": True, "name": "One", "key": str(keys[1])},
            meter_2={"add": True, "name": "Two", "key": "1"},
            meter_3={"add": True, "name": "Three"},
        )
        assert (dialogue.at, dialogue.errors) == ("meters", {"base": "wrong_key"})
        assert dialogue.placeholders["refused"] == "Two"
        assert all("key" not in section for section in dialogue.suggested.values())
        await dialogue.fill(meter_2={"add": True, "name": "Two", "key": str(keys[2])})

        assert dialogue.at == "created"
        found: dict[int, ConfigSubentry] = {
            subentry.data["unit_id"]: subentry for subentry in dialogue.entry.subentries.values()
        }
        assert found[1].data[CONF_KEY] == keys[1]
        assert found[2].data[CONF_KEY] == keys[2]
        assert CONF_KEY not in found[3].data
        await hass.async_block_till_done()


@pytest.mark.loopback
async def test_a_line_that_somebody_else_takes_while_keys_are_entered(
    hass: HomeAssistant, person: Person
) -> None:
    async with serve_pty(demo_line(1, 1, baudrate=9600)) as server:
        dialogue = await (await person.set_up()).choose("serial")
        await dialogue.fill(device=server.path, baudrate="9600", parity="none")
        await scan_first(dialogue, 1)
        other = ModbusSerialParams(device=server.path, baudrate=2400)
        async with async_get_temporary_unit(hass, other, 1):
            await dialogue.fill(meter_1={"add": True, "name": "One", "key": "1234"})

    assert dialogue.errors == {"base": "link_in_use"}


# --- a key that has become wrong ----------------------------------------------------------


async def reauth(patient: Person, home: Home) -> Dialogue:
    """Take up the dialogue that Home Assistant has begun."""
    (flow,) = home.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    return await patient.take_up(flow["flow_id"])


@pytest.fixture
async def with_wrong_key(home: Home) -> Home:
    """A running bridge whose meter has got another key."""
    meter = home.line.meters[UNIT]
    home = home.with_meters(subentry_of(meter, **{CONF_KEY: meter.nameplate.key + 1}))
    assert await home.set_up()
    await home.time.run(30)
    control = next(iter(home.entry.runtime_data.coordinators.values())).control
    with pytest.raises(Exception, match="key"):
        await home.time.through(control.run(lambda session: session.write(0x0500, [30])))
    return home


async def test_a_wrong_key_is_asked_for_and_the_right_one_taken(
    patient: Person, with_wrong_key: Home
) -> None:
    dialogue = await reauth(patient, with_wrong_key)
    assert dialogue.at == "reauth_confirm"
    assert dialogue.placeholders["meter"] == f"Home {UNIT}"
    await dialogue.fill(key="7")
    assert dialogue.errors == {"key": "wrong_key"}
    with_wrong_key.line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=UNIT))
    await dialogue.fill(key="7")
    assert dialogue.errors == {"key": "key_not_tried"}
    with_wrong_key.line.faults.clear()
    await dialogue.fill(key=str(key_of(with_wrong_key)))

    assert dialogue.at == "abort: reauth_successful"
    assert stored(with_wrong_key) == key_of(with_wrong_key)
    await with_wrong_key.time.run(30)
    assert with_wrong_key.entry.state is ConfigEntryState.LOADED
    assert with_wrong_key.state("sensor", UNIT, "key_state").state == "untried"


async def test_a_wrong_key_of_a_bridge_that_is_not_set_up_any_more(
    patient: Person, with_wrong_key: Home
) -> None:
    dialogue = await reauth(patient, with_wrong_key)
    assert await with_wrong_key.tear_down()
    with_wrong_key.hass.config_entries.async_update_entry(with_wrong_key.entry, data={"link": "simulated"})
    await dialogue.fill(key="7")

    assert dialogue.errors == {"key": "invalid_link"}


async def test_a_wrong_key_of_a_meter_that_is_gone(patient: Person, with_wrong_key: Home) -> None:
    dialogue = await reauth(patient, with_wrong_key)
    meter = meter_at(with_wrong_key, UNIT)
    with_wrong_key.hass.config_entries.async_remove_subentry(with_wrong_key.entry, meter.subentry_id)
    await dialogue.fill(key="7")

    assert dialogue.at == "abort: meter_gone"
