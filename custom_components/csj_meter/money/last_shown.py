"""What a meter showed last before a moment: by its reading of now, the minutes that are kept, and the ledger.

The balance counts for money from that moment on, so nothing of what came after may be in it: a top-up belongs
to one side of the moment, in the balance and in the ledger alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from typing import Final

from homeassistant.core import HomeAssistant
import numpy as np

from ..const import LOGGER
from ..coordinator import CsjCoordinator
from ..history.telemetry import async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..meters.sample import minute_of, moment_of
from ..prepay.errors import LedgerTooNewError, LedgerUnavailableError
from ..prepay.movement import ON_THE_METER
from ..prepay.statement import BalanceAt
from ..telemetry.store import Store
from .credit_watch import is_prepaid
from .prepayment import async_prepayment

LOOK_BACK: Final = dt.timedelta(hours=1)
"""What a meter showed longer before a moment does not count for it."""

ENERGY: Final = "energy_import"
BALANCE: Final = "balance"
_QUANTITIES: Final = frozenset({ENERGY, BALANCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class LastShown:
    """What a meter showed last before a moment, as far as it is known."""

    energy: Decimal | None = None
    """The counter of imported energy, kWh."""

    balance: BalanceAt | None = None
    """The credit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    quantity: str
    at: dt.datetime
    value: Decimal


async def async_last_shown(
    hass: HomeAssistant, serial: str, meter: CsjCoordinator | None, moment: dt.datetime
) -> LastShown:
    """What a meter showed last at a moment (UTC) or in the hour before; ``meter``: None while it is away."""
    found = await _async_kept(hass, serial, moment)
    if meter is not None:
        found += _read(meter)
        found += await _async_paid(hass, meter, moment)
    last: dict[str, _Shown] = {}
    for one in found:
        if moment - LOOK_BACK <= one.at <= moment and (
            one.quantity not in last or last[one.quantity].at <= one.at
        ):
            last[one.quantity] = one
    energy, balance = last.get(ENERGY), last.get(BALANCE)
    return LastShown(
        energy=None if energy is None else energy.value,
        balance=None if balance is None else BalanceAt(at=balance.at, balance=balance.value),
    )


def _read(meter: CsjCoordinator) -> Iterator[_Shown]:
    """By its last readings."""
    for quantity in _QUANTITIES:
        group = meter.source.group_of(quantity)
        reading = None if group is None else meter.data.readings.get(group)
        value = None if reading is None else reading.values.get(quantity)
        if reading is not None and value is not None and not isinstance(value, str | tuple):
            at = dt.datetime.fromtimestamp(reading.at, dt.UTC)
            yield _Shown(quantity=quantity, at=at, value=Decimal(str(value)))


async def _async_kept(hass: HomeAssistant, serial: str, moment: dt.datetime) -> list[_Shown]:
    """By the minutes that were over; the one that the moment is in may have been read after it."""
    minutes = minute_of((moment - LOOK_BACK).timestamp()), minute_of(moment.timestamp())

    def look(store: Store) -> list[_Shown]:
        found: list[_Shown] = []
        for series in store.minutes(serial, *minutes, _QUANTITIES):
            for quantity in _QUANTITIES:
                numbers = series.numbers(quantity)
                known = np.flatnonzero(~np.isnan(numbers))
                if len(known):
                    at = moment_of(int(series.minutes[known[-1]]))
                    value = Decimal(str(round(float(numbers[known[-1]]), 2)))
                    found.append(_Shown(quantity=quantity, at=at, value=value))
        return found

    try:
        return await (await async_telemetry(hass)).async_read(look)
    except TelemetryUnavailableError as err:
        LOGGER.debug("what meter %s showed then: %s", serial, err)  # a repair issue says so
        return []


async def _async_paid(hass: HomeAssistant, meter: CsjCoordinator, moment: dt.datetime) -> Iterator[_Shown]:
    """By its top-ups: one that came after the last reading is in no minute yet."""
    if not is_prepaid(meter):
        return iter(())
    serial = meter.identity.serial
    try:
        prepayment = await async_prepayment(hass)
        movements = await prepayment.run(
            lambda: prepayment.ledger.movements(serial, since=moment - LOOK_BACK, until=moment)
        )
    except (LedgerUnavailableError, LedgerTooNewError) as err:
        LOGGER.debug("what was paid to meter %s then: %s", serial, err)  # a repair issue says so
        return iter(())
    return (
        _Shown(quantity=BALANCE, at=one.at, value=one.balance_after)
        for one in movements
        if one.state in ON_THE_METER and one.balance_after is not None
    )
