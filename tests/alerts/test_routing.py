"""Who is told of what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.routing import channels_of
from custom_components.csj_meter.alerts.settings import AlertSettings, Route
from custom_components.csj_meter.anomaly.kinds import Kind, Severity

from .driven import MAIL, PHONE, SMS
from .found import START, found

CRITICAL = (Severity.CRITICAL,)
ALL = AlertSettings(channels=(PHONE, SMS, MAIL))


def alert(serial: str = "A", *, members: tuple[str, ...] = (), level: int = 0, **facts: object) -> Alert:
    return Alert(
        id="a",
        state=AlertState.CONFIRMED,
        finding=found(serial, **facts),  # type: ignore[arg-type]
        severity=Severity.CRITICAL,
        raised_at=START,
        members=members,
        level=level,
    )


def names(settings: AlertSettings, one: Alert, *serials: str, level: int | None = None) -> str:
    return " ".join(channel.id for channel in channels_of(settings, one, serials, level=level))


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (Route(severities=CRITICAL, channels=("sms",)), True),
        (Route(severities=(Severity.WARNING, Severity.INFO), channels=("sms",)), False),
        (Route(severities=CRITICAL, channels=("sms",), kinds=(Kind.VOLTAGE_SAG,)), True),
        (Route(severities=CRITICAL, channels=("sms",), kinds=(Kind.OUTAGE,)), False),
        (Route(severities=CRITICAL, channels=("sms",), meters=("A",)), True),
        (Route(severities=CRITICAL, channels=("sms",), meters=("B",)), False),
        (Route(severities=CRITICAL, channels=("sms",), circuits=("street",)), True),
        (Route(severities=CRITICAL, channels=("sms",), circuits=("hill",)), False),
        (Route(severities=CRITICAL, channels=("sms",), meters=("B",), circuits=("street",)), True),
    ],
)
def test_a_line_of_the_table(route: Route, told: bool) -> None:
    assert names(replace(ALL, routes=(route,)), alert()) == ("sms" if told else "")


def test_all_lines_that_fit_count_and_each_channel_once() -> None:
    lines = (("mail", "phone"), ("phone",), ("sms",))
    routes = tuple(Route(severities=CRITICAL, channels=channels) for channels in lines)

    assert names(replace(ALL, routes=routes), alert()) == "phone sms mail"


def test_a_level_adds_its_lines() -> None:
    routes = tuple(
        Route(severities=CRITICAL, channels=(one,), level=level)
        for level, one in enumerate(("phone", "sms", "mail"))
    )
    settings = replace(ALL, routes=routes)

    assert names(settings, alert()) == "phone"
    assert names(settings, alert(level=1)) == "phone sms"
    assert names(settings, alert(level=1), level=1) == "sms"
    assert names(settings, alert(level=2), level=2) == "mail"


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ({}, True),
        ({"meters": ("A",)}, True),
        ({"meters": ("B",)}, False),
        ({"circuits": ("street",)}, True),
        ({"circuits": ("hill",)}, False),
        ({"meters": ("B",), "circuits": ("street",)}, True),
    ],
)
def test_whom_a_channel_is_for(scope: dict[str, tuple[str, ...]], told: bool) -> None:
    routes = (Route(severities=CRITICAL, channels=("sms",)),)
    settings = AlertSettings(channels=(replace(SMS, **scope),), routes=routes)  # type: ignore[arg-type]

    assert names(settings, alert()) == ("sms" if told else "")


def test_a_circuit_is_told_to_whom_one_of_its_meters_is() -> None:
    by_line = Route(severities=CRITICAL, channels=("sms",), meters=("B",))
    by_channel = replace(PHONE, meters=("B",))
    settings = AlertSettings(
        channels=(by_channel, SMS), routes=(by_line, Route(severities=CRITICAL, channels=("phone",)))
    )
    area = alert(members=("a", "b"))

    assert names(settings, area, "A", "B") == "phone sms"
    assert names(settings, area, "A", "C") == ""


def test_a_meter_without_a_circuit_is_on_none() -> None:
    routes = (Route(severities=CRITICAL, channels=("sms",), circuits=("street",)),)

    assert names(replace(ALL, routes=routes), alert(circuit=None)) == ""
