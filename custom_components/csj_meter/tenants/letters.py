"""Letters to tenants, over the channel that was chosen for each: that credit is low, and statements."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..alerting.alerting import current_alerting
from ..alerting.letters import Text
from ..alerting.low_credit import credit_figures
from ..alerting.names import names_of
from ..alerts import mail
from ..alerts.mail_wording import YEAR, amount
from ..alerts.message import Message, Reason
from ..alerts.settings import Channel
from ..alerts.wording import as_sentence, short
from ..language import dates
from ..language.texts import Texts
from ..meters.quantities import Unit
from ..money.statements import async_zone
from ..prepay.statement import Month, Remark, Statement
from ..site.tenants import Tenancy
from ..site_settings import async_site_settings
from .book import async_tenants
from .links import portal_address
from .moving import async_tenancy_statement, meter_here, told_with_pages
from .texts import async_texts_in

LOW_CREDIT: Final = "low_credit"
REMINDER: Final = "reminder"
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
            "statement": None
            if made is None
            else await hass.async_add_executor_job(
                told_with_pages, made, await async_texts_in(hass, tenancy.language)
            ),
        }
        if send and made is not None:
            begun = await async_send(
                hass,
                tenancy,
                f"{STATEMENT} {tenancy.id} {month} {dt_util.utcnow():%Y-%m-%d}",
                await _async_statement_text(hass, tenancy, made, answer["statement"]["html"]),
            )
            answer["sent"] = begun is not None
        statements.append(answer)
    return {"month": str(month), "statements": statements}


async def async_channel_of(hass: HomeAssistant, tenancy: Tenancy) -> Channel | None:
    """Over what somebody is told something; None without a channel, or when it was removed."""
    alerts = (await async_site_settings(hass)).alerts
    return None if tenancy.channel is None else alerts.channel(tenancy.channel)


async def async_send(
    hass: HomeAssistant, tenancy: Tenancy, step: str, text: Text, *, note: str | None = None
) -> asyncio.Future[Message] | None:
    """Tell somebody something, once for each ``step``; the future has how it went, however late.

    None where they have no channel that is there.
    """
    alerting, channel = current_alerting(hass), await async_channel_of(hass, tenancy)
    if alerting is None or channel is None:
        return None
    return await alerting.async_say(Reason.LETTER, channel.id, step, text, note=note)


async def async_credit_text(hass: HomeAssistant, tenancy: Tenancy, *, low: bool) -> Text:
    """How much credit is left, and that it is ``low``, where it is."""
    texts = await async_texts_in(hass, tenancy.language)
    credit = credit_figures(hass, tenancy.serial)
    left = (
        texts("letters.credit_unknown")
        if credit["balance"] is None
        else amount(texts, credit["balance"], credit["unit"])
    )
    kind = "low_credit" if low else "reminder"
    lines = [texts(f"letters.{kind}_text", name=tenancy.name, balance=left)]
    if credit["days_left"] is not None:
        lines.append(_lasting(texts, credit["days_left"]))
    lines.append(texts(f"letters.{kind}_action"))
    meter = names_of(hass).get(tenancy.serial, tenancy.serial)
    return _letter(
        texts,
        texts(f"letters.{kind}_title", meter=meter),
        lines,
        tone=mail.Tone.WARNING if low else mail.Tone.CALM,
        open_url=None if tenancy.link is None else portal_address(hass),
    )


async def _async_statement_text(hass: HomeAssistant, tenancy: Tenancy, made: Statement, page: str) -> Text:
    """A statement in a few lines; as a mail it is the whole page, which is complete in itself."""
    texts = await async_texts_in(hass, tenancy.language)
    first, last = (moment.astimezone(made.zone).date() for moment in (made.start, _before(made.end)))
    unknown = texts("letters.unknown")
    cost = unknown if Remark.NO_PRICE in made.remarks else amount(texts, float(made.cost), made.unit)
    balance = unknown if made.closing is None else amount(texts, float(made.closing.balance), made.unit)
    # what matters most first: a telephone has no room for a table, and an SMS none for all of it
    pairs = [
        (texts("letters.cost"), cost),
        (texts("letters.balance"), balance),
        (texts("letters.used"), amount(texts, float(made.energy), Unit.KILOWATT_HOUR)),
        (texts("letters.topped_up"), amount(texts, float(made.topped_up), made.unit)),
    ]
    period = dates.period(texts, first, last)
    hello = texts("letters.statement_text", name=tenancy.name, period=period)
    title = texts("letters.statement_title", meter=made.name)
    figures = [as_sentence(texts, texts.named(name, value)) for name, value in pairs]
    return Text(
        title=title,
        text=mail.to_text(texts, [mail.Paragraph(hello), mail.Facts(pairs)]),
        html=page,
        short=texts.sentences((hello, *figures)),
        sms=short(texts, title, as_sentence(texts, period), *figures),
    )


def _lasting(texts: Texts, days: float) -> str:
    """How long the credit lasts, in a sentence."""
    if days <= 0:
        return texts("letters.used_up")
    if days < 1:
        return texts("letters.less_than_a_day")
    if days >= YEAR:
        return texts("letters.more_than_a_year")
    return texts.counted("letters.days_left", int(days))


def _letter(texts: Texts, title: str, sentences: list[str], *, tone: mail.Tone, open_url: str | None) -> Text:
    text = texts.sentences(sentences)
    shown: list[mail.Part] = [mail.Paragraph(text, strong=True)]
    if open_url is not None and "://" in open_url:
        shown.append(mail.Button(texts("buttons.open"), open_url, tone))
    html = mail.to_html(
        mail.Mail(
            language=texts.language,
            title=title,
            preview=text,
            tone=tone,
            label=texts("letters.label"),
            heading=title,
            parts=shown,
            foot=texts("letters.foot"),
        )
    )
    return Text(title=title, text=text, html=html, sms=short(texts, title, *sentences))


def _before(moment: dt.datetime) -> dt.datetime:
    return moment - dt.timedelta(seconds=1)
