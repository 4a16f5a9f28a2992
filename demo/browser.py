"""A browser in front of the demo: windows of its users, already signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
import json
import shutil
from typing import Any, Final

from playwright.sync_api import Browser, Page, Playwright

from .client import PASSWORD, USER
from .errors import DemoError

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PHONE: Final = 390
DESK: Final = 1440
HEIGHTS: Final = {PHONE: 844, DESK: 900}
"""Width of a window -> its height."""

PATIENCE: Final = 60_000
"""Milliseconds that Home Assistant's own frontend may take to come up on a busy machine."""

HASS: Final = "document.querySelector('home-assistant').hass"
"""Home Assistant as its frontend knows it, in JavaScript."""


def chromium() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return shutil.which("chromium")


def launch(playwright: Playwright) -> Browser:
    """Chromium without a window. Raises DemoError where there is none."""
    if (path := chromium()) is None:
        raise DemoError("Chromium is not installed: script/system-packages installs it where it may")
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


@contextmanager
def window(
    browser: Browser,
    url: str,
    user: str | None = USER,
    *,
    width: int = DESK,
    dark: bool = False,
    scale: float = 1,
) -> Iterator[Page]:
    """A window of ``user``, or of nobody: with nothing that another one has stored."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        device_scale_factor=scale,
        color_scheme="dark" if dark else "light",
        service_workers="block",
        has_touch=width == PHONE,
        is_mobile=width == PHONE,
        locale="en-GB",
        timezone_id="Europe/Lisbon",
    )
    try:
        stored: dict[str, Any] = {"selectedTheme": {"dark": dark}}
        if user is not None:
            stored["hassTokens"] = _tokens(browser, url, user)
        for key, value in stored.items():
            context.add_init_script(f"localStorage.{key} = {json.dumps(json.dumps(value))};")
        yield context.new_page()
    finally:
        context.close()


@cache
def _tokens(browser: Browser, url: str, user: str) -> dict[str, Any]:
    """What Home Assistant's login form leaves behind."""
    client = {"client_id": f"{url}/"}
    login = f"{url}/auth/login_flow"
    context = browser.new_context()
    try:
        post = context.request.post
        form = post(login, data=client | {"handler": ["homeassistant", None], "redirect_uri": f"{url}/"})
        answer = post(
            f"{login}/{form.json()['flow_id']}", data=client | {"username": user, "password": PASSWORD}
        )
        grant = client | {"grant_type": "authorization_code", "code": answer.json()["result"]}
        tokens: dict[str, Any] = post(f"{url}/auth/token", form=grant).json()
    finally:
        context.close()
    # the frontend renews them at once, so they do for as long as it takes
    return tokens | {"hassUrl": url, "clientId": f"{url}/", "expires": 0}
