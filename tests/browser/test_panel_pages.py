"""Every page, as a phone and a desk show it: accessible, without errors, and with nobody else's help."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import expect
import pytest

from demo.browser import PHONE

from .accessibility import COLOURS, OPTIONS
from .conftest import Visit
from .visitor import Visitor

PAGES: Final = ("meters", "alerts", "work-orders", "bus", "kpis", "what-if", "audit", "settings")

WIDTHS: Final = (PHONE, 1440)

OVERFLOW: Final = "panel => panel.scrollWidth - panel.clientWidth"


FIDDLY: Final = """panel => {
  const found = [];
  const look = root => root.querySelectorAll("*").forEach(element => {
    const { width, height } = element.getBoundingClientRect();
    const said = `${element.localName} ${element.textContent.trim().slice(0, 40)}`;
    if (width > 0 && element.matches("a, button, summary, input, select, textarea")) {
      if (element.matches("[type=checkbox], [type=radio]")) return;
      if (Math.min(width, height) < 24) found.push(`${said}: ${width} by ${height}`);
      const letters = parseFloat(getComputedStyle(element).fontSize);
      if (element.matches("input, select, textarea") && letters < 16) found.push(`${said}: ${letters} px`);
    }
    if (element.shadowRoot) look(element.shadowRoot);
  });
  look(panel.shadowRoot);
  return found;
}"""
"""What a finger misses, and fields that a phone zooms into."""


def opened(visitor: Visitor, page: str) -> None:
    """Go to a page, and return when it shows what it has."""
    panel = visitor.panel
    tab = panel.locator(f'nav a[href$="/{page}"]')
    tab.click()
    expect(tab).to_have_attribute("aria-current", "page")
    expect(panel.locator("main")).not_to_have_text("")
    expect(panel.get_by_text("Loading …")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_accessible(visit: Visit, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    visitor.open()
    for page in PAGES:
        opened(visitor, page)
        assert visitor.violations(COLOURS if dark else OPTIONS) == [], page
        assert visitor.panel.evaluate(OVERFLOW) <= 0, f"{page} scrolls sideways"
        assert width != PHONE or visitor.panel.evaluate(FIDDLY) == [], page
    assert visitor.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_a_meter_is_accessible(visit: Visit, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    visitor.open()
    for meter in visitor.call("csj_meter/meters/list")["meters"][:3]:
        panel = visitor.open(f"/csj-meter/meters/{meter['serial']}")
        expect(panel.locator("csj-chart")).to_have_count(4)
        # what is folded away is looked at as well
        for summary in panel.locator("summary").all():
            summary.click()
        assert visitor.violations(COLOURS if dark else OPTIONS) == [], meter["name"]
        assert visitor.panel.evaluate(OVERFLOW) <= 0, f"{meter['name']} scrolls sideways"
        assert width != PHONE or visitor.panel.evaluate(FIDDLY) == [], meter["name"]
    assert visitor.complaints == []


def test_nobody_but_home_assistant_is_asked_for_anything(visit: Visit) -> None:
    visitor = visit()
    visitor.open()
    for page in PAGES:
        opened(visitor, page)
    visitor.page.wait_for_load_state("networkidle")
    home = urlsplit(visitor.url).netloc
    asked = {urlsplit(url).netloc for url in visitor.requests if not url.startswith(("data:", "blob:"))}
    assert asked == {home}
