"""Tips: what may be done about what was found, each with the figures that say so.

A tip is not shown on two days in a row, however long its reason stands: what is always there nobody reads.
Which days are its own follows from its kind, the meter and the date, so that it needs no memory. Meters with
numbers in a row have theirs on different days: a landlord does not read one tip of all flats at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
import datetime as dt
from typing import Final

import numpy as np

from ..alerts.alert import Alert
from ..anomaly.kinds import Kind
from ..anomaly.own_past import looks_back_beyond
from ..meters.sample import moment_of
from .base_load import BaseLoad, base_loads
from .days import Days
from .facts import Facts
from .money import LOOK_BACK, price_of, shift_of
from .said import KILOWATT_HOUR, PERCENT, WATT, Amount, Figure, Moment, Param, Sentence, Span, Word
from .state import told_alerts
from .steps import Step, appliance_of, step_of

MOST: Final = 3
"""Tips a day."""

EVERY_OTHER: Final = 2
NEWS: Final = 6
WEEKLY: Final = 7
"""Days from one day of a tip about something that began to the next, while it is so many days old, and
later."""

REST: Final = 3
"""The same of a tip about how things are as a rule."""

TURNS: Final = {"standby": 0, "power_factor": 1, "tariff": 2, "sun": 2}
"""Kind of such a tip -> its turn: what is said of one and the same hours is said on one day."""

ABOUT: Final = dt.timedelta(days=7)
"""By how much the day may differ on which one and the same thing seems to have begun."""

MONTH: Final = 30

STANDBY_WATTS: Final = (180.0, 600.0)
STANDBY_SHARE: Final = 0.4
"""Base load that may be standby, and from which share of all that is used it is worth a tip."""

POOR_FACTOR: Final = 0.8
FACTOR_LOAD: Final = 0.3
"""KWh of an hour whose power factor says anything."""
FACTOR_HOURS: Final = 48

WORTH_MOVING: Final = 0.02
"""Share of the cost that must be saved."""

FED_IN: Final = 1.0
BOUGHT: Final = 1.0
"""KWh a day that must be fed in, and bought, so that using one's own power is worth a tip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """One tip."""

    id: str
    """The same as long as its reason is: what dismisses it."""

    sentence: Sentence

    figures: tuple[Figure, ...]

    since: int
    """The local date, as an ordinal, since which it has been so."""

    weight: int
    """How important: the largest first."""

    is_news: bool = False
    """Whether it is about something that began, and not about how things are as a rule."""

    turn: int = 0
    """Which days are its own when it is about how things are: every third one, each turn a day earlier."""

    personal: bool = False
    """Whether it tells how somebody lives, as measurements to the minute do."""

    money: bool = False
    """Whether it is about nothing but money."""

    def is_due(self, today: int) -> bool:
        """Whether this is one of its days: news is told every other day at first, and once a week then."""
        if self.is_news:
            age = today - self.since
            return age % (EVERY_OTHER if age < NEWS else WEEKLY) == 0
        return (today + self.turn) % REST == 0

    @property
    def kind(self) -> str:
        """What it is about: the first word of its id."""
        return self.id.partition(" ")[0]

    def is_like(self, other_id: str) -> bool:
        """Whether an id means this tip: on another day the same may seem to have begun a little earlier."""
        if other_id == self.id:
            return True
        kind, _, began = other_id.partition(" ")
        try:
            apart = abs(dt.date.fromisoformat(began) - dt.date.fromisoformat(self.id.partition(" ")[2]))
        except ValueError:  # the id of an alert
            return False
        return kind == self.kind and apart <= ABOUT


def tips_of(
    facts: Facts, days: Days, base: BaseLoad | None, dismissed: Collection[str] = ()
) -> tuple[Tip, ...]:
    """The tips of today, the most important first; those that were dismissed are left out."""
    found = [
        tip
        for tip in reasons(facts, days, base)
        if tip.is_due(facts.today) and not any(map(tip.is_like, dismissed))
    ]
    return tuple(sorted(found, key=lambda tip: (-tip.weight, tip.id)))


def reasons(facts: Facts, days: Days, base: BaseLoad | None) -> Iterator[Tip]:
    """All that there is a reason for, whatever the day."""
    about = max(
        (tip for alert in told_alerts(facts) if (tip := _of_alert(facts, alert)) is not None),
        key=lambda tip: (tip.weight, tip.id),
        default=None,
    )
    if about is not None:  # several alerts may say the same of one appliance
        yield about
    step = step_of(facts.hours, facts.today)
    if step is not None and about is None:
        yield _of_step(facts, step)
    if base is not None:
        risen = None if about is not None or step is not None else _base_rose(facts, base)
        if risen is not None:
            yield risen
        elif about is None and (standby := _standby(facts, days, base)) is not None:
            yield standby
    for tip in (_power_factor(facts), _tariff(facts, base), _sun(facts, days)):
        if tip is not None:
            yield tip


