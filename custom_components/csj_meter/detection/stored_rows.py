"""Measurements of the store as the engine computes with them: a table of all meters for each minute.

Read a span at a time, so that a month of many meters never is in memory at once. All of it blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from ..anomaly.intake import INPUTS, ROW, Block
from ..meters.sample import Provenance
from ..telemetry.series import DAY, HOUR
from ..telemetry.store import Store

MOST_NUMBERS: Final = 4_000_000
"""Numbers of a span: 32 MB, a day of 170 meters."""


def minutes_at_once(meters: int) -> int:
    """How many minutes of so many meters are read at once."""
    return max(HOUR, min(DAY, MOST_NUMBERS // (len(INPUTS) * max(1, meters))))


def first_minute(serials: Sequence[str], since: int, store: Store) -> int | None:
    """The first minute from ``since`` on in which a meter may have said something; None when none did."""
    spans = [span for serial in serials if (span := store.span(serial)) is not None and span[1] >= since]
    return max(since, min(first for first, _ in spans)) if spans else None


def stored_blocks(serials: Sequence[str], since: int, until: int, store: Store) -> Iterator[Block]:
    """The minutes from ``since`` to before ``until`` in which anybody said anything, oldest first.

    Those come together that follow each other. Their columns are as ``serials``.
    """
    step = minutes_at_once(len(serials))
    for start in range(since, until, step):
        yield from _blocks(serials, start, min(start + step, until), store)


def _blocks(serials: Sequence[str], since: int, until: int, store: Store) -> Iterator[Block]:
    values = np.full((until - since, len(INPUTS), len(serials)), np.nan)
    fresh = np.zeros((until - since, len(serials)), np.bool_)
    for column, serial in enumerate(serials):
        for stored in store.minutes(serial, since, until):
            # what meters have kept themselves are means of half hours: no record, no floor
            series = stored.rows(stored.provenance > Provenance.PROFILE)
            places = series.minutes - since
            fresh[places, column] = True
            for quantity in series.columns.keys() & ROW.keys():
                values[places, ROW[quantity], column] = series.numbers(quantity)
    whole = Block(minute=since, values=values, fresh=fresh)
    yield from whole.heard()
