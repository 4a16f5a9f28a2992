"""What other settings of detection would have told of days in the store, and what the present ones would."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant

from ..anomaly.finding import Finding, FindingName, name_of
from ..anomaly.kinds import State, is_worse
from ..anomaly.settings import Settings
from ..telemetry.series import DAY
from .fleet import fleet_of
from .place import Place
from .replay import ReplayControl, async_replay

LOOKED_BACK: Final = 30 * DAY
"""Minutes that are looked at where nobody says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was confirmed at a place, each finding once and as bad as it got, oldest first."""

    now: list[Finding]
    """With the settings that hold."""

    then: list[Finding]
    """With the others."""


async def async_compare(
    hass: HomeAssistant,
    place: Place,
    now: Settings,
    then: Settings,
    since: int,
    until: int,
    *,
    control: ReplayControl | None = None,
    halfway: Callable[[], None] | None = None,
) -> Comparison:
    """Replay the minutes from ``since`` to before ``until`` with both settings.

    Other meters of the circuit bear witness, and nothing is told of them. ``halfway`` is called in between.
    It takes many seconds; raises as ``async_replay``.
    """
    fleet = fleet_of(hass, now)
    covered = frozenset(place.covered(fleet))
    found: list[list[Finding]] = []
    for settings in (now, then):
        if found and halfway is not None:
            halfway()
        findings = await async_replay(hass, place.serials(fleet), since, until, settings, control)
        found.append(confirmed(findings, covered))
    return Comparison(now=found[0], then=found[1])


def confirmed(findings: Iterable[Finding], serials: Collection[str]) -> list[Finding]:
    """What was confirmed of some meters, each once and as bad as it got, oldest first."""
    worst: dict[FindingName, Finding] = {}
    for finding in findings:
        if finding.state is not State.CONFIRMED or finding.serial not in serials:
            continue
        name = name_of(finding)
        known = worst.setdefault(name, finding)
        if is_worse(finding.severity, known.severity):
            worst[name] = finding
    return sorted(worst.values(), key=lambda finding: finding.at)
