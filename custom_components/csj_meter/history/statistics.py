"""The closed hours of every meter as statistics of Home Assistant, for its Energy dashboard.

They are right whatever happened in an hour: what was filled in after an outage, or came late, is told
anew. The store knows what is still to be told, so nothing is missing after a restart; what the recorder could
not write, because its disk was full or its database locked, is told again later. Sums go on from what the
recorder has for the hour before, also when the store had to begin anew. Hours that a clock was ahead in are
told with the sum of now, until they come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Set
import contextlib
import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import UnitOfElectricPotential, UnitOfEnergy
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.recorder import get_instance
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util, slugify

from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..coordinator import CsjCoordinator
from ..meters.quantities import QUANTITIES
from ..meters.sample import minute_of, moment_of
from ..money.units import counts_energy, currency_of
from ..sensor_table import describe
from ..site_texts import current_texts
from ..telemetry.series import DAY, FOREVER, HOUR, Aggregates
from ..telemetry.store import Store
from .hourly_course import (
    COST,
    SUMS,
    TARIFF_COSTS,
    Courses,
    closed_hours,
    courses,
    decimals_of,
    first_difference,
)
from .statistic_rows import FIGURES, Figure, is_number, is_written, level_rows, sum_rows, with_ahead
from .status import SIGNAL_HOUR_CLOSED
from .troubles import TelemetryUnavailableError

if TYPE_CHECKING:
    from homeassistant.components.recorder.models import StatisticData, StatisticMetaData

    from .telemetry import Telemetry

type _Rows = dict[str, list[StatisticData]]
"""Id of a statistic -> its hours."""

RECORDER: Final = "recorder"

LOOK_AGAIN: Final = 600.0
"""Seconds after which what could not be told is tried again."""

AT_ONCE: Final = 7 * DAY
"""Minutes that are told at once: the recorder has other things to do as well."""

PAUSE: Final = 1.0
"""Seconds that it has for them before more is told."""

FARTHEST: Final = dt.timedelta(days=366)
"""By how much a clock may have been ahead; what the recorder has of later is damaged, or of no use."""

LARGEST_SUM: Final = 1e12
"""Of kWh or of money; beyond, a float has no hundredths."""

LOOK_BACK: Final = tuple(dt.timedelta(days=days) for days in (3, 30, 300, 3000))
"""In which the hour before is looked for, in turn: years of hours are read only if they must be."""


def statistic_id(serial: str, key: str) -> str:
    """Under what the hours of a meter are kept."""
    return f"{DOMAIN}:{slugify(serial)}_{key}"


class HourlyStatistics:
    """Tells the recorder of closed hours, while it is set up."""

    def __init__(self, hass: HomeAssistant, telemetry: Telemetry) -> None:
        """Tell what ``telemetry`` knows."""
        self._hass = hass
        self._telemetry = telemetry
        self._compared: set[str] = set()
        self._unwritten: set[str] = set()
        self._work = AskedWork(
            self._async_work,
            lambda work: hass.async_create_background_task(work, f"{DOMAIN} statistics"),
        )
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Begin with what is still to be told."""
        if RECORDER not in self._hass.config.components:
            return
        self._stops = [
            async_dispatcher_connect(self._hass, SIGNAL_HOUR_CLOSED, self._hour_closed),
            async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed),
        ]
        self._work.ask()

    async def async_stop(self) -> None:
        """Leave it at that; the store knows what is missing."""
        while self._stops:
            self._stops.pop()()
        await self._work.async_stop()

    @callback
    def _hour_closed(self, _: set[str]) -> None:
        self._work.ask()

    @callback
    def _entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """The meters of a bridge that is set up now were nobody's when the others were told."""
        if entry.domain == DOMAIN and entry.state is ConfigEntryState.LOADED:
            self._work.ask()

    async def _async_work(self) -> float:
        """Tell what is new; seconds until it is looked at again. The root of a task."""
        try:
            await self._async_tell_all()
        except TelemetryUnavailableError as err:
            LOGGER.debug("statistics wait for the database: %s", err)
        except Exception:  # noqa: BLE001 - the root of a task: the next look may go better
            LOGGER.exception("Statistics of hours could not be told")
        return LOOK_AGAIN

    async def _async_tell_all(self) -> None:
        untold = await self._telemetry.async_read(Store.untold)
        for meter in self._meters():
            serial = meter.identity.serial
            try:
                await self._async_tell_meter(meter, untold.get(serial))
            except TelemetryUnavailableError:
                raise
            except _UnwrittenError as err:
                if serial not in self._unwritten:
                    LOGGER.warning("Statistics of hours of meter %s are told again later: %s", serial, err)
                self._unwritten.add(serial)
            except Exception:  # noqa: BLE001 - what the recorder has of one meter is not that of the others
                LOGGER.exception("Statistics of hours of meter %s could not be told", serial)

    async def _async_tell_meter(self, meter: CsjCoordinator, since: int | None) -> None:
        """Tell the hours of a meter from minute ``since`` on, and those that the recorder has not."""
        serial = meter.identity.serial
        if serial not in self._compared and (missing := await self._async_missing(serial)) is not None:
            since = missing if since is None else min(since, missing)
        while since is not None:
            since = await self._async_tell(meter, since)
            await asyncio.sleep(PAUSE)
        self._compared.add(serial)
        self._unwritten.discard(serial)

    def _meters(self) -> list[CsjCoordinator]:
        """Meters that are set up: of others nobody knows name and currency."""
        entries = self._hass.config_entries.async_loaded_entries(DOMAIN)
        return [meter for entry in entries for meter in entry.runtime_data.coordinators.values()]

    async def _async_missing(self, serial: str) -> int | None:
        """The first hour (minute) that the store has and the recorder has not; None when none is missing.

        Where the last that the recorder has is at no time that has been, all may be missing.
        """
        # only where it is set up: it brings a database along
        from homeassistant.components.recorder.statistics import get_last_statistics

        its_id = statistic_id(serial, "energy_import")
        start: Any = None
        # it reckons with whatever is in its rows
        with contextlib.suppress(TypeError):
            last: Mapping[str, Any] = await get_instance(self._hass).async_add_executor_job(
                get_last_statistics, self._hass, 1, its_id, False, set()
            )
            start = last[its_id][0]["start"] if last else None
        has_been = isinstance(start, int | float) and 0 <= start <= dt_util.utcnow().timestamp()
        since = minute_of(start) + HOUR if has_been else 0
        hours = await self._telemetry.async_read(partial(closed_hours, serial, since, FOREVER))
        return int(hours.starts[0]) if len(hours) else None

    async def _async_tell(self, meter: CsjCoordinator, since: int) -> int | None:
        """Tell some hours of a meter from minute ``since`` on, and remember it when they are written.

        From where to go on; None when that was all. Raises _UnwrittenError.
        """
        serial = meter.identity.serial
        hours, found = await self._telemetry.async_run(partial(_look, serial, since))
        sent = await self._async_send(meter, found)
        await self._async_see_written(sent)
        return await self._telemetry.async_run(partial(_remember, serial, since, hours))

    async def _async_send(self, meter: CsjCoordinator, found: Courses) -> _Rows:
        """Hand courses to the recorder. What it was handed."""
        # only where it is set up: it brings a database along
        from homeassistant.components.recorder.statistics import async_add_external_statistics

        metadata = {key: its for key in found if (its := await self._async_metadata(meter, key)) is not None}
        bases = await self._async_bases(
            {key: found[key][0].start for key in metadata if key in SUMS}, meter.identity.serial
        )
        ahead = await self._async_ahead(metadata.keys() & SUMS.keys(), meter.identity.serial)
        sent: _Rows = {}
        for key, its in metadata.items():
            points = found[key]
            if key in SUMS:
                rows = sum_rows(points, bases.get(key, 0.0), decimals_of(key))
                rows = with_ahead(rows, ahead.get(key, []))
            else:
                rows = level_rows(points)
            async_add_external_statistics(self._hass, its, rows)
            if rows:
                sent[its["statistic_id"]] = rows
        return sent

    async def _async_see_written(self, sent: _Rows) -> None:
        """Wait until the recorder has done it, and look at what it has. Raises _UnwrittenError.

        It writes each course in a transaction of its own, and what fails it logs and forgets.
        """
        if not sent:
            return
        # only where it is set up: it brings a database along
        from homeassistant.components.recorder.tasks import SynchronizeTask

        recorder = get_instance(self._hass)
        done = self._hass.loop.create_future()
        # not async_block_till_done: it does not wait for the last task, once that has been begun
        recorder.queue_task(SynchronizeTask(done))
        await done
        starts = [row["start"] for rows in sent.values() for row in rows]
        until = max(starts) + dt.timedelta(hours=1)
        written = await recorder.async_add_executor_job(
            self._rows_between, min(starts), until, set(sent), FIGURES
        )
        missing = [its_id for its_id, rows in sent.items() if not is_written(rows, written.get(its_id, ()))]
        if missing:
            raise _UnwrittenError(f"the recorder has not written {', '.join(missing)}")

    async def _async_bases(self, starts: Mapping[str, int], serial: str) -> dict[str, float]:
        """Key -> the sum that the recorder has for the last hour before the first of its course.

        Some courses begin later than others: hours that were measured before may have had no prices.
        """
        if not starts:
            return {}
        since, until = moment_of(min(starts.values())), moment_of(max(starts.values()))
        keys = {statistic_id(serial, key): key for key in starts}
        found: dict[str, float] = {}
        for back in LOOK_BACK:
            missing = {its_id for its_id, key in keys.items() if key not in found}
            rows = await get_instance(self._hass).async_add_executor_job(
                self._sums_between, since - back, until, missing
            )
            for its_id, its in rows.items():
                begins = moment_of(starts[keys[its_id]]).timestamp()
                sums = [
                    row["sum"]
                    for row in its
                    if row["start"] < begins and is_number(row.get("sum"), LARGEST_SUM)
                ]
                if sums:
                    found[keys[its_id]] = float(sums[-1])
            if len(found) == len(keys):
                break
        return found

    async def _async_ahead(self, keys: Set[str], serial: str) -> dict[str, list[dt.datetime]]:
        """Key -> the hours not over that the recorder was told of by a clock that has been set back since."""
        if not keys:
            return {}
        ids = {statistic_id(serial, key): key for key in keys}
        hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
        until = hour + FARTHEST
        rows = await get_instance(self._hass).async_add_executor_job(
            self._sums_between, hour, until, set(ids)
        )
        return {
            ids[its_id]: [
                dt.datetime.fromtimestamp(row["start"], dt.UTC) for row in its if row["start"] % 3600 == 0
            ]
            for its_id, its in rows.items()
        }

    def _sums_between(self, since: dt.datetime, until: dt.datetime, ids: set[str]) -> Mapping[str, Any]:
        return self._rows_between(since, until, ids, {"sum"})

    def _rows_between(
        self,
        since: dt.datetime,
        until: dt.datetime,
        ids: set[str],
        types: set[Figure],
    ) -> Mapping[str, Any]:
        from homeassistant.components.recorder.statistics import statistics_during_period

        # in the unit that they were told in, whatever somebody has chosen to see
        units = {
            "energy": UnitOfEnergy.KILO_WATT_HOUR.value,
            "voltage": UnitOfElectricPotential.VOLT.value,
        }
        return statistics_during_period(self._hass, since, until, ids, "hour", units, types)

    async def _async_metadata(self, meter: CsjCoordinator, key: str) -> StatisticMetaData | None:
        """What a course is; None for a cost in no currency."""
        from homeassistant.components.recorder.models import StatisticMeanType

        unit: str | None
        if key == COST or key in TARIFF_COSTS:
            unit_class, unit = None, None if counts_energy(meter) else currency_of(meter)
            if unit is None:
                return None
        elif key in SUMS:
            unit_class, unit = "energy", UnitOfEnergy.KILO_WATT_HOUR
        else:
            unit_class, unit = "voltage", UnitOfElectricPotential.VOLT
        return {
            "mean_type": StatisticMeanType.NONE if key in SUMS else StatisticMeanType.ARITHMETIC,
            "has_sum": key in SUMS,
            "name": f"{meter.subentry.title} {await self._async_name(meter, key)}",
            "source": DOMAIN,
            "statistic_id": statistic_id(meter.identity.serial, key),
            "unit_class": unit_class,
            "unit_of_measurement": unit,
        }

    async def _async_name(self, meter: CsjCoordinator, key: str) -> str:
        """As the sensor of the quantity is called."""
        language = self._hass.config.language
        if (tariff := TARIFF_COSTS.get(key)) is not None:
            return current_texts(self._hass)("insights.cost_in_tariff", tariff=tariff)
        if key == COST:
            texts = await async_get_translations(self._hass, language, "selector", [DOMAIN])
            return texts.get(f"component.{DOMAIN}.selector.statistic.options.{COST}", COST)
        sensor = describe(
            QUANTITIES[key], single_phase=meter.identity.phases == 1, offered=meter.source.quantities
        )
        texts = await async_get_translations(self._hass, language, "entity", [DOMAIN])
        name = texts.get(f"component.{DOMAIN}.entity.sensor.{sensor.translation_key}.name", key)
        for placeholder, value in sensor.placeholders.items():
            name = name.replace(f"{{{placeholder}}}", value)
        return name


class _UnwrittenError(Exception):
    """The recorder was told of hours and has not written them."""


def _look(serial: str, since: int, store: Store) -> tuple[Aggregates, Courses]:
    hours = closed_hours(serial, since, since + AT_ONCE, store)
    return hours, courses(serial, hours, store)


def _remember(serial: str, since: int, hours: Aggregates, store: Store) -> int | None:
    """The hours have been told, up to the first that has changed meanwhile. From where to go on."""
    now = closed_hours(serial, since, since + AT_ONCE, store)
    told = min(since + AT_ONCE, first_difference(hours, now))
    later = closed_hours(serial, told, FOREVER, store)
    untold = store.untold().get(serial)
    if untold is not None and since <= untold < told:
        store.told(serial, untold, told if len(later) else FOREVER)
    return int(later.starts[0]) if len(later) else None
