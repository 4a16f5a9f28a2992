"""The folder of a Home Assistant, its bridges and its people, as if somebody had set it all up."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.http.config import STORAGE_VERSION
from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant

from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.kinds import Severity
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.link_data import MOST_SIMULATED
from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.simulator import Model, SimulatedMeter
from custom_components.csj_meter.site_settings import TelemetrySettings, async_site_settings
from demo.configuration import LISTENING, ONBOARDED, PACKAGE, _store

from .run import free_port
from .world import World

CONFIGURATION: Final = """\
homeassistant:
  name: Linden Court
  latitude: 39.0
  longitude: -9.0
  time_zone: Europe/Lisbon
  currency: EUR
  country: PT
logger:
  default: warning
  logs:
    custom_components.csj_meter: info
    # cameras and sound have no part in this; that their libraries are missing is no news
    haffmpeg: fatal
    homeassistant.components.camera: fatal
"""

PROFILES: Final = {
    Model.DDS100: "csj_1p",
    Model.DDSY100: "csj_1p_prepay",
    Model.DTS300: "csj_3p",
    Model.DTSY300: "csj_3p_prepay",
}

CHANNELS: Final = (
    Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada"),
    Channel(id="sms", name="SMS", medium=Medium.SMS, target="notify.sms", person="Ben", address="+15550100"),
    Channel(
        id="mail",
        name="Mail",
        medium=Medium.EMAIL,
        target="notify.mail",
        person="Cem",
        address="cem@example.org",
    ),
)

ALERTS: Final = AlertSettings(
    channels=CHANNELS,
    routes=(Route(severities=(Severity.CRITICAL, Severity.WARNING), channels=("phone", "sms", "mail")),),
)

RAW_DAYS: Final = 7
"""As few as can be set, so that old samples are let go within a run."""


def seed_folder(home: Path) -> None:
    """Make the folder."""
    storage = home / ".storage"
    storage.mkdir(parents=True)
    (home / "configuration.yaml").write_text(CONFIGURATION, encoding="utf-8")
    _store(storage / "onboarding", version=4, data={"done": ["user", *ONBOARDED]})
    _store(
        storage / "http",
        version=STORAGE_VERSION,
        data={
            "stable": LISTENING | {"server_port": free_port()},
            "pending": None,
            "yaml_migration_done": True,
        },
    )
    (home / "custom_components").mkdir()
    (home / "custom_components" / PACKAGE.name).symlink_to(PACKAGE, target_is_directory=True)


def subentry_of(meter: SimulatedMeter) -> ConfigSubentryData:
    """What the dialogue would have stored of a meter that was found."""
    plate = meter.nameplate
    identity = Identity(
        serial=plate.serial,
        profile=PROFILES[plate.model],
        manufacturer="CSJ",
        model=plate.model.name,
        phases=plate.model.phases,
        tariffs=plate.tariffs,
        capabilities=frozenset(
            capability for bit, capability in enumerate(Capability) if int(meter.capabilities) >> bit & 1
        ),
        firmware=plate.firmware_text,
        hardware=str(plate.hardware),
        rated_voltage=plate.rated_voltage,
        max_current=plate.max_current,
        ct_ratio=plate.ct_ratio,
        pt_ratio=plate.pt_ratio,
    )
    data = {
        "unit_id": meter.unit_id,
        "profile": identity.profile,
        "identity": identity.as_dict(),
        "circuit": meter.circuit,
        "key": plate.key,
    }
    return ConfigSubentryData(data=data, subentry_type="meter", title=meter.label, unique_id=identity.serial)


async def add_bridges(hass: HomeAssistant, world: World) -> None:
    """Add the three lines, and who is told of alerts."""
    settings = await async_site_settings(hass)
    await settings.async_set_telemetry(TelemetrySettings(raw_days=RAW_DAYS, aggregate_months=1))
    await settings.async_set_alerts(ALERTS)
    serial = {"baudrate": 9600, "parity": "N", "stopbits": 1}
    # the line itself is the one of the world, which may be longer
    links: list[dict[str, Any]] = [
        {
            "link": "simulated",
            "seed": 1,
            "meters": min(len(world.lines[0].meters), MOST_SIMULATED),
            "utc_offset": 0,
        },
        {"link": "rtu_over_tcp", "host": "127.0.0.1", "port": world.run.ports[1], **serial},
        {"link": "modbus_tcp", "host": "127.0.0.1", "port": world.run.ports[2], **serial},
    ]
    for number, (link, line) in enumerate(zip(links, world.lines, strict=True)):
        await hass.config_entries.async_add(
            ConfigEntry(
                version=1,
                minor_version=1,
                domain=DOMAIN,
                title=f"Line {number}",
                data=link,
                options={},
                source="user",
                unique_id=None,
                discovery_keys=MappingProxyType({}),
                subentries_data=[subentry_of(meter) for meter in line.meters.values()],
            )
        )
