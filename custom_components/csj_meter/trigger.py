"""Triggers of automations: what happens to alerts, and credit that becomes low.

A trigger hears what the whole site says, so that a bridge may come and go: it never holds on to one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, cast, override

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.const import CONF_OPTIONS, CONF_TARGET, STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import probatio

from .alerting.alert_choice import ALERT_OPTIONS, AlertChoice, concerns
from .alerting.alerting import current_alerting
from .alerting.event_data import event_data
from .alerting.low_credit import credit_data, meter_of_credit_sensor
from .alerting.meter_target import MeterTarget
from .alerting.names import names_of
from .alerting.status import SIGNAL_ALERT_EVENTS
from .alerts.alert import UNACKNOWLEDGED, Alert, AlertEvent, AlertEventType
from .alerts.wording import Wording
from .site_texts import current_texts
from .tenants.book import moved_in_of

_TARGET: Final = {probatio.Optional(CONF_TARGET): cv.TARGET_FIELDS}

_ALERT_SCHEMA: Final = probatio.Schema(
    {**_TARGET, probatio.Required(CONF_OPTIONS, default=dict): ALERT_OPTIONS}
)
_CREDIT_SCHEMA: Final = probatio.Schema({**_TARGET, probatio.Required(CONF_OPTIONS, default=dict): {}})


class AlertTrigger(Trigger):
    """Fires when one kind of thing happens to alerts; ``trigger.alert`` has the data of the event."""

    event_type: AlertEventType
    """What happens."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _ALERT_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Read what it is about."""
        super().__init__(hass, config)
        self._target = MeterTarget(hass, config.target)
        self._choice = AlertChoice(config.options or _ALERT_SCHEMA({})[CONF_OPTIONS])

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def happened(events: list[AlertEvent]) -> None:
            for event in self._chosen(events):
                members = self._members(event.alert)
                data = event_data(self._hass, event, self._wording(), members)
                run_action({"alert": data}, f"alert {event.type}: {data['title']}")

        return async_dispatcher_connect(self._hass, SIGNAL_ALERT_EVENTS, happened)

    def _chosen(self, events: list[AlertEvent]) -> Iterator[AlertEvent]:
        """Those that it is about; a circuit in place of a meter that has joined it late."""
        events = [event for event in events if event.type is self.event_type]
        if not events:
            return
        serials = self._target.serials()
        told: set[str] = set()
        for event in events:
            if event.alert.is_told:
                fits = self._choice.fits(event.alert)
                if fits and concerns(serials, event.alert, self._members(event.alert)):
                    told.add(event.alert.id)
                    yield event
            elif serials is not None and event.type is AlertEventType.CONFIRMED:
                joined = self._joined(event, serials)
                if joined is not None and self._choice.fits(joined) and joined.id not in told:
                    told.add(joined.id)
                    yield replace(event, alert=joined)

    def _joined(self, event: AlertEvent, serials: frozenset[str]) -> Alert | None:
        """The alert of the circuit that a meter has joined, if it was of no concern until then."""
        alerting = current_alerting(self._hass)
        if alerting is None or event.alert.area is None or event.alert.finding.serial not in serials:
            return None
        area = alerting.desk.find(event.alert.area)
        if area is None or area.state not in UNACKNOWLEDGED or area.confirmed_at == event.at:
            return None  # somebody sees to it, or its own event says so now
        for member in alerting.desk.members_of(area):
            known = member.confirmed_at is not None and member.confirmed_at < event.at
            if known and member.id != event.alert.id and member.finding.serial in serials:
                return None
        return area

    def _members(self, alert: Alert) -> list[Alert]:
        alerting = current_alerting(self._hass)
        return [] if alerting is None else alerting.desk.members_of(alerting.desk.find(alert.id) or alert)

    def _wording(self) -> Wording:
        alerting = current_alerting(self._hass)
        if alerting is not None:
            return alerting.wording
        # its last words, while it closes
        return Wording(
            texts=current_texts(self._hass),
            zone=dt_util.get_default_time_zone(),
            names=names_of(self._hass),
            moved_in=moved_in_of(self._hass),
        )


class AlertRaisedTrigger(AlertTrigger):
    """Something is suspected."""

    event_type = AlertEventType.RAISED


class AlertConfirmedTrigger(AlertTrigger):
    """It is confirmed, and people are told."""

    event_type = AlertEventType.CONFIRMED


class AlertEscalatedTrigger(AlertTrigger):
    """Nobody has acknowledged it in time, or it has got worse."""

    event_type = AlertEventType.ESCALATED


class AlertAcknowledgedTrigger(AlertTrigger):
    """Somebody sees to it."""

    event_type = AlertEventType.ACKNOWLEDGED


class AlertClearedTrigger(AlertTrigger):
    """It is over."""

    event_type = AlertEventType.CLEARED


class CreditTrigger(Trigger):
    """Fires when a meter begins or ceases to say that its credit is low; ``trigger.credit`` says which.

    What it said last is remembered while it says nothing, so nothing is missed when a bridge is reloaded.
    """

    to: str
    """What its binary sensor shows then."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _CREDIT_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Read what it is about."""
        super().__init__(hass, config)
        self._target = MeterTarget(hass, config.target)

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        said: dict[str, str] = {}

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            entity_id = event.data["entity_id"]
            if (serial := meter_of_credit_sensor(self._hass, entity_id)) is None:
                return
            old, new = event.data["old_state"], event.data["new_state"]
            if old is not None and old.state in (STATE_ON, STATE_OFF):
                said[serial] = old.state
            if new is None or new.state not in (STATE_ON, STATE_OFF):
                return
            before = said.get(serial)
            said[serial] = new.state
            if before is None or before == new.state or new.state != self.to:
                return
            serials = self._target.serials()
            if serials is None or serial in serials:
                data = credit_data(self._hass, serial, entity_id)
                run_action({"credit": data}, f"credit of {data['name']}", event.context)

        tracker = async_track_state_change_filtered(
            self._hass, TrackStates(all_states=False, entities=set(), domains={BINARY_SENSOR}), changed
        )
        return tracker.async_remove


class CreditBecameLowTrigger(CreditTrigger):
    """The credit has fallen below the threshold of the meter."""

    to = STATE_ON


class CreditNoLongerLowTrigger(CreditTrigger):
    """The credit is no longer below it."""

    to = STATE_OFF


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "alert_raised": AlertRaisedTrigger,
    "alert_confirmed": AlertConfirmedTrigger,
    "alert_escalated": AlertEscalatedTrigger,
    "alert_acknowledged": AlertAcknowledgedTrigger,
    "alert_cleared": AlertClearedTrigger,
    "credit_became_low": CreditBecameLowTrigger,
    "credit_no_longer_low": CreditNoLongerLowTrigger,
}


async def async_get_triggers(_hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """All of them; described in triggers.yaml and the translations."""
    return TRIGGERS
