"""A ledger in a real file, a clock that stands, and a meter on a line that obeys the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.top_up import TopUps
from custom_components.csj_meter.prepay.vouchers import Vouchers

from .model import Clock, LineMeter, at_once
from .voucher_sale import SECRET


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "csj_meter_ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger.at(path)
    yield ledger
    ledger.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> LineMeter:
    return LineMeter(clock)


@pytest.fixture
def top_ups(ledger: Ledger, clock: Clock) -> TopUps:
    return TopUps(ledger, at_once, clock=clock)


@pytest.fixture
def vouchers(ledger: Ledger, top_ups: TopUps, clock: Clock) -> Vouchers:
    return Vouchers(ledger, top_ups, at_once, clock=clock, secret=SECRET)
