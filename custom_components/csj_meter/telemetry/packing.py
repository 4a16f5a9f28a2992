"""Samples and aggregates as the bytes that blocks are made of.

A block that has rotted on its disk costs what is in it and nothing else: it is logged once and read as empty,
so that all others can be read and new ones written. Whatever is written to its place replaces it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
import logging
from typing import Final
import zlib

import numpy as np

from .codec import pack, unpack
from .columns import ABSENT, COLUMNS, FIGURES, Steps
from .errors import DamagedBlockError
from .relations import left_over, needed_for, restored
from .series import Aggregates, Batch, Minutes, Series

# columns of a block that are no quantities
_MINUTE: Final = 0
_PROVENANCE: Final = 250
_METER: Final = 251
_LENGTH: Final = 4  # beside the figures, whose numbers below 8 are counts

_QUANTITIES: Final = {column.number: column.quantity for column in COLUMNS.values()}
_KEYS: Final = {figure.number: figure.key for figure in FIGURES.values()}

LOGGER: Final = logging.getLogger(__name__)


def packed_series(series: Series) -> bytes:
    """Samples of one meter, at least one."""
    return pack({_MINUTE: series.minutes, _PROVENANCE: series.provenance} | _left_over(series.columns))


def unpacked_series(body: bytes, quantities: frozenset[str] | None = None) -> Series:
    """What ``packed_series`` has packed, or only ``quantities`` of it; empty when it has rotted."""
    columns = _whole(body, None if quantities is None else _numbers_of(quantities))
    if columns is None:
        return Series.empty()
    series = _series(columns)
    return series if quantities is None else series.only(quantities)


def packed_batch(batch: Batch) -> bytes:
    """Samples of several meters, at least one."""
    return pack(
        {_METER: batch.meters, _MINUTE: batch.minutes, _PROVENANCE: batch.provenance}
        | _left_over(batch.columns)
    )


def unpacked_batches(bodies: Iterable[bytes]) -> tuple[Minutes, Series] | None:
    """What ``packed_batch`` has packed several times: numbers of the meters, and their samples in that order.

    None for nothing; without those that have rotted.
    """
    batches = [batch for body in bodies if (batch := _whole(body)) is not None]
    if not batches:
        return None
    columns = _one_below_the_other(batches)
    return columns.pop(_METER), _series(columns)


def packed_aggregates(aggregates: Aggregates) -> bytes:
    """Aggregates of one meter, at least one."""
    return pack(
        {_MINUTE: aggregates.starts, _LENGTH: aggregates.lengths}
        | {FIGURES[key].number: steps for key, steps in aggregates.columns.items()}
    )


def unpacked_aggregates(body: bytes, keys: Collection[str] | None = None) -> Aggregates:
    """What ``packed_aggregates`` has packed, or only the figures ``keys`` of it; empty when it has rotted."""
    wanted = None if keys is None else {FIGURES[key].number for key in keys} | {_MINUTE, _LENGTH}
    if (columns := _whole(body, wanted)) is None:
        return Aggregates.empty()
    return Aggregates(
        starts=columns.pop(_MINUTE),
        lengths=columns.pop(_LENGTH),
        columns={_KEYS[number]: steps for number, steps in columns.items() if number in _KEYS},
    )


def trimmed(series: Series) -> Series:
    """Without the quantities that other meters have."""
    kept = {name: steps for name, steps in series.columns.items() if (steps != ABSENT).any()}
    return Series(minutes=series.minutes, provenance=series.provenance, columns=kept)


@lru_cache(maxsize=16)
def _numbers_of(quantities: frozenset[str]) -> frozenset[int]:
    """The columns of a block that some quantities are made of."""
    return frozenset(COLUMNS[name].number for name in needed_for(quantities) if name in COLUMNS) | {
        _MINUTE,
        _PROVENANCE,
    }


def _whole(body: bytes, wanted: Collection[int] | None = None) -> dict[int, Steps] | None:
    try:
        return unpack(body, wanted)
    except DamagedBlockError as err:
        _say(zlib.crc32(body), str(err))
        return None


@lru_cache(maxsize=256)
def _say(_: int, problem: str) -> None:
    """Log what is wrong with a block, once: it may be read every minute."""
    LOGGER.error("Some measurements cannot be read any more and are left out: %s", problem)


def _one_below_the_other(batches: list[dict[int, Steps]]) -> dict[int, Steps]:
    """The columns of some batches as one, absent where a batch does not have them."""
    sizes = [len(batch[_MINUTE]) for batch in batches]
    numbers = {number: None for batch in batches for number in batch}
    return {
        number: np.concatenate(
            [
                batch[number] if number in batch else np.full(size, ABSENT, np.int64)
                for batch, size in zip(batches, sizes, strict=True)
            ]
        )
        for number in numbers
    }


def _left_over(columns: Mapping[str, Steps]) -> dict[int, Steps]:
    return {COLUMNS[name].number: steps for name, steps in left_over(columns).items()}


def _series(columns: dict[int, Steps]) -> Series:
    minutes, provenance = columns.pop(_MINUTE), columns.pop(_PROVENANCE)
    return Series(
        minutes=minutes,
        provenance=provenance,
        columns=restored(
            {_QUANTITIES[number]: steps for number, steps in columns.items() if number in _QUANTITIES}
        ),
    )
