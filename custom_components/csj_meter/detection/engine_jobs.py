"""What is done with an engine, each piece in one go: all of it blocks, and belongs into a thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
import datetime as dt
from pathlib import Path
import time
from typing import Final

import numpy as np

from ..anomaly.baseline import Expected
from ..anomaly.engine import Engine
from ..anomaly.finding import Finding, FindingName, name_of
from ..anomaly.intake import Block
from ..anomaly.kinds import State
from ..anomaly.local_time import Holidays
from ..anomaly.memory import NewerMemoryError, SavedMemoryError
from ..const import LOGGER
from ..file_issues import set_aside_newer
from ..history.waiting import Batch
from .engine_file import read_engine, write_engine
from .fleet import Fleet
from .status import MeterView

AHEAD: Final = 15
"""Minutes by which an engine may be ahead of a clock that was set back: until then it waits for it."""

type Active = Mapping[FindingName, Finding]
"""What is suspected or confirmed, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An engine, and how it began."""

    engine: Engine
    """It."""

    kept: bool
    """Whether it goes on where another one was saved."""

    active: Active
    """What that one had found, and told."""

    ahead: Engine | None = None
    """That one, where it is ahead of the clock, so that another one has to begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an engine says now."""

    views: Mapping[str, MeterView]
    """Serial number -> what is known of the meter."""

    active: Active
    """What is suspected or confirmed of watched meters."""

    findings: list[Finding] = field(default_factory=list)
    """What is new."""

    seconds: float = 0.0
    """How long it took to find it."""

    memory_bytes: int
    """What the engine takes."""


def begin(path: Path, fleet: Fleet, zone: dt.tzinfo, now: int) -> Begun:
    """An engine that goes on where the one in the file was, or one that knows nothing.

    ``now``: minute UTC.
    """
    try:
        engine = _kept(path, fleet, zone)
    except NewerMemoryError as err:
        LOGGER.warning("What is usual is learnt anew; what a newer version knew is kept: %s", err)
        set_aside_newer(path)
        return Begun(engine=_new(fleet, zone), kept=False, active={})
    except (SavedMemoryError, OSError) as err:
        LOGGER.info("What is usual is learnt anew from the measurements of the last month: %s", err)
        return Begun(engine=_new(fleet, zone), kept=False, active={})
    active = _active(engine, fleet)
    if engine.minute > now + AHEAD:
        LOGGER.info("What is usual is learnt anew: the clock was set back")
        return Begun(engine=_new(fleet, zone), kept=False, active=active, ahead=engine)
    return Begun(engine=engine, kept=True, active=active)


def _kept(path: Path, fleet: Fleet, zone: dt.tzinfo) -> Engine:
    if (body := read_engine(path)) is None:
        raise SavedMemoryError("nothing was saved")
    return _new(fleet, zone).restore(body)


def _new(fleet: Fleet, zone: dt.tzinfo) -> Engine:
    return Engine(fleet.meters, zone, fleet.settings)


def beside(engine: Engine, fleet: Fleet) -> Engine:
    """Another engine that knows nothing yet of the meters of ``fleet``, with the days of the first."""
    other = Engine(fleet.meters, engine.zone, fleet.settings)
    other.know_holidays(engine.holidays)
    return other


def feed(engine: Engine, blocks: Iterable[Block]) -> None:
    """Let an engine know of minutes that are past; what it finds in them is not told.

    Between the blocks nobody was measured: nobody listened, and no meter was silent.
    """
    for block in blocks:
        known = max(0, engine.minute + 1 - block.minute)
        if known < len(block):
            engine.pass_over(block.minute + known - engine.minute - 1)
            engine.observe_block(block.part(known, len(block)))


def look(engine: Engine, fleet: Fleet, batches: Sequence[Batch], now: int, jump: int = 0) -> Look:
    """What is new with the minute before ``now``, in which the meters have said ``batches``.

    ``jump``: minutes before it that have not passed, or in which nobody listened.
    """
    began = time.perf_counter()
    samples = [sample for batch in batches for sample in (*batch.samples(), *batch.standing_still())]
    found: list[Finding] = []
    if jump:
        before = now - 1 - jump
        if before > engine.minute:
            found += engine.observe([sample for sample in samples if sample.minute <= before], before)
        engine.pass_over(jump)
        samples = [sample for sample in samples if sample.minute > before]
    found += engine.observe(samples, now - 1)
    # of a meter that is not watched any more, something may still be active
    findings = [finding for finding in found if fleet.watches(finding.serial)]
    seconds = time.perf_counter() - began
    return replace(survey(engine, fleet, now), findings=findings, seconds=seconds)


def take_over(engine: Engine, before: Engine | None, fleet: Fleet, now: int) -> Look:
    """Go on where the engine ``before`` was, whose clock is ahead of this one's: that only knows the past."""
    if before is not None:
        engine.take_findings(before, now - 1)
    return survey(engine, fleet, now)


