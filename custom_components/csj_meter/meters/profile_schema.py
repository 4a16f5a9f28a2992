"""What a profile file means as a whole: positioned values in, a checked ``Profile`` out.

Nothing here opens a file. Every refusal is a ``ProfileError`` that names file, line and remedy,
because the reader is a person who has just typed a meter's manual into a text file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
import re
from typing import Final

from .identity import Capability
from .profile import Check, CommandSet, Field, FieldType, Profile, Space
from .profile_fields import LAST_ADDRESS, NUMBER_TYPES, SPACES, Placed, fields_of, space_of
from .profile_yaml import Item, listed, needed, shown, whole_number
from .reading import Group

MAX_FIELDS: Final = 2000
"""Most fields in one profile."""

_TOP_KEYS: Final = (
    "extends",
    "drop",
    "manufacturer",
    "model",
    "source",
    "verified",
    "phases",
    "tariffs",
    "capabilities",
    "commands",
    "max_read",
    "absent",
    "serial",
    "ranges",
    "probe",
    "checks",
    "groups",
)
_OWN_KEYS: Final = ("extends", "drop", "groups")
"""Keys that are not simply inherited: they say what a file changes."""

_LARGEST_READ: Final = 125
"""What one Modbus reply can carry."""

_PROBE_REGISTERS: Final = 6
"""The bus asks for up to this many there, to tell late replies from timely ones."""

_RANGE: Final = re.compile(r"([0-9a-fA-FxX]{1,6})\.\.([0-9a-fA-FxX]{1,6})")

type Sections = Mapping[str, Item]
"""Top level of one file: key -> value."""


def sections_of(document: Item) -> Sections:
    """The top level of a file; its keys are known ones.

    Raises ``ProfileError``.
    """
    return document.section(_TOP_KEYS, "a profile")


def build(name: str, source_file: str, document: Item, chain: Sequence[Sections]) -> Profile:
    """The profile of ``chain``: the file itself, the one that it extends, and so on.

    ``document`` is the file itself, for what is missing altogether. Raises ``ProfileError``.
    """
    return _Builder(document, chain).build(name, source_file)


class _Builder:
    """One profile in the making."""

    def __init__(self, document: Item, chain: Sequence[Sections]) -> None:
        self._document = document
        self._chain = chain
        merged: dict[str, Item] = {}
        for sections in reversed(chain):
            merged |= {key: item for key, item in sections.items() if key not in _OWN_KEYS}
        self._top = merged

    def build(self, name: str, source_file: str) -> Profile:
        phases = self._need("phases", "phases: 3").integer(1, 3)
        if phases == 2:
            raise self._top["phases"].error("no meter here has 2 phases", "write 1 or 3")
        tariffs = self._top["tariffs"].integer(1, 8) if "tariffs" in self._top else 1
        capabilities = self._capabilities()
        max_read = self._need("max_read", "max_read: 60").integer(1, _LARGEST_READ)
        ranges = self._ranges()
        checks = tuple(self._checks(ranges))
        placed = [
            entry
            for entry in self._fields()
            if not entry.inherited or _exists(entry.field, phases=phases, tariffs=tariffs)
        ]
        for entry in placed:
            _check_place(entry, phases=phases, tariffs=tariffs, max_read=max_read, ranges=ranges)
        _check_names(placed)
        _check_overlap(placed)
        _check_conditions(placed, capabilities)
        self._check_identity(placed)
        groups = {
            group: fields
            for group in Group
            if (fields := tuple(entry.field for entry in placed if entry.group is group))
        }
        if Group.LIVE not in groups:
            raise self._document.error("group 'live' is missing", "add it with at least a voltage or a power")
        return Profile(
            name=name,
            manufacturer=self._need("manufacturer", "manufacturer: Eastron").text(),
            model=self._need("model", "model: SDM630").text(),
            source=self._need("source", "source: manual of the maker, version 1.2").text(limit=1000),
            verified=self._need("verified", "verified: false").boolean(),
            phases=phases,
            tariffs=tariffs,
            capabilities=capabilities,
            max_read=max_read,
            ranges=ranges,
            groups=groups,
            checks=checks,
            probe=self._probe(ranges, checks[0]),
            commands=self._top["commands"].choice(CommandSet, "command set")
            if "commands" in self._top
            else None,
            source_file=source_file,
        )

    def _need(self, key: str, example: str) -> Item:
        return needed(self._top, key, self._document, example)

    def _capabilities(self) -> frozenset[Capability]:
        if "capabilities" not in self._top:
            return frozenset()
        return frozenset(item.choice(Capability, "capability") for item in self._top["capabilities"].items())

    def _ranges(self) -> Mapping[Space, tuple[tuple[int, int], ...]]:
        """Readable addresses, first and last, in rising order."""
        found: dict[Space, tuple[tuple[int, int], ...]] = {}
        written = self._need("ranges", "ranges: {input: [0x0000..0x0059]}").section(SPACES, "'ranges'")
        for space in SPACES:
            if (item := written.get(space)) is None:
                continue
            ranges = [_range(entry) for entry in item.items()]
            for earlier, later in pairwise(ranges):
                if later[0] <= earlier[1]:
                    raise item.error(
                        f"{_span(*later)} does not come after {_span(*earlier)}",
                        "write the ranges in rising order and without overlap",
                    )
            found[space] = tuple(ranges)
        return found

    def _checks(self, ranges: Mapping[Space, tuple[tuple[int, int], ...]]) -> Iterator[Check]:
        """How to recognise the family."""
        known = ("space", "at", "type", "one_of", "between", "scale")
        example = "checks: [{space: input, at: 0x0000, type: u16, between: [80, 300]}]"
        for item in self._need("checks", example).items():
            entry = item.section(known, "a check")
            space, address = _place(entry, item)
            kind = needed(entry, "type", item, "type: u16").choice(FieldType, "type")
            if kind not in NUMBER_TYPES:
                raise entry["type"].error("a check compares numbers", f"use {listed(NUMBER_TYPES)}")
            if ("one_of" in entry) is ("between" in entry):
                raise item.error("a check has either 'one_of' or 'between'", "add or remove one of them")
            scale = float(entry["scale"].number()) if "scale" in entry else 1.0
            one_of: tuple[int, ...] = ()
            low = high = None
            if "one_of" in entry:
                if kind is FieldType.FLOAT32 or "scale" in entry:
                    raise entry["one_of"].error("'one_of' compares raw whole numbers", "use 'between'")
                one_of = tuple(code.integer(-(2**31), 2**32 - 1) for code in entry["one_of"].items())
            else:
                limits = [float(limit.number()) for limit in entry["between"].items()]
                if len(limits) != 2 or limits[0] >= limits[1]:
                    raise entry["between"].error(
                        "'between' needs a smaller and a larger number", "write for example [80, 300]"
                    )
                low, high = limits
            check = Check(
                space=space, address=address, type=kind, one_of=one_of, low=low, high=high, scale=scale
            )
            _check_readable(item, "a check", space, address, check.registers, ranges)
            yield check

    def _probe(self, ranges: Mapping[Space, tuple[tuple[int, int], ...]], first: Check) -> tuple[Space, int]:
        """The register to knock at: as written, else that of the first check."""
        space, address = first.space, first.address
        item = self._top["checks"]
        if "probe" in self._top:
            item = self._top["probe"]
            space, address = _place(item.section(("space", "at"), "'probe'"), item)
        _check_readable(item, "the probe, six registers", space, address, _PROBE_REGISTERS, ranges)
        return space, address

    def _fields(self) -> Iterator[Placed]:
        """The fields of all groups: of a group that several files have, the outermost counts."""
        groups: dict[str, tuple[Item, bool]] = {}
        for sections in reversed(self._chain):
            own = sections is self._chain[0]
            if "drop" in sections:
                for item in sections["drop"].items():
                    if groups.pop(item.word([group.value for group in Group], "group"), None) is None:
                        raise item.error(
                            f"there is no group {shown(item.text())} to drop", "remove it from 'drop'"
                        )
            if "groups" in sections:
                written = sections["groups"].section([group.value for group in Group], "'groups'")
                groups |= {key: (item, not own) for key, item in written.items()}
        if not groups:
            self._need("groups", "groups: {live: {...}}")
        count = 0
        for key, (section, inherited) in groups.items():
            for placed in fields_of(Group(key), section, self._top.get("absent"), inherited=inherited):
                count += 1
                if count > MAX_FIELDS:
                    raise placed.item.error(
                        f"more than {MAX_FIELDS} fields", "leave out what nobody looks at"
                    )
                yield placed

    def _check_identity(self, placed: Sequence[Placed]) -> None:
        """A serial number, or a clear word that there is none; and the ratios that fields ask for."""
        identity = {entry.field.quantity for entry in placed if entry.group is Group.IDENTITY}
        for entry in placed:
            for ratio in entry.field.multiply:
                if ratio not in identity:
                    raise entry.item.error(
                        f"{shown(entry.field.quantity)} is multiplied with {ratio}, which the profile "
                        "does not read",
                        f"add {ratio} to the group 'identity'",
                    )
        if "serial" in self._top and self._top["serial"].text() != "none":
            raise self._top["serial"].error(
                "'serial' can only be 'none' here", "add the register of the serial to the group 'identity'"
            )
        if ("serial" in self._top) is ("serial" in identity):
            if "serial" in identity:
                raise self._top["serial"].error(
                    "'serial: none', but the group 'identity' reads one", "remove one of them"
                )
            raise self._document.error(
                "nothing says which meter this is",
                "add the serial number to the group 'identity', or write 'serial: none' if it has no "
                "register",
            )


def _range(item: Item) -> tuple[int, int]:
    match = _RANGE.fullmatch(item.text())
    first, last = (whole_number(part) for part in match.groups()) if match else (None, None)
    if first is None or last is None or not 0 <= first <= last <= LAST_ADDRESS:
        raise item.error(f"{shown(item.text())} is no range of addresses", "write for example 0x0000..0x0059")
    return first, last


def _span(first: int, last: int) -> str:
    return f"0x{first:04X}..0x{last:04X}"


def _place(entry: Mapping[str, Item], item: Item) -> tuple[Space, int]:
    """Space and address of a check or probe."""
    space = space_of(needed(entry, "space", item, "space: input"))
    return space, needed(entry, "at", item, "at: 0x0000").integer(0, LAST_ADDRESS)


def _check_readable(
    item: Item,
    what: str,
    space: Space,
    address: int,
    count: int,
    ranges: Mapping[Space, tuple[tuple[int, int], ...]],
) -> None:
    """Whether ``count`` registers from ``address`` can be read in one go."""
    last = address + count - 1
    if not any(begin <= address and last <= end for begin, end in ranges.get(space, ())):
        raise item.error(
            f"{what} at {space} {_span(address, last)} is not inside one of the readable ranges",
            "correct 'at', or add the addresses to 'ranges'",
        )


def _exists(field: Field, *, phases: int, tariffs: int) -> bool:
    """Whether a meter with these phases and tariffs has the field."""
    return (field.phase or 1) <= phases and (field.tariff or 1) <= tariffs


def _check_place(
    entry: Placed,
    *,
    phases: int,
    tariffs: int,
    max_read: int,
    ranges: Mapping[Space, tuple[tuple[int, int], ...]],
) -> None:
    """Whether the field fits into the meter that the profile describes."""
    field, name = entry.field, shown(entry.field.quantity)
    if not _exists(field, phases=phases, tariffs=tariffs):
        raise entry.item.error(
            f"{name} cannot be in a meter with {phases} phase(s) and {tariffs} tariff(s)",
            "correct 'phases' or 'tariffs', or remove the field",
        )
    if field.registers > max_read:
        raise entry.item.error(
            f"{name} has {field.registers} registers, more than one read of {max_read}",
            "correct 'items' or 'registers', or raise 'max_read' if the meter allows it",
        )
    _check_readable(entry.item, name, field.space, field.address, field.registers, ranges)


def _check_names(placed: Sequence[Placed]) -> None:
    """No quantity comes from two places."""
    first: dict[str, Placed] = {}
    for entry in placed:
        name = entry.field.quantity
        if name in first:
            raise entry.item.error(
                f"{shown(name)} is already in group '{first[name].group}', line {first[name].item.line}",
                "remove one of them",
            )
        first[name] = entry


def _check_overlap(placed: Sequence[Placed]) -> None:
    """No register belongs to two fields."""
    ordered = sorted(placed, key=lambda entry: (entry.field.space, entry.field.address))
    for earlier, later in pairwise(ordered):
        last = earlier.field.address + earlier.field.registers - 1
        if earlier.field.space == later.field.space and later.field.address <= last:
            raise later.item.error(
                f"{shown(later.field.quantity)} at 0x{later.field.address:04X} overlaps "
                f"{shown(earlier.field.quantity)} at {_span(earlier.field.address, last)} "
                f"(line {earlier.item.line})",
                "correct 'at' or 'type' of one of them",
            )


def _check_conditions(placed: Sequence[Placed], capabilities: frozenset[Capability]) -> None:
    """A field may only need what the family can have."""
    for entry in placed:
        needs = entry.field.needs
        if needs is not None and needs not in capabilities:
            raise entry.item.error(
                f"{shown(entry.field.quantity)} needs {shown(needs)}, which is not in 'capabilities'",
                "add it there or remove 'needs'",
            )
