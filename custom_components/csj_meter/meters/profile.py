"""What a profile is: the register map of one family of meters, as data.

``profile_loader`` makes these from YAML; ``plan`` turns them into reads; nothing else knows
addresses. A field is one canonical quantity at one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from .identity import Capability
from .reading import Group

type Space = Literal["input", "holding"]
"""FC04 input registers or FC03 holding registers."""


class CommandSet(StrEnum):
    """How a family of meters is told to do something."""

    CSJ = "csj"
    """The commands of the CSJ reference map (docs/register-map.md, sections 7 to 9)."""


class FieldType(StrEnum):
    """How registers become a value."""

    U16 = "u16"
    I16 = "i16"
    U32 = "u32"
    I32 = "i32"
    U64 = "u64"
    I64 = "i64"
    FLOAT32 = "float32"
    ASCII = "ascii"
    BCD = "bcd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One quantity in the register map."""

    quantity: str
    """Canonical quantity, or one of the identity names."""

    space: Space
    """Address space."""

    address: int
    """Zero-based address of the first register."""

    type: FieldType
    """Encoding of one item."""

    length: int = 1
    """Registers of a text, or number of items of a list (1 = a plain value)."""

    scale: float = 1.0
    """Factor from the raw number to the canonical unit."""

    word_order: Literal["big", "little"] = "big"
    """Order of the words in values of more than one register."""

    absent: int | None = None
    """Raw pattern that means: no such value."""

    multiply: tuple[str, ...] = ()
    """Ratios of the identity (``ct_ratio``, ``pt_ratio``) that make a primary value of it."""

    modulus: float | None = None
    """Where a counter rolls over to zero, in the canonical unit but before ``multiply``."""

    phase: int | None = None
    """1..3: only there when the meter has that many phases."""

    tariff: int | None = None
    """1..8: only there when the meter has that many tariffs."""

    needs: Capability | None = None
    """Only there when the meter has this capability."""

    values: Mapping[int, str] = field(default_factory=dict)
    """Raw code -> word, for codes such as a model or a relay cause."""

    bits: Mapping[int, str] = field(default_factory=dict)
    """Bit number -> word, for masks: ``status`` (words of ``STATUS_BITS``) and ``capabilities``."""

    version: tuple[int, ...] = ()
    """Widths in bits, high part first, of a version number packed in one value; (8, 8, 16) reads
    0x02010003 as "2.1.3"."""

    @property
    def registers(self) -> int:
        """How many registers the field covers."""
        return WORDS[self.type] * self.length


WORDS: Mapping[FieldType, int] = {
    FieldType.U16: 1,
    FieldType.I16: 1,
    FieldType.U32: 2,
    FieldType.I32: 2,
    FieldType.U64: 4,
    FieldType.I64: 4,
    FieldType.FLOAT32: 2,
    FieldType.ASCII: 1,
    FieldType.BCD: 1,
}
"""Registers of one item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition that a device meets when it is of this family."""

    space: Space
    """Address space."""

    address: int
    """Zero-based address."""

    type: FieldType
    """Encoding."""

    one_of: tuple[int, ...] = ()
    """Raw values that match; empty when a range is given."""

    low: float | None = None
    """Smallest matching value, scaled."""

    high: float | None = None
    """Largest matching value, scaled."""

    scale: float = 1.0
    """Factor for the range."""

    @property
    def registers(self) -> int:
        """How many registers the check reads."""
        return WORDS[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Register map of one family of meters."""

    name: str
    """File name without suffix; what entries and the command line call it."""

    manufacturer: str
    """Maker."""

    model: str
    """Model or family, for people."""

    source: str
    """Where the map comes from."""

    verified: bool
    """Whether somebody has checked it on real hardware."""

    phases: int
    """1 or 3; an identity read from the meter takes precedence."""

    tariffs: int
    """Number of tariffs, likewise."""

    capabilities: frozenset[Capability]
    """What the family can do, likewise."""

    max_read: int
    """Most registers in one read."""

    ranges: Mapping[Space, tuple[tuple[int, int], ...]]
    """Readable addresses (first, last); a read never crosses from one range into another."""

    groups: Mapping[Group, tuple[Field, ...]]
    """Fields by the group they are polled in."""

    checks: tuple[Check, ...]
    """How to recognise the family; all must hold."""

    probe: tuple[Space, int]
    """A cheap register that is always readable, to ask whether the meter is there."""

    commands: CommandSet | None = None
    """How the family is told to do something; None where it is only read."""

    source_file: str = ""
    """Path of the file, for error messages and diagnostics."""

    @property
    def has_serial(self) -> bool:
        """Whether the meter tells a serial number; if not, bridge and unit id have to stand in for it."""
        return any(known.quantity == "serial" for known in self.groups.get(Group.IDENTITY, ()))
