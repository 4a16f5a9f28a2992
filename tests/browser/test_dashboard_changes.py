"""The dashboard while meters come and go, fall silent and are renamed."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from demo.browser import PATIENCE

from .conftest import Visit
from .dashboards import NEXT_DOOR, SOON, balance_of, device_of, look_at, violations

NEXT_DOORS_UNIT: Final = 2

LEAVING: Final = ("Mill Lane 1", "Mill Lane", 4)
"""A meter that is taken away and put back: its name, circuit and unit id."""


def test_it_follows_what_happens_to_meters(visit: Visit, shown: str) -> None:
    owner, landlord = visit("demo"), visit("landlord")
    home = look_at(landlord, shown)
    expect(home.get_by_text(NEXT_DOOR).first).to_be_visible(timeout=PATIENCE)
    owner.open()
    device = device_of(owner, NEXT_DOOR)

    def call_it(name: str | None) -> None:
        owner.call("config/device_registry/update", device_id=device, name_by_user=name)

    call_it("Lighthouse")
    try:
        expect(home.locator("hui-tile-card").get_by_text("Lighthouse").first).to_be_visible(timeout=SOON)
        expect(home.get_by_text(NEXT_DOOR)).to_have_count(0)
    finally:
        call_it(None)
    expect(home.get_by_text(NEXT_DOOR).first).to_be_visible(timeout=SOON)


def test_it_stays_right_when_meters_come_and_go(visit: Visit, shown: str) -> None:
    owner, watching = visit("demo"), visit("technician")
    name, circuit, unit = LEAVING
    home = look_at(watching, shown)
    expect(home.get_by_text(name).first).to_be_visible(timeout=PATIENCE)
    owner.open()
    entry = owner.call("config_entries/get", domain="csj_meter")[0]["entry_id"]
    (leaving,) = [
        one for one in owner.call("config_entries/subentries/list", entry_id=entry) if one["title"] == name
    ]
    owner.call("config_entries/subentries/delete", entry_id=entry, subentry_id=leaving["subentry_id"])
    try:
        # in a window that stays open, as well as in one that is opened now
        expect(home.get_by_text(name)).to_have_count(0, timeout=PATIENCE)
        expect(home.get_by_text(NEXT_DOOR).first).to_be_visible(timeout=PATIENCE)
        expect(home.locator("hui-error-card")).to_have_count(0)
    finally:
        flow = "config/config_entries/subentries/flow"
        step = owner.post(flow, handler=[entry, "meter"])
        step = owner.post(f"{flow}/{step['flow_id']}", next_step_id="by_hand")
        by_hand = {"unit_id": unit, "profile": "automatic", "name": name, "circuit": circuit}
        assert owner.post(f"{flow}/{step['flow_id']}", **by_hand)["type"] == "create_entry"
    expect(home.get_by_text(name).first).to_be_visible(timeout=PATIENCE)


def test_a_meter_that_does_not_answer_is_said_to(visit: Visit, shown: str) -> None:
    owner, landlord = visit("demo"), visit("landlord")
    owner.open()
    entry = owner.call("config_entries/get", domain="csj_meter")[0]["entry_id"]
    (row,) = [one for one in owner.call("csj_meter/meters/list")["meters"] if one["name"] == NEXT_DOOR]
    page = look_at(landlord, f"{shown}/meter-{row['serial'].lower()}")
    credit = page.locator("csj-credit-card")
    expect(credit.locator("[data-balance]")).to_be_visible(timeout=PATIENCE)
    balance = balance_of(credit)
    owner.act(
        "csj_meter", "simulate_fault", config_entry_id=entry, fault="meter_dead", unit_id=NEXT_DOORS_UNIT
    )
    try:
        # all its entities are unavailable, and the cards say what was known last and when
        expect(credit).to_contain_text("What you see is from", timeout=150_000)
        assert balance_of(credit) == balance
        expect(page.locator("csj-usage-card [data-today]")).to_be_visible()
        expect(page.locator("hui-error-card")).to_have_count(0)
        assert violations(landlord) == (2, [])
        first = look_at(landlord, shown).locator("csj-tenants-card li").filter(has_text=NEXT_DOOR)
        expect(first).to_contain_text("Silent", timeout=PATIENCE)
    finally:
        owner.act("csj_meter", "clear_simulated_faults", config_entry_id=entry)
    expect(first).not_to_contain_text("Silent", timeout=150_000)


def test_entities_that_were_hidden_leave_no_hole(visit: Visit, shown: str) -> None:
    owner, landlord = visit("demo"), visit("landlord")
    owner.open()
    device = device_of(owner, NEXT_DOOR)
    (row,) = [one for one in owner.call("csj_meter/meters/list")["meters"] if one["name"] == NEXT_DOOR]
    hidden = [
        one["entity_id"]
        for one in owner.call("config/entity_registry/list")
        if one["device_id"] == device and one["translation_key"] in ("balance", "active_power", "usage_today")
    ]
    assert len(hidden) == 3
    for entity in hidden:
        owner.call("config/entity_registry/update", entity_id=entity, hidden_by="user")
    try:
        page = look_at(landlord, f"{shown}/meter-{row['serial'].lower()}")
        expect(page.locator("csj-credit-card [data-balance]")).to_be_visible(timeout=PATIENCE)
        expect(page.locator("csj-usage-card [data-today]")).to_be_visible(timeout=PATIENCE)
        expect(page.locator("hui-error-card, hui-warning")).to_have_count(0)
        expect(page.locator("hui-tile-card").filter(has_text="Active power")).to_have_count(0)
    finally:
        for entity in hidden:
            owner.call("config/entity_registry/update", entity_id=entity, hidden_by=None)
