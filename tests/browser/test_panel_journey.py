"""A sag on one meter, from the list of meters to the work order that is done."""

from __future__ import annotations

from collections.abc import Iterator
import re
from typing import Final

from playwright.sync_api import expect
import pytest

from .conftest import Visit
from .visitor import Visitor

UNIT_ID: Final = 5
METER: Final = "Mill Lane 2"

MINUTE: Final = 90_000
"""Milliseconds until the engine has seen the next sample, and all that follows has been done."""

LATEST_VOLTAGE: Final = """chart => {
  const column = chart.curves[0].values.filter(value => value !== null);
  return [column.length, column.at(-1)];
}"""


class Sag:
    """Too little voltage on one meter."""

    def __init__(self, owner: Visitor) -> None:
        owner.open()
        self._owner = owner
        self._entry = owner.call("config_entries/get", domain="csj_meter")[0]["entry_id"]

    def begin(self) -> None:
        """It is there."""
        fault = {"fault": "voltage_sag", "unit_id": UNIT_ID, "value": 0.74}
        self._owner.act("csj_meter", "simulate_fault", config_entry_id=self._entry, **fault)

    def end(self) -> None:
        """It is gone."""
        self._owner.act("csj_meter", "clear_simulated_faults", config_entry_id=self._entry)


@pytest.fixture
def sag(visit: Visit) -> Iterator[Sag]:
    """Does not outlive the test."""
    sag = Sag(visit("demo"))
    yield sag
    sag.end()


def test_from_the_sag_to_the_work_order_that_is_done(visit: Visit, sag: Sag) -> None:
    sag.begin()
    technician = visit("technician")
    panel = technician.open()

    # what is wrong comes first in the list; more may be, of what another test has only just ended
    cards = panel.locator("a[data-serial]")
    theirs = cards.filter(has_text=METER)
    expect(theirs).to_contain_text("Critical", timeout=MINUTE)
    wrong = ["Critical" in text for text in cards.all_inner_texts()]
    assert wrong == sorted(wrong, reverse=True)
    serial = theirs.get_attribute("data-serial")
    theirs.click()

    # the meter shows it, and its curve goes on while somebody looks
    expect(panel.get_by_role("heading", name=METER)).to_be_visible()
    voltage = panel.locator("csj-chart").filter(has_text="Voltage").first
    expect(voltage).to_be_visible()
    technician.page.wait_for_function(
        "([chart]) => chart.curves[0]?.values.filter(value => value !== null).at(-1) < 180",
        arg=[voltage.element_handle()],
    )
    points, _ = voltage.evaluate(LATEST_VOLTAGE)
    technician.page.wait_for_function(
        f"([chart]) => ({LATEST_VOLTAGE})(chart)[0] > {points} + 1", arg=[voltage.element_handle()]
    )

    # why: the evidence
    panel.get_by_role("link", name=re.compile("Voltage sag")).first.click(timeout=MINUTE)
    technician.page.wait_for_url("**/csj-meter/alerts/*")
    view = panel.locator("csj-alert-view")
    expect(view.get_by_role("heading", name=f"Voltage sag, {METER}")).to_be_visible()
    expect(view.locator("csj-chart").first).to_be_visible()
    expect(view).to_contain_text("How far it reaches")
    # what is critical has opened a work order by itself
    expect(view).to_contain_text(re.compile(r"WO-\d+"))

    # the meter is restarted, with a question before, and comes back
    technician.open(f"/csj-meter/meters/{serial}")
    panel.get_by_role("button", name="Restart").click()
    panel.get_by_role("dialog").get_by_role("button", name="Restart").click()
    commands = panel.locator("csj-meter-commands")
    expect(commands.get_by_role("status")).to_contain_text(re.compile(r"\bms|\bs\b"), timeout=MINUTE)
    expect(panel.locator("csj-meter-strip")).to_contain_text("Online", timeout=MINUTE)

    # its supply is switched off and on, and whoever has the keyboard stays where they are
    for deed, next_one in (("Disconnect", "Connect"), ("Connect", "Disconnect")):
        commands.get_by_role("button", name=deed, exact=True).press("Enter")
        panel.get_by_role("dialog").get_by_role("button", name=deed).press("Enter")
        expect(commands.get_by_role("button", name=next_one, exact=True)).to_be_focused(timeout=MINUTE)

    # somebody sees to it
    technician.open("/csj-meter/alerts")
    panel.locator("a[data-alert]").filter(has_text=METER).filter(has_text="Voltage sag").first.click()
    view.get_by_role("button", name="Acknowledge").click()
    expect(view).to_contain_text("Technician")
    expect(view.get_by_role("button", name="Acknowledge")).to_have_count(0)

    # the line is mended, and the work order done
    sag.end()
    technician.open("/csj-meter/work-orders")
    order = panel.locator("csj-work-order").filter(has_text=METER).first
    order.get_by_role("button", name="Complete").click()
    order.get_by_role("dialog").get_by_role("button", name="Complete").click()
    expect(panel.locator("csj-work-order").filter(has_text=METER).first).to_contain_text("Done")
    # the button is gone with it: whoever uses the keyboard is at what is left to do
    expect(panel.get_by_role("heading", name="To do")).to_be_focused()

    # a search of the line has one button to begin and to end it
    technician.open("/csj-meter/bus")
    panel.get_by_text("Search for meters").click()
    panel.get_by_role("button", name="Search", exact=True).press("Enter")
    end = panel.get_by_role("button", name="Stop the search")
    expect(end).to_be_focused()
    end.press("Enter")
    expect(panel.get_by_role("button", name="Search", exact=True)).to_be_focused()

    technician.open("/csj-meter/alerts")
    # the home lives by the clock: something else may be unusual of it
    sags = panel.locator("a[data-alert]").filter(has_text=METER).filter(has_text="Voltage sag")
    expect(sags).to_have_count(0, timeout=MINUTE)
    assert technician.complaints == []
