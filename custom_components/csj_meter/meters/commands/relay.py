"""The supply relay: what it is told, and where its contact really is."""

from __future__ import annotations

import asyncio
from typing import Final

from ..identity import Capability
from ..quantities import RelayContact, RelayMode
from ..reading import Group
from .errors import ContactStuckError, NotConfirmedError, NotOfferedError
from .registers import ACTION, RELAY_AUTOMATIC, RELAY_CLOSE, RELAY_OPEN
from .session import Session

_WORDS: Final = {
    RelayMode.AUTOMATIC: RELAY_AUTOMATIC,
    RelayMode.FORCED_CLOSED: RELAY_CLOSE,
    RelayMode.FORCED_OPEN: RELAY_OPEN,
}

_CONTACTS: Final = {
    RelayMode.FORCED_CLOSED: RelayContact.CLOSED,
    RelayMode.FORCED_OPEN: RelayContact.OPEN,
}
"""Where the contact must be; in automatic mode the meter decides."""

CHECKS: Final = 10
CHECK_PAUSE: Final = 0.5
"""A contactor takes a few tenths of a second, and the meter shows it with its next sample."""


async def set_relay(session: Session, mode: RelayMode) -> RelayContact:
    """Put the relay into ``mode`` and return where its contact then is.

    Raises ContactStuckError when the contact does not follow, NotConfirmedError when the mode is
    another, CommandError, OutcomeUnknownError or a BusError.
    """
    meter = session.meter
    if Capability.RELAY not in meter.identity.capabilities or meter.group_of("relay_contact") is None:
        raise NotOfferedError(f"unit {meter.unit_id}: the meter shows no relay")
    async with session.lock:
        await session.write(ACTION, [_WORDS[mode]])
        wanted = _CONTACTS.get(mode)
        for check in range(CHECKS):
            if check:
                await asyncio.sleep(CHECK_PAUSE)
            await meter.read(Group.PREPAY)
            contact = meter.value("relay_contact")
            if meter.value("relay_mode") == mode.name.lower() and (
                wanted is None or contact == wanted.name.lower()
            ):
                return RelayContact[str(contact).upper()]
    if meter.value("relay_mode") != mode.name.lower():
        raise NotConfirmedError(
            f"unit {meter.unit_id}: relay mode is {meter.value('relay_mode')}, not {mode.name.lower()}"
        )
    raise ContactStuckError(f"unit {meter.unit_id}: the contact is still {meter.value('relay_contact')}")
