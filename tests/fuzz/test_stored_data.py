"""What was kept on disk and comes back as anything: what it was, or the error of its door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import datetime as dt
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.alerts.settings import AlertSettings, AlertSettingsError
from custom_components.csj_meter.anomaly.settings import Settings, SettingsError
from custom_components.csj_meter.link_data import InvalidLinkError, link_from_data
from custom_components.csj_meter.meters.commands.rings import LogEntry, LogPosition
from custom_components.csj_meter.meters.counters import Counters
from custom_components.csj_meter.meters.pulse import PulseCounter, PulseState
from custom_components.csj_meter.site.errors import AccessSettingsError, TenantError
from custom_components.csj_meter.site.people import AccessSettings
from custom_components.csj_meter.site.tenants import Tenancies
from custom_components.csj_meter.site_settings import (
    CalendarSettings,
    PaymentSettings,
    SiteSettingsError,
    TelemetrySettings,
)
from custom_components.csj_meter.telemetry.address import parse
from custom_components.csj_meter.telemetry.errors import TelemetryError

from .malformed import ANYTHING, TEXTS, door, is_short, mutated

TENANTS = {
    "all": [
        {
            "id": "a" * 32,
            "serial": "240000000017",
            "name": "Ada",
            "moved_in": {"at": "2026-01-01T00:00:00+00:00", "energy": "1.00", "balance": None},
            "moved_out": {"at": "2026-02-01T00:00:00+00:00", "energy": "9.50", "balance": "-3.00"},
            "language": "en",
            "email": "ada@example.org",
            "phone": "+44 20 7946 0000",
            "channel": None,
            "link": None,
        },
        {
            "id": "b" * 32,
            "serial": "240000000017",
            "name": "Bob",
            "moved_in": {"at": "2026-02-01T00:00:00+00:00", "energy": None, "balance": None},
            "link": {"digest": "0" * 64, "made_at": "2026-02-01T00:00:00+00:00"},
        },
    ]
}
ALERTS = {
    "channels": [
        {
            "id": "1",
            "name": "Phone",
            "medium": "push",
            "target": "notify.phone",
            "person": "Ada",
            "fallback": "2",
        },
        {"id": "2", "name": "Mail", "medium": "email", "target": "notify.mail", "person": "Ada"},
    ],
    "routes": [{"severities": ["critical"], "channels": ["1"], "level": 1}],
    "quiet_hours": {"start": "22:00:00", "end": "07:00:00", "enabled": True},
    "escalation": {"after": [10, 30], "severities": ["critical"]},
    "flood": {"most_per_hour": 12},
    "summary": {"weekday": 0, "hour": 8, "channels": ["2"]},
    "tickets": {"severities": [], "webhook_url": "https://example.org:1/x", "webhook_secret": "x"},
}
DETECTION = {
    "site": {"voltage_swell": {"enabled": True, "threshold": 1.1, "confirm": 3}},
    "circuits": {"Elm Street": {"undervoltage": {"enabled": False}}},
    "meters": {"240000000017": {}},
    "unwatched": ["240000000018"],
}
PAYMENTS = PaymentSettings(
    enabled=True,
    webhook_id="x",
    secret="5f" * 32,
    old_secret="a0" * 32,
    old_secret_until=dt.datetime(2026, 11, 27, tzinfo=dt.UTC),
).as_dict()
LINKS = (
    {"link": "serial", "device": "/dev/ttyUSB0", "baudrate": 9600, "parity": "N", "stopbits": 1},
    {"link": "rtu_over_tcp", "host": "gateway.example", "port": 502, "baudrate": "9600"},
    {"link": "modbus_tcp", "host": "[fd00::1]", "port": 502.0, "baudrate": 19200, "parity": "E"},
    {"link": "dial_in", "listen_port": 7000, "registration": "hex:01 02", "baudrate": 9600},
    {"link": "simulated", "seed": 1, "meters": 6, "utc_offset": 3600},
    {"link": "pulse", "entity_id": "counter.pulses", "pulses_per_kwh": 1000},
)


@dataclass(frozen=True, slots=True)
class Door:
    """Something that takes in what was kept."""

    take: Callable[[Any], Any]
    refuses: type[Exception]
    sound: tuple[Any, ...]
    keep: Callable[[Any], Any] = lambda found: found.as_dict()


DOORS = {
    "tenants": Door(Tenancies.from_dict, TenantError, (TENANTS,)),
    "alerts": Door(AlertSettings.from_dict, AlertSettingsError, (ALERTS,)),
    "detection": Door(Settings.from_dict, SettingsError, (DETECTION,)),
    "people": Door(
        AccessSettings.from_dict,
        AccessSettingsError,
        ({"people": [{"user_id": "1", "role": "tenant", "meters": ["2"], "circuits": []}]},),
    ),
    "payments": Door(PaymentSettings.from_dict, SiteSettingsError, (PAYMENTS,)),
    "telemetry": Door(TelemetrySettings.from_dict, SiteSettingsError, (TelemetrySettings().as_dict(),)),
    "calendar": Door(CalendarSettings.from_dict, SiteSettingsError, ({"holidays": "calendar.holidays"},)),
    "pulses": Door(
        PulseState.from_dict, ValueError, ({"count": 12, "energy": 1.5, "at": 1.7e9, "counter_id": "x"},)
    ),
    "counters": Door(Counters.from_dict, ValueError, ({"energy_import": [12.5, 1]},)),
    "log": Door(
        LogPosition.from_dict, ValueError, ({"slot": 1, "filled": 100, "entry": [1, 2, 3]}, {"slot": 0})
    ),
    "log entry": Door(LogEntry.from_list, ValueError, ([1, 2, 3],), lambda found: found.as_list()),
    "link": Door(link_from_data, InvalidLinkError, LINKS, lambda found: found.as_data()),
}


STORED = st.sampled_from(sorted(DOORS)).flatmap(
    lambda name: st.tuples(st.just(name), mutated(*DOORS[name].sound) | ANYTHING)
)


@door(600)
@given(STORED)
def test_what_comes_back_is_sound_or_refused(named: tuple[str, Any]) -> None:
    name, stored = named
    one = DOORS[name]
    if name == "link" and not isinstance(stored, dict):
        return  # Home Assistant's own files and forms have no other
    try:
        found = one.take(stored)
    except one.refuses as err:
        is_short(err, 80_000)
        return
    # what got in can be kept, and comes back as it was
    kept = one.keep(found)
    assert one.keep(one.take(kept)) == kept


@pytest.mark.parametrize("name", [name for name in DOORS if name != "log"])
def test_what_is_sound_gets_in(name: str) -> None:
    for stored in DOORS[name].sound:
        DOORS[name].take(stored)


@door(100)
@given(
    st.sampled_from(("sqlite:///", "postgresql://u:p@h:1/d?connect_timeout=", "")),
    st.text() | st.sampled_from(TEXTS),
)
def test_the_address_of_a_database(start: str, end: str) -> None:
    try:
        parse(start + end)
    except TelemetryError as err:
        if "u:p@" in str(err):
            raise AssertionError("the password is in the message") from err


@door(80)
@given(
    st.floats(0.001, 1e6),
    st.lists(st.tuples(st.floats() | st.floats(0, 1e5), st.floats(0, 1e6)), max_size=12),
)
def test_states_of_a_counter(pulses_per_kwh: float, states: list[tuple[float, float]]) -> None:
    counter, at, before = PulseCounter(pulses_per_kwh), 1.7e9, 0.0
    for count, seconds in states:
        at += seconds
        try:
            counter.observe(count, at)
        except ValueError:
            continue
        energy, power = counter.energy, counter.power(at)
        assert energy is not None
        assert before <= energy < 2e9
        assert power is None or 0 <= power < 100_001
        before = energy
