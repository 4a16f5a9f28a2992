"""New firmware: whatever arrives, and in whatever order, one good version always runs."""

from __future__ import annotations

import random
import struct
import zlib

import pytest

from custom_components.csj_meter.simulator import (
    Fault,
    FaultKind,
    Model,
    SimulatedLine,
    build_image,
)
from custom_components.csj_meter.simulator.files import read_file, write_file
from custom_components.csj_meter.simulator.pdu import respond
from custom_components.csj_meter.simulator.registers import RefusalError, Refused
from custom_components.csj_meter.simulator.state import MeterState
from tests.simulator.conftest import Clock, Technician, words

SIZE, CRC, ORDER, PHASE = 0x0540, 0x0542, 0x0544, 0x0545
BEGIN, INSTALL, ABORT = 1, 2, 3
IDLE, RECEIVING, VERIFYING, INSTALLED, BAD_CRC, WRONG_MODEL = range(6)

NEW = (2, 7, 300)
OLD = [0x0104, 0x0002]
IMAGE = build_image(Model.DTSY300, NEW, random.Random(5).randbytes(25_001))
"""Spans two files, and ends with half a word."""


def image_words(image: bytes) -> list[int]:
    padded = image + b"\0" * (len(image) % 2)
    return [word for (word,) in struct.iter_unpack(">H", padded)]


def runs(image: bytes, length: int = 60) -> list[tuple[int, int, list[int]]]:
    """(file, record, words) of a transfer."""
    content = image_words(image)
    pieces = []
    start = 0
    while start < len(content):
        file, record = divmod(start, 10_000)
        piece = content[start : start + min(length, 10_000 - record)]
        pieces.append((10 + file, record, piece))
        start += len(piece)
    return pieces


def announce(technician: Technician, image: bytes) -> None:
    technician.do(SIZE, *words(len(image)), *words(zlib.crc32(image)))
    technician.write(ORDER, BEGIN)


def send(technician: Technician, pieces: list[tuple[int, int, list[int]]]) -> None:
    technician.unlock()
    for file, record, piece in pieces:
        write_file(technician.meter, file, record, piece)


def verify(technician: Technician, clock: Clock) -> int:
    """Verify and install; the phase after that."""
    technician.do(ORDER, INSTALL)
    assert technician.holding(PHASE) == [VERIFYING]
    clock.now += 2
    return technician.holding(PHASE)[0]


def restart(technician: Technician, clock: Clock) -> None:
    technician.do(0x0603, 0xA55A)
    clock.now += 3


def version(technician: Technician) -> list[int]:
    return technician.holding(0x0007, 2)


def test_an_image_says_what_it_is_for() -> None:
    assert build_image(Model.DDS100, (1, 2, 3), b"payload") == b"CSJFW\0\x00\x65\x01\x02\x00\x03payload"


@pytest.mark.parametrize("order", ["forwards", "backwards", "shuffled"])
def test_an_image_may_come_in_any_order(prepaid: Technician, clock: Clock, order: str) -> None:
    pieces = runs(IMAGE)
    if order == "backwards":
        pieces.reverse()
    elif order == "shuffled":
        random.Random(3).shuffle(pieces)
    announce(prepaid, IMAGE)
    send(prepaid, pieces)

    assert verify(prepaid, clock) == INSTALLED
    assert version(prepaid) == OLD
    restart(prepaid, clock)
    assert version(prepaid) == [0x0207, 300]
    assert prepaid.holding(PHASE) == [IDLE]


def test_everybody_is_told_the_new_version(prepaid: Technician, clock: Clock) -> None:
    announce(prepaid, IMAGE)
    send(prepaid, runs(IMAGE))
    verify(prepaid, clock)
    restart(prepaid, clock)
    events = [(event.code, event.value) for event in prepaid.meter.event_log.events()[-2:]]

    assert respond(prepaid.meter, bytes([0x11]))[2:] == b"CSJ DTSY300 2.7.300\xff"
    assert respond(prepaid.meter, bytes([0x2B, 0x0E, 4, 2])).endswith(b"2.7.300")
    assert events == [(1, 0), (10, 0x0207)]


