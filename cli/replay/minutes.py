"""Rows of the table as minutes of all meters, the way the engine takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from custom_components.csj_meter.anomaly.intake import INPUTS, ROW, Block
from custom_components.csj_meter.meters.sample import Sample

from .cells import Floats, Minutes, Places
from .recording import Recording
from .table import FIRST_VALUE, METER, MINUTE

MOST_VALUES: Final = 2_000_000
"""Values of all meters that are laid out together."""


def minutes_of(recording: Recording, order: Sequence[int]) -> Iterator[Block | list[Sample]]:
    """All minutes, oldest first. ``order``: the number of the meter in each column of the engine.

    Minutes that follow each other come together. One in which a meter has several rows comes as samples: the
    engine knows which of them counts.
    """
    columns = np.argsort(np.array(order, np.int64))
    serials = [recording.serials[place] for place in order]
    names = recording.inputs
    rest = np.empty((0, FIRST_VALUE + len(names)))
    for chunk in recording.table.by_time():
        rows = np.concatenate([rest, chunk])
        # the last minute may go on in the next chunk
        cut = int(np.searchsorted(rows[:, MINUTE], rows[-1, MINUTE]))
        yield from _minutes(rows[:cut], columns, serials, names)
        rest = rows[cut:]
    yield from _minutes(rest, columns, serials, names)


def _minutes(
    rows: Floats, columns: Places, serials: Sequence[str], names: Sequence[str]
) -> Iterator[Block | list[Sample]]:
    """Whole minutes."""
    moments, starts = np.unique(rows[:, MINUTE].astype(np.int64), return_index=True)
    ends = np.append(starts[1:], len(rows))
    together = max(1, MOST_VALUES // (len(INPUTS) * len(serials)))
    for first in range(0, len(moments), together):
        some = slice(first, first + together)
        part = rows[starts[some][0] : ends[some][-1]]
        yield from _laid_out(moments[some], part, columns, serials, names)


def _laid_out(
    moments: Minutes, rows: Floats, columns: Places, serials: Sequence[str], names: Sequence[str]
) -> Iterator[Block | list[Sample]]:
    place = np.searchsorted(moments, rows[:, MINUTE].astype(np.int64))
    column = columns[rows[:, METER].astype(np.int64)]
    values = np.full((len(moments), len(INPUTS), len(serials)), np.nan)
    values[place[:, None], [ROW[name] for name in names], column[:, None]] = rows[:, FIRST_VALUE:]
    heard = np.zeros((len(moments), len(serials)), np.bool_)
    heard[place, column] = True
    repeated = np.bincount(place, minlength=len(moments)) > heard.sum(axis=1)
    # a block ends before a minute that does not follow, and on both sides of one that is repeated
    ends = repeated | (np.diff(moments, append=moments[-1]) != 1)
    ends[:-1] |= repeated[1:]
    begin = 0
    for end in (np.flatnonzero(ends) + 1).tolist():
        number, begin = begin, end
        minute = int(moments[number])
        if not repeated[number]:
            yield Block(minute=minute, values=values[number:end], fresh=heard[number:end])
            continue
        of_minute = place == number
        yield [
            _sample(serials[its], minute, row, names)
            for its, row in zip(
                column[of_minute].tolist(), rows[of_minute, FIRST_VALUE:].tolist(), strict=True
            )
        ]


def _sample(serial: str, minute: int, row: Sequence[float], names: Sequence[str]) -> Sample:
    # what is missing is left out: the engine takes NaN for no value, and so would anybody
    known = {name: value for name, value in zip(names, row, strict=True) if value == value}  # noqa: PLR0124
    return Sample(serial=serial, minute=minute, values=known)
