"""The portal as tenants have it: on a phone, from the link to the voucher, and nothing once it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import csv
from dataclasses import dataclass
import datetime as dt
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect
import pytest

from demo.browser import PATIENCE, PHONE, window
from demo.client import Client

from .accessibility import violations
from .home import Home

OPTIONS: Final = "/api/config/config_entries/options/flow"

TENANT: Final = "Ada Lovelace"

LIVES_THERE: Final = dt.timedelta(days=20)

ACTIONS: Final = "/api/services/csj_meter"

ARRIVED: Final = (
    """() => performance.getEntriesByType("resource").map(one => [one.name, one.encodedBodySize])"""
)
"""Address of each file that came, and its bytes as they did."""

OVERFLOW: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Let:
    """A meter that somebody has moved in to."""

    link: str
    serial: str
    device: str
    voucher: str
    other: str
    """Serial number of another meter."""


class Owner:
    """Who administers this Home Assistant, over its REST and WebSocket interfaces."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def do[T](self, work: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Have something done; the browser has a loop of its own in this thread."""

        async def run() -> T:
            async with Client.sign_in(self._home.url, lambda: True) as client:
                return await work(client)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, run()).result()


async def options(client: Client, *answers: dict[str, Any]) -> dict[str, Any]:
    """Go through the options of the bridge."""
    (entry,) = await client.call("config_entries/get", domain="csj_meter")
    step: dict[str, Any] = await client.post(OPTIONS, handler=entry["entry_id"])
    for answer in answers:
        step = await client.post(f"{OPTIONS}/{step['flow_id']}", **answer)
        assert not step.get("errors"), step
    return step


def moved_in() -> dt.date:
    """When they have moved in, at noon."""
    return (dt.datetime.now(dt.UTC) - LIVES_THERE).date()


async def let(client: Client) -> Let:
    """Somebody moves in, gets a link and buys a voucher."""
    meters = (await client.call("csj_meter/meters/list"))["meters"]
    first, second = [meter for meter in meters if meter["balance"] is not None][:2]
    mine, other = first["serial"], second["serial"]
    step = await options(
        client,
        {"next_step_id": "tenants"},
        {"next_step_id": "add_tenant"},
        {"meter": mine, "name": TENANT, "language": "en", "at": f"{moved_in()} 12:00:00"},
        {"next_step_id": "portal_link"},
    )
    (tenant,) = step["data_schema"][0]["selector"]["select"]["options"]
    step = await client.post(f"{OPTIONS}/{step['flow_id']}", tenant=tenant["value"])
    assert step["step_id"] == "portal_link_made"
    link = step["description_placeholders"]["link"]
    (qr_code,) = step["data_schema"]
    assert qr_code["selector"]["qr_code"]["data"] == link
    made = await client.post(f"{ACTIONS}/create_voucher?return_response", amount=20)
    return Let(
        link=link,
        serial=mine,
        device=first["device_id"],
        voucher=made["service_response"]["code"],
        other=other,
    )


async def end(client: Client) -> None:
    """The link ends, and nothing is kept of the tenant. Raises ValueError where nobody is there."""
    menu = await options(client, {"next_step_id": "tenants"})
    if "forget_tenant" not in menu["menu_options"]:
        raise ValueError("nobody is there")
    step = await options(client, {"next_step_id": "tenants"}, {"next_step_id": "forget_tenant"})
    (tenant,) = step["data_schema"][0]["selector"]["select"]["options"]
    await client.post(f"{OPTIONS}/{step['flow_id']}", tenant=tenant["value"])


async def work_orders(client: Client) -> list[dict[str, Any]]:
    """What the list of work orders holds."""
    lists = [
        one["entity_id"] for one in await client.get("/api/states") if one["entity_id"].startswith("todo.")
    ]
    return [await client.call("todo/item/list", entity_id=one) for one in lists]


@pytest.fixture
def owner(home: Home) -> Owner:
    return Owner(home)


@pytest.fixture
def lease(owner: Owner) -> Iterator[Let]:
    """Somebody lives there for the time of a test."""
    yield owner.do(let)
    with suppress(ValueError):  # the test has done so itself
        owner.do(end)


class Phone:
    """A page on a phone, and what it has asked for and complained about."""

    def __init__(self, page: Page, home: Home) -> None:
        self.page = page
        self.home = home
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.referrers: set[str] = set()
        page.on("request", self._read)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def _read(self, sent: Request) -> None:
        self.requests.append(sent.url)
        self.referrers.add(sent.headers.get("referer", ""))

    def open(self, link: str) -> Locator:
        """Open a link, as it stands in a message; the host is that of the test."""
        self.page.goto(f"{self.home.url}{link[link.index('/csj_meter') :]}")
        return self.page.locator("csj-portal")

    def violations(self) -> list[str]:
        """What axe finds wrong."""
        return violations(self.page)


@pytest.fixture
def phone(home: Home, browser: Browser) -> Iterator[Phone]:
    with window(browser, home.url, None, width=PHONE) as page:
        yield Phone(page, home)


