"""How each disaster of a plan is brought about; methods of ``Disasters`` have their names."""

from __future__ import annotations

import asyncio
from dataclasses import replace
import math
import os
import resource
import subprocess
import sys
import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.exceptions import HomeAssistantError
from sqlalchemy import Engine, event

from custom_components.csj_meter.alerting.names import device_of
from custom_components.csj_meter.alerts.settings import QuietHours
from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import FaultKind
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.people import Person
from custom_components.csj_meter.site_settings import async_site_settings

from .clock import CLOCK, EPOCH
from .plan import Disaster
from .run import Episode, Order

if TYPE_CHECKING:
    from .life import Living

HOLD: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
"""Another program that writes into the database, and does not come to an end."""

ASK_AGAIN: Final = 120.0
"""Seconds after which somebody who pays asks again."""

MOST_ASKED: Final = 60


class Disasters:
    """Brings them about in one life of Home Assistant."""

    def __init__(self, living: Living) -> None:
        self.living = living
        self.run = living.run
        self.world = living.world
        self.failing: set[str] = set()
        """Notify actions that do not work now."""
        self._holder: subprocess.Popen[bytes] | None = None

    def bring(self, disaster: Disaster) -> None:
        """Bring one about; those of the world also while Home Assistant is off."""
        self.run.counts[disaster.kind] += 1
        getattr(self, f"do_{disaster.kind}")(**disaster.what)

    def _later(self, seconds: float, kind: str, **what: Any) -> None:
        self.run.pending.append(Disaster(at=CLOCK.true() - EPOCH + seconds, kind=kind, what=what))
        self.run.pending.sort()

    # --- lines and meters ---------------------------------------------------------------------

    def do_unplugged(self, line: int, **what: Any) -> None:
        """The adapter is pulled out."""
        self.world.fault(line, "unplugged", None, None)
        self.run.outages.append((line, CLOCK.true(), math.inf))
        self._later(what["for"], "plugged", line=line, since=CLOCK.true())

    def do_plugged(self, line: int, since: float) -> None:
        """It is back."""
        self.world.mend(line, "unplugged", None)
        self._reachable(line, since)

    def do_gateway(self, line: int, **what: Any) -> None:
        """The gateway is switched off."""
        self.living.task(self.world.stop_gateway(line))
        self.run.outages.append((line, CLOCK.true(), math.inf))
        self._later(what["for"], "gateway_on", line=line, since=CLOCK.true())

    def do_gateway_on(self, line: int, since: float) -> None:
        """It is there again."""
        if line not in self.world._gateways:
            self.living.task(self.world.start_gateway(line))
        self._reachable(line, since)

    def _reachable(self, line: int, since: float) -> None:
        self.run.outages.remove((line, since, math.inf))
        self.run.outages.append((line, since, CLOCK.true()))

    def do_noise(self, line: int, fault: str, size: float, **what: Any) -> None:
        """Something is wrong with the cable."""
        self.world.fault(line, fault, None, size)
        now = CLOCK.true()
        self.run.noises.append((line, now, now + what["for"]))
        if fault == FaultKind.LATE_REPLIES:
            # who answers when nobody listens any more cannot be reached
            self.run.outages.append((line, CLOCK.true(), math.inf))
        self._later(what["for"], "silence", line=line, fault=fault, since=CLOCK.true())

    def do_silence(self, line: int, fault: str, since: float) -> None:
        """The cable is well."""
        self.world.mend(line, fault, None)
        if fault == FaultKind.LATE_REPLIES:
            self._reachable(line, since)

    def do_fault(self, line: int, unit: int, fault: str, size: float | None, **what: Any) -> None:
        """Something befalls one meter that people must hear of."""
        self.world.fault(line, fault, unit, size)
        serial = self.world.lines[line].meters[unit].nameplate.serial
        now = CLOCK.true()
        self.run.episodes.append(
            Episode(fault=fault, serial=serial, line=line, since=now, until=now + what["for"])
        )
        self._later(what["for"], "mended", line=line, unit=unit, fault=fault)

    def do_mended(self, line: int, unit: int, fault: str) -> None:
        """It is over."""
        self.world.mend(line, fault, unit)

    # --- Home Assistant -----------------------------------------------------------------------

    def do_restart(self, off: float) -> None:
        """Somebody stops Home Assistant, and starts it later."""
        self.run.off_until = CLOCK.true() + off
        self.living.stop("restart")

    def do_damage(self, off: float) -> None:
        """As a restart; meanwhile the disk has damaged the file of measurements."""
        self.run.off_until = CLOCK.true() + off
        self.run.world["damage"] = True
        self.living.stop("restart")

    def do_kill(self, steps: int, off: float) -> None:
        """The process is killed: at once, or when it has done so many more steps on its databases."""
        if not steps:
            self.living.die(off)
            return
        left, loop = [steps], asyncio.get_running_loop()

        def step(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                loop.call_soon_threadsafe(self.living.die, off)
            if left[0] <= 0:
                threading.Event().wait()  # never gets any further

        event.listen(Engine, "before_cursor_execute", step)
        event.listen(Engine, "commit", step)
        loop.call_later(600, self.living.die, off)

    # --- the disk -----------------------------------------------------------------------------

    def do_disk_full(self, **what: Any) -> None:
        """No file of this process may become any longer."""
        self._trouble(what["for"], "disk_has_room")
        self.living.disk_full(full=True)

    def do_disk_has_room(self) -> None:
        """They may again."""
        self.living.disk_full(full=False)
        self._no_trouble()

    def do_locked(self, **what: Any) -> None:
        """Another program writes into the database."""
        self._trouble(what["for"], "unlocked")
        self._holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, self.run.home / "csj_meter.db"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()

    def do_unlocked(self) -> None:
        """It has ended."""
        if self._holder is not None:
            self._holder.communicate(b"")
            self._holder = None
        self._no_trouble()

    def _trouble(self, seconds: float, end: str) -> None:
        self.run.trouble_since = CLOCK.true()
        self._later(seconds, end)

    def _no_trouble(self) -> None:
        # what has waited is written with the next minute
        self._later(180, "written")

    def do_written(self) -> None:
        """Everything that waited is on disk."""
        self.run.trouble_since = None

    # --- the clock ----------------------------------------------------------------------------

    def do_clock(self, by: float) -> None:
        """Somebody sets the clock of the machine."""
        wall = CLOCK.wall()
        CLOCK.ahead += by
        self.run.clocks.append((CLOCK.true(), by))
        # minutes that come twice hold either; around the jump, what is heard in a minute is not all of it
        first, last = sorted((wall, wall + by))
        span = int(first // 60) - 2, int(last // 60) + 3
        self.run.lost.append(span)
        self.run.twice.append(span)
        for episode in self.run.episodes:
            if not episode.judged:
                episode.muddled = True

    # --- people -------------------------------------------------------------------------------

    def do_channels(self, which: str, **what: Any) -> None:
        """A way to tell people does not work."""
        self.failing.add(which)
        self._later(what["for"], "channels_work", which=which)

    def do_channels_work(self, which: str) -> None:
        """It does again."""
        self.failing.discard(which)

    def do_edit(self, edit: str, line: int, unit: int) -> None:
        """Somebody changes a setting."""
        if self.living.hass is not None:
            self.living.task(getattr(self, f"_edit_{edit}")(line, unit))

    def _entry(self, line: int) -> ConfigEntry:
        assert self.living.hass is not None
        entries = self.living.hass.config_entries.async_entries(DOMAIN)
        return next(entry for entry in entries if entry.title == f"Line {line}")

    def _subentry(self, line: int, unit: int) -> ConfigSubentry | None:
        return next(
            (one for one in self._entry(line).subentries.values() if one.data["unit_id"] == unit), None
        )

    async def _edit_periods(self, line: int, unit: int) -> None:
        assert self.living.hass is not None
        entry = self._entry(line)
        period = 45 if entry.options.get("live_period") == 60 else 60
        self.living.hass.config_entries.async_update_entry(
            entry, options=entry.options | {"live_period": period}
        )

    async def _edit_rename(self, line: int, unit: int) -> None:
        if self.living.hass is not None and (subentry := self._subentry(line, unit)) is not None:
            self.living.hass.config_entries.async_update_subentry(
                self._entry(line), subentry, title=f"{subentry.title} B"
            )

    async def _edit_leave(self, line: int, unit: int) -> None:
        if self.living.hass is None or (subentry := self._subentry(line, unit)) is None:
            return
        for episode in self.run.episodes:
            episode.muddled |= episode.serial == subentry.unique_id and not episode.judged
        self.run.away[subentry.unique_id or ""] = (line, dict(subentry.data), subentry.title)
        self.living.hass.config_entries.async_remove_subentry(self._entry(line), subentry.subentry_id)
        self.living.observer.forget_sensors()
        self._later(5400, "back", serial=subentry.unique_id)

    def do_back(self, serial: str) -> None:
        """A meter that was removed is added again."""
        if self.living.hass is None:
            self._later(600, "back", serial=serial)
            return
        line, data, title = self.run.away.pop(serial)
        subentry = ConfigSubentry(
            data=MappingProxyType(data), subentry_type="meter", title=title, unique_id=serial
        )
        self.living.hass.config_entries.async_add_subentry(self._entry(line), subentry)
        self.living.observer.forget_sensors()

    async def _edit_role(self, line: int, unit: int) -> None:
        assert self.living.hass is not None
        settings = await async_site_settings(self.living.hass)
        serial = self.world.lines[line].meters[unit].nameplate.serial
        person = Person(user_id="an invented user", role=Role.TENANT, meters=(serial,))
        await settings.async_change_access(lambda access: access.with_person(person))

    async def _edit_threshold(self, line: int, unit: int) -> None:
        assert self.living.hass is not None
        settings = await async_site_settings(self.living.hass)
        await settings.async_set_threshold(
            Kind.HARMONIC_DISTORTION, self.world.lines[line].meters[unit].nameplate.serial, 9.0
        )

    async def _edit_quiet_hours(self, line: int, unit: int) -> None:
        assert self.living.hass is not None
        settings = await async_site_settings(self.living.hass)
        await settings.async_change_alerts(
            lambda alerts: replace(alerts, quiet_hours=QuietHours(enabled=True))
        )

    # --- money --------------------------------------------------------------------------------

    def do_top_up(self, line: int, unit: int, amount: int, key: str, rival: bool) -> None:
        """Somebody pays; sometimes somebody else at the same time."""
        meter = self.world.lines[line].meters[unit]
        if rival:
            meter.pay_in(2500, rival=True)  # type: ignore[call-arg]
        order = self.run.orders[key] = Order(key=key, serial=meter.nameplate.serial, cents=amount)
        if self.living.hass is not None:
            self.living.task(self.pay(order))

    async def pay(self, order: Order) -> None:
        """Ask until the answer is yes, as payment services do."""
        hass = self.living.hass
        assert hass is not None
        while not order.done and order.asked < MOST_ASKED:
            order.asked += 1
            device = device_of(hass, order.serial)
            if device is not None:
                data = {"device_id": device.id, "amount": f"{order.cents / 100:.2f}", "key": order.key}
                try:
                    await hass.services.async_call(
                        DOMAIN, "top_up", data, blocking=True, return_response=True
                    )
                except HomeAssistantError as err:
                    order.refused = str(err)
                    self.run.counts["payments that were asked for again"] += 1
                else:
                    order.done = True
                    return
            await asyncio.sleep(ASK_AGAIN)


def limit_files(*, full: bool) -> None:
    """Whether no file of this process may grow."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0 if full else hard, hard))


def damage(path: os.PathLike[str]) -> None:
    """Write rubbish into the middle of a file."""
    with open(path, "r+b") as file:  # noqa: PTH123 - nothing runs that could be held up
        file.seek(0, os.SEEK_END)
        size = file.tell()
        for place in range(4096, size, max(4096, size // 20)):
            file.seek(place)
            file.write(b"\xa5" * 2048)
