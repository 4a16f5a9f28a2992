"""The line of the demo: simulated meters inside this Home Assistant, and the faults they can have.

The only place of the surface that knows the simulator, and only when somebody has chosen it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .bus.bus import RESERVED_UNIT
from .const import DOMAIN

if TYPE_CHECKING:
    from .simulator.line import SimulatedLine

_LINES: Final[HassKey[dict[str, SimulatedLine]]] = HassKey(f"{DOMAIN}_simulated_lines")
"""Entry id -> the line of a bridge that is set up."""


async def async_simulated_line(hass: HomeAssistant, seed: int, meters: int, utc_offset: int) -> SimulatedLine:
    """A line with ``meters`` homes; the same seed and moment always show the same.

    ``utc_offset`` in seconds from UTC to the meters' own time.
    """

    def build() -> SimulatedLine:
        # numpy and the households are loaded for those who use them, off the event loop
        from .simulator.site import demo_line

        line = demo_line(seed, meters, utc_offset=utc_offset)
        line.prepare()
        return line

    return await hass.async_add_executor_job(build)


@callback
def async_keep_line(hass: HomeAssistant, entry: ConfigEntry, line: SimulatedLine) -> None:
    """Let faults be simulated on the line of ``entry`` until it unloads."""
    lines = hass.data.setdefault(_LINES, {})
    lines[entry.entry_id] = line

    async def let_go() -> None:
        del lines[entry.entry_id]
        # replies that are still on their way must not outlive the entry
        await line.unit(RESERVED_UNIT).disconnect()

    entry.async_on_unload(let_go)


@callback
def async_simulate_fault(
    hass: HomeAssistant, entry_id: str, kind: str, unit: int | None, value: float | None
) -> None:
    """Switch a fault on.

    Raises KeyError when the bridge has no simulated line that is set up, and ValueError that says
    what is allowed.
    """
    line = hass.data.get(_LINES, {})[entry_id]
    # loaded already, as there is such a line
    from .simulator.faults import Fault, FaultKind

    line.faults.set(Fault(kind=FaultKind(kind), unit=unit, magnitude=value))


@callback
def async_clear_faults(hass: HomeAssistant, entry_id: str) -> None:
    """Switch all faults off. Raises KeyError as ``async_simulate_fault``."""
    hass.data.get(_LINES, {})[entry_id].faults.clear()
