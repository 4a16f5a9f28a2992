"""Repair issues of alerts: one for each that somebody at the site can do something about.

They come and go with the alerts, and are no memory of their own: after a restart they are made anew from what
the desk knows. ``alert_repairs`` is the dialogue behind them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from types import MappingProxyType
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ..alerts.alert import UNACKNOWLEDGED, Alert
from ..alerts.families import is_actionable
from ..alerts.wording import Wording
from ..anomaly.kinds import Severity
from ..const import DOMAIN

ISSUE_ALERT: Final = "alert"
"""What the data of such an issue say of its kind, and its translation key."""

MOST_ISSUES: Final = 20
"""Issues at once: of more, nobody reads any."""

SEVERITIES: Final = MappingProxyType(
    # "critical" of Home Assistant is for true panic: an outage of one home is none to the others
    {Severity.CRITICAL: ir.IssueSeverity.ERROR, Severity.WARNING: ir.IssueSeverity.WARNING}
)
"""Severity of an alert -> that of its issue; what is only good to know has none."""

_IGNORED: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_ignored_alert_issues")
"""Ids of issues that people want to see no more, while they are gone because the bridge is being reloaded."""


def issue_id_of(alert_id: str) -> str:
    """Id of the issue of an alert."""
    return f"{ISSUE_ALERT}_{alert_id}"


def has_issue(alert: Alert) -> bool:
    """Whether an alert waits for somebody at the site who can act."""
    return (
        alert.is_told
        and alert.state in UNACKNOWLEDGED
        and alert.severity in SEVERITIES
        and is_actionable(alert)
    )


class AlertIssues:
    """The issues that are there now."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._shown: set[str] = set()
        self._ignored = hass.data.setdefault(_IGNORED, set())

    @callback
    def show(self, active: Iterable[Alert], wording: Wording) -> None:
        """Have an issue for each of ``active``, the worst first, that asks for somebody; and no other."""
        asking = (alert for alert in active if has_issue(alert))
        wanted = {
            issue_id_of(alert.id): alert
            # a drill takes no place from what is real
            for alert in islice(sorted(asking, key=lambda alert: alert.drill), MOST_ISSUES)
        }
        for issue_id in self._shown - wanted.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id, alert in wanted.items():
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id,
                data={"kind": ISSUE_ALERT, "alert": alert.id},
                is_fixable=True,
                severity=SEVERITIES[alert.severity],
                translation_key="alert",
                translation_placeholders={"title": wording.title(alert)},
            )
            if issue_id in self._ignored:
                ir.async_ignore_issue(self._hass, DOMAIN, issue_id, ignore=True)
        self._shown = set(wanted)
        self._ignored.clear()

    @callback
    def clear(self) -> None:
        """Take them all away: there is nobody who could do what the dialogues offer.

        When Home Assistant stops it forgets them by itself, but for those that people ignore.
        """
        if self._hass.is_stopping:
            return
        registry = ir.async_get(self._hass)
        for issue_id in self._shown:
            issue = registry.async_get_issue(DOMAIN, issue_id)
            if issue is not None and issue.dismissed_version is not None:
                self._ignored.add(issue_id)
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        self._shown = set()
