"""From registers to a value in the canonical unit: one field of a profile as a library field."""

from __future__ import annotations

from decimal import Decimal
import math
from typing import Final, override

from modbus_connection.decode import decode_float32, decode_int, decode_string
from modbus_connection.model.fields import RegisterField

from .identity import Capability, Identity
from .profile import Field, FieldType
from .quantities import QUANTITIES, STATUS_BITS, Kind
from .reading import Value

_SIGNED: Final = frozenset({FieldType.I16, FieldType.I32, FieldType.I64})
_WORDS: Final = {FieldType.U16: 1, FieldType.I16: 1, FieldType.U64: 4, FieldType.I64: 4}
"""Registers of one item; 2 for the others."""

_MASK_BITS: Final = {name: int(bit) for name, bit in STATUS_BITS.items()} | {
    capability.value: 1 << position for position, capability in enumerate(Capability)
}
"""Word of a bit -> canonical bit: statuses as in ``Status``, capabilities in their order."""

_EXACT_KINDS: Final = frozenset({Kind.MONEY, Kind.PRICE})


class QuantityField(RegisterField[Value]):
    """Decodes one field; ``modbus_connection`` plans and reads its registers."""

    def __init__(self, field: Field, identity: Identity | None = None) -> None:
        """Bind ``field``; its transformer ratios are those of ``identity``."""
        super().__init__(field.address, count=field.registers)
        self._field = field
        quantity = QUANTITIES.get(field.quantity)
        self._exact = quantity is not None and quantity.kind in _EXACT_KINDS
        self._scale = Decimal(str(field.scale))
        if identity is not None:
            for ratio in field.multiply:
                self._scale *= Decimal(str(getattr(identity, ratio)))
        self._decimals = max(0, -int(self._scale.normalize().as_tuple().exponent))

    @override
    def decode(self, words: list[int], scale_exponent: int | None = None) -> Value:
        """The value of the field's registers, None where the meter says that it has none."""
        field = self._field
        match field.type:
            case FieldType.ASCII:
                return decode_string(words).strip() or None
            case FieldType.BCD:
                return "".join(f"{word:04x}" for word in words)
        size = _WORDS.get(field.type, 2)
        items = tuple(self._item(words[at : at + size]) for at in range(0, len(words), size))
        if len(items) > 1:
            return tuple(None if item is None or isinstance(item, str) else float(item) for item in items)
        return items[0]

    def _item(self, words: list[int]) -> float | int | str | Decimal | None:
        field = self._field
        raw = decode_int(words, signed=False, word_order=field.word_order)
        if field.absent is not None and raw == field.absent:
            return None
        if field.type is FieldType.FLOAT32:
            value = decode_float32(words, word_order=field.word_order)
            if math.isnan(value):
                return None
            # seven digits are what a float32 knows; more would be noise in every state
            return float(f"{value * float(self._scale):.7g}")
        number = decode_int(words, signed=field.type in _SIGNED, word_order=field.word_order)
        if field.values:
            return field.values.get(number)
        if field.bits:
            return sum(_MASK_BITS[word] for bit, word in field.bits.items() if number >> bit & 1)
        if field.version:
            return _version(number, field.version)
        if self._exact:
            return number * self._scale
        if self._decimals:
            return round(number * float(self._scale), self._decimals)
        return int(number * self._scale)


def _version(number: int, widths: tuple[int, ...]) -> str:
    """Parts of a packed version number, high part first: "2.1.3"."""
    parts: list[str] = []
    for width in reversed(widths):
        parts.append(str(number & (1 << width) - 1))
        number >>= width
    return ".".join(reversed(parts))


def capabilities_of(mask: int) -> frozenset[Capability]:
    """The capabilities of a decoded mask."""
    return frozenset(capability for position, capability in enumerate(Capability) if mask >> position & 1)
