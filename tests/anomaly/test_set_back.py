"""By a clock that is set back, another engine knows the past, and goes on with what was found."""

from __future__ import annotations

from dataclasses import replace

from custom_components.csj_meter.anomaly.kinds import Kind, State

from .stories import HOUR, NOON, Story, Watch, changed, unheard, usual

BACK = 30
"""Minutes by which it is set back an hour after noon."""

NOW = NOON + HOUR - BACK


def set_back(first: Story, past: Story | None = None) -> Watch:
    """An engine at half past twelve that knows half of ``past``, after another was told all of ``first``."""
    before = Watch.of([first]).tell([first], NOON)
    known = past or first
    half = {name: series[: HOUR - BACK] for name, series in known.values.items()}
    heard = None if known.heard is None else known.heard[: HOUR - BACK]
    after = Watch.of([known]).tell([replace(known, values=half, heard=heard)], NOON)
    after.found.clear()
    after.engine.take_findings(before.engine, NOW - 1)
    return after


def told(watch: Watch) -> list[tuple[Kind, State]]:
    return [(each.kind, each.state) for found in watch.found.values() for each in found]


def test_what_is_over_is_not_there_again() -> None:
    after = set_back(changed(usual(phases=1), 20, 50, voltage_l1=170.0))

    assert after.engine.active() == []
    again = changed(usual(phases=1), 10, 20, voltage_l1=170.0)
    assert told(after.tell([again], NOW)) == [
        (Kind.VOLTAGE_SAG, State.SUSPECTED),
        (Kind.VOLTAGE_SAG, State.CONFIRMED),
        (Kind.VOLTAGE_SAG, State.CLEARED),
    ]


def test_what_lasts_goes_on_by_its_name_until_it_is_over() -> None:
    after = set_back(changed(usual(phases=1), 50, 60, voltage_l1=170.0))

    (sag,) = after.engine.active()
    assert (sag.kind, sag.state, sag.since) == (Kind.VOLTAGE_SAG, State.CONFIRMED, NOON + 50)
    after.tell([changed(usual(phases=1), 0, 10, voltage_l1=170.0)], NOW)
    assert told(after) == [(Kind.VOLTAGE_SAG, State.CLEARED)]


def test_a_suspicion_needs_no_more_samples_than_it_did() -> None:
    after = set_back(changed(usual(phases=1), 58, 60, voltage_l1=170.0))

    after.tell([changed(usual(length=5, phases=1), 0, 5, voltage_l1=170.0)], NOW)

    ((confirmed,),) = after.found.values()
    assert (confirmed.state, confirmed.at, confirmed.since) == (State.CONFIRMED, NOW, NOON + 58)


def test_a_meter_is_silent_for_as_long_as_it_was() -> None:
    after = set_back(unheard(usual(phases=1), (50, 60)))

    (silence,) = after.engine.active()
    assert (silence.kind, silence.state) == (Kind.METER_SILENT, State.CONFIRMED)
    after.tell([unheard(usual(phases=1), (0, 10))], NOW)
    assert told(after) == [(Kind.METER_SILENT, State.CLEARED)]


def test_of_a_meter_that_was_not_watched_nothing_is_found_in_the_past() -> None:
    late = changed(usual("late", phases=1), 20, 50, voltage_l1=170.0)

    after = set_back(usual(phases=1), late)

    assert after.engine.active() == []