def test_registers_tell_size_and_checksum(prepaid: Technician) -> None:
    announce(prepaid, IMAGE)

    assert prepaid.holding(SIZE, 6) == [*words(len(IMAGE)), *words(zlib.crc32(IMAGE)), 0, RECEIVING]


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("accident", ["locked", "restart", "power cut", "simulator killed"])
def test_a_transfer_that_breaks_goes_on_where_it_was(
    line: SimulatedLine, prepaid: Technician, clock: Clock, tenth: int, accident: str
) -> None:
    pieces = runs(IMAGE)
    cut = len(pieces) * tenth // 10
    announce(prepaid, IMAGE)
    send(prepaid, pieces[:cut])
    match accident:
        case "locked":
            clock.now += 3600
            with pytest.raises(RefusalError):
                write_file(prepaid.meter, *pieces[cut])
        case "restart":
            restart(prepaid, clock)
        case "power cut":
            line.faults.set(Fault(kind=FaultKind.METER_DEAD, unit=1))
            clock.now += 600
            line.faults.clear()
        case _:
            prepaid.meter.restore(MeterState.from_dict(prepaid.meter.state.as_dict()))
    assert prepaid.holding(SIZE, 6)[5] == RECEIVING
    assert version(prepaid) == OLD
    send(prepaid, pieces[cut:])

    assert verify(prepaid, clock) == INSTALLED
    restart(prepaid, clock)
    assert version(prepaid) == [0x0207, 300]


