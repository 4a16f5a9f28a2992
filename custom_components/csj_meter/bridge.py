"""Which meters a set-up bridge has, and what happens when they report, change, come or go.

A meter that is added or removed by the user joins or leaves while the others are polled on; what
changes the bridge itself, or what a meter is, reloads the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .bus.bus import Bus
from .bus.errors import LinkDownError, UnitError
from .const import (
    CONF_IDENTITY,
    CONF_KEY,
    CONF_LINK,
    CONF_PROFILE,
    CONF_UNIT_ID,
    DOMAIN,
    SUBENTRY_METER,
    Link,
)
from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator, CsjRuntime, LineCoordinator
from .devices import register_bridge, register_meter
from .entity import new_meter_signal
from .exceptions import ERROR_KEYS
from .history.backfill import Backfill
from .history.telemetry import Telemetry
from .links import wall_clock
from .markdown import plain
from .meter_log import MeterLog
from .meter_memory import MeterMemory, snapshot
from .meters.commands.session import Session
from .meters.errors import ForeignMeterError
from .meters.identity import Identity
from .meters.meter import Meter
from .meters.poller import Poller, PollReport
from .meters.profile_loader import ProfileLibrary
from .meters.reading import Group
from .money.credit_watch import CreditWatch
from .periods import periods_of

_REMEMBERED_GROUPS: Final = frozenset({Group.ENERGY, Group.PREPAY})
"""Groups with values that outlive a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """What a meter was set up with; Home Assistant changes subentries in place."""

    title: str
    unique_id: str | None
    data: Mapping[str, Any] = field(repr=False)  # the key is among it

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> _Settings:
        """The settings of ``subentry`` now, without who it says it is."""
        data = {key: value for key, value in subentry.data.items() if key != CONF_IDENTITY}
        return cls(title=subentry.title, unique_id=subentry.unique_id, data=data)


