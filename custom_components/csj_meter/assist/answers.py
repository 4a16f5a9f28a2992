"""Answers to questions, for whoever asks: of the meters that they see, and no others.

They are in the language of the call, and in English where we have none like it. A question over a voice
satellite has no user. Then only those meters are told of whose sensor of the same thing somebody has exposed
to the assistant.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import area_registry as ar, device_registry as dr, floor_registry as fr
from homeassistant.util import dt as dt_util

from ..access.doors import async_caller, async_verify_some
from ..advising.advising import Advising, current_advising
from ..advising.gathering import coordinator_of
from ..alerting.alerting import current_alerting
from ..alerting.names import names_of
from ..alerts.alert import Alert
from ..alerts.desk import Desk
from ..alerts.wording import Wording
from ..const import DOMAIN
from ..history.troubles import TelemetryUnavailableError
from ..insights.said import KILOWATT_HOUR, Amount, Moment
from ..insights.wording import Teller
from ..language.texts import Texts
from ..meter_sensors import sensor_of
from ..meters.sample import minute_of
from ..money.credit_watch import is_prepaid
from ..money.energy_history import async_balances, full_hour
from ..money.units import credit_unit
from ..prepay.statement import OLDEST_BALANCE
from ..site_texts import async_texts_of
from ..tenants.book import moved_in_of
from .questions import FORMS, Question

MOST: Final = 5
"""Meters, or alerts, that are told of at once."""

LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said, and the figures behind it."""

    text: str
    data: list[dict[str, Any]]
    """One for each meter or alert, as plain JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and through what."""

    context: Context | None
    assistant: str
    """The assistant, for which entities are exposed or not."""

    language: str
    """In which the answer is, such as ``pt-BR``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """Who answers, in one language."""

    hass: HomeAssistant
    advising: Advising
    texts: Texts
    names: dict[str, str]
    """Serial number -> what people call the meter."""

    @property
    def teller(self) -> Teller:
        return self.advising.teller_in(self.texts)

    @property
    def wording(self) -> Wording:
        zone = dt_util.get_default_time_zone()
        moved_in = moved_in_of(self.hass)
        return Wording(texts=self.texts, zone=zone, names=self.names, moved_in=moved_in)


async def async_answer(hass: HomeAssistant, question: Question, asker: Asker, meter: str | None) -> Answer:
    """The answer to a question; ``meter``: name of the one that is meant, of an area or floor; None for all.

    Whatever hinders it is said in the answer.
    """
    texts, advising = await async_texts_of(hass, asker.language), current_advising(hass)
    if advising is None:
        return _nothing(texts("insights.not_now"))
    try:
        serials = await _async_visible(hass, question, asker)
    except Unauthorized:
        serials = []
    names = names_of(hass)
    if not serials:
        return _nothing(texts("insights.no_meter"))
    if meter is not None and not (serials := _called(hass, meter[:LONGEST_NAME], serials, names)):
        return _nothing(texts("insights.no_meter_called", name=meter[:LONGEST_NAME]))
    voice = _Voice(hass=hass, advising=advising, texts=texts, names=names)
    try:
        match question:
            case Question.CREDIT:
                serials = [serial for serial in serials if _has_credit(hass, serial)]
                count, found = len(serials), [await _async_credit(voice, one) for one in serials[:MOST]]
            case Question.ALERT:
                alerts = _alerts(voice, serials)
                count, found = len(alerts), [_told_alert(voice, one) for one in alerts[:MOST]]
            case Question.WEEK:
                count, found = len(serials), [await _async_week(voice, one) for one in serials[:MOST]]
    except HomeAssistantError:  # the database: a repair issue says so
        return _nothing(texts("insights.not_now"))
    if not found:
        return _nothing(texts("insights.no_credit" if question is Question.CREDIT else "insights.no_alert"))
    said = [one["text"] for one in found]
    if (more := count - len(found)) > 0:
        said.append(texts.counted("insights.more", more))
    return Answer(text=texts.sentences(said), data=found)


def _nothing(text: str) -> Answer:
    return Answer(text=text, data=[])


async def _async_visible(hass: HomeAssistant, question: Question, asker: Asker) -> list[str]:
    """Serial numbers of the meters that are told of, in the order of their names. Raises Unauthorized."""
    form, names = FORMS[question], names_of(hass)
    serials = sorted(names, key=lambda serial: names[serial])
    if (user := await async_caller(hass, asker.context)) is None:
        return [serial for serial in serials if _is_exposed(hass, form.entity, asker.assistant, serial)]
    what = f"assist {question.value}"
    visible = await async_verify_some(hass, user, form.permission, what=what, context=asker.context)
    return [serial for serial in serials if visible is None or serial in visible]


@callback
def _is_exposed(hass: HomeAssistant, key: str, assistant: str, serial: str) -> bool:
    entity_id = sensor_of(hass, serial, key)
    return entity_id is not None and async_should_expose(hass, assistant, entity_id)


def _called(hass: HomeAssistant, name: str, serials: list[str], names: dict[str, str]) -> list[str]:
    """Those that are called so, or whose area or floor is, or whose name has these words in it."""
    wanted = name.casefold().strip()
    exact = [serial for serial in serials if wanted in (names[serial].casefold(), serial.casefold())]
    there = exact or [serial for serial in serials if wanted in _places_of(hass, serial)]
    return there or [serial for serial in serials if wanted in names[serial].casefold()]


def _places_of(hass: HomeAssistant, serial: str) -> set[str]:
    """What people call the area that a meter is in, and its floor."""
    if (meter := coordinator_of(hass, serial)) is None:
        return set()
    entry_id = meter.config_entry.entry_id
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, serial), entry_id)
    if device is None or device.area_id is None:
        return set()
    if (area := ar.async_get(hass).async_get_area(device.area_id)) is None:
        return set()
    floor = None if area.floor_id is None else fr.async_get(hass).async_get_floor(area.floor_id)
    called = [area.name, *area.aliases, *(() if floor is None else (floor.name, *floor.aliases))]
    return {name.casefold().strip() for name in called}


def _has_credit(hass: HomeAssistant, serial: str) -> bool:
    """Whether a meter is one of those that are paid in advance."""
    meter = coordinator_of(hass, serial)
    return meter is not None and (isinstance(meter.value("balance"), Decimal) or is_prepaid(meter))


async def _async_credit(voice: _Voice, serial: str) -> dict[str, Any]:
    """What is left on a prepaid meter; if it has not said that since the start, what was before."""
    texts, name, meter = voice.texts, voice.names[serial], coordinator_of(voice.hass, serial)
    unit = "" if meter is None else credit_unit(meter) or ""
    balance = None if meter is None else meter.value("balance")
    if not isinstance(balance, Decimal):
        return await _async_credit_before(voice, serial, unit)
    words = {"meter": name, "amount": voice.teller.param(Amount(float(balance), unit))}
    try:
        credit = (await voice.advising.async_insights(serial)).credit
    except TelemetryUnavailableError:  # a repair issue says so; what is left is known without it
        credit = None
    text = (
        texts("insights.credit_of", **words)
        if credit is None
        else texts("insights.credit_of_lasts", **words, lasts=voice.teller.sentence(credit.sentence))
    )
    return {
        "meter": name,
        "balance": float(balance),
        "unit": unit,
        "days_left": None if credit is None else credit.days,
        "as_of": None,
        "text": text,
    }


async def _async_credit_before(voice: _Voice, serial: str, unit: str) -> dict[str, Any]:
    """What was left on a meter when it last said so, with the time."""
    texts, meter, now = voice.texts, voice.names[serial], dt_util.utcnow()
    balances = await async_balances(voice.hass, serial, full_hour(now - OLDEST_BALANCE), full_hour(now))
    last = balances[-1] if balances else None
    return {
        "meter": meter,
        "balance": None if last is None else float(last.balance),
        "unit": unit,
        "days_left": None,
        "as_of": None if last is None else last.at.isoformat(),
        "text": texts("insights.credit_of_unknown", meter=meter)
        if last is None
        else texts(
            "insights.credit_of_before",
            meter=meter,
            amount=voice.teller.param(Amount(float(last.balance), unit)),
            at=voice.teller.param(Moment(minute_of(last.at.timestamp()))),
        ),
    }


def _alerts(voice: _Voice, serials: list[str]) -> list[Alert]:
    """Those that are active, or else those of the last day; the newest first."""
    if (alerting := current_alerting(voice.hass)) is None:
        return []
    theirs = [
        alert
        for alert in alerting.desk.alerts
        if alert.serial in serials and not alert.drill and alert.first_confirmed_at is not None
    ]
    chosen = [alert for alert in theirs if alert.is_active] or theirs
    return sorted(_spoken_for(alerting.desk, chosen), key=_newest_first)


def _told_alert(voice: _Voice, alert: Alert) -> dict[str, Any]:
    wording = voice.wording
    return {
        "meter": wording.where(alert),
        "kind": wording.kind(alert.kind),
        "severity": alert.severity.value,
        "since": alert.since.isoformat(),
        "active": alert.is_active,
        "causes": wording.causes(alert),
        "text": voice.texts(
            "insights.alert_of",
            alert=wording.title(alert),
            seen=wording.seen(alert),
            what_now=wording.action(alert) if alert.is_active else wording.how_it_ended(alert),
        ).strip(),
    }


def _spoken_for(desk: Desk, alerts: list[Alert]) -> list[Alert]:
    """The same, with a circuit once in place of several of its meters, as people are told of it elsewhere."""
    meters: dict[str | None, set[str]] = {}
    for alert in alerts:
        meters.setdefault(alert.area, set()).add(alert.finding.serial)
    told: dict[str, Alert] = {}
    for alert in alerts:
        circuit = desk.find(alert.area) if alert.area is not None and len(meters[alert.area]) > 1 else None
        # over for those that are told of, it may go on for others
        one = alert if circuit is None or circuit.is_active is not alert.is_active else circuit
        told[one.id] = one
    return [*told.values()]


def _newest_first(alert: Alert) -> tuple[int, str]:
    return -alert.finding.since, alert.id


async def _async_week(voice: _Voice, serial: str) -> dict[str, Any]:
    """What a meter used since Monday. Raises HomeAssistantError while the database does not answer."""
    texts, names = voice.texts, voice.names
    usage = (await voice.advising.async_insights(serial)).usage
    energy = None if usage is None or usage.this_week is None else usage.this_week.energy
    if usage is None or energy is None:
        text = texts("insights.week_of_unknown", meter=names[serial])
    else:
        trend = voice.teller.sentences(usage.trend.sentences)
        words = {"meter": names[serial], "usage": voice.teller.param(Amount(energy, KILOWATT_HOUR))}
        text = (
            texts("insights.week_of", **words)
            if trend is None
            else texts("insights.week_of_trend", **words, trend=trend)
        )
    return {
        "meter": names[serial],
        "this_week": energy,
        "last_7_days": None if usage is None else usage.week.energy,
        "7_days_before": None if usage is None else usage.last_week.energy,
        "unit": KILOWATT_HOUR,
        "text": text,
    }
