"""Requests and replies byte by byte, decoded by both client stacks."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
from pymodbus.pdu import DecodePDU, ExceptionResponse
import pytest
from tmodbus.pdu import ReadDeviceIdentificationPDU, ReadHoldingRegistersPDU, ReadInputRegistersPDU

from custom_components.csj_meter.simulator import SimulatedLine, SimulatedMeter, demo_line
from custom_components.csj_meter.simulator.pdu import respond
from tests.simulator.conftest import Clock

METER = demo_line(clock=Clock()).meters[1]
CLIENT = DecodePDU(is_server=False)


@pytest.fixture
def meter(line: SimulatedLine) -> SimulatedMeter:
    return line.meters[1]


def test_both_stacks_read_the_same_registers(meter: SimulatedMeter) -> None:
    reply = respond(meter, bytes([4, 0x01, 0x00, 0, 58]))
    decoded = CLIENT.decode(reply)

    assert decoded is not None
    assert decoded.registers == ReadInputRegistersPDU(0x0100, 58).decode_response(reply)
    assert len(decoded.registers) == 58
    assert decoded.registers[2] == round(float(meter.truth()["voltage_l1"]) * 10)  # type: ignore[arg-type]


def test_holding_and_input_registers_are_different_spaces(meter: SimulatedMeter) -> None:
    reply = respond(meter, bytes([3, 0, 0, 0, 20]))

    assert ReadHoldingRegistersPDU(0, 20).decode_response(reply)[:2] == [0x4353, 302]
    assert respond(meter, bytes([4, 0, 0, 0, 20])) == bytes([0x84, 2])


def test_the_server_id_names_model_and_firmware(meter: SimulatedMeter) -> None:
    assert respond(meter, bytes([0x11])) == bytes([0x11, 18]) + b"CSJ DTSY300 1.4.2" + b"\xff"


def test_identification_has_three_objects(meter: SimulatedMeter) -> None:
    reply = respond(meter, bytes([0x2B, 0x0E, 1, 0]))
    objects = ReadDeviceIdentificationPDU(1, 0).decode_response(reply).objects

    assert objects == {0: b"CSJ", 1: b"DTSY300", 2: b"1.4.2"}


@pytest.mark.parametrize(
    ("request_tail", "reply"),
    [
        ([0x0E, 4, 1], bytes([0x2B, 0x0E, 4, 0x81, 0, 0, 1, 1, 7]) + b"DTSY300"),
        ([0x0E, 4, 3], bytes([0xAB, 2])),
        ([0x0E, 1, 2], bytes([0x2B, 0x0E, 1, 0x81, 0, 0, 1, 2, 5]) + b"1.4.2"),
        ([0x0E, 5, 0], bytes([0xAB, 3])),
        ([0x0D, 1, 0], bytes([0xAB, 1])),
    ],
)
def test_identification_one_by_one(meter: SimulatedMeter, request_tail: list[int], reply: bytes) -> None:
    assert respond(meter, bytes([0x2B, *request_tail])) == reply


def test_an_unknown_object_restarts_the_stream(meter: SimulatedMeter) -> None:
    assert respond(meter, bytes([0x2B, 0x0E, 1, 9])) == respond(meter, bytes([0x2B, 0x0E, 1, 0]))


def test_one_request_reads_two_files(meter: SimulatedMeter) -> None:
    request = bytes.fromhex("14 0e 06 0001 0000 0007 06 0008 0000 0004")
    reply = respond(meter, request)

    assert reply[:2] == bytes([0x14, 2 + 14 + 2 + 8])
    assert reply[2:4] == bytes([15, 6])
    assert reply[18:20] == bytes([9, 6])


@pytest.mark.parametrize(
    ("request_hex", "code"),
    [
        ("01 0000 0001", 1),
        ("05 0000 ff00", 1),
        ("07", 1),
        ("08 0000 1234", 1),
        ("17 0000 0001 0000 0001 02 0000", 1),
        ("41 00", 1),
        ("03 0000 0079", 3),
        ("04 0100 0000", 3),
        ("04 0100", 3),
        ("04 0100 003b", 2),
        ("06 0500 000a", 4),
        ("06 0000 000a", 2),
        ("06 0500", 3),
        ("10 0610 0003 06 0000 03e8 0001", 4),
        ("10 0610 0003 05 0000 03e8 00", 3),
        ("10 0610 0003 06 0000 03e8", 3),
        ("10 0560 003d 7a" + " 0000" * 61, 3),
        ("10 0560", 3),
        ("14 07 06 0001 0000 0000", 2),
        ("14 07 06 0001 0000 007b", 3),
        ("14 07 05 0001 0000 0008", 2),
        ("14 07 06 0009 0000 0008", 2),
        ("14 06 06 0001 0000 00", 3),
        ("14 00", 3),
        ("14", 3),
        ("15 09 06 000a 0000 0001 1234", 4),
        ("15 09 06 0008 0000 0001 1234", 2),
        ("15 07 06 000a 0000 0000", 3),
        ("15 09 06 000a 0000", 3),
    ],
)
def test_refusals(meter: SimulatedMeter, request_hex: str, code: int) -> None:
    request = bytes.fromhex(request_hex)

    assert respond(meter, request) == bytes([request[0] | 0x80, code])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(min_size=1, max_size=60))
def test_no_request_upsets_a_meter(request_pdu: bytes) -> None:
    reply = respond(METER, request_pdu)

    assert reply[0] & 0x7F == request_pdu[0] & 0x7F
    assert 2 <= len(reply) <= 253
    if reply[0] > 0x80:  # pymodbus does not know an exception to function 0
        decoded = CLIENT.decode(reply)
        assert isinstance(decoded, ExceptionResponse)
        assert decoded.exception_code in (1, 2, 3, 4)
