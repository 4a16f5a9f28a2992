"""One entry of a profile's groups: ``voltage_l1..l3: {at: 0x0102, type: u16, scale: 0.1}``.

Expands runs over phases and tariffs, applies what the group says for all its fields, and checks
everything that can be judged from the entry alone. How fields get along with each other and with
the rest of the profile is checked in ``profile_schema``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
import re
from typing import Final

from .identity import Capability, Identity
from .profile import WORDS, Field, FieldType, Space
from .profile_yaml import Item, listed, needed, shown, suggestion, whole_number
from .quantities import COUNTERS, QUANTITIES, STATUS_BITS, Quantity, Ratio, Unit
from .reading import Group

IDENTITY_NAMES: Final = tuple(
    field.name for field in fields(Identity) if field.name not in ("profile", "manufacturer")
)
"""What the identity group holds; the other groups hold canonical quantities."""

SPACES: Final[tuple[Space, ...]] = ("input", "holding")
NUMBER_TYPES: Final = tuple(kind for kind in FieldType if kind not in (FieldType.ASCII, FieldType.BCD))
LAST_ADDRESS: Final = 0xFFFF

DEFAULT_KEYS: Final = ("space", "type", "word_order", "absent", "needs")
"""Keys that a group may state once for all its fields."""

_FIELD_KEYS: Final = (
    "at",
    *DEFAULT_KEYS,
    "scale",
    "unit",
    "multiply",
    "items",
    "registers",
    "step",
    "rolls_over_at",
    "values",
    "bits",
    "version",
)
_RATIOS: Final[tuple[Ratio, ...]] = ("ct_ratio", "pt_ratio")
_TEXT_NAMES: Final = frozenset({"serial", "model", "firmware", "hardware"})
_VERSION_NAMES: Final = frozenset({"firmware", "hardware"})
_MASK_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": tuple(STATUS_BITS),
    "capabilities": tuple(Capability),
}
_SIGNED: Final = frozenset({FieldType.I16, FieldType.I32, FieldType.I64})
_IDENTITY_UNITS: Final = {"rated_voltage": Unit.VOLT, "max_current": Unit.AMPERE}

_FACTORS: Final[Mapping[str, tuple[Unit, Decimal]]] = {
    "mV": (Unit.VOLT, Decimal("0.001")),
    "kV": (Unit.VOLT, Decimal(1000)),
    "mA": (Unit.AMPERE, Decimal("0.001")),
    "kA": (Unit.AMPERE, Decimal(1000)),
    "kW": (Unit.WATT, Decimal(1000)),
    "MW": (Unit.WATT, Decimal(1_000_000)),
    "kvar": (Unit.VAR, Decimal(1000)),
    "kVA": (Unit.VOLT_AMPERE, Decimal(1000)),
    "mHz": (Unit.HERTZ, Decimal("0.001")),
    "Wh": (Unit.KILOWATT_HOUR, Decimal("0.001")),
    "MWh": (Unit.KILOWATT_HOUR, Decimal(1000)),
    "varh": (Unit.KILOVAR_HOUR, Decimal("0.001")),
    "Mvarh": (Unit.KILOVAR_HOUR, Decimal(1000)),
    "min": (Unit.SECOND, Decimal(60)),
    "h": (Unit.SECOND, Decimal(3600)),
} | {unit.value: (unit, Decimal(1)) for unit in Unit if unit}
"""Unit as manuals write it -> canonical unit, and the factor to it."""

_RUN: Final = re.compile(r"(?P<stem>[a-z_]{1,40})_(?P<sort>[lt])(?P<first>[1-9])\.\.(?P=sort)(?P<last>[1-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A field and where it was written."""

    field: Field
    """The field."""

    group: Group
    """The group that it is polled in."""

    item: Item
    """Its entry in the file."""

    inherited: bool
    """Whether it comes from a profile that this one extends."""


def fields_of(group: Group, section: Item, absent: Item | None, *, inherited: bool) -> Iterator[Placed]:
    """All fields of one group; ``absent`` is what the profile says for all its fields.

    Raises ``ProfileError``.
    """
    entries = section.mapping("a group of fields")
    defaults = {key: entries[key] for key in DEFAULT_KEYS if key in entries}
    if absent is not None:
        defaults.setdefault("absent", absent)
    runs = {key: item for key, item in entries.items() if key not in DEFAULT_KEYS}
    if not runs:
        raise section.error(f"group {shown(group)} has no fields", "add one or remove the group")
    known = IDENTITY_NAMES if group is Group.IDENTITY else tuple(QUANTITIES)
    for key, item in runs.items():
        # An entry that is only an address leaves everything else to the group.
        own = {"at": item} if item.is_scalar else item.section(_FIELD_KEYS, "a field")
        entry = defaults | own
        address = needed(entry, "at", item, "at: 0x0102").integer(0, LAST_ADDRESS)
        for name in _names(key):
            if name not in known:
                raise item.error(f"unknown quantity {shown(name)}", _unknown_remedy(name, known))
            field = _Entry(name=name, item=item, entry=entry).field(address)
            yield Placed(field=field, group=group, item=item, inherited=inherited)
            step = field.registers
            if "step" in entry:
                step = entry["step"].integer(field.registers, LAST_ADDRESS)
            address += step


