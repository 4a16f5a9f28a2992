"""A meter that only blinks: pulses of a counter become energy and power.

Pure arithmetic; somebody else watches the counter and says what it shows and when. A counter can
chatter (one pulse counted twice), dip (show zero for a moment while it starts), be set back, come back a
little behind and be exchanged; the energy never falls and never jumps because of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import math
from typing import Any, Final, Self

from .identity import Identity
from .quantities import Status
from .reading import Group, Reading

PULSE_PROFILE: Final = "pulse"
"""Stands where a profile's name stands for meters that are read over Modbus."""

MOST_POWER: Final = 100_000.0
"""Watts that no connection with a pulse meter in a home exceeds; faster pulses are no pulses."""

MOST_PULSES: Final = 2.0**53
"""Beyond that one pulse more changes nothing."""

MOST_ENERGY: Final = 1e9
"""kWh; as of other meters."""

LATEST: Final = 2.0**33
"""Seconds since 1970: the year 2242."""

SHORTEST_REPORT: Final = 60.0
"""Seconds over which a counter may save up its pulses and then tell them at once."""

AT_REST: Final = 900.0
"""Seconds without a pulse after which the power is zero, unless pulses come that rarely."""

ANEW: Final = 0.1
"""Share of what a counter showed: when it has fallen below, it counts from zero."""

_JOULES: Final = 3_600_000.0
"""In one kWh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseState:
    """What has to survive a restart."""

    count: float
    """What the counter showed last."""

    energy: float
    """Energy so far in kWh."""

    at: float
    """When the counter last moved, seconds since 1970-01-01 UTC."""

    counter_id: str = ""
    """Which counter showed it; empty where that was not kept yet."""

    def as_dict(self) -> dict[str, float | str]:
        """Plain data for storage."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The state that ``as_dict`` wrote. Raises ValueError when it is something else."""
        try:
            state = cls(
                count=float(data["count"]),
                energy=float(data["energy"]),
                at=float(data["at"]),
                counter_id=data.get("counter_id", ""),
            )
        except (KeyError, TypeError, OverflowError) as err:
            raise ValueError("not the state of a pulse counter") from err
        possible = (
            state.count <= MOST_PULSES
            and state.energy <= MOST_ENERGY
            and state.at <= LATEST
            and isinstance(state.counter_id, str)
        )
        figures = state.count, state.energy, state.at
        if not possible or not all(math.isfinite(figure) and figure >= 0 for figure in figures):
            raise ValueError("impossible state of a pulse counter")
        return state


