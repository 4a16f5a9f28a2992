"""The weekly summary as a mail and as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import datetime as dt

from ..anomaly.kinds import Severity
from . import mail
from .alert import Alert
from .alert_html import MOST_SHOWN, and_more, tone_of
from .mail_wording import (
    MAIL_TEXTS,
    about,
    balance,
    change,
    days_left,
    energy,
    headline,
    kpi_lines,
    moment,
    standing,
    summary_title,
)
from .summary import Summary, Tip, change_of
from .wording import KINDS, TEXTS, Wording


def summary_html(summary: Summary, wording: Wording, now: dt.datetime, *, open_url: str | None = None) -> str:
    """The whole mail. ``open_url`` as for ``alert_html``."""
    parts = list(_parts(summary, wording))
    if open_url is not None:
        parts.append(mail.Button(MAIL_TEXTS["open_button"], open_url, mail.Tone.CALM))
    return mail.to_html(
        mail.Mail(
            title=summary_title(summary, wording.zone),
            preview=headline(summary),
            tone=mail.Tone.CALM,
            label=MAIL_TEXTS["summary_label"],
            heading=summary_title(summary, wording.zone),
            parts=parts,
            foot=MAIL_TEXTS["foot"].format(at=moment(now, wording.zone)),
        )
    )


def summary_text(summary: Summary, wording: Wording) -> str:
    """The same in lines; its first line says the most of it."""
    return mail.to_text(_parts(summary, wording))


def _parts(summary: Summary, wording: Wording) -> Iterator[mail.Part]:
    yield mail.Paragraph(headline(summary), strong=True)
    yield from _alerts("open", summary.open, wording)
    yield from _alerts("findings", summary.findings, wording)
    if summary.tips:
        yield mail.Section(MAIL_TEXTS["tips"])
        yield mail.Bullets([_tip(tip, wording) for tip in summary.tips])
    yield from _usage(summary)
    yield from _credit(summary)
    yield from _alerts("ended", summary.over, wording)
    yield mail.Section(MAIL_TEXTS["kpis"])
    yield mail.Facts(kpi_lines(summary.kpis))


def _alerts(title: str, alerts: Sequence[Alert], wording: Wording) -> Iterator[mail.Part]:
    if alerts:
        yield mail.Section(MAIL_TEXTS[title])
        yield mail.Listing([_entry(alert, wording) for alert in alerts[:MOST_SHOWN]])
        yield from and_more(len(alerts))


def _entry(alert: Alert, wording: Wording) -> mail.Entry:
    """What was seen, since when, and how it stands or has ended."""
    zone = wording.zone
    said = [about(alert, zone), MAIL_TEXTS["since_moment"].format(at=moment(alert.since, zone))]
    if not alert.is_open:
        said.append(wording.how_it_ended(alert))
        if alert.false_alarm_at is not None:
            by = alert.false_alarm_by or TEXTS["somebody"]
            said.append(MAIL_TEXTS["false_alarm"].format(by=by))
    elif alert.severity is Severity.INFO:
        said.append(MAIL_TEXTS["lasting"])  # nobody was asked to see to it
    else:
        said.append(f"{standing(alert, zone)}.")
    return mail.Entry(
        tone=tone_of(alert), title=f"{KINDS[alert.kind]}, {wording.where(alert)}", text=" ".join(said)
    )


def _tip(tip: Tip, wording: Wording) -> str:
    """What to do, and where it belongs."""
    where = wording.where(tip.alert)
    if tip.others:
        where = f"{where}, {MAIL_TEXTS['and_more'].format(count=tip.others)}"
    return f"{wording.action(tip.alert)} ({where})"


def _usage(summary: Summary) -> Iterator[mail.Part]:
    meters = [meter for meter in summary.meters if meter.usage is not None or meter.usage_before is not None]
    if not meters:
        return
    rows = [
        (meter.name, energy(meter.usage), energy(meter.usage_before), change(meter.change))
        for meter in meters[:MOST_SHOWN]
    ]
    if len(meters) > 1 and (used := summary.usage) is not None:
        before = summary.usage_before
        rows.append((MAIL_TEXTS["total"], energy(used), energy(before), change(change_of(used, before))))
    yield mail.Section(MAIL_TEXTS["usage"])
    yield mail.Grid([MAIL_TEXTS[key] for key in ("meter", "this_week", "week_before", "change")], rows)
    yield from and_more(len(meters))


def _credit(summary: Summary) -> Iterator[mail.Part]:
    meters = [meter for meter in summary.meters if meter.balance is not None]
    if not meters:
        return
    yield mail.Section(MAIL_TEXTS["credit"])
    yield mail.Grid(
        [MAIL_TEXTS[key] for key in ("meter", "balance", "lasts")],
        [(meter.name, balance(meter), days_left(meter)) for meter in meters[:MOST_SHOWN]],
    )
    yield from and_more(len(meters))
