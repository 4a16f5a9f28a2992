"""A payment service that calls over real HTTP, and what tests ask about the money."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from decimal import Decimal
import hashlib
import hmac
import json
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter.meters.commands.registers import TOP_UP
from custom_components.csj_meter.money import payment_webhook, prepayment
from custom_components.csj_meter.money.prepayment import Prepayment, async_prepayment
from custom_components.csj_meter.prepay.audit import AuditLine
from custom_components.csj_meter.prepay.movement import Movement, Source
from custom_components.csj_meter.prepay.payment import SIGNATURE_HEADER
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.line import Port
from custom_components.csj_meter.site_settings import async_site_settings

from ...conftest import Home

SECRET = "5f" * 32
WEBHOOK_ID = "c0ffee" * 10
PREPAID, OTHER_PREPAID, POSTPAID = 2, 5, 4
"""Unit ids."""

NOTHING = {"movement": None, "amount": None, "currency": None, "balance": None, "count": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the service hears."""

    status: int
    told: dict[str, Any]

    @property
    def short(self) -> tuple[int, str, str]:
        return self.status, self.told["state"], self.told["reason"]


class Shop:
    """A payment service."""

    def __init__(self, home: Home, client: TestClient[Any, Any]) -> None:
        self.home = home
        self.client = client
        self.hass = home.hass

    # what it does

    def body(self, unit_id: int = PREPAID, **changes: Any) -> bytes:
        asked = {"meter": self.home.serial(unit_id), "amount": "12.50", "currency": "EUR", "key": "order-1"}
        return json.dumps(asked | changes).encode()

    def sign(self, body: bytes, secret: str = SECRET, away: float = 0) -> str:
        signed_at = str(int(self.home.time.wall + away))
        signature = hmac.new(secret.encode(), signed_at.encode() + b"." + body, hashlib.sha256).hexdigest()
        return f"t={signed_at},v1={signature}"

    async def post(self, body: bytes, signature: str | None) -> Reply:
        headers = {} if signature is None else {SIGNATURE_HEADER: signature}
        url = webhook.async_generate_path(WEBHOOK_ID)
        async with self.client.post(url, data=body, headers=headers) as response:
            return Reply(status=response.status, told=await response.json())

    async def pay(self, unit_id: int = PREPAID, **changes: Any) -> Reply:
        body = self.body(unit_id, **changes)
        return await self.home.time.through(self.post(body, self.sign(body)))

    # what is true

    def on_the_meter(self, unit_id: int = PREPAID) -> tuple[int, Decimal]:
        """Count and amount of the last top-up."""
        meter = self.home.line.meters[unit_id]
        account = meter.credit_at(meter.local(self.home.time.wall))
        return account.top_up_count, Decimal(f"{account.last_top_up:.2f}")

    def fault(self, kind: FaultKind, unit_id: int = PREPAID, magnitude: float | None = None) -> None:
        self.home.line.faults.set(Fault(kind=kind, unit=unit_id, magnitude=magnitude))

    async def ask_ledger[T](self, question: Callable[[Prepayment], T]) -> T:
        async def ask() -> T:
            money = await async_prepayment(self.hass)
            return await money.run(lambda: question(money))

        return await self.home.time.through(ask())

    async def payments(self) -> tuple[Movement, ...]:
        movements = await self.ask_ledger(lambda money: money.ledger.movements())
        return tuple(movement for movement in movements if movement.source is Source.WEBHOOK)

    async def trail(self) -> tuple[AuditLine, ...]:
        return await self.ask_ledger(lambda money: money.audit.entries())

    async def outcomes(self) -> list[tuple[str, str, int]]:
        """The audit trail in short."""
        return [(str(line.what.outcome), line.what.reason, line.times) for line in await self.trail()]

    async def set(self, **changes: Any) -> None:
        settings = await async_site_settings(self.hass)
        await settings.async_set_payments(replace(settings.payments, **changes))


async def opened(home: Home, new_client: ClientSessionGenerator) -> Shop:
    assert await home.set_up()
    await home.time.run(30)
    return Shop(home, await home.time.through(new_client()))


def at_the_write(shop: Shop, happens: Callable[[], None], register: int = TOP_UP) -> None:
    """Have something happen just before the next top-up, or other write, is put on the line."""
    line = shop.home.line
    transmit = line.transmit

    def watched(frame: bytes, port: Port) -> float:
        if frame[:4] == bytes([PREPAID, 0x10, *register.to_bytes(2)]):
            line.transmit = transmit  # type: ignore[method-assign]
            happens()
        return transmit(frame, port)

    line.transmit = watched  # type: ignore[method-assign]


def lose_from_the_write_on(shop: Shop, kind: FaultKind) -> None:
    """Lose all requests or replies, from the next top-up on."""
    at_the_write(shop, lambda: shop.fault(kind, magnitude=1))


async def together[T](*coroutines: Coroutine[Any, Any, T]) -> list[T]:
    return await asyncio.gather(*coroutines)


def under_way(hass: HomeAssistant) -> int:
    return len(hass.data[payment_webhook._WEBHOOK]._under_way)


def is_ledger_open(hass: HomeAssistant) -> bool:
    return hass.data[prepayment._PART].open is not None
