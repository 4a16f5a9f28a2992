"""Our engine on the loads of homes and on their copies with faults, all of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from custom_components.csj_meter.anomaly.engine import Engine
from custom_components.csj_meter.anomaly.finding import Finding
from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block
from custom_components.csj_meter.anomaly.kinds import Kind, Severity, State
from custom_components.csj_meter.anomaly.meter import WatchedMeter
from custom_components.csj_meter.anomaly.settings import Settings

from .faults import Event
from .homes import Homes, Loads
from .scoring import Alarms, Score, by_severity, false_alarms, score

_UTC = dt.UTC

TOGETHER = 60
"""Minutes that are handed over at once, likewise."""

CHUNK = 400
"""Columns that go through one engine, to bound memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One confirmed finding."""

    column: int
    """Whose."""

    kind: Kind
    """What it is."""

    severity: Severity
    """How bad."""

    start: int
    """First minute at which it is confirmed."""

    end: int
    """First minute at which it is not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What our engine has found."""

    score: Score
    """By the rules that hold for every detector."""

    severities: dict[str, float]
    """False alarms per meter-month of each severity."""

    kinds: dict[str, float]
    """False alarms per meter-month of each kind of finding."""

    named: dict[str, dict[str, float]]
    """Kind of fault -> kind of finding -> share of the events of which it was found so."""

    within: dict[str, float]
    """Kind of fault -> share that was found within the time that matters (``WITHIN``)."""


WITHIN = {
    "leak_300w": 24 * 60,
    "leak_150w": 48 * 60,
    "drift_500w": 5 * 24 * 60,
    "stuck_2kw_night": 3 * 60,
    "vacation": 24 * 60,
    "zero": 3,
    "frozen": 30,
}
"""Minutes."""


def spans(
    homes: Homes,
    power: Loads,
    others: dict[str, Loads] | None = None,
    settings: Settings | None = None,
) -> list[Span]:
    """The confirmed findings in loads that begin when those of ``homes`` do.

    ``others``: canonical quantity -> values of the same shape.
    """
    found: list[Span] = []
    for first in range(0, power.shape[1], CHUNK):
        some = slice(first, min(first + CHUNK, power.shape[1]))
        inputs = {"active_power": power[:, some]}
        inputs |= {quantity: values[:, some] for quantity, values in (others or {}).items()}
        found += _spans(homes, inputs, first, settings)
    return found


def _spans(homes: Homes, inputs: dict[str, Loads], first: int, settings: Settings | None) -> list[Span]:
    minutes, count = inputs["active_power"].shape
    # local time as the sources have it: the wall clock is what is given
    engine = Engine(
        [WatchedMeter(serial=str(column), interval=homes.interval) for column in range(count)], _UTC, settings
    )
    begun: dict[tuple[str, Kind, int | None], Finding] = {}
    found: list[Span] = []

    def end(key: tuple[str, Kind, int | None], at: int) -> None:
        its = begun.pop(key)
        column = first + int(its.serial)
        start = its.at - homes.first_minute
        found.append(Span(column=column, kind=its.kind, severity=its.severity, start=start, end=at))

    for minute in range(0, minutes, TOGETHER):
        some = slice(minute, min(minute + TOGETHER, minutes))
        values = np.full((some.stop - some.start, len(INPUTS), count), np.nan)
        for quantity, series in inputs.items():
            values[:, ROW[quantity]] = series[some]
        fresh = np.isfinite(values[:, ROW["active_power"]])
        block = Block(minute=homes.first_minute + minute, values=values, fresh=fresh)
        for finding in engine.observe_block(block):
            key = (finding.serial, finding.kind, finding.phase)
            if finding.state is State.CONFIRMED:
                begun.setdefault(key, finding)
            elif finding.state is State.CLEARED and key in begun:
                end(key, finding.at - homes.first_minute)
    for key in list(begun):
        end(key, minutes)
    return found


def alarms_of(found: Sequence[Span], shape: tuple[int, ...]) -> Alarms:
    """When any of the findings is on."""
    alarms = np.zeros(shape, np.bool_)
    for span in found:
        alarms[span.start : span.end, span.column] = True
    return alarms


def measure(
    homes: Homes,
    copies: Loads,
    events: Sequence[Event],
    warm_up: int,
    others: tuple[dict[str, Loads], dict[str, Loads]] | None = None,
    settings: Settings | None = None,
) -> Outcome:
    """All about our engine, on ``homes`` and on ``copies`` with one of ``events`` each.

    ``others``: further quantities of both.
    """
    # silence of the sources is theirs, not a fault of the homes
    ignored = {Kind.METER_SILENT}
    clean = [
        span for span in spans(homes, homes.power, others and others[0], settings) if span.kind not in ignored
    ]
    injected = [
        span for span in spans(homes, copies, others and others[1], settings) if span.kind not in ignored
    ]
    shape = homes.power.shape
    clean_alarms, copy_alarms = alarms_of(clean, shape), alarms_of(injected, copies.shape)
    severities = {
        severity.value: alarms_of([span for span in clean if span.severity is severity], shape)
        for severity in Severity
    }
    kinds = sorted({span.kind for span in clean})
    return Outcome(
        score=score(clean_alarms, copy_alarms, events, homes.power, warm_up),
        severities={name: rate.mean for name, rate in by_severity(severities, homes.power, warm_up).items()},
        kinds={
            kind.value: false_alarms(
                alarms_of([span for span in clean if span.kind is kind], shape), homes.power, warm_up
            ).mean
            for kind in kinds
        },
        named=_named(clean, injected, events),
        within=_within(clean_alarms, copy_alarms, events),
    )


def _within(clean: Alarms, injected: Alarms, events: Sequence[Event]) -> dict[str, float]:
    hits: dict[str, list[bool]] = {}
    for copy, event in enumerate(events):
        if event.kind in WITHIN:
            during = slice(event.start, min(event.end, event.start + WITHIN[event.kind]))
            new = injected[during, copy] & ~clean[during, event.home]
            hits.setdefault(event.kind, []).append(bool(new.any()))
    return {kind: float(np.mean(each)) for kind, each in hits.items()}


def _named(
    clean: Sequence[Span], injected: Sequence[Span], events: Sequence[Event]
) -> dict[str, dict[str, float]]:
    by_home: dict[int, list[Span]] = {}
    by_copy: dict[int, list[Span]] = {}
    for spans_, into in ((clean, by_home), (injected, by_copy)):
        for span in spans_:
            into.setdefault(span.column, []).append(span)
    counts: dict[str, dict[str, int]] = {}
    total: dict[str, int] = {}
    for copy, event in enumerate(events):
        total[event.kind] = total.get(event.kind, 0) + 1
        found = {
            span.kind.value
            for span in by_copy.get(copy, ())
            if _adds(span, event, by_home.get(event.home, ()))
        }
        row = counts.setdefault(event.kind, {})
        for kind in found:
            row[kind] = row.get(kind, 0) + 1
    return {
        kind: {name: count / total[kind] for name, count in sorted(row.items(), key=lambda item: -item[1])}
        for kind, row in counts.items()
    }


def _adds(span: Span, event: Event, clean: Sequence[Span]) -> bool:
    """Whether a finding is on during an event at a minute at which it is not on without it."""
    on: NDArray[np.bool_] = np.zeros(event.end - event.start, np.bool_)
    on[max(0, span.start - event.start) : max(0, span.end - event.start)] = True
    for other in clean:
        if other.kind is span.kind:
            on[max(0, other.start - event.start) : max(0, other.end - event.start)] = False
    return bool(on.any())
