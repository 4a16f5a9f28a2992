"""Replies of meters that hold anything: a value that can be, or an error of the bus or of the meter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
import math
from typing import Any, Final

from hypothesis import given, strategies as st
from modbus_connection import (
    ModbusConnectionError,
    ModbusDesyncError,
    ModbusError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusTimeoutError,
)

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.errors import BusError
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.meters.commands.credit import load_token, write_top_up
from custom_components.csj_meter.meters.commands.errors import CommandError, OutcomeUnknownError
from custom_components.csj_meter.meters.commands.firmware import Image, Transfer
from custom_components.csj_meter.meters.commands.relay import set_relay
from custom_components.csj_meter.meters.commands.restart import restart
from custom_components.csj_meter.meters.commands.rings import (
    LogEntry,
    LogPosition,
    read_load_profile,
    read_new_events,
)
from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.commands.settings import Day, read_day_table, set_clock, write_setting
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.errors import MeterError
from custom_components.csj_meter.meters.identity import Capability, Identity
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.quantities import QUANTITIES, RelayMode
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.simulator.firmware import build_image
from custom_components.csj_meter.simulator.models import Model
from tests.meters.register_images import IMAGES
from tests.simulated import EPOCH, PROFILES
from tests.virtual_time import run_virtual

from .malformed import door

FORESEEN = (BusError, MeterError, CommandError, OutcomeUnknownError)
"""What callers of a meter are prepared for."""

FAILURES: tuple[Callable[[], ModbusError], ...] = (
    lambda: ModbusTimeoutError("silent"),
    lambda: ModbusConnectionError("gone"),
    lambda: ModbusProtocolError("broken"),
    lambda: ModbusDesyncError("another answer"),
    lambda: ModbusExceptionError(1),
    lambda: ModbusExceptionError(255),
    lambda: ModbusError("something"),
)

SPECIAL: Final = (0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, 0x7F80, 0xFF80, 0x7FC0, 0x3F80, 0x0D0A, 0x1B5B, 0x2000)

STREAMS: Final = st.binary(min_size=4, max_size=300)
"""What a line says, for as long as somebody asks: its bytes decide about one answer after the other."""


class Stream:
    """Bytes that begin anew at their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        found = self._data[self._at % len(self._data)]
        self._at += 1
        return found

    def word(self) -> int:
        if (first := self.byte()) < 80:
            return SPECIAL[first % len(SPECIAL)]
        return first << 8 ^ self.byte() * 257 & 0xFFFF


@dataclass(slots=True)
class Answers:
    """A unit that answers as a meter does, but for some words, with too few or too many, or not at all."""

    stream: Stream
    true: Mapping[str, Mapping[int, int]]
    """Space -> address -> word of a sound meter."""

    questions: int = 0
    connected: bool = True

    def _answer(self, count: int, sound: Mapping[int, int], first: int = 0) -> list[int]:
        self.questions += 1
        assert self.questions < 4000, "it asks without an end"
        kind = self.stream.byte()
        if kind < 12:
            failure = FAILURES[self.stream.byte() % len(FAILURES)]
            raise failure()
        if kind < 20:
            count = self.stream.byte()
        if kind < 60:
            return [self.stream.word() for _ in range(count)]
        words = [sound.get(address, 0) for address in range(first, first + count)]
        for _ in range(self.stream.byte() % 4 if count else 0):
            words[self.stream.byte() % count] = self.stream.word()
        return words

    async def read_holding_registers(self, address: int, count: int) -> list[int]:
        return self._answer(count, self.true.get("holding", {}), address)

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        return self._answer(count, self.true.get("input", {}), address)

    async def read_file_record(self, file: int, record: int, length: int) -> list[int]:
        return self._answer(length, SOUND_ENTRIES)

    async def write_registers(self, address: int, values: list[int]) -> None:
        self._answer(0, {})

    async def write_file_record(self, file: int, record: int, values: list[int]) -> None:
        self._answer(0, {})

    async def diagnostics(self, sub_function: int, data: int = 0) -> int:
        return (self._answer(1, {}) or [0])[0]

    async def read_device_identification(self) -> dict[int, bytes]:
        return {word >> 8: bytes(self._answer(9, {}) and [word & 0xFF] * 300) for word in self._answer(3, {})}

    def set_message_spacing(self, seconds: float) -> None:
        """Nothing to keep."""

    def require_timeout(self, seconds: float | None) -> None:
        """Nothing to wait for."""


