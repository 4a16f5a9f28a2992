"""Weekly summaries and statements on telephones: nothing is cut off, and figures stay with their units."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
import subprocess
import sys
from typing import Final

from playwright.sync_api import Browser, Page
import pytest

ROOT: Final = Path(__file__).parents[2]
NARROW: Final = (320, 360, 390)
"""CSS pixels."""

LANGUAGES: Final = ("en", "de", "es", "fr", "pt", "zh-Hans")
LINE: Final = 20
"""Height of a line of a table in a mail."""

HEIGHT_OF_TEXT: Final = """
cell => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  return text.getBoundingClientRect().height;
}
"""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """What it is and its language -> the page."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.mails"], cwd=ROOT, check=True, capture_output=True
    )
    found: dict[str, str] = json.loads(made.stdout)
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["statement", "summary"])
def test_nothing_is_cut_off_at_the_side(page: Page, pages: dict[str, str], kind: str, language: str) -> None:
    page.set_content(pages[f"{kind} {language}"])
    beyond = {}
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        beyond[width] = page.evaluate("document.documentElement.scrollWidth") - width

    assert beyond == dict.fromkeys(NARROW, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_is_parted_from_its_unit(page: Page, pages: dict[str, str], language: str) -> None:
    page.set_viewport_size({"width": NARROW[0], "height": 800})
    page.set_content(pages[f"summary {language}"])
    cells = page.locator("td.ink", has_not=page.locator("table")).all()
    figures = {cell.inner_text(): cell for cell in cells if cell.inner_text().endswith(("%", "EUR"))}

    assert len(figures) == 4, "changes of two meters and of both, and an amount"
    for told, cell in figures.items():
        assert cell.evaluate(HEIGHT_OF_TEXT) <= LINE, told
