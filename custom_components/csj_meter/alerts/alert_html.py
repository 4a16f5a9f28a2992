"""A mail about alerts, as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import datetime as dt
from typing import Final

from . import mail
from .alert import Alert
from .mail_wording import MAIL_TEXTS, about, measured, moment, standing, usual
from .message import AFTERWARDS, Message, Reason
from .wording import KINDS, SEVERITIES, Wording

MOST_SHOWN: Final = 20
"""Entries of a list; who gets more looks into Home Assistant."""

LONGEST_PREVIEW: Final = 200
"""No list of mails shows more."""


def alert_html(
    wording: Wording,
    message: Message,
    alerts: Sequence[Alert],
    members: Mapping[str, Sequence[Alert]],
    now: dt.datetime,
    *,
    open_url: str | None = None,
) -> str:
    """The whole mail; ``alerts``: those that the message tells of, the worst first.

    ``open_url``: complete address in Home Assistant that its button leads to; without one there is none.
    """
    return mail.to_html(_AlertMail(wording, message, alerts, members, now).whole(open_url))


def tone_of(alert: Alert) -> mail.Tone:
    """How bad it is, at a glance."""
    return mail.TONES[alert.severity] if alert.is_open else mail.Tone.OVER


def and_more(count: int) -> Iterator[mail.Part]:
    """That a list goes on, where it does."""
    if (more := count - MOST_SHOWN) > 0:
        yield mail.Paragraph(MAIL_TEXTS["and_more"].format(count=more), muted=True)


class _AlertMail:
    """One mail."""

    def __init__(
        self,
        wording: Wording,
        message: Message,
        alerts: Sequence[Alert],
        members: Mapping[str, Sequence[Alert]],
        now: dt.datetime,
    ) -> None:
        self._wording = wording
        self._message = message
        self._alerts = () if message.reason is Reason.TEST else tuple(alerts)
        self._members = members
        self._now = now

    def whole(self, open_url: str | None) -> mail.Mail:
        """All of it."""
        wording, message = self._wording, self._message
        tone, label, heading = self._head()
        parts = list(self._parts())
        if open_url is not None:
            parts.append(mail.Button(MAIL_TEXTS["open_button"], open_url, tone))
        return mail.Mail(
            title=wording.message_title(message, self._alerts),
            preview=wording.message_text(message, self._alerts, self._now, self._members)[:LONGEST_PREVIEW],
            tone=tone,
            label=label,
            heading=heading,
            parts=parts,
            foot=MAIL_TEXTS["foot"].format(at=moment(self._now, wording.zone)),
        )

    def _head(self) -> tuple[mail.Tone, str, str]:
        """Tone, label and heading."""
        if not self._alerts:
            return mail.Tone.CALM, MAIL_TEXTS["test_label"], MAIL_TEXTS["test_heading"]
        worst = self._alerts[0]
        tone, label = tone_of(worst), SEVERITIES[worst.severity] if worst.is_open else MAIL_TEXTS["over"]
        if self._message.drill:
            tone, label = mail.Tone.DRILL, f"{MAIL_TEXTS['drill']} · {label}"
        if len(self._alerts) > 1:
            return tone, label, MAIL_TEXTS["count_alerts"].format(count=len(self._alerts))
        return tone, label, f"{KINDS[worst.kind]}, {self._wording.where(worst)}"

    def _parts(self) -> Iterator[mail.Part]:
        if not self._alerts:
            yield mail.Paragraph(self._wording.message_text(self._message, (), self._now))
            return
        if self._message.drill:
            yield mail.Banner(MAIL_TEXTS["drill"], MAIL_TEXTS["drill_text"], mail.Tone.DRILL)
        if len(self._alerts) == 1:
            yield from self._one(self._alerts[0])
        else:
            yield from self._many()

    def _one(self, alert: Alert) -> Iterator[mail.Part]:
        wording, zone = self._wording, self._wording.zone
        why = wording.why(self._message.reason, alert, self._now)
        if not alert.is_open:
            yield mail.Paragraph(why or wording.how_it_ended(alert), strong=True)
        elif why:
            yield mail.Banner(why, "", tone_of(alert))
        yield mail.Paragraph(about(alert, zone), strong=alert.is_open and not why)
        acts = alert.is_open and self._message.reason not in AFTERWARDS
        if acts and (action := wording.action(alert)):
            yield mail.Banner(MAIL_TEXTS["action"], action, tone_of(alert))
        yield mail.Facts(self._facts(alert))
        if acts and (causes := wording.causes(alert)):
            yield mail.Section(MAIL_TEXTS["causes"])
            yield mail.Bullets(causes)
        if members := self._members.get(alert.id, ()):
            yield from self._area(members)

    def _facts(self, alert: Alert) -> list[tuple[str, str]]:
        zone = self._wording.zone
        pairs = [
            ("measured", measured(alert, zone)),
            ("usual", usual(alert, zone)),
            ("phase", None if alert.finding.phase is None else f"{alert.finding.phase}"),
            ("since", moment(alert.since, zone)),
            ("scope", self._wording.scope(alert).rstrip(".")),
            ("state", standing(alert, zone) if alert.is_open else None),
            ("work_order", alert.ticket),
        ]
        return [(MAIL_TEXTS[key], value) for key, value in pairs if value]

    def _area(self, members: Sequence[Alert]) -> Iterator[mail.Part]:
        zone = self._wording.zone
        shown = sorted(members, key=lambda member: (self._wording.where(member), member.id))
        yield mail.Section(MAIL_TEXTS["members"])
        yield mail.Grid(
            [MAIL_TEXTS[key] for key in ("meter", "measured", "since")],
            [
                (
                    self._wording.where(member),
                    measured(member, zone) or MAIL_TEXTS["nothing_known"],
                    f"{member.since.astimezone(zone):%H:%M}",
                )
                for member in shown[:MOST_SHOWN]
            ],
        )
        yield from and_more(len(shown))

    def _many(self) -> Iterator[mail.Part]:
        wording = self._wording
        yield mail.Listing(
            [
                mail.Entry(
                    tone=tone_of(alert),
                    title=wording.title(alert),
                    text=f"{about(alert, wording.zone)} "
                    + MAIL_TEXTS["since_moment"].format(at=moment(alert.since, wording.zone)),
                )
                for alert in self._alerts[:MOST_SHOWN]
            ]
        )
        yield from and_more(len(self._alerts))
