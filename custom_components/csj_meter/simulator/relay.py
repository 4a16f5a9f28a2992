"""The supply relay: what it has been told, what opens and closes it, and when.

In automatic mode the contact is open while there is a reason: the balance is below the overdraft
limit (looked at every whole minute, and whenever money comes in), an overload has lasted too
long, the cover has been opened, the voltage is dangerous. Forced modes know no reasons.
``live`` works out what has happened since it was last asked, so it does not matter how often
that is.
"""

from __future__ import annotations

from enum import IntEnum
import math
from typing import TYPE_CHECKING, Final

from .faults import ELECTRICAL, FaultKind
from .models import Capability

if TYPE_CHECKING:
    from .meter import SimulatedMeter

ENDURANCE: Final = 60.0
"""Seconds that twice the maximum current may flow; 1.2 times flows for five of these."""

DANGEROUS: Final = 1.25
"""Share of its usual voltage at which a home is disconnected."""

ENOUGH: Final = 1 - 1e-6
"""Of what it endures; times are not known better than that."""

NOTHING: Final = 1e-9
"""In the currency: what the balance may be wrong by."""


class RelayMode(IntEnum):
    """What the relay has been told."""

    AUTOMATIC = 0
    FORCED_CLOSED = 1
    FORCED_OPEN = 2


class RelayCause(IntEnum):
    """Why the contact is open."""

    NONE = 0
    ARREARS = 1
    OVERLOAD = 2
    REMOTE = 3
    TAMPER = 4
    VOLTAGE = 5


class Relay:
    """The relay of one meter; times are the meter's own."""

    def __init__(self, meter: SimulatedMeter) -> None:
        """Sit in ``meter``."""
        self._meter = meter
        self._heat = 0.0
        """Share of what it endures, 0..1."""

    @property
    def fitted(self) -> bool:
        """Whether the meter has a relay at all."""
        return Capability.RELAY in self._meter.capabilities

    @property
    def closed(self) -> bool:
        """Where the contact is now."""
        contact = self._meter.state.contact
        return not contact or contact[-1].closed

    def command(self, mode: RelayMode, time: float) -> None:
        """Do as told; that somebody has looked after an overload is taken for granted."""
        self._meter.state.relay_mode = mode
        self._meter.state.overloaded = False
        self.judge(time)

    def live(self, since: float, until: float) -> None:
        """Let time pass: count what faults make of the energy, move when there is a reason to."""
        meter = self._meter
        disturbed = bool(meter.faults) and any(meter.faults.on(kind, meter.unit_id) for kind in ELECTRICAL)
        time = since
        while time < until:
            end, due = self._next(time, until, disturbed)
            if disturbed and self.closed:
                meter.extra.count(meter.connection, meter.counted.calendar, time, end)
            self._warm_up(end - time)
            time = end
            if due:
                self.judge(time)

    def _next(self, time: float, until: float, disturbed: bool) -> tuple[float, bool]:
        """The next moment that may move the contact, at most ``until``; and whether there is one."""
        end, due = until, False
        if not self._free():
            return end, due
        minute = 60.0 * (time // 60 + 1)
        if self._prepaid and (minute <= end or not self.closed):
            # the long sums of an account are not done for a moment at which nothing can happen
            purchases = self._meter.account.bought(time, until)
            if purchases and purchases[0].time <= end:
                end, due = purchases[0].time, True
        if not self.closed:
            return end, due
        if (excess := self._excess()) > 0 and time + (1 - self._heat) * ENDURANCE / excess <= end:
            end, due = time + (1 - self._heat) * ENDURANCE / excess, True
        if self._prepaid and minute <= end:
            if not disturbed:
                minute = self._first_minute_in_arrears(minute, end)
            if minute <= end:
                end, due = minute, True
        return end, due

    def _first_minute_in_arrears(self, first: float, last: float) -> float:
        """The first whole minute from ``first`` to ``last`` at which the money is gone, or infinity.

        Undisturbed and without top-ups the balance only falls, so there is one such moment.
        """
        low, high = 0, math.floor((last - first) / 60)
        if not self._in_arrears(first + 60 * high):
            return math.inf
        while low < high:
            middle = (low + high) // 2
            if self._in_arrears(first + 60 * middle):
                high = middle
            else:
                low = middle + 1
        return first + 60 * high

    @property
    def _prepaid(self) -> bool:
        return Capability.PREPAY in self._meter.capabilities

    def _in_arrears(self, time: float) -> bool:
        meter = self._meter
        return meter.account.at(time).balance <= NOTHING - meter.settings.overdraft_limit

    def _free(self) -> bool:
        """Whether the relay may move on its own."""
        meter = self._meter
        return (
            self.fitted
            and meter.state.relay_mode == RelayMode.AUTOMATIC
            and not meter.faults.on(FaultKind.RELAY_STUCK, meter.unit_id)
            and meter.powered
        )

    def _excess(self) -> float:
        """How far the current is above the maximum, as a share of it."""
        overload = self._meter.faults.on(FaultKind.OVERLOAD, self._meter.unit_id)
        return overload.size - 1 if overload else 0.0

    def _warm_up(self, seconds: float) -> None:
        excess = self._excess()
        if excess <= 0 or not self.closed:
            self._heat = 0.0
        elif self._free():
            self._heat += seconds * excess / ENDURANCE
            if self._heat >= ENOUGH:
                self._heat = 0.0
                self._meter.state.overloaded = True

    def judge(self, time: float) -> None:
        """Look at mode and reasons, and move the contact unless it is stuck."""
        meter = self._meter
        if not self.fitted or not meter.powered or meter.faults.on(FaultKind.RELAY_STUCK, meter.unit_id):
            return
        cause = self._reason(time)
        if self.closed == (cause is not RelayCause.NONE):
            meter.counted.contact.move(time, not self.closed)
            meter.counted.changed(time)
            meter.log(5 if self.closed else 4, cause, at=meter.utc(time))
        if meter.state.relay_cause != cause:
            meter.state.relay_cause = cause
            meter.mirror(meter.utc(time))

    def _reason(self, time: float) -> RelayCause:
        """Why the contact has to be open, if it has."""
        state = self._meter.state
        match state.relay_mode:
            case RelayMode.FORCED_OPEN:
                return RelayCause.REMOTE
            case RelayMode.FORCED_CLOSED:
                return RelayCause.NONE
        if state.cover_opened:
            return RelayCause.TAMPER
        if self._meter.connection.factors().max() > DANGEROUS:
            return RelayCause.VOLTAGE
        if state.overloaded:
            return RelayCause.OVERLOAD
        if self._prepaid and self._in_arrears(time):
            return RelayCause.ARREARS
        return RelayCause.NONE
