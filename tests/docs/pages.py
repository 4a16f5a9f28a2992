"""The pages that people read: where they are, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
import re
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = tuple(sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]))

FENCE: Final = re.compile(r"^( *)```(.*)$", re.MULTILINE)
"""How far a fence of a block of code is indented, and what is behind it: the language, where it opens one."""

_CODE: Final = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")


def stray_fences(text: str) -> list[int]:
    """Lines (from 1) of the fences that open a block that is never closed, or within another one."""
    stray: list[int] = []
    opened: tuple[int, str] | None = None
    for fence in FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        if opened is None:
            opened = line, fence[1]
        elif fence[2].strip() or fence[1] != opened[1]:
            stray.append(opened[0])
            opened = line, fence[1]
        else:
            opened = None
    return stray if opened is None else [*stray, opened[0]]


@cache
def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _CODE.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """The names that headings of a page have in addresses."""
    found: dict[str, int] = {}
    names = []
    for heading in re.findall(r"^#+ +(.+)$", prose(page), re.MULTILINE):
        name = _NOT_IN_ANCHORS.sub("", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-")
        names.append(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return frozenset(names)


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """File and anchor (or nothing) of each link that stays within the repository, pictures as well."""
    text = prose(page)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
    for target in targets:
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield (page.parent / file if file else page).resolve(), anchor
