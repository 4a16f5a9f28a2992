"""Findings in sentences, with figures that a person takes in at a glance."""

from __future__ import annotations

from collections.abc import Mapping
import datetime as dt
from types import MappingProxyType
from typing import Final

from ..language import dates
from ..language.texts import Texts, placeholders_of, with_unit
from ..meters.quantities import QUANTITIES, Unit
from ..meters.sample import moment_of
from .finding import Compared, Finding
from .kinds import Kind, Scope, State
from .local_time import DAY, HOUR

PARTS_OF_DAY: Final = ((6, "nights"), (12, "mornings"), (18, "afternoons"), (22, "evenings"), (24, "nights"))
"""Hour before which a part of the day ends, and the last part of the keys of its texts."""

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


def message(texts: Texts, finding: Finding, zone: dt.tzinfo, *, what: str | None = None) -> str:
    """One transition in a line: what was seen and, once it is confirmed, how far it reaches and what to do.

    ``zone``: where the meter is. ``what``: said in place of what was seen.
    """
    if finding.state is State.CLEARED:
        return texts("messages.cleared", duration=duration(texts, finding.at - finding.since))
    parts = [seen(texts, finding, zone) if what is None else what]
    if finding.state is State.CONFIRMED:
        parts.append(reach(texts, finding.scope))
        if finding.advice.action is not None:
            parts.append(advice(texts, finding.advice.action))
    return texts.sentences(parts)


def seen(texts: Texts, finding: Finding, zone: dt.tzinfo, *, dated: bool = False) -> str:
    """What was seen, in a sentence; ``dated``: with the day of a moment in it, for whoever reads it later.

    Raises TextError for a kind that has none.
    """
    minutes = finding.advice.params.get("minutes", finding.at - finding.since)
    return texts(
        f"seen.{finding.advice.key}",
        value=figure(texts, _amount(finding), finding),
        low=figure(texts, finding.low, finding),
        high=figure(texts, finding.high, finding),
        range=usual_range(texts, finding) or texts("figures.unknown"),
        duration=duration(texts, int(minutes)),
        since=_since(texts, finding, zone, dated=dated),
        when=compared_with(texts, finding.compared),
        phase="?" if finding.phase is None else str(finding.phase),
    )


def advice(texts: Texts, key: str) -> str:
    """What it may be, or what to do, by its key. Raises TextError for a key that has no text."""
    return texts(f"advice.{key}")


def reach(texts: Texts, scope: Scope) -> str:
    """How far it reaches; empty where that is not known."""
    return "" if scope is Scope.UNKNOWN else texts(f"scopes.{scope.value}")


def duration(texts: Texts, minutes: int) -> str:
    """``5 min``, ``3 h``, ``2 days``: never longer than it was."""
    if minutes < LONG:
        return texts("durations.minutes", count=str(max(1, minutes)))
    if minutes < VERY_LONG:
        return texts("durations.hours", count=str(minutes // HOUR))
    return texts.counted("durations.days", minutes // DAY)


def compared_with(texts: Texts, compared: Compared | None) -> str:
    """``Tuesday nights``, ``mornings of days off``, ``this meter``: whose usual it is."""
    part = None if compared is None or compared.hour is None else _part_of_day(compared.hour)
    if compared is not None and compared.weekday is not None:
        if part is None:
            return texts(f"compared.weekday_{compared.weekday}")
        return texts(f"compared.weekday_{part}", weekday=texts(f"dates.weekday_{compared.weekday}"))
    if compared is not None and compared.workday is not None:
        if part is None:
            return texts("compared.workdays" if compared.workday else "compared.days_off")
        return texts(f"compared.workday_{part}" if compared.workday else f"compared.day_off_{part}")
    return texts(f"compared.{part or 'this_meter'}")


def _part_of_day(hour: int) -> str:
    return next(name for end, name in PARTS_OF_DAY if hour < end)


def _amount(finding: Finding) -> float | None:
    """What was measured, as its sentence has it: of what is fed back, how much that is."""
    value = finding.value
    return -value if finding.kind is Kind.REVERSE_ENERGY and value is not None else value


def says_since(texts: Texts, finding: Finding) -> bool:
    """Whether the sentence of what was seen has the moment since when."""
    return "since" in placeholders_of(texts.templates[f"seen.{finding.advice.key}"])


def _since(texts: Texts, finding: Finding, zone: dt.tzinfo, *, dated: bool) -> str:
    since = moment_of(finding.since, zone)
    return dates.moment(texts, since) if dated else dates.clock(texts, since, moment_of(finding.at, zone))


# figures


def figure(texts: Texts, number: float | None, finding: Finding) -> str:
    """One of the figures of a finding, with its unit."""
    return texts("figures.unknown") if number is None else with_unit(texts, *_shown(texts, number, finding))


def usual_range(texts: Texts, finding: Finding) -> str | None:
    """``0.2 to 0.5 kW``, or what is known of it; None when nothing is."""
    low, high = finding.low, finding.high
    if low is None or high is None:
        if high is not None:
            return texts("figures.at_most", value=figure(texts, high, finding))
        return None if low is None else texts("figures.at_least", value=figure(texts, low, finding))
    shown, unit = _shown(texts, low, finding)
    if not (unit == _shown(texts, high, finding)[1] or (low == 0 and shown == "0")):
        shown = with_unit(texts, shown, unit)
    return texts("figures.range", low=shown, high=figure(texts, high, finding))


def _shown(texts: Texts, number: float, finding: Finding) -> tuple[str, str]:
    """A figure and its unit; all figures of a finding in thousands where that suits them."""
    unit = QUANTITIES[finding.quantity].unit
    if unit not in THOUSANDS:
        # what is small is told by its first digits, so that it does not look like nothing
        decimals = _DECIMALS.get(unit, 1)
        decimals = decimals if abs(number) >= 1 else max(decimals, 2)
        return texts.number(number, decimals, trimmed=True), unit
    figures = [
        abs(figure)
        for figure in (finding.value, finding.expected, finding.low, finding.high)
        if figure is not None
    ]
    if abs(number) >= 1000 or (max(figures) >= 1000 and abs(number) >= LEAST_OF_A_THOUSAND):
        return texts.number(number / 1000, 1, trimmed=True), THOUSANDS[unit]
    return texts.number(number, 0 if abs(number) >= 10 else 1, trimmed=True), unit