def _of_alert(facts: Facts, alert: Alert) -> Tip | None:
    """What may be done about an alert, where it is the home's own load that it is about."""
    finding = alert.finding
    if alert.kind not in (Kind.STUCK_LOAD, Kind.LEAK, Kind.DRIFT) or finding.value is None:
        return None
    # what was usual for those before them, nobody can work out of what is told
    is_own = facts.moved_in is None or not looks_back_beyond(finding, facts.moved_in)
    if alert.kind is Kind.DRIFT and not is_own:
        return None  # it is nothing but what was before
    usual = finding.expected or 0.0
    watts = max(0.0, finding.value - usual) if is_own else finding.value
    since = moment_of(finding.since, facts.zone)
    params: dict[str, Param] = {"watts": Amount(watts, WATT), "since": Moment(finding.since)}
    a_day = watts * 24 / 1000
    if alert.kind is Kind.STUCK_LOAD:
        params["appliance"] = _word(appliance_of(watts, 24))
    return Tip(
        id=f"{alert.kind.value} {alert.id}",
        sentence=Sentence(_key_of_alert(alert.kind, is_own=is_own), params),
        figures=(
            Figure("now", Amount(finding.value, WATT)),
            *((Figure("usual", Amount(usual, WATT)),) if is_own else ()),
            Figure("a_day", Amount(a_day, KILOWATT_HOUR)),
            *_costs(facts, a_day),
        ),
        since=since.toordinal(),
        weight=90 if alert.kind is Kind.STUCK_LOAD else 80 if alert.kind is Kind.LEAK else 60,
        is_news=True,
        personal=alert.kind is Kind.STUCK_LOAD,
    )


def _key_of_alert(kind: Kind, *, is_own: bool) -> str:
    return "tip_always_on" if kind is Kind.LEAK and not is_own else f"tip_{kind.value}"


def _of_step(facts: Facts, step: Step) -> Tip:
    params: dict[str, Param] = {
        "watts": Amount(step.watts, WATT),
        "appliance": _word(step.appliance),
    }
    always = step.hours == 24
    if not always:
        params["hours"] = Span(step.first, step.end)
    return Tip(
        id=f"appliance {dt.date.fromordinal(step.since).isoformat()}",
        sentence=Sentence("tip_appliance_always" if always else "tip_appliance", params),
        figures=(
            Figure("step", Amount(step.watts, WATT)),
            Figure("hours", Amount(float(step.hours))),
            Figure("a_day", Amount(step.energy, KILOWATT_HOUR)),
            *_costs(facts, step.energy),
        ),
        since=step.since,
        weight=70,
        is_news=True,
        personal=True,
    )


def _base_rose(facts: Facts, base: BaseLoad) -> Tip | None:
    """Something new that is never switched off."""
    if base.how != "more" or base.usual is None:
        return None
    watts = base.watts - base.usual
    middle = base.usual + watts / 2
    since = facts.today
    for date, its in sorted(base_loads(facts.hours).items(), reverse=True):
        if date < facts.today and its < middle:
            break
        since = date
    a_day = watts * 24 / 1000
    appliance = _word(appliance_of(watts, 24))
    return Tip(
        id=f"base_load {dt.date.fromordinal(since).isoformat()}",
        sentence=Sentence("tip_base_load", {"watts": Amount(watts, WATT), "appliance": appliance}),
        figures=(
            Figure("now", Amount(base.watts, WATT)),
            Figure("usual", Amount(base.usual, WATT)),
            Figure("a_day", Amount(a_day, KILOWATT_HOUR)),
            *_costs(facts, a_day),
        ),
        since=since,
        weight=65,
        is_news=True,
    )


def _standby(facts: Facts, days: Days, base: BaseLoad) -> Tip | None:
    """Much of what is used is used by what is never switched off."""
    energy = days.between(facts.today - LOOK_BACK, facts.today).energy
    usual = base.watts if base.usual is None else min(base.watts, base.usual)
    if len(energy) < 7 or not STANDBY_WATTS[0] <= usual <= STANDBY_WATTS[1]:
        return None
    share = usual * 24 / 1000 / max(float(np.median(energy)), 0.01)
    if share < STANDBY_SHARE:
        return None
    a_day = usual * 24 / 1000
    return _habit(
        facts,
        "standby",
        {"watts": Amount(usual, WATT), "percent": Amount(100 * min(1.0, share), PERCENT)},
        (
            Figure("base_load", Amount(usual, WATT)),
            Figure("share", Amount(100 * min(1.0, share), PERCENT)),
            Figure("a_month", Amount(a_day * MONTH, KILOWATT_HOUR)),
            *_costs(facts, a_day),
        ),
        weight=40,
    )


