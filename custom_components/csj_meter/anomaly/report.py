"""From transitions to findings: severity, scope, figures and advice, and what was told of each so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .advice import advice_of
from .channels import CHANNELS, Limits
from .circuits import Circuits
from .classification import CRITICAL_FROM, WARNING_FROM, severity_of
from .description import View, figures_of
from .finding import Finding
from .kinds import FAMILIES, SEVERITIES, Kind, Scope, Severity, State
from .latches import COUNT, Active, Stage, Transition
from .local_time import weekday
from .memory import Bools, Floats, Memory, Slot
from .meter import WatchedMeter
from .neighbours import Verdict

SETTLING: Final = 5
"""Minutes after a confirmation in which the neighbours are asked again: theirs may come a little later."""

_SCOPES: Final = tuple(Scope)
SLOTS: Final = (
    Slot(name="told_scope", shape=(COUNT,), dtype=np.int8, fill=_SCOPES.index(Scope.UNKNOWN)),
    Slot(name="told_severity", shape=(COUNT,), dtype=np.int8, fill=0),
    Slot(name="told_confidence", shape=(COUNT,)),
    Slot(name="told_gateway", shape=(COUNT,), dtype=np.bool_, fill=False),
    Slot(name="confirmed_at", shape=(COUNT,), dtype=np.int64, fill=-1),
)

_FAMILY_ROWS: Final = [row for row, channel in enumerate(CHANNELS) if channel.kind in FAMILIES]
_GRADED: Final = [
    (row, CRITICAL_FROM[channel.kind])
    for row, channel in enumerate(CHANNELS)
    if channel.kind in CRITICAL_FROM
]
_OF_FAMILY: Final = np.array([channel.kind in FAMILIES for channel in CHANNELS])
_GRADES: Final = np.array([CRITICAL_FROM.get(channel.kind, np.inf) for channel in CHANNELS])
_CRITICAL: Final = SEVERITIES.index(Severity.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """The minute that is looked at."""

    minute: int
    """UTC."""

    wall: int
    """By the clock on the wall."""

    scores: Floats
    """Of all channels and meters."""


class Reporter:
    """Who puts findings into words and figures."""

    def __init__(
        self, memory: Memory, meters: Sequence[WatchedMeter], limits: Limits, circuits: Circuits
    ) -> None:
        """Report of ``meters``."""
        self._arrays = memory
        self._meters = meters
        self._limits = limits
        self._circuits = circuits

    def report(self, moment: Moment, transitions: Sequence[Transition]) -> list[Finding]:
        """What has changed: transitions, and confirmed findings that turn out wider or worse than told."""
        findings = [self._transition(moment, transition) for transition in transitions]
        arrays = self._arrays
        confirmed = arrays["stage"] == Stage.CONFIRMED
        if confirmed.any():
            findings += self._settled(moment, confirmed)
            findings += self._worsened(moment, confirmed)
        return findings

    def due(self, minute: int, scores: Floats, active: Active) -> Bools:
        """In which of some minutes something that is confirmed may be told anew.

        ``scores`` of (channels, minutes, meters), from ``minute`` on.
        """
        arrays, rows, columns = self._arrays, active.rows, active.columns
        asked = active.confirmed & _OF_FAMILY[rows]
        asked_until = np.where(asked, arrays["confirmed_at"][rows, columns] + SETTLING, -1)
        milder = active.confirmed & (arrays["told_severity"][rows, columns] < _CRITICAL)
        worse = milder[:, None] & (scores[rows, :, columns] >= _GRADES[rows, None])
        minutes = np.arange(minute, minute + scores.shape[1])
        due: Bools = (minutes <= asked_until.max()) | np.logical_or.reduce(worse, axis=0)
        return due

    def active(self, moment: Moment) -> list[Finding]:
        """Everything that is suspected or confirmed, as it was told."""
        found = []
        for row, column in np.argwhere(self._arrays["stage"] != Stage.QUIET).tolist():
            confirmed = self._arrays["stage"][row, column] == Stage.CONFIRMED
            state = State.CONFIRMED if confirmed else State.SUSPECTED
            found.append(self._told(moment, row, column, state))
        return found

    def _transition(self, moment: Moment, transition: Transition) -> Finding:
        arrays, at = self._arrays, (transition.row, transition.column)
        if transition.state is State.SUSPECTED:
            self._tell(at, Scope.UNKNOWN, None, False)
            arrays["told_severity"][at] = SEVERITIES.index(self._severity(moment, *at, None))
        elif transition.state is State.CONFIRMED:
            arrays["confirmed_at"][at] = moment.minute
            verdict = self._ask(moment, *at)
            if verdict is None:
                # what begins with its confirmation has nothing left of the one before
                self._tell(at, Scope.UNKNOWN, None, False)
            else:
                self._tell(at, verdict.scope, verdict.confidence, verdict.gateway_lost)
            arrays["told_severity"][at] = SEVERITIES.index(self._severity(moment, *at, verdict))
            return self._told(moment, *at, State.CONFIRMED, verdict)
        return self._told(moment, *at, transition.state)

    def _settled(self, moment: Moment, confirmed: Bools) -> Iterable[Finding]:
        """Findings of which the neighbours now say something else than at first."""
        arrays = self._arrays
        age = moment.minute - arrays["confirmed_at"][_FAMILY_ROWS]
        young = confirmed[_FAMILY_ROWS] & (age > 0) & (age <= SETTLING)
        for place, column in np.argwhere(young).tolist():
            row = _FAMILY_ROWS[place]
            verdict = self._ask(moment, row, column)
            if verdict is None or (verdict.scope is Scope.UNKNOWN and not verdict.gateway_lost):
                continue
            told = _SCOPES[arrays["told_scope"][row, column]]
            if verdict.scope is told and verdict.gateway_lost == arrays["told_gateway"][row, column]:
                continue
            self._tell((row, column), verdict.scope, verdict.confidence, verdict.gateway_lost)
            severity = SEVERITIES.index(self._severity(moment, row, column, verdict))
            arrays["told_severity"][row, column] = severity
            yield self._told(moment, row, column, State.CONFIRMED, verdict)

    def _worsened(self, moment: Moment, confirmed: Bools) -> Iterable[Finding]:
        """Findings that have grown from a warning to something critical."""
        for row, grade in _GRADED:
            worse = confirmed[row] & (moment.scores[row] >= grade)
            for column in np.flatnonzero(worse & (self._arrays["told_severity"][row] < _CRITICAL)).tolist():
                if self._arrays["confirmed_at"][row, column] == moment.minute:
                    continue
                self._arrays["told_severity"][row, column] = _CRITICAL
                yield self._told(moment, row, column, State.CONFIRMED)

    def _severity(self, moment: Moment, row: int, column: int, verdict: Verdict | None) -> Severity:
        channel, score = CHANNELS[row], float(moment.scores[row, column])
        excess: float | None = None
        if channel.kind in WARNING_FROM:
            figures = figures_of(self._view(moment, column), channel)
            if figures.value is not None and figures.expected is not None:
                excess = figures.value - figures.expected
        return severity_of(channel, score, excess, int(self._arrays["known_days"][column]), verdict)

    def _ask(self, moment: Moment, row: int, column: int) -> Verdict | None:
        since = int(self._arrays["since"][row, column])
        values = self._arrays["last_values"]
        return self._circuits.ask(CHANNELS[row], column, since, moment.minute, values)

    def _tell(self, at: tuple[int, int], scope: Scope, confidence: float | None, gateway_lost: bool) -> None:
        self._arrays["told_scope"][at] = _SCOPES.index(scope)
        self._arrays["told_confidence"][at] = np.nan if confidence is None else confidence
        self._arrays["told_gateway"][at] = gateway_lost

    def _told(
        self, moment: Moment, row: int, column: int, state: State, verdict: Verdict | None = None
    ) -> Finding:
        arrays, channel, at = self._arrays, CHANNELS[row], (row, column)
        meter = self._meters[column]
        figures = figures_of(self._view(moment, column), channel)
        scope = _SCOPES[arrays["told_scope"][at]]
        confidence, score = float(arrays["told_confidence"][at]), float(moment.scores[at])
        since = int(arrays["since"][at])
        params: dict[str, float | str] = {
            name: value
            for name, value in (
                ("value", figures.value),
                ("expected", figures.expected),
                ("low", figures.low),
                ("high", figures.high),
                ("phase", channel.phase),
            )
            if value is not None
        }
        params["minutes"] = moment.minute - since + (figures.compared.minutes or 0 if figures.compared else 0)
        return Finding(
            at=moment.minute,
            serial=meter.serial,
            circuit=meter.circuit,
            kind=channel.kind,
            severity=SEVERITIES[arrays["told_severity"][at]],
            state=state,
            since=since,
            quantity=channel.quantity,
            scope=scope,
            confidence=None if np.isnan(confidence) else round(confidence, 3),
            phase=channel.phase,
            value=figures.value,
            expected=figures.expected,
            low=figures.low,
            high=figures.high,
            score=None if not np.isfinite(score) else round(score, 3),
            compared=figures.compared,
            advice=advice_of(
                channel.kind,
                scope,
                params,
                gateway_lost=bool(arrays["told_gateway"][at]),
                neighbours_active=self._neighbours_active(channel.kind, column, moment.minute),
            ),
            witnesses=() if verdict is None else verdict.witnesses,
        )

    def _view(self, moment: Moment, column: int) -> View:
        hour = moment.wall // 60
        return View(
            arrays=self._arrays,
            column=column,
            meter=self._meters[column],
            values=self._arrays["last_values"][:, column],
            limits=self._limits,
            hour_of_day=hour % 24,
            weekday=weekday(hour // 24),
        )

    def _neighbours_active(self, kind: Kind, column: int, minute: int) -> bool:
        """Whether others on the circuit draw current while this meter reads zero."""
        if kind not in (Kind.ZERO_CURRENT, Kind.LOAD_COLLAPSE):
            return False
        return self._circuits.others_draw(column, minute)
