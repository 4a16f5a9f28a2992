"""``script/screenshot``: the pictures in docs/images, of the demo in a real browser."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from .browser import DESK, HASS, PATIENCE, PHONE, launch, window
from .client import USER
from .errors import DemoError

FOLDER: Final = Path(__file__).parents[1] / "docs" / "images"

TALLEST: Final = 4000
"""Pixels, of a picture of a whole page."""

CHARTS: Final = 4000
"""Milliseconds in which charts draw themselves in."""

STEADY: Final = """still => {
  const seen = [document];
  let count = 0, busy = false;
  while (seen.length) {
    for (const element of seen.pop().querySelectorAll("*")) {
      count += 1;
      busy ||= element.localName === "ha-spinner" || /^Loading/.test(element.textContent.trim());
      if (element.shadowRoot) seen.push(element.shadowRoot);
    }
  }
  // what goes on loading for half a minute is a part of the page
  const now = performance.now(), before = window.steady ?? {count: 0, since: now, begun: now};
  const moves = (busy && now - before.begun < 30_000) || Math.abs(count - before.count) > 20;
  window.steady = moves ? {...before, count, since: now} : before;
  return now - window.steady.since > still;
}"""
"""Whether nothing of a page was on its way for so many milliseconds, through all shadows."""

DIALOGUE: Final = 3000
"""Milliseconds that a dialogue moves in, and a meter takes."""

HEIGHT: Final = """() => {
  const seen = [document];
  let tallest = 0;
  while (seen.length) {
    for (const element of seen.pop().querySelectorAll("*")) {
      tallest = Math.max(tallest, element.scrollHeight);
      if (element.shadowRoot) seen.push(element.shadowRoot);
    }
  }
  return tallest;
}"""
"""How high all that a page shows is, through all shadows."""

FIRST_METER: Final = f"async () => (await {HASS}.callWS({{type: 'csj_meter/meters/list'}})).meters[0].serial"

TIP: Final = f"""async () => {{
  const {{ meters }} = await {HASS}.callWS({{type: 'csj_meter/meters/list'}});
  for (const {{ serial }} of meters) {{
    const {{ tips }} = await {HASS}.callWS({{type: 'csj_meter/insights', serial}});
    if (tips.length) return serial.toLowerCase();
  }}
  return meters[0].serial.toLowerCase();
}}"""
"""The first meter that has a tip today, as it stands in the address of its page; there is one every day."""

TENANTS: Final = f"""async () => {{
  const {{ meters }} = await {HASS}.callWS({{type: 'csj_meter/meters/list'}});
  const call = (action, data) => {HASS}.callService('csj_meter', action, data, undefined, false, true);
  const prepaid = meters.filter(meter => meter.balance);
  const month_ago = new Date(Date.now() - 30 * 24 * 3600 * 1000).toISOString();
  for (const [place, name] of ['Ada Smith', 'Grace Jones'].entries()) {{
    const target = {{device_id: prepaid[place].device_id}};
    const known = (await call('list_tenants', target)).response.tenants.some(one => !one.moved_out);
    const who = {{name, channel: 'Notifications', at: month_ago}};
    if (!known) await call('move_in', {{...target, ...who}});
  }}
}}"""
"""Somebody lives behind the first two prepaid meters."""

PORTAL: Final = f"""async () => {{
  await ({TENANTS})();
  const {{ meters }} = await {HASS}.callWS({{type: 'csj_meter/meters/list'}});
  const target = {{device_id: meters.find(meter => meter.balance).device_id}};
  const call = (action, data) => {HASS}.callService('csj_meter', action, data, undefined, false, true);
  // the link is one for phones in the network, and this browser is on the machine itself
  const link = new URL((await call('make_portal_link', target)).response.link, location);
  return location.origin + link.pathname + link.hash;
}}"""
"""A private link of who lives behind the first prepaid meter."""


ALERT: Final = f"""async () => {{
  const entry = (await {HASS}.callWS({{type: 'config_entries/get', domain: 'csj_meter'}}))[0].entry_id;
  const call = (action, data, answers) =>
    {HASS}.callService('csj_meter', action, data, undefined, false, answers);
  const sag = {{config_entry_id: entry, fault: 'voltage_sag', unit_id: 5, value: 0.74}};
  await call('simulate_fault', sag, false);
  for (;;) {{
    const found = (await call('get_alerts', {{}}, true)).response.alerts.find(one => one.confirmed_at);
    if (found) return found.alert_id;
    await new Promise(done => setTimeout(done, 2000));
  }}
}}"""
"""The first alert that is confirmed: of a sag that begins now, some minutes later."""

PORTAL_PATH: Final = "{portal}"

PLACES: Final = {
    "meter": FIRST_METER,
    "first": f"async () => (await ({FIRST_METER})()).toLowerCase()",
    "tip": TIP,
    "alert": ALERT,
}
"""What stands in the path of a picture -> how it is found."""

FIRST_PAGE: Final = "csj-home/meter-{first}"
TIP_PAGE: Final = "csj-home/meter-{tip}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One file, and how it comes about."""

    name: str
    """Of the file, without its ending."""

    path: str = "csj-meters"
    """A page of Home Assistant, with the places of ``PLACES`` in it; or ``PORTAL_PATH``."""

    width: int = DESK
    dark: bool = False
    user: str = USER

    whole: bool = False
    """All of it, however high."""

    of: str | None = None
    """The element that it shows, by its selector; None for the window."""

    taps: tuple[str, ...] = ()
    """Names of buttons that are tapped before, one after the other."""


