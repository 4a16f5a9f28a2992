"""Payment in: the webhook that a payment service calls to top up a meter.

It is there from the start of the integration on, also while no bridge is loaded: a service that calls then is
told to come again, whereas Home Assistant answers for a webhook that is not there as if all were well. What a
request must be like is in ``prepay.payment``; how it is answered, for those who write the other side, is in
docs/payments.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from weakref import WeakValueDictionary

from aiohttp import hdrs, web
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..bus.errors import BusError
from ..const import DOMAIN, LOGGER, SUBENTRY_METER
from ..control import MeterControl
from ..coordinator import CsjConfigEntry
from ..meters.commands.errors import LockedOutError, NoKeyError, WrongKeyError
from ..meters.commands.session import KeyState
from ..meters.errors import MeterError
from ..prepay.audit import Audited, AuditOutcome
from ..prepay.errors import (
    LedgerTooNewError,
    LedgerUnavailableError,
    PrepayError,
)
from ..prepay.movement import Source
from ..prepay.payment import (
    MAX_BODY,
    SIGNATURE_HEADER,
    LimitError,
    MalformedPaymentError,
    NotGenuineError,
    Payment,
    PaymentLimits,
    parse_payment,
    verify_genuine,
)
from ..prepay.prepaid_meter import PrepaidMeter
from ..site_settings import SIGNAL_SITE_SETTINGS, PaymentSettings, SiteSettings, async_site_settings
from .credit_watch import is_prepaid
from .payment_answers import FAILED, Answer, AnswerState, answer_to, refused, told
from .prepayment import Prepayment, async_close_prepayment, async_prepayment

ANSWER_WITHIN: Final = 25.0
"""Seconds after which a request is answered with "pending", while its top-up goes on."""

BODY_WITHIN: Final = 10.0
"""Seconds that a caller may take to send the body."""

ASKED: Final = "top_up"
"""What the audit trail calls it."""

_WRONG_KEYS: Final = frozenset({KeyState.MISSING, KeyState.WRONG})
_USES_LEDGER: Final = frozenset(
    {
        ConfigEntryState.LOADED,
        ConfigEntryState.SETUP_IN_PROGRESS,
        ConfigEntryState.UNLOAD_IN_PROGRESS,
    }
)


class _NotPossibleError(Exception):
    """Nothing can be paid to the meter, now or ever."""

    def __init__(self, status: HTTPStatus, reason: str, problem: str) -> None:
        super().__init__(problem)
        self.status = status
        self.reason = reason


class PaymentWebhook:
    """The webhook, while it is enabled, and the payments under way."""

    def __init__(self, hass: HomeAssistant, settings: SiteSettings) -> None:
        """Do as ``settings`` say."""
        self._hass = hass
        self._settings = settings
        self._registered: tuple[str, bool] | None = None
        self._under_way: dict[asyncio.Task[Answer], str] = {}
        # of those under way alone: who is let in may name any meter
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._users = 0
        self._audit_fails = False

    @callback
    def follow_settings(self) -> None:
        """Register the webhook, or withdraw it, as it is set now."""
        payments = self._settings.payments
        wanted = None
        if payments.enabled and payments.webhook_id is not None:
            wanted = payments.webhook_id, payments.local_only
        if wanted == self._registered:
            return
        if self._registered is not None:
            webhook.async_unregister(self._hass, self._registered[0])
        if wanted is not None:
            webhook.async_register(
                self._hass,
                DOMAIN,
                "CSJ Meter: payments",
                wanted[0],
                self._async_handle,
                local_only=wanted[1],
                allowed_methods=[hdrs.METH_POST],
            )
        self._registered = wanted

    async def async_finish(self, serials: Collection[str | None]) -> None:
        """Return when no payment to these meters is under way any more."""
        while tasks := [task for task, serial in self._under_way.items() if serial in serials]:
            await asyncio.wait(tasks)

    async def _async_handle(
        self, _hass: HomeAssistant, _webhook_id: str, request: web.Request
    ) -> web.Response:
        try:
            return (await self._async_answer(request)).response()
        except Exception:  # noqa: BLE001 - the root of a request
            # Home Assistant would say 200 to the caller, and the address of the webhook to the log
            LOGGER.exception("A payment request could not be dealt with")
            return FAILED.response()

    async def _async_answer(self, request: web.Request) -> Answer:
        settings = self._settings.payments
        now = dt_util.utcnow()
        try:
            body = await _async_body(request)
            verify_genuine(request.headers.get(SIGNATURE_HEADER), body, settings.secrets(now), now)
        except NotGenuineError as err:
            status = HTTPStatus.BAD_REQUEST if err.word in _UNREADABLE else HTTPStatus.UNAUTHORIZED
            answer = refused(status, err.word, str(err))
            await self._async_note(None, answer)
            return answer
        try:
            payment = parse_payment(body)
        except MalformedPaymentError as err:
            answer = refused(HTTPStatus.BAD_REQUEST, err.word, str(err))
            await self._async_note(settings.provider, answer)
            return answer
        # a caller that hangs up must not stop a top-up half-way, so it has a task of its own
        task = self._hass.async_create_task(self._async_pay(payment, settings), f"{DOMAIN} payment")
        if not task.done():
            self._under_way[task] = payment.serial
            task.add_done_callback(self._under_way.pop)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asyncio.shield(task)
        except TimeoutError:
            return Answer(status=HTTPStatus.ACCEPTED, state=AnswerState.PENDING, reason="under_way")

    async def _async_pay(self, payment: Payment, settings: PaymentSettings) -> Answer:
        """Do it, and write down what came of it."""
        async with self._using_ledger():
            try:
                # one at a time on a meter, so that the sum of the day is that of all before
                async with self._locks.setdefault(payment.serial, asyncio.Lock()):
                    answer = await self._async_top_up(payment, settings)
            except Exception:  # noqa: BLE001 - the root of a task
                LOGGER.exception("A payment to meter %s could not be dealt with", payment.serial)
                answer = FAILED
            await self._async_note(settings.provider, answer, payment)
            return answer

    async def _async_top_up(self, payment: Payment, settings: PaymentSettings) -> Answer:
        order = payment.order(settings.provider)
        try:
            prepayment = await async_prepayment(self._hass)
            ledger, top_ups = prepayment.ledger, prepayment.top_ups
            known = await prepayment.run(lambda: ledger.find(Source.WEBHOOK, payment.key))
            try:
                control = self._control_of(payment.serial)
            except _NotPossibleError:
                # what was paid before is answered, whatever has become of the meter
                if (movement := await top_ups.recall(payment.serial, order)) is None:
                    raise
                return told(movement)
            if known is None:
                _verify_key(control)
                await _async_verify_limits(prepayment, payment, settings)
            return told(
                await control.watched(lambda session: top_ups.carry_out(PrepaidMeter(session), order))
            )
        except LimitError as err:
            return refused(HTTPStatus.FORBIDDEN, err.word, str(err))
        except _NotPossibleError as err:
            return refused(err.status, err.reason, str(err))
        except (NoKeyError, WrongKeyError, LockedOutError) as err:
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "meter_locked", str(err))
        except (BusError, MeterError) as err:
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "meter_silent", str(err))
        except PrepayError as err:
            return answer_to(err)

    def _control_of(self, serial: str) -> MeterControl:
        """The meter with this serial number. Raises _NotPossibleError."""
        entries: list[CsjConfigEntry] = self._hass.config_entries.async_entries(DOMAIN)
        found = [
            (entry, subentry)
            for entry in entries
            for subentry in entry.get_subentries_of_type(SUBENTRY_METER)
            if subentry.unique_id == serial
        ]
        if not found:
            raise _NotPossibleError(HTTPStatus.NOT_FOUND, "unknown_meter", "no meter has this serial number")
        for entry, subentry in found:
            if entry.state is not ConfigEntryState.LOADED:
                continue
            if (coordinator := entry.runtime_data.coordinators.get(subentry.subentry_id)) is None:
                continue
            if coordinator.control is None or not is_prepaid(coordinator):
                raise _NotPossibleError(
                    HTTPStatus.UNPROCESSABLE_ENTITY, "not_prepaid", "the meter takes no money"
                )
            return coordinator.control
        raise _NotPossibleError(
            HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", "the bridge of the meter is not set up now"
        )

    @asynccontextmanager
    async def _using_ledger(self) -> AsyncIterator[None]:
        """While no bridge is loaded nobody else would close the ledger."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            entries = self._hass.config_entries.async_entries(DOMAIN)
            if not self._users and not any(entry.state in _USES_LEDGER for entry in entries):
                await async_close_prepayment(self._hass)

    async def _async_note(self, provider: str | None, answer: Answer, payment: Payment | None = None) -> None:
        """Write a line into the audit trail; ``provider`` is None for callers that nobody knows."""
        what = Audited(
            source=Source.WEBHOOK,
            authenticated=provider is not None,
            actor=provider or "",
            asked=ASKED,
            serial=None if payment is None else payment.serial,
            amount=None if payment is None else payment.amount,
            unit=None if payment is None else payment.unit,
            outcome=AuditOutcome.ALLOWED if answer.state in _TRIED else AuditOutcome.REFUSED,
            reason=answer.reason,
            # what a stranger sends is never repeated here
            detail=f"key {payment.key}: {answer.problem or answer.state}" if payment else answer.problem,
        )
        now = dt_util.utcnow()
        try:
            async with self._using_ledger():
                prepayment = await async_prepayment(self._hass)
                new = await prepayment.run(lambda: prepayment.audit.add(what, now))
        except (LedgerUnavailableError, LedgerTooNewError) as err:
            if not self._audit_fails:
                LOGGER.error("The audit trail cannot be written: %s", err)
            self._audit_fails = True
            return
        self._audit_fails = False
        if new and provider is None:
            LOGGER.warning("A payment request from nobody we know was refused: %s", answer.reason)


