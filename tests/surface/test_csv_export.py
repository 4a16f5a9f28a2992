"""What a request for an export asks for, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

import pytest

from custom_components.csj_meter.csv_export import Wish, WishError
from custom_components.csj_meter.telemetry.export import Resolution

from .measured import NOW

MANY = ",".join(map(str, range(1001)))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("until=2026-10-31T10:00Z", "since"),
        ("since=2026-10-31T10:00Z", "until"),
        ("since=yesterday&until=2026-10-31T10:00Z", "since"),
        ("since=2026-10-30T10:00&until=2026-10-31T10:00Z", "since"),
        ("since=2026-10-31T10:00Z&until=2026-10-31T10:00Z", "until"),
        ("since=2026-10-31T11:00Z&until=2026-10-31T12:00Z", "until"),
        ("since=2026-10-30T10:00Z&until=2026-10-31T10:00Z&resolution=week", "resolution"),
        ("since=2026-10-30T10:00Z&until=2026-10-31T10:00Z&format=xlsx", "format"),
        ("since=2026-10-30T10:00Z&until=2026-10-31T10:00Z&compress=yes", "compress"),
        (
            "since=2026-10-30T10:00Z&until=2026-10-31T10:00Z&meters=" + ",".join(map(str, range(1001))),
            "meters",
        ),
        ("since=2026-10-30T10:00Z&until=2026-10-31T10:00Z&user=me", "user"),
    ],
)
def test_a_request_that_is_wrong_is_told_so(query: str, field: str) -> None:
    with pytest.raises(WishError) as told:
        Wish.parse(dict(parse_qsl(query)), dt.datetime.fromtimestamp(NOW * 60, dt.UTC))

    assert told.value.field == field


@pytest.mark.parametrize(
    "wish",
    [
        Wish(since=NOW - 5, until=NOW),
        Wish(
            serials=("1", "2"),
            since=NOW - 5,
            until=NOW - 1,
            resolution=Resolution.DAY,
            dialect="spreadsheet",
            compressed=True,
        ),
    ],
)
def test_a_request_is_understood_as_it_was_meant(wish: Wish) -> None:
    now = dt.datetime.fromtimestamp(NOW * 60, dt.UTC)

    assert Wish.parse(dict(parse_qsl(wish.query)), now) == wish
