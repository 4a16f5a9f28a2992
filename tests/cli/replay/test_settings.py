"""Settings beside a recording: what they change, and how a mistake in them is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from .recordings import HEAD, ROW, SAGS, WITH_CIRCUIT, clock, run, story, transitions, volts, written


def test_settings_change_what_is_found(tmp_path: Path) -> None:
    path = written(
        tmp_path, WITH_CIRCUIT, *volts("0017", SAGS, circuit="n"), *volts("0018", SAGS, circuit="n")
    )
    settings = written(
        tmp_path,
        "site: {voltage_sag: {confirm: 4}}",
        "circuits: {n: {voltage_sag: {threshold: 0.77}}}",
        "unwatched: [0018]",
        "identity:",
        "  0017: {rated_voltage: 240, max_current: 60, ct_ratio: 1.5, phases: 1, gateway: 3, interval: 1}",
        name="settings.yaml",
    )

    found = transitions(path, "--settings", settings)

    assert story(found, "meter", "state", "time", "expected", "low") == [
        ("0017", "suspected", clock(4), 240.0, 184.8),
        ("0017", "confirmed", clock(7), 240.0, 184.8),
        ("0017", "cleared", clock(10), 240.0, 184.8),
    ]


def test_a_transformer_ratio_makes_larger_values_possible(tmp_path: Path) -> None:
    path = written(tmp_path, "time,meter,current_l1", f"{clock(0)},A,15000")
    settings = written(tmp_path, "identity: {A: {ct_ratio: 100}}", name="settings.yaml")

    assert run(path).status == 1
    assert run(path, "--settings", settings).status == 0


def test_settings_of_meters_that_are_not_there_are_mentioned(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, ROW)
    settings = written(tmp_path, "identity: {B: {phases: 3}}", "unwatched: [C, A]", name="settings.yaml")

    result = run(path, "--settings", settings, "--json")

    assert result.status == 0
    assert result.err == f"{settings}: the measurements have no meter B, C\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("site: {sag: {}}", ": site.sag: expected one of outage, voltage_sag, "),
        (
            "site: {voltage_sag: {threshold: 2}}",
            ": site.voltage_sag.threshold: expected a number from 0.5 to 0.95",
        ),
        ("sites: {}", ": sites: expected site, circuits, meters or unwatched or identity"),
        ("identity: [A]", ": identity: expected serial numbers"),
        ("identity: {A: 3}", ": identity.A: expected phases, rated_voltage, "),
        ("identity: {A: {phase: 3}}", ": identity.A.phase: expected one of phases, rated_voltage, "),
        ("identity: {A: {phases: 2}}", ": identity.A.phases: expected 1 or 3"),
        ("identity: {A: {phases: true}}", ": identity.A.phases: expected 1 or 3"),
        (
            "identity: {A: {max_current: 0}}",
            ": identity.A.max_current: expected a number of amperes from 1 to 10000",
        ),
        (
            "identity: {A: {rated_voltage: 23}}",
            ": identity.A.rated_voltage: expected a number of volts from 50 to 1000",
        ),
        ("identity: {A: {ct_ratio: .nan}}", ": identity.A.ct_ratio: expected a number from 1 to 10000"),
        ("identity: {A: {has_relay: 1}}", ": identity.A.has_relay: expected true or false"),
        ("identity: {A: {may_export: 'yes'}}", ": identity.A.may_export: expected true or false"),
        (
            "identity: {A: {feeder_phase: d}}",
            ": identity.A.feeder_phase: expected one of a, b, c, three_phase, unknown",
        ),
        ("identity: {A: {gateway: [1]}}", ": identity.A.gateway: expected a name"),
        (
            "identity: {A: {interval: 61}}",
            ": identity.A.interval: expected a whole number of minutes from 1 to 60",
        ),
        ("identity: {A: {}, A: {}}", " line 1: 'A' is there twice; it must be YAML, see docs/replay.md"),
        ("site: [", " line 2: "),
        (
            "identity: {A: {interval: 2001-99-99}}",
            " line 1: '2001-99-99' is no timestamp; it must be YAML, see docs/replay.md",
        ),
        ("identity:\n  A: {phases: 0x_}", " line 2: '0x_' is no int; "),
        ("identity: {A: {has_relay: !!bool 7}}", " line 1: '7' is no bool; "),
        ("identity: {A: {gateway: !!timestamp x}}", " line 1: 'x' is no timestamp; "),
        ("- site", ": settings: expected site, circuits, meters or unwatched"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    settings = written(tmp_path, text, name="settings.yaml")

    result = run(written(tmp_path, HEAD, ROW), "--settings", settings)

    assert result.status == 1
    assert result.out == ""
    assert result.err.startswith(f"{settings}{problem}")
    assert result.err.count("\n") == 1


def test_an_empty_settings_file_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, WITH_CIRCUIT, *volts("A", SAGS))

    assert transitions(path, "--settings", written(tmp_path, "# later", name="s.yaml")) == transitions(path)
