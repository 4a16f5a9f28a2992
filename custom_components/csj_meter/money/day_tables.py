"""Which tariff counts when, as a meter has it."""

from __future__ import annotations

from ..meters.commands.session import Session
from ..meters.commands.settings import Day, read_day_table
from ..prepay.tariffs import Schedule, day_table


async def read_schedule(session: Session) -> Schedule:
    """The day tables of a meter. Raises TariffError when they make no sense, or a BusError."""
    tables = {day: day_table(await read_day_table(session, day)) for day in Day}
    return Schedule(weekday=tables[Day.WEEKDAY], saturday=tables[Day.SATURDAY], sunday=tables[Day.SUNDAY])
