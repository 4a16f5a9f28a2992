"""The judge sees what is wrong with alerts and money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import Actor

from .clock import EPOCH
from .judge import EXPOSED, OVER, Judge
from .plan import Site
from .run import Booking, Episode, Run
from .world import World


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    run = Run.new(tmp_path, 1, Site(meters=3), 1)
    return Judge(run, World(run))


def serial_of(judge: Judge) -> str:
    return next(iter(judge.world.meters))


@pytest.mark.parametrize(("alerts", "problem"), [(0, "0 alerts"), (1, None), (2, "2 alerts")])
def test_a_fault_has_exactly_one_alert(judge: Judge, alerts: int, problem: str | None) -> None:
    run, serial = judge.run, serial_of(judge)
    run.episodes.append(opened(serial, EPOCH))
    for number in range(alerts):
        for step in ("confirmed", "cleared"):
            run.alerts.append(alert(step, serial, str(number)))
    judge.look_at_alerts()
    assert bool(run.violations) is (problem is not None)
    assert problem is None or problem in run.violations[0]


@pytest.mark.parametrize("lasts", [True, False])
def test_an_alert_that_was_there_before_is_about_the_fault_as_well_if_it_lasts(
    judge: Judge, lasts: bool
) -> None:
    run, serial = judge.run, serial_of(judge)
    since = EPOCH + 7200
    run.episodes.append(opened(serial, since))
    run.alerts.append(alert("confirmed", serial, "1"))
    run.alerts.append({**alert("cleared", serial, "1"), "true": since + (1900 if lasts else -900)})
    judge._judge(run.episodes[0])
    assert len(run.violations) == (0 if lasts else 1)


@pytest.mark.parametrize("hours", [0, 2])
def test_an_alert_clears_when_its_meter_can_be_heard_again(judge: Judge, hours: int) -> None:
    run, serial = judge.run, serial_of(judge)
    episode = opened(serial, EPOCH)
    episode.heard_from = episode.until + 3600 * hours
    run.episodes.append(episode)
    run.alerts += [
        alert("confirmed", serial, "1"),
        {**alert("cleared", serial, "1"), "true": episode.until + 7200 + 300},
    ]
    judge._judge(episode)
    assert bool(run.violations) is (hours == 0)


def test_an_alert_without_a_reason_is_seen(judge: Judge) -> None:
    judge.run.alerts.append(alert("confirmed", serial_of(judge), "1"))
    judge.look_at_alerts()
    assert "without a reason" in judge.run.violations[0]


def opened(serial: str, since: float) -> Episode:
    """The cover of a meter was open for half an hour."""
    return Episode(
        fault="cover_opened",
        serial=serial,
        line=0,
        since=since,
        until=since + 1800,
        exposed=EXPOSED,
        after=OVER,
    )


def alert(step: str, serial: str, name: str) -> dict[str, Any]:
    return {
        "type": step,
        "alert_id": name,
        "kind": "tamper",
        "serial": serial,
        "message": "Opened",
        "true": EPOCH + 300,
        "seen": False,
    }


def test_money_that_only_one_of_both_knows_is_seen(judge: Judge, tmp_path: Path) -> None:
    path, serial = tmp_path / "ledger.db", serial_of(judge)
    ledger = Ledger.at(path)
    actor, at = Actor(id=None, name="Ada"), dt.datetime.fromtimestamp(EPOCH, dt.UTC)
    ledger.correct(serial, Decimal("5.00"), "EUR", actor=actor, at=at, note="none of the meter's", key=None)
    assert [one.amount for one in ledger.movements()] == [Decimal("5.00")]
    ledger.close()
    judge.run.booked.append(Booking(serial=serial, count=1, cents=1000, rival=False))
    judge.look_at_money(path)
    assert "got 10.00" in judge.run.violations[0]
