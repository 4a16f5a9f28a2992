"""What goes over the serial port of our bus, and when: taken where the program meets the kernel.

A request counts when ``write`` has handed it to the port, a reply when its last byte has been
read. Whose request it is, the running task tells: the link writes in the task of whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import time
from typing import Any
from unittest.mock import patch

from serialx.descriptor_transport import DescriptorTransport
from tmodbus.transport.async_rtu import ModbusRtuProtocol


@dataclass(slots=True)
class Transaction:
    """One request and what was read after it."""

    request: bytes
    """The frame."""

    task: asyncio.Task[Any] | None
    """Who asked."""

    sent: float
    """When it was with the port, on the monotonic clock."""

    heard: float | None = None
    """When the last byte so far was read after it."""

    @property
    def registers(self) -> int | None:
        """Number of registers that are read, None for anything but a read of registers."""
        return int.from_bytes(self.request[4:6]) if self.request[1] in (0x03, 0x04) else None

    @property
    def seconds(self) -> float:
        """From the request to the last byte of the reply."""
        if self.heard is None:
            raise RuntimeError(f"nothing was heard after {self.request.hex(' ')}")
        return self.heard - self.sent


@dataclass(slots=True)
class Wire:
    """All transactions since the beginning."""

    transactions: list[Transaction] = field(default_factory=list)
    """In the order of the wire."""

    def first_of(self, task: asyncio.Task[Any]) -> Transaction:
        """The first one that ``task`` has asked for. Raises LookupError."""
        for transaction in self.transactions:
            if transaction.task is task:
                return transaction
        raise LookupError(f"{task.get_name()} has sent nothing")


@contextmanager
def tapped() -> Iterator[Wire]:
    """Listen to every serial port that this program opens meanwhile."""
    wire = Wire()
    write, receive = DescriptorTransport.write, ModbusRtuProtocol.data_received

    def tapped_write(transport: DescriptorTransport, data: bytes | bytearray | memoryview) -> None:
        write(transport, data)
        wire.transactions.append(Transaction(bytes(data), asyncio.current_task(), time.monotonic()))

    def tapped_receive(protocol: ModbusRtuProtocol, data: bytes) -> None:
        if wire.transactions:
            wire.transactions[-1].heard = time.monotonic()
        receive(protocol, data)

    with (
        patch.object(DescriptorTransport, "write", tapped_write),
        patch.object(ModbusRtuProtocol, "data_received", tapped_receive),
    ):
        yield wire
