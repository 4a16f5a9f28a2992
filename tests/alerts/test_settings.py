"""Settings of alerts: what is kept comes back as it was; what makes no sense is refused with its place."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
import datetime as dt
import json
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.csj_meter.alerts.settings import (
    MOST_CHANNELS,
    MOST_ROUTES,
    WORK_ORDERS,
    AlertSettings,
    AlertSettingsError,
    Channel,
    Escalation,
    FloodControl,
    Medium,
    QuietHours,
    Route,
    SummarySettings,
    TicketSettings,
)
from custom_components.csj_meter.anomaly.kinds import Kind, Severity

from .driven import SETTINGS

TRANSLATIONS = Path(__file__).parents[2] / "custom_components" / "csj_meter" / "translations" / "en.json"
NAME = st.from_regex(r"[A-Za-zäß][A-Za-z0-9äß .'-]{0,20}[a-z]", fullmatch=True)
SERIALS = st.lists(st.sampled_from(["CSJ1", "CSJ2", "CSJ3"]), unique=True).map(tuple)


@st.composite
def settings(draw: st.DrawFn) -> AlertSettings:
    names = draw(st.lists(NAME, unique=True, max_size=5))
    ids = [f"c{number}" for number in range(len(names))]
    some = st.lists(st.sampled_from(ids), unique=True).map(tuple) if ids else st.just(())
    channels = tuple(
        Channel(
            id=ids[number],
            name=name,
            medium=draw(st.sampled_from(Medium)),
            target=f"notify.{draw(st.from_regex('[a-z0-9_]{1,20}', fullmatch=True))}",
            person=draw(NAME),
            address=draw(st.sampled_from([None, "+15550100@example.org"])),
            meters=draw(SERIALS),
            circuits=draw(SERIALS),
            fallback=None if number == 0 else draw(st.sampled_from([None, *ids[:number]])),
            quiet=draw(st.booleans()),
            user=draw(st.sampled_from([None, "0123456789abcdef0123456789abcdef"])),
        )
        for number, name in enumerate(names)
    )
    severities = st.lists(st.sampled_from(Severity), unique=True).map(tuple)
    route = st.builds(
        Route,
        severities=severities.filter(bool),
        channels=some,
        kinds=st.lists(st.sampled_from(Kind), unique=True, max_size=3).map(tuple),
        meters=SERIALS,
        circuits=SERIALS,
        level=st.integers(0, 2),
    )
    times = st.times(timezones=st.none())
    return AlertSettings(
        channels=channels,
        routes=tuple(draw(st.lists(route, max_size=4))),
        quiet_hours=draw(st.builds(QuietHours, start=times, end=times, enabled=st.booleans())),
        escalation=Escalation(
            after=draw(st.sampled_from([(), (5,), (1, 1440)])), severities=draw(severities)
        ),
        flood=draw(
            st.builds(
                FloodControl,
                most_per_hour=st.integers(4, 120),
                chattering_count=st.integers(2, 60),
                chattering_minutes=st.integers(1, 1440),
                shelve_minutes=st.integers(1, 1440),
            )
        ),
        summary=SummarySettings(
            weekday=draw(st.integers(0, 6)), hour=draw(st.integers(0, 23)), channels=draw(some)
        ),
        tickets=TicketSettings(
            severities=draw(severities),
            webhook_url=draw(st.sampled_from([None, "https://example.org/hook?token=x"])),
            webhook_secret="secret",
        ),
    )


@given(given=settings())
def test_what_is_kept_comes_back_as_it_was(given: AlertSettings) -> None:
    assert AlertSettings.from_dict(json.loads(json.dumps(given.as_dict()))) == given


def test_what_was_not_there_yet_is_as_by_default() -> None:
    assert AlertSettings.from_dict({}) == AlertSettings()


def test_channels_without_a_user_are_kept_as_releases_before_users_kept_them() -> None:
    phone = Channel(id="phone", name="Phone", medium=Medium.PUSH, target="notify.phone", person="Ada")
    (kept,) = AlertSettings(channels=(phone,)).as_dict()["channels"]

    assert "user" not in kept
    assert AlertSettings.from_dict({"channels": [kept]}).channels == (phone,)


@pytest.mark.parametrize("user", ["", "a" * 101, "a\nb", 7])
def test_a_user_that_cannot_be_is_refused(user: object) -> None:
    phone = {"id": "phone", "name": "Phone", "medium": "push", "target": "notify.phone", "person": "Ada"}
    with pytest.raises(AlertSettingsError) as refused:
        AlertSettings.from_dict({"channels": [{**phone, "user": user}]})

    assert refused.value.problem == "cannot_be"


def test_a_secret_is_not_shown() -> None:
    tickets = TicketSettings(webhook_url="https://example.org/?token=T0KEN", webhook_secret="S3CRET")

    assert "T0KEN" not in repr(AlertSettings(tickets=tickets))
    assert "S3CRET" not in repr(AlertSettings(tickets=tickets))


PHONE: dict[str, Any] = {
    "id": "phone",
    "name": "Phone",
    "medium": "push",
    "target": "notify.phone",
    "person": "Ada",
}
LONG = "x" * 101


def channel(**others: object) -> dict[str, Any]:
    return {"channels": [PHONE | others]}


def route(**others: object) -> dict[str, Any]:
    return {"routes": [{"severities": ["critical"], "channels": []} | others]}


@pytest.mark.parametrize(
    ("stored", "path", "problem"),
    [
        ("alerts", "alerts", "cannot_be"),
        ({"chanels": []}, "chanels", "unknown_setting"),
        ({"flood": {"most": 12}}, "flood.most", "unknown_setting"),
        (channel(colour="red"), "channels.0.colour", "unknown_setting"),
        ({"channels": "phone"}, "channels", "cannot_be"),
        ({"channels": [None]}, "channels.0", "cannot_be"),
        ({"channels": [{"id": "phone"}]}, "channels.0.name", "cannot_be"),
        (channel(name=5), "channels.0.name", "cannot_be"),
        (channel(name=""), "name", "nameless"),
        (channel(name=" Ada"), "name", "nameless"),
        (channel(person=LONG), "person", "nameless"),
        (channel(id="line\nbreak"), "id", "nameless"),
        (channel(medium="pigeon"), "channels.0.medium", "cannot_be"),
        (channel(target="light.phone"), "target", "no_notify"),
        (channel(target="notify.Phone"), "target", "no_notify"),
        (channel(target="notify."), "target", "no_notify"),
        (channel(address=""), "address", "nameless"),
        (channel(medium="email", address="bob"), "address", "no_mail_address"),
        (channel(meters="AB"), "channels.0.meters", "cannot_be"),
        (channel(quiet="no"), "channels.0.quiet", "cannot_be"),
        (channel(id=WORK_ORDERS.id), "channels", "twice"),
        ({"channels": [PHONE, PHONE]}, "channels", "twice"),
        ({"channels": [PHONE, PHONE | {"id": "other"}]}, "name", "name_taken"),
        (channel(fallback="nobody"), "fallback", "unknown_channel"),
        (channel(fallback="phone"), "fallback", "fallback_in_circles"),
        (
            {"channels": [PHONE | {"id": f"{n}", "name": f"{n}"} for n in range(MOST_CHANNELS + 1)]},
            "channels",
            "too_many",
        ),
        ({"routes": [route()["routes"][0]] * (MOST_ROUTES + 1)}, "channels", "too_many"),
        (route(severities=[]), "severities", "empty"),
        (route(severities=["awful"]), "routes.0.severities.0", "cannot_be"),
        (route(channels=["nobody"]), "channels", "unknown_channel"),
        (route(kinds=["unknown"]), "routes.0.kinds.0", "cannot_be"),
        (route(level=3), "level", "out_of_range"),
        (route(level=-1), "level", "out_of_range"),
        ({"quiet_hours": None}, "quiet_hours", "cannot_be"),
        ({"quiet_hours": {"start": "22:00+02:00"}}, "quiet_hours.start", "cannot_be"),
        ({"quiet_hours": {"end": "25:00"}}, "quiet_hours.end", "cannot_be"),
        ({"quiet_hours": {"enabled": 1}}, "quiet_hours.enabled", "cannot_be"),
        ({"escalation": {"after": [30, 10]}}, "after", "not_ascending"),
        ({"escalation": {"after": [0]}}, "after", "not_ascending"),
        ({"escalation": {"after": [1, 2, 3]}}, "after", "too_many"),
        ({"escalation": {"after": ["10"]}}, "escalation.after.0", "cannot_be"),
        ({"flood": {"most_per_hour": 3}}, "most_per_hour", "out_of_range"),
        ({"flood": {"most_per_hour": 12.7}}, "flood.most_per_hour", "cannot_be"),
        ({"flood": {"most_per_hour": True}}, "flood.most_per_hour", "cannot_be"),
        ({"flood": {"chattering_count": 1}}, "chattering_count", "out_of_range"),
        ({"flood": {"chattering_minutes": 0}}, "chattering_minutes", "out_of_range"),
        ({"flood": {"shelve_minutes": 1441}}, "shelve_minutes", "out_of_range"),
        ({"summary": {"weekday": 7}}, "weekday", "out_of_range"),
        ({"summary": {"hour": 24}}, "hour", "out_of_range"),
        ({"summary": {"channels": ["nobody"]}}, "channels", "unknown_channel"),
        ({"tickets": {"webhook_url": "ftp://example.org"}}, "webhook_url", "no_url"),
        ({"tickets": {"webhook_url": "https://"}}, "webhook_url", "no_url"),
        ({"tickets": {"webhook_url": "https://example.org"}}, "webhook_secret", "no_secret"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(stored: object, path: str, problem: str) -> None:
    with pytest.raises(AlertSettingsError) as caught:
        AlertSettings.from_dict(stored)

    assert (caught.value.path, caught.value.problem) == (path, problem)
    assert problem in json.loads(TRANSLATIONS.read_text(encoding="utf-8"))["options"]["error"]


def test_times_of_another_zone_are_no_times_of_the_wall() -> None:
    with pytest.raises(AlertSettingsError, match="start: cannot_be"):
        QuietHours(start=dt.time(22, tzinfo=dt.UTC))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data(), wrong=PLAIN)
def test_whatever_is_written_somewhere_is_taken_as_it_is_or_refused(
    data: st.DataObject, wrong: object
) -> None:
    """Nothing else is raised, and nothing is taken for something else."""
    stored = deepcopy(json.loads(json.dumps(SETTINGS.as_dict())))
    place: Any = stored
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = wrong
    with suppress(AlertSettingsError):
        taken = AlertSettings.from_dict(stored)
        again = json.loads(json.dumps(taken.as_dict()))
        assert AlertSettings.from_dict(again) == taken
        assert again.keys() >= stored.keys()
