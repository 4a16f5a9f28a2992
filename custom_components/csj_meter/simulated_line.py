"""The line of the demo: simulated meters inside this Home Assistant, and the faults they can have.

The only place of the surface that knows the simulator, and only when somebody has chosen it. What
happens to the meters of a bridge is kept in a file beside Home Assistant's own storage: they live
on when it restarts, as real ones do. All of its files are read and written in the executor.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .bus.bus import RESERVED_UNIT
from .const import DOMAIN, LOGGER
from .link_data import SimulatedLink

if TYPE_CHECKING:
    from .simulator.line import SimulatedLine
    from .simulator.store import StateFile

_LINES: Final[HassKey[dict[str, SimulatedLine]]] = HassKey(f"{DOMAIN}_simulated_lines")
"""Entry id -> the line of a bridge that is set up."""


def state_path(hass: HomeAssistant, entry_id: str) -> Path:
    """Where the states of the simulated meters of a bridge are kept."""
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.line"))


def _set_aside(path: Path) -> Path:
    """Where a state file goes that cannot be used."""
    return path.with_name(f"{path.name}.broken")


async def async_simulated_line(
    hass: HomeAssistant, link: SimulatedLink, state_file: Path | None = None
) -> SimulatedLine:
    """The line that ``link`` describes; the same seed and moment always show the same.

    The meters go on from ``state_file``, if given. One that cannot be used is set aside, and
    where none can be written the meters do without.
    """
    return await hass.async_add_executor_job(_line, link, state_file)


def _line(link: SimulatedLink, state_file: Path | None) -> SimulatedLine:
    if state_file is None:
        return _built(link, None)
    try:
        state_file.parent.mkdir(parents=True, exist_ok=True)
        return _built(link, state_file)
    # what is sound as a file may still make no sense to a meter
    except (OSError, ValueError, LookupError, ArithmeticError) as err:
        problem = getattr(err, "problem", None) or repr(err)
    try:
        state_file.replace(_set_aside(state_file))
        line = _built(link, state_file)
    except OSError:
        LOGGER.warning(
            "%s: what happens to the simulated meters cannot be kept in %s (%s): they begin anew at every "
            "start until that file can be read and written",
            link.name,
            state_file,
            problem,
        )
        return _built(link, None)
    LOGGER.warning(
        "%s: what was kept of the simulated meters cannot be used (%s): they begin anew, and the old file "
        "is now %s",
        link.name,
        problem,
        _set_aside(state_file),
    )
    return line


def _built(link: SimulatedLink, state_file: Path | None) -> SimulatedLine:
    # numpy and the households are loaded for those who use them, off the event loop
    from .simulator.site import demo_line

    line = demo_line(
        link.seed,
        link.meters,
        clock=lambda: dt_util.utcnow().timestamp(),
        utc_offset=link.utc_offset,
        state_file=state_file,
    )
    line.prepare()
    return line


async def async_simulated_keys(hass: HomeAssistant, link: SimulatedLink) -> dict[str, int]:
    """Serial number -> key of the meters of a simulated line, so that nobody has to type them."""

    def keys() -> dict[str, int]:
        # as above; the sums that a line needs to answer are left out
        from .simulator.site import demo_line

        nameplates = (meter.nameplate for meter in demo_line(link.seed, link.meters).meters.values())
        return {nameplate.serial: nameplate.key for nameplate in nameplates}

    return await hass.async_add_executor_job(keys)


class _Writer:
    """Writes the states of meters outside the event loop, one write after the other, the newest last.

    A write begins when a meter has obeyed. The reply takes its turnaround and its time on the wire
    from then on, so it is heard after the state has been written, unless the disk is slow.
    """

    def __init__(self, hass: HomeAssistant, file: StateFile) -> None:
        self._hass = hass
        self._file = file
        self._task: asyncio.Task[None] | None = None
        self._changed = False
        self._failing = False
        file.changed = self._on_change

    @callback
    def _on_change(self) -> None:
        self._changed = True
        if self._task is None or self._task.done():
            # a task that Home Assistant waits for when it ends
            self._task = self._hass.async_create_task(self._write(), f"write {self._file.path.name}")

    async def _write(self) -> None:
        while self._changed:
            self._changed = False
            try:
                await self._hass.async_add_executor_job(self._file.write, self._file.content())
            except OSError as err:
                if not self._failing:
                    LOGGER.warning(
                        "What happens to the simulated meters cannot be kept now: %s; it is tried again "
                        "with the next change",
                        err,
                    )
                self._failing = True
            else:
                self._failing = False

    async def finish(self) -> None:
        """Return when everything is written that can be."""
        if self._task is not None:
            await self._task


@callback
def async_keep_line(hass: HomeAssistant, entry: ConfigEntry, line: SimulatedLine) -> None:
    """Let faults be simulated on the line of ``entry`` until it unloads, and write what happens to it."""
    lines = hass.data.setdefault(_LINES, {})
    lines[entry.entry_id] = line
    writer = _Writer(hass, line.state_file) if line.state_file is not None else None

    async def keep() -> None:
        line.keep()
        if writer is not None:
            await writer.finish()

    async def let_go() -> None:
        del lines[entry.entry_id]
        # replies that are still on their way must not outlive the entry
        await line.unit(RESERVED_UNIT).disconnect()
        await keep()

    entry.async_on_unload(let_go)
    entry.async_on_unload(hass.async_add_shutdown_job(HassJob(keep, f"keep {entry.title}")))


async def async_forget_line(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what was kept of the simulated meters of a bridge that is removed."""

    def remove() -> None:
        path = state_path(hass, entry_id)
        path.unlink(missing_ok=True)
        _set_aside(path).unlink(missing_ok=True)

    await hass.async_add_executor_job(remove)


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

    fault = Fault(kind=FaultKind(kind), unit=unit, magnitude=value)
    fault.verify_there(line.meters)
    line.faults.set(fault)


@callback
def async_clear_faults(hass: HomeAssistant, entry_id: str) -> None:
    """Switch all faults off. Raises KeyError as ``async_simulate_fault``."""
    hass.data.get(_LINES, {})[entry_id].faults.clear()
