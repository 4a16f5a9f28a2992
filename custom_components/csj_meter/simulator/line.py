"""One half-duplex serial line with meters on it: who hears what, and when.

A master hands over bytes through a ``Port``; a request takes its time on the wire, the meter its
turnaround, the reply its time on the wire, and at the end of that the port gets the reply. Every
exchange has one deadline on the event loop's clock, so delays of timers do not add up, and a loop
with virtual time drives everything. Whoever speaks while another speaks garbles both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
import random
from typing import Final

from . import noise
from .alarm import Alarm, alarm
from .faults import FaultBoard, FaultKind
from .frames import REQUESTS, frame_length, framed, is_sound
from .in_process import InProcessLink, InProcessUnit
from .meter import SimulatedMeter
from .pdu import respond
from .store import StateFile

BROADCAST: Final = 0

TOLERANCE: Final = 0.015
"""Seconds that an operating system may put between the bytes of one frame."""

GARBAGE_SHARE: Final = 0.5
"""How often a meter that hears the wrong settings is taken for answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """Speed and format of the characters."""

    baudrate: int = 9600
    """bit/s."""

    parity: str = "N"
    """"N", "E" or "O"."""

    stopbits: int = 1
    """1 or 2."""

    def __post_init__(self) -> None:
        """Refuse what no line has.

        Raises ``ValueError``.
        """
        if self.baudrate <= 0:
            raise ValueError(f"{self.baudrate} is not a line speed")
        if self.parity not in ("N", "E", "O"):
            raise ValueError(f"parity is N, E or O, not {self.parity!r}")
        if self.stopbits not in (1, 2):
            raise ValueError(f"a character has 1 or 2 stop bits, not {self.stopbits}")

    @property
    def bits(self) -> int:
        """Bits of one character on the wire."""
        return 9 + (self.parity != "N") + self.stopbits

    @property
    def character(self) -> float:
        """Seconds of one character."""
        return self.bits / self.baudrate

    @property
    def silence(self) -> float:
        """Seconds of silence that end a frame."""
        return 3.5 * 11 / self.baudrate if self.baudrate <= 19200 else 0.00175


@dataclass(slots=True, kw_only=True)
class LineCounters:
    """What has happened on the line, for tests and benchmarks."""

    requests: int = 0
    """Frames that masters have sent and meters could read."""

    replies: int = 0
    """Replies that meters have sent."""

    collisions: int = 0
    """Requests that came while somebody else was speaking."""

    crowded: int = 0
    """Requests that came before the line had been silent for 3.5 characters."""

    lost: int = 0
    """Requests that a meter did not hear, and replies that nobody heard."""

    unreadable: int = 0
    """Requests with a broken CRC, or at the wrong speed."""

    busy: float = 0.0
    """Seconds from the first character of requests to the last of replies."""


class Port:
    """Where a master is connected to the line."""

    def __init__(self, line: SimulatedLine, deliver: Callable[[bytes], None]) -> None:
        """Connect; ``deliver`` gets whatever the master would hear."""
        self._line = line
        self._buffer = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._alarm: Alarm | None = None
        self.deliver = deliver
        self.settings: Callable[[], LineSettings | None] = lambda: None
        """How the master's end is set, where that can be known."""
        self.closed = False

    def feed(self, data: bytes) -> None:
        """Bytes from the master; complete frames go to the line."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._buffer += data
        while (length := frame_length(self._buffer, REQUESTS)) and len(self._buffer) >= length:
            frame = bytes(self._buffer[:length])
            del self._buffer[:length]
            self._line.transmit(frame, self)
        if self._buffer:
            wait = max(self._line.settings.silence, TOLERANCE)
            self._timer = asyncio.get_running_loop().call_later(wait, self._silence)

    def close(self) -> None:
        """Disconnect: nothing is delivered any more, not even what is on its way."""
        self.closed = True
        if self._timer:
            self._timer.cancel()
        if self._alarm:
            self._alarm.close()

    def expect(self, when: float, bring: Callable[[], bytes | None]) -> None:
        """Hear what ``bring`` brings at ``when``, on the loop's clock; None is nothing."""
        if self.closed:
            return

        def arrive() -> None:
            if data := bring():
                self.deliver(data)

        if self._alarm is None:
            self._alarm = alarm()
        self._alarm.at(when, arrive)

    def _silence(self) -> None:
        """The frame is over, whatever it was."""
        self._timer = None
        frame = bytes(self._buffer)
        self._buffer.clear()
        self._line.transmit(frame, self)


@dataclass(slots=True, kw_only=True)
class _Exchange:
    """The exchange that occupies the line."""

    ends: float
    """When its last character is over, on the loop's clock."""

    garbled: bool = False
    """Somebody has spoken into it."""


