"""The weekly summary as a mail and as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import datetime as dt

from ..anomaly.kinds import Severity
from . import mail
from .alert import Alert
from .alert_html import MOST_SHOWN, and_more, tone_of
from .mail_wording import (
    balance,
    change,
    days_left,
    energy,
    headline,
    kpi_lines,
    moment,
    seen_since,
    standing,
    summary_title,
)
from .summary import Summary, Tip, change_of
from .wording import Wording


def summary_html(summary: Summary, wording: Wording, now: dt.datetime, *, open_url: str | None = None) -> str:
    """The whole mail. ``open_url`` as for ``alert_html``."""
    parts = list(_parts(summary, wording))
    if open_url is not None:
        parts.append(mail.Button(wording.texts("buttons.open"), open_url, mail.Tone.CALM))
    return mail.to_html(
        mail.Mail(
            language=wording.texts.language,
            title=summary_title(summary, wording),
            preview=headline(summary, wording.texts),
            tone=mail.Tone.CALM,
            label=wording.texts("summary.label"),
            heading=summary_title(summary, wording),
            parts=parts,
            foot=wording.texts("mail.foot", at=moment(now, wording)),
        )
    )


def summary_text(summary: Summary, wording: Wording) -> str:
    """The same in lines; its first line says the most of it."""
    return mail.to_text(wording.texts, _parts(summary, wording))


def _parts(summary: Summary, wording: Wording) -> Iterator[mail.Part]:
    texts = wording.texts
    yield mail.Paragraph(headline(summary, texts), strong=True)
    yield from _alerts("open", summary.open, wording)
    yield from _alerts("findings", summary.findings, wording)
    if summary.tips:
        yield mail.Section(texts("summary.tips"))
        yield mail.Bullets([_tip(tip, wording) for tip in summary.tips])
    yield from _usage(summary, wording)
    yield from _credit(summary, wording)
    yield from _alerts("ended", summary.over, wording)
    yield mail.Section(texts("summary.kpis"))
    yield mail.Facts(kpi_lines(summary.kpis, texts))


def _alerts(title: str, alerts: Sequence[Alert], wording: Wording) -> Iterator[mail.Part]:
    if alerts:
        yield mail.Section(wording.texts(f"summary.{title}"))
        yield mail.Listing([_entry(alert, wording) for alert in alerts[:MOST_SHOWN]])
        yield from and_more(len(alerts), wording)


def _entry(alert: Alert, wording: Wording) -> mail.Entry:
    """What was seen, since when, and how it stands or has ended."""
    texts = wording.texts
    said = [seen_since(alert, wording)]
    if not alert.is_open:
        said.append(wording.how_it_ended(alert))
        if alert.false_alarm_at is not None:
            said.append(wording.done_by("summary.false_alarm", alert.false_alarm_by))
    elif alert.severity is Severity.INFO:
        said.append(texts("summary.lasting"))  # nobody was asked to see to it
    else:
        said.append(texts("summary.state", state=standing(alert, wording)))
    return mail.Entry(tone=tone_of(alert), title=wording.heading(alert), text=texts.sentences(said))


def _tip(tip: Tip, wording: Wording) -> str:
    """What to do, and where it belongs."""
    words = {"action": wording.action(tip.alert), "where": wording.where(tip.alert)}
    if tip.others:
        return wording.texts.counted("summary.tip_others", tip.others, **words)
    return wording.texts("summary.tip", **words)


def _usage(summary: Summary, wording: Wording) -> Iterator[mail.Part]:
    meters = [meter for meter in summary.meters if meter.usage is not None or meter.usage_before is not None]
    if not meters:
        return
    texts = wording.texts

    def row(name: str, usage: float | None, before: float | None) -> Sequence[str]:
        return (name, energy(usage, texts), energy(before, texts), change(change_of(usage, before), texts))

    rows = [row(meter.name, meter.usage, meter.usage_before) for meter in meters[:MOST_SHOWN]]
    if len(meters) > 1 and summary.usage is not None:
        rows.append(row(texts("summary.total"), summary.usage, summary.usage_before))
    yield mail.Section(texts("summary.usage"))
    heads = ("mail.meter", "summary.this_week", "summary.week_before", "summary.change")
    yield mail.Grid([texts(key) for key in heads], rows, whole=len(heads) - 1)
    yield from and_more(len(meters), wording)


def _credit(summary: Summary, wording: Wording) -> Iterator[mail.Part]:
    meters = [meter for meter in summary.meters if meter.balance is not None]
    if not meters:
        return
    texts = wording.texts
    yield mail.Section(texts("summary.credit"))
    yield mail.Grid(
        [texts(key) for key in ("mail.meter", "summary.balance", "summary.lasts")],
        [(meter.name, balance(meter, texts), days_left(meter, texts)) for meter in meters[:MOST_SHOWN]],
        whole=1,
    )
    yield from and_more(len(meters), wording)
