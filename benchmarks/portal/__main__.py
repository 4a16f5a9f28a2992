"""Run the benchmark of the portal and print a table, or one JSON object with --json."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
import statistics
import tempfile
import time
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.panel.__main__ import BUILT, loaded
from demo.browser import PHONE, launch, window
from demo.pictures import PORTAL
from tests.browser.home import Home, running

LATENCY: Final = 150
DOWN: Final = 1_600_000 / 8
UP: Final = 750_000 / 8
"""A slow 4G network, as Lighthouse has it: ms, bytes a second."""

SLOWER: Final = 4
"""How many times slower the processor of the phone is than this one."""

OPENINGS: Final = 7

READY: Final = "csj-portal-credit .big"
"""What is to be read: the balance."""

PAINTS: Final = """() => Object.fromEntries(
  performance.getEntriesByType("paint").map(({name, startTime}) => [name, startTime]))"""

LOADED: Final = """() => ["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
  .reduce((sum, {transferSize}) => sum + transferSize, 0)"""


def figures() -> dict[str, float]:
    """Everything, measured once."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder) / "home") as home,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        try:
            link = link_of(browser, home)
            found = openings(browser, home, link)
        finally:
            browser.close()
    size = sum(len(gzip.compress((BUILT / name).read_bytes(), 9)) for name in loaded("portal.js"))
    return found | {"scripts_gzip_kb": round(size / 1000, 1)}


def link_of(browser: Browser, home: Home) -> str:
    """A private link of somebody behind the first prepaid meter."""
    with window(browser, home.url) as page:
        page.goto(f"{home.url}/csj-meter")
        page.wait_for_function("() => document.querySelector('home-assistant')?.hass?.connected")
        link: str = page.evaluate(PORTAL)
        return link


def openings(browser: Browser, home: Home, link: str) -> dict[str, float]:
    """The page opened again and again with nothing in the cache, without and with the brakes on."""
    with window(browser, home.url, None, width=PHONE) as page:
        page.goto(link)
        page.locator(READY).wait_for()
        address = f"{home.url}/csj_meter/portal"
        free = [opened(page, address, slow=False)[0] for _ in range(OPENINGS)]
        slow = [opened(page, address, slow=True) for _ in range(OPENINGS)]
    usable = [seconds for seconds, _, _ in slow]
    return {
        "usable_s_p50": round(statistics.median(usable), 2),
        "usable_s_max": round(max(usable), 2),
        "first_paint_s_p50": round(statistics.median(paint for _, paint, _ in slow), 2),
        "usable_unthrottled_s_p50": round(statistics.median(free), 2),
        "transferred_kb": round(slow[0][2] / 1000, 1),
    }


def opened(before: Page, address: str, *, slow: bool) -> tuple[float, float, float]:
    """Seconds until the balance is there and until something is, and bytes that came."""
    page = before.context.new_page()
    session = before.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if slow:
        network = {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP}
        session.send("Network.emulateNetworkConditions", network)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.locator(READY).wait_for()
    took = time.monotonic() - began
    painted = page.evaluate(PAINTS).get("first-contentful-paint", 0.0) / 1000
    came: float = page.evaluate(LOADED)
    page.close()
    return took, painted, came


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark portal", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    found = figures()
    if arguments.json:
        print(json.dumps(found))
        return
    print("A phone on slow 4G whose processor is four times slower than this one; nothing in the cache.")
    for key, value in found.items():
        print(f"{key:<30}{value:>10}")


if __name__ == "__main__":
    main()
