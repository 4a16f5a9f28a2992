"""The demo's prepayment cards: whatever there is is shown, and nothing happens without a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from demo.credit import credit_cards, credit_view
from demo.site import Meter

SHOWN: Final = {
    key: f"sensor.fern_court_1_{key}" for key in ("active_power", "balance", "energy_price", "top_up_count")
}

METER: Final = Meter(
    name="Fern Court 1",
    serial="CSJ600000001",
    device="device-1",
    circuit="Fern Court",
    phases=1,
    feeds_in=False,
    entities=SHOWN,
    controls={},
    currency="EUR",
)

OBEYING: Final = replace(
    METER,
    entities={**SHOWN, "credit_days_left": "sensor.fern_court_1_credit_days_left"},
    controls={
        "switch.supply": "switch.fern_court_1_supply",
        "button.relay_automatic": "button.fern_court_1_automatic",
    },
)


def entities(cards: list[dict[str, Any]]) -> list[str]:
    return [card["entity"] for card in cards if "entity" in card]


def actions_of(cards: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What taps do, besides showing more."""
    for card in cards:
        for key, value in card.items():
            if key.endswith("_action"):
                yield value


def test_a_meter_without_commands_shows_what_it_has() -> None:
    cards = list(credit_cards(METER, "#000000", ()))

    assert entities(cards) == [SHOWN["balance"], SHOWN["energy_price"], SHOWN["top_up_count"]]
    assert not list(actions_of(cards))


def test_entities_that_come_with_commands_join() -> None:
    shown = entities(list(credit_cards(OBEYING, "#000000", ())))

    assert "sensor.fern_court_1_credit_days_left" in shown
    assert "switch.fern_court_1_supply" in shown
    assert "button.fern_court_1_automatic" in shown


def test_nothing_happens_without_a_question() -> None:
    actions = list(actions_of(list(credit_cards(OBEYING, "#000000", ("top_up",)))))

    assert {action["action"] for action in actions} == {"toggle", "perform-action"}
    assert all("Fern Court 1" in action["confirmation"]["text"] for action in actions)


def test_the_buttons_pay_in_what_they_say() -> None:
    cards = [card for card in credit_cards(OBEYING, "#000000", ("top_up",)) if card["type"] == "button"]

    assert [card["name"] for card in cards] == ["+ 10 EUR", "+ 20 EUR", "+ 50 EUR"]
    for card, amount in zip(cards, (10, 20, 50), strict=True):
        assert card["tap_action"]["perform_action"] == "csj_meter.top_up"
        assert card["tap_action"]["data"] == {"device_id": "device-1", "amount": amount}


def test_only_prepaid_meters_have_a_place_on_the_page() -> None:
    postpaid = replace(METER, name="Elm Row 1", entities={"active_power": "sensor.elm_row_1_active_power"})
    view = credit_view([(METER, "#000000"), (postpaid, "#ffffff")], ())

    headings = [one["cards"][0]["heading"] for one in view["sections"]]
    assert headings == ["Fern Court 1", "Credit over the month"]