class Bridge:
    """The meters of one entry, from set-up to unloading."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CsjConfigEntry,
        bus: Bus,
        library: ProfileLibrary,
        memory: MeterMemory,
    ) -> None:
        """Take in the meters of ``entry`` that are configured, without polling them yet."""
        self._hass = hass
        self._entry = entry
        self._bus = bus
        self._poller = Poller(bus, self._on_report, periods=periods_of(entry.options))
        self._line = LineCoordinator(hass, entry, bus, self._poller)
        self._credit = CreditWatch(hass, entry)
        self._log = MeterLog(hass, entry)
        self._backfill = Backfill(hass, entry)
        self.runtime = CsjRuntime(
            library=library,
            memory=memory,
            bus=bus,
            poller=self._poller,
            line=self._line,
            credit=self._credit,
            log=self._log,
            stop=self._async_stop,
        )
        """What the platforms see of the bridge."""
        self._itself = self._own_settings()
        self._settings: dict[str, _Settings] = {}
        self._meters: dict[Meter, CsjCoordinator] = {}
        self._offers: dict[Meter, frozenset[str]] = {}
        self._without_profile: set[str] = set()
        self._telemetry: Telemetry
        self._device_id = register_bridge(hass, entry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            self._take_in(subentry)

    async def async_prepare(self) -> None:
        """Ask one meter something, to see whether the link itself works.

        Raises ConfigEntryNotReady when it does not.
        """
        await self._log.async_load()
        if self._entry.data[CONF_LINK] == Link.DIAL_IN:
            return  # there it is the gateway that opens the link, when it likes
        for meter in self._meters:
            try:
                await meter.probe()
            except UnitError:
                return  # that is the meter's trouble, not the link's
            except LinkDownError as err:
                raise ConfigEntryNotReady(
                    translation_domain=DOMAIN,
                    translation_key=ERROR_KEYS[LinkDownError],
                    translation_placeholders={"error": str(err)},
                ) from err
            return

    def start(self, telemetry: Telemetry) -> None:
        """Begin to poll; what meters say is kept in ``telemetry``."""
        self._telemetry = telemetry
        self._poller.start(self._meters)
        self._log.start()
        self._backfill.start(telemetry)

    async def _async_stop(self) -> None:
        """Stop polling, keep what must not be forgotten, withdraw what was pointed out."""
        await self._poller.stop()
        await self._credit.async_stop()
        await self._log.async_stop()
        await self._backfill.async_stop()
        await self.runtime.memory.async_save(self._snapshot())
        for subentry_id in self._settings:
            ir.async_delete_issue(self._hass, DOMAIN, f"foreign_meter_{subentry_id}")
        for subentry_id in self._without_profile:
            ir.async_delete_issue(self._hass, DOMAIN, f"missing_profile_{subentry_id}")

    def _snapshot(self) -> dict[str, dict[str, Any]]:
        """What to remember, by serial number; of a meter without its profile what was remembered before."""
        configured = {
            Identity.from_dict(subentry.data[CONF_IDENTITY]).serial
            for subentry in self._entry.get_subentries_of_type(SUBENTRY_METER)
        }
        return self.runtime.memory.kept(configured) | {
            coordinator.identity.serial: snapshot(meter.counters, coordinator.remembered)
            for meter, coordinator in self._meters.items()
        }

    @callback
    def _on_report(self, report: PollReport) -> None:
        """Hand a report of the poller to the coordinator of its meter."""
        coordinator = self._meters.get(report.meter)
        if coordinator is None:
            return  # it was removed while its last answer was under way
        self._point_out_foreigner(coordinator, report.failed)
        coordinator.report(online=report.online, failed=report.failed, updated=report.updated)
        self._telemetry.note(coordinator)
        self._line.notice()
        if Group.PREPAY in report.updated:
            self._credit.account_read(coordinator)
        if report.updated & _REMEMBERED_GROUPS:
            self.runtime.memory.save_later(self._snapshot)
        if Group.IDENTITY in report.updated:
            self._keep_identity(report.meter, coordinator.subentry)

    async def async_settings_changed(self, hass: HomeAssistant, entry: CsjConfigEntry) -> None:
        """Follow a change of the entry or its subentries; the entry's update listener."""
        wanted = {subentry.subentry_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_METER)}
        for subentry_id in self._settings.keys() - wanted.keys():
            self._let_go(subentry_id)
        for subentry_id in self._without_profile - wanted.keys():
            self._has_profile(subentry_id)
        new = [wanted[subentry_id] for subentry_id in wanted if subentry_id not in self._settings]
        if self._needs_reload(wanted, new):
            hass.config_entries.async_schedule_reload(entry.entry_id)
            return
        for subentry in new:
            if (meter := self._take_in(subentry)) is not None:
                async_dispatcher_send(hass, new_meter_signal(entry), self._meters[meter])
                self._poller.add(meter)

    def _needs_reload(self, wanted: Mapping[str, ConfigSubentry], new: Iterable[ConfigSubentry]) -> bool:
        """Whether more has changed than that meters have come or gone."""
        return (
            self._own_settings() != self._itself
            or any(_Settings.of(wanted[subentry_id]) != its for subentry_id, its in self._settings.items())
            # a meter now offers something else than its entities show
            or any(meter.quantities != offers for meter, offers in self._offers.items())
            # a profile that is younger than the library
            or any(
                subentry.data[CONF_PROFILE] not in self.runtime.library.profiles
                and subentry.subentry_id not in self._without_profile
                for subentry in new
            )
        )

    def _own_settings(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return self._entry.title, dict(self._entry.data), dict(self._entry.options)

    def _take_in(self, subentry: ConfigSubentry) -> Meter | None:
        """Make meter, device and coordinator; None (and a repair issue) without its profile."""
        name = subentry.data[CONF_PROFILE]
        profile = self.runtime.library.profiles.get(name)
        if profile is None:
            self._without_profile.add(subentry.subentry_id)
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                f"missing_profile_{subentry.subentry_id}",
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="missing_profile",
                translation_placeholders={"meter": subentry.title, "profile": name},
            )
            return None
        self._has_profile(subentry.subentry_id)
        identity = Identity.from_dict(subentry.data[CONF_IDENTITY])
        memory = self.runtime.memory
        counters = memory.counters(identity.serial)
        meter = Meter(
            self._bus,
            subentry.data[CONF_UNIT_ID],
            profile,
            identity,
            counters=counters,
            wall_clock=wall_clock,
        )
        coordinator = CsjCoordinator(self._hass, self._entry, subentry, meter, memory)
        if profile.commands is not None:
            session = Session(meter, subentry.data.get(CONF_KEY))
            coordinator.control = MeterControl(self._hass, self._entry, coordinator, session, self._poller)
        self._settings[subentry.subentry_id] = _Settings.of(subentry)
        self._meters[meter] = coordinator
        self._offers[meter] = meter.quantities
        self.runtime.coordinators[subentry.subentry_id] = coordinator
        self._register(meter, subentry)
        return meter

    def _has_profile(self, subentry_id: str) -> None:
        """Withdraw what was pointed out of a meter that has its profile, or is no more."""
        self._without_profile.discard(subentry_id)
        ir.async_delete_issue(self._hass, DOMAIN, f"missing_profile_{subentry_id}")

    def _let_go(self, subentry_id: str) -> None:
        """Forget a meter; Home Assistant removes its device and entities itself."""
        del self._settings[subentry_id]
        self._credit.forget(self.runtime.coordinators.pop(subentry_id))
        meter = next(m for m, its in self._meters.items() if its.subentry.subentry_id == subentry_id)
        del self._meters[meter], self._offers[meter]
        self._poller.remove(meter)
        ir.async_delete_issue(self._hass, DOMAIN, f"foreign_meter_{subentry_id}")

    def _keep_identity(self, meter: Meter, subentry: ConfigSubentry) -> None:
        """Store what the meter says of itself when it has changed, such as its firmware."""
        identity = meter.identity.as_dict()
        if subentry.data[CONF_IDENTITY] == identity:
            return
        self._register(meter, subentry)
        self._hass.config_entries.async_update_subentry(
            self._entry, subentry, data={**subentry.data, CONF_IDENTITY: identity}
        )

    def _point_out_foreigner(self, coordinator: CsjCoordinator, failed: Mapping[Group, Exception]) -> None:
        """Raise or withdraw the issue that another meter answers."""
        before, now = _foreigner(coordinator.data.failed), _foreigner(failed)
        issue_id = f"foreign_meter_{coordinator.subentry.subentry_id}"
        if now is None:
            if before is not None:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        elif before is None or before.found != now.found:
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="foreign_meter",
                translation_placeholders={
                    "meter": coordinator.subentry.title,
                    "bridge": self._entry.title,
                    "unit": str(now.unit_id),
                    "expected": now.expected,
                    "found": plain(now.found),
                },
            )

    def _register(self, meter: Meter, subentry: ConfigSubentry) -> None:
        register_meter(
            self._hass,
            self._entry,
            subentry,
            meter.identity,
            bridge_id=self._device_id,
            has_serial=meter.profile.has_serial,
        )


def _foreigner(failed: Mapping[Group, Exception]) -> ForeignMeterError | None:
    """The error that says who answers instead."""
    return next((error for error in failed.values() if isinstance(error, ForeignMeterError)), None)
