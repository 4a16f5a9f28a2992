"""From request to reply: what a meter answers to one Modbus PDU.

pymodbus codes the PDUs, except where it cannot:

- Requests of function 0x14: ``FileRecord`` takes the record length of a request for a number of
  bytes, so odd lengths are refused and even ones halved. Decoded here, and writes of files too,
  whose reference type it does not look at.
- Functions that pymodbus does not know at all raise in its decoder; a meter answers them with
  exception 1.

Its servers are not used either: they answer for units that do not exist (exception 4 instead of
silence), and at once instead of at the pace of a line.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, cast

from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.file_message import FileRecord, ReadFileRecordResponse, WriteFileRecordResponse
from pymodbus.pdu.mei_message import ReadDeviceInformationRequest, ReadDeviceInformationResponse
from pymodbus.pdu.other_message import ReportDeviceIdResponse
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersResponse,
    ReadInputRegistersResponse,
    WriteMultipleRegistersRequest,
    WriteMultipleRegistersResponse,
    WriteSingleRegisterResponse,
)

from .files import read_file, write_file
from .firmware import version_text
from .registers import LARGEST_WRITE, RefusalError, Refused, Space, read
from .writes import write

if TYPE_CHECKING:
    from .meter import SimulatedMeter

READ_HOLDING: Final = 0x03
READ_INPUT: Final = 0x04
WRITE_SINGLE: Final = 0x06
WRITE_MULTIPLE: Final = 0x10
REPORT_SERVER_ID: Final = 0x11
READ_FILE: Final = 0x14
WRITE_FILE: Final = 0x15
DEVICE_IDENTIFICATION: Final = 0x2B

SUB_REQUEST: Final = struct.Struct(">BHHH")
REFERENCE_TYPE: Final = 6
LARGEST_FILE_REPLY: Final = 0xF5
"""Bytes after the byte count of a 0x14 reply, by the specification."""

CONFORMITY: Final = 0x81
"""Basic identification, as a stream and one by one."""

DECODER: Final = DecodePDU(is_server=True)


def respond(meter: SimulatedMeter, request: bytes) -> bytes:
    """The reply PDU of ``meter`` to a request PDU; refusals are replies too."""
    function = request[0]
    meter.settle()
    try:
        if meter.busy:
            raise RefusalError(Refused.BUSY)
        reply = _answer(meter, function, request)
    except RefusalError as refusal:
        reply = ExceptionResponse(function & 0x7F, refusal.code)
    return bytes([reply.function_code]) + reply.encode()


def _answer(meter: SimulatedMeter, function: int, request: bytes) -> ModbusPDU:
    match function:
        case 0x03 | 0x04:
            return _registers(meter, function, _decoded(request))
        case 0x06:
            return _write_single(meter, request)
        case 0x10:
            return _write_multiple(meter, request)
        case 0x11:
            name = f"CSJ {meter.nameplate.model.name} {version_text(meter.firmware)}"
            return ReportDeviceIdResponse(identifier=name.encode("ascii"))
        case 0x14:
            return _read_file(meter, request)
        case 0x15:
            return _write_file(meter, request)
        case 0x2B:
            return _identification(meter, request)
    raise RefusalError(Refused.FUNCTION)


def _decoded(request: bytes) -> ModbusPDU:
    """The request as pymodbus reads it.

    Raises ``RefusalError`` (value) when it is cut short.
    """
    try:
        decoded = DECODER.decode(request)
    except struct.error:
        decoded = None
    if decoded is None:
        raise RefusalError(Refused.VALUE)
    return decoded


def _registers(meter: SimulatedMeter, function: int, request: ModbusPDU) -> ModbusPDU:
    if function == READ_HOLDING:
        registers = read(meter, Space.HOLDING, request.address, request.count)
        return ReadHoldingRegistersResponse(registers=registers)
    registers = read(meter, Space.INPUT, request.address, request.count)
    return ReadInputRegistersResponse(registers=registers)


def _write_single(meter: SimulatedMeter, request: bytes) -> ModbusPDU:
    if len(request) != 5:
        raise RefusalError(Refused.VALUE)
    pdu = _decoded(request)
    write(meter, pdu.address, pdu.registers)
    return WriteSingleRegisterResponse(address=pdu.address, registers=pdu.registers)


def _write_multiple(meter: SimulatedMeter, request: bytes) -> ModbusPDU:
    # the decoder believes the byte count, so it is compared with the quantity and the length first
    if len(request) < 6 or request[5] != 2 * (quantity := int.from_bytes(request[3:5])):
        raise RefusalError(Refused.VALUE)
    if quantity > LARGEST_WRITE or len(request) != 6 + request[5]:
        raise RefusalError(Refused.VALUE)
    pdu = cast("WriteMultipleRegistersRequest", _decoded(request))
    write(meter, pdu.address, pdu.registers)
    return WriteMultipleRegistersResponse(address=pdu.address, count=quantity)


def _read_file(meter: SimulatedMeter, request: bytes) -> ModbusPDU:
    if len(request) < 2 or len(request) != 2 + request[1] or request[1] % SUB_REQUEST.size or not request[1]:
        raise RefusalError(Refused.VALUE)
    records = list(SUB_REQUEST.iter_unpack(request[2:]))
    if sum(2 + 2 * length for _, _, _, length in records) > LARGEST_FILE_REPLY:
        raise RefusalError(Refused.VALUE)
    reply = []
    for kind, file, record, length in records:
        if kind != REFERENCE_TYPE:
            raise RefusalError(Refused.ADDRESS)
        registers = read_file(meter, file, record, length)
        reply.append(FileRecord(record_data=struct.pack(f">{length}H", *registers)))
    return ReadFileRecordResponse(records=reply)


def _write_file(meter: SimulatedMeter, request: bytes) -> ModbusPDU:
    if len(request) < 2 + SUB_REQUEST.size or len(request) != 2 + request[1]:
        raise RefusalError(Refused.VALUE)
    runs, place = [], 2
    while place < len(request):
        if len(request) < place + SUB_REQUEST.size:
            raise RefusalError(Refused.VALUE)
        kind, file, record, length = SUB_REQUEST.unpack_from(request, place)
        place += SUB_REQUEST.size + 2 * length
        if not 1 <= length <= LARGEST_WRITE or place > len(request):
            raise RefusalError(Refused.VALUE)
        if kind != REFERENCE_TYPE:
            raise RefusalError(Refused.ADDRESS)
        runs.append((file, record, request[place - 2 * length : place]))
    for file, record, data in runs:
        write_file(meter, file, record, struct.unpack(f">{len(data) // 2}H", data))
    return WriteFileRecordResponse(
        records=[
            FileRecord(file_number=file, record_number=record, record_data=data)
            for file, record, data in runs
        ]
    )


def _identification(meter: SimulatedMeter, request: bytes) -> ModbusPDU:
    if len(request) != 4 or request[1] != ReadDeviceInformationRequest.sub_function_code:
        raise RefusalError(Refused.FUNCTION)
    plate = meter.nameplate
    objects = {0: b"CSJ", 1: plate.model.name.encode(), 2: version_text(meter.firmware).encode()}
    read_code, first = request[2], request[3]
    match read_code:
        case 1 | 2 | 3:
            # an object that does not exist restarts the stream, says the specification
            shown = {number: text for number, text in objects.items() if number >= first} or objects
        case 4:
            if first not in objects:
                raise RefusalError(Refused.ADDRESS)
            shown = {first: objects[first]}
        case _:
            raise RefusalError(Refused.VALUE)
    reply = ReadDeviceInformationResponse(read_code=read_code, information=shown)
    reply.conformity = CONFORMITY
    return reply
