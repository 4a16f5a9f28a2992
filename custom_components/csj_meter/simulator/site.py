"""The demo site: streets, homes and meters from nothing but a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import datetime as dt
from pathlib import Path
import time
from typing import Final

from . import noise
from .energy import EPOCH, Schedule
from .feeder import Feeder
from .household import Household, Kind
from .line import SimulatedLine
from .meter import SimulatedMeter
from .models import EIGHT_TARIFFS, FOUR_TARIFFS, SIX_TARIFFS, Model, Mounting, Nameplate, Settings

LARGEST_LINE: Final = 247

CIRCUITS: Final = ("Elm Row", "Mill Lane", "Fern Court", "Quarry Steps", "Heron Quay", "Tallow Yard")
"""Invented streets; beyond these they are numbered."""

HOMES_PER_CIRCUIT: Final = 12

INSTALLED: Final = dt.date(2025, 10, 1)
"""When the first meter was mounted; a fixed day, so that counters go on after a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Recipe of one home and its meter."""

    model: Model
    """Meter model."""

    kind: Kind
    """Sort of household."""

    tariffs: int = 4
    """Number of tariffs."""

    schedule: Schedule = FOUR_TARIFFS
    """Day tables."""

    max_current: float = 60.0
    """A."""

    ct_ratio: int = 1
    """Current transformer ratio."""

    comfort: float = 8.0
    """Balance below which the people top up."""

    thermometer: bool = True
    """Whether the meter measures its temperature."""

    scale: float = 1.0
    """Size of the household."""

    credit_mode: int = 0
    """What credit is counted in, 0 money, 1 kWh."""

    drift: float = 0.0
    """Seconds a day by which the clock of the meter is fast."""


HOMES: Final = (
    Home(model=Model.DTSY300, kind=Kind.HEAT_PUMP, tariffs=6, schedule=SIX_TARIFFS, comfort=12.0),
    Home(model=Model.DDSY100, kind=Kind.FLAT),
    Home(model=Model.DTS300, kind=Kind.SOLAR, max_current=80.0),
    Home(model=Model.DDS100, kind=Kind.HOUSE, thermometer=False),
    Home(model=Model.DDSY100, kind=Kind.FLAT, comfort=3.0, scale=1.3),
    Home(
        model=Model.DTS300,
        kind=Kind.WORKSHOP,
        tariffs=8,
        schedule=EIGHT_TARIFFS,
        max_current=200.0,
        ct_ratio=40,
    ),
)
"""What the streets are made of, again and again: half of each six in one street, half in the next."""


def demo_line(
    seed: int = 1,
    meters: int = 6,
    *,
    clock: Callable[[], float] = time.time,
    baudrate: int = 9600,
    parity: str = "N",
    turnaround: float = 0.015,
    reporting_interval: int = 5,
    utc_offset: int = 0,
    homes: Sequence[Home] = HOMES,
    state_file: Path | None = None,
) -> SimulatedLine:
    """A line of ``meters`` simulated meters at unit ids 1, 2, 3 ...

    The same seed gives the same homes for ever. ``clock`` in seconds since 1970-01-01 UTC,
    ``turnaround`` and ``reporting_interval`` in s, ``utc_offset`` in s from UTC to the meters' own
    time, which knows no daylight saving. ``homes`` are built one after the other, again and again.
    What happens to the meters is kept in ``state_file``, if given, and found there again; it is
    read at once, so not in an event loop that must not wait.
    Raises ``ValueError`` for more meters than a line has ids, settings that no line has or a file
    that holds something else, ``OSError`` when it cannot be read or written.
    """
    if not 1 <= meters <= LARGEST_LINE:
        raise ValueError(f"a line carries 1 to {LARGEST_LINE} meters, not {meters}")
    feeders: dict[str, Feeder] = {}
    mounted = []
    for unit in range(1, meters + 1):
        street = _street(unit)
        feeder = feeders.setdefault(street, Feeder(street, seed))
        home = homes[(unit - 1) % len(homes)]
        of = noise.key(seed, "home", unit)
        meter = SimulatedMeter(
            _mounting(of, unit, home, feeder, utc_offset),
            _nameplate(seed, unit, home),
            Household(of, home.kind, home.model.phases, home.scale * (0.85 + 0.3 * noise.uniform(of, 2))),
            feeder,
            clock=clock,
            settings=Settings(
                schedule=home.schedule,
                reporting_interval=reporting_interval,
                credit_mode=home.credit_mode,
            ),
            comfort=home.comfort,
        )
        mounted.append(meter)
    return SimulatedLine(
        mounted,
        baudrate=baudrate,
        parity=parity,
        turnaround=turnaround,
        seed=seed,
        state_file=state_file,
    )


def _street(unit: int) -> str:
    """Homes alternate by threes between two streets, and then the next two are built."""
    pair, place = divmod(unit - 1, 2 * HOMES_PER_CIRCUIT)
    number = 2 * pair + place // 3 % 2
    round_, name = divmod(number, len(CIRCUITS))
    return CIRCUITS[name] if not round_ else f"{CIRCUITS[name]} {round_ + 1}"


def _mounting(of: int, unit: int, home: Home, feeder: Feeder, utc_offset: int) -> Mounting:
    house_number = 1 + len(feeder.homes)
    return Mounting(
        unit_id=unit,
        phases=(0, 1, 2) if home.model.phases == 3 else (noise.choice(of, 1, 3),),
        installed=(INSTALLED - EPOCH).days + noise.choice(of, 3, 60),
        utc_offset=utc_offset,
        initial_import=float(noise.choice(of, 4, 9000)) if house_number % 2 else 0.0,
        drift=home.drift,
        label=f"{feeder.name} {house_number}",
    )


def _nameplate(seed: int, unit: int, home: Home) -> Nameplate:
    return Nameplate(
        model=home.model,
        serial=f"CSJ6{noise.choice(noise.key(seed), 0, 100_000):05}{unit:03}",
        tariffs=home.tariffs,
        max_current=home.max_current,
        ct_ratio=home.ct_ratio,
        thermometer=home.thermometer,
    )
