"""Run the benchmark of the panel and print a table, or one JSON object with --json."""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
from pathlib import Path
import re
import statistics
import tempfile
from typing import Any, Final

from playwright.sync_api import sync_playwright

from demo import configuration, telemetry
from demo.browser import launch, window
from tests.browser.home import Home, free_port

from .window import ANSWER, CHANGE, PAN, SPAN, Window

PAST: Final = dt.timedelta(days=91)

INTERVAL: Final = 1
"""Seconds from one reading of the meter to the next: as fast as the panel offers."""

UNIT_ID: Final = 1

CHANGES: Final = 7
DRAWS: Final = 5
EVENTS: Final = 120

FRAME: Final = 50.0
"""Milliseconds beyond which people feel that a movement stutters."""

BUILT: Final = Path(__file__).parents[2] / "custom_components" / "csj_meter" / "frontend"


def bundle() -> dict[str, float]:
    """What the browser loads for the page that needs most, compressed, in kB."""
    pages = {page.name: loaded("panel.js") | loaded(page.name) for page in BUILT.glob("*-page.js")}
    sizes = {
        name: sum(len(gzip.compress((BUILT / file).read_bytes(), 9)) for file in files)
        for name, files in pages.items()
    }
    worst = max(sizes.values())
    return {"page_gzip_kb": round(worst / 1000, 1)}


def loaded(name: str) -> frozenset[str]:
    """A file and all that it imports at once."""
    seen, waiting = set[str](), [name]
    while waiting:
        if (one := waiting.pop()) not in seen:
            seen.add(one)
            code = (BUILT / one).read_text(encoding="utf-8")
            waiting += re.findall(r"(?:from|import)\s*[\"'`]\./([\w-]+\.js)[\"'`]", code)
    return frozenset(seen)


def figures() -> dict[str, float]:
    """Everything, measured once."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        home = Home(Path(folder) / "home", free_port())
        configuration.seed(home.folder, home.port)
        telemetry.fill(home.folder, PAST)
        browser = launch(playwright)
        try:
            home.start()
            with window(browser, home.url) as page:
                found = measured(Window(page, home.url))
        finally:
            browser.close()
            home.stop()
    return found | bundle()


def measured(view: Window) -> dict[str, float]:
    """What the window shows, and how fast."""
    view.open("")
    meters = view.call("csj_meter/meters/list")["meters"]
    serial = next(meter["serial"] for meter in meters if meter["health"]["unit_id"] == UNIT_ID)
    entry = view.call("config_entries/get", domain="csj_meter")[0]["entry_id"]
    view.open_meter(serial, INTERVAL)
    return change_to_curve(view, entry) | ninety_days(view, serial)


def change_to_curve(view: Window, entry: str) -> dict[str, float]:
    """From a change on the line until it is on the curve."""
    sag: dict[str, Any] = {"config_entry_id": entry, "fault": "voltage_sag", "unit_id": UNIT_ID, "value": 0.5}
    times = []
    for _ in range(CHANGES):
        times.append(view.page.evaluate(CHANGE, ["simulate_fault", sag, True]))
        times.append(
            view.page.evaluate(CHANGE, ["clear_simulated_faults", {"config_entry_id": entry}, False])
        )
    return {
        "change_to_curve_ms_p50": round(statistics.median(times)),
        "change_to_curve_ms_max": round(max(times)),
        "poll_ms": INTERVAL * 1000,
    }


def ninety_days(view: Window, serial: str) -> dict[str, float]:
    """A meter's last 90 days, out of the samples of each minute; then moved under the hand."""
    draws, points = [], 0
    for _ in range(DRAWS):
        view.page.evaluate(SPAN, ["1 h", 0.01])
        took, points = view.page.evaluate(SPAN, ["90 d", 90])
        draws.append(took)
    now = dt.datetime.now(dt.UTC)
    start, end = (now - dt.timedelta(days=90)).isoformat(), now.isoformat()
    quantities = ["active_power", "active_power_l1", "active_power_l2", "active_power_l3"]
    answer = statistics.median(
        view.page.evaluate(ANSWER, [serial, quantities, start, end, 600]) for _ in range(DRAWS)
    )
    view.page.evaluate(SPAN, ["30 d", 30])
    frames, moved = view.page.evaluate(PAN, [EVENTS])
    return {
        "samples_90_days": 90 * 24 * 60,
        "points_90_days": points,
        "draw_90_days_ms_p50": round(statistics.median(draws)),
        "draw_90_days_ms_max": round(max(draws)),
        "answer_90_days_ms_p50": round(answer),
        "pan_frame_ms_p50": round(statistics.median(frames), 1),
        "pan_frame_ms_max": round(max(frames), 1),
        "pan_slow_frames": sum(frame > FRAME for frame in frames) / len(frames),
        "pan_moved": round(moved / (EVENTS / 100), 3),
    }


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="script/benchmark panel", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    found = figures()
    if arguments.json:
        print(json.dumps(found))
        return
    print("In Chromium without a window, which paints in software.")
    for key, value in found.items():
        print(f"{key:<30}{value:>10}")


if __name__ == "__main__":
    main()
