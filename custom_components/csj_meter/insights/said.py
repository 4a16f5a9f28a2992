"""What is said, before it is said in a language: the key of a sentence and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

KILOWATT_HOUR: Final = "kWh"
WATT: Final = "W"
PERCENT: Final = "%"
DAYS: Final = "days"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: one of those above, letters of a currency, or nothing."""

    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A minute (UTC, since 1970-01-01), told by the clock on the wall."""

    minute: int


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of the day, from the beginning of ``first`` to the beginning of ``end``; 0..23 each."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """Something that has a text of its own, by the key of that."""

    key: str


type Param = Amount | Moment | Span | Word


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence, or several that stand alone."""

    key: str
    """Under ``insights`` of the texts, such as ``state_all_quiet``."""

    params: Mapping[str, Param] = field(default_factory=dict)
    """Placeholder -> what stands there."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure behind what is said."""

    label: str
    """Last part of the key of its label: ``figure_`` and this."""

    value: Param
    """The figure."""

    money: bool = False
    """Whether it is about money, which not everybody may see."""
