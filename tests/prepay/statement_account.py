"""What statements are made of: an account of a flat in March 2026."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.csj_meter.language.texts import english
from custom_components.csj_meter.prepay.hourly_energy import HourlyEnergy
from custom_components.csj_meter.prepay.movement import (
    Actor,
    Movement,
    MovementKind,
    MovementState,
    Reason,
    Source,
)
from custom_components.csj_meter.prepay.price_history import PricesSince
from custom_components.csj_meter.prepay.statement import Account, BalanceAt, Month
from custom_components.csj_meter.prepay.tariffs import Prices

BERLIN: Final = ZoneInfo("Europe/Berlin")
MARCH: Final = Month(2026, 3)  # 743 hours in Berlin: summer time begins
START: Final = dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)
END: Final = dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)
AFTER: Final = dt.datetime(2026, 4, 2, 8, tzinfo=dt.UTC)
ENGLISH: Final = english()
PRICES: Final = Prices((Decimal("0.3000"), Decimal("0.2000")))


def a_movement(
    amount: str | None, day: int, state: MovementState = MovementState.DONE, name: str = "Tom Tenant"
) -> Movement:
    at = dt.datetime(2026, 3, day, 18, 5, tzinfo=dt.UTC)
    return Movement(
        id=f"movement-{day}",
        number=day,
        serial="CSJ000000001",
        kind=MovementKind.FOREIGN if state is MovementState.FOREIGN else MovementKind.TOP_UP,
        state=state,
        settles=False,
        amount=None if amount is None else Decimal(amount),
        unit="EUR",
        count=day,
        balance_before=None,
        balance_after=Decimal("20.00"),
        actor=Actor(id=None, name=name),
        source=Source.PORTAL,
        key=f"order {day}",
        reason=Reason.CONFIRMED,
        note="",
        detail="",
        voucher_id=None,
        created_at=at,
        sent_at=at,
        settled_at=at,
    )


def an_account(**changes: object) -> Account:
    """100 kWh by day, 48.6 kWh by night: 30.00 and 9.72 EUR; two top-ups; 12.50 becomes 22.78."""
    hours = [(100 / 743, 48.6 / 743)] * 743
    account = Account(
        serial="CSJ000000001",
        name="Flat 3",
        unit="EUR",
        zone=BERLIN,
        energy=HourlyEnergy.of(START, hours),
        prices=[PricesSince(since=START - dt.timedelta(days=90), prices=PRICES)],
        balances=[
            BalanceAt(at=END - dt.timedelta(minutes=1), balance=Decimal("22.78")),
            BalanceAt(at=START - dt.timedelta(minutes=1), balance=Decimal("12.50")),
        ],
        movements=[a_movement("30.00", 3), a_movement("20.00", 17, MovementState.FOREIGN)],
    )
    return replace(account, **changes)  # type: ignore[arg-type]
