"""Prepayment on the dashboard: what is left, what it costs now, how to top up and who has the supply.

Built from whatever entities and actions there are: what a meter or this version of the
integration does not have leaves no gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from .cards import FULL, Card, course, heading, leads_to, section, series, slug, tile, tiles
from .client import Client
from .errors import DemoError
from .site import DOMAIN, Meter, Site, is_number

FULL_GAUGE: Final = 150
"""Balance at which the bar is full."""

AMOUNTS: Final = (10, 20, 50)
"""What there are buttons for."""

PATIENCE: Final = 60.0
"""Seconds that the recorder may take to store a month."""

ASKING: Final = 1.0
"""Seconds between two looks."""


async def foresee(client: Client, site: Site) -> None:
    """Have the days of credit left worked out again: at first there was no past to learn from.

    Raises ``DemoError`` that names what is missing.
    """
    wanted = {
        meter.entities["credit_days_left"] for meter in site.meters if "credit_days_left" in meter.entities
    }
    missing = wanted - await _numbers(client)
    try:
        async with asyncio.timeout(PATIENCE):
            while missing:
                await client.post("/api/services/homeassistant/update_entity", entity_id=sorted(missing))
                await asyncio.sleep(ASKING)
                missing = wanted - await _numbers(client)
    except TimeoutError as err:
        raise DemoError(f"after {PATIENCE:.0f} s there is no value of {', '.join(sorted(missing))}") from err


async def _numbers(client: Client) -> set[str]:
    """Ids of the entities whose state is a number."""
    return {state["entity_id"] for state in await client.get("/api/states") if is_number(state["state"])}


def credit_view(coloured: Sequence[tuple[Meter, str]], actions: Collection[str]) -> Card:
    """All prepaid meters, a column each, and how their credit went."""
    prepaid = [(meter, colour) for meter, colour in coloured if "balance" in meter.entities]
    return {
        "type": "sections",
        "title": "Prepayment",
        "path": "prepayment",
        "icon": "mdi:wallet",
        "max_columns": 3,
        "sections": [
            *(
                section(
                    heading(meter.name, "mdi:wallet") | leads_to(slug(meter)),
                    *credit_cards(meter, colour, actions),
                )
                for meter, colour in prepaid
            ),
            section(
                heading("Credit over the month", "mdi:chart-line-variant"),
                course(
                    [series(meter, "balance", colour) for meter, colour in prepaid],
                    days=30,
                    rows=5,
                    stat_types=["state"],
                    chart_type="line",
                ),
                span=3,
            ),
        ],
    }


def balance(meter: Meter, colour: str, name: str | None = None) -> Iterable[Card]:
    """What is left, and a warning when that is little; nothing for a meter without prepayment."""
    if "balance" not in meter.entities:
        return
    yield tile(
        meter.entities["balance"], colour=colour, name=name or meter.name, gauge=(0, FULL_GAUGE), columns=12
    ) | {"icon": "mdi:wallet"}
    if low := meter.entities.get("credit_low"):
        yield {
            "type": "alert",
            "entity": low,
            "name": f"{meter.name}: credit is low",
            "alert_color": "amber",
            "visibility": [{"condition": "state", "entity": low, "state": "on"}],
            "grid_options": FULL,
        }


def credit_cards(meter: Meter, colour: str, actions: Collection[str]) -> Iterable[Card]:
    """Everything about the money of a meter, and about the supply that depends on it."""
    yield from balance(meter, colour, "Balance")
    yield from tiles(
        meter.entities,
        ("credit_days_left", "energy_price", "credit_low", "arrears", "last_top_up", "top_up_count"),
        columns=6,
    )
    if "top_up" in actions:
        yield from (_top_up(meter, amount) for amount in AMOUNTS)
    if payment := meter.entities.get("last_payment"):
        yield tile(payment, columns=12) | {
            "state_content": ["state", "last_changed"],
            "visibility": [
                {"condition": "state", "entity": payment, "state_not": ["unknown", "unavailable"]}
            ],
        }
    yield from _supply(meter)


def _top_up(meter: Meter, amount: int) -> Card:
    """A button that pays in, after a question."""
    worth = f"{amount} {meter.currency}"
    return {
        "type": "button",
        "name": f"+ {worth}",
        "icon": "mdi:cash-plus",
        "tap_action": {
            "action": "perform-action",
            "perform_action": f"{DOMAIN}.top_up",
            "data": {"device_id": meter.device, "amount": amount},
            "confirmation": {"text": f"Top up {meter.name} by {worth}?"},
        },
        "grid_options": {"columns": 4, "rows": 2},
    }


def _supply(meter: Meter) -> Iterable[Card]:
    """The relay: its switch where there is one, never without a question."""
    if supply := meter.controls.get("switch.supply"):
        toggle = {
            "action": "toggle",
            "confirmation": {
                "text": f"Switch the supply of {meter.name}? Whatever is in use there is affected."
            },
        }
        yield tile(supply, columns=12, name="Supply") | {
            "icon": "mdi:transmission-tower",
            "tap_action": toggle,
            "icon_tap_action": toggle,
        }
    else:
        yield from tiles(meter.entities, ("supply",), columns=12)
    yield from tiles(meter.entities, ("relay_cause",), columns=12)
    if automatic := meter.controls.get("button.relay_automatic"):
        press = {
            "action": "perform-action",
            "perform_action": "button.press",
            "target": {"entity_id": automatic},
            "confirmation": {"text": f"Let the credit of {meter.name} decide about its supply again?"},
        }
        yield tile(automatic, columns=12) | {
            "hide_state": True,
            "tap_action": press,
            "icon_tap_action": press,
        }
