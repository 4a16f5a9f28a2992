"""Judges what the product has done: alerts, messages, money, and the databases that it leaves behind.

It knows what happened from the meters themselves (``world``) and from who made it happen (``run``).
"""

from __future__ import annotations

from collections import Counter
import datetime as dt
from pathlib import Path
import sqlite3
from typing import Any, Final

from homeassistant.core import HomeAssistant

from custom_components.csj_meter.alerting.alerting import current_alerting
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.alerts.message import PAGES, MessageState
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import ON_THE_METER, UNSETTLED, MovementState

from .clock import CLOCK
from .run import Episode, Run
from .world import World

EXPOSED: Final = 600.0
"""Seconds of a fault that must lead to an alert."""

OVER: Final = 1500.0
"""Seconds after which the alert must have cleared."""

ALERT_KINDS: Final = {
    "voltage_sag": "voltage_sag",
    "voltage_swell": "voltage_swell",
    "phase_loss": "phase_loss",
    "meter_dead": "meter_silent",
    "cover_opened": "tamper",
}
"""Fault -> the alert that it must lead to."""

TOLD: Final = frozenset({MessageState.DELIVERED, MessageState.SENDING, MessageState.MERGED})
"""States of a message that is told, by itself or as a part of one about several alerts."""


class Judge:
    """Judges, and notes what is wrong in ``run``."""

    def __init__(self, run: Run, world: World) -> None:
        self.run = run
        self.world = world

    def look_at_alerts(self) -> None:
        """Each fault has led to exactly one alert, which has cleared; and nothing else to any."""
        run = self.run
        for episode in run.episodes:
            if not episode.judged and episode.after >= OVER:
                episode.judged = True
                self._judge(episode)
        confirmed = Counter(one["alert_id"] for one in run.alerts if one["type"] == "confirmed")
        for alert, count in confirmed.items():
            if count > 1 and run.counts[f"told twice {alert}"] == 0:
                run.counts[f"told twice {alert}"] = 1
                run.violated(f"alert {alert} was confirmed {count} times")
        for one in run.alerts:
            if one["type"] == "confirmed" and not one["seen"]:
                one["seen"] = True
                self._explain(one)

    def _judge(self, episode: Episode) -> None:
        run, kind = self.run, ALERT_KINDS[episode.fault]
        before, mine, over = (
            [
                one
                for one in run.alerts
                if one["kind"] == kind and one["serial"] == episode.serial and since <= one["true"] <= until
            ]
            for since, until in (
                (0.0, episode.since - 300),
                (episode.since - 300, episode.until + OVER),
                (episode.since - 300, (episode.heard_from or episode.until) + OVER),
            )
        )
        confirmed = {one["alert_id"] for one in mine if one["type"] == "confirmed"}
        cleared = {one["alert_id"] for one in over if one["type"] == "cleared"}
        if not confirmed:
            # who is silent for the noise on the line when it dies has one alert about both
            confirmed = cleared & {one["alert_id"] for one in before if one["type"] == "confirmed"}
        if episode.muddled:
            run.counts["faults in which the clock was set"] += 1
            return
        if episode.exposed >= EXPOSED:
            run.counts["faults that must be told"] += 1
            if len(confirmed) != self._alerts_of(episode):
                run.violated(f"{episode} has led to {len(confirmed)} alerts")
            if confirmed - cleared:
                run.violated(f"{episode}: the alert has not cleared")
        elif len(confirmed) > self._alerts_of(episode):
            run.violated(f"{episode} has led to {len(confirmed)} alerts")

    def _alerts_of(self, episode: Episode) -> int:
        """How many alerts a fault has: of a voltage, one a phase."""
        if episode.fault in {"voltage_sag", "voltage_swell"}:
            return self.world.meters[episode.serial].nameplate.model.phases
        return 1

    def _explain(self, alert: dict[str, Any]) -> None:
        """Why there is an alert."""
        run = self.run
        if alert["kind"] not in ALERT_KINDS.values():
            run.counts[f"alerts of homes: {alert['kind']}"] += 1
            return
        if any(
            (episode.serial == alert["serial"] or alert["serial"] is None)
            and episode.since - 120 <= alert["true"] <= episode.until + 900
            for episode in run.episodes
        ):
            return
        silent = alert["kind"] == "meter_silent"
        if silent and any(
            since <= alert["true"] <= until + 900 and alert["serial"] in {None, *self._serials(line)}
            for line, since, until in run.outages
        ):
            run.counts["alerts of outages of a line"] += 1
            return
        if silent and any(
            since <= alert["true"] <= until + 900 and alert["serial"] in {None, *self._serials(line)}
            for line, since, until in run.noises
        ):
            run.counts["alerts of a noisy line"] += 1  # who loses the second try as well does not answer
            return
        run.violated(f"alert without a reason: {alert['kind']} of {alert['serial']}: {alert['message']}")

    def _serials(self, line: int) -> set[str]:
        return {meter.nameplate.serial for meter in self.world.lines[line].meters.values()}

    async def look_at_messages(self, hass: HomeAssistant) -> None:
        """Nobody is told twice, and everybody is told."""
        alerting = current_alerting(hass)
        if alerting is None:
            return
        now = CLOCK.wall()
        messages = await alerting.async_read(lambda store: store.messages(_moment(now - 4 * 86_400)))
        pages = Counter(
            (alert, message.channel, message.reason)
            for message in messages
            if message.reason in PAGES and message.state in TOLD and len(message.alerts) == 1
            for alert in message.alerts
        )
        self.run.counts["messages"] = max(self.run.counts["messages"], len(messages))
        for (alert, channel, reason), count in pages.items():
            if count > 1:
                self.run.violated(f"{channel} was told {count} times that alert {alert} is {reason}")
        for message in messages:
            age = now - message.created_at.timestamp()
            if message.state is MessageState.SENDING and age > 7200:
                self.run.violated(f"message {message.id} is being sent for {age:.0f} s")
        active = [alert for alert in alerting.desk.alerts if alert.state is not AlertState.CLEARED]
        self.run.counts["alerts open at most"] = max(self.run.counts["alerts open at most"], len(active))

    def look_at_money(self, path: Path) -> None:
        """What the ledger says is what was really put on the meters, each order once."""
        run = self.run
        if not path.exists():
            return
        ledger = Ledger.at(path)
        try:
            movements = ledger.movements()
        finally:
            ledger.close()
        for serial in {booking.serial for booking in run.booked}:
            mine = [one for one in movements if one.serial == serial]
            if any(one.state in UNSETTLED for one in mine):
                run.counts["meters with money under way"] += 1
                continue
            ours = [one for one in mine if one.state is MovementState.DONE]
            on_meter = Counter(one.count for one in mine if one.state in ON_THE_METER)
            if max(on_meter.values(), default=1) > 1:
                run.violated(f"ledger: one top-up of meter {serial} is written down twice: {on_meter}")
            said = sum(round(float(one.amount or 0) * 100) for one in ours)
            booked = sum(one.cents for one in run.booked if one.serial == serial and not one.rival)
            if said != booked:
                run.violated(f"ledger: meter {serial} got {booked / 100:.2f}, not {said / 100:.2f}")
            keys = Counter(one.key for one in ours)
            for order in run.orders.values():
                if order.serial == serial and keys[order.key] > 1:
                    run.violated(f"ledger: {order} was carried out {keys[order.key]} times")
                if order.serial == serial and order.done and keys[order.key] != 1:
                    run.violated(f"ledger: {order} was called done, and was done {keys[order.key]} times")
        run.counts["times the ledger was compared"] += 1


def look_at_files(run: Run) -> None:
    """Whatever has happened to the process, the databases that it left are sound."""
    for path in sorted(run.home.glob("csj_meter*.db")):
        connection = sqlite3.connect(path)
        try:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as err:
            found = str(err)
        finally:
            connection.close()
        if found != "ok":
            run.violated(f"{path.name} is damaged: {found}")
        run.counts["files looked at"] += 1


def _moment(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)