def _entries() -> dict[int, int]:
    """Sound entries of a load profile, one after the other."""
    words: list[int] = []
    for number in range(20):
        entry = [0x6B2F, 900 * number & 0xFFFF, 0, number, 2300, 0, 1234]
        words += [*entry, sum(entry) % 65536]
    return dict(enumerate(words))


SOUND_ENTRIES: Final = _entries()

TRUE: Final[Mapping[str, Mapping[str, Mapping[int, int]]]] = {
    image.profile: {
        space: {first + number: word for first, words in blocks.items() for number, word in enumerate(words)}
        for space, blocks in image.registers.items()
    }
    for image in IMAGES
}
"""Profile -> registers of a sound meter."""


def bus_with(data: bytes, profile: str) -> Bus:
    unit: Any = Answers(Stream(data), TRUE[profile])
    return Bus("line", lambda _: unit, LineTiming(), wall_clock=lambda: EPOCH)


def is_sound(identity: Identity) -> None:
    """Whether an identity is one that the rest can work with."""
    assert identity.phases in (1, 3)
    assert 1 <= identity.tariffs <= 8
    for text in (identity.serial, identity.model, identity.firmware or "", identity.hardware or ""):
        assert text.isprintable()
        assert len(text) <= 128
    for number in (identity.rated_voltage, identity.max_current, identity.ct_ratio, identity.pt_ratio):
        assert number is None or (math.isfinite(number) and number >= 0)
    assert identity.ct_ratio > 0
    assert identity.pt_ratio > 0


def outcome[T](work: Callable[[], Awaitable[T]]) -> T | None:
    """What comes of it, None after an error that is foreseen."""

    async def story() -> T | None:
        try:
            return await work()
        except FORESEEN:
            return None

    return run_virtual(story())


@door(100)
@given(STREAMS, st.sampled_from(sorted(TRUE)))
def test_a_device_says_who_it_is(data: bytes, name: str) -> None:
    found = outcome(lambda: identify(bus_with(data, name), 1, PROFILES.values()))
    if found is not None:
        is_sound(found)


def _meter(data: bytes, name: str) -> Meter:
    profile = PROFILES[name]
    identity = Identity(
        serial=next((image.serial for image in IMAGES if image.profile == name), None) or "1",
        profile=name,
        manufacturer="x",
        model="x",
        phases=profile.phases,
        tariffs=profile.tariffs,
        capabilities=frozenset(Capability),
    )
    return Meter(bus_with(data, name), 1, profile, identity, wall_clock=lambda: EPOCH)


@door(150)
@given(STREAMS, st.sampled_from(sorted(TRUE)))
def test_every_group_of_every_profile(data: bytes, name: str) -> None:
    meter = _meter(data, name)
    for group in (*meter.groups, Group.LIVE):
        if group not in meter.groups:
            continue
        reading = outcome(lambda group=group: meter.read(group))  # type: ignore[misc]
        is_sound(meter.identity)
        for quantity, value in ({} if reading is None else reading.values).items():
            if quantity in QUANTITIES:
                assert value is None or isinstance(value, str | tuple) or math.isfinite(value)


@door(60)
@given(STREAMS, st.sampled_from((0, EPOCH, 2**32)), st.sampled_from((0, 4, 100)))
def test_the_rings_of_a_meter(data: bytes, since: float, filled: int) -> None:
    session = Session(_meter(data, "csj_3p_prepay"), 1)
    entries = outcome(lambda: read_load_profile(session, int(since))) or ()
    assert len(entries) <= 6000
    assert all(0 < entry.end < 2**32 for entry in entries)
    position = LogPosition(slot=3, filled=filled, entry=LogEntry.of(1, 2, 3) if filled else None)
    news = outcome(lambda: read_new_events(session.meter, position))
    assert len(news.entries if news else ()) <= 100


@door(60)
@given(STREAMS)
def test_commands_and_the_transfer_of_firmware(data: bytes) -> None:
    meter = _meter(data, "csj_3p_prepay")
    session = Session(meter, 1)
    image = Image.parse(build_image(Model.DTSY300, (9, 8, 7), bytes(300)))
    outcome(session.test_key)
    outcome(lambda: set_clock(session, lambda: EPOCH))
    outcome(lambda: read_day_table(session, Day.SUNDAY))
    outcome(lambda: write_setting(session, "price_t1", 0.25))
    outcome(lambda: write_top_up(session, Decimal("12.50"), 4))
    outcome(lambda: load_token(session, "12345678901234567890"))
    outcome(lambda: set_relay(session, RelayMode.FORCED_OPEN))
    outcome(lambda: restart(session))
    outcome(Transfer(session, image).run)
    outcome(lambda: meter.bus.describe(1))
    outcome(meter.bus.echoes)
