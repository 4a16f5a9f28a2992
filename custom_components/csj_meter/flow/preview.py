"""What other settings of detection would have told of the last days, next to what the present ones would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..alerting.names import names_of
from ..alerts.wording import Wording
from ..anomaly.finding import Finding
from ..anomaly.kinds import SEVERITIES, Kind
from ..anomaly.settings import Settings
from ..anomaly.wording import message
from ..const import DOMAIN
from ..detection.fleet import fleet_of
from ..detection.place import Place
from ..detection.stored_rows import first_minute
from ..detection.what_if import LOOKED_BACK, async_compare
from ..history.telemetry import async_telemetry
from ..language import dates
from ..meters.sample import minute_of, moment_of
from ..site_texts import current_texts
from .words import KIND, SEVERITY, Words, listed

LAST: Final = 5
"""Findings that are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would have been told."""

    since: int
    """The first minute of it that anything was measured in."""

    now: list[Finding]
    """With the settings that hold."""

    then: list[Finding]
    """With the others."""

    def table(self, words: Words) -> str:
        """The rows of a table: kind, severity, how often with the present settings, and with the others."""
        counts = [Counter((one.kind, one.severity) for one in found) for found in (self.now, self.then)]
        pairs = [
            (kind, severity)
            for severity in reversed(SEVERITIES)
            for kind in Kind
            if any(count[kind, severity] for count in counts)
        ]
        rows = [
            f"| {words.option(KIND, kind)} | {words.option(SEVERITY, severity)} "
            f"| {counts[0][kind, severity]} | {counts[1][kind, severity]} |"
            for kind, severity in pairs
        ]
        return "\n".join(rows) or f"| {words.phrase('nothing')} | | 0 | 0 |"

    def last(self, hass: HomeAssistant) -> str:
        """The newest findings with the other settings, the newest first."""
        wording = Wording(
            texts=current_texts(hass), zone=dt_util.get_default_time_zone(), names=names_of(hass)
        )
        return listed(_line(finding, wording) for finding in self.then[: -LAST - 1 : -1])


def _line(finding: Finding, wording: Wording) -> str:
    when = moment_of(finding.at).astimezone(wording.zone)
    where = wording.names.get(finding.serial, finding.serial)
    return (
        f"{dates.moment(wording.texts, when)} **{where}**: {wording.kind(finding.kind)} "
        f"({wording.severity(finding.severity)}). {message(wording.texts, finding, wording.zone)}"
    )


async def async_preview(
    hass: HomeAssistant, place: Place, now: Settings, then: Settings, tell: Callable[[float], None]
) -> Preview | None:
    """What ``then`` would have told of the meters of a place in the last days, and what ``now`` would.

    None when nothing was measured in that time. ``tell`` hears how far it is, 0..1. It takes many seconds.
    Raises TelemetryUnavailableError.
    """
    fleet = fleet_of(hass, now)
    until = minute_of(dt_util.utcnow().timestamp())
    telemetry = await async_telemetry(hass)
    since = await telemetry.async_read(partial(first_minute, place.covered(fleet), until - LOOKED_BACK))
    if since is None:
        return None
    found = await async_compare(hass, place, now, then, since, until, halfway=lambda: tell(0.5))
    tell(1.0)
    return Preview(since, found.now, found.then)


def can_look_back(hass: HomeAssistant) -> bool:
    """Whether a bridge is set up: its measurements are open."""
    return bool(hass.config_entries.async_loaded_entries(DOMAIN))
