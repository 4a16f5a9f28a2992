"""Giving a meter a command, and how long it took."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.util import dt as dt_util
import probatio

from ..exceptions import wrong
from ..meter_commands import COMMANDS, async_give
from ..site.access import Permission
from .bridges import coordinator_of, find_meter
from .command import NAME, SERIAL, Call, number
from .values import plain

MOST: Final = 1e9
"""Beyond all that can be set."""

SCHEMA: Final = {
    probatio.Required("serial"): SERIAL,
    probatio.Required("command"): probatio.In(COMMANDS),
    probatio.Optional("value", default=None): probatio.Any(None, bool, number(-MOST, MOST), NAME),
}


async def async_command(call: Call) -> dict[str, Any]:
    """Have it done, once, and tell what the meter showed afterwards."""
    serial, value, loop = call.data["serial"], call.data["value"], call.hass.loop
    command = COMMANDS[call.data["command"]]
    # of what is refused without the value: whoever may not could fill the disk with numbers
    named = value is not None and call.sees(command.permission, serial)
    detail = f"{command.name}: {_written(value)}" if named else command.name
    async with call.allowed(command.permission, serial=serial, detail=detail):
        if (found := find_meter(call.hass, serial)) is None:
            raise wrong("no_such_meter")
        if (coordinator := coordinator_of(*found)) is None:
            raise wrong("bridge_not_set_up", bridge=found[0].title)
        began = loop.time()
        values = await async_give(coordinator, command, value)
        took = loop.time() - began
    told = values if call.sees(Permission.SEE_RAW, serial) else {}
    return {
        "serial": serial,
        "command": command.name,
        "done_at": dt_util.utcnow().isoformat(),
        "round_trip_ms": round(took * 1000, 1),
        "values": {name: plain(value) for name, value in told.items()} or None,
    }


def _written(value: Any) -> str:
    """A value as the audit log has it of entities."""
    match value:
        case bool():
            return STATE_ON if value else STATE_OFF
        case float():
            return f"{value:.14g}"
    return str(value)
