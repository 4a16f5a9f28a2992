"""Whether what is stored has the shape of settings: nothing unknown, and nothing that only looks alike.

The decoder would take ``"no"`` for true, ``12.7`` for 12 and ``"AB"`` for a list of two; here these are
errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
import datetime as dt
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from mashumaro.codecs.basic import BasicDecoder
from mashumaro.exceptions import InvalidFieldValue, MissingField

from ..bus.errors import causes

LONGEST_NUMBER: Final = 40
"""Digits before or behind the point, and characters as it is stored."""

type Refuse = Callable[[str, str], Exception]
"""Path and key of a problem -> the error to raise."""


class SettingError(ValueError):
    """A setting that makes no sense: ``path`` says which, ``problem`` is the key of what is wrong with it."""

    def __init__(self, path: str, problem: str, detail: str = "") -> None:
        """As ``path: problem (detail)``."""
        super().__init__(f"{path}: {problem}{f' ({detail})' if detail else ''}")
        self.path = path
        self.problem = problem
        self.detail = detail


def decoded(stored: object, shape: type, decoder: BasicDecoder[Any], error: type[SettingError]) -> Any:
    """The settings that are stored; ``error`` for what is none, also where they refuse it themselves."""
    check_shape(stored, shape, error)
    try:
        return decoder.decode(stored)
    except (InvalidFieldValue, MissingField) as err:
        refused = next((cause for cause in causes(err) if isinstance(cause, error)), None)
        if refused is not None:
            raise refused from None
        raise error(str(err.field_name), "cannot_be") from err


def check_shape(stored: object, shape: Any, refuse: Refuse, path: str = "") -> None:
    """Raise what ``refuse`` makes of the first thing in ``stored`` that ``shape``, a type, cannot hold."""
    if is_dataclass(shape):
        _check_fields(stored, shape, refuse, path)
    elif get_origin(shape) is UnionType:
        inner = next(one for one in get_args(shape) if one is not NoneType)
        if stored is not None:
            check_shape(stored, inner, refuse, path)
    elif get_origin(shape) is tuple:
        if not isinstance(stored, list | tuple):
            raise refuse(path, "cannot_be")
        for number, one in enumerate(stored):
            check_shape(one, get_args(shape)[0], refuse, f"{path}.{number}")
    elif not _is_one(stored, shape):
        raise refuse(path, "cannot_be")


def _check_fields(stored: object, shape: Any, refuse: Refuse, path: str) -> None:
    if not isinstance(stored, Mapping):
        raise refuse(path or "alerts", "cannot_be")
    prefix = f"{path}." if path else ""
    hints = get_type_hints(shape)
    known = {one.name: one for one in fields(shape)}
    if unknown := sorted(str(key) for key in stored.keys() - known.keys()):
        raise refuse(f"{prefix}{unknown[0]}", "unknown_setting")
    for name, one in known.items():
        if name in stored:
            check_shape(stored[name], hints[name], refuse, f"{prefix}{name}")
        elif one.default is MISSING and one.default_factory is MISSING:
            raise refuse(f"{prefix}{name}", "cannot_be")


def _is_one(stored: object, shape: Any) -> bool:
    if shape is bool:
        return isinstance(stored, bool)
    if shape is int:
        return isinstance(stored, int) and not isinstance(stored, bool)
    if not isinstance(stored, str):
        return False
    if shape is dt.time:
        try:
            return dt.time.fromisoformat(stored).tzinfo is None
        except ValueError:
            return False
    if shape is dt.datetime:
        try:
            return dt.datetime.fromisoformat(stored).tzinfo is not None
        except ValueError:
            return False
    if shape is Decimal:
        try:
            number = Decimal(stored)
        except InvalidOperation:
            return False
        # written out, 1e-999999999 has as many digits
        return (
            number.is_finite() and len(stored) <= LONGEST_NUMBER and abs(number.adjusted()) < LONGEST_NUMBER
        )
    if issubclass(shape, StrEnum):
        return stored in {one.value for one in shape}
    return bool(shape is str)
