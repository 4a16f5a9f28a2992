"""Tenants whose credit is low are told so, once for each time it becomes low; and whenever somebody wants it.

That somebody was told is kept in one go with the message, so that a restart neither loses nor repeats it. A
meter that does not answer says nothing: the episode goes on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED, STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..alerting.alerting import Alerting, async_alerting, current_alerting
from ..alerting.low_credit import is_any_credit_low, meter_of_credit_sensor
from ..alerts.message import MessageState
from ..asked_work import AskedWork
from ..const import DOMAIN, LOGGER
from ..site.tenants import Tenancy
from ..site_part import SitePart
from .book import SIGNAL_TENANTS, TenantBook, async_tenants
from .letters import LOW_CREDIT, REMINDER, async_channel_of, async_credit_text, async_send

NOTE: Final = "low_credit "
"""What the key of a note begins with that says since when somebody's credit is low; empty: it is not."""

BY_HAND: Final = "reminded "
"""The same of one that says when somebody was reminded by hand last."""

PATIENCE: Final = 10.0
"""Seconds for which whoever reminds somebody waits to hear whether it has arrived."""

NO_CHANNEL: Final = "no_channel"
WAITING: Final = MessageState.WAITING.value

_KNOWN: Final = frozenset({MessageState.DELIVERED, MessageState.FAILED})

_SENSOR: Final = "binary_sensor."


class Reminders:
    """Sees to it while a bridge is set up."""

    def __init__(self, hass: HomeAssistant, alerting: Alerting, book: TenantBook) -> None:
        """Begin when Home Assistant has started."""
        self._hass = hass
        self._alerting = alerting
        self._book = book
        self._changed: dict[str, str] = {}
        """Entity that shows low credit -> its serial number; those to look at."""
        self._work = AskedWork(
            self._async_look, lambda work: hass.loop.create_task(work, name=f"{DOMAIN} low credit")
        )
        self._stops: list[CALLBACK_TYPE] = []
        self._stops.append(async_at_started(hass, self._started))

    @callback
    def _started(self, _: HomeAssistant) -> None:
        self._stops += [
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._state_changed, self._is_of_interest),
            async_dispatcher_connect(self._hass, SIGNAL_TENANTS, self._look_at_all),
        ]
        self._look_at_all()

    @callback
    def _is_of_interest(self, data: Any) -> bool:
        return str(data["entity_id"]).startswith(_SENSOR)

    @callback
    def _state_changed(self, event: Event[Any]) -> None:
        self._note(event.data["entity_id"])

    @callback
    def _look_at_all(self) -> None:
        for entity_id in self._hass.states.async_entity_ids("binary_sensor"):
            self._note(entity_id)

    @callback
    def _note(self, entity_id: str) -> None:
        if (serial := meter_of_credit_sensor(self._hass, entity_id)) is not None:
            self._changed[entity_id] = serial
            self._work.ask()

    async def _async_look(self) -> None:
        """Tell those whose credit has become low; the root of a task."""
        while self._changed:
            entity_id, serial = self._changed.popitem()
            try:
                await self._async_look_at(entity_id, serial)
            except Exception:  # noqa: BLE001 - the root of a task: the next change may go better
                LOGGER.exception("A tenant could not be told of low credit")

    async def _async_look_at(self, entity_id: str, serial: str) -> None:
        state, tenancy = self._hass.states.get(entity_id), self._book.current(serial)
        if state is None or tenancy is None:
            return
        note = f"{NOTE}{tenancy.id}"
        since = self._alerting.notes.get(note, "")
        if state.state == STATE_OFF and since:
            await self._alerting.async_note(note, "")
        if state.state != STATE_ON or since:
            return
        text = await async_credit_text(self._hass, tenancy, low=True)
        step = f"{LOW_CREDIT} {tenancy.id} {dt_util.utcnow().isoformat(timespec='seconds')}"
        await async_send(self._hass, tenancy, step, text, note=note)

    async def async_close(self) -> None:
        """Tell nobody any more."""
        while self._stops:
            self._stops.pop()()
        await self._work.async_stop()


async def async_remind(hass: HomeAssistant, tenancy: Tenancy) -> dict[str, Any]:
    """Tell a tenant now how much credit is left, over their channel: what came of it, as plain JSON.

    ``state`` is "delivered", "failed" with an ``error``, "waiting" for the next try, or
    "no_channel". However often that is asked within a minute, it is said once.
    """
    now = dt_util.utcnow().replace(second=0, microsecond=0)
    channel = await async_channel_of(hass, tenancy)
    text = await async_credit_text(hass, tenancy, low=is_any_credit_low(hass, {tenancy.serial}))
    step = f"{REMINDER} {tenancy.id} {now.isoformat()}"
    begun = await async_send(hass, tenancy, step, text, note=f"{BY_HAND}{tenancy.id}")
    state, error = NO_CHANNEL if begun is None else WAITING, None
    if begun is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                message = await begun
                if message.state in _KNOWN:
                    state, error = message.state.value, message.error
    return {
        "tenant": tenancy.name,
        "meter": tenancy.serial,
        "at": now.isoformat(),
        "channel": None if channel is None else channel.name,
        "state": state,
        "error": error,
    }


@callback
def reminded_at(hass: HomeAssistant, tenancy: Tenancy) -> str | None:
    """When somebody was told of their credit last, by itself or by hand, UTC in ISO 8601; None for never."""
    if (alerting := current_alerting(hass)) is None:
        return None
    notes = (alerting.notes.get(f"{kind}{tenancy.id}") for kind in (NOTE, BY_HAND))
    return max((note.rpartition(" ")[2] for note in notes if note), default=None)


_PART: Final[HassKey[SitePart[Reminders]]] = HassKey(f"{DOMAIN}_reminders")


async def async_reminders(hass: HomeAssistant) -> Reminders:
    """See to the reminders of this site."""

    async def make() -> Reminders:
        return Reminders(hass, await async_alerting(hass), await async_tenants(hass))

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, make)


async def async_close_reminders(hass: HomeAssistant) -> None:
    """Tell none any more; before the alert desk is closed."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()
