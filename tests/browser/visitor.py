"""Somebody in front of a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
import json
from pathlib import Path
from typing import Any, Final
from urllib import parse, request

from playwright.sync_api import Browser, Locator, Page, WebSocket

from demo.client import PASSWORD

AXE: Final = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

HEIGHTS: Final = {390: 844, 1440: 900}
"""Width of the window -> its height: a phone and a desk."""

PATIENCE: Final = 60_000
"""Milliseconds that Home Assistant's own frontend may take to come up on a busy machine."""

HASS: Final = "document.querySelector('home-assistant').hass"
CALL: Final = f"message => {HASS}.callWS(message)"
REFUSAL: Final = f"message => {HASS}.callWS(message).then(() => null, error => error.code)"
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
        page.on("request", lambda sent: self.requests.append(sent.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("websocket", self._listen)

    def _listen(self, websocket: WebSocket) -> None:
        self.requests.append(websocket.url)

        def heard(payload: str | bytes) -> None:
            messages = json.loads(payload)
            self.sent += messages if isinstance(messages, list) else [messages]

        websocket.on("framesent", heard)

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

    def act(self, domain: str, action: str, **data: Any) -> None:
        """Do something in Home Assistant in the name of this user."""
        self.page.evaluate(ACTION, [domain, action, data])

    def violations(self) -> list[str]:
        """What axe finds wrong in the panel: rule, element and why."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(f"axe.run({{include: [{{fromShadowDom: {PANEL}}}]}})")
        return [
            f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]


@contextmanager
def signed_in(
    url: str, browser: Browser, user: str | None, *, width: int = 1440, dark: bool = False
) -> Iterator[Visitor]:
    """A window of ``user``, or of nobody."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if dark else "light",
        service_workers="block",
        has_touch=width == 390,
        locale="en-GB",
        timezone_id="Europe/Lisbon",
    )
    try:
        stored = {"selectedTheme": {"dark": dark}}
        if user is not None:
            stored["hassTokens"] = _tokens(url, user)
        script = "".join(
            f"localStorage.{key} = {json.dumps(json.dumps(value))};" for key, value in stored.items()
        )
        context.add_init_script(script)
        yield Visitor(context.new_page(), url)
    finally:
        context.close()


@cache
def _tokens(url: str, user: str) -> dict[str, Any]:
    """What Home Assistant's login form leaves behind."""
    client = {"client_id": f"{url}/"}
    login = f"{url}/auth/login_flow"
    form = _post(login, client | {"handler": ["homeassistant", None], "redirect_uri": f"{url}/"})
    answer = _post(f"{login}/{form['flow_id']}", client | {"username": user, "password": PASSWORD})
    grant = client | {"grant_type": "authorization_code", "code": answer["result"]}
    with request.urlopen(f"{url}/auth/token", parse.urlencode(grant).encode()) as response:
        tokens: dict[str, Any] = json.load(response)
    # the frontend renews them at once, so they do for as long as the tests take
    return tokens | {"hassUrl": url, "clientId": f"{url}/", "expires": 0}


def _post(url: str, data: dict[str, Any]) -> dict[str, Any]:
    sent = request.Request(url, json.dumps(data).encode(), {"Content-Type": "application/json"})
    with request.urlopen(sent) as response:
        answer: dict[str, Any] = json.load(response)
    return answer
