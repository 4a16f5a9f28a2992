"""Dataclasses as plain data, and back: what a JSON file can hold.

Knows what the state of a meter is made of: dataclasses, tuples, lists, numbers, words, bytes and
what may be missing.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, TypeAliasType, cast, get_args, get_origin, get_type_hints

type Plain = bool | int | float | str | list[Plain] | dict[str, Plain] | None
"""What JSON knows."""


def to_plain(value: object) -> Plain:
    """The plain data of a value; bytes become base64.

    Raises ``TypeError`` for what a state is not made of.
    """
    match value:
        case None | bool() | str():
            return value
        case int():
            return int(value)
        case float():
            return float(value)
        case bytes() | bytearray():
            return base64.b64encode(value).decode("ascii")
        case list() | tuple():
            return [to_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{value!r} is not plain data")


def from_plain[T](kind: type[T], plain: object) -> T:
    """The dataclass ``kind`` that became ``plain``; fields that are missing get their defaults.

    Raises ``ValueError`` that names the field when the data is of another shape.
    """
    match plain:
        case dict():
            content: dict[str, object] = plain
        case _:
            raise ValueError(f"{kind.__name__}: {plain!r} is no object")
    hints = get_type_hints(kind)
    if unknown := content.keys() - hints.keys():
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    values = {}
    for name, value in content.items():
        try:
            values[name] = _read(hints[name], value)
        except ValueError as err:
            raise ValueError(f"{kind.__name__}.{name}: {err}") from err
    try:
        return kind(**values)
    except TypeError as err:
        raise ValueError(f"{kind.__name__}: {err}") from err


def _read(kind: Any, plain: object) -> object:
    if isinstance(kind, TypeAliasType):
        kind = kind.__value__
    if isinstance(kind, UnionType):
        return None if plain is None else _read(get_args(kind)[0], plain)
    if kind in (bytes, bytearray) and isinstance(plain, str):
        try:
            return kind(base64.b64decode(plain, validate=True))
        except binascii.Error as err:
            raise ValueError("this is no base64") from err
    if kind is float and isinstance(plain, int | float) and not isinstance(plain, bool):
        return float(plain)
    if kind in (bool, int, str) and type(plain) is kind:
        return plain
    if is_dataclass(kind):
        return from_plain(cast("type[object]", kind), plain)
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(plain, list):
        if origin is list or (origin is tuple and inner[-1] is ...):
            return origin(_read(inner[0], item) for item in plain)
        if origin is tuple and len(inner) == len(plain):
            return tuple(_read(one, item) for one, item in zip(inner, plain, strict=True))
    raise ValueError(f"{plain!r} is not a {kind}")
