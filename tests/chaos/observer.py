"""Compares what the product says with what really was: values in entities and in the store.

It knows the truth from the meters themselves (``world``), not from anything of the product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from typing import Any, Final
import zlib

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import numpy as np

from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.history.telemetry import async_telemetry
from custom_components.csj_meter.meters.quantities import QUANTITIES
from custom_components.csj_meter.meters.sample import Provenance
from custom_components.csj_meter.simulator import Capability
from custom_components.csj_meter.telemetry.columns import ABSENT, COLUMNS
from custom_components.csj_meter.telemetry.gaps import GapState
from custom_components.csj_meter.telemetry.series import Series
from custom_components.csj_meter.telemetry.store import Store

from .clock import CLOCK
from .run import Run
from .world import SHOWN_KINDS, Shown, World

PATIENCE: Final = 5
"""Minutes after which what was measured must be on disk."""

LATE: Final = 6.0
"""Seconds that an answer may have been under way."""

STALE: Final = 200.0
"""Seconds that a shown value may be old: a period, a read that failed, and its repetition."""

HOUR: Final = 60
"""Minutes."""


class Observer:
    """Looks, and notes what is wrong in ``run``."""

    def __init__(self, run: Run, world: World, hass: HomeAssistant | None) -> None:
        self.run = run
        self.world = world
        self._home = hass
        self._sensors: list[tuple[str, str, str]] | None = None

    @property
    def _hass(self) -> HomeAssistant:
        if self._home is None:
            raise RuntimeError("there is no Home Assistant to look at")
        return self._home

    # --- values -------------------------------------------------------------------------------

    def look_at_entities(self) -> None:
        """Whatever is shown was said by that meter a moment ago."""
        if any(CLOCK.true() - moment < 2 * STALE for moment, _ in self.run.clocks):
            return  # a moment ago, by which clock?
        if self._sensors is None:
            self._sensors = list(self._find_sensors())
        now = CLOCK.wall()
        for serial, quantity, entity_id in self._sensors:
            state = self._hass.states.get(entity_id)
            if state is None or state.state in {"unavailable", "unknown"}:
                continue
            shown = float(state.state)
            recent = list(self._recent(serial, now))
            self.run.counts["states compared"] += 1
            if not any(_same(one.value(quantity), shown) for one in recent):
                said = {one.value(quantity) for one in recent}
                self.run.violated(f"{entity_id} shows {shown}, but the meter said {said}")

    def forget_sensors(self) -> None:
        """Entities have come or gone."""
        self._sensors = None

    def _recent(self, serial: str, now: float) -> Iterator[Shown]:
        for one in reversed(self.run.said.get(serial, ())):
            if abs(one.at - now) > STALE:
                return
            yield one

    def _find_sensors(self) -> Iterator[tuple[str, str, str]]:
        registry = er.async_get(self._hass)
        for serial in self.world.meters:
            for quantity in QUANTITIES.values():
                if quantity.kind not in SHOWN_KINDS:
                    continue
                entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"{serial}_{quantity.name}")
                if entity_id is not None and registry.entities[entity_id].disabled_by is None:
                    yield serial, quantity.name, entity_id

    # --- the store ----------------------------------------------------------------------------

    async def look_at_store(self) -> None:
        """Whatever was said is in the store, and nothing else is."""
        run = self.run
        if run.trouble_since is not None:
            return  # what waits is looked at when it has arrived
        since, until = run.checked_until, int(CLOCK.wall() // 60) - PATIENCE
        if until <= since:
            return
        telemetry = await async_telemetry(self._hass)
        present = await telemetry.async_read(partial(_samples, list(self.world.meters), since, until))
        for serial, series in present.items():
            self._compare(serial, series, since, until)
        run.checked_until = until
        run.lost = [span for span in run.lost if span[1] > until]
        for said in run.said.values():
            said[:] = [one for one in said if one.at >= until * 60 - 600]

    def _compare(self, serial: str, series: Series, since: int, until: int) -> None:
        run = self.run
        by_minute: dict[int, list[Shown]] = defaultdict(list)
        for one in run.said.get(serial, ()):
            by_minute[int(one.at // 60)].append(one)
            if one.at % 60 > 60 - LATE:
                by_minute[int(one.at // 60) + 1].append(one)  # it may have been heard in the next one
        measured = series.provenance == int(Provenance.MEASURED)
        columns = {name: steps.tolist() for name, steps in series.columns.items()}
        for row in np.flatnonzero(measured).tolist():
            minute = int(series.minutes[row])
            run.counts["samples compared"] += 1
            shown = by_minute.get(minute, ())
            for name, steps in columns.items():
                value = steps[row]
                if value != ABSENT and not any(value == _steps(one.value(name), name) for one in shown):
                    said = {_steps(one.value(name), name) for one in shown}
                    run.violated(
                        f"store: meter {serial} minute {minute}: {name} is {value}, but the meter said {said}"
                    )
        present = set(series.minutes[measured].tolist())
        for minute, shown in by_minute.items():
            if not since <= minute < until or minute in present:
                continue
            heard = any(one.live and one.sound and minute * 60 <= one.at < minute * 60 + 58 for one in shown)
            if not heard:
                continue
            if self._may_be_missing(serial, minute):
                run.counts["samples that were lost, and may be"] += 1
            else:
                run.violated(f"store: meter {serial} minute {minute} is missing, though it was heard")

    def _may_be_missing(self, serial: str, minute: int) -> bool:
        """Whether nobody has promised this sample: around the end of a process, of a cable, of a meter."""
        run, at = self.run, minute * 60 - CLOCK.ahead
        line = next(
            number
            for number, its in enumerate(self.world.lines)
            if any(meter.nameplate.serial == serial for meter in its.meters.values())
        )
        return (
            any(first <= minute < last for first, last in run.lost)
            or any(of == line and since - 90 <= at <= until + 150 for of, since, until in run.outages)
            or any(
                episode.serial == serial and episode.fault == "meter_dead"
                for episode in run.episodes
                if episode.since - 90 <= at <= episode.until + 400
            )
        )

    async def look_at_past(self) -> None:
        """What was in the store stays what it was, and gaps are filled with what the meter really counted."""
        run, world = self.run, self.world
        if run.trouble_since is not None:
            return
        telemetry = await async_telemetry(self._hass)
        # whole hours: of a part of one the checksum is another
        first = (int(CLOCK.wall() // 60) // HOUR - 5 * 24) * HOUR
        last = (run.checked_until // HOUR - 1) * HOUR
        serials = list(world.meters)
        for serial in serials:  # all of it at once would be what this life weighs
            past = await telemetry.async_read(partial(_samples, [serial], first, last))
            self._remember(serial, past[serial], last)
            self._look_at_profile(serial, past[serial])
        gaps = await telemetry.async_read(
            lambda store: [gap for one in serials for gap in store.gaps(one, None)]
        )
        run.counts["gaps"] = max(run.counts["gaps"], len(gaps))
        for gap in gaps:
            age = int(CLOCK.wall() // 60) - gap.until
            knows = Capability.LOAD_PROFILE in world.meters[gap.serial].capabilities
            if gap.state is GapState.OPEN and age > 6 * HOUR and knows and not self._recently_off(6 * 3600):
                run.violated(
                    f"store: gap of meter {gap.serial} is still open {age} minutes after its end: {gap}"
                )

    def _recently_off(self, seconds: float) -> bool:
        life = self.run.lives[-1]
        return CLOCK.true() - life.began < seconds

    def _remember(self, serial: str, series: Series, last: int) -> None:
        """A checksum of each hour; the same as last time."""
        digests, measured = self.run.digests, series.provenance == int(Provenance.MEASURED)
        rows = series.rows(measured)
        names = sorted(rows.columns)
        hours = rows.minutes // HOUR
        for hour in np.unique(hours).tolist():
            if hour * HOUR + HOUR > last or any(
                first < hour * HOUR + HOUR and hour * HOUR < until for first, until in self.run.twice
            ):
                continue
            chosen = rows.rows(hours == hour)
            present = [name for name in names if bool((chosen.steps(name) != ABSENT).any())]
            digest = zlib.crc32(chosen.minutes.tobytes())
            for name in present:
                digest = zlib.crc32(name.encode() + chosen.steps(name).tobytes(), digest)
            self.run.counts["hours compared"] += (serial, hour) in digests
            if digests.setdefault((serial, hour), digest) != digest:
                self.run.violated(f"store: hour {hour} of meter {serial} is not what it was")
                digests[serial, hour] = digest

    def _look_at_profile(self, serial: str, series: Series) -> None:
        """What came from a load profile lies between what the meter had counted before and after."""
        meter = self.world.meters[serial]
        rows = series.rows(series.provenance == int(Provenance.PROFILE))
        if not len(rows):
            return
        steps = rows.steps("energy_import")
        picked = np.flatnonzero(steps != ABSENT)[:: max(1, len(rows) // 20)]
        for row in picked.tolist():
            moments = self._moments(serial, float(rows.minutes[row]) * 60)
            counted = [float(meter.counters(meter.local(moment))[:8].sum()) for moment in moments]
            low, high = min(counted) - 0.1, max(counted) + 0.1
            self.run.counts["profile samples compared"] += 1
            if not low <= int(steps[row]) / 100 <= high:
                self.run.violated(
                    f"store: meter {serial} minute {int(rows.minutes[row])} from the load profile is "
                    f"{int(steps[row]) / 100}, not between {low:.2f} and {high:.2f}"
                )

    def _moments(self, serial: str, at: float) -> list[float]:
        """Between which moments a value of ``at`` was counted, by any clock that there was."""
        ahead = {0.0, CLOCK.ahead} | set(accumulate(by for _, by in self.run.clocks))
        first, last = at - max(ahead), at - min(ahead)
        moments = [first - 1860, first, last, last + 1860]
        for one in self.run.episodes:
            # a dead meter counts nothing; the simulator remembers of that time only roughly what it was not
            if one.serial == serial and one.fault == "meter_dead" and one.since < last and first < one.until:
                moments += [one.since - 60, one.until + 60]
        return moments


def _samples(serials: list[str], since: int, until: int, store: Store) -> dict[str, Series]:
    return {serial: Series.joined(store.minutes(serial, since, until)) for serial in serials}


def _steps(value: Any, name: str) -> int | None:
    return None if value is None else round(value * 10 ** COLUMNS[name].decimals)


def _same(value: Any, shown: float) -> bool:
    return value is not None and abs(value - shown) <= 0.001
