"""What comes from a gateway is sieved: answers pass, heartbeats and noise do not."""

from __future__ import annotations

from custom_components.csj_meter.bus import dial_in as module
from custom_components.csj_meter.bus.dial_in import BUFFER, HEARTBEAT_LENGTH, Sieve

from .calls import answer


def test_a_late_answer_is_not_taken_for_a_heartbeat() -> None:
    sieve = Sieve()
    late = answer(7, 1, 2)
    for _ in range(3):
        assert sieve.heard(late) == b""

    sieve.asked()

    assert sieve.heard(late) == late


def test_the_registration_text_is_known_as_a_heartbeat_from_the_start() -> None:
    sieve = Sieve(b"meter-house-7")
    sieve.asked()

    assert sieve.heard(b"meter-house-7" + answer(7, 1, 2)) == answer(7, 1, 2)


def test_an_answer_may_come_in_pieces() -> None:
    sieve = Sieve()
    frame = answer(7, 1, 2)
    sieve.asked()

    assert sieve.heard(frame[:4]) + sieve.heard(frame[4:]) == frame
    assert sieve.heard(b"still here") == b""


def test_an_answer_that_begins_like_a_heartbeat_stays_whole() -> None:
    sieve = Sieve()
    for _ in range(2):
        sieve.heard(b"\x07")
    sieve.asked()

    assert sieve.heard(answer(7, 1, 2)) == answer(7, 1, 2)


def test_a_broken_answer_is_passed_on_for_the_bus_to_count() -> None:
    sieve = Sieve()
    broken = answer(7, 1, 2)[:-1] + b"\x00"
    sieve.asked()

    assert sieve.heard(broken) == broken


def test_endless_noise_ends_the_answer() -> None:
    sieve = Sieve()
    sieve.asked()
    heard = [sieve.heard(b"\x55" * 512) for _ in range(BUFFER // 512 + 2)]

    assert heard[0]
    assert heard[-1] == b""


def test_only_a_few_short_heartbeats_are_remembered() -> None:
    sieve = Sieve()
    for number in range(200):
        for _ in range(2):
            sieve.heard(f"heartbeat {number}".encode())
    sieve.heard(b"x" * (HEARTBEAT_LENGTH + 1))

    assert len(sieve._said) == module.HEARTBEATS
    assert len(sieve._once) <= module.HEARTBEATS
