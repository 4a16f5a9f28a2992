"""The line of the demo: simulated meters inside this Home Assistant.

The only place of the surface that knows the simulator, and only when somebody has chosen it.
"""

from __future__ import annotations

from collections.abc import Callable

from homeassistant.core import HomeAssistant
from modbus_connection import ModbusUnit


async def async_simulated_line(
    hass: HomeAssistant, seed: int, meters: int, utc_offset: int
) -> Callable[[int], ModbusUnit]:
    """Units of a line with ``meters`` homes; the same seed and moment always show the same.

    ``utc_offset`` in seconds from UTC to the meters' own time.
    """

    def build() -> Callable[[int], ModbusUnit]:
        # numpy and the households are loaded for those who use them, off the event loop
        from .simulator.site import demo_line

        line = demo_line(seed, meters, utc_offset=utc_offset)
        line.prepare()
        return line.unit

    return await hass.async_add_executor_job(build)
