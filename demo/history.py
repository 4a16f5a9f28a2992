"""A month of hourly statistics: what the simulated meters have lived through before the demo began.

The homes are a function of their seed and of what has been done to them, so the past that is
imported here runs on into what the line serves. After a pause the hours that are missing are
filled the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sumprod
from pathlib import Path
import shutil
import tempfile
from typing import Any, Final

from custom_components.csj_meter.simulator.meter import SimulatedMeter
from custom_components.csj_meter.simulator.past import HistoryRow, Spread, history

from .client import Client
from .energy import PRICE
from .site import DOMAIN, Meter, Site, is_number, twins

PAST: Final = timedelta(days=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One statistic of one meter."""

    quantity: str
    """Canonical quantity."""

    unit_class: str | None
    """How Home Assistant converts its unit."""

    of: Callable[[HistoryRow], Spread | float | None]
    """Its hour: a spread for a measurement, the reading at the end of the hour for a total."""


def courses(phases: int, tariffs: int) -> Iterable[Course]:
    """The statistics of a meter."""

    def voltage(phase: int) -> Course:
        return Course(
            quantity=f"voltage_l{phase + 1}", unit_class="voltage", of=lambda row: row.voltages[phase]
        )

    def tariff(number: int) -> Course:
        return Course(
            quantity=f"energy_import_t{number + 1}",
            unit_class="energy",
            of=lambda row: row.energy_import_tariffs[number],
        )

    yield Course(quantity="active_power", unit_class="power", of=lambda row: row.power)
    yield from map(voltage, range(phases))
    yield Course(quantity="energy_import", unit_class="energy", of=lambda row: row.energy_import)
    yield Course(quantity="energy_export", unit_class="energy", of=lambda row: row.energy_export)
    yield from map(tariff, range(tariffs))
    yield Course(quantity="balance", unit_class=None, of=lambda row: row.balance)


async def fill(client: Client, site: Site, home: Path) -> None:
    """Import the hours since ``PAST`` that the statistics of ``site``, in the folder ``home``, lack."""
    now = datetime.now(UTC)
    costs = (await client.call("energy/info"))["cost_sensors"]
    states = {state["entity_id"]: state for state in await client.get("/api/states")}
    with informed_twins(home, site.entry) as simulated:
        for meter in site.meters:
            twin = simulated[meter.serial]
            rows = list(history(twin, (now - PAST).timestamp(), now.timestamp()))
            for course in courses(twin.nameplate.model.phases, twin.nameplate.tariffs):
                state = states.get(meter.entities.get(course.quantity, ""))
                values = [(row.start, value) for row in rows if (value := course.of(row)) is not None]
                if state is not None and values:
                    await _fill(client, course.unit_class, values, state)
            state = states.get(costs.get(meter.entities["energy_import"], ""))
            if state is not None:
                await _fill(client, None, _costs(meter, twin, rows), state, only_new=True)


@contextmanager
def informed_twins(home: Path, entry: str) -> Iterator[dict[str, SimulatedMeter]]:
    """The twins, who know of top-ups and whatever else was done to the meters in an earlier run."""
    kept = home / ".storage" / f"{DOMAIN}.{entry}.line"
    with tempfile.TemporaryDirectory() as folder:
        # a copy, because twins write too, and the meters behind the line are at work
        copy = Path(folder, kept.name)
        if kept.exists():
            shutil.copyfile(kept, copy)
        yield twins(copy)


def _costs(
    meter: Meter, twin: SimulatedMeter, rows: Sequence[HistoryRow]
) -> list[tuple[float, Spread | float]]:
    """What the energy has cost, EUR: Home Assistant's own sensor for that begins with zero now."""

    def cost(row: HistoryRow) -> float:
        if "energy_price" not in meter.entities:
            return row.energy_import * PRICE
        return sumprod(row.energy_import_tariffs, twin.settings.prices[: twin.nameplate.tariffs])

    return [(row.start, cost(row) - cost(rows[-1])) for row in rows]


async def _fill(
    client: Client,
    unit_class: str | None,
    hours: Sequence[tuple[float, Spread | float]],
    state: Mapping[str, Any],
    *,
    only_new: bool = False,
) -> None:
    """Import those of ``hours`` (start and value) that the statistic of one sensor lacks.

    With ``only_new``, a statistic that has begun is left alone.
    """
    entity_id = state["entity_id"]
    known = await client.call(
        "recorder/statistics_during_period",
        start_time=_iso(hours[0][0]),
        statistic_ids=[entity_id],
        period="hour",
        types=["state", "sum"],
    )
    last = known.get(entity_id, [None])[-1]
    missing = [(start, value) for start, value in hours if last is None or start * 1000 > last["start"]]
    if not missing or (only_new and last):
        return
    total = isinstance(missing[0][1], float)
    zero = 0.0
    if total:
        # Home Assistant counts a sum from the first state that it has seen: the past must end there
        zero = last["state"] - last["sum"] if last else await _first_state(client, entity_id)
    await client.call(
        "recorder/import_statistics",
        metadata={
            "source": "recorder",
            "statistic_id": entity_id,
            "name": None,
            "unit_of_measurement": state["attributes"].get("unit_of_measurement"),
            "unit_class": unit_class,
            "has_sum": total,
            "mean_type": 0 if total else 1,
        },
        stats=[_statistic(start, value, zero) for start, value in missing],
    )


def _statistic(start: float, value: Spread | float, zero: float) -> dict[str, Any]:
    when = {"start": _iso(start)}
    if isinstance(value, Spread):
        return when | {"mean": value.mean, "min": value.low, "max": value.high}
    return when | {"state": round(value, 2), "sum": round(value - zero, 2)}


async def _first_state(client: Client, entity_id: str) -> float:
    """The first number that the recorder has of a sensor."""
    states = await client.call(
        "history/history_during_period",
        start_time=(datetime.now(UTC) - timedelta(days=1)).isoformat(),
        entity_ids=[entity_id],
        minimal_response=True,
        no_attributes=True,
    )
    return next(float(state["s"]) for state in states[entity_id] if is_number(state["s"]))


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat()
