"""What axe finds wrong with a page: that people cannot read it, reach it or hear what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

# what is right is not described, which takes most of the time
OPTIONS: Final = "{resultTypes: ['violations']}"

COLOURS: Final = "{resultTypes: ['violations'], runOnly: ['color-contrast']}"
"""What a dark theme can change."""


def load_axe(page: Page) -> None:
    """Have axe in a page, unless it is there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))


def violations(page: Page, scope: str = "document", options: str = OPTIONS) -> list[str]:
    """What is wrong in a part of a page, a context of axe: rule, element and why."""
    load_axe(page)
    found: dict[str, Any] = page.evaluate(f"axe.run({scope}, {options})")
    return [
        f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