PICTURES: Final = (
    Picture(name="dashboard", whole=True),
    Picture(name="meter", path="csj-meters/elm-row-1", whole=True),
    Picture(name="phone", width=PHONE, dark=True),
    Picture(name="panel-meters", path="csj-meter/meters"),
    Picture(name="panel-meter", path="csj-meter/meters/{meter}", whole=True),
    Picture(name="panel-meter-phone", path="csj-meter/meters/{meter}", width=PHONE, dark=True),
    Picture(name="panel-bus", path="csj-meter/bus", dark=True),
    Picture(name="home", path="csj-home", whole=True),
    Picture(name="home-landlord", path="csj-home", user="landlord", whole=True),
    Picture(name="home-tenant", path="csj-home", user="tenant", whole=True),
    Picture(name="home-phone", path="csj-home", user="tenant", width=PHONE, dark=True),
    Picture(name="card-credit", path=FIRST_PAGE, width=PHONE, of="csj-credit-card"),
    Picture(name="card-credit-dark", path=FIRST_PAGE, width=PHONE, dark=True, of="csj-credit-card"),
    Picture(name="card-usage", path=TIP_PAGE, width=PHONE, of="csj-usage-card"),
    Picture(name="card-usage-dark", path=TIP_PAGE, width=PHONE, dark=True, of="csj-usage-card"),
    Picture(
        name="card-tenants", path="csj-home", width=PHONE, of="csj-tenants-card", taps=("Remind Grace Jones",)
    ),
    Picture(name="card-top-up", path=FIRST_PAGE, width=PHONE, taps=("Top up",)),
    Picture(name="portal", path=PORTAL_PATH, width=PHONE),
    Picture(name="portal-dark", path=PORTAL_PATH, width=PHONE, dark=True, whole=True),
    # these two top up a meter, and the last one has a fault: what comes after would show it
    Picture(name="top-up", path="csj-meters/prepayment", width=PHONE, taps=("+ 20 EUR",)),
    Picture(name="topped-up", path="csj-meters/prepayment", width=PHONE, taps=("+ 20 EUR", "OK")),
    Picture(name="panel-alert", path="csj-meter/alerts/{alert}", whole=True),
)


def main() -> int:
    """Take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(prog="script/screenshot", description=__doc__)
    parser.add_argument("url", help="address of a running demo")
    parser.add_argument(
        "names", nargs="*", type=_name, help="of the pictures to take; all of them by default"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to put them")
    parser.add_argument("--check", action="store_true", help="only see whether there are such pictures")
    arguments = parser.parse_args()
    if arguments.check:
        return 0
    wanted = [picture for picture in PICTURES if not arguments.names or picture.name in arguments.names]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            _furnish(browser, arguments.url)
            for picture in wanted:
                take(browser, arguments.url, picture, arguments.folder / f"{picture.name}.png")
            browser.close()
    except DemoError as err:
        print(f"script/screenshot: {err}", file=sys.stderr)
        return 1
    return 0


def _name(text: str) -> str:
    if text not in (known := [picture.name for picture in PICTURES]):
        raise argparse.ArgumentTypeError(f"there is no picture {text!r}: use {', '.join(known)}")
    return text


def take(browser: Browser, url: str, picture: Picture, file: Path) -> None:
    """Take one picture."""
    scale = 2 if picture.width == PHONE else 1
    with window(browser, url, picture.user, width=picture.width, dark=picture.dark, scale=scale) as page:
        page.on("pageerror", lambda error: print(f"{file.name}: {error}", file=sys.stderr))
        if "{" in picture.path:
            _open(page, f"{url}/csj-meter")
        if picture.path == PORTAL_PATH:
            page.goto(page.evaluate(PORTAL))
        else:
            places = {
                name: page.evaluate(script)
                for name, script in PLACES.items()
                if f"{{{name}}}" in picture.path
            }
            _open(page, f"{url}/{picture.path.format(**places)}")
        _wait(page)
        for name in picture.taps:
            page.get_by_role("button", name=name, exact=True).first.click()
            page.wait_for_timeout(DIALOGUE)
        if picture.whole or picture.of is not None:
            height = min(page.evaluate(HEIGHT), TALLEST)
            page.set_viewport_size({"width": picture.width, "height": height})
            page.wait_for_timeout(DIALOGUE)
            _wait(page)
        if picture.of is None:
            page.screenshot(path=file)
        else:
            page.locator(picture.of).first.screenshot(path=file)


def _wait(page: Page) -> None:
    """Wait until all is there that a page shows."""
    page.wait_for_function(STEADY, arg=CHARTS, timeout=3 * PATIENCE, polling=500)


def _furnish(browser: Browser, url: str) -> None:
    """Let somebody move in, once."""
    with window(browser, url) as page:
        _open(page, f"{url}/csj-meter")
        page.evaluate(TENANTS)


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(f"() => {HASS}?.connected", timeout=PATIENCE)


if __name__ == "__main__":
    sys.exit(main())