def space_of(item: Item) -> Space:
    """The address space that ``item`` names."""
    return "input" if item.word(SPACES, "space") == "input" else "holding"


def _names(key: str) -> Iterator[str]:
    """The names that a key stands for: itself, or a run such as ``voltage_l1..l3``."""
    run = _RUN.fullmatch(key)
    if run is None:
        yield key
        return
    for number in range(int(run["first"]), int(run["last"]) + 1):
        yield f"{run['stem']}_{run['sort']}{number}"


def _unknown_remedy(name: str, known: tuple[str, ...]) -> str:
    if name in IDENTITY_NAMES:
        return "move it to the group 'identity'"
    if name in QUANTITIES:
        return "move it to another group; 'identity' only holds who the meter is"
    return suggestion(name, known, "docs/profiles.md lists all names")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One name with its keys, to be made into a field."""

    name: str
    item: Item
    entry: Mapping[str, Item]

    def field(self, address: int) -> Field:
        """The field at ``address``."""
        entry, quantity = self.entry, QUANTITIES.get(self.name)
        kind = needed(entry, "type", self.item, "type: u16").choice(FieldType, "type")
        space = space_of(needed(entry, "space", self.item, "space: input"))
        if kind not in NUMBER_TYPES and self.name not in _TEXT_NAMES:
            raise self.item.error(
                f"{shown(self.name)} is a number and cannot be {kind}", f"use {listed(NUMBER_TYPES)}"
            )
        values = self._values(quantity)
        bits = self._bits(kind)
        version = self._version(kind)
        coded = bool(values or bits or version) or kind not in NUMBER_TYPES
        last = address + WORDS[kind] * (length := self._length(kind, quantity)) - 1
        if last > LAST_ADDRESS:
            raise self.item.error(f"{shown(self.name)} ends beyond 0xFFFF", "correct 'at'")
        return Field(
            quantity=self.name,
            space=space,
            address=address,
            type=kind,
            length=length,
            scale=self._scale(quantity, coded=coded),
            word_order="little" if self._little_words() else "big",
            absent=self._absent(kind),
            multiply=self._multiply(quantity),
            modulus=self._modulus(quantity),
            phase=quantity.phase if quantity else None,
            tariff=quantity.tariff if quantity else None,
            needs=entry["needs"].choice(Capability, "capability") if "needs" in entry else None,
            values=values,
            bits=bits,
            version=version,
        )

    def _refuse_key(self, key: str, reason: str) -> None:
        if key in self.entry:
            raise self.entry[key].error(f"{shown(key)} does not go with {shown(self.name)}", reason)

    def _little_words(self) -> bool:
        if "word_order" not in self.entry:
            return False
        return self.entry["word_order"].word(("big", "little"), "word order") == "little"

    def _length(self, kind: FieldType, quantity: Quantity | None) -> int:
        """Registers of a text, items of a list, otherwise 1."""
        most_items = quantity.items if quantity else 1
        if kind not in NUMBER_TYPES:
            self._refuse_key("items", "a text has 'registers'")
            return needed(self.entry, "registers", self.item, "registers: 6").integer(1, 64)
        self._refuse_key("registers", "only texts have it; 'type' says how long a number is")
        if most_items == 1:
            self._refuse_key("items", "only lists have it")
            return 1
        return needed(self.entry, "items", self.item, f"items: {most_items}").integer(1, most_items)

    def _scale(self, quantity: Quantity | None, *, coded: bool) -> float:
        """Factor from the raw number to the canonical unit."""
        if coded:
            self._refuse_key("scale", "codes and texts are taken as they are")
            self._refuse_key("unit", "codes and texts have none")
        factor = Decimal(1)
        if "unit" in self.entry:
            item = self.entry["unit"]
            unit, factor = _FACTORS[item.word(tuple(_FACTORS), "unit")]
            canonical = quantity.unit if quantity else _IDENTITY_UNITS.get(self.name, Unit.NONE)
            if unit is not canonical:
                fitting = [word for word, (target, _) in _FACTORS.items() if target is canonical]
                raise item.error(
                    f"{shown(self.name)} is not measured in {item.text()}",
                    f"use {listed(fitting)}" if fitting else "it has no unit; remove 'unit'",
                )
        if "scale" not in self.entry:
            return float(factor)
        scale = self.entry["scale"].number()
        if not Decimal("1e-9") <= abs(scale) <= Decimal("1e9"):
            raise self.entry["scale"].error(
                f"a scale of {scale} is not plausible", "write the value of one raw step, for example 0.1"
            )
        return float(scale * factor)

    def _absent(self, kind: FieldType) -> int | None:
        """The raw pattern that means: no such value."""
        if "absent" not in self.entry:
            return None
        item = self.entry["absent"]
        word = item.text()
        if word == "never":
            return None
        bits = 16 * WORDS[kind]
        if word == "by_type":
            if kind not in NUMBER_TYPES or kind is FieldType.FLOAT32:
                return None  # an empty text and NaN say it themselves
            return (1 << bits - 1) - 1 if kind in _SIGNED else (1 << bits) - 1
        if kind not in NUMBER_TYPES or kind is FieldType.FLOAT32:
            raise item.error(
                f"{kind} cannot have a pattern for 'absent'", "write 'absent: never'; NaN is absent anyway"
            )
        return item.integer(0, (1 << bits) - 1)

    def _multiply(self, quantity: Quantity | None) -> tuple[str, ...]:
        if "multiply" not in self.entry:
            return ()
        item = self.entry["multiply"]
        ratios = tuple(ratio.word(_RATIOS, "ratio") for ratio in item.items())
        fitting = quantity.scales_with if quantity else ()
        for ratio in ratios:
            if ratio not in fitting or ratios.count(ratio) > 1:
                raise item.error(
                    f"{shown(self.name)} cannot be multiplied with {listed(ratios)}",
                    f"multiply it with {' and '.join(fitting)}" if fitting else "remove 'multiply'",
                )
        return ratios

    def _modulus(self, quantity: Quantity | None) -> float | None:
        if "rolls_over_at" not in self.entry:
            return None
        if quantity is None or quantity.kind not in COUNTERS:
            self._refuse_key("rolls_over_at", "only energy counters have it")
        item = self.entry["rolls_over_at"]
        if (modulus := item.number()) <= 0:
            raise item.error("a counter cannot roll over at or below 0", "write for example 1000000 (kWh)")
        return float(modulus)

    def _values(self, quantity: Quantity | None) -> Mapping[int, str]:
        """Raw code -> word."""
        words = tuple(quantity.words) if quantity else ()
        if not words and self.name != "model":
            self._refuse_key("values", "only codes have it")
            return {}
        if words:
            needed(self.entry, "values", self.item, f"values: {{0: {words[0]}}}")
        if "values" not in self.entry:
            return {}
        found = self._numbered("values", 0xFFFF_FFFF)
        return {code: item.word(words, "word") if words else item.text() for code, item in found.items()}

    def _bits(self, kind: FieldType) -> Mapping[int, str]:
        """Bit number -> word."""
        words = _MASK_WORDS.get(self.name)
        if words is None:
            self._refuse_key("bits", f"only {listed(_MASK_WORDS)} have it")
            return {}
        needed(self.entry, "bits", self.item, f"bits: {{0: {words[0]}}}")
        if kind is FieldType.FLOAT32:
            raise self.entry["type"].error("a float has no bits", "use u16 or u32")
        found = self._numbered("bits", 16 * WORDS[kind] - 1)
        return {bit: item.word(words, "bit") for bit, item in found.items()}

    def _numbered(self, key: str, highest: int) -> dict[int, Item]:
        """A mapping whose keys are whole numbers."""
        entry = self.entry[key]
        found: dict[int, Item] = {}
        for text, item in entry.mapping("a table 'number: word'").items():
            number = whole_number(text)
            if number is None or not 0 <= number <= highest:
                raise item.error(f"{shown(text)} is no number from 0 to {highest}", "write 'number: word'")
            if number in found:
                raise item.error(f"{number} stands in {shown(key)} twice", "remove one of them")
            found[number] = item
        return found

    def _version(self, kind: FieldType) -> tuple[int, ...]:
        """Widths of the parts of a packed version number."""
        if self.name not in _VERSION_NAMES or kind not in NUMBER_TYPES or kind is FieldType.FLOAT32:
            self._refuse_key("version", "only a firmware or hardware version in whole numbers has it")
            return ()
        if "version" not in self.entry:
            return ()
        item = self.entry["version"]
        bits = 16 * WORDS[kind]
        widths = tuple(part.integer(1, bits) for part in item.items())
        if sum(widths) != bits:
            raise item.error(
                f"the parts have {sum(widths)} bits, {kind} has {bits}",
                "give the width of each part, high part first, for example [8, 8, 16]",
            )
        return widths