def _power_factor(facts: Facts) -> Tip | None:
    hours = facts.hours.between(facts.today - 14, facts.today)
    loaded = (hours.energy >= FACTOR_LOAD) & np.isfinite(hours.power_factor)
    if loaded.sum() < FACTOR_HOURS:
        return None
    factor = float(np.average(np.abs(hours.power_factor[loaded]), weights=hours.energy[loaded]))
    if factor >= POOR_FACTOR:
        return None
    current = 100 * (1 / factor - 1)
    return _habit(
        facts,
        "power_factor",
        {"factor": Amount(factor), "percent": Amount(current, PERCENT)},
        (Figure("power_factor", Amount(factor)), Figure("more_current", Amount(current, PERCENT))),
        weight=30,
    )


def _tariff(facts: Facts, base: BaseLoad | None) -> Tip | None:
    shift = shift_of(facts, None if base is None else base.watts)
    if shift is None or shift.share < WORTH_MOVING:
        return None
    saving = Amount(shift.saving, facts.currency)
    params: dict[str, Param] = {"saving": saving, "energy": Amount(shift.moved, KILOWATT_HOUR)}
    if shift.cheap_hours is not None:
        params["hours"] = Span(*shift.cheap_hours)
    return _habit(
        facts,
        "tariff",
        params,
        (
            Figure("dear", Amount(shift.dear, KILOWATT_HOUR)),
            Figure("dear_price", Amount(shift.dear_price, f"{facts.currency}/kWh"), money=True),
            Figure("cheap_price", Amount(shift.cheap_price, f"{facts.currency}/kWh"), money=True),
            Figure("saving", saving, money=True),
        ),
        weight=50,
        key="tip_tariff_hours" if shift.cheap_hours is not None else "tip_tariff",
        money=True,
    )


def _sun(facts: Facts, days: Days) -> Tip | None:
    """Own power is given away by day, and bought back in the evening."""
    recent = days.between(facts.today - 14, facts.today)
    if len(recent.dates) < 7:
        return None
    fed_in, bought = float(recent.export.mean()), float(recent.energy.mean())
    if fed_in < FED_IN or bought < BOUGHT:
        return None
    hours = facts.hours.between(facts.today - 14, facts.today)
    by_hour = np.bincount(hours.of_day, np.nan_to_num(hours.export), 24)
    sunny = np.nonzero(by_hour > 0.5 * by_hour.max())[0]
    return _habit(
        facts,
        "sun",
        {"energy": Amount(fed_in, KILOWATT_HOUR), "hours": Span(int(sunny[0]), (int(sunny[-1]) + 1) % 24)},
        (
            Figure("fed_in", Amount(fed_in, KILOWATT_HOUR)),
            Figure("bought", Amount(bought, KILOWATT_HOUR)),
            *_costs(facts, min(fed_in, bought) / 4, "saving"),
        ),
        weight=45,
    )


def _habit(
    facts: Facts,
    kind: str,
    params: dict[str, Param],
    figures: tuple[Figure, ...],
    *,
    weight: int,
    key: str | None = None,
    money: bool = False,
) -> Tip:
    """A tip about how things are as a rule; dismissed, it comes again with the next season."""
    today = dt.date.fromordinal(facts.today)
    first = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return Tip(
        id=f"{kind} {first.isoformat()}",
        sentence=Sentence(key or f"tip_{kind}", params),
        figures=figures,
        since=first.toordinal(),
        turn=TURNS[kind] + _number_of(facts.serial),
        weight=weight,
        money=money,
    )


def _number_of(serial: str) -> int:
    """The number in a serial number; 0 where there is none."""
    return int("".join(filter(str.isdecimal, serial)) or 0)


def _costs(facts: Facts, a_day: float, label: str = "cost_a_month") -> Iterator[Figure]:
    """What so many kWh a day cost in a month, where prices are known."""
    if (price := price_of(facts)) is not None:
        yield Figure(label, Amount(a_day * MONTH * price, facts.currency), money=True)


def _word(appliance: str) -> Word:
    return Word(f"appliance_{appliance}")
