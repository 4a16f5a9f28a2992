"""What the measurements of a meter mean, for those who see it; of money only for those who see money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import probatio

from ..advising.advising import Advising, async_advising
from ..advising.dismissed import LONGEST_ID
from ..exceptions import wrong
from ..insights.base_load import BaseLoad
from ..insights.insight import Insights, UsageInsight
from ..insights.money import Cost, Credit
from ..insights.said import KILOWATT_HOUR
from ..insights.tips import Tip
from ..insights.wording import Teller
from ..language.texts import LANGUAGES
from ..meters.sample import MINUTE
from ..site.access import Permission
from ..site_texts import async_texts_of, nearest
from ..telemetry.usage import Used
from .bridges import is_loading, verify_meter
from .command import SERIAL, Call
from .values import moment

SCHEMA: Final = {
    probatio.Required("serial"): SERIAL,
    probatio.Optional("language"): probatio.All(str, probatio.Match(r"^[A-Za-z0-9-]{2,35}$")),
}

DISMISS: Final = {
    **SCHEMA,
    probatio.Required("tip"): probatio.All(str, probatio.Length(min=1, max=LONGEST_ID)),
}


async def async_insights(call: Call) -> dict[str, Any]:
    """All that is said of a meter to the caller."""
    serial: str = call.data["serial"]
    advising = await _async_advising_of(call, serial)
    found, teller = await advising.async_insights(serial), await _async_teller(call, advising)
    sees_money = call.sees(Permission.SEE_MONEY, serial)
    return {
        "serial": serial,
        "at": moment(found.at * MINUTE),
        "unit": KILOWATT_HOUR,
        "state": {
            "key": found.state.key,
            "text": teller.sentence(found.state.sentence),
            "severity": found.state.severity,
            "since": None if found.state.since is None else moment(found.state.since * MINUTE),
        },
        "usage": None if found.usage is None else _usage(teller, found.usage),
        "base_load": None if found.base_load is None else _base_load(teller, found.base_load),
        "cost": None if found.cost is None or not sees_money else _cost(teller, found.cost),
        "credit": None if found.credit is None or not sees_money else _credit(teller, found.credit),
        "tips": _tips(teller, _shown(call, serial, found)),
    }


async def async_dismiss_tip(call: Call) -> dict[str, Any]:
    """Do not show a tip any more; it is nobody's loss, so whoever sees the meter may."""
    serial: str = call.data["serial"]
    advising = await _async_advising_of(call, serial)
    await advising.async_dismiss(serial, call.data["tip"])
    found = await advising.async_insights(serial)
    return {"tips": _tips(await _async_teller(call, advising), _shown(call, serial, found))}


async def _async_teller(call: Call, advising: Advising) -> Teller:
    """Whoever tells it in the language that the caller wants; in the site's where we do not have it."""
    language: str | None = call.data.get("language")
    if language is None or nearest(language) not in LANGUAGES:
        return advising.teller
    return advising.teller_in(await async_texts_of(call.hass, language))


async def _async_advising_of(call: Call, serial: str) -> Advising:
    await call.async_verify(Permission.SEE_METERS, serial=serial)
    await call.async_verify(Permission.SEE_ALERTS, serial=serial)
    verify_meter(call.hass, serial)
    if is_loading(call.hass):
        raise wrong("no_bridge_set_up")
    return await async_advising(call.hass)


def _shown(call: Call, serial: str, found: Insights) -> tuple[Tip, ...]:
    return found.shown_tips(
        raw=call.sees(Permission.SEE_RAW, serial), money=call.sees(Permission.SEE_MONEY, serial)
    )


def _tips(teller: Teller, tips: Sequence[Tip]) -> list[dict[str, Any]]:
    return [teller.tip(tip) for tip in tips]


def _usage(teller: Teller, usage: UsageInsight) -> dict[str, Any]:
    usual = usage.usual_today
    return {
        "today": _energy(usage.today),
        "yesterday": _energy(usage.yesterday),
        "this_week": _energy(usage.this_week),
        "week": _energy(usage.week),
        "last_week": _energy(usage.last_week),
        "trend_percent": usage.trend.percent,
        "trend_text": teller.sentences(usage.trend.sentences),
        "usual_today": None
        if usual is None
        else {"low": usual.low, "high": usual.high, "expected": usual.expected},
        "hours": [
            {
                "start": moment(hour.start * MINUTE),
                "energy": hour.energy,
                "low": hour.low,
                "high": hour.high,
            }
            for hour in usage.hours
        ],
    }


def _base_load(teller: Teller, base: BaseLoad) -> dict[str, Any]:
    return {"watts": base.watts, "usual": base.usual, "text": teller.sentence(base.sentence)}


def _cost(teller: Teller, cost: Cost) -> dict[str, Any]:
    return {
        "today": cost.today,
        "month": cost.month,
        "projected_month": cost.projected_month,
        "unit": cost.unit,
        "text": teller.sentence(cost.sentence),
    }


def _credit(teller: Teller, credit: Credit) -> dict[str, Any]:
    return {"days": credit.days, "text": teller.sentence(credit.sentence)}


def _energy(used: Used | None) -> float | None:
    return None if used is None else used.energy
