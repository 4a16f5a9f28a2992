"""The lock: a minute for those who know the key, five minutes of peace from those who guess."""

from __future__ import annotations

from itertools import pairwise

import pytest

from custom_components.csj_meter.simulator import Model, SimulatedLine, demo_line
from custom_components.csj_meter.simulator.registers import Refused
from tests.simulator.conftest import Clock, Technician, of_model, words

UNLOCK = 0x0600
WRONG = words(12_345)


def test_the_key_opens_settings_and_commands_for_a_minute(prepaid: Technician, clock: Clock) -> None:
    assert prepaid.refused(0x0500, 30) is Refused.LOCKED
    prepaid.unlock()

    assert prepaid.long(UNLOCK) == 60
    clock.now += 59.5
    assert prepaid.long(UNLOCK) == 1
    assert prepaid.refused(0x0500, 30) is None
    clock.now += 0.5
    assert prepaid.long(UNLOCK) == 0
    assert prepaid.refused(0x0500, 60) is Refused.LOCKED


def test_a_wrong_key_is_a_wrong_value_and_opens_nothing(prepaid: Technician) -> None:
    assert prepaid.refused(UNLOCK, *WRONG) is Refused.VALUE
    assert prepaid.long(UNLOCK) == 0
    assert prepaid.refused(0x0603, 0xA55A) is Refused.LOCKED


def test_three_wrong_keys_lock_out_the_right_one_for_five_minutes(prepaid: Technician, clock: Clock) -> None:
    key = words(prepaid.meter.nameplate.key)
    answers = [prepaid.refused(UNLOCK, *WRONG) for _ in range(4)]
    answers.append(prepaid.refused(UNLOCK, *key))
    clock.now += 299.9
    answers.append(prepaid.refused(UNLOCK, *key))
    clock.now += 0.1
    answers.append(prepaid.refused(UNLOCK, *key))

    assert answers == [Refused.VALUE] * 3 + [Refused.LOCKED] * 3 + [None]


def test_a_lock_out_shuts_what_was_open(prepaid: Technician) -> None:
    prepaid.unlock()
    for _ in range(3):
        prepaid.refused(UNLOCK, *WRONG)

    assert prepaid.refused(0x0500, 30) is Refused.LOCKED


def test_the_right_key_forgives_what_was_wrong_before(prepaid: Technician) -> None:
    for _ in range(5):
        assert [prepaid.refused(UNLOCK, *WRONG) for _ in range(2)] == [Refused.VALUE] * 2
        prepaid.unlock()


def test_a_lock_out_does_not_end_with_a_restart(prepaid: Technician, clock: Clock) -> None:
    for _ in range(3):
        prepaid.refused(UNLOCK, *WRONG)
    prepaid.meter.restart()
    clock.now += 60

    assert prepaid.refused(UNLOCK, *words(prepaid.meter.nameplate.key)) is Refused.LOCKED


def test_a_restart_shuts_it(prepaid: Technician, clock: Clock) -> None:
    prepaid.do(0x0603, 0xA55A)
    clock.now += 4

    assert prepaid.long(UNLOCK) == 0


@pytest.mark.parametrize("values", [(1,), (1, 2, 3), (0, 1, 5, 0xA55A)])
def test_a_key_is_written_whole_and_alone(prepaid: Technician, values: tuple[int, ...]) -> None:
    assert prepaid.refused(UNLOCK, *values) is Refused.LOCKED
    prepaid.unlock()
    assert prepaid.refused(UNLOCK, *values) is Refused.VALUE


def test_every_meter_has_a_key_of_its_own_that_stays(line: SimulatedLine, clock: Clock) -> None:
    keys = {meter.nameplate.serial: meter.nameplate.key for meter in line.meters.values()}
    again = {meter.nameplate.serial: meter.nameplate.key for meter in demo_line(clock=clock).meters.values()}

    assert len(set(keys.values())) == 6
    assert again == keys
    assert all(10_000_000 <= key < 100_000_000 for key in keys.values())


def test_the_key_of_another_meter_is_wrong(line: SimulatedLine) -> None:
    key = words(line.meters[2].nameplate.key)

    assert Technician(line.meters[1]).refused(UNLOCK, *key) is Refused.VALUE


@pytest.mark.parametrize("model", Model)
def test_no_register_holds_the_key(line: SimulatedLine, model: Model) -> None:
    technician = Technician(of_model(line, model))
    technician.unlock()
    high, low = words(technician.meter.nameplate.key)
    blocks = [(0x0000, 20), (0x0500, 7), (0x0508, 6), (0x0510, 16), (0x0530, 4), (0x0560, 72), (0x0600, 4)]

    for first, count in blocks:
        registers = technician.holding(first, count)
        assert (high, low) not in pairwise(registers)
