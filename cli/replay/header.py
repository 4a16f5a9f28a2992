"""The first line of the file: which column is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from custom_components.csj_meter.meters.quantities import QUANTITIES, Quantity, Unit

from ..errors import CommandError

TIME: Final = "time"
METER: Final = "meter"
CIRCUIT: Final = "circuit"

EXPORTED_TIME: Final = "utc_time"
"""The column of time in an export of the integration, and by what one is recognised."""

EXPORTED: Final = frozenset({"local_time", "name", "currency", "provenance"})
"""Columns of an export that say nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with the values of a quantity."""

    place: int
    """Which cell of a row."""

    title: str
    """As the file has it."""

    quantity: Quantity
    """What is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the cells of each row are."""

    titles: tuple[str, ...]
    """As the file has them, without empty ones at the end."""

    time: int
    """The cell that says when."""

    meter: int
    """The cell with the serial number."""

    circuit: int | None
    """The cell with the circuit; None when no column says it."""

    columns: tuple[Column, ...]
    """The cells with values."""


def read_header(cells: Sequence[str]) -> Header:
    """What the first line says. Raises CommandError."""
    titles = [cell.strip() for cell in cells]
    while titles and not titles[-1]:  # spreadsheets leave empty columns behind
        titles.pop()
    if not titles:
        raise CommandError("the first line must name the columns, for example time,meter,voltage_l1")
    if len(titles) == 1 and any(separator in titles[0] for separator in ";\t"):
        raise CommandError("line 1: write commas between the columns, and a point in numbers")
    names = [title.partition("[")[0].strip() for title in titles]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise CommandError(f"line 1: the column {titles[place]!r} is there twice: remove one")
    when = EXPORTED_TIME if EXPORTED_TIME in names and TIME not in names else TIME
    for needed in (when, METER):
        if needed not in names:
            raise CommandError(f"line 1: there is no column {needed!r}; see --help for the columns")
    ignored = EXPORTED if when == EXPORTED_TIME else frozenset[str]()
    known = {when, METER, CIRCUIT, *ignored}
    rest = [place for place, name in enumerate(names) if name not in known]
    unknown = [titles[place] for place in rest if not _is_quantity(names[place], titles[place])]
    if unknown:
        raise CommandError(f"line 1: {_told(unknown)}")
    if not rest:
        raise CommandError("line 1: no column has values: add a quantity such as voltage_l1 or active_power")
    return Header(
        titles=tuple(titles),
        time=names.index(when),
        meter=names.index(METER),
        circuit=names.index(CIRCUIT) if CIRCUIT in names else None,
        columns=tuple(
            Column(place=place, title=titles[place], quantity=QUANTITIES[names[place]]) for place in rest
        ),
    )


def _is_quantity(name: str, title: str) -> bool:
    """Whether it is one, in its own unit if a unit is given; which money it is, does not matter here."""
    if name not in QUANTITIES:
        return False
    unit = QUANTITIES[name].unit
    _, given, said = title.partition("[")
    return not given or unit in (Unit.MONEY, Unit.MONEY_PER_KILOWATT_HOUR) or said == f"{unit}]"


def _told(unknown: Sequence[str]) -> str:
    """Which columns nobody knows, and what may have been meant."""
    many = len(unknown) > 1
    told = f"unknown column{'s' if many else ''} {', '.join(map(repr, unknown))}: "
    names = {title: title.partition("[")[0].strip() for title in unknown}
    for title, name in names.items():
        if name in QUANTITIES:
            unit = QUANTITIES[name].unit
            return told + f"{title!r} must be in {unit}" if unit else told + f"{name} has no unit"
    known = (TIME, METER, CIRCUIT, *QUANTITIES)
    near = [match for name in names.values() for match in get_close_matches(name, known, n=1)]
    remedy = f"did you mean {', '.join(dict.fromkeys(near))}? " if near else ""
    return told + remedy + "Use the names that --help lists, or remove " + ("them" if many else "it")
