"""Which figures an alert keeps, while its finding is told again, is over, and after a restart."""

from __future__ import annotations

from pathlib import Path

from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.alerts.told_figures import with_worst
from custom_components.csj_meter.anomaly.finding import Standing, Witness
from custom_components.csj_meter.anomaly.kinds import Scope, Severity, State

from .driven import Driven
from .found import found

SEEN = (Witness(serial="B", standing=Standing.NORMAL, since=1, value=230.0),)


def test_what_is_over_keeps_what_was_measured_and_what_the_neighbours_showed() -> None:
    confirmed = found(value=20.4, low=None, high=8.0, score=2.55, witnesses=SEEN)
    kept = with_worst(
        confirmed, found(state=State.CLEARED, minute=40, value=0.06, low=None, high=8.0, score=0.0)
    )

    assert (kept.value, kept.high, kept.score, kept.witnesses) == (20.4, 8.0, 2.55, SEEN)
    assert (kept.state, kept.at - confirmed.at) == (State.CLEARED, 38)
    assert kept.advice.params["minutes"] == 40, "how long it has lasted goes on"


def test_the_worst_that_was_told_stays() -> None:
    before = found(value=165.0, score=1.6, witnesses=SEEN)
    milder = with_worst(before, found(minute=5, value=175.0, score=1.1, scope=Scope.AREA))
    worse = with_worst(before, found(minute=5, value=120.0, score=3.0))

    assert (milder.value, milder.score) == (165.0, 1.6)
    assert milder.scope is Scope.AREA, "how far it reaches is as it is known now"
    assert (worse.value, worse.score, worse.witnesses) == (120.0, 3.0, SEEN)


def test_neighbours_that_were_asked_again_count() -> None:
    later = (Witness(serial="B", standing=Standing.ABNORMAL, since=2, value=170.0),)

    assert with_worst(found(witnesses=SEEN), found(minute=3, witnesses=later)).witnesses == later


def test_what_had_no_figures_has_none_when_it_is_over() -> None:
    silent = found(value=None, low=None, score=None)
    over = with_worst(silent, found(state=State.CLEARED, minute=9, value=230.0, low=None, score=0.0))

    assert (over.value, over.score) == (None, None)


def test_an_alert_has_the_worst_that_was_told_when_it_is_over_and_after_a_restart(tmp_path: Path) -> None:
    site = Driven(path=tmp_path / "alerts.db")
    site.find(found(value=175.0, score=1.1, severity=Severity.WARNING, witnesses=SEEN))
    site.find(found(minute=4, value=150.0, score=2.0, severity=Severity.CRITICAL))
    site.find(found(minute=5, value=178.0, score=1.01))
    site.find(found(state=State.CLEARED, minute=9, value=230.0, score=0.0))
    site.restart()

    assert site.stands(AlertState.CLEARED)
    assert (site.one.finding.value, site.one.finding.score) == (150.0, 2.0)
    assert site.one.finding.witnesses == SEEN