@pytest.mark.parametrize("tenth", range(10))
def test_an_image_that_is_not_complete_is_not_installed(
    prepaid: Technician, clock: Clock, tenth: int
) -> None:
    pieces = runs(IMAGE)
    announce(prepaid, IMAGE)
    send(prepaid, pieces[: len(pieces) * tenth // 10])

    assert verify(prepaid, clock) == BAD_CRC
    restart(prepaid, clock)
    assert version(prepaid) == OLD


def test_one_wrong_bit_is_found(prepaid: Technician, clock: Clock) -> None:
    pieces = runs(IMAGE)
    pieces[17][2][30] ^= 0x0400
    announce(prepaid, IMAGE)
    send(prepaid, pieces)

    assert verify(prepaid, clock) == BAD_CRC
    restart(prepaid, clock)
    assert version(prepaid) == OLD
    assert prepaid.refused(ORDER, INSTALL) is Refused.LOCKED


def test_after_a_bad_checksum_one_begins_anew(prepaid: Technician, clock: Clock) -> None:
    announce(prepaid, IMAGE)
    assert verify(prepaid, clock) == BAD_CRC
    prepaid.unlock()
    with pytest.raises(RefusalError) as refusal:
        write_file(prepaid.meter, 10, 0, [1])
    assert refusal.value.code is Refused.LOCKED
    prepaid.write(ORDER, BEGIN)
    send(prepaid, runs(IMAGE))

    assert verify(prepaid, clock) == INSTALLED


@pytest.mark.parametrize(
    "image",
    [
        build_image(Model.DTS300, NEW, b"for somebody else"),
        build_image(999, NEW, b"for nobody"),
        b"MZ" + build_image(Model.DTSY300, NEW, b"no magic"),
    ],
)
def test_an_image_for_another_model_is_refused(prepaid: Technician, clock: Clock, image: bytes) -> None:
    announce(prepaid, image)
    send(prepaid, runs(image))

    assert verify(prepaid, clock) == WRONG_MODEL
    restart(prepaid, clock)
    assert version(prepaid) == OLD


@pytest.mark.parametrize("size", [0, 11, 100_001])
def test_sizes_that_cannot_be_are_refused(prepaid: Technician, size: int) -> None:
    prepaid.unlock()

    assert prepaid.refused(SIZE, *words(size)) is Refused.VALUE
    assert prepaid.refused(ORDER, BEGIN) is Refused.LOCKED
    assert prepaid.holding(SIZE, 6) == [0] * 6


def test_the_largest_image_fits(prepaid: Technician, clock: Clock) -> None:
    image = build_image(Model.DTSY300, NEW, bytes(100_000 - 12))
    announce(prepaid, image)
    send(prepaid, runs(image))

    assert verify(prepaid, clock) == INSTALLED


def test_what_is_beyond_the_image_does_not_exist(prepaid: Technician) -> None:
    announce(prepaid, IMAGE[:100])
    with pytest.raises(RefusalError) as refusal:
        write_file(prepaid.meter, 10, 49, [1, 2])

    assert refusal.value.code is Refused.ADDRESS


def test_an_image_cannot_be_read_back(prepaid: Technician) -> None:
    announce(prepaid, IMAGE)
    with pytest.raises(RefusalError) as refusal:
        read_file(prepaid.meter, 10, 0, 1)

    assert refusal.value.code is Refused.ADDRESS


def test_nothing_is_taken_before_it_is_announced(prepaid: Technician) -> None:
    prepaid.unlock()
    with pytest.raises(RefusalError) as refusal:
        write_file(prepaid.meter, 10, 0, [1, 2])

    assert refusal.value.code is Refused.LOCKED


def test_everything_is_busy_while_it_verifies(prepaid: Technician, clock: Clock) -> None:
    announce(prepaid, IMAGE)
    prepaid.write(ORDER, INSTALL)

    assert prepaid.refused(ORDER, ABORT) is Refused.BUSY
    assert prepaid.refused(SIZE, *words(500)) is Refused.BUSY
    with pytest.raises(RefusalError) as refusal:
        write_file(prepaid.meter, 10, 0, [1, 2])
    assert refusal.value.code is Refused.BUSY
    assert prepaid.refused(0x0500, 20) is None
    clock.now += 2
    assert prepaid.refused(ORDER, ABORT) is None


def test_a_restart_in_the_middle_of_it_lets_one_verify_again(prepaid: Technician, clock: Clock) -> None:
    announce(prepaid, IMAGE)
    send(prepaid, runs(IMAGE))
    prepaid.write(ORDER, INSTALL)
    restart(prepaid, clock)

    assert version(prepaid) == OLD
    assert prepaid.holding(PHASE) == [RECEIVING]
    assert verify(prepaid, clock) == INSTALLED


@pytest.mark.parametrize("order", [BEGIN, ABORT])
def test_an_installed_image_can_be_given_up_until_the_restart(
    prepaid: Technician, clock: Clock, order: int
) -> None:
    announce(prepaid, IMAGE)
    send(prepaid, runs(IMAGE))
    verify(prepaid, clock)
    prepaid.do(ORDER, order)
    restart(prepaid, clock)

    assert version(prepaid) == OLD


def test_another_image_ends_a_transfer(prepaid: Technician) -> None:
    announce(prepaid, IMAGE)
    prepaid.write(SIZE, *words(len(IMAGE)), *words(zlib.crc32(IMAGE)))
    assert prepaid.holding(PHASE) == [RECEIVING]
    prepaid.write(CRC, *words(1))

    assert prepaid.holding(PHASE) == [IDLE]


def test_announcement_and_beginning_fit_one_write(prepaid: Technician) -> None:
    prepaid.do(SIZE, *words(len(IMAGE)), *words(zlib.crc32(IMAGE)), BEGIN)

    assert prepaid.holding(PHASE) == [RECEIVING]


@pytest.mark.parametrize(
    ("address", "values", "code"),
    [
        (SIZE, (0,), Refused.VALUE),
        (SIZE, (0, 100, 0), Refused.VALUE),
        (SIZE + 1, (0, 100), Refused.VALUE),
        (ORDER, (0,), Refused.VALUE),
        (ORDER, (4,), Refused.VALUE),
        (ORDER, (1, 1), Refused.ADDRESS),
        (PHASE, (3,), Refused.ADDRESS),
        (SIZE, (0, 100, 0, 0, 9), Refused.VALUE),
    ],
)
def test_half_an_order_is_none(
    prepaid: Technician, address: int, values: tuple[int, ...], code: Refused
) -> None:
    prepaid.unlock()

    assert prepaid.refused(address, *values) is code
    assert prepaid.holding(SIZE, 6) == [0] * 6


class TestWire:
    """Function 0x15, byte by byte."""

    @pytest.fixture
    def receiving(self, prepaid: Technician) -> Technician:
        announce(prepaid, IMAGE)
        return prepaid

    def test_a_write_is_echoed(self, receiving: Technician) -> None:
        request = bytes.fromhex("15 0b 06 000a 0004 0002 1234 5678")

        assert respond(receiving.meter, request) == request
        assert bytes(receiving.meter.state.transfer.image[8:12]) == bytes.fromhex("12345678")

    def test_one_request_may_write_two_runs(self, receiving: Technician) -> None:
        request = bytes.fromhex("15 12 06 000a 0000 0001 1111 06 000b 0005 0001 2222")

        assert respond(receiving.meter, request) == request
        assert bytes(receiving.meter.state.transfer.image[:2]) == b"\x11\x11"
        assert bytes(receiving.meter.state.transfer.image[20_010:20_012]) == b"\x22\x22"

    @pytest.mark.parametrize(
        ("request_hex", "code"),
        [
            ("15 09 05 000a 0000 0001 1111", 2),
            ("15 09 06 000f 0000 0001 1111", 2),
            ("15 09 06 000a 270f 0001 1111 ", 0),
            ("15 0b 06 000a 270f 0002 1111 2222", 2),
            ("15 09 06 000a 0000 0002 1111", 3),
            ("15 0b 06 000a 0000 0001 1111 0600", 3),
            ("15 81 06 000a 0000 003d" + " 1111" * 61, 3),
        ],
    )
    def test_refusals(self, receiving: Technician, request_hex: str, code: int) -> None:
        request = bytes.fromhex(request_hex)

        assert respond(receiving.meter, request) == (bytes([0x95, code]) if code else request)