def money(text: str) -> float:
    """The amount in a text."""
    found = re.search(r"(\d[\d,]*\.\d\d)", text)
    assert found is not None, text
    return float(found[1].replace(",", ""))


def test_from_the_link_to_the_voucher_and_until_it_ends(
    owner: Owner, lease: Let, phone: Phone, tmp_path: Path
) -> None:
    portal = phone.open(lease.link)
    page = phone.page
    expect(portal.get_by_text(TENANT)).to_be_visible()

    # the address holds nothing any more, and neither does what scripts can read
    token = lease.link.partition("#")[2]
    assert urlsplit(page.url).fragment == ""
    assert token not in page.content()
    assert page.evaluate("document.cookie") == ""
    page.reload()
    expect(portal.get_by_text(TENANT)).to_be_visible()

    # a voucher is redeemed, with a slip first
    credit = portal.locator("csj-portal-credit")
    before = money(credit.locator(".big").inner_text())
    credit.get_by_label("Voucher code").fill(lease.voucher[:-1])
    credit.get_by_role("button", name="Top up").click()
    expect(credit.get_by_role("status")).to_contain_text("slip")
    credit.get_by_label("Voucher code").fill(lease.voucher.lower())
    credit.get_by_role("button", name="Top up").click()
    expect(credit.get_by_role("status")).to_contain_text("is on the meter", timeout=60_000)
    expect(credit.locator(".big")).not_to_contain_text(f"{before:.2f}")
    assert abs(money(credit.locator(".big").inner_text()) - before - 20) < 1
    expect(portal.locator("csj-portal-payments")).to_contain_text("20.00")
    # the meter itself says so
    row = owner.do(lambda client: client.call("csj_meter/meter", serial=lease.serial))
    assert abs(row["meter"]["money"]["balance"] - before - 20) < 1

    # the same voucher is worth nothing any more
    credit.get_by_label("Voucher code").fill(lease.voucher)
    credit.get_by_role("button", name="Top up").click()
    expect(credit.get_by_role("status")).to_contain_text("was used already")

    # measurements are taken away
    link = portal.get_by_role("link", name=re.compile("by the minute"))
    with page.expect_download() as download:
        link.click()
    file = tmp_path / "measured.csv"
    download.value.save_as(file)
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text, strict=True))
    assert {row["meter"] for row in rows} == {lease.serial}
    first = dt.datetime.fromisoformat(rows[0]["local_time"])
    assert first.date() == moved_in()
    assert first.hour == 12
    assert len(rows) > 19 * 24 * 60

    # a message reaches the landlord
    portal.get_by_role("textbox", name="Message").fill("The light in the hall is broken.")
    portal.get_by_role("button", name="Send").click()
    expect(portal.get_by_text("Your landlord will find it")).to_be_visible()
    assert "The light in the hall is broken." in str(owner.do(work_orders))

    assert lease.other not in page.content()
    home = urlsplit(phone.home.url).netloc
    assert {urlsplit(url).netloc for url in phone.requests} == {home}
    assert not [url for url in phone.requests if token in url.partition("#")[0]]
    assert phone.referrers == {""}
    assert phone.complaints == []

    # the link ends, here and wherever else it is open
    owner.do(end)
    page.reload()
    expect(portal.get_by_role("heading", name="Open your page")).to_be_visible()
    expect(portal.get_by_text(TENANT)).to_have_count(0)
    phone.open(lease.link)
    expect(portal.get_by_text("does not open anything")).to_be_visible()
    assert page.context.request.get(f"{phone.home.url}/csj_meter/portal/api/overview").status == 401


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, PHONE])
def test_it_is_accessible(home: Home, browser: Browser, lease: Let, width: int, dark: bool) -> None:
    with window(browser, home.url, None, width=PHONE, dark=dark) as page:
        page.set_viewport_size({"width": width, "height": 844})
        phone = Phone(page, home)
        portal = phone.open("/csj_meter/portal")
        expect(portal.get_by_role("heading", name="Open your page")).to_be_visible()
        assert phone.violations() == []
        portal.get_by_label("Link").fill(lease.link)
        portal.get_by_role("button", name="Open").click()
        expect(portal.get_by_text(TENANT)).to_be_visible()
        for span in ("Today", "This month", "Last 7 days"):
            portal.get_by_role("button", name=re.compile(span)).click()
            expect(portal.get_by_role("button", name=re.compile(span))).to_have_attribute(
                "aria-pressed", "true"
            )
        for summary in portal.locator("summary").all():
            summary.click()
        assert phone.violations() == []
        assert page.evaluate(OVERFLOW) <= 0
        assert phone.complaints == [
            "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
        ]


def test_it_works_with_the_keyboard_alone(lease: Let, phone: Phone) -> None:
    portal = phone.open(lease.link)
    expect(portal.get_by_text(TENANT)).to_be_visible()
    code = portal.get_by_label("Voucher code")
    for _ in range(12):
        if code.evaluate("field => field.getRootNode().activeElement === field"):
            break
        phone.page.keyboard.press("Tab")
    phone.page.keyboard.type("ABC")
    phone.page.keyboard.press("Enter")
    expect(portal.locator("csj-portal-credit").get_by_role("status")).to_contain_text("slip")


