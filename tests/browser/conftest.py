"""Browsers for the tests: one Chromium, one demo, and a page for whoever looks.

Each page has a context of its own: nothing that one stores or caches is there for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
import os
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright
import pytest
import pytest_socket

from demo.browser import DESK, chromium, launch, window

from .dashboards import STRATEGY, dashboard
from .home import Home, running
from .visitor import Visitor

# a machine that does other things as well may take its time
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser is slow on a machine that does other things: patience, and a reason where there is none."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    missing = "Chromium is not installed: script/system-packages"
    if ours and chromium() is None and os.environ.get("CI"):
        raise pytest.UsageError(missing)  # what is pushed is not let through without
    for item in ours:
        item.add_marker(pytest.mark.timeout(300))
        if chromium() is None:
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The demo, with a user for each role."""
    pytest_socket.enable_socket()  # what is there for all tests begins before that is done for each of them
    with running(tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


type Visit = Callable[..., Visitor]


@pytest.fixture
def visit(home: Home, browser: Browser) -> Iterator[Visit]:
    """``visit("technician", width=390, dark=True)``: somebody in front of a browser, signed in."""
    with ExitStack() as windows:

        def begin(user: str | None = "demo", *, width: int = DESK, dark: bool = False) -> Visitor:
            page = windows.enter_context(window(browser, home.url, user, width=width, dark=dark))
            return Visitor(page, home.url)

        yield begin


@pytest.fixture
def shown(visit: Visit) -> Iterator[str]:
    """The address of a dashboard that builds itself."""
    with dashboard(visit("demo"), "csj-electricity", STRATEGY) as address:
        yield address
