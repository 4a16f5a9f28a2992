"""What a meter has used hour by hour, and what its balance was: out of Home Assistant's own statistics.

They are kept for ever, as long as the sensors of the meter are recorded. Where they are not, nothing
is known, and whoever asks has to say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance

from ..const import DOMAIN
from ..prepay.hourly_energy import HOUR, HourlyEnergy
from ..prepay.money import round_money
from ..prepay.statement import BalanceAt

RECORDER: Final = "recorder"

type _Rows = Sequence[Mapping[str, Any]]


async def async_hourly_energy(
    hass: HomeAssistant, serial: str, tariffs: int, since: dt.datetime, until: dt.datetime
) -> HourlyEnergy:
    """Imported energy of the hours from ``since`` to ``until`` (UTC, both on the hour) by tariff.

    Where hours are missing between two that are known, the energy that was counted meanwhile is spread
    over them: the counters of the meter went on.
    """
    ids = {
        tariff: entity_id
        for tariff in range(1, tariffs + 1)
        if (entity_id := _sensor(hass, serial, f"energy_import_t{tariff}")) is not None
    }
    if len(ids) < tariffs:
        return HourlyEnergy.nothing(since)
    rows = await _async_statistics(hass, set(ids.values()), since, until, "change")
    count = (until - since) // HOUR
    by_tariff = [_spread(rows.get(ids[tariff], ()), since, count) for tariff in ids]
    hours: list[tuple[float, ...] | None] = []
    for used in zip(*by_tariff, strict=True):
        known = [energy for energy in used if energy is not None]
        hours.append(tuple(known) if len(known) == tariffs else None)
    return HourlyEnergy.of(since, hours)


async def async_balances(
    hass: HomeAssistant, serial: str, since: dt.datetime, until: dt.datetime
) -> list[BalanceAt]:
    """The balance at the end of every hour that began from ``since`` to before ``until`` (UTC)."""
    if (entity_id := _sensor(hass, serial, "balance")) is None:
        return []
    rows = await _async_statistics(hass, {entity_id}, since, until, "state")
    found = []
    for row in rows.get(entity_id, ()):
        try:
            balance = round_money(Decimal(repr(row["state"])))
        except InvalidOperation, KeyError:
            continue  # an hour without a state
        found.append(BalanceAt(at=_moment(row["start"]) + HOUR, balance=balance))
    return found


def full_hour(moment: dt.datetime) -> dt.datetime:
    """The beginning of the hour that a moment in UTC is in."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _sensor(hass: HomeAssistant, serial: str, key: str) -> str | None:
    return er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{serial}_{key}")


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

    return await get_instance(hass).async_add_executor_job(_read)


def _spread(rows: _Rows, since: dt.datetime, count: int) -> list[float | None]:
    """KWh of each hour; what was counted over missing hours is divided between them."""
    hours: list[float | None] = [None] * count
    last: int | None = None
    for row in rows:
        place = (_moment(row["start"]) - since) // HOUR
        change = row.get("change")
        if change is None or not 0 <= place < count:
            continue
        first = place if last is None else last + 1
        for hour in range(first, place + 1):
            hours[hour] = float(change) / (place + 1 - first)
        last = place
    return hours


def _moment(start: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(start, dt.UTC)
