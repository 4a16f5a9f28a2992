"""Samples on their way to disk: made of readings by the minute, small while they wait."""

from __future__ import annotations

from decimal import Decimal
import sys

import pytest

from custom_components.csj_meter.history import waiting
from custom_components.csj_meter.history.waiting import Batch, Waiting
from custom_components.csj_meter.meters.reading import Group, Reading, Value

SERIAL = "CSJ000000001"
NOON = 29_700_000
"""A minute."""


def reading(group: Group, minute: int = NOON, second: float = 10, **values: Value) -> Reading:
    """What a meter has said."""
    return Reading(group=group, values=values, at=minute * 60 + second)


def test_the_groups_of_a_minute_become_one_sample_with_the_last_of_each() -> None:
    wait = Waiting()
    wait.note(SERIAL, [reading(Group.LIVE, voltage_l1=230.0, sequence=7)])
    wait.note(SERIAL, [reading(Group.ENERGY, energy_import=12.34)])
    wait.note(SERIAL, [reading(Group.PREPAY, balance=Decimal("5.67"), credit_mode="money")])
    wait.note(SERIAL, [reading(Group.LIVE, second=40, voltage_l1=231.5, sequence=8)])

    wait.finish(NOON + 1)

    (batch,) = wait.first(10)
    (sample,) = batch.samples()
    assert (sample.serial, sample.minute) == (SERIAL, NOON)
    assert sample.values == {"voltage_l1": 231.5, "energy_import": 12.34, "balance": 5.67}


def test_a_balance_alone_is_no_sample() -> None:
    wait = Waiting()
    wait.note(SERIAL, [reading(Group.PREPAY, balance=Decimal(5))])

    wait.finish(None)

    assert wait.first(10) == []


def test_a_meter_that_stands_still_is_told_of_and_only_what_it_measured_goes_to_disk() -> None:
    wait = Waiting()
    wait.note(SERIAL, [reading(Group.ENERGY, energy_import=12.34)])
    for serial in (SERIAL, "B", "C"):
        wait.note_frozen(serial, NOON)
    wait.note("C", [reading(Group.LIVE, voltage_l1=230.0)])  # it has woken up
    wait.note_frozen("B", NOON + 1)

    first, second = wait.finish(None)

    for _ in range(2):
        assert [(one.serial, dict(one.values), one.frozen) for one in first.samples()] == [
            (SERIAL, {"energy_import": 12.34}, True),
            ("C", {"voltage_l1": 230.0}, False),
        ]
        assert [(one.serial, one.frozen) for one in first.standing_still()] == [("B", True)]
        first.pack()
    assert [one.serial for one in second.standing_still()] == ["B"]
    assert wait.first(10) == [first]


@pytest.mark.parametrize("now", [NOON - 300, NOON + 300])
def test_a_minute_is_over_when_the_clock_shows_another_one(now: int) -> None:
    wait = Waiting()
    wait.note(SERIAL, [reading(Group.LIVE, voltage_l1=230.0)])

    wait.finish(NOON)
    assert len(wait) == 0

    wait.finish(now)
    assert len(wait) == 1
    assert wait.oldest == NOON


def test_what_is_packed_is_the_same_and_takes_little_room() -> None:
    values = {f"energy_import_t{tariff}": 1000.01 * tariff for tariff in range(1, 9)}
    batch = Batch(NOON, {SERIAL: {Group.ENERGY: values, Group.LIVE: {"voltage_l1": None, "status": 3}}})
    before = batch.samples()

    batch.pack()

    assert batch.packed
    assert batch.samples() == before
    (_, quantities, numbers) = batch._packed[0]
    assert sys.getsizeof(numbers) < 8 * len(quantities) + 120


def test_beyond_the_bound_the_oldest_go_and_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST", 3)
    wait = Waiting()
    for minute in range(NOON, NOON + 5):
        wait.note(SERIAL, [reading(Group.LIVE, minute, voltage_l1=230.0)])
    wait.finish(None)

    assert wait.drop() == 2

    assert (wait.dropped, wait.oldest, len(wait)) == (2, NOON + 2, 3)


def test_what_a_database_is_busy_with_stays_when_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST", 3)
    wait = Waiting()
    for minute in range(NOON, NOON + 5):
        wait.note(SERIAL, [reading(Group.LIVE, minute, voltage_l1=230.0)])
    wait.finish(None)
    busy_with = wait.first(1)

    assert wait.drop(under_way=1) == 2
    wait.taken(busy_with)

    assert [batch.minute for batch in wait.first(10)] == [NOON + 3, NOON + 4]
