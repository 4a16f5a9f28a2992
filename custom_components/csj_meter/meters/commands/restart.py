"""Restarting a meter, and waiting until it is really back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from ...bus.errors import UnitError
from ..reading import Group, Reading
from .errors import NotConfirmedError, OutcomeUnknownError
from .registers import RESTART, RESTART_WORD
from .session import Session

PATIENCE: Final = 30.0
"""Seconds in which a meter must be back; a CSJ meter takes about 3."""

PAUSE: Final = 1.0


async def restart(session: Session) -> Reading:
    """Restart the meter; its first live reading after that.

    Returns when it answers with a younger uptime. Raises NotConfirmedError when it does not within
    30 s, CommandError or a BusError when it could not be told.
    """
    meter = session.meter
    loop = asyncio.get_running_loop()
    async with session.lock:
        known = meter.readings.get(Group.LIVE)
        last = await meter.read(Group.LIVE)
        before = _uptime(last)
        told = loop.time()
        # a meter that restarts at once does not answer; its uptime will tell
        with suppress(OutcomeUnknownError):
            await session.write(RESTART, [RESTART_WORD])
        if known is not None and meter.readings[Group.LIVE] is last:
            meter.readings[Group.LIVE] = known  # of a meter that does not come back, ``last`` is no news
        while (passed := loop.time() - told) < PATIENCE:
            await asyncio.sleep(PAUSE)
            try:
                reading = await meter.read(Group.LIVE)
            except UnitError:
                continue
            if _uptime(reading) < min(before + passed, PATIENCE):
                return reading
    raise NotConfirmedError(f"unit {meter.unit_id}: not restarted within {PATIENCE:g} s")


def _uptime(reading: Reading) -> float:
    value = reading.values.get("uptime")
    return float(value) if isinstance(value, int | float) else 0.0
