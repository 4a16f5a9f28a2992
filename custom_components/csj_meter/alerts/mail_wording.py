"""The words and figures of mails and of the weekly summary."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ..anomaly.wording import figure, says_since, usual_range
from ..language import dates
from ..language.texts import Texts, with_unit
from ..meters.quantities import Unit
from .alert import Alert, AlertState
from .kpis import Kpis, Spread
from .summary import MeterWeek, Summary, change_of
from .wording import Wording

MINUS: Final = "−"

YEAR: Final = 365.0
"""Days of credit from which nobody counts."""

LOW_CREDIT: Final = 7.0
"""Days of credit that are worth a sentence at the top."""


# alerts


def measured(alert: Alert, texts: Texts) -> str | None:
    """What was measured, with its unit; None when nothing was."""
    value = alert.finding.value
    return None if value is None else figure(texts, value, alert.finding)


def usual(alert: Alert, wording: Wording) -> str | None:
    """The range that is usual or allowed; None when it is not known, or that of others."""
    texts, finding = wording.texts, alert.finding
    if wording.tells_of_others(alert):
        return None
    known = usual_range(texts, finding)
    if known is not None or finding.expected is None:
        return known
    return texts("figures.about", value=figure(texts, finding.expected, finding))


def standing(alert: Alert, wording: Wording) -> str:
    """How it stands, and who said so."""
    until = alert.shelved_until
    match alert.state:
        case AlertState.ACKNOWLEDGED:
            return wording.done_by(f"standing.{alert.state.value}", alert.acknowledged_by)
        case AlertState.FALSE_ALARM:
            return wording.done_by(f"standing.{alert.state.value}", alert.false_alarm_by)
        case AlertState.SHELVED:
            words = {"until": "?" if until is None else moment(until, wording)}
        case _:
            words = {}
    return wording.texts(f"standing.{alert.state.value}", **words)


def seen_since(alert: Alert, wording: Wording) -> str:
    """What was seen and since when, which some sentences have in them already."""
    texts, finding = wording.texts, alert.finding
    said = wording.seen(alert, dated=True)
    if says_since(texts, finding) or wording.tells_of_others(alert):
        return said
    return texts.sentences((said, texts("mail.since_moment", at=moment(alert.since, wording))))


def moment(at: dt.datetime, wording: Wording) -> str:
    """``Mon 2 November, 13:05``."""
    return dates.moment(wording.texts, at.astimezone(wording.zone))


# the weekly summary


def period(summary: Summary, wording: Wording) -> str:
    """``2 to 8 November 2026``: first and last day."""
    first = summary.since.astimezone(wording.zone)
    last = (summary.until - dt.timedelta(microseconds=1)).astimezone(wording.zone)
    return dates.period(wording.texts, first, last)


def summary_title(summary: Summary, wording: Wording) -> str:
    """Of the mail or message."""
    return wording.texts("summary.title", period=period(summary, wording))


def headline(summary: Summary, texts: Texts) -> str:
    """The week in two or three sentences."""
    count = summary.kpis.alarms
    said = [texts.counted("summary.alarms", count) if count else texts("summary.no_alarms")]
    if summary.open:
        said.append(texts.counted("summary.still_open", len(summary.open)))
    if summary.usage is not None:
        said.append(_used(summary.usage, summary.usage_before, texts))
    low = [meter for meter in summary.meters if meter.days_left is not None and meter.days_left < LOW_CREDIT]
    said += [
        _low_credit(meter, texts)
        for meter in sorted(low, key=lambda meter: (meter.days_left or 0.0, meter.name))[:3]
    ]
    return texts.sentences(said)


def _used(usage: float, before: float | None, texts: Texts) -> str:
    used, changed = with_unit(texts, energy(usage, texts), Unit.KILOWATT_HOUR), change_of(usage, before)
    if changed is None:
        return texts("summary.used", usage=used)
    if not round(changed):
        return texts("summary.used_same", usage=used)
    percent = with_unit(texts, texts.number(abs(changed), 0), Unit.PERCENT)
    return texts("summary.used_more" if changed > 0 else "summary.used_less", usage=used, percent=percent)


def _low_credit(meter: MeterWeek, texts: Texts) -> str:
    if meter.days_left is not None and meter.days_left <= 0:
        return texts("summary.credit_used_up", meter=meter.name)
    return texts("summary.credit_low", meter=meter.name, days=days_left(meter, texts))


def energy(kilowatt_hours: float | None, texts: Texts) -> str:
    """A number of kWh."""
    if kilowatt_hours is None:
        return texts("figures.nothing")
    return texts.number(kilowatt_hours, 1 if abs(kilowatt_hours) < 1000 else 0)


def change(percent: float | None, texts: Texts) -> str:
    """``+8 %``."""
    if percent is None:
        return texts("figures.nothing")
    number = texts.number(percent, 0).replace("-", MINUS)
    return with_unit(texts, f"+{number}" if round(percent) > 0 else number, Unit.PERCENT)


def balance(meter: MeterWeek, texts: Texts) -> str:
    """Credit with its unit."""
    return texts("figures.nothing") if meter.balance is None else amount(texts, meter.balance, meter.unit)


def amount(texts: Texts, number: float, unit: str | None) -> str:
    """Money, or energy that stands for it, to the hundredth."""
    return with_unit(texts, texts.number(number, 2).replace("-", MINUS), unit or "")


def days_left(meter: MeterWeek, texts: Texts) -> str:
    """How long the credit lasts."""
    days = meter.days_left
    if days is None:
        return texts("figures.nothing")
    if days <= 0:
        return texts("summary.used_up")
    if days >= YEAR:
        return texts("durations.more_than_a_year")
    if days < 1:
        return texts("durations.less_than_a_day")
    return texts.counted("durations.days", int(days))


def kpi_lines(figures: Kpis, texts: Texts) -> list[tuple[str, str]]:
    """What is known of how well alarms do: (name, value)."""
    told = [
        ("alarm_count", f"{figures.alarms}"),
        ("alarm_rate", _number(figures.alarms_per_meter_month, texts)),
        ("detection", _spread(figures.detection, texts)),
        ("confirmation", _spread(figures.confirmation, texts)),
        ("acknowledgement", _spread(figures.acknowledgement, texts)),
        ("clearing", _spread(figures.clearing, texts)),
        ("false_alarms", _percent(figures.false_alarm_share, texts)),
        ("escalated", _percent(figures.escalated_share, texts)),
        ("chattering", f"{figures.chattering}" if figures.chattering else None),
        ("delivery", _percent(figures.delivery_success, texts)),
        ("pages", _number(figures.pages_per_person_day, texts)),
        ("communication", _percent(figures.communication_availability, texts)),
        ("top_ups", _percent(figures.top_up_success, texts)),
    ]
    return [(texts(f"summary.{key}"), value) for key, value in told if value is not None]


def _number(number: float | None, texts: Texts) -> str | None:
    """Never rounded to nothing."""
    if number is None:
        return None
    return texts.number(number, 1) if number >= 0.1 or not number else texts.number(max(0.01, number), 2)


def _percent(share: float | None, texts: Texts) -> str | None:
    """Never rounded to perfection, nor to nothing."""
    if share is None:
        return None
    percent = 100 * share
    if percent not in {0, 100}:
        percent = min(99.9, max(0.1, percent))
    return with_unit(texts, texts.number(percent, 1, trimmed=True), Unit.PERCENT)


def _spread(spread: Spread, texts: Texts) -> str | None:
    if spread.median is None or spread.p90 is None:
        return None
    middle, most = _span(spread.median, texts), _span(spread.p90, texts)
    return middle if middle == most else texts("summary.spread", median=middle, p90=most)


def _span(seconds: float, texts: Texts) -> str:
    if seconds < 120:
        return texts("durations.seconds", count=str(round(seconds)))
    if seconds < 7200:
        return texts("durations.minutes", count=str(round(seconds / 60)))
    if seconds < 48 * 3600:
        return texts("durations.hours", count=str(round(seconds / 3600)))
    return texts.counted("durations.days", round(seconds / 86_400))
