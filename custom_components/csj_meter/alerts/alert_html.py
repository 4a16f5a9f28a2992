"""A mail about alerts, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import datetime as dt
from html import escape

from .alert import Alert
from .message import Message
from .wording import Wording


def alert_html(
    wording: Wording,
    message: Message,
    alerts: Sequence[Alert],
    members: Mapping[str, Sequence[Alert]],
    now: dt.datetime,
) -> str:
    """The whole mail; ``alerts``: those that the message tells of, the worst first."""
    title = escape(wording.message_title(message, alerts))
    text = escape(wording.message_text(message, alerts, now, members))
    return f"<html><body><h1>{title}</h1><p>{text}</p></body></html>"
