"""Findings in English sentences: the texts of ``advice`` with figures that a person takes in at a glance."""

from __future__ import annotations

from collections.abc import Mapping
import datetime as dt
from types import MappingProxyType
from typing import Final

from ..meters.quantities import QUANTITIES, Unit
from ..meters.sample import moment_of
from .advice import TEXTS
from .finding import Compared, Finding
from .kinds import Scope, State
from .local_time import DAY, HOUR

UNKNOWN: Final = "an unknown value"
"""Stands for a figure that nobody knows."""

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

PARTS_OF_DAY: Final = ((6, "nights"), (12, "mornings"), (18, "afternoons"), (22, "evenings"), (24, "nights"))
"""Hour before which a part of the day ends, and what many of them are called."""

SCOPES: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        Scope.INDIVIDUAL: "Only this meter.",
        Scope.AREA: "The whole circuit.",
        Scope.PHASE: "One phase of the circuit.",
    }
)
"""How far it reaches, where that is known."""

THOUSANDS: Final[Mapping[Unit, str]] = MappingProxyType(
    {Unit.WATT: "kW", Unit.VAR: "kvar", Unit.VOLT_AMPERE: "kVA"}
)
"""Unit -> a thousand of it, where people say so."""

LEAST_OF_A_THOUSAND: Final = 100.0
"""Below this a figure says more in its own unit: 80 W, not 0.1 kW."""

LONG: Final = 2 * HOUR
"""Minutes from which people count hours."""

VERY_LONG: Final = 2 * DAY
"""Minutes from which people count days."""

_DECIMALS: Final[Mapping[Unit, int]] = MappingProxyType(
    {
        Unit.NONE: 2,
        Unit.VOLT: 1,
        Unit.AMPERE: 1,
        Unit.HERTZ: 2,
        Unit.PERCENT: 1,
    }
)
_RANGE: Final = "{low} to {high}"


def message(finding: Finding, zone: dt.tzinfo) -> str:
    """One transition in a line: what was seen and, once it is confirmed, how far it reaches and what to do.

    ``zone``: where the meter is.
    """
    if finding.state is State.CLEARED:
        return f"Normal again after {duration(finding.at - finding.since)}."
    parts = [text(finding.advice.key, finding, zone)]
    if finding.state is State.CONFIRMED:
        parts.append(SCOPES.get(finding.scope, ""))
        if finding.advice.action is not None:
            parts.append(text(finding.advice.action, finding, zone))
    return " ".join(filter(None, parts))


def text(key: str, finding: Finding, zone: dt.tzinfo) -> str:
    """The text of a key with the figures of a finding. Raises KeyError for a key that has none."""
    template = TEXTS[key]
    words = placeholders(finding, zone)
    if _RANGE in template:
        template = template.replace(_RANGE, "{range}")
        words["range"] = _range(finding)
    return template.format_map(words)


def placeholders(finding: Finding, zone: dt.tzinfo) -> dict[str, str]:
    """Placeholder -> words for it."""
    minutes = finding.advice.params.get("minutes", finding.at - finding.since)
    return {
        "value": _figure(finding.value, finding),
        "expected": _figure(finding.expected, finding),
        "low": _figure(finding.low, finding),
        "high": _figure(finding.high, finding),
        "duration": duration(int(minutes)),
        "when": _since(finding, zone) if finding.compared is None else compared_with(finding.compared),
        "phase": "?" if finding.phase is None else str(finding.phase),
    }


def duration(minutes: int) -> str:
    """``5 min``, ``3 h``, ``2 days``: never longer than it was."""
    if minutes < LONG:
        return f"{max(1, minutes)} min"
    if minutes < VERY_LONG:
        return f"{minutes // HOUR} h"
    return f"{minutes // DAY} days"


def compared_with(compared: Compared) -> str:
    """``Tuesday nights``, ``mornings of days off``, ``this meter``: whose usual it is."""
    part = None if compared.hour is None else _part_of_day(compared.hour)
    if compared.weekday is not None:
        day = WEEKDAYS[compared.weekday]
        return f"{day}s" if part is None else f"{day} {part}"
    if compared.workday is not None:
        day = "workday" if compared.workday else "days off"
        if part is None:
            return "workdays" if compared.workday else day
        return f"{day} {part}" if compared.workday else f"{part} of {day}"
    return "this meter" if part is None else part


def _part_of_day(hour: int) -> str:
    return next(name for end, name in PARTS_OF_DAY if hour < end)


def _since(finding: Finding, zone: dt.tzinfo) -> str:
    since, now = moment_of(finding.since, zone), moment_of(finding.at, zone)
    return f"{since:%H:%M}" if since.date() == now.date() else f"{since:%Y-%m-%d %H:%M}"


def _unit(finding: Finding) -> Unit:
    return QUANTITIES[finding.quantity].unit


def _figure(number: float | None, finding: Finding) -> str:
    if number is None:
        return UNKNOWN
    figure, unit = _shown(number, finding)
    return f"{figure} {unit}".rstrip()


def _range(finding: Finding) -> str:
    """``0.2 to 0.5 kW``, or what is known of it."""
    low, high = finding.low, finding.high
    if low is None or high is None:
        if low is None and high is None:
            return UNKNOWN
        return f"at least {_figure(low, finding)}" if high is None else f"up to {_figure(high, finding)}"
    (low_figure, low_unit), (high_figure, high_unit) = _shown(low, finding), _shown(high, finding)
    if low_unit == high_unit or (low == 0 and low_figure == "0"):
        return f"{low_figure} to {high_figure} {high_unit}".rstrip()
    return f"{low_figure} {low_unit} to {high_figure} {high_unit}"


def _shown(number: float, finding: Finding) -> tuple[str, str]:
    """A figure and its unit; all figures of a finding in thousands where that suits them."""
    unit = _unit(finding)
    if unit not in THOUSANDS:
        # what is small is told by its first digits, so that it does not look like nothing
        decimals = _DECIMALS.get(unit, 1)
        return (_rounded(number, decimals) if abs(number) >= 1 else _rounded(number, max(decimals, 2)), unit)
    figures = [
        abs(figure)
        for figure in (finding.value, finding.expected, finding.low, finding.high)
        if figure is not None
    ]
    if abs(number) >= 1000 or (max(figures) >= 1000 and abs(number) >= LEAST_OF_A_THOUSAND):
        return _rounded(number / 1000, 1), THOUSANDS[unit]
    return _rounded(number, 0 if abs(number) >= 10 else 1), unit


def _rounded(number: float, decimals: int) -> str:
    """Without zeros at the end, and without a minus before nothing."""
    shown = f"{number:.{decimals}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown
