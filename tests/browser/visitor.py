"""Somebody in front of a browser."""

from __future__ import annotations

import json
from typing import Any, Final

from playwright.sync_api import ConsoleMessage, Locator, Page, WebSocket

from demo.browser import HASS, PATIENCE

from .accessibility import OPTIONS, violations

CALL: Final = f"message => {HASS}.callWS(message)"
REFUSAL: Final = f"message => {HASS}.callWS(message).then(() => null, error => error.code)"
POST: Final = f"([path, data]) => {HASS}.callApi('POST', path, data)"
ACTION: Final = f"([domain, action, data]) => {HASS}.callService(domain, action, data)"

PANEL: Final = "['home-assistant', 'home-assistant-main', 'csj-meter-panel']"
"""Where the panel is, through the shadows."""


class Visitor:
    """One user, one window."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.requests: list[str] = []
        """Addresses of all that the page has asked for."""
        self.complaints: list[str] = []
        """Errors on the console, and what was thrown and not caught."""
        self.sent: list[dict[str, Any]] = []
        """Messages to Home Assistant's WebSocket."""
        self.refused: list[int] = []
        """Ids of those that were refused; the newest connection counts from 1 as all do."""
        page.on("request", lambda sent: self.requests.append(sent.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._read)
        page.on("websocket", self._listen)

    def _read(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def _listen(self, websocket: WebSocket) -> None:
        self.requests.append(websocket.url)

        def said(payload: str | bytes) -> None:
            self.sent += _messages(payload)

        def heard(payload: str | bytes) -> None:
            self.refused += [
                message["id"] for message in _messages(payload) if message.get("success") is False
            ]

        self.refused.clear()
        websocket.on("framesent", said)
        websocket.on("framereceived", heard)

    @property
    def panel(self) -> Locator:
        """The panel."""
        return self.page.locator("csj-meter-panel")

    def open(self, path: str = "/csj-meter") -> Locator:
        """Open an address in the panel, as from a link."""
        self.page.goto(f"{self.url}{path}")
        self.panel.locator("main").wait_for(timeout=PATIENCE)
        return self.panel

    def call(self, message: str, /, **fields: Any) -> Any:
        """The answer of Home Assistant to a WebSocket command in the name of this user."""
        return self.page.evaluate(CALL, {"type": message, **fields})

    def refusal(self, message: str, /, **fields: Any) -> str | None:
        """The code of the error with which it is refused; None when it is not."""
        code: str | None = self.page.evaluate(REFUSAL, {"type": message, **fields})
        return code

    def post(self, path: str, /, **data: Any) -> Any:
        """The answer to a POST to Home Assistant's REST interface in the name of this user."""
        return self.page.evaluate(POST, [path, data])

    def act(self, domain: str, action: str, **data: Any) -> None:
        """Do something in Home Assistant in the name of this user."""
        self.page.evaluate(ACTION, [domain, action, data])

    def violations(self, options: str = OPTIONS) -> list[str]:
        """What axe finds wrong in the panel."""
        return violations(self.page, f"{{include: [{{fromShadowDom: {PANEL}}}]}}", options)


def _messages(payload: str | bytes) -> list[dict[str, Any]]:
    """Those of one frame: Home Assistant sends several together."""
    messages: list[dict[str, Any]] | dict[str, Any] = json.loads(payload)
    return messages if isinstance(messages, list) else [messages]
