"""Where everything stands: CSJ reference register map 1.0, as tables.

A block is a run of registers without holes; a read must stay inside one. Cells name the
canonical quantity whose value they hold, so what a meter says and what is true cannot part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from .energy import SwitchPoint
from .models import Capability

if TYPE_CHECKING:
    from .meter import SimulatedMeter
    from .truth import Truth

MAGIC: Final = 0x4353
MAP_VERSION: Final = 0x0100
LARGEST_READ: Final = 120
LARGEST_WRITE: Final = 60
SWITCH_POINTS: Final = 12
UNUSED: Final = 0xFFFF


class Space(StrEnum):
    """Address spaces that a meter has."""

    INPUT = "input"
    HOLDING = "holding"


class Refused(IntEnum):
    """Exception codes of the register map."""

    FUNCTION = 1
    ADDRESS = 2
    VALUE = 3
    LOCKED = 4
    BUSY = 6


class RefusalError(Exception):
    """A request that a meter answers with an exception."""

    def __init__(self, code: Refused) -> None:
        """Keep the code for the reply."""
        super().__init__(f"refused: {code.name.lower()}")
        self.code = code


class Width(StrEnum):
    """Encodings of one value."""

    U16 = "u16"
    I16 = "i16"
    U32 = "u32"
    I32 = "i32"

    @property
    def absent(self) -> int:
        """Raw value that means: there is no such thing."""
        return {"u16": 0xFFFF, "i16": 0x7FFF, "u32": 0xFFFFFFFF, "i32": 0x7FFFFFFF}[self]

    @property
    def words(self) -> int:
        """Registers it takes."""
        return 2 if self.value.endswith("32") else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One quantity, or a list of them, in a block."""

    width: Width
    """Encoding."""

    scale: float
    """Canonical unit per step."""

    quantities: tuple[str, ...]
    """In the order of their registers."""


def _cell(width: str, scale: float, *quantities: str) -> Cell:
    return Cell(width=Width(width), scale=scale, quantities=quantities)


def _phases(name: str, *more: str) -> tuple[str, ...]:
    return (f"{name}_l1", f"{name}_l2", f"{name}_l3", *more)


