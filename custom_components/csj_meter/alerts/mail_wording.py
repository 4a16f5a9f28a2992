"""The English words and figures of mails and of the weekly summary."""

from __future__ import annotations

from collections.abc import Mapping
import datetime as dt
from types import MappingProxyType
from typing import Final

from ..anomaly.wording import UNKNOWN, WEEKDAYS, placeholders, text as text_of
from .alert import Alert, AlertState
from .kpis import Kpis, Spread
from .summary import MeterWeek, Summary, change_of
from .wording import TEXTS

MAIL_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # a mail about alerts
        "over": "Over",
        "drill": "DRILL",
        "drill_text": "Nothing has happened. This mail shows that the way to you works.",
        "seen": "What was seen",
        "measured": "Measured",
        "usual": "Usual or allowed",
        "phase": "Phase",
        "since": "Since",
        "since_moment": "Since {at}.",
        "scope": "How far it reaches",
        "state": "State",
        "work_order": "Work order",
        "causes": "What it may be",
        "action": "What to do",
        "members": "Meters of the circuit",
        "count_alerts": "{count} alerts",
        "open_button": "Open",
        "and_more": "and {count} more",
        "foot": "Sent by CSJ Meter on {at}.",
        "test_label": "Test",
        "test_heading": "This is how mails arrive",
        # the weekly summary
        "summary_title": "Week of {period}",
        "summary_label": "CSJ Meter · weekly summary",
        "no_alarms": "No alarms.",
        "alarms": "{count} alarms.",
        "one_alarm": "1 alarm.",
        "still_open": "{count} still open.",
        "used": "{usage} kWh used.",
        "used_compared": "{usage} kWh used, {change} the week before.",
        "credit_low": "Credit of {meter} lasts {days}.",
        "usage": "Usage in kWh",
        "meter": "Meter",
        "this_week": "This week",
        "week_before": "Before",
        "change": "Change",
        "total": "Total",
        "credit": "Credit",
        "balance": "Balance",
        "lasts": "Lasts",
        "open": "Still open",
        "ended": "What is over",
        "findings": "Good to know",
        "lasting": "It is still so.",
        "false_alarm": "{by} says that nothing was wrong.",
        "tips": "What you can do",
        "kpis": "How well alarms do",
        "alarm_count": "Alarms",
        "alarm_rate": "Alarms per meter and month",
        "detection": "Detected within",
        "confirmation": "Confirmed after",
        "acknowledgement": "Acknowledged after",
        "clearing": "Over after",
        "false_alarms": "False alarms",
        "escalated": "Escalated",
        "chattering": "Came and went too often",
        "delivery": "Messages that arrived",
        "pages": "Calls per person and day",
        "communication": "Meters heard",
        "top_ups": "Top-ups that arrived",
        "spread": "{median}, 9 in 10 within {p90}",
        "nothing_known": "–",
        "more_than_a_year": "over a year",
        "used_up": "used up",
        "days": "{days} days",
        "one_day": "1 day",
        "less_than_a_day": "under a day",
        "more_than": "{percent} % more than",
        "less_than": "{percent} % less than",
        "as_much_as": "as much as",
        "seconds": "{count} s",
        "minutes": "{count} min",
        "hours": "{count} h",
    }
)
"""Key -> English text."""

STATES: Final[Mapping[AlertState, str]] = MappingProxyType(
    {
        AlertState.SUSPECTED: "Suspected",
        AlertState.CONFIRMED: "Nobody sees to it so far",
        AlertState.ESCALATED: "Escalated: nobody sees to it so far",
        AlertState.ACKNOWLEDGED: "{acknowledged_by} sees to it",
        AlertState.SHELVED: "Shelved until {shelved_until}",
        AlertState.FALSE_ALARM: "{false_alarm_by} says that nothing is wrong",
        AlertState.CLEARED: "Over",
    }
)
"""State -> how it stands."""

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

YEAR: Final = 365.0
"""Days of credit from which nobody counts."""

LOW_CREDIT: Final = 7.0
"""Days of credit that are worth a sentence at the top."""


# alerts


def about(alert: Alert, zone: dt.tzinfo) -> str:
    """What was seen, in a sentence without advice."""
    return text_of(alert.finding.advice.key, alert.finding, zone)


def measured(alert: Alert, zone: dt.tzinfo) -> str | None:
    """What was measured, with its unit; None when nothing was."""
    value = placeholders(alert.finding, zone)["value"]
    return None if value == UNKNOWN else value


def usual(alert: Alert, zone: dt.tzinfo) -> str | None:
    """The range that is usual or allowed; None when it is not known."""
    words = placeholders(alert.finding, zone)
    low, high, expected = (words[name] for name in ("low", "high", "expected"))
    if UNKNOWN not in {low, high}:
        return f"{low} to {high}"
    if low != UNKNOWN:
        return f"at least {low}"
    if high != UNKNOWN:
        return f"up to {high}"
    return None if expected == UNKNOWN else f"about {expected}"


def standing(alert: Alert, zone: dt.tzinfo) -> str:
    """How it stands, and who said so."""
    until = alert.shelved_until
    return STATES[alert.state].format(
        acknowledged_by=alert.acknowledged_by or TEXTS["somebody"],
        false_alarm_by=alert.false_alarm_by or TEXTS["somebody"],
        shelved_until="?" if until is None else moment(until, zone),
    )


