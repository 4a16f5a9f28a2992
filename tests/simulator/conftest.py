"""A clock that is turned by hand, and a demo line that goes by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest

from custom_components.csj_meter.simulator import SimulatedLine, demo_line

AUTUMN: Final = 1_790_000_000.0
"""2026-09-21 14:13:20 UTC, a Monday."""


@dataclass(slots=True)
class Clock:
    """Says what it was told; ``clock()`` in seconds since 1970-01-01 UTC."""

    now: float = AUTUMN

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> SimulatedLine:
    return demo_line(clock=clock)
