"""Telling the meter to measure now."""

from __future__ import annotations

from ..reading import Group, Reading
from .errors import NotConfirmedError
from .registers import ACTION, TAKE_SAMPLE
from .session import Session


async def take_sample(session: Session) -> Reading:
    """Have a sample taken and read it; needs no key.

    Raises NotConfirmedError when the sample number has not moved, CommandError or a BusError.
    """
    meter = session.meter
    async with session.lock:
        before = (await meter.sample_now()).values.get("sequence")
        await session.write(ACTION, [TAKE_SAMPLE], locked=False)
        reading = await meter.sample_now()
        if reading.values.get("sequence") == before and before is not None:
            raise NotConfirmedError(f"unit {meter.unit_id}: no new sample")
        meter.readings[Group.LIVE] = reading
        return reading


async def order_sample(session: Session) -> None:
    """Have a sample taken that somebody else reads; needs no key. Nothing while another command is under way.

    Raises CommandError, or LinkDownError.
    """
    if session.lock.locked():
        return
    async with session.lock:
        await session.write(ACTION, [TAKE_SAMPLE], locked=False)