class PulseCounter:
    """Energy and power from the readings of a counter."""

    def __init__(self, pulses_per_kwh: float, state: PulseState | None = None, counter_id: str = "") -> None:
        """Go on from ``state``; without one the first reading is the energy so far.

        When ``state`` is of a counter with another id, its energy goes on from the first reading.
        """
        if not math.isfinite(pulses_per_kwh) or pulses_per_kwh <= 0:
            raise ValueError(f"pulses per kWh must be above zero, not {pulses_per_kwh}")
        self.pulses_per_kwh = pulses_per_kwh
        self.bounces = 0
        """Pulses dropped because they followed too soon."""
        self.resets = 0
        """How often the counter was set back."""
        self._counter_id = counter_id
        self._state = state
        self._low: float | None = None
        self._interval: float | None = None
        self._pulses = 0.0

    @property
    def state(self) -> PulseState | None:
        """What to keep for the next start; None before the first reading."""
        return self._state

    @property
    def energy(self) -> float | None:
        """Energy so far in kWh; never falls."""
        return None if self._state is None else self._state.energy

    def observe(self, count: float, at: float) -> bool:
        """Take in that the counter showed ``count`` at ``at``; whether the energy has changed.

        ``at`` is in seconds since 1970-01-01 UTC. Raises ValueError on a count that is none.
        """
        if not 0 <= count <= MOST_PULSES:
            raise ValueError(f"a counter cannot show {count}")
        state = self._state
        if state is None:
            if count / self.pulses_per_kwh > MOST_ENERGY:
                raise ValueError(f"no meter has counted {count} pulses")
            self._state = self._shown(count, count / self.pulses_per_kwh, at)
            return True
        if state.counter_id != self._counter_id:  # what the two show has nothing to do with each other
            self._state = self._shown(count, state.energy, at)
            return False
        if count < state.count:
            return self._fell(state, count, at)
        self._low = None
        if count == state.count:
            return False
        return self._rose(state, count - state.count, count, at)

    def power(self, at: float) -> float | None:
        """Mean power in W since the last pulses; None before two of them, and after the clock was set back.

        Between pulses it can only have been less than a pulse by now would have meant.
        """
        if self._state is None or self._interval is None or at < self._state.at:
            return None
        waiting = at - self._state.at
        if waiting > max(AT_REST, 5 * self._interval):
            return 0.0
        return self._pulses / self.pulses_per_kwh * _JOULES / max(self._interval, waiting)

    def _shown(self, count: float, energy: float, at: float) -> PulseState:
        return PulseState(count=count, energy=energy, at=at, counter_id=self._counter_id)

    def _fell(self, state: PulseState, count: float, at: float) -> bool:
        """A lower count is a reset once the counter has gone on from there."""
        if self._low is None or count <= self._low:
            self._low = count
            return False
        low, self._low = self._low, None
        self.resets += 1
        # a counter that comes back a little behind has not begun at zero: only what it counts now is new
        anew = low <= ANEW * state.count and self._possible(count, at - state.at)
        pulses = count if anew else count - low
        if not self._possible(pulses, at - state.at):
            pulses = 0.0
        self._state = self._shown(count, state.energy + pulses / self.pulses_per_kwh, at)
        self._interval = None
        return pulses > 0

    def _rose(self, state: PulseState, pulses: float, count: float, at: float) -> bool:
        elapsed = at - state.at  # below zero where the clock was set back: how long it took nobody knows
        if pulses <= 1 and 0 <= elapsed < _JOULES / self.pulses_per_kwh / MOST_POWER:
            self.bounces += 1
            self._state = self._shown(count, state.energy, state.at)
            return False
        if not self._possible(pulses, elapsed):
            self.resets += 1
            self._state = self._shown(count, state.energy, at)
            self._interval = None
            return False
        self._state = self._shown(count, state.energy + pulses / self.pulses_per_kwh, at)
        # what was saved up and then told at once has not been used in that moment
        shortest = pulses / self.pulses_per_kwh * _JOULES / MOST_POWER
        self._interval = max(elapsed, shortest) if elapsed > 0 else None
        self._pulses = pulses
        return True

    def _possible(self, pulses: float, elapsed: float) -> bool:
        """Whether so many pulses can be energy at all."""
        return pulses / self.pulses_per_kwh * _JOULES <= MOST_POWER * max(elapsed, SHORTEST_REPORT)


class PulseMeter:
    """A pulse counter as a meter among the others: what it is, and its last readings."""

    quantities: Final = frozenset({"active_power", "energy_import"})
    """Canonical quantities that it offers."""

    status_bits: Final = Status(0)
    """A counter has no status."""

    def __init__(self, identity: Identity, counter: PulseCounter) -> None:
        """Present ``counter`` as the meter ``identity``."""
        self.identity = identity
        self.counter = counter
        self.readings: dict[Group, Reading] = {}

    def group_of(self, quantity: str) -> Group | None:
        """The group that brings ``quantity``."""
        return {"active_power": Group.LIVE, "energy_import": Group.ENERGY}.get(quantity)

    def refresh(self, at: float) -> frozenset[Group]:
        """Make the readings those of ``at``; the groups that have a value."""
        values: dict[Group, tuple[str, float | None]] = {
            Group.LIVE: ("active_power", self.counter.power(at)),
            Group.ENERGY: ("energy_import", self.counter.energy),
        }
        for group, (quantity, value) in values.items():
            if value is None:
                self.readings.pop(group, None)  # what was measured before the counter was reset is not of now
            else:
                self.readings[group] = Reading(group=group, values={quantity: value}, at=at)
        return frozenset(group for group, (_, value) in values.items() if value is not None)


def pulse_identity(serial: str, name: str) -> Identity:
    """Who a pulse meter is; ``serial`` names the counter, for want of a serial number."""
    return Identity(serial=serial, profile=PULSE_PROFILE, manufacturer="", model=name, phases=1, tariffs=1)
