"""All that is said of one meter at one moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..telemetry.usage import Used
from .base_load import BaseLoad, base_load_of
from .days import days_of
from .facts import Facts
from .money import Cost, Credit, cost_of, credit_of
from .state import State, state_of
from .tips import MOST, Tip, tips_of
from .trend import HourOfToday, Trend, UsualDay, hours_of_today, trend_of, usual_today


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageInsight:
    """What is used, kWh; None for what is not known."""

    today: Used
    yesterday: Used | None
    this_week: Used | None
    week: Used
    last_week: Used
    """The last seven days, and the seven before."""

    trend: Trend
    usual_today: UsualDay | None
    hours: tuple[HourOfToday, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """What is said of a meter."""

    serial: str

    at: int
    """The minute (UTC) of which it is."""

    state: State

    usage: UsageInsight | None
    """None while nothing is known of the last days."""

    base_load: BaseLoad | None

    cost: Cost | None
    """None where no price is known."""

    credit: Credit | None
    """None on a meter without credit."""

    tips: tuple[Tip, ...]
    """All that are due today, the most important first; whoever shows them shows the first few."""

    def shown_tips(self, *, raw: bool, money: bool) -> tuple[Tip, ...]:
        """The tips for somebody who sees measurements to the minute, and money, or does not."""
        return tuple(
            replace(tip, figures=tuple(figure for figure in tip.figures if money or not figure.money))
            for tip in self.tips
            if (raw or not tip.personal) and (money or not tip.money)
        )[:MOST]


def insights_of(facts: Facts, hours: Sequence[int] = (), dismissed: Collection[str] = ()) -> Insights:
    """What the facts mean. ``hours``: first minutes of the hours of today; ``dismissed``: ids of tips."""
    days, year_ago = days_of(facts.hours), days_of(facts.year_ago)
    base, usage = base_load_of(facts), facts.usage
    return Insights(
        serial=facts.serial,
        at=facts.now,
        state=state_of(facts),
        usage=None
        if usage is None
        else UsageInsight(
            today=usage.today,
            yesterday=facts.yesterday,
            this_week=facts.this_week,
            week=usage.last_week,
            last_week=usage.week_before,
            trend=trend_of(facts, days, year_ago),
            usual_today=usual_today(facts, days, year_ago),
            hours=hours_of_today(facts, list(hours)),
        ),
        base_load=base,
        cost=cost_of(facts, days, year_ago),
        credit=credit_of(facts.forecast),
        tips=tips_of(facts, days, base, dismissed),
    )
