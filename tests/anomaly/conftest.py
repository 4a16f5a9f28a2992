"""Weeks of many meters, told once for all tests that ask what became of them."""

from __future__ import annotations

import pytest

from . import past
from .past import Past


@pytest.fixture(scope="session")
def spring() -> Past:
    return past.spring()


@pytest.fixture(scope="session")
def autumn() -> Past:
    return past.autumn()
