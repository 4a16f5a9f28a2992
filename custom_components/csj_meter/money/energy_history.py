"""What a meter has used hour by hour, and what its balance was: out of the store of measurements.

For the time before the store began, Home Assistant's own statistics of the meter's sensors are asked. Where
those are not either, nothing is known, and whoever asks has to say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
import numpy as np

from ..const import LOGGER
from ..history.statistic_rows import is_number
from ..history.telemetry import async_telemetry
from ..history.troubles import TelemetryUnavailableError
from ..meter_sensors import sensor_of
from ..meters.quantities import QUANTITIES
from ..meters.sample import minute_of, moment_of
from ..prepay.hourly_energy import HOUR, HourlyEnergy
from ..prepay.money import round_money
from ..prepay.statement import BalanceAt
from ..telemetry.columns import TARIFF_ENERGIES
from ..telemetry.series import Aggregates

RECORDER: Final = "recorder"

BALANCE: Final = "balance_last"
"""The figure of an hour that is the balance at its end."""

_LARGEST_ENERGY: Final = QUANTITIES["energy_import"].high
_LARGEST_BALANCE: Final = QUANTITIES["balance"].high

type _Rows = Sequence[Mapping[str, Any]]


async def async_hourly_energy(
    hass: HomeAssistant, serial: str, tariffs: int, since: dt.datetime, until: dt.datetime
) -> HourlyEnergy:
    """Imported energy of the hours from ``since`` to ``until`` (UTC, both on the hour) by tariff.

    Where hours are missing between two that are known, the energy that was counted meanwhile is spread
    over them: the counters of the meter went on.
    """
    keys = [f"{counter}_used" for counter in TARIFF_ENERGIES[:tariffs]]
    stored = await _async_stored(hass, serial, since, until, keys)
    used = np.column_stack([stored.numbers(key) for key in keys])
    known = ~np.isnan(used).any(axis=1)
    hours: list[Sequence[float] | None] = [None] * ((until - since) // HOUR)
    for start, energy in zip(stored.starts[known].tolist(), used[known].tolist(), strict=True):
        hours[(moment_of(start) - since) // HOUR] = energy
    began = next((place for place, energy in enumerate(hours) if energy is not None), len(hours))
    hours[:began] = await _async_recorded_energy(hass, serial, tariffs, since, began)
    return HourlyEnergy.of(since, hours)


async def async_balances(
    hass: HomeAssistant, serial: str, since: dt.datetime, until: dt.datetime
) -> list[BalanceAt]:
    """The balance at the end of every hour that began from ``since`` to before ``until`` (UTC)."""
    stored = await _async_stored(hass, serial, since, until, [BALANCE])
    balances = stored.numbers(BALANCE)
    known = ~np.isnan(balances)
    found = [
        BalanceAt(at=moment_of(start) + HOUR, balance=round_money(Decimal(repr(balance))))
        for start, balance in zip(stored.starts[known].tolist(), balances[known].tolist(), strict=True)
    ]
    began = found[0].at - HOUR if found else until
    return [*await _async_recorded_balances(hass, serial, since, began), *found]


async def _async_stored(
    hass: HomeAssistant, serial: str, since: dt.datetime, until: dt.datetime, keys: Sequence[str]
) -> Aggregates:
    """The closed hours of the store; none while it cannot be read."""
    span = minute_of(since.timestamp()), minute_of(until.timestamp())
    telemetry = await async_telemetry(hass)
    try:
        found = await telemetry.async_read(lambda store: store.hours([serial], *span, keys))
    except TelemetryUnavailableError as err:
        LOGGER.debug("hours of meter %s: %s", serial, err)  # a repair issue says so
        found = {}
    return found.get(serial, Aggregates.empty())


async def _async_recorded_energy(
    hass: HomeAssistant, serial: str, tariffs: int, since: dt.datetime, count: int
) -> list[Sequence[float] | None]:
    """The energy of ``count`` hours by Home Assistant's statistics, as far as they know it."""
    hours: list[Sequence[float] | None] = [None] * count
    ids = {
        tariff: entity_id
        for tariff in range(1, tariffs + 1)
        if (entity_id := sensor_of(hass, serial, f"energy_import_t{tariff}")) is not None
    }
    if not count or len(ids) < tariffs:
        return hours
    rows = await _async_statistics(hass, set(ids.values()), since, since + count * HOUR, "change")
    by_tariff = [_spread(rows.get(ids[tariff], ()), since, count) for tariff in ids]
    for place, used in enumerate(zip(*by_tariff, strict=True)):
        known = [energy for energy in used if energy is not None]
        hours[place] = known if len(known) == tariffs else None
    return hours


async def _async_recorded_balances(
    hass: HomeAssistant, serial: str, since: dt.datetime, until: dt.datetime
) -> list[BalanceAt]:
    """The balances by Home Assistant's statistics, as far as they know them."""
    if since >= until or (entity_id := sensor_of(hass, serial, "balance")) is None:
        return []
    rows = await _async_statistics(hass, {entity_id}, since, until, "state")
    return [
        BalanceAt(at=_moment(row["start"]) + HOUR, balance=round_money(Decimal(repr(row["state"]))))
        for row in rows.get(entity_id, ())
        if is_number(row.get("state"), _LARGEST_BALANCE)
    ]


def full_hour(moment: dt.datetime) -> dt.datetime:
    """The beginning of the hour that a moment in UTC is in."""
    return moment.replace(minute=0, second=0, microsecond=0)


async def _async_statistics(
    hass: HomeAssistant, ids: set[str], since: dt.datetime, until: dt.datetime, kind: str
) -> Mapping[str, _Rows]:
    if RECORDER not in hass.config.components:
        return {}
    # only where it is set up: it brings a database along
    from homeassistant.components.recorder.statistics import statistics_during_period

    def _read() -> Mapping[str, Any]:
        units = {"energy": UnitOfEnergy.KILO_WATT_HOUR}
        return statistics_during_period(hass, since, until, ids, "hour", units, {kind})  # type: ignore[arg-type]

    try:
        return await get_instance(hass).async_add_executor_job(_read)
    except Exception as err:  # noqa: BLE001 - a database of others, which reckons with whatever is in its rows
        LOGGER.warning(
            "What Home Assistant has recorded of %s cannot be read: %r", ", ".join(sorted(ids)), err
        )
        return {}


def _spread(rows: _Rows, since: dt.datetime, count: int) -> list[float | None]:
    """KWh of each hour; what was counted over missing hours is divided between them.

    Of an hour with a value that no meter counts, nothing is known: neither what it was nor what is before it.
    """
    hours: list[float | None] = [None] * count
    last: int | None = None
    for row in rows:
        place = (_moment(row["start"]) - since) // HOUR
        change = row.get("change")
        if change is None or not 0 <= place < count:
            continue
        first = place if last is None else last + 1
        last = place
        if not is_number(change, _LARGEST_ENERGY):
            continue
        for hour in range(first, place + 1):
            hours[hour] = float(change) / (place + 1 - first)
    return hours


def _moment(start: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(start, dt.UTC)