def moment(at: dt.datetime, zone: dt.tzinfo) -> str:
    """``Mon 2 November, 13:05``."""
    local = at.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"


# the weekly summary


def period(summary: Summary, zone: dt.tzinfo) -> str:
    """``2 to 8 November 2026``: first and last day."""
    first = summary.since.astimezone(zone)
    last = (summary.until - dt.timedelta(microseconds=1)).astimezone(zone)
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {MONTHS[first.month - 1]}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year} to {last.day} {MONTHS[last.month - 1]} {last.year}"


def summary_title(summary: Summary, zone: dt.tzinfo) -> str:
    """Of the mail or message."""
    return MAIL_TEXTS["summary_title"].format(period=period(summary, zone))


def headline(summary: Summary) -> str:
    """The week in two or three sentences."""
    count = summary.kpis.alarms
    key = "no_alarms" if not count else "one_alarm" if count == 1 else "alarms"
    said = [MAIL_TEXTS[key].format(count=count)]
    if summary.open:
        said.append(MAIL_TEXTS["still_open"].format(count=len(summary.open)))
    if summary.usage is not None:
        change = change_of(summary.usage, summary.usage_before)
        key = "used" if change is None else "used_compared"
        said.append(MAIL_TEXTS[key].format(usage=energy(summary.usage), change=_compared(change)))
    low = [meter for meter in summary.meters if meter.days_left is not None and meter.days_left < LOW_CREDIT]
    said += [
        MAIL_TEXTS["credit_low"].format(meter=meter.name, days=days_left(meter))
        for meter in sorted(low, key=lambda meter: (meter.days_left or 0.0, meter.name))[:3]
    ]
    return " ".join(said)


def energy(kilowatt_hours: float | None) -> str:
    """A number of kWh."""
    if kilowatt_hours is None:
        return MAIL_TEXTS["nothing_known"]
    return f"{kilowatt_hours:.1f}" if abs(kilowatt_hours) < 1000 else f"{kilowatt_hours:.0f}"


def change(percent: float | None) -> str:
    """``+8 %``."""
    if percent is None:
        return MAIL_TEXTS["nothing_known"]
    return f"{round(percent):+d} %".replace("-", "−") if round(percent) else "0 %"


def _compared(percent: float | None) -> str:
    if percent is None or not round(percent):
        return MAIL_TEXTS["as_much_as"]
    return MAIL_TEXTS["more_than" if percent > 0 else "less_than"].format(percent=abs(round(percent)))


def balance(meter: MeterWeek) -> str:
    """Credit with its unit."""
    if meter.balance is None:
        return MAIL_TEXTS["nothing_known"]
    return f"{meter.balance:.2f} {meter.unit or ''}".rstrip().replace("-", "−")


def days_left(meter: MeterWeek) -> str:
    """How long the credit lasts."""
    days = meter.days_left
    if days is None:
        return MAIL_TEXTS["nothing_known"]
    if days <= 0:
        return MAIL_TEXTS["used_up"]
    if days >= YEAR:
        return MAIL_TEXTS["more_than_a_year"]
    if days < 1:
        return MAIL_TEXTS["less_than_a_day"]
    whole = int(days)
    return MAIL_TEXTS["one_day" if whole == 1 else "days"].format(days=whole)


def kpi_lines(figures: Kpis) -> list[tuple[str, str]]:
    """What is known of how well alarms do: (name, value)."""
    told = [
        ("alarm_count", f"{figures.alarms}"),
        ("alarm_rate", _number(figures.alarms_per_meter_month)),
        ("detection", _spread(figures.detection)),
        ("confirmation", _spread(figures.confirmation)),
        ("acknowledgement", _spread(figures.acknowledgement)),
        ("clearing", _spread(figures.clearing)),
        ("false_alarms", _percent(figures.false_alarm_share)),
        ("escalated", _percent(figures.escalated_share)),
        ("chattering", f"{figures.chattering}" if figures.chattering else None),
        ("delivery", _percent(figures.delivery_success)),
        ("pages", _number(figures.pages_per_person_day)),
        ("communication", _percent(figures.communication_availability)),
        ("top_ups", _percent(figures.top_up_success)),
    ]
    return [(MAIL_TEXTS[key], value) for key, value in told if value is not None]


def _number(number: float | None) -> str | None:
    return None if number is None else f"{number:.1f}" if number >= 0.1 or not number else f"{number:.2f}"


def _percent(share: float | None) -> str | None:
    """Never rounded to perfection, nor to nothing."""
    if share is None:
        return None
    percent = 100 * share
    if percent in {0, 100}:
        return f"{percent:.0f} %"
    shown = f"{min(99.9, max(0.1, percent)):.1f}"
    return f"{shown.removesuffix('.0')} %"


def _spread(spread: Spread) -> str | None:
    if spread.median is None or spread.p90 is None:
        return None
    middle, most = _span(spread.median), _span(spread.p90)
    return middle if middle == most else MAIL_TEXTS["spread"].format(median=middle, p90=most)


def _span(seconds: float) -> str:
    if seconds < 120:
        return MAIL_TEXTS["seconds"].format(count=round(seconds))
    if seconds < 7200:
        return MAIL_TEXTS["minutes"].format(count=round(seconds / 60))
    if seconds < 48 * 3600:
        return MAIL_TEXTS["hours"].format(count=round(seconds / 3600))
    return MAIL_TEXTS["days"].format(days=round(seconds / 86_400))