def test_a_phone_loads_little(lease: Let, phone: Phone) -> None:
    """How soon it can be used is measured by ``script/benchmark portal``."""
    phone.open(lease.link)
    expect(phone.page.locator("csj-portal-credit .big")).to_be_visible()
    scripts = [size for name, size in phone.page.evaluate(ARRIVED) if name.endswith(".js")]
    assert scripts
    assert sum(scripts) < 40_000, "as it comes over the network"
    # the page, its style and scripts, the icon; whether a link is good, and what it opens
    assert len(phone.requests) <= len(scripts) + 6, phone.requests


@pytest.mark.parametrize("language", ["de", "fr", "zh-Hans"])
def test_other_languages_fit_on_a_small_phone(
    owner: Owner, home: Home, browser: Browser, lease: Let, language: str
) -> None:
    async def speak(client: Client) -> str:
        await client.post(f"{ACTIONS}/move_out", device_id=lease.device)
        await client.post(f"{ACTIONS}/forget_tenants", device_id=lease.device)
        await client.post(f"{ACTIONS}/move_in", device_id=lease.device, name=TENANT, language=language)
        made = await client.post(f"{ACTIONS}/make_portal_link?return_response", device_id=lease.device)
        return str(made["service_response"]["link"])

    with window(browser, home.url, None, width=PHONE) as page:
        page.set_viewport_size({"width": 320, "height": 800})
        phone = Phone(page, home)
        portal = phone.open(owner.do(speak))
        expect(portal.get_by_text(TENANT)).to_be_visible()
        assert page.locator("html").get_attribute("lang") == language
        for summary in portal.locator("summary").all():
            summary.click()
        assert page.evaluate(OVERFLOW) <= 0
        expect(portal.get_by_text("Top up", exact=True)).to_have_count(0)
        assert phone.violations() == []


def without_figures(text: str) -> str:
    """What a tip says; its figures are worked out anew every few minutes."""
    return re.sub(r"[\d.,]+", "#", text)


def test_a_tip_is_told_and_dismissed_here_and_on_the_dashboard(
    owner: Owner, home: Home, browser: Browser, phone: Phone
) -> None:
    """Out of the 35 days that the demo has lived through: on each day one of the first three has a tip."""

    async def with_tip(client: Client) -> tuple[str, str, str]:
        for meter in (await client.call("csj_meter/meters/list"))["meters"]:
            if not (await client.call("csj_meter/insights", serial=meter["serial"]))["tips"]:
                continue
            device = {"device_id": meter["device_id"]}
            await client.post(f"{ACTIONS}/move_in", **device, name=TENANT, at=f"{moved_in()} 12:00:00")
            made = await client.post(f"{ACTIONS}/make_portal_link?return_response", **device)
            return made["service_response"]["link"], meter["serial"], meter["device_id"]
        raise AssertionError("no meter has a tip today")

    link, serial, device = owner.do(with_tip)
    try:
        with window(browser, home.url) as page:
            portal = phone.open(link)
            tips = portal.locator("csj-portal-tips").get_by_role("listitem")
            expect(tips.first).to_be_visible(timeout=PATIENCE)
            expect(tips.first.locator("dd").first).to_have_text(re.compile(r"\d"))
            told, count = without_figures(tips.first.locator("p").inner_text()), tips.count()
            assert phone.violations() == []

            # whoever looks at the dashboard has the same
            page.goto(f"{home.url}/csj-home/meter-{serial.lower()}")
            on_card = page.locator("csj-usage-card .tip")
            expect(on_card.locator("dd").first).to_have_text(re.compile(r"\d"), timeout=PATIENCE)
            assert without_figures(on_card.locator("p").first.inner_text()) == told

            tips.first.get_by_role("button", name="Do not show again").click()
            expect(tips).to_have_count(count - 1)
            phone.page.reload()
            expect(portal.get_by_text(TENANT)).to_be_visible()
            expect(tips).to_have_count(count - 1)
            page.reload()
            expect(page.locator("csj-usage-card [data-today]")).to_be_visible(timeout=PATIENCE)
            left = [without_figures(text) for text in on_card.locator("p").all_inner_texts()]
            assert told not in left
    finally:
        owner.do(lambda client: client.post(f"{ACTIONS}/move_out", device_id=device))
        owner.do(lambda client: client.post(f"{ACTIONS}/forget_tenants", device_id=device))


def test_a_phone_can_install_it(lease: Let, phone: Phone) -> None:
    phone.open(lease.link)
    expect(phone.page.locator("csj-portal").get_by_text(TENANT)).to_be_visible()
    session = phone.page.context.new_cdp_session(phone.page)
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    assert lease.link.partition("#")[2] not in told["data"]
    for icon in phone.page.evaluate("text => JSON.parse(text).icons", told["data"]):
        assert phone.page.request.get(f"{phone.home.url}{icon['src']}").status == 200
    # windows of tests are private ones, in which Chromium installs nothing
    wrong = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in wrong} <= {"in-incognito"}
