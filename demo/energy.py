"""The Energy dashboard: every meter is a connection to the grid, with its own price where it has one."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from .client import POLL, Client
from .errors import RefusedError
from .site import Meter, Site

PRICE: Final = 0.26
"""EUR/kWh of the meters that know no price themselves."""


async def arrange(client: Client, site: Site) -> None:
    """Set the Energy dashboard up, unless somebody has."""
    try:
        await client.call("energy/get_prefs")
    except RefusedError as err:
        if err.code != "not_found":
            raise
    else:
        return
    await client.call(
        "energy/save_prefs",
        energy_sources=[_grid_connection(meter) for meter in site.meters],
        device_consumption=[],
    )
    # Home Assistant adds a sensor for the cost of each; the history is told about them next
    while True:
        if len((await client.call("energy/info"))["cost_sensors"]) == len(site.meters):
            return
        await asyncio.sleep(POLL)


def _grid_connection(meter: Meter) -> dict[str, Any]:
    own = meter.entities
    return {
        "type": "grid",
        "name": meter.name,
        "stat_energy_from": own["energy_import"],
        "stat_energy_to": own.get("energy_export") if meter.feeds_in else None,
        "stat_rate": own["active_power"],
        "stat_cost": None,
        "entity_energy_price": own.get("energy_price"),
        "number_energy_price": None if "energy_price" in own else PRICE,
        "stat_compensation": None,
        "entity_energy_price_export": None,
        "number_energy_price_export": None,
        "cost_adjustment_day": 0,
    }
