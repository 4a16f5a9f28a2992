"""Which alerts an automation is about: the options that triggers and conditions share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
import probatio

from ..alerts.alert import Alert
from ..anomaly.kinds import Kind, Severity

CONF_SEVERITY: Final = "severity"
CONF_KIND: Final = "kind"
CONF_REACH: Final = "reach"
CONF_INCLUDE_DRILLS: Final = "include_drills"


class Reach(StrEnum):
    """How far an alert reaches, as people choose it."""

    ANY = "any"
    """Meters and circuits."""

    INDIVIDUAL = "individual"
    """Single meters."""

    AREA = "area"
    """Whole circuits."""


def _several_of(words: Iterable[StrEnum]) -> Any:
    return probatio.All(probatio.EnsureList(), [probatio.In([word.value for word in words])])


ALERT_OPTIONS: Final[dict[probatio.Marker, Any]] = {
    probatio.Optional(CONF_SEVERITY, default=list): _several_of(Severity),
    probatio.Optional(CONF_KIND, default=list): _several_of(Kind),
    probatio.Optional(CONF_REACH, default=Reach.ANY.value): probatio.In([reach.value for reach in Reach]),
    probatio.Optional(CONF_INCLUDE_DRILLS, default=False): cv.boolean,
}
"""Nothing chosen of severities or kinds is all of them."""


class AlertChoice:
    """The options, read."""

    def __init__(self, options: ConfigType) -> None:
        """``options`` have gone through ``ALERT_OPTIONS``."""
        self._severities = frozenset(options[CONF_SEVERITY] or Severity)
        self._kinds = frozenset(options[CONF_KIND] or Kind)
        self._reach = Reach(options[CONF_REACH])
        self._drills: bool = options[CONF_INCLUDE_DRILLS]

    def fits(self, alert: Alert) -> bool:
        """Whether it is about an alert. A circuit speaks for its members, so never about them."""
        return (
            alert.is_told
            and alert.severity in self._severities
            and alert.kind in self._kinds
            and (self._drills or not alert.drill)
            and (self._reach is Reach.ANY or alert.is_area == (self._reach is Reach.AREA))
        )


def concerns(serials: Collection[str] | None, alert: Alert, members: Iterable[Alert]) -> bool:
    """Whether an alert is about one of these meters; None for all there are."""
    if serials is None:
        return True
    if alert.is_area:
        return any(member.finding.serial in serials for member in members)
    return alert.finding.serial in serials
