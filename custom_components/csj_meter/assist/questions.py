"""The questions that can be asked, and what each takes; how people put them is in ``phrases``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..site.access import Permission

METER: Final = "meter"
"""Name of the part of a sentence, and of the argument, that says which meter is meant."""


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
    """The intent that asks it, for sentences of people's own."""

    title: str
    """Of the tool of language models."""

    description: str
    """What that tool tells, for the model."""


FORMS: Final = {
    Question.CREDIT: Form(
        permission=Permission.SEE_MONEY,
        entity="credit_days_left",
        intent="CsjMeterCredit",
        title="Credit of electricity meters",
        description="Tells how much credit is left on prepaid electricity meters and how many days it lasts.",
    ),
    Question.ALERT: Form(
        permission=Permission.SEE_ALERTS,
        entity="alert_state",
        intent="CsjMeterAlert",
        title="Alerts of electricity meters",
        description="Tells why there is or was an alert of electricity meters: what was seen and what to do.",
    ),
    Question.WEEK: Form(
        permission=Permission.SEE_METERS,
        entity="usage_today",
        intent="CsjMeterUsageThisWeek",
        title="Electricity used this week",
        description="Tells how much electricity was used since Monday, and how it compares with other weeks.",
    ),
}
