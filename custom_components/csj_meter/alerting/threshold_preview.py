"""What another threshold would have found in the last month, so that nobody has to guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
import datetime as dt
from typing import Final

from homeassistant.core import HomeAssistant

from ..alerts.alert import Alert
from ..anomaly.finding import Finding
from ..anomaly.kinds import Kind, State
from ..detection.replay import async_replay
from ..detection.what_if import LOOKED_BACK
from ..meters.sample import minute_of
from ..site_settings import async_site_settings
from ..telemetry.series import DAY

PREVIEW_DAYS: Final = LOOKED_BACK // DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What was looked at, with the threshold that holds and with another one."""

    threshold: float
    """The other one."""

    times_now: int
    """How often the kind was found on the meter, with the threshold that holds."""

    times_then: int
    """The same with the other one."""

    still_found: bool
    """Whether the alert in question would have come all the same."""


async def async_preview(hass: HomeAssistant, alert: Alert, threshold: float, now: dt.datetime) -> Preview:
    """Look at the last month of the meter of an alert twice. Raises TelemetryUnavailableError."""
    settings = (await async_site_settings(hass)).detection
    kind, serial = alert.kind, alert.finding.serial
    until = minute_of(now.timestamp())
    since = until - LOOKED_BACK
    other = settings.with_threshold(kind, serial, threshold)
    found_now = await async_replay(hass, {serial}, since, until, settings)
    found_then = await async_replay(hass, {serial}, since, until, other)
    return Preview(
        threshold=threshold,
        times_now=len(_spans(found_now, kind, until)),
        times_then=len(spans := _spans(found_then, kind, until)),
        still_found=any(begin <= alert.finding.at and alert.finding.since <= end for begin, end in spans),
    )


def _spans(findings: Iterable[Finding], kind: Kind, until: int) -> list[tuple[int, int]]:
    """First and last minute of each finding of a kind that was confirmed."""
    spans: dict[tuple[int | None, int], int] = {}
    for finding in findings:
        name = (finding.phase, finding.since)
        if finding.kind is not kind:
            continue
        if finding.state is State.CONFIRMED:
            spans[name] = until
        elif finding.state is State.CLEARED and name in spans:
            spans[name] = finding.at
    return [(begin, end) for (_, begin), end in spans.items()]
