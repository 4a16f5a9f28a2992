"""Who sees what of the panel; that the server refuses the rest is for tests/surface/access to show."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect
import pytest

from .conftest import Visit

ALL: Final = ["Meters", "Alerts", "Work orders", "Bus", "KPIs", "What if", "Audit", "Settings"]

TABS: Final = {
    "demo": ALL,
    "technician": ["Meters", "Alerts", "Work orders", "Bus", "KPIs", "What if"],
    "support": ["Meters", "Alerts", "Work orders", "KPIs"],
    "landlord": ["Meters", "Alerts", "Work orders"],
    "tenant": ["Meters", "Alerts"],
}


@pytest.mark.parametrize("user", TABS)
def test_each_role_is_offered_its_pages(visit: Visit, user: str) -> None:
    panel = visit(user).open()
    expect(panel.get_by_role("navigation").get_by_role("link")).to_have_text(TABS[user])


@pytest.mark.parametrize(("user", "meters"), [("demo", 6), ("support", 6), ("landlord", 3), ("tenant", 1)])
def test_people_find_the_meters_that_are_theirs(visit: Visit, user: str, meters: int) -> None:
    panel = visit(user).open("/csj-meter/meters")
    expect(panel.locator("a[data-serial]")).to_have_count(meters)


def test_a_page_of_another_role_is_not_there(visit: Visit) -> None:
    panel = visit("tenant").open("/csj-meter/audit")
    expect(panel.get_by_role("status")).to_contain_text("not for your role")


def test_whoever_is_refused_by_the_server_stays_refused_with_a_console(visit: Visit) -> None:
    support = visit("support")
    support.open()
    serial = support.call("csj_meter/meters/list")["meters"][0]["serial"]
    refused = {
        support.refusal("csj_meter/command", serial=serial, command="restart"),
        support.refusal("csj_meter/live/subscribe", serial=serial),
        support.refusal("csj_meter/audit"),
    }
    assert refused == {"unauthorized"}


def test_visitors_are_sent_to_the_login(visit: Visit) -> None:
    nobody = visit(None)
    nobody.page.goto(f"{nobody.url}/csj-meter")
    nobody.page.wait_for_url("**/auth/authorize**")
    expect(nobody.panel).to_have_count(0)
