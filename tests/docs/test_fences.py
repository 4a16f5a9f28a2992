"""Blocks of code end where they should: whatever else is checked of a page is read without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pages import PAGES, stray_fences


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_code_is_closed(page: Path) -> None:
    assert stray_fences(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("```yaml\na: 1\n```\n\n  ```\n  b\n  ```\n", []),
        ("```\na\n", [1]),
        ("```yaml\na: 1\n\nWords.\n\n```yaml\nb: 2\n```\n", [1]),
        ("Words.\n\n```\na\n  ```\n", [3, 5]),
    ],
    ids=["closed", "open at the end", "opened twice", "indented otherwise"],
)
def test_a_block_that_is_not_closed_is_found(text: str, stray: list[int]) -> None:
    assert stray_fences(text) == stray
