"""The dashboard that builds itself, and its cards: what people see of their meters, and do with them."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
import re

from playwright.sync_api import expect
import pytest

from demo.browser import HASS, PATIENCE, PHONE

from .conftest import Visit
from .dashboards import (
    LENGTHEN,
    METER,
    NEXT_DOOR,
    OVERFLOWING,
    SOON,
    STRATEGY,
    answer_of,
    balance_of,
    dashboard,
    device_of,
    look_at,
    view,
    violations,
    with_each_card,
)

CONFIGURED = f"""path => {HASS}.callWS({{type: "lovelace/config", url_path: path}})
  .then(config => "strategy" in config, () => false)"""
"""Whether something is stored of a dashboard."""

SHAPE = "button => getComputedStyle(button).borderRadius"


def spoken(language: str) -> dict[str, str]:
    """What somebody who speaks it chooses in their profile."""
    ways = ("number_format", "time_format", "date_format", "first_weekday")
    return {"language": language, "time_zone": "local"} | dict.fromkeys(ways, "language")


def test_it_is_offered_and_comes_with_two_clicks(visit: Visit) -> None:
    owner = visit("demo")
    page = owner.page
    page.goto(f"{owner.url}/config/lovelace/dashboards")
    page.get_by_role("button", name="Add dashboard").click(timeout=PATIENCE)
    offer = page.locator("dashboard-card").filter(has_text="CSJ Meter")
    expect(offer).to_contain_text("builds itself")
    offer.click()
    page.get_by_role("button", name="Create").click()

    expect(
        page.get_by_text("dashboard-electricity").or_(page.get_by_text("Electricity")).first
    ).to_be_visible()
    (made,) = [one for one in owner.call("lovelace/dashboards/list") if one["title"] == "Electricity"]
    try:
        # the frontend stores what is in it after that it is there, and goes back from its dialog
        page.wait_for_function(CONFIGURED, arg=made["url_path"], polling=200)
        page.wait_for_function("!history.state?.dialog")
        shown = look_at(owner, f"/{made['url_path']}")
        expect(shown.locator("csj-tenants-card")).to_contain_text(METER, timeout=PATIENCE)
        # whether all is quiet depends on the hour of the day, as the homes of the demo live by the clock
        expect(shown.get_by_role("heading", name="What needs attention")).to_be_visible()
        expect(shown.locator("hui-tile-card").filter(has_text="Mill Lane 3").first).to_be_visible()
        expect(shown.locator("hui-statistics-graph-card").first).to_be_visible()
        expect(shown.locator("hui-todo-list-card").first).to_be_visible()
    finally:
        owner.call("lovelace/dashboards/delete", dashboard_id=made["id"])


def test_each_role_has_its_own(visit: Visit, shown: str) -> None:
    tenant = look_at(visit("tenant"), shown)
    expect(tenant.locator("csj-credit-card")).to_contain_text("Days left", timeout=PATIENCE)
    expect(tenant.locator("csj-tenants-card")).to_have_count(0)
    expect(tenant.get_by_text(NEXT_DOOR)).to_have_count(0)
    expect(tenant.locator("hui-gauge-card")).to_have_count(0)

    technician = look_at(visit("technician"), shown)
    expect(technician.locator("hui-todo-list-card").first).to_be_visible(timeout=PATIENCE)
    expect(technician.locator("csj-tenants-card")).to_have_count(0)
    assert technician.locator("hui-tile-card").count() >= 6

    landlord = look_at(visit("landlord"), shown)
    expect(landlord.locator("csj-tenants-card li").first).to_be_visible(timeout=PATIENCE)


def test_what_is_wrong_is_seen_at_once(visit: Visit, shown: str) -> None:
    owner, tenant = visit("demo"), visit("tenant")
    owner.open()
    home = look_at(tenant, shown)
    expect(home.locator("csj-usage-card")).to_contain_text("Used today", timeout=PATIENCE)
    entry = owner.call("config_entries/get", domain="csj_meter")[0]["entry_id"]
    fault = {"fault": "voltage_sag", "unit_id": 1, "value": 0.74}
    owner.act("csj_meter", "simulate_fault", config_entry_id=entry, **fault)
    try:
        alert = home.locator("hui-alert-card").filter(has_text="Voltage problem")
        expect(alert).to_be_visible(timeout=150_000)
        expect(home.get_by_text("All quiet: nothing unusual.")).to_be_hidden()
        expect(home.locator("csj-usage-card")).to_contain_text("Voltage", timeout=150_000)
    finally:
        owner.act("csj_meter", "clear_simulated_faults", config_entry_id=entry)


def test_a_voucher_reaches_the_meter(visit: Visit, shown: str) -> None:
    owner, tenant = visit("demo"), visit("tenant", width=PHONE)
    owner.open()
    device = device_of(owner, METER)
    code = answer_of(owner, "create_voucher", device_id=device, amount="7.50")["code"]
    card = look_at(tenant, shown).locator("csj-credit-card")
    expect(card.locator("[data-balance]")).to_contain_text("€", timeout=PATIENCE)
    before = balance_of(card)

    # a tenant may enter what is paid already, and no amount
    card.get_by_role("button", name="Top up").click()
    dialog = card.get_by_role("dialog")
    expect(card.get_by_label("Amount")).to_have_count(0)
    entry = card.get_by_label("Code of the voucher")
    entry.fill("7K2M-9QXD")
    entry.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    entry.fill(code.lower().replace("-", " "))
    entry.press("Enter")
    receipt = card.get_by_role("region", name="Receipt")
    expect(receipt).to_contain_text("It is on the meter.", timeout=PATIENCE)
    expect(receipt).to_contain_text("€7.50")
    expect(dialog).to_be_hidden()

    # the card, the entity and the meter itself say the same
    def risen(balance: float) -> None:
        assert balance == pytest.approx(before + 7.5, abs=0.5)

    expect(card.locator("[data-balance]")).not_to_contain_text(f"{before:.2f}", timeout=SOON)
    risen(balance_of(card))
    (row,) = [row for row in owner.call("csj_meter/meters/list")["meters"] if row["name"] == METER]
    risen(row["balance"]["value"])
    card.get_by_text("Payments").click()
    newest = card.locator("csj-payments li").first
    expect(newest).to_contain_text("Voucher")
    expect(newest).to_contain_text("on the meter")

    # a code counts once
    card.get_by_role("button", name="Top up").click()
    entry.fill(code)
    entry.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=SOON)
    assert balance_of(card) < before + 8
    sent = [one for one in tenant.sent if one.get("service") == "redeem_voucher"]
    assert len(sent) == 3, "what was entered three times is sent three times: nothing is repeated by itself"


def test_what_is_sent_when_the_connection_is_lost_counts_once(visit: Visit, shown: str) -> None:
    owner, tenant = visit("demo"), visit("tenant")
    owner.open()
    device = device_of(owner, METER)
    code = answer_of(owner, "create_voucher", device_id=device, amount="3.25")["code"]
    card = look_at(tenant, shown).locator("csj-credit-card")
    expect(card.locator("[data-balance]")).to_contain_text("€", timeout=PATIENCE)
    before = balance_of(card)
    card.get_by_role("button", name="Top up").click()
    entry = card.get_by_label("Code of the voucher")
    entry.fill(code)
    entry.press("Enter")
    tenant.page.evaluate(f"{HASS}.connection.socket.close()")

    # the dashboard is drawn anew with the connection, and the card finds out by itself what became of it
    tenant.page.wait_for_function(f"{HASS}.connection.connected", timeout=PATIENCE)
    dialog = card.get_by_role("dialog")
    expect(dialog).to_be_hidden(timeout=SOON)
    expect(card.get_by_role("region", name="Receipt")).to_contain_text(
        "It is on the meter.", timeout=PATIENCE
    )
    expect(card.get_by_text("nobody knows yet")).to_have_count(0)
    sent = [one for one in tenant.sent if one.get("service") == "redeem_voucher"]
    assert len(sent) == 1, "nothing is sent again by itself"

    # so the same is another payment from then on: of a voucher there is no other
    card.get_by_role("button", name="Top up").click()
    entry.fill(code)
    entry.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=SOON)
    paid = answer_of(owner, "list_payments", device_id=device, days=1)["payments"]
    assert [one["state"] for one in paid if one["amount"] == 3.25] == ["done"]
    expect(card.locator("[data-balance]")).not_to_contain_text(f"{before:.2f}", timeout=SOON)
    assert balance_of(card) == pytest.approx(before + 3.25, abs=0.5)


def test_the_csv_can_be_read_back(visit: Visit, shown: str, tmp_path: Path) -> None:
    tenant = visit("tenant")
    card = look_at(tenant, shown).locator("csj-usage-card")
    (row,) = tenant.call("csj_meter/meters/list")["meters"]
    with tenant.page.expect_download(timeout=PATIENCE) as begun:
        card.get_by_role("button", name="CSV of 90 days").click(timeout=PATIENCE)
    saved = tmp_path / "usage.csv"
    begun.value.save_as(saved)

    with saved.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) > 24
    assert {line["meter"] for line in lines} == {row["serial"]}
    times = [dt.datetime.fromisoformat(line["utc_time"]) for line in lines]
    assert times == sorted(times)

    # the file says of each hour that is over what the card says
    used = {at: line["energy_import_used [kWh]"] for at, line in zip(times, lines, strict=True)}
    for hour in tenant.call("csj_meter/insights", serial=row["serial"])["usage"]["hours"]:
        if hour["energy"] is not None and used.get(at := dt.datetime.fromisoformat(hour["start"])):
            assert float(used[at]) == pytest.approx(hour["energy"], abs=0.02)


def test_a_card_is_edited_in_a_form(visit: Visit) -> None:
    owner = visit("demo")
    with dashboard(owner, "csj-edited", view({"type": "custom:csj-credit-card"})) as address:
        page = owner.page
        shown = look_at(owner, f"{address}/cards?edit=1")
        expect(shown.locator("csj-credit-card")).to_contain_text("Choose a meter", timeout=PATIENCE)
        page.get_by_role("button", name="Edit card").first.dispatch_event("click")
        editor = page.locator("hui-dialog-edit-card")
        expect(editor.locator("hui-form-editor").get_by_text("Meter").first).to_be_visible(timeout=PATIENCE)
        expect(editor.locator("ha-selector-device, ha-device-picker").first).to_be_visible()
        expect(editor.get_by_text("All that the card shows is of this meter.")).to_be_visible()
        assert not [said for said in owner.complaints if "csj" in said.lower()]


def test_what_cannot_be_shown_is_said_in_words(visit: Visit) -> None:
    owner = visit("demo")
    owner.open()
    rows = owner.call("csj_meter/meters/list")["meters"]
    without = next(row["device_id"] for row in rows if row["balance"] is None)
    bridge = next(
        device["id"]
        for device in owner.call("config/device_registry/list")
        if device["identifiers"] == [["csj_meter", rows[0]["bridge"]]]
    )
    cards = [
        {"type": "custom:csj-credit-card"},
        {"type": "custom:csj-credit-card", "device_id": "gone"},
        {"type": "custom:csj-credit-card", "device_id": without},
        {"type": "custom:csj-usage-card", "device_id": bridge},
        {"type": "custom:csj-tenants-card", "circuit": "Nowhere"},
    ]
    with dashboard(owner, "csj-words", view(*cards)) as address:
        shown = look_at(owner, address)
        for words in (
            "Choose a meter",
            "is not there any more",
            "has no credit",
            "no meter with this serial number|There is no such meter|not a meter",
            "None of your meters has credit",
        ):
            expect(shown.get_by_text(re.compile(words)).first).to_be_visible(timeout=PATIENCE)
        expect(shown.locator("hui-error-card")).to_have_count(0)
        assert violations(owner) == (5, [])

        # somebody to whom a meter does not belong is told so, and nothing else
        tenant = visit("tenant")
        theirs = view({"type": "custom:csj-credit-card", "device_id": device_of(owner, NEXT_DOOR)})
        owner.call("lovelace/config/save", url_path="csj-words", config=theirs)
        card = look_at(tenant, address).locator("csj-credit-card")
        expect(card.get_by_role("status")).to_contain_text("role", timeout=PATIENCE)
        expect(card).not_to_contain_text("€")


def test_a_section_of_somebodys_own_dashboard_builds_itself(visit: Visit) -> None:
    owner = visit("demo")
    own = {
        "views": [{"type": "sections", "title": "Home", "path": "home", "sections": [STRATEGY]}],
    }
    with dashboard(owner, "csj-own", own) as address:
        shown = look_at(owner, address)
        expect(shown.locator("csj-credit-card")).to_be_visible(timeout=PATIENCE)
        expect(shown.locator("csj-usage-card")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, 1440], ids=["phone", "desk"])
def test_cards_are_for_everybody(visit: Visit, shown: str, width: int, dark: bool) -> None:
    landlord = visit("landlord", width=width, dark=dark)
    home = look_at(landlord, shown)
    expect(home.locator("csj-tenants-card li").first).to_be_visible(timeout=PATIENCE)
    assert violations(landlord) == (1, [])

    device = device_of(landlord, METER)
    (row,) = [row for row in landlord.call("csj_meter/meters/list")["meters"] if row["device_id"] == device]
    home = look_at(landlord, f"{shown}/meter-{row['serial'].lower()}")
    expect(home.locator("csj-usage-card [data-today]")).to_be_visible(timeout=PATIENCE)
    credit = home.locator("csj-credit-card")
    expect(credit.locator("[data-balance]")).to_be_visible(timeout=PATIENCE)
    credit.get_by_text("Payments").click()
    assert violations(landlord) == (2, [])
    credit.get_by_role("button", name="Top up").click()
    expect(credit.get_by_role("dialog")).to_be_visible()
    assert violations(landlord) == (2, [])
    landlord.page.keyboard.press("Escape")
    expect(credit.get_by_role("dialog")).to_be_hidden()
    assert not [said for said in landlord.complaints if "csj" in said.lower()]


def test_long_words_fit_on_a_small_phone(visit: Visit) -> None:
    owner = visit("demo", width=PHONE)
    owner.open()
    device = device_of(owner, METER)
    cards = [
        {"type": "custom:csj-credit-card", "device_id": device},
        {"type": "custom:csj-usage-card", "device_id": device},
        {"type": "custom:csj-tenants-card"},
    ]
    with dashboard(owner, "csj-narrow", view(*cards)) as address:
        owner.page.set_viewport_size({"width": 320, "height": 800})
        shown = look_at(owner, address)
        for sign in ("[data-balance]", "[data-today]", "csj-tenants-card li"):
            expect(shown.locator(sign).first).to_be_visible(timeout=PATIENCE)
        assert with_each_card(owner, OVERFLOWING) == (3, [])
        with_each_card(owner, LENGTHEN)
        assert with_each_card(owner, OVERFLOWING) == (3, [])


@pytest.mark.parametrize("language", ["de", "fr", "zh-Hans"])
def test_other_languages_fit_as_well(visit: Visit, shown: str, language: str) -> None:
    landlord = visit("landlord", width=PHONE)
    landlord.open()
    before = landlord.call("frontend/get_user_data", key="language")["value"]
    landlord.call("frontend/set_user_data", key="language", value=spoken(language))
    try:
        landlord.page.set_viewport_size({"width": 320, "height": 800})
        home = look_at(landlord, shown)
        expect(home.locator("csj-tenants-card li").first).to_be_visible(timeout=PATIENCE)
        expect(home.locator("csj-tenants-card")).not_to_contain_text("Days left")
        assert with_each_card(landlord, OVERFLOWING) == (1, [])
        (first, *_) = landlord.call("csj_meter/meters/list")["meters"]
        home = look_at(landlord, f"{shown}/meter-{first['serial'].lower()}")
        for sign in ("[data-balance]", "[data-today]"):
            expect(home.locator(sign)).to_be_visible(timeout=PATIENCE)
        home.locator("csj-credit-card").get_by_role("button").first.click()
        assert with_each_card(landlord, OVERFLOWING) == (2, [])
    finally:
        landlord.call("frontend/set_user_data", key="language", value=before or spoken("en"))


def test_with_the_keyboard_alone(visit: Visit, shown: str) -> None:
    tenant = visit("tenant")
    home = look_at(tenant, shown)
    button = home.locator("csj-credit-card").get_by_role("button", name="Top up")
    expect(button).to_be_visible(timeout=PATIENCE)
    shape = button.evaluate(SHAPE)
    button.focus()
    tenant.page.keyboard.press("Enter")
    dialog = home.locator("csj-credit-card").get_by_role("dialog")
    expect(dialog).to_be_visible()
    tenant.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert (shape, button.evaluate(SHAPE)) == ("999px", "999px"), "it is another one when it has the keyboard"
    tenant.page.keyboard.press("Tab")
    tenant.page.keyboard.press("Enter")
    expect(home.locator("csj-payments")).to_contain_text(re.compile("No payments|€"), timeout=SOON)
