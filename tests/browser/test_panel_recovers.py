"""Subscriptions of the panel: none is left behind, none is lost when Home Assistant goes away for a while."""

from __future__ import annotations

from collections import Counter
import re
from typing import Any, Final

from playwright.sync_api import expect

from demo.browser import HASS

from .conftest import Visit
from .home import Home
from .visitor import Visitor

OURS: Final = "csj_meter/"

PATIENCE: Final = 90_000
"""Milliseconds until a Home Assistant that was started again has its meters back."""

AWAY: Final = re.compile("Starting|Silent|Line down|Failed")
"""What is said of a meter whose values are not those of now."""

DROP: Final = f"{HASS}.connection.socket.close()"
"""Lose the connection, as with a network that goes away; the frontend connects again by itself."""


def open_subscriptions(visitor: Visitor) -> Counter[str]:
    """What the page has subscribed to and not yet unsubscribed from, on its newest connection."""
    subscribed: dict[int, str] = {}
    for message in visitor.sent:
        if message["type"] == "auth":
            subscribed.clear()
        elif message["type"] == "unsubscribe_events":
            subscribed.pop(message["subscription"], None)
        elif message["type"].startswith(OURS) and message["type"].endswith("/subscribe"):
            subscribed[message["id"]] = message["type"]
    return Counter(name for msg_id, name in subscribed.items() if msg_id not in visitor.refused)


def settled(visitor: Visitor, expected: dict[str, int]) -> bool:
    """Wait until just these subscriptions are open."""
    for _ in range(50):
        if open_subscriptions(visitor) == expected:
            return True
        visitor.page.wait_for_timeout(100)
    return False


def test_a_page_that_is_left_leaves_no_subscription(visit: Visit) -> None:
    visitor = visit()
    panel = visitor.open()
    serial: Any = visitor.call("csj_meter/meters/list")["meters"][0]["serial"]
    visitor.open(f"/csj-meter/meters/{serial}")
    expect(panel.locator("csj-chart")).to_have_count(4)
    assert settled(visitor, {"csj_meter/meters/subscribe": 1, "csj_meter/live/subscribe": 1})

    for page, subscriptions in (
        ("Alerts", {"csj_meter/alerts/subscribe": 1}),
        ("Bus", {"csj_meter/bus/subscribe": 1}),
        ("Settings", None),
    ):
        panel.get_by_role("navigation").get_by_role("link", name=page).click()
        if subscriptions is not None:
            assert settled(visitor, subscriptions), open_subscriptions(visitor)
    visitor.page.evaluate(
        "history.pushState(null, '', '/history'); dispatchEvent(new Event('location-changed'))"
    )
    expect(visitor.panel).to_have_count(0)
    assert settled(visitor, {}), open_subscriptions(visitor)


def test_a_lost_connection_comes_back_by_itself(visit: Visit) -> None:
    visitor = visit()
    panel = visitor.open("/csj-meter/meters")
    expect(panel.locator("a[data-serial]")).to_have_count(6)
    with visitor.page.expect_event("websocket"):
        visitor.page.evaluate(DROP)
    assert settled(visitor, {"csj_meter/meters/subscribe": 1}), open_subscriptions(visitor)
    expect(panel.locator("a[data-serial]")).to_have_count(6)
    expect(panel.get_by_text("connection to Home Assistant is lost")).to_have_count(0)


def test_home_assistant_restarts_under_it(home: Home, visit: Visit) -> None:
    visitor = visit()
    panel = visitor.open("/csj-meter/meters")
    expect(panel.locator("a[data-serial]")).to_have_count(6)
    home.stop()
    expect(panel.get_by_text("connection to Home Assistant is lost")).to_be_visible()
    # what was known last is still to be read
    expect(panel.locator("a[data-serial]")).to_have_count(6)
    home.start()
    expect(panel.get_by_text("connection to Home Assistant is lost")).to_have_count(0, timeout=PATIENCE)
    # of one that answers and has an alert, as the homes of the demo live by the clock, only the alert is said
    away = panel.locator("a[data-serial]").filter(has_text=AWAY)
    expect(away).to_have_count(0, timeout=PATIENCE)
    expect(panel.locator("a[data-serial]")).to_have_count(6)
    assert settled(visitor, {"csj_meter/meters/subscribe": 1}), open_subscriptions(visitor)