def _tariffs(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_t{tariff}" for tariff in range(1, 9))


LIVE: Final = (
    _cell("u16", 1, "sequence", "status"),
    _cell("u16", 0.1, *_phases("voltage"), "voltage_l1_l2", "voltage_l2_l3", "voltage_l3_l1"),
    _cell("u32", 0.001, *_phases("current", "current_n")),
    _cell("i32", 0.1, *_phases("active_power", "active_power")),
    _cell("i32", 0.1, *_phases("reactive_power", "reactive_power")),
    _cell("u32", 0.1, *_phases("apparent_power", "apparent_power")),
    _cell("i16", 0.001, *_phases("power_factor", "power_factor")),
    _cell("u16", 0.01, "frequency", *_phases("voltage_thd"), *_phases("current_thd")),
    _cell("u16", 0.01, "voltage_unbalance", "current_unbalance"),
    _cell("i16", 0.1, "temperature"),
    _cell("u16", 0.001, "battery_voltage"),
    _cell("u16", 1, "active_tariff"),
    _cell("u32", 1, "uptime"),
)
"""Input 0x0100, 58 registers."""

ENERGY: Final = (
    _cell("u32", 0.01, "energy_import", *_tariffs("energy_import")),
    _cell("u32", 0.01, "energy_export", *_tariffs("energy_export")),
    _cell("u32", 0.01, "reactive_energy_import", "reactive_energy_export"),
    _cell("u32", 0.1, "max_demand"),
)
"""Input 0x0200, 42 registers."""

PREPAY: Final = (
    _cell("i32", 0.01, "balance"),
    _cell("u16", 1, "credit_mode", "top_up_count"),
    _cell("u32", 0.01, "last_top_up", "overdraft_limit", "credit_alarm_1", "credit_alarm_2"),
    _cell("u32", 0.0001, *_tariffs("price")),
    _cell("u16", 1, "relay_contact", "relay_mode", "relay_cause", "currency"),
)
"""Input 0x0300, 32 registers."""

SAMPLING: Final = (
    _cell("u16", 1, "reporting_interval", "load_profile_interval"),
    _cell("u32", 1, "clock"),
)
"""Holding 0x0500, the first 4 registers."""

CREDIT_LIMITS: Final = (_cell("u32", 0.01, "credit_alarm_1", "credit_alarm_2", "overdraft_limit"),)
"""Holding 0x0508, 6 registers."""

PRICES: Final = (_cell("u32", 0.0001, *_tariffs("price")),)
"""Holding 0x0510, 16 registers."""

HARMONICS: Final = (*_phases("voltage_harmonics"), *_phases("current_harmonics"))
"""Input 0x0400, 30 registers each."""

BAUD_CODES: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
PARITY_CODES: Final = "NEO"


def words(width: Width, raw: int) -> list[int]:
    """Registers of one raw number, high word first."""
    if width.words == 1:
        return [raw & 0xFFFF]
    return [raw >> 16 & 0xFFFF, raw & 0xFFFF]


def encode(cells: Sequence[Cell], truth: Truth) -> list[int]:
    """Registers of a table of cells; what is missing from ``truth`` is absent."""
    registers: list[int] = []
    for cell in cells:
        for quantity in cell.quantities:
            value = truth.get(quantity)
            if value is None:
                raw = cell.width.absent
            elif isinstance(value, tuple):
                raise TypeError(f"{quantity} is not a number")
            else:
                raw = round(value / cell.scale)
            registers += words(cell.width, raw)
    return registers


def _identity(meter: SimulatedMeter) -> list[int]:
    plate = meter.nameplate
    major, minor, patch = meter.firmware
    serial = meter.shown_serial.encode("ascii").ljust(12, b"\0")
    return [
        MAGIC,
        plate.model,
        MAP_VERSION,
        plate.model.phases,
        plate.tariffs,
        meter.capabilities & 0xFF,
        plate.hardware,
        *words(Width.U32, major << 24 | minor << 16 | patch),
        round(plate.rated_voltage * 10),
        min(round(plate.max_current * 100), 0xFFFF),
        plate.ct_ratio,
        plate.pt_ratio,
        *(serial[place] << 8 | serial[place + 1] for place in range(0, 12, 2)),
        0,
    ]


def _harmonics(meter: SimulatedMeter) -> list[int]:
    truth = meter.truth()
    registers: list[int] = []
    for quantity in HARMONICS:
        spectrum = truth[quantity]
        if isinstance(spectrum, tuple):
            registers += [round(item * 100) for item in spectrum]
        else:
            registers += [Width.U16.absent] * 30
    return registers


def _line_settings(meter: SimulatedMeter) -> list[int]:
    """As they will be after a restart."""
    speed = meter.state.next_speed or meter.line_speed
    parity = meter.state.next_parity or meter.line_parity
    return [meter.unit_id, BAUD_CODES.index(speed), PARITY_CODES.index(parity)]


def _unlocking(meter: SimulatedMeter) -> list[int]:
    """Seconds left; the commands beside them read as 0."""
    return [*words(Width.U32, meter.lock.seconds_left(meter.clock())), 0, 0]


def _day_tables(meter: SimulatedMeter) -> list[int]:
    registers: list[int] = []
    for table in meter.settings.schedule.tables():
        registers += day_table(table)
    return registers


def day_table(points: Sequence[SwitchPoint]) -> list[int]:
    """24 registers of one day table; unused switch points are 0xFFFF."""
    used = [word for point in points for word in point]
    return used + [UNUSED] * (2 * SWITCH_POINTS - len(used))


ANYTHING: Final = Capability(0)
"""What every meter can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of readable registers."""

    first: int
    """Address of the first."""

    count: int
    """How many."""

    encode: Callable[[SimulatedMeter], list[int]]
    """Their contents now."""

    needs: Capability = ANYTHING
    """Only on meters that can do this."""


def _of(cells: Sequence[Cell]) -> Callable[[SimulatedMeter], list[int]]:
    return lambda meter: encode(cells, meter.truth())


BLOCKS: Final[Mapping[Space, tuple[Block, ...]]] = {
    Space.INPUT: (
        Block(first=0x0100, count=58, encode=_of(LIVE)),
        Block(first=0x0200, count=42, encode=_of(ENERGY)),
        Block(first=0x0300, count=32, encode=_of(PREPAY), needs=Capability.PREPAY),
        Block(first=0x0400, count=180, encode=_harmonics, needs=Capability.HARMONICS),
    ),
    Space.HOLDING: (
        Block(first=0x0000, count=20, encode=_identity),
        Block(
            first=0x0500,
            count=7,
            encode=lambda meter: encode(SAMPLING, meter.truth()) + _line_settings(meter),
        ),
        Block(first=0x0508, count=6, encode=_of(CREDIT_LIMITS)),
        Block(first=0x0510, count=16, encode=_of(PRICES)),
        Block(
            first=0x0530,
            count=4,
            encode=lambda meter: [
                meter.load_profile.newest,
                meter.load_profile.filled,
                meter.event_log.newest,
                meter.event_log.filled,
            ],
        ),
        Block(
            first=0x0540,
            count=6,
            encode=lambda meter: meter.updater.registers(meter.clock()),
            needs=Capability.FIRMWARE_UPDATE,
        ),
        Block(first=0x0560, count=72, encode=_day_tables),
        Block(first=0x0600, count=4, encode=_unlocking),
        Block(first=0x0610, count=3, encode=lambda _: [0] * 3, needs=Capability.PREPAY),
        Block(
            first=0x0618,
            count=6,
            encode=lambda meter: [0] * 5 + [meter.state.token_result],
            needs=Capability.STS_TOKEN,
        ),
    ),
}
"""Everything that can be read; what lies between is a hole."""


def block_of(meter: SimulatedMeter, space: Space, address: int, count: int) -> Block:
    """The block that holds a whole range of registers.

    Raises ``RefusalError`` (address) when the meter has no such block.
    """
    for block in BLOCKS[space]:
        if (
            block.first <= address
            and address + count <= block.first + block.count
            and block.needs in meter.capabilities
        ):
            return block
    raise RefusalError(Refused.ADDRESS)


def read(meter: SimulatedMeter, space: Space, address: int, count: int) -> list[int]:
    """Registers as they are now.

    Raises ``RefusalError`` for too many, or for a hole.
    """
    if not 1 <= count <= LARGEST_READ:
        raise RefusalError(Refused.VALUE)
    block = block_of(meter, space, address, count)
    start = address - block.first
    return block.encode(meter)[start : start + count]