class SimulatedLine:
    """Meters on a cable."""

    def __init__(
        self,
        meters: Iterable[SimulatedMeter],
        *,
        baudrate: int = 9600,
        parity: str = "N",
        stopbits: int = 1,
        turnaround: float = 0.015,
        seed: int = 1,
        paced: bool = True,
        state_file: Path | None = None,
    ) -> None:
        """Connect ``meters``.

        ``turnaround`` s for meters that have none of their own, ``seed`` for the luck of broken
        bytes, ``paced`` False for a link that has wire time of its own (a real cable). What happens to
        the meters is kept in ``state_file`` and found there again.
        Raises ``ValueError`` for two meters with one unit id, for settings that no line has, or a file
        that holds something else, ``OSError`` when it cannot be read or written.
        """
        self.settings = LineSettings(baudrate=baudrate, parity=parity, stopbits=stopbits)
        self.turnaround = turnaround
        self.paced = paced
        self.chunk: int | None = None
        """Deliver replies in pieces of so many bytes, each when it is complete; None for whole replies."""
        self.meters: dict[int, SimulatedMeter] = {}
        """By unit id; of two with one id the one that was there first."""
        self.faults = FaultBoard()
        self.counters = LineCounters()
        self._luck = random.Random(noise.key(seed, "line"))
        self._exchange = _Exchange(ends=float("-inf"))
        self._links: list[Callable[[bool], None]] = []
        self._unplugged = False
        self._plugs = 0
        self._link: InProcessLink | None = None
        self._mounted: list[SimulatedMeter] = []
        self.state_file = StateFile(state_file) if state_file else None
        """Where the meters' states are kept, None for nowhere."""
        for meter in meters:
            if meter.unit_id in self.meters:
                raise ValueError(f"two meters have the unit id {meter.unit_id}")
            self.meters[meter.unit_id] = meter
            self._mounted.append(meter)
            meter.line_speed, meter.line_parity = baudrate, parity
            meter.foreign_serial = self._serial_of
            meter.join(self.faults)
            meter.moved = self._move
        if self.state_file:
            self._remember(self.state_file)
        # after the meters: links hear of a pulled cable when the meters know
        self.faults.watch(before=lambda: None, after=self._faults_changed)

    def _remember(self, file: StateFile) -> None:
        """Have the meters go on from ``file``, and keep it up to date."""
        for meter in self._mounted:
            serial = meter.nameplate.serial
            if state := file.state(serial):
                meter.restore(state)
            meter.kept = partial(file.save, serial)
        self._move()

    def _move(self) -> None:
        """A meter has another unit id: note who is where."""
        self.meters.clear()
        for meter in self._mounted:
            self.meters.setdefault(meter.unit_id, meter)

    def prepare(self) -> None:
        """Do the long sums now: the first answer of a meter reckons up all days since its installation.

        Takes some 20 ms a meter. May run in an executor before the line is used.
        """
        for meter in self.meters.values():
            meter.truth()

    def keep(self) -> None:
        """Have the states of all meters outlive the simulator, up to this very moment."""
        for meter in self._mounted:
            meter.settle()
            meter.keep()

    # --- the cable ------------------------------------------------------------------------

    @property
    def unplugged(self) -> bool:
        """Whether the cable has been pulled out."""
        return self._unplugged

    def watch_plug(self, told: Callable[[bool], None]) -> Callable[[], None]:
        """Be told with True when the cable is pulled out, with False when it is back.

        Returns a function that ends this.
        """
        self._links.append(told)
        return lambda: self._links.remove(told)

    def _faults_changed(self) -> None:
        unplugged = self.faults.of_line(FaultKind.UNPLUGGED) is not None
        if unplugged != self._unplugged:
            self._unplugged = unplugged
            self._plugs += 1
            self._exchange = _Exchange(ends=float("-inf"))
            for told in list(self._links):
                told(unplugged)

    def _serial_of(self, unit: int) -> str:
        meter = self.meters.get(unit)
        return meter.nameplate.serial if meter else f"STRANGER{unit:03}"

    # --- exchanges ------------------------------------------------------------------------

    def attach(self, deliver: Callable[[bytes], None]) -> Port:
        """Connect a master; ``deliver`` is called with what it hears."""
        return Port(self, deliver)

    def unit(self, unit_id: int) -> InProcessUnit:
        """One unit through the line's own in-process master; all units share that master."""
        if self._link is None:
            self._link = InProcessLink(self)
        return self._link.unit(unit_id)

    def transmit(self, frame: bytes, port: Port) -> float:
        """Put one frame of a master on the line now.

        Returns when the exchange is over, on the loop's clock; the port hears the reply, if any,
        then or, with late replies, later.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        spoken = port.settings() or self.settings
        character = spoken.character if self.paced else 0.0
        heard = now + len(frame) * character
        if self._unplugged:
            return heard
        if self.faults.of_line(FaultKind.ECHO):
            self._deliver(heard, frame, port)
        if now < self._exchange.ends:
            self.counters.collisions += 1
            self._exchange.garbled = True
            self._exchange.ends = max(self._exchange.ends, heard)
            return self._exchange.ends
        if self.paced and now < self._exchange.ends + 0.9 * self.settings.silence:
            self.counters.crowded += 1
        self._exchange = exchange = _Exchange(ends=heard)
        unit = frame[0]
        meter = self.meters.get(unit)
        if self._misheard(spoken, meter):
            self.counters.unreadable += 1
            if meter and meter.answers and self._luck.random() < GARBAGE_SHARE:
                exchange.ends = heard + self.turnaround + 6 * character
                self._deliver(exchange.ends, self._luck.randbytes(6), port)
            return exchange.ends
        if not is_sound(frame):
            self.counters.unreadable += 1
            return heard
        self.counters.requests += 1
        self.counters.busy += heard - now
        if unit == BROADCAST or meter is None or not meter.answers or self.loses_request(unit):
            return heard
        reply = self._reply(meter, frame)
        turnaround = self.turnaround if meter.turnaround is None else meter.turnaround
        exchange.ends = heard + turnaround + len(reply) * character
        self.counters.replies += 1
        self.counters.busy += exchange.ends - heard
        if self.loses_reply(unit):
            return exchange.ends
        late = self.faults.on(FaultKind.LATE_REPLIES, unit)
        self._deliver(exchange.ends + (late.size if late else 0.0), reply, port, exchange)
        return exchange.ends

    def _deliver(self, when: float, data: bytes, port: Port, exchange: _Exchange | None = None) -> None:
        """Let the port hear ``data``, the last character of it at ``when``."""
        plugs = self._plugs

        def bring(piece: bytes) -> bytes | None:
            if plugs != self._plugs:
                return None  # the cable was pulled out meanwhile
            return self._noise(piece) if exchange and exchange.garbled else piece

        size = self.chunk or len(data) or 1
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            after = (len(data) - start - len(piece)) * self.settings.character
            port.expect(when - after, partial(bring, piece))

    def _misheard(self, spoken: LineSettings, meter: SimulatedMeter | None) -> bool:
        """Whether a master that has ``spoken`` uses another speed or parity than the meter."""
        ours = (self.settings.baudrate, self.settings.parity)
        if meter:
            ours = (meter.line_speed, meter.line_parity)
        return (spoken.baudrate, spoken.parity) != ours

    def loses_request(self, unit: int) -> bool:
        """Whether the meter does not hear this request; by luck."""
        return self._loses(FaultKind.LOST_REQUESTS, unit)

    def loses_reply(self, unit: int) -> bool:
        """Whether nobody hears this reply; by luck."""
        return self._loses(FaultKind.LOST_REPLIES, unit)

    def _loses(self, kind: FaultKind, unit: int) -> bool:
        fault = self.faults.on(kind, unit)
        lost = fault is not None and self._luck.random() < fault.size
        self.counters.lost += lost
        return lost

    def _reply(self, meter: SimulatedMeter, frame: bytes) -> bytes:
        """The reply as it leaves the meter, with its faults."""
        unit = frame[0]
        others = [one for one in self._mounted if one.unit_id == unit and one is not meter and one.answers]
        reply = framed(unit, respond(meter, frame[1:-2]))
        for other in others:
            respond(other, frame[1:-2])
        if others or self.faults.on(FaultKind.DUPLICATE_UNIT_ID, unit):
            return self._noise(reply)
        crc_errors = self.faults.on(FaultKind.CRC_ERRORS, unit)
        if crc_errors and self._luck.random() < crc_errors.size:
            place = self._luck.randrange(len(reply))
            broken = reply[place] ^ 1 << self._luck.randrange(8)
            reply = reply[:place] + bytes([broken]) + reply[place + 1 :]
        dropped = self.faults.on(FaultKind.DROPPED_BYTES, unit)
        if dropped and self._luck.random() < dropped.size:
            place = self._luck.randrange(len(reply))
            reply = reply[:place] + reply[place + self._luck.randint(1, 3) :]
        return reply

    def _noise(self, data: bytes) -> bytes:
        """What is left of a frame when two speak at once: about half of the bits are wrong."""
        while is_sound(noisy := bytes(byte & self._luck.randrange(256) for byte in data)):
            pass  # one in 65 536 would pass for a frame
        return noisy
