"""Whoever sells credit reminds who runs low: with one tap, and by letter whom nothing else reaches."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from demo.browser import PATIENCE, PHONE

from .conftest import Visit
from .dashboards import NEXT_DOOR, SOON, answer_of, device_of, look_at

CHANNEL: Final = "Notifications"
"""Over which the demo tells somebody something."""


def test_whoever_sells_credit_reminds_a_tenant(visit: Visit, shown: str) -> None:
    owner, landlord = visit("demo"), visit("landlord")
    owner.open()
    device = device_of(owner, NEXT_DOOR)
    who = {"name": "Ada Smith", "email": "ada@example.org", "channel": CHANNEL}
    answer_of(owner, "move_in", device_id=device, **who)
    try:
        row = look_at(landlord, shown).locator("csj-tenants-card li").filter(has_text=NEXT_DOOR)
        expect(row).to_contain_text("Ada Smith", timeout=PATIENCE)
        # who has a channel needs no letter: one tap, and a receipt
        expect(row.get_by_role("link", name="Write to Ada Smith")).to_have_count(0)
        row.get_by_role("button", name="Remind Ada Smith").click()
        receipt = row.get_by_role("status")
        expect(receipt).to_contain_text(f"Ada Smith was reminded over {CHANNEL}", timeout=SOON)
        (said,) = [
            one for one in owner.call("persistent_notification/get") if one["title"] == f"Credit: {NEXT_DOOR}"
        ]
        assert "Hello Ada Smith" in said["message"]
        assert "EUR" in said["message"], "how much is left"
        (told,) = [one for one in answer_of(owner, "list_tenants")["tenants"] if one["moved_out"] is None]
        assert told["reminded_at"]
    finally:
        answer_of(owner, "move_out", device_id=device)
        answer_of(owner, "forget_tenants", device_id=device)


def test_whom_no_channel_reaches_is_written_to(visit: Visit, shown: str) -> None:
    owner, landlord = visit("demo"), visit("landlord", width=PHONE)
    owner.open()
    device = device_of(owner, NEXT_DOOR)
    answer_of(owner, "move_in", device_id=device, name="Ada Smith", email="ada@example.org")
    try:
        row = look_at(landlord, shown).locator("csj-tenants-card li").filter(has_text=NEXT_DOOR)
        letter = row.get_by_role("link", name="Write to Ada Smith")
        expect(letter).to_be_visible(timeout=PATIENCE)
        address = letter.get_attribute("href") or ""
        assert address.startswith(
            "mailto:ada@example.org?subject=Credit%20of%20Elm%20Row%202&body=Hello%20Ada"
        )
        assert "%E2%82%AC" in address, "how much is left"
        expect(row.get_by_role("button", name="Remind Ada Smith")).to_have_count(0)
    finally:
        answer_of(owner, "move_out", device_id=device)
        answer_of(owner, "forget_tenants", device_id=device)
