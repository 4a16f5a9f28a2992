"""What letters to tenants say."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.csj_meter.site.tenants import Tenancy
from custom_components.csj_meter.tenants import letters
from custom_components.csj_meter.tenants.moving import async_turn, new_id

from ..conftest import Home

UNIT = 2


@pytest.mark.parametrize(
    ("days", "language", "said"),
    [
        (0.4, "en", "It lasts less than a day."),
        (0.4, "fr", "Il suffit pour moins d'un jour."),
        (-1.0, "en", "It is used up."),
        (1.9, "en", "It lasts about 1 more day."),
        (2.0, "de", "Es reicht noch für etwa 2 Tage."),
        (500.0, "en", "It lasts more than a year."),
    ],
)
async def test_how_long_credit_lasts(
    opened: Home, monkeypatch: pytest.MonkeyPatch, days: float, language: str, said: str
) -> None:
    assert said in await credit_told(opened, monkeypatch, language, balance=3.2, days_left=days)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "is low: \N{MINUS SIGN}3.20 EUR."),
        ("fr", "faible\N{NO-BREAK SPACE}: \N{MINUS SIGN}3,20\N{NO-BREAK SPACE}EUR."),
    ],
)
async def test_credit_is_written_as_the_language_writes_an_amount(
    opened: Home, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    assert said in await credit_told(opened, monkeypatch, language, balance=-3.2, days_left=None)


async def credit_told(
    opened: Home, monkeypatch: pytest.MonkeyPatch, language: str, *, balance: float, days_left: float | None
) -> str:
    """What a letter about low credit says, of such an account."""

    def figures(*_: Any) -> dict[str, Any]:
        return {"balance": balance, "unit": "EUR", "days_left": days_left}

    monkeypatch.setattr(letters, "credit_figures", figures)
    serial = opened.serial(UNIT)

    async def tell() -> str:
        turn = await async_turn(opened.hass, serial, None)
        tenancy = Tenancy(id=new_id(), serial=serial, name="Ada", moved_in=turn, language=language)
        return (await letters.async_credit_text(opened.hass, tenancy, low=True)).text

    return await opened.time.through(tell())
