"""The state of a meter in a sentence: the worst that is wrong now, or that all is quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..alerts.alert import Alert, AlertState
from ..anomaly.engine import SILENT_DAYS
from ..anomaly.kinds import SEVERITIES, Kind, Severity
from ..telemetry.series import HOUR
from .facts import Facts
from .said import Moment, Param, Sentence

OK: Final = "ok"
"""Severity of a state in which nothing is wrong."""

QUIET: Final = "all_quiet"
LEARNING: Final = "learning"
SUPPLY_OFF: Final = "supply_off"
MORE: Final = "more_than_usual"
LESS: Final = "less_than_usual"

KEYS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.OUTAGE: "outage",
        Kind.METER_SILENT: "no_contact",
        Kind.PHASE_LOSS: "phase_lost",
        Kind.VOLTAGE_SAG: "voltage_issue",
        Kind.UNDERVOLTAGE: "voltage_issue",
        Kind.VOLTAGE_SWELL: "voltage_issue",
        Kind.PHASE_IMBALANCE: "imbalance",
        Kind.CURRENT_IMBALANCE: "imbalance",
        Kind.FREQUENCY: "supply_quality",
        Kind.HARMONIC_DISTORTION: "supply_quality",
        Kind.SHORT_CIRCUIT: "short_circuit",
        Kind.OVERLOAD: "overload",
        Kind.ZERO_CURRENT: "nothing_used",
        Kind.LOAD_COLLAPSE: "nothing_used",
        Kind.POWER_FACTOR: "power_factor",
        Kind.STUCK_LOAD: "load_stays_on",
        Kind.LEAK: "leak",
        Kind.HIGH_USAGE: "high_usage",
        Kind.UNUSUAL_USAGE: "high_usage",
        Kind.LOW_USAGE: "low_usage",
        Kind.DRIFT: "base_load_creeps",
        Kind.LASTING_CHANGE: "changed",
        Kind.DAILY_SHAPE: "other_hours",
        Kind.METER_FROZEN: "meter_frozen",
        Kind.TAMPER: "tamper",
        Kind.REVERSE_ENERGY: "reverse_energy",
    }
)
"""Kind of an alert -> key of the state that it makes."""

WITHOUT_ALERT: Final = (QUIET, LEARNING, SUPPLY_OFF, MORE, LESS)
"""Keys of states that no alert makes."""

SETTLED: Final = frozenset({AlertState.SHELVED, AlertState.FALSE_ALARM})
"""Alerts of which people have said that they want to hear nothing."""

_HOURS_OF_MORE: Final = 2
_HOURS_OF_LESS: Final = 4
"""Hours in a row that make usage unusual."""

_LEAST: Final = 0.2
"""KWh by which an hour must be above or below what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a meter is doing."""

    key: str
    """One of ``KEYS`` or ``WITHOUT_ALERT``."""

    severity: str
    """That of the alert, or ``ok``."""

    since: int | None = None
    """The minute (UTC) since which it is so; None where that says nothing."""

    @property
    def sentence(self) -> Sentence:
        """The same to be told."""
        params: dict[str, Param] = {} if self.since is None else {"since": Moment(self.since)}
        return Sentence(f"state_{self.key}", params)


HABITS: Final = frozenset(
    {
        *(Kind.STUCK_LOAD, Kind.LEAK, Kind.HIGH_USAGE, Kind.LOW_USAGE, Kind.UNUSUAL_USAGE, Kind.DRIFT),
        *(Kind.LASTING_CHANGE, Kind.DAILY_SHAPE),
    }
)
"""Kinds that compare people with themselves."""


def told_alerts(facts: Facts) -> list[Alert]:
    """Those that say how it is, the worst first, and of those the newest.

    Of people who have just moved in nobody says that they are not as those before them, nor, however bad it
    is, what those did.
    """
    told = [
        alert
        for alert in facts.alerts
        if alert.is_active
        and not alert.drill
        and alert.state not in SETTLED
        and not (alert.kind in HABITS and _is_of_others(facts, alert))
    ]
    return sorted(told, key=lambda alert: (-SEVERITIES.index(alert.severity), -alert.finding.since, alert.id))


def _is_of_others(facts: Facts, alert: Alert) -> bool:
    """Whether it began before those who live there moved in, or they have no habits yet to leave."""
    began_before = facts.moved_in is not None and alert.finding.since < facts.moved_in
    return began_before or (facts.is_new and alert.severity is Severity.INFO)


def state_of(facts: Facts) -> State:
    """How the meter is doing now."""
    alerts = told_alerts(facts)
    worst = alerts[0] if alerts else None
    if facts.supply is False and (worst is None or worst.severity is Severity.INFO):
        return State(key=SUPPLY_OFF, severity=Severity.WARNING.value)
    if worst is not None:
        return State(key=KEYS[worst.kind], severity=worst.severity.value, since=worst.finding.since)
    if facts.is_new:
        return State(key=LEARNING, severity=OK)
    for key, above, least in ((MORE, True, _HOURS_OF_MORE), (LESS, False, _HOURS_OF_LESS)):
        if (since := _beyond_since(facts, above=above, least=least)) is not None:
            return State(key=key, severity=Severity.INFO.value, since=since)
    is_learning = facts.known_days is not None and facts.known_days < SILENT_DAYS
    return State(key=LEARNING if is_learning else QUIET, severity=OK)


def _beyond_since(facts: Facts, *, above: bool, least: int) -> int | None:
    """Since when the last hours are all outside of what is usual; None unless they are, and enough."""
    hours = facts.hours
    newest = int(hours.starts[-1]) if len(hours) else 0
    if facts.now - newest > 3 * HOUR:
        return None  # of what has been since then nothing is known
    since: int | None = None
    count = 0
    for start, energy in zip(hours.starts[::-1].tolist(), hours.energy[::-1].tolist(), strict=True):
        expected = facts.expected.get(start)
        if expected is None or start != newest - count * HOUR:
            break
        beyond = energy - expected.high / 1000 if above else expected.low / 1000 - energy
        if not beyond > _LEAST:  # nor when it is not known
            break
        since, count = start, count + 1
    return since if count >= least else None
