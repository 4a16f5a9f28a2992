"""The course of some quantities of a meter over a range, in at most so many buckets: what a chart shows.

Each bucket has the mean, the smallest and the largest value in it, so that no peak is lost. Buckets of an
hour and more come from the aggregates; only what is not closed yet is read minute by minute. All of it
blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .columns import COLUMNS, COUNTS, Floats, Sort
from .series import HOUR, Minutes
from .store import Store

CURVES: Final = tuple(
    quantity for quantity, column in COLUMNS.items() if column.sort is Sort.LEVEL or quantity == "balance"
)
"""Quantities that have a course."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """One quantity, in its canonical unit; NaN in buckets in which it was not measured."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """All of them."""

    since: int
    """The minute (UTC) in which the first bucket begins."""

    width: int
    """Minutes of a bucket."""

    hourly: bool
    """Whether aggregates say so."""

    courses: dict[str, Course]
    """Quantity -> its course; each has the same number of buckets."""


class _Buckets:
    """Sums of one quantity."""

    def __init__(self, count: int) -> None:
        self._total = np.zeros(count)
        self._weight = np.zeros(count)
        self._low = np.full(count, np.inf)
        self._high = np.full(count, -np.inf)

    def add(self, places: Minutes, mean: Floats, low: Floats, high: Floats, weight: Floats) -> None:
        there = np.isfinite(mean)
        places, mean, weight = places[there], mean[there], weight[there]
        np.add.at(self._total, places, mean * weight)
        np.add.at(self._weight, places, weight)
        np.minimum.at(self._low, places, low[there])
        np.maximum.at(self._high, places, high[there])

    def course(self, decimals: int) -> Course:
        known = self._weight > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(known, np.round(self._total / self._weight, decimals), np.nan)
        return Course(
            mean=mean, low=np.where(known, self._low, np.nan), high=np.where(known, self._high, np.nan)
        )


def curve(
    serial: str,
    quantities: Collection[str],
    since: int,
    until: int,
    points: int,
    store: Store,
    *,
    to_the_minute: bool = True,
) -> Curve:
    """The course of ``quantities`` from minute ``since`` to before ``until``, in at most ``points`` buckets.

    Hours begin on the hour, so that there may be one bucket more of them. Without ``to_the_minute`` a bucket
    is never shorter than an hour. A span that ends where it begins has no bucket.
    """
    until = max(since, until)
    width = max(1, -(-(until - since) // points))
    hourly = width >= HOUR or not to_the_minute or _is_purged(serial, since, store)
    if hourly:
        width, since = -(-width // HOUR) * HOUR, since // HOUR * HOUR
    count = -(-(until - since) // width)
    buckets = {quantity: _Buckets(count) for quantity in quantities}
    start = since
    if hourly:
        _add_hours(buckets, serial, since, until, width, store)
        start = max(since, store.watermark(serial) or since)
    for series in store.minutes(serial, start, until):
        places = (series.minutes - since) // width
        for quantity in buckets.keys() & series.columns.keys():
            values = series.numbers(quantity)
            buckets[quantity].add(places, values, values, values, np.ones(len(values)))
    return Curve(
        since=since,
        width=width,
        hourly=hourly,
        courses={name: its.course(COLUMNS[name].decimals) for name, its in buckets.items()},
    )


def _add_hours(
    buckets: dict[str, _Buckets], serial: str, since: int, until: int, width: int, store: Store
) -> None:
    keys = {quantity: _figures(quantity) for quantity in buckets}
    wanted = {*COUNTS, *(key for each in keys.values() for key in each)}
    hours = store.hours([serial], since, until, wanted).get(serial)
    if hours is None:
        return
    places = (hours.starts - since) // width
    samples = np.nansum([hours.numbers(key) for key in COUNTS], axis=0)
    for quantity, (mean, low, high) in keys.items():
        buckets[quantity].add(
            places, hours.numbers(mean), hours.numbers(low), hours.numbers(high), np.maximum(samples, 1.0)
        )


def _figures(quantity: str) -> Sequence[str]:
    """The figures of an hour for mean, smallest and largest value; of a state there is only the last."""
    stats = ("mean", "min", "max") if COLUMNS[quantity].sort is Sort.LEVEL else ("last", "last", "last")
    return [f"{quantity}_{stat}" for stat in stats]


def _is_purged(serial: str, since: int, store: Store) -> bool:
    """Whether the minutes from ``since`` on are not kept any more, while their hours are."""
    oldest = None if (span := store.span(serial)) is None else span[0]
    last = store.watermark(serial) if oldest is None else oldest // HOUR * HOUR
    if last is None or since >= last:
        return False
    return bool(store.hours([serial], since, last, COUNTS))