_UNREADABLE: Final = frozenset({"too_large", "incomplete"})
"""Words of what is wrong before there is anything to verify."""

_TRIED: Final = frozenset({AnswerState.DONE, AnswerState.UNCERTAIN})


def _verify_key(control: MeterControl) -> None:
    """A meter that nobody can open is a matter for its owner, not a refused payment."""
    if control.session.key_state in _WRONG_KEYS:
        raise _NotPossibleError(
            HTTPStatus.SERVICE_UNAVAILABLE, "meter_locked", "the key of the meter is missing or wrong"
        )


async def _async_verify_limits(prepayment: Prepayment, payment: Payment, settings: PaymentSettings) -> None:
    """Raises LimitError."""
    midnight = dt_util.start_of_local_day()
    paid = await prepayment.run(
        lambda: prepayment.ledger.paid_since(payment.serial, Source.WEBHOOK, midnight)
    )
    limits = PaymentLimits(largest_amount=settings.largest_amount, largest_per_day=settings.largest_per_day)
    limits.verify(payment, paid)


async def _async_body(request: web.Request) -> bytes:
    """The body, or as much of it as shows that it is too large. Raises NotGenuineError."""
    stream = request.content  # where it comes through the cloud, every look at it is a stream of its own
    body = b""
    try:
        async with asyncio.timeout(BODY_WITHIN):
            while len(body) <= MAX_BODY and (part := await stream.read(MAX_BODY + 1 - len(body))):
                body += part
    except TimeoutError as err:
        raise NotGenuineError("incomplete", f"not complete after {BODY_WITHIN:g} s") from err
    except web.RequestPayloadError as err:  # compressed, and it is not
        raise NotGenuineError("incomplete", "cannot be unpacked") from err
    return body


_WEBHOOK: Final[HassKey[PaymentWebhook]] = HassKey(f"{DOMAIN}_payment_webhook")


async def async_set_up_payments(hass: HomeAssistant) -> None:
    """Have the webhook as long as Home Assistant runs, whenever it is enabled."""
    payments = PaymentWebhook(hass, await async_site_settings(hass))
    hass.data[_WEBHOOK] = payments
    async_dispatcher_connect(hass, SIGNAL_SITE_SETTINGS, payments.follow_settings)
    payments.follow_settings()


async def async_finish_payments(hass: HomeAssistant, entry: CsjConfigEntry) -> None:
    """Return when no payment to a meter of this bridge is under way any more."""
    meters = entry.get_subentries_of_type(SUBENTRY_METER)
    await hass.data[_WEBHOOK].async_finish({meter.unique_id for meter in meters})
