"""Whoever follows a link of the documentation gets somewhere, and every page is found from the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pages import PAGES, ROOT, anchors, links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [
        f"{file.relative_to(ROOT)}#{anchor}"
        for file, anchor in links(page)
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file))
    ]

    assert lost == []


def test_every_page_and_every_picture_of_a_page_is_found_from_the_readme() -> None:
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        for file, _ in links(page):
            if file not in seen and file.exists():
                seen.add(file)
                ahead += [file] if file.suffix == ".md" else []
    pictures = (ROOT / "docs" / "images").iterdir()

    missing = [path.name for path in (*(ROOT / "docs").glob("*.md"), *pictures) if path.resolve() not in seen]
    assert missing == []