def configure(engine: Engine, fleet: Fleet, now: int) -> Look:
    """Watch other meters, or by other settings."""
    engine.configure(fleet.meters, fleet.settings)
    return survey(engine, fleet, now)


def take_past(engine: Engine, learnt: Engine, fleet: Fleet, now: int) -> Look:
    """Know what another engine has learnt of some meters. Raises ValueError when it is elsewhere in time."""
    if learnt.minute < engine.minute:
        learnt.observe((), engine.minute)
    engine.take_past(learnt)
    return survey(engine, fleet, now)


def know_holidays(engine: Engine, holidays: Holidays, fleet: Fleet, now: int) -> Look:
    """Count these dates as days off."""
    engine.know_holidays(holidays)
    return survey(engine, fleet, now)


def survey(engine: Engine, fleet: Fleet, now: int) -> Look:
    """What an engine says without being told anything. ``now``: minute UTC."""
    with np.errstate(all="ignore"):  # what is not known is NaN, and nothing to warn of
        return _survey(engine, fleet, now)


def _survey(engine: Engine, fleet: Fleet, now: int) -> Look:
    active = _active(engine, fleet)
    by_meter: dict[str, list[Finding]] = {serial: [] for serial in fleet.serials}
    for finding in active.values():
        by_meter[finding.serial].append(finding)
    return Look(
        views={
            serial: MeterView(
                watched=fleet.watches(serial),
                expected=engine.expected(serial, now),
                scores=engine.scores(serial),
                known_days=engine.known_days(serial),
                findings=tuple(findings),
            )
            for serial, findings in by_meter.items()
        },
        active=active,
        memory_bytes=engine.nbytes,
    )


def expected_at(engine: Engine, serial: str, minutes: Sequence[int]) -> list[Expected | None]:
    """What is usual in the hours of some minutes (UTC); nothing is known of a meter that is not watched."""
    with np.errstate(all="ignore"):
        try:
            return [engine.expected(serial, minute) for minute in minutes]
        except KeyError:
            return [None for _ in minutes]


def save(engine: Engine, path: Path, without: Collection[str]) -> int:
    """Keep what an engine knows but of some meters; how many bytes that are. Raises OSError or WriteError."""
    body = engine.saved(without)
    write_engine(path, body)
    return len(body)


def told_once(before: Active, after: Active, minute: int) -> list[Finding]:
    """What has to be told when nobody was told what happened between ``before`` and ``after``.

    What began meanwhile and still lasts, what got worse, and what is over; not what began and ended.
    """
    news = [
        finding
        for name, finding in after.items()
        if name not in before or _gist(before[name]) != _gist(finding)
    ]
    over = [
        replace(finding, state=State.CLEARED, at=minute)
        for name, finding in before.items()
        if name not in after
    ]
    return news + over


def _active(engine: Engine, fleet: Fleet) -> Active:
    return {name_of(finding): finding for finding in engine.active() if fleet.watches(finding.serial)}


def _gist(finding: Finding) -> tuple[str, ...]:
    return finding.state, finding.severity, finding.scope
