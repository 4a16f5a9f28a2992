"""The alert desk of this site while a bridge is set up.

Everything that happens to alerts goes through one queue, one step at a time: findings, what people say, what
time brings, and what became of messages. Each step is kept on disk first; then the event bus, entities and
people hear of it. So a crash at any point costs nothing but the step that nobody has heard of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
import datetime as dt
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.uuid import random_uuid_hex

from ..alerts.alert import Alert, Changes
from ..alerts.desk import Desk
from ..alerts.merging import message_name
from ..alerts.message import Message, Reason
from ..alerts.store import AlertStore, Batch, Kept
from ..alerts.wording import Wording
from ..alerts.work_order import WorkOrder
from ..alerts.work_orders import WorkOrders
from ..anomaly.finding import Finding, name_of
from ..const import DOMAIN
from ..daily_purge import DailyPurge
from ..detection.detection import current_detection
from ..detection.status import SIGNAL_DETECTION, SIGNAL_FINDINGS, Stage
from ..exceptions import wrong
from ..opened_file import async_closed
from ..site_part import SitePart
from ..site_settings import SIGNAL_SITE_SETTINGS, SiteSettings, async_site_settings
from ..site_texts import SIGNAL_SITE_TEXTS, current_texts
from ..steady_clock import SteadyClock
from ..tenants.book import SIGNAL_TENANTS, moved_in_of
from .event_data import event_data, whole_event
from .issues import AlertIssues
from .keeping import Keeping, async_open
from .letters import Letters, Text, without_letters
from .names import names_of
from .orders import Orders
from .outcomes import Outcomes
from .sending import Sending
from .status import EVENT_ALERT, SIGNAL_ALERT_EVENTS, SIGNAL_ALERTS, AlertingStatus
from .steps import Step, Steps


class Alerting:
    """The alerts of this Home Assistant."""

    def __init__(
        self, hass: HomeAssistant, settings: SiteSettings, store: AlertStore | None, kept: Kept
    ) -> None:
        """Go on with what was kept; without a store it is tried again with every step."""
        self._hass = hass
        self._settings = settings
        self._keeping = Keeping(hass, store, self._everything)
        self.notes = without_letters(kept.notes)
        """What has to be remembered besides; see ``async_note``."""
        self._zone: dt.tzinfo = dt_util.get_default_time_zone()
        self.desk = Desk(settings.alerts, self._zone, kept.alerts, kept.messages)
        """What there is; only read it, and change it with the methods of this class."""
        self.work_orders = WorkOrders(kept.orders, kept.last_number)
        """Likewise."""
        self._steps = Steps(hass, self._async_step)
        self._orders = Orders(hass, settings, self.desk, self.work_orders)
        self._letters = Letters(kept.notes)
        self._sending = Sending(
            hass, settings, self.desk, self._orders, self._letters, self._steps, lambda: self.wording
        )
        self._clock = SteadyClock(believed=True)
        self._stop_timer: CALLBACK_TYPE | None = None
        self._outcomes = Outcomes(hass)
        self._wording: Wording | None = None
        self._active: dict[str, list[Alert]] | None = None
        self._issues = AlertIssues(hass)
        self._closing = False
        self._stops = [
            async_dispatcher_connect(hass, SIGNAL_FINDINGS, self._found),
            async_dispatcher_connect(hass, SIGNAL_DETECTION, self._looked),
            async_dispatcher_connect(hass, SIGNAL_SITE_SETTINGS, self._settings_changed),
            async_dispatcher_connect(hass, SIGNAL_SITE_TEXTS, self._texts_changed),
            async_dispatcher_connect(hass, SIGNAL_TENANTS, self._names_changed),
            async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._names_changed),
            hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._names_changed),
            DailyPurge(hass, self._async_purge, name=f"{DOMAIN} old alerts").stop,
        ]
        self.do(lambda _: Changes())  # what was not sent before the restart

    # what there is

    @property
    def wording(self) -> Wording:
        """How this site talks of its alerts."""
        if self._wording is None:
            self._wording = Wording(
                texts=current_texts(self._hass),
                zone=self._zone,
                names=names_of(self._hass),
                moved_in=moved_in_of(self._hass),
            )
        return self._wording

    @property
    def status(self) -> AlertingStatus:
        """How it stands."""
        alerts = self.desk.alerts
        return AlertingStatus(
            open=sum(1 for alert in alerts if alert.is_open),
            active=sum(1 for alert in alerts if alert.is_active),
            waiting=sum(1 for message in self.desk.outbox if message.is_unsettled),
            failing=self._sending.failing,
            unwritten=len(self._keeping),
        )

    def active_of(self, serial: str) -> list[Alert]:
        """What is active on a meter, the worst first; members of an area alert among them."""
        if self._active is None:
            self._active = {}
            for alert in self.desk.active:
                if not alert.is_area:
                    self._active.setdefault(alert.finding.serial, []).append(alert)
        return self._active.get(serial, [])

    # what happens

    @callback
    def do(self, step: Step) -> asyncio.Future[Changes]:
        """Have something happen in its turn; the future has what came of it, or what was raised."""
        return self._steps.do(step)

    async def async_acknowledge(self, alert: str, by: str) -> None:
        """Somebody sees to it. Raises NoSuchAlertError and NotPossibleError, as the next ones do."""
        await self.do(lambda now: self.desk.acknowledge(alert, by, now))

    async def async_report_false_alarm(self, alert: str, by: str) -> None:
        """Somebody says that nothing is or was wrong."""
        await self.do(lambda now: self.desk.report_false_alarm(alert, by, now))

    async def async_shelve(self, alert: str, span: dt.timedelta, by: str) -> None:
        """Say nothing of it for a while."""
        await self.do(lambda now: self.desk.shelve(alert, now + span, by, now))

    async def async_open_work_order(self, alert: str, by: str | None) -> WorkOrder:
        """Have a technician see to it; the work order that is open already, where there is one."""

        def step(now: dt.datetime) -> Changes:
            changes = Changes()
            self._orders.open(self.desk.get(alert), self.wording, now, changes, by)
            return changes

        await self.do(step)
        order = self.work_orders.of_alert(alert)
        if order is None:  # pragma: no cover - it was opened just now
            raise RuntimeError("no work order")
        return order

    async def async_change_work_order(
        self, change: Callable[[dt.datetime], WorkOrder], step_name: str
    ) -> WorkOrder:
        """Do something with the list of work orders: "opened", "completed", "reopened" or "updated".

        Completing one says that its alert is repaired, reopening it that it is not. Raises NoSuchOrderError.
        """
        changed: list[WorkOrder] = []

        def step(now: dt.datetime) -> Changes:
            order = change(now)
            changed.append(order)
            return self._orders.changed(order, step_name, now)

        await self.do(step)
        return changed[0]

    async def async_say(
        self, reason: Reason, channel_id: str, step_name: str, text: Text, *, note: str | None = None
    ) -> asyncio.Future[Message] | None:
        """Say something that is about no alert: the weekly summary, a letter, a reminder.

        The same reason, channel and step are said once. ``note``: key under which the step is remembered, in
        one go with the message. The future has how it went, once that is known, however late; None when there
        is no such channel.
        """
        begun: list[asyncio.Future[Message]] = []

        def step(now: dt.datetime) -> Changes:
            if (channel := self._settings.alerts.channel(channel_id)) is not None:
                outbox = self.desk.outbox
                message = outbox.add(reason, channel, (), now, step=step_name)
                if message is not None:
                    self._keeping.note(notes=self._letters.add(message, text))
                if note is not None:
                    self._remember(note, step_name)
                said = message or outbox.get(message_name(reason, channel_id, (), step_name))
                if said is not None:
                    begun.append(self._outcomes.of(said))
            return Changes()

        await self.do(step)
        return begun[0] if begun else None

    async def async_test(self, channel_id: str) -> Message | None:
        """Say over a channel, once, that this is a test: how it went, or None when there is no such channel.

        It is neither delivered nor failed when everything was closed before that was known.
        """
        begun: list[asyncio.Future[Message]] = []

        def step(now: dt.datetime) -> Changes:
            if (channel := self._settings.alerts.channel(channel_id)) is not None:
                message = self.desk.outbox.add(Reason.TEST, channel, (), now, step=random_uuid_hex())
                if message is not None:  # no two of them have one name
                    begun.append(self._outcomes.of(message))
            return Changes()

        await self.do(step)
        return await begun[0] if begun else None

    async def async_note(self, key: str, value: str) -> None:
        """Remember something across restarts."""

        def step(_: dt.datetime) -> Changes:
            self._remember(key, value)
            return Changes()

        await self.do(step)

    async def async_drill(self, findings: Iterable[Finding], until: dt.datetime) -> Changes:
        """Have something happen that does not happen."""
        return await self.do(lambda now: self.desk.take(findings, now, drill_until=until))

    async def async_read[T](self, job: Callable[[AlertStore], T]) -> T:
        """Ask the file something, in a thread. Raises StoreUnavailableError and StoreBrokenError."""
        return await self._keeping.async_read(job)

    async def async_close(self) -> None:
        """Do what is still to be done, and let go of everything."""
        while self._stops:
            self._stops.pop()()
        self._closing = True
        await self._sending.async_close()
        await self.do(lambda _: Changes())  # after all that was waiting
        self._outcomes.answer(self.desk.outbox, everything=True)
        await self._steps.async_stop()
        self._stop_waiting()
        self._issues.clear()
        await self._keeping.async_close()

    # what others tell

    @callback
    def _found(self, findings: list[Finding]) -> None:
        self._steps.do_later(lambda now: self.desk.take(findings, now))

    @callback
    def _looked(self) -> None:
        detection = current_detection(self._hass)
        if detection is None or detection.status.stage is not Stage.WATCHING:
            return
        findings = detection.findings
        standing = frozenset(map(name_of, findings))

        def step(now: dt.datetime) -> Changes:
            # of what the desk has lost, with its file or between the engine's and its own
            changes = self.desk.take(filter(self.desk.has_missed, findings), now)
            changes.add(self.desk.reconcile(standing, now))
            return changes

        self._steps.do_later(step)

    @callback
    def _settings_changed(self) -> None:
        def step(_: dt.datetime) -> Changes:
            self.desk.configure(self._settings.alerts, self._zone)
            return Changes()

        self._steps.do_later(step)

    @callback
    def _names_changed(self, *_: object) -> None:
        self._wording = None

    @callback
    def _texts_changed(self) -> None:
        self._wording = None
        self._steps.do_later(lambda _: Changes())  # issues are told anew

    @callback
    def _due(self, _: dt.datetime) -> None:
        self._stop_timer = None
        self._steps.do_later(self.desk.tick)

    # how it is done

    async def _async_step(self, step: Step) -> Changes:
        if (kept := await self._keeping.async_read_late()) is not None:
            await self._async_take(partial(self._join, kept))
        return await self._async_take(step)

    def _join(self, kept: Kept, now: dt.datetime) -> Changes:
        """Go on with what was kept as well, which could not be read before."""
        self._letters.join(kept.notes)
        self.notes = without_letters(kept.notes) | self.notes
        changes = self._orders.join(kept, now)
        self._keeping.write_anew()
        return changes

    async def _async_take(self, step: Step) -> Changes:
        now = dt_util.utcnow()
        zone = await dt_util.async_get_time_zone(self._hass.config.time_zone) or ZoneInfo("UTC")
        if zone != self._zone:
            self._zone, self._wording = zone, None
            self.desk.configure(self._settings.alerts, zone)
        changes = step(now)
        self._orders.see_to(changes, self.wording, now)
        self._active = None
        is_steady = self._clock.is_steady(now.timestamp(), self._hass.loop.time())
        ready = () if self._closing else self.desk.outbox.due(now, is_steady=is_steady)
        due = [self.desk.outbox.begin(message) for message in ready]
        self._keeping.note(
            alerts=changes.alerts.values(),
            messages=self.desk.outbox.take_changes(),
            orders=self.work_orders.take_changes(),
            notes=self._letters.drop_settled(self.desk.outbox),
        )
        written = await self._keeping.async_write()
        self._announce(changes)
        self._issues.show(self.desk.active, self.wording)
        self._outcomes.answer(self.desk.outbox)
        for message in due:
            self._sending.send(message, now)
        if not self._closing:
            self._wait(now)
        if changes or written:
            async_dispatcher_send(self._hass, SIGNAL_ALERTS)
        if written:
            await self._keeping.async_flush()
        return changes

    @callback
    def _announce(self, changes: Changes) -> None:
        """Let everybody know."""
        if not changes.events:
            return
        wording = self.wording
        events = [whole_event(event, self.desk) for event in changes.events]
        for event in events:
            members = self.desk.members_of(event.alert)
            self._hass.bus.async_fire(EVENT_ALERT, event_data(self._hass, event, wording, members))
        async_dispatcher_send(self._hass, SIGNAL_ALERT_EVENTS, events)

    def _remember(self, key: str, value: str) -> None:
        self.notes[key] = value
        self._keeping.note(notes={key: value})

    def _everything(self) -> Batch:
        """All that is known, for a file that has none of it."""
        return Batch(
            alerts=self.desk.alerts,
            messages=list(self.desk.outbox),
            orders=self.work_orders.orders,
            notes={**self.notes, **self._letters.notes},
        )

    async def _async_purge(self, now: dt.datetime) -> None:
        self._steps.do_later(self.desk.tick)  # it lets go of what is over, also where nothing is ever due
        await self._keeping.async_purge(now)

    # time

    def _wait(self, now: dt.datetime) -> None:
        """Look again when something is due."""
        self._stop_waiting()
        if (moment := self.desk.next_due(now)) is not None:
            # by a clock that counts seconds: the one on the wall may be set back meanwhile
            wait = max(moment - now, dt.timedelta(seconds=1))
            self._stop_timer = async_call_later(self._hass, wait, self._due)

    def _stop_waiting(self) -> None:
        if self._stop_timer is not None:
            self._stop_timer()
            self._stop_timer = None


_PART: Final[HassKey[SitePart[Alerting]]] = HassKey(f"{DOMAIN}_alerting")


async def async_alerting(hass: HomeAssistant) -> Alerting:
    """The alert desk of this site; it works without its file as well, and an issue says so."""

    async def make() -> Alerting:
        settings = await async_site_settings(hass)
        store, kept = await async_open(hass)
        try:
            return Alerting(hass, settings, store, kept)
        except BaseException:
            if store is not None:
                await async_closed(hass, store.close)
            raise

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, make)


def current_alerting(hass: HomeAssistant) -> Alerting | None:
    """The alert desk, while it is open."""
    return None if (part := hass.data.get(_PART)) is None else part.open


def alerting_of(hass: HomeAssistant) -> Alerting:
    """The alert desk. Raises ServiceValidationError while no bridge is set up."""
    if (alerting := current_alerting(hass)) is None:
        raise wrong("no_bridge_set_up")
    return alerting


async def async_close_alerting(hass: HomeAssistant) -> None:
    """Keep what there is, and tell nobody any more."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()
