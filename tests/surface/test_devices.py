"""The device of a bridge shows how the bridge is reached now."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.devices import register_bridge

GATEWAY = {"link": "rtu_over_tcp", "host": "192.0.2.7", "port": 8899, "mac": "d8:b0:4c:00:00:01"}


@pytest.mark.parametrize(
    ("data", "macs"),
    [
        ({**GATEWAY, "host": "192.0.2.8"}, {"d8:b0:4c:00:00:01"}),
        ({**GATEWAY, "mac": "d8:b0:4c:00:00:02"}, {"d8:b0:4c:00:00:02"}),
        ({"link": "serial", "device": "/dev/ttyUSB0"}, set()),
    ],
)
async def test_another_gateway_has_another_mac(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, data: dict[str, str], macs: set[str]
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="Cellar", data=GATEWAY)
    entry.add_to_hass(hass)
    before = register_bridge(hass, entry)
    hass.config_entries.async_update_entry(entry, data=data)

    assert register_bridge(hass, entry) == before
    device = device_registry.async_get(before)
    assert isinstance(device, dr.DeviceEntry)
    assert device.connections == {(dr.CONNECTION_NETWORK_MAC, mac) for mac in macs}
