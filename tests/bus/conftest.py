"""Nothing of a test stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest


@pytest.fixture
async def nothing_stays() -> AsyncIterator[None]:
    """No task may outlive its test."""
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    assert {task for task in left if "Gateway" not in repr(task)} == set()
