"""How long things take on a serial line: pure arithmetic, no clock.

The formulas are those of the Modbus over Serial Line specification V1.02 (section 2.5.1):
a character is start bit, eight data bits, parity and stop bits; frames are separated by at
least 3.5 characters of silence, fixed at 1.75 ms above 19200 baud. A read of N registers is
8 characters of request and 5 + 2N of reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

READ_REQUEST_CHARACTERS: Final = 8
READ_REPLY_OVERHEAD: Final = 5
"""Unit id, function code, byte count and CRC around the registers."""

SERIAL_LATENCY: Final = 0.016
"""Seconds: latency timer of the common FTDI chips, the slowest of the USB adapters."""

NETWORK_LATENCY: Final = 0.060
"""Seconds: a serial server in the local network packs bytes for 10..20 ms each way."""

GATEWAY_LATENCY: Final = 0.5
"""Seconds: a Modbus TCP gateway queues requests and waits for its own serial line."""

DIAL_IN_LATENCY: Final = 1.5
"""Seconds: the round trip of a mobile network, asleep at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTiming:
    """Speed and habits of one line; all times in seconds."""

    baudrate: int = 9600
    """Line speed in bit/s, behind a gateway that of its serial side."""

    bits_per_character: int = 10
    """10 for 8N1; 11 with a parity bit or a second stop bit."""

    latency: float = 0.0
    """What adapter, driver or gateway may add to one exchange."""

    max_turnaround: float = 0.050
    """The slowest answer that a healthy meter may give, without its time on the wire."""

    @property
    def character(self) -> float:
        """Time of one character on the wire."""
        return self.bits_per_character / self.baudrate

    @property
    def silence(self) -> float:
        """Silence between two frames: 3.5 characters of 11 bits, or 1.75 ms above 19200 baud."""
        return 3.5 * 11 / self.baudrate if self.baudrate <= 19200 else 0.00175

    def read(self, count: int, turnaround: float) -> float:
        """Floor of one read of ``count`` registers, including the silence after it.

        T(N) = 8c + turnaround + (5 + 2N)c + s, with ``turnaround`` in seconds.
        """
        characters = READ_REQUEST_CHARACTERS + READ_REPLY_OVERHEAD + 2 * count
        return characters * self.character + turnaround + self.silence

    def patience(self, count: int) -> float:
        """How long to wait for the reply to a read before it counts as lost."""
        return self.read(count, self.max_turnaround) + self.latency

    def bridgeable_gap(self, turnaround: float) -> int:
        """Most unwanted registers worth reading to save a second request.

        Bridging G registers costs 2Gc; a second request costs 13c + turnaround + s.
        """
        second_request = self.read(0, turnaround)
        return int(second_request / (2 * self.character))
