"""Letters to tenants, over the channel that was chosen for each: that credit is low, and statements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..alerting.alerting import current_alerting
from ..alerting.letters import Text
from ..alerting.names import names_of
from ..alerts import mail
from ..alerts.message import Reason
from ..anomaly.texts import Texts
from ..money.statements import async_zone
from ..prepay.statement import Month, Remark, Statement
from ..site.tenants import Tenancy
from ..site_settings import async_site_settings
from .book import async_tenants
from .links import portal_address
from .moving import async_tenancy_statement, meter_here, told_with_pages
from .texts import async_texts_in

LOW_CREDIT: Final = "low_credit"
STATEMENT: Final = "statement"


async def async_monthly_statements(
    hass: HomeAssistant, month: Month, visible: frozenset[str] | None, *, send: bool
) -> dict[str, Any]:
    """The statements of a month of all who lived behind these meters (None: all), as plain JSON.

    Each has what its tenant has of the month. ``send``: tell those with a channel, each once. Raises what the
    ledger raises.
    """
    start, end = month.bounds(await async_zone(hass))
    statements: list[dict[str, Any]] = []
    for tenancy in sorted((await async_tenants(hass)).tenancies.all, key=lambda one: one.moved_in.at):
        out = tenancy.moved_out
        if (visible is not None and tenancy.serial not in visible) or tenancy.moved_in.at >= end:
            continue
        if out is not None and out.at <= start:
            continue
        meter = meter_here(hass, tenancy.serial)
        made = None
        if meter is not None and meter.source.group_of("balance") is not None:
            made = await async_tenancy_statement(hass, meter, tenancy, start, end)
        answer: dict[str, Any] = {
            "tenancy": tenancy.id,
            "tenant": tenancy.name,
            "meter": tenancy.serial,
            "sent": False,
            "statement": None if made is None else await hass.async_add_executor_job(told_with_pages, made),
        }
        if send and made is not None:
            answer["sent"] = await async_send(
                hass,
                tenancy,
                f"{STATEMENT} {tenancy.id} {month} {dt_util.utcnow():%Y-%m-%d}",
                await _async_statement_text(hass, tenancy, made, answer["statement"]["html"]),
            )
        statements.append(answer)
    return {"month": str(month), "statements": statements}


async def async_send(
    hass: HomeAssistant, tenancy: Tenancy, step: str, text: Text, *, note: str | None = None
) -> bool:
    """Tell somebody something, once for each ``step``; whether they have a channel that is there."""
    alerting = current_alerting(hass)
    alerts = (await async_site_settings(hass)).alerts
    if alerting is None or tenancy.channel is None or alerts.channel(tenancy.channel) is None:
        return False
    await alerting.async_say(Reason.LETTER, tenancy.channel, step, text, note=note)
    return True


async def async_low_credit_text(
    hass: HomeAssistant, tenancy: Tenancy, balance: float | None, unit: str | None, days: float | None
) -> Text:
    """That their credit is low."""
    texts = await async_texts_in(hass, tenancy.language)
    left = texts("letters.credit_unknown") if balance is None else _credit(texts, balance, unit)
    lines = [texts("letters.low_credit_text", name=tenancy.name, balance=left)]
    if days is not None:
        lines.append(texts.counted("letters.days_left", max(0, round(days))))
    lines.append(texts("letters.low_credit_action"))
    meter = names_of(hass).get(tenancy.serial, tenancy.serial)
    return _letter(
        texts,
        texts("letters.low_credit_title", meter=meter),
        [mail.Paragraph(" ".join(lines), strong=True)],
        tone=mail.Tone.WARNING,
        open_url=None if tenancy.link is None else portal_address(hass),
    )


async def _async_statement_text(hass: HomeAssistant, tenancy: Tenancy, made: Statement, page: str) -> Text:
    """A statement in a few lines; as a mail it is the whole page, which is complete in itself."""
    texts = await async_texts_in(hass, tenancy.language)
    first, last = (moment.astimezone(made.zone).date() for moment in (made.start, _before(made.end)))
    unknown = texts("letters.unknown")
    pairs = [
        (texts("letters.used"), f"{texts.number(float(made.energy), 2)} kWh"),
        (
            texts("letters.cost"),
            unknown if Remark.NO_PRICE in made.remarks else _credit(texts, float(made.cost), made.unit),
        ),
        (texts("letters.topped_up"), _credit(texts, float(made.topped_up), made.unit)),
        (
            texts("letters.balance"),
            unknown if made.closing is None else _credit(texts, float(made.closing.balance), made.unit),
        ),
    ]
    parts: list[mail.Part] = [
        mail.Paragraph(texts("letters.statement_text", name=tenancy.name, since=f"{first}", until=f"{last}")),
        mail.Facts(pairs),
    ]
    title = texts("letters.statement_title", meter=made.name)
    return Text(title=title, text=mail.to_text(parts), html=page)


def _letter(
    texts: Texts, title: str, parts: list[mail.Part], *, tone: mail.Tone, open_url: str | None
) -> Text:
    text = mail.to_text(parts)
    shown = [*parts]
    if open_url is not None and "://" in open_url:
        shown.append(mail.Button(texts("buttons.open"), open_url, tone))
    html = mail.to_html(
        mail.Mail(
            language=texts.language,
            title=title,
            preview=text.partition("\n")[0],
            tone=tone,
            label=texts("letters.label"),
            heading=title,
            parts=shown,
            foot=texts("letters.foot"),
        )
    )
    return Text(title=title, text=text, html=html)


def _credit(texts: Texts, amount: float | Decimal, unit: str | None) -> str:
    shown = texts.number(float(amount), 2)
    return f"{shown} {unit}" if unit else shown


def _before(moment: dt.datetime) -> dt.datetime:
    return moment - dt.timedelta(seconds=1)
