"""The supply relay: what it is told, and where its contact really is."""

from __future__ import annotations

import asyncio
from typing import Final

from ..identity import Capability
from ..meter import Meter
from ..quantities import RelayContact, RelayMode, Status
from ..reading import Group
from .errors import ContactStuckError, NotConfirmedError, NotOfferedError
from .registers import ACTION, RELAY_AUTOMATIC, RELAY_CLOSE, RELAY_OPEN, TAKE_SAMPLE
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


def shows_relay(meter: Meter) -> bool:
    """Whether the meter has a relay and says where its contact is."""
    return Capability.RELAY in meter.identity.capabilities and (
        meter.group_of("relay_contact") is not None or Status.RELAY_CLOSED in meter.status_bits
    )


def contact_of(meter: Meter) -> RelayContact | None:
    """Where the contact was when the meter was last read; None when it was not read yet.

    A prepaid meter tells it by itself, another one by a bit of its status.
    """
    if meter.group_of("relay_contact") is not None:
        contact = meter.value("relay_contact")
        return None if contact is None else RelayContact[str(contact).upper()]
    status = meter.value("status")
    if not isinstance(status, int):
        return None
    return RelayContact.CLOSED if status & Status.RELAY_CLOSED else RelayContact.OPEN


async def set_relay(session: Session, mode: RelayMode) -> RelayContact:
    """Put the relay into ``mode`` and return where its contact then is.

    Raises ContactStuckError when the contact does not follow, NotConfirmedError when the mode is
    another, CommandError, OutcomeUnknownError or a BusError.
    """
    meter = session.meter
    if not shows_relay(meter):
        raise NotOfferedError(f"unit {meter.unit_id}: the meter shows no relay")
    async with session.lock:
        await session.write(ACTION, [_WORDS[mode]])
        wanted = _CONTACTS.get(mode)
        for check in range(CHECKS):
            if check:
                await asyncio.sleep(CHECK_PAUSE)
            await _look(session)
            contact = contact_of(meter)
            if contact is not None and _is_in(meter, mode) and wanted in {None, contact}:
                return contact
    if not _is_in(meter, mode):
        raise NotConfirmedError(
            f"unit {meter.unit_id}: relay mode is {meter.value('relay_mode')}, not {mode.name.lower()}"
        )
    where = "not known" if contact is None else f"still {contact.name.lower()}"
    raise ContactStuckError(f"unit {meter.unit_id}: the contact is {where}")


async def _look(session: Session) -> None:
    """Read where the contact is now, both where it is told and in the status."""
    meter = session.meter
    # the status shows the last sample, which may be from before
    await session.write(ACTION, [TAKE_SAMPLE], locked=False)
    await meter.sample_now()
    if (group := meter.group_of("relay_contact")) is not None and group is not Group.LIVE:
        await meter.read(group)


def _is_in(meter: Meter, mode: RelayMode) -> bool:
    """Whether the meter says that it is in ``mode``; only prepaid ones tell."""
    return meter.group_of("relay_mode") is None or meter.value("relay_mode") == mode.name.lower()
