"""Files of ours found damaged on disk: the bridge is set up all the same, and the meters are read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
import json
from pathlib import Path
import sqlite3
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
from hypothesis import strategies as st
import pytest

from custom_components.csj_meter.access.audit_log import AUDIT_FILE
from custom_components.csj_meter.alerting.keeping import ALERTS_FILE
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.money.prepayment import LEDGER_FILE

from ..surface.conftest import Home
from .malformed import ANYTHING, drawn, mutated
from .test_stored_data import ALERTS, DETECTION, PAYMENTS, TENANTS

SERIAL: Final = "THE METER"


def files(entry_id: str) -> dict[str, Any]:
    """Key of a file -> something sound that it may hold."""
    return {
        f"{DOMAIN}.site": {
            "payments": PAYMENTS,
            "telemetry": {"database_url": None, "raw_days": 180, "aggregate_months": 24},
            "detection": DETECTION,
            "calendar": {"holidays": None},
            "alerts": ALERTS,
            "access": {"people": [{"user_id": "1", "role": "tenant", "meters": ["2"]}]},
        },
        f"{DOMAIN}.tenants": TENANTS,
        f"{DOMAIN}.dismissed_tips": {SERIAL: ["x"]},
        f"{DOMAIN}.secrets": {"voucher": "00" * 32},
        f"{DOMAIN}.{entry_id}": {SERIAL: {"counters": {"energy_import": [1, 0]}, "currency": "EUR"}},
        f"{DOMAIN}.{entry_id}.log": {
            SERIAL: {"slot": 1, "filled": 2, "entry": [1, 2, 3], "told": [[1, 2, 3]]}
        },
    }


def as_in_a_file(data: Any) -> Any:
    """The same as Home Assistant reads it from a file: with lone surrogates, it would be no JSON.

    None for what is too deep to be written again: it logs that, where the double of its storage raises.
    """
    found = json.loads(json.dumps(data, ensure_ascii=False).encode(errors="replace"))
    try:
        json_bytes(found)
    except TypeError:
        return None
    return found


async def test_json_that_was_never_ours(
    home: Home, hass_storage: dict[str, Any], nothing_unforeseen: Callable[[object], None]
) -> None:
    sound = files(home.entry.entry_id)
    whole = {key: {"version": 1, "minor_version": 1, "key": key, "data": data} for key, data in sound.items()}
    damage = st.fixed_dictionaries({key: mutated(data) | ANYTHING for key, data in sound.items()})
    assert await home.set_up()
    for found in drawn(damage, 6):
        await home.tear_down()
        for key, data in found.items():
            hass_storage[key] = whole[key] | {"data": as_in_a_file(data)}
        for name in [name for name in home.hass.data if str(name).startswith(DOMAIN)]:
            if str(name) in (f"{DOMAIN}_site_settings", f"{DOMAIN}_tenants"):
                del home.hass.data[name]  # as after a restart
        assert await home.time.through(home.hass.config_entries.async_setup(home.entry.entry_id)), found
        await home.time.run(15)
        assert home.state("sensor", 2, "voltage_l1").state not in ("unknown", "unavailable")
        nothing_unforeseen(found)


def damage_files(hass: HomeAssistant, damage: bytes) -> None:
    for file in (ALERTS_FILE, LEDGER_FILE, AUDIT_FILE):
        Path(hass.config.path(file)).write_bytes(damage)


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0" + bytes(4000), b"no database at all"])
async def test_files_that_are_no_databases(
    home: Home, hass: HomeAssistant, damage: bytes, nothing_unforeseen: Callable[[object], None]
) -> None:
    damage_files(hass, damage)
    assert await home.set_up()
    await home.time.run(15)
    assert home.state("sensor", 2, "voltage_l1").state not in ("unknown", "unavailable")
    nothing_unforeseen(damage[:20])


async def test_rows_that_a_disk_has_changed(
    home: Home, hass: HomeAssistant, nothing_unforeseen: Callable[[object], None]
) -> None:
    """SQLite has no checksums: what is in a row may be anything, and its own check finds the file sound."""
    assert await home.set_up()
    await home.time.run(15)
    await home.tear_down()
    with closing(sqlite3.connect(hass.config.path(ALERTS_FILE))) as database, database:
        letter = '{"title": "x", "text": 5, "html": "x"}'
        for number, body in enumerate(("", "{", "null", "[]", '{"id": 5}', '"x"', "[" * 5000, letter)):
            database.execute(
                "INSERT INTO alert_work_order (number, created, body) VALUES (?, 1, ?)", (number + 1, body)
            )
            database.execute(
                "INSERT INTO alert_message (id, state, created, body) VALUES (?, 'waiting', 1, ?)",
                (number, body),
            )
            database.execute(
                "INSERT INTO alert (id, kind, severity, state, drill, raised, body) "
                "VALUES (?, 'leak', 'warning', 'raised', 0, 1, ?)",
                (number, body),
            )
            database.execute(
                "INSERT INTO alert_note (key, value) VALUES (?, ?), (?, ?), (?, ?)",
                (f"letter {number}", body, f"summary {number}", body, body, body.encode()),
            )
    assert await home.time.through(hass.config_entries.async_setup(home.entry.entry_id))
    await home.time.run(15)
    assert home.state("sensor", 2, "voltage_l1").state not in ("unknown", "unavailable")
    nothing_unforeseen("rows")
