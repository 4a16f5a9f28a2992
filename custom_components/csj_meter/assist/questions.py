"""The questions that can be asked: what each takes, and how people put it in English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..site.access import Permission

METER: Final = "meter"
"""Name of the part of a sentence, and of the argument, that says which meter is meant."""

_OF: Final = "[(on|for|in|of|at) {meter}]"


class Question(StrEnum):
    """What can be asked."""

    CREDIT = "credit"
    ALERT = "alert"
    WEEK = "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a question is put, and what it takes."""

    permission: Permission
    """What whoever asks needs on a meter to hear of it."""

    entity: str
    """Key of the sensor that shows it; where nobody is known to ask, only what its owner exposes is told."""

    intent: str
    """The intent that asks it, for sentences of people's own and in other languages."""

    title: str
    """Of the tool of language models."""

    description: str
    """What that tool tells, for the model."""

    sentences: tuple[str, ...]
    """English sentences that ask it, in the notation of Home Assistant's sentences."""


FORMS: Final = {
    Question.CREDIT: Form(
        permission=Permission.SEE_MONEY,
        entity="credit_days_left",
        intent="CsjMeterCredit",
        title="Credit of electricity meters",
        description="Tells how much credit is left on prepaid electricity meters and how many days it lasts.",
        sentences=(
            f"how much credit is [there] left {_OF}",
            f"how much [electricity] credit do (I|we) have [left] {_OF}",
            f"how long does (the|my|our) [electricity] credit last {_OF}",
        ),
    ),
    Question.ALERT: Form(
        permission=Permission.SEE_ALERTS,
        entity="alert_state",
        intent="CsjMeterAlert",
        title="Alerts of electricity meters",
        description="Tells why there is or was an alert of electricity meters: what was seen and what to do.",
        sentences=(
            f"why (was|is) there an [electricity|meter|power] alert {_OF}",
            f"what (was|is) the [electricity|meter|power] alert about {_OF}",
        ),
    ),
    Question.WEEK: Form(
        permission=Permission.SEE_METERS,
        entity="usage_today",
        intent="CsjMeterUsageThisWeek",
        title="Electricity used this week",
        description="Tells how much electricity was used since Monday, and how it compares with other weeks.",
        sentences=(
            f"(what|how much) [electricity|energy|power] did (I|we) use this week {_OF}",
            f"how much [electricity|energy|power] have (I|we) used this week {_OF}",
        ),
    ),
}
