"""What holds whatever happens: findings, people, broken channels, time, restarts and crashes, at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.csj_meter.alerts.alert import UNACKNOWLEDGED, Alert, AlertState, Changes, alert_id
from custom_components.csj_meter.alerts.desk import Desk
from custom_components.csj_meter.alerts.errors import AlertError
from custom_components.csj_meter.alerts.message import Message, MessageState, Reason
from custom_components.csj_meter.alerts.outbox import Outbox
from custom_components.csj_meter.alerts.settings import FloodControl, QuietHours
from custom_components.csj_meter.anomaly.finding import Finding, name_of
from custom_components.csj_meter.anomaly.kinds import SEVERITIES, Kind, Scope, Severity, State

from .driven import PHONE, SETTINGS, SMS, Driven
from .found import at, found, minute_of

S = AlertState
LEGAL: Final[dict[AlertState | None, set[AlertState]]] = {
    None: {S.SUSPECTED},
    S.SUSPECTED: {S.CONFIRMED, S.ACKNOWLEDGED, S.FALSE_ALARM, S.CLEARED},
    S.CONFIRMED: {S.CONFIRMED, S.ESCALATED, S.ACKNOWLEDGED, S.SHELVED, S.FALSE_ALARM, S.CLEARED},
    S.ESCALATED: {S.CONFIRMED, S.ESCALATED, S.ACKNOWLEDGED, S.SHELVED, S.FALSE_ALARM, S.CLEARED},
    S.ACKNOWLEDGED: {S.CONFIRMED, S.ACKNOWLEDGED, S.SHELVED, S.FALSE_ALARM, S.CLEARED},
    S.SHELVED: {S.CONFIRMED, S.ACKNOWLEDGED, S.SHELVED, S.FALSE_ALARM, S.CLEARED},
    S.FALSE_ALARM: {S.CONFIRMED, S.ACKNOWLEDGED, S.SHELVED, S.FALSE_ALARM, S.CLEARED},
    S.CLEARED: {S.SUSPECTED, S.CONFIRMED, S.CLEARED},
}
"""State -> what one step may make of it; an answer to what was over holds when it is there again."""

MOST = 5
SITE = replace(
    SETTINGS,
    channels=(replace(PHONE, fallback="sms"), *SETTINGS.channels[1:]),
    flood=FloodControl(most_per_hour=MOST),
    quiet_hours=QuietHours(enabled=True, start=dt.time(12, 5), end=dt.time(12, 40)),
)

facts = st.fixed_dictionaries(
    {
        "serial": st.sampled_from("ABCDEF"),
        "kind": st.sampled_from([Kind.VOLTAGE_SAG, Kind.OUTAGE, Kind.METER_SILENT]),
        "since": st.integers(0, 3),
    }
)
one_find = st.tuples(
    facts,
    st.sampled_from([State.CONFIRMED, *State]),
    st.sampled_from(Severity),
    st.sampled_from([Scope.INDIVIDUAL, Scope.UNKNOWN, *Scope]),
)
finds = st.tuples(st.just("find"), st.lists(one_find, min_size=1, max_size=6))
verdicts = st.tuples(
    st.just("say"),
    st.sampled_from(["acknowledge", "report_false_alarm", "shelve", "repair", "reopen"]),
    st.integers(0, 30),
)
passing = st.tuples(st.just("pass"), st.sampled_from([0.0, 0.2, 1, 4, 11, 31, 61, 300]))
breaking = st.tuples(st.just("break"), st.sets(st.sampled_from(["phone", "sms", "mail"])))
ending = st.tuples(st.sampled_from(["restart", "crash before sending", "crash after sending", "reconcile"]))
over = st.tuples(st.just("over"), st.integers(0, 30))
sending = st.tuples(st.sampled_from(["channels take long", "channels answer"]))
happenings = st.lists(
    st.one_of(finds, finds, verdicts, verdicts, over, passing, breaking, ending, sending),
    min_size=12,
    max_size=40,
)


class World(Driven):
    """What a random story does to a desk, and what must hold after each of its steps."""

    def __init__(self, path: Path) -> None:
        super().__init__(SITE, path)
        self.standing: dict[str, Finding] = {}
        """Id of its alert -> a finding that is not over, as the engine knows it."""

        self.ever: set[str] = set()
        """Ids of the alerts of all findings."""

        self.excused: set[tuple[str, ...]] = set()
        """What was being sent when everything stopped: it may be said twice."""

        self.last: dict[str, Alert] = {}
        self.slow = False
        self.under_way: list[Message] = []
        """What is being sent, while channels take long."""

    def do(self, happening: tuple) -> None:  # type: ignore[type-arg]
        match happening:
            case "find", some:
                for which, state, severity, scope in some:
                    self.happen(found(state=state, severity=severity, scope=scope, minute=9, **which))
            case "over", number:
                if self.standing:
                    finding = list(self.standing.values())[number % len(self.standing)]
                    self.happen(replace(finding, state=State.CLEARED))
            case "say", verdict, number:
                self.say(verdict, number)
            case _:
                self.live_on(happening)

    def live_on(self, happening: tuple) -> None:  # type: ignore[type-arg]
        """What is about the site, and not about one alert."""
        match happening:
            case ("channels take long",):
                self.slow = True
            case ("channels answer",):
                self.answer()
            case "pass", minutes:
                self.minutes(minutes)
            case "break", channels:
                self.broken = channels
            case ("reconcile",):
                self.did(self.desk.reconcile({name_of(one) for one in self.standing.values()}, self.now))
            case ("restart",):
                before = self.states()
                self.restart()
                assert before.items() <= {**before, **self.states()}.items()
                assert {name for name, state in before.items() if state is not S.CLEARED} <= set(
                    self.states()
                )
            case ("crash before sending",):
                # written down as being sent, and nobody knows whether it went
                self.did(Changes(), delivers=False)
                self.crash()
            case ("crash after sending",):
                self.did(Changes(), keeps=False)
                self.crash()

    def answer(self) -> None:
        """Let channels say how it went that have taken long."""
        self.slow = False
        for message in self.under_way:
            if message.channel in self.broken:
                self.desk.outbox.failed(message.id, "broken", self.now)
            else:
                self.heard.append((self.now, message))
                self.desk.outbox.delivered(message.id, self.now)
        self.under_way.clear()
        self.did(Changes())

    def restart(self) -> None:
        """Whoever closes waits for what is under way."""
        if self.under_way:
            self.answer()
        super().restart()

    def crash(self) -> None:
        assert self.store is not None
        self.slow = False
        self.under_way.clear()
        on_disk = self.store.kept(self.now, dt.timedelta(days=1)).messages
        for message in on_disk:
            if message.state is MessageState.SENDING:
                self.excused |= said(message, on_disk)
        self.restart()

    def happen(self, finding: Finding) -> None:
        finding = replace(finding, at=max(finding.since, minute_of(self.now)))
        name = alert_id(finding)
        self.ever.add(name)
        if finding.state is State.CLEARED:
            self.standing.pop(name, None)
        else:
            self.standing[name] = finding
        self.find(finding)
        alert = self.desk.find(name)
        if finding.state is not State.CLEARED:
            assert alert is not None, "a finding without an alert"
            assert alert.is_open or alert.repaired_at is not None
        else:
            assert alert is None or not alert.is_open

    def say(self, verdict: str, number: int) -> None:
        alerts = sorted(self.desk.alerts, key=lambda alert: alert.id)
        if not alerts:
            return
        alert = alerts[number % len(alerts)].id
        desk, now = self.desk, self.now
        steps: dict[str, Callable[[], Changes]] = {
            "acknowledge": lambda: desk.acknowledge(alert, "Ada", now),
            "report_false_alarm": lambda: desk.report_false_alarm(alert, "Ada", now),
            "shelve": lambda: desk.shelve(alert, now + dt.timedelta(minutes=40), "Ada", now),
            "repair": lambda: desk.repair(alert, "Ada", now),
            "reopen": lambda: desk.reopen(alert, now),
        }
        try:
            changes = steps[verdict]()
        except AlertError:
            changes = Changes()
        self.did(changes)

    # what must hold

    def did(self, changes: Changes, *, keeps: bool = True, delivers: bool = True) -> None:
        for event in changes.events:
            before = self.last.get(event.alert.id)
            assert event.alert.state in LEGAL[None if before is None else before.state], (before, event)
            self.last[event.alert.id] = event.alert
        begun = len(self.begun)
        super().did(changes, keeps=keeps, delivers=delivers and not self.slow)
        self.look(self.begun[begun:])
        if self.slow:
            self.under_way += [message for _, message in self.begun[begun:]]
            if keeps:
                self.keep()

    def look(self, begun: list[tuple[dt.datetime, Message]]) -> None:
        alerts = self.desk.alerts
        assert len({alert.id for alert in alerts}) == len(alerts)
        by_id = {alert.id: alert for alert in alerts}
        for alert in alerts:
            if alert.is_area:
                standing = [one for one in alerts if one.area == alert.id and one.is_open]
                assert alert.is_open == bool(standing), "an area alert is open while a member is"
                assert set(alert.members) >= {one.id for one in standing}
            else:
                assert alert.id in self.ever, "an alert that stems from no finding"
                assert alert.id == alert_id(alert.finding)
                if alert.is_open and alert.area is not None:
                    assert by_id[alert.area].is_open
            if alert.is_active:
                assert self.last[alert.id].state is alert.state, "a step that nobody was told of"
        for _, message in begun:
            if not message.sounds:
                continue
            parts = [self.desk.outbox.get(part) for part in message.parts] or [message]
            for part in parts:
                assert part is not None
                for told in part.alerts if part.sounds else ():
                    now = by_id[told]
                    chatters = now.chattering and part.reason is Reason.CHATTERING
                    assert now.state in UNACKNOWLEDGED or chatters, "seen to, or over"
                    assert now.area is None, "the circuit speaks for it"

    def look_at_the_end(self) -> None:
        for step, times in Counter(
            what for _, message in self.heard for what in said(message, list(self.desk.outbox))
        ).items():
            assert times == 1 or step in self.excused, f"delivered {times} times: {step}"
        for person in ("Ada", "Bob"):
            sounds = [when for when, one in self.heard if one.person == person and one.sounds]
            for first, later in zip(sounds, sounds[MOST:], strict=False):
                assert later - first >= dt.timedelta(hours=1), "too much for one person"


def said(message: Message, known: list[Message]) -> set[tuple[str, ...]]:
    """What a message says over its channel, of each alert."""
    by_id = {one.id: one for one in known}
    parts = [by_id[part] for part in message.parts if part in by_id] or [message]
    return {(message.channel, part.reason, part.step, *part.alerts) for part in parts}


@contextmanager
def world() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        made = World(Path(folder) / "alerts.db")
        yield made
        assert made.store is not None
        made.store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=happenings)
def test_whatever_happens(story: list[tuple]) -> None:  # type: ignore[type-arg]
    with world() as site:
        for happening in story:
            site.do(happening)
        site.answer()
        site.minutes(90)
        site.look_at_the_end()


@settings(max_examples=20, deadline=None)
@given(story=happenings)
def test_time_never_stands_still(story: list[tuple]) -> None:  # type: ignore[type-arg]
    """Whatever is due is done when it is looked at: nothing is due in the past for ever."""
    with world() as site:
        for happening in story:
            site.do(happening)
        site.answer()
        site.now += dt.timedelta(seconds=1)
        for _ in range(8):  # levels of escalation that are overdue come one after the other
            site.did(site.desk.tick(site.now))
        due = site.desk.next_due(site.now)
        assert due is None or due > site.now


@given(severities=st.lists(st.sampled_from(SEVERITIES), min_size=1, max_size=60), most=st.integers(4, 40))
def test_what_is_too_much_comes_together_and_nothing_is_left_out(
    severities: list[Severity], most: int
) -> None:
    outbox = Outbox(replace(SETTINGS, flood=FloodControl(most_per_hour=most)), dt.UTC)
    desk = Desk(SETTINGS, dt.UTC)
    desk.take([found(str(number), severity=one) for number, one in enumerate(severities)], at(0))
    for message in desk.outbox:
        if message.channel == SMS.id:
            outbox.add(
                message.reason, SMS, message.alerts, at(0), severity=message.severity, step=message.step
            )
    told: set[str] = set()
    for message in outbox.due(at(0)):
        told.update(message.alerts)
    expected = {alert for message in outbox for alert in message.alerts}
    assert told == expected
