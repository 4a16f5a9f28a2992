"""Dashboards with our cards, as somebody in front of a browser has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import re
from typing import Any, Final

from playwright.sync_api import Locator

from demo.browser import HASS, PATIENCE

from .accessibility import load_axe
from .visitor import Visitor

METER: Final = "Elm Row 1"
"""With credit, and the tenant's."""

NEXT_DOOR: Final = "Elm Row 2"
"""With credit as well."""

SOON: Final = 30_000
"""Milliseconds until a card has asked again."""

CARDS: Final = ("csj-credit-card", "csj-usage-card", "csj-tenants-card")

STRATEGY: Final = {"strategy": {"type": "custom:csj-meter"}}

EACH_CARD: Final = """async ([tags, work]) => {
  const cards = [];
  const walk = root => root.querySelectorAll("*").forEach(element => {
    if (tags.includes(element.localName)) cards.push(element);
    if (element.shadowRoot) walk(element.shadowRoot);
  });
  walk(document);
  const results = [];
  for (const card of cards) results.push(...await eval(work)(card));
  return [cards.length, results];
}"""
"""Something with each of our cards that is on the page: how many there are, and all that was found."""

AXE_RUN: Final = """card => axe.run(card, { resultTypes: ["violations"] })
  .then(({ violations }) => violations.map(({ id, nodes }) =>
    `${card.localName} ${id}: ${nodes.map(node => node.html + node.failureSummary).join(" ")}`))"""

LENGTHEN: Final = """card => {
  const long = word => word + word.toLowerCase().repeat(2);
  const walk = root => root.querySelectorAll("*").forEach(element => {
    if (element.localName === "style") return;
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE)
        node.data = node.data.replace(/[A-Za-z]{4,}/g, long);
    if (element.shadowRoot) walk(element.shadowRoot);
  });
  walk(card.shadowRoot);
  return [];
}"""
"""Every longer word becomes three times as long, as in languages that put words together."""

OVERFLOWING: Final = """card => {
  const { right } = card.getBoundingClientRect();
  const found = [];
  const look = root => root.querySelectorAll("*").forEach(element => {
    const box = element.getBoundingClientRect();
    const isHidden = element.closest(".hidden-label, dialog, option");
    if (!isHidden && box.width > 0 && box.right > right + 1)
      found.push(`${card.localName} ${element.localName}.${element.className} ${box.right} > ${right}`);
    if (element.shadowRoot) look(element.shadowRoot);
  });
  look(card.shadowRoot);
  return found;
}"""
"""What sticks out of a card."""


def view(*cards: dict[str, Any]) -> dict[str, Any]:
    """A dashboard of one view with these cards, each in a section of its own."""
    sections = [{"type": "grid", "cards": [card]} for card in cards]
    return {"views": [{"type": "sections", "title": "Cards", "path": "cards", "sections": sections}]}


@contextmanager
def dashboard(owner: Visitor, path: str, config: dict[str, Any]) -> Iterator[str]:
    """A dashboard that is there for all users, and gone afterwards; its address."""
    owner.open()
    made = owner.call(
        "lovelace/dashboards/create", url_path=path, title="Electricity", mode="storage", require_admin=False
    )
    owner.call("lovelace/config/save", url_path=path, config=config)
    try:
        yield f"/{path}"
    finally:
        owner.call("lovelace/dashboards/delete", dashboard_id=made["id"])


def look_at(visitor: Visitor, path: str) -> Locator:
    """Open a dashboard, as from the sidebar."""
    visitor.page.goto(f"{visitor.url}{path}")
    shown = visitor.page.locator("hui-root")
    shown.wait_for(timeout=PATIENCE)
    return shown


def with_each_card(visitor: Visitor, work: str, *tags: str) -> tuple[int, list[str]]:
    """How many of our cards there are, and what ``work`` finds of each."""
    count, found = visitor.page.evaluate(EACH_CARD, [list(tags or CARDS), work])
    return count, found


def violations(visitor: Visitor) -> tuple[int, list[str]]:
    """How many of our cards there are, and what axe finds wrong in them."""
    load_axe(visitor.page)
    return with_each_card(visitor, AXE_RUN)


def device_of(visitor: Visitor, name: str) -> str:
    """The device of a meter by its name."""
    rows = visitor.call("csj_meter/meters/list")["meters"]
    found: str = next(row["device_id"] for row in rows if row["name"] == name)
    return found


def answer_of(visitor: Visitor, action: str, **data: Any) -> Any:
    """What one of our actions answers."""
    call = {"type": "call_service", "domain": "csj_meter", "service": action}
    return visitor.page.evaluate(
        f"message => {HASS}.callWS(message).then(({{ response }}) => response)",
        {**call, "service_data": data, "return_response": True},
    )


def money(text: str | None) -> float:
    """The number in what a card says."""
    found = re.search(r"-?[\d,]+\.\d+", text or "")
    assert found, text
    return float(found[0].replace(",", ""))


def balance_of(card: Locator) -> float:
    """What a credit card shows as its balance."""
    return money(card.locator("[data-balance]").text_content())
