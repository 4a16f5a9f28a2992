"""Messages: once to the person, over another channel when one fails; after a crash neither twice nor lost."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest

from custom_components.csj_meter.alerts.alert import Changes
from custom_components.csj_meter.alerts.message import MessageState, Reason
from custom_components.csj_meter.alerts.outbox import Outbox, channels_failing
from custom_components.csj_meter.alerts.settings import AlertSettings, FloodControl, QuietHours, Route
from custom_components.csj_meter.alerts.waits import RETRIES
from custom_components.csj_meter.anomaly.kinds import Severity, State

from .driven import MAIL, PHONE, SETTINGS, SMS, Driven
from .found import START, at, found

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING
PHONE_THEN_TEXT = replace(
    SETTINGS,
    channels=(replace(PHONE, fallback="sms"), SMS, MAIL),
    routes=(Route(severities=tuple(Severity), channels=("phone",)),),
)
"""A text only where the phone fails."""


def sending(settings: AlertSettings, path: Path, severity: Severity = CRITICAL) -> Driven:
    """A site at which everything stopped between writing down and sending."""
    site = Driven(settings, path)
    site.did(site.desk.take([found(severity=severity)], site.now), delivers=False)
    return site


def test_what_is_critical_goes_over_the_other_channel_at_once() -> None:
    site = Driven(PHONE_THEN_TEXT)
    site.broken = {"phone"}
    site.find(found())
    site.minutes(0)

    assert site.told == ["confirmed sms"]
    assert site.now == START
    failed, stand_in = list(site.desk.outbox)
    assert (failed.state, stand_in.stands_in_for) == (MessageState.FAILED, failed.id)


@pytest.mark.parametrize(("person", "hears"), [("Ada", True), ("Caretaker", False)])
def test_a_letter_is_for_nobody_but_its_reader(person: str, hears: bool) -> None:
    channels = (replace(PHONE, person="Ada", fallback="sms"), replace(SMS, person=person), MAIL)
    outbox = Outbox(replace(SETTINGS, channels=channels), dt.UTC)
    outbox.add(Reason.LETTER, channels[0], (), START, step="statement")

    now = START
    while (moment := outbox.next_due(now)) is not None and not any(one.channel == "sms" for one in outbox):
        now = max(now, moment)
        for one in outbox.due(now):
            outbox.failed(outbox.begin(one).id, "the app is gone", now)

    phone, *others = outbox
    assert (phone.state, [one.channel for one in others]) == (MessageState.FAILED, ["sms"] * hears)


def test_anything_else_is_tried_again_first() -> None:
    site = Driven(PHONE_THEN_TEXT)
    site.broken = {"phone"}
    site.find(found(severity=WARNING))
    site.minutes(1)
    assert site.told == []
    site.minutes(1)

    assert site.told == ["confirmed sms"]
    assert [when for when, one in site.begun if one.channel == "phone"] == [
        START,
        START + RETRIES[0],
        START + RETRIES[0] + RETRIES[1],
    ]


def test_without_another_channel_waits_get_longer_until_it_is_given_up() -> None:
    site = Driven(replace(PHONE_THEN_TEXT, channels=(PHONE,), flood=FloodControl(most_per_hour=120)))
    site.broken = {"phone"}
    site.find(found(severity=WARNING))
    site.minutes(120)

    tries = [when for when, _ in site.begun]
    assert tuple(later - first for first, later in pairwise(tries)) == RETRIES
    assert [message.state for message in site.desk.outbox] == [MessageState.FAILED]
    assert channels_failing(site.desk.outbox) == {"phone": "broken"}
    site.broken = set()
    site.find(found("B", severity=WARNING))
    assert channels_failing(site.desk.outbox) == {}


def test_nobody_gets_a_text_twice_because_the_phone_has_failed() -> None:
    both = replace(PHONE_THEN_TEXT, routes=(Route(severities=tuple(Severity), channels=("phone", "sms")),))
    site = Driven(both)
    site.broken = {"phone"}
    site.find(found())
    site.minutes(5)

    assert site.told == ["confirmed sms"]


def test_what_came_together_goes_over_the_other_channel_once_as_well() -> None:
    site = Driven(PHONE_THEN_TEXT)
    site.broken = {"phone"}
    site.find(*(found(str(number)) for number in range(30)))
    site.minutes(5)

    told = [alert for _, message in site.heard for alert in message.alerts]
    assert len(told) == len(set(told)) == 30
    assert {message.channel for _, message in site.heard} == {"sms"}


def test_who_sees_to_it_meanwhile_is_not_told_over_the_other_channel() -> None:
    site = Driven(PHONE_THEN_TEXT)
    site.did(site.desk.take([found()], site.now), delivers=False)
    (_, message), *_ = site.begun
    site.did(site.desk.acknowledge(site.one.id, "Bob", at(1)))
    site.desk.outbox.failed(message.id, "no signal", at(1))
    site.minutes(5)

    assert site.pages == []


def test_what_says_how_it_went_on_is_overtaken_by_what_happens_next() -> None:
    site = Driven(PHONE_THEN_TEXT)
    site.find(found(severity=WARNING))
    site.broken = {"phone"}
    site.did(site.desk.acknowledge(site.one.id, "Ada", site.now))
    site.find(found(minute=3))
    site.broken = set()
    site.minutes(5)

    assert site.told == ["confirmed phone", "worsened sms"]


def test_what_is_too_old_says_nothing_any_more() -> None:
    site = Driven(replace(PHONE_THEN_TEXT, channels=(PHONE,)))
    site.desk.take([found()], site.now)
    site.now = START + dt.timedelta(days=1, seconds=1)
    site.did(Changes())

    assert site.begun == []
    assert [message.error for message in site.desk.outbox] == ["too old"]


def test_of_a_channel_that_was_removed_nothing_is_left_to_do() -> None:
    site = Driven()
    site.broken = {"phone", "sms"}
    site.find(found())
    site.desk.configure(replace(SETTINGS, channels=(), routes=()), dt.UTC)
    site.minutes(60)

    assert {message.error for message in site.desk.outbox} == {"the channel was removed"}
    assert site.desk.outbox.next_due(site.now) is None
    assert site.desk.outbox.told(site.one.id) == []


def test_while_it_is_being_sent_a_channel_may_be_removed_too() -> None:
    site = Driven()
    site.did(site.desk.take([found()], site.now), delivers=False)
    site.desk.configure(replace(SETTINGS, channels=(), routes=()), dt.UTC)
    for _, message in site.begun:
        site.desk.outbox.failed(message.id, "the channel was removed", site.now)
    site.minutes(1)

    assert {message.state for message in site.desk.outbox} == {MessageState.CANCELLED}


# after a crash between begin and delivered


def test_what_replaces_is_sent_again_and_a_text_is_not(tmp_path: Path) -> None:
    site = sending(SETTINGS, tmp_path / "alerts.db")
    site.restart()
    site.minutes(5)

    assert site.pages == ["confirmed phone"]
    (text,) = [message for message in site.desk.outbox if message.channel == "sms" and message.sounds]
    assert text.state is MessageState.DELIVERED
    assert "interrupted" in (text.error or "")


def test_a_text_is_sent_again_when_nothing_else_has_reached_its_person(tmp_path: Path) -> None:
    site = sending(SETTINGS, tmp_path / "alerts.db")
    site.broken = {"phone"}
    site.restart()
    assert site.pages == []
    site.minutes(130)  # until the phone is given up

    assert "confirmed sms" in site.pages


def test_a_text_that_stands_behind_a_phone_is_sent_when_the_phone_has_failed(tmp_path: Path) -> None:
    both = replace(PHONE_THEN_TEXT, routes=(Route(severities=tuple(Severity), channels=("phone", "sms")),))
    site = sending(both, tmp_path / "alerts.db")
    site.broken = {"phone"}
    site.restart()
    site.minutes(0)

    assert site.pages == ["confirmed sms"]


def test_another_level_is_not_the_same_message(tmp_path: Path) -> None:
    levels = replace(
        SETTINGS,
        channels=(PHONE, SMS),
        routes=(
            Route(severities=(CRITICAL,), channels=("phone",), level=1),
            Route(severities=(CRITICAL,), channels=("sms",), level=2),
        ),
    )
    site = Driven(levels, tmp_path / "alerts.db")
    site.find(found())
    site.minutes(10)
    site.now = at(30)
    site.did(site.desk.tick(site.now), delivers=False)
    site.restart()

    assert site.pages == ["escalated phone", "escalated sms"], "the phone has rung for the first level"


def test_what_was_seen_to_after_the_crash_is_not_sent_again(tmp_path: Path) -> None:
    site = sending(SETTINGS, tmp_path / "alerts.db")
    assert site.store is not None
    kept = site.store.kept(site.now, dt.timedelta(days=1))
    site.desk = type(site.desk)(SETTINGS, dt.UTC, kept.alerts, kept.messages)
    site.did(site.desk.acknowledge(site.one.id, "Ada", at(1)))

    assert site.pages == []


def test_a_test_is_tried_once_and_not_after_a_crash(tmp_path: Path) -> None:
    site = Driven(path=tmp_path / "alerts.db")
    site.broken = {"phone"}
    site.desk.outbox.add(Reason.TEST, PHONE, (), site.now, step="one")
    site.did(Changes())
    site.desk.outbox.add(Reason.TEST, SMS, (), site.now, step="two")
    site.did(Changes(), delivers=False)
    site.restart()
    site.minutes(60)

    assert [message.state for message in site.desk.outbox] == [MessageState.FAILED] * 2
    assert site.told == []


# too much for one person


def test_a_burst_comes_together_in_its_last_message() -> None:
    site = Driven(replace(PHONE_THEN_TEXT, flood=FloodControl(most_per_hour=12)))
    site.find(*(found(str(number)) for number in range(20)))

    assert [len(message.alerts) for _, message in site.heard] == [1, 1, 1, 17]
    assert len({alert for _, message in site.heard for alert in message.alerts}) == 20


def test_what_is_kept_for_what_is_critical_is_not_used_by_anything_else() -> None:
    site = Driven(replace(PHONE_THEN_TEXT, flood=FloodControl(most_per_hour=12)))
    for number in range(6):
        site.find(found(f"W{number}", severity=WARNING))
    site.find(*(found(f"X{number}", severity=WARNING) for number in range(6)), found("C"))

    # six, and then what is critical with all the rest
    assert [len(message.alerts) for _, message in site.heard] == [1] * 6 + [7]
    assert site.heard[-1][1].severity is CRITICAL


def test_of_what_came_together_only_that_is_said_which_still_matters() -> None:
    site = Driven(replace(PHONE_THEN_TEXT, channels=(PHONE,)))
    site.broken = {"phone"}
    site.find(found("A"), *(found(serial, severity=WARNING) for serial in "BCDEF"))
    merged = next(message for message in site.desk.outbox if message.parts)
    assert len(merged.alerts) == 3
    gone = [alert for alert in site.desk.active if alert.id in merged.alerts][:2]
    site.did(Changes(), delivers=False)
    for alert in gone:
        site.did(site.desk.acknowledge(alert.id, "Ada", site.now))
    site.broken = set()
    site.minutes(2)

    assert {alert for _, message in site.heard for alert in message.alerts if message.sounds}.isdisjoint(
        alert.id for alert in gone
    )


def test_a_message_that_loses_its_worst_alert_is_as_bad_as_the_rest() -> None:
    outbox = Outbox(replace(SETTINGS, flood=FloodControl(most_per_hour=4)), dt.UTC)
    for number, severity in enumerate((CRITICAL, CRITICAL, CRITICAL, CRITICAL, WARNING)):
        reason = Reason.ESCALATED if severity is CRITICAL else Reason.CONFIRMED
        outbox.add(reason, PHONE, (f"{number}",), at(0), severity=severity)
    (merged,) = [message for message in outbox.due(at(0)) if message.parts]
    assert (merged.reason, merged.severity, len(merged.alerts)) == (Reason.ESCALATED, CRITICAL, 3)
    outbox.failed(outbox.begin(merged).id, "broken", at(0))
    for alert in "0123":
        outbox.cancel(alert, at(0))
    left = outbox.get(merged.id)

    assert left is not None
    assert (left.reason, left.severity, left.alerts) == (Reason.CONFIRMED, WARNING, ("4",))
    outbox.cancel("4", at(0))
    assert not any(message.is_unsettled and message.channel == "phone" for message in outbox if message.parts)


def test_who_was_told_in_one_message_is_told_of_each_end_and_texts_of_ends_count_too() -> None:
    only_text = replace(
        SETTINGS,
        routes=(Route(severities=tuple(Severity), channels=("sms",)),),
        flood=FloodControl(most_per_hour=12, chattering_count=60),
    )
    site = Driven(only_text)
    serials = [str(number) for number in range(20)]
    site.find(*map(found, serials))
    for serial in serials:
        site.minutes(1)
        site.find(found(serial, State.CLEARED, minute=9))
    site.minutes(120)

    ends = [alert for _, message in site.heard if not message.sounds for alert in message.alerts]
    assert len(ends) == len(set(ends)) == 20
    times = [when for when, _ in site.heard]
    assert all(
        later - first >= dt.timedelta(hours=1) for first, later in zip(times, times[12:], strict=False)
    )


@pytest.mark.parametrize("quiet", [True, False])
def test_another_channel_that_is_quiet_waits_for_the_morning(quiet: bool) -> None:
    night = QuietHours(enabled=True, start=dt.time(11), end=dt.time(19))
    channels = (replace(PHONE, quiet=False, fallback="sms"), replace(SMS, quiet=quiet))
    site = Driven(replace(PHONE_THEN_TEXT, channels=channels, quiet_hours=night))
    site.broken = {"phone"}
    site.find(found(severity=WARNING))
    site.minutes(5)

    assert site.told == ([] if quiet else ["confirmed sms"])
    site.pass_until(START.replace(hour=19))
    assert site.told == ["confirmed sms"]


@pytest.mark.parametrize("reason", [Reason.LETTER, Reason.SUMMARY])
def test_what_is_about_no_alert_waits_for_the_morning_too_but_a_mail(reason: Reason) -> None:
    night = QuietHours(enabled=True, start=dt.time(11), end=dt.time(19))
    channels = (PHONE, SMS, replace(SMS, id="at_night", name="Always", quiet=False), MAIL)
    outbox = Outbox(replace(SETTINGS, channels=channels, quiet_hours=night), dt.UTC)
    for channel in channels:
        outbox.add(reason, channel, (), START, step=channel.id)

    due = outbox.due(START)
    assert {one.channel for one in due} == {"at_night", "mail"}
    for one in due:
        outbox.delivered(outbox.begin(one).id, START)
    morning = START.replace(hour=19)
    assert outbox.next_due(START) == morning
    assert {one.channel for one in outbox.due(morning)} == {"phone", "sms"}


def test_a_letter_that_was_due_before_the_night_waits_for_its_end_and_is_still_of_use() -> None:
    night = QuietHours(enabled=True, start=dt.time(22), end=dt.time(7))
    outbox = Outbox(replace(SETTINGS, quiet_hours=night), dt.UTC)
    written = START.replace(hour=6)
    outbox.add(Reason.LETTER, SMS, (), written, step="statement")
    evening = START.replace(hour=22, minute=10)  # Home Assistant was off all day

    assert outbox.due(evening) == []
    morning = START.replace(hour=7) + dt.timedelta(days=1)
    assert outbox.next_due(evening) == morning
    assert [one.reason for one in outbox.due(morning)] == [Reason.LETTER]


def test_what_was_said_is_said_once_also_after_a_restart(tmp_path: Path) -> None:
    site = Driven(path=tmp_path / "alerts.db")
    site.find(found())
    site.restart()
    site.find(found())
    site.minutes(5)

    assert sorted(site.pages) == ["confirmed phone", "confirmed sms"]
