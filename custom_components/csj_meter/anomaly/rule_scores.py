"""Scores of the rules: what a sample says by itself, and by a few habits of its meter. 1 = the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..meters.quantities import Status
from .channels import FIRST, Limits, rows_of_kind
from .habits import Habits
from .intake import CURRENT, ROW, VOLTAGE, VOLTAGE_THD
from .kinds import Kind
from .memory import Bools, Floats, Memory
from .meter import WatchedMeter
from .stretch import Stretch

WELL: Final = 0.78
"""Share of nominal from which a phase is well enough to show that another one is lost."""

DEEP: Final = 0.9
"""Share of nominal below which a voltage gives way (EN 50160: the lower end of what is normal)."""

LOADED: Final = 20.0
"""A of mean current from which unbalance means something."""

MORE_THAN_USUAL: Final = 10.0
"""Points of unbalance above the habit."""

REST_CURRENT: Final = 0.05
REST_POWER: Final = 5.0
"""A and W below which a meter rests: twice the starting current of a class 1 meter (IEC 62053-21)."""

NOTEWORTHY: Final = 500.0
"""W from which a power factor matters."""

LONGEST_EQUAL: Final = 25
"""Samples in a row that may be equal whatever the habit."""

UNKNOWN_EQUAL: Final = 60.0
"""And as long as there is no habit."""

_CLOSED_BIT, _COVER_BIT, _OVERLOAD_BIT = (
    int(bit) for bit in (Status.RELAY_CLOSED, Status.COVER_OPENED, Status.OVERLOAD)
)

_VOLTAGE_SAG, _UNDERVOLTAGE, _VOLTAGE_SWELL, _PHASE_LOSS, _HARMONIC_DISTORTION, _OVERLOAD, _SHORT_CIRCUIT = (
    rows_of_kind(kind)
    for kind in (
        Kind.VOLTAGE_SAG,
        Kind.UNDERVOLTAGE,
        Kind.VOLTAGE_SWELL,
        Kind.PHASE_LOSS,
        Kind.HARMONIC_DISTORTION,
        Kind.OVERLOAD,
        Kind.SHORT_CIRCUIT,
    )
)
"""The rows of the three phases."""


class RuleScores:
    """Rules, for meters that stay as they are."""

    def __init__(
        self, memory: Memory, habits: Habits, meters: Sequence[WatchedMeter], limits: Limits
    ) -> None:
        """Judge the samples of ``meters`` by ``limits``."""
        self._arrays = memory
        self._habits = habits
        self._limits = limit = limits.threshold
        self._interval = np.array([meter.interval for meter in meters], np.int64)
        self._nominal = np.array([meter.rated_voltage for meter in meters])
        self._three = np.array([meter.phases == 3 for meter in meters], np.bool_)
        self._largest = np.array([meter.max_current or np.nan for meter in meters])
        self._relay = np.array([meter.has_relay for meter in meters], np.bool_)
        self._exporter = np.array([meter.may_export for meter in meters], np.bool_)
        ct_ratio = np.array([meter.ct_ratio for meter in meters])
        self._rest_current = REST_CURRENT * ct_ratio
        self._zero_current = limit[Kind.ZERO_CURRENT] * ct_ratio
        self._most_unbalance = np.where(self._three, limit[Kind.PHASE_IMBALANCE], np.nan)
        self._everybody = np.ones(len(meters), np.bool_)
        trouble = (limit[Kind.VOLTAGE_SAG], limit[Kind.OUTAGE], limit[Kind.PHASE_LOSS])
        self._trouble = np.maximum(np.maximum.reduce(trouble), WELL)
        """Share of nominal below which a voltage may be in any of the troubles that explain others."""
        self.refresh()

    def refresh(self) -> None:
        """Work out anew what follows from habits, when something was learnt."""
        arrays, limit = self._arrays, self._limits
        rest = np.where(arrays["never_rested"], REST_POWER, np.nan)
        self._least = np.fmax(rest, limit[Kind.LOAD_COLLAPSE] * arrays["rest_limit"])
        self._little = self._least * 1.1
        usual = arrays["equal_record"] * limit[Kind.METER_FROZEN]
        self._most_equal = np.fmax(np.where(np.isnan(usual), UNKNOWN_EQUAL, usual), LONGEST_EQUAL)

    def judge(self, said: Stretch, scores: Floats) -> None:
        """Write the scores of some minutes into ``scores`` (channels, minutes, meters), in which all are NaN.

        They stay so where a rule cannot tell. What a meter says changes nothing for another one. Nothing is
        remembered yet but noted in ``Habits``.
        """
        self._habits.begin()
        values, told = said.values, said.told
        supplied, share = self._everybody, None
        if any(told[VOLTAGE]):
            share = values[VOLTAGE] / self._nominal
            supplied = self._judge_voltage(values[VOLTAGE], share, scores)
        if all(told[CURRENT]) and np.count_nonzero(self._three):
            self._judge_current_balance(said, scores)
        if told[ROW["frequency"]]:
            self._judge_frequency(values[ROW["frequency"]], scores)
        if any(told[VOLTAGE_THD]):
            most = self._limits[Kind.HARMONIC_DISTORTION]
            np.divide(values[VOLTAGE_THD], most, out=scores[_HARMONIC_DISTORTION])
        if told[ROW["status"]]:
            supplied = self._judge_status(said, scores, supplied)
        if any(told[CURRENT]) or told[ROW["active_power"]]:
            strongest = _strongest(values[CURRENT])
            self._note_rest(said, strongest, supplied)
            self._judge_current(said, share, strongest, scores, supplied)
        if told[ROW["active_power"]]:
            self._judge_power(said, scores, supplied)
        if said.frozen is not None:
            # it need not be compared; when it is, after a restart, it has stood still for long already
            np.copyto(scores[FIRST[Kind.METER_FROZEN]], 1.0, where=said.frozen)
            self._habits.note_frozen(said.frozen, self._most_equal)

    def _judge_voltage(self, voltage: Floats, share: Floats, scores: Floats) -> Bools:
        """Who is supplied."""
        limit = self._limits
        best = _strongest(share)
        np.divide(limit[Kind.OUTAGE], best, out=scores[FIRST[Kind.OUTAGE]])
        np.divide(limit[Kind.VOLTAGE_SAG], share, out=scores[_VOLTAGE_SAG])
        np.divide(limit[Kind.UNDERVOLTAGE], share, out=scores[_UNDERVOLTAGE])
        np.divide(share, limit[Kind.VOLTAGE_SWELL], out=scores[_VOLTAGE_SWELL])
        loss = scores[_PHASE_LOSS]
        np.multiply(share, 0.0, out=loss)
        imbalance = scores[FIRST[Kind.PHASE_IMBALANCE]]
        if np.count_nonzero(self._three):
            np.divide(unbalance_of(voltage), self._most_unbalance, out=imbalance)
        if not np.count_nonzero(share < self._trouble):
            return self._everybody
        low = share < limit[Kind.VOLTAGE_SAG]
        dark = best < limit[Kind.OUTAGE]
        lost = (share < limit[Kind.PHASE_LOSS]) & (best >= WELL) & self._three
        np.divide(limit[Kind.PHASE_LOSS], share, out=loss, where=lost)
        scores[_UNDERVOLTAGE][low] = 0.0
        scores[_VOLTAGE_SAG][(lost | dark) & ~np.isnan(share)] = 0.0
        imbalance[(lost.any(axis=0) | dark) & self._three] = 0.0
        supplied: Bools = ~(best < WELL)
        return supplied

    def _judge_current_balance(self, said: Stretch, scores: Floats) -> None:
        current = said.values[CURRENT]
        mean = (current[0] + current[1] + current[2]) / 3
        row = scores[FIRST[Kind.CURRENT_IMBALANCE]]
        np.multiply(mean, 0.0, out=row, where=self._three)
        loaded = self._three & (mean > LOADED)
        if not np.count_nonzero(loaded):
            return
        percent = np.where(loaded, unbalance_of(current), np.nan)
        usual = self._arrays["usual_unbalance"]
        most = np.maximum(self._limits[Kind.CURRENT_IMBALANCE], usual + MORE_THAN_USUAL)
        np.divide(percent, most, out=row, where=loaded)
        before = said.seen(self._arrays["last_seen"])[:-1]
        weight = np.where(before < 0, self._interval, np.minimum(said.minutes - before, self._interval))
        self._habits.note_unbalance(percent, weight)

    def _judge_frequency(self, frequency: Floats, scores: Floats) -> None:
        nominal: Floats | float = 50.0
        percent = np.abs(frequency - nominal)
        usual = np.count_nonzero(percent <= 5) == percent.size
        if not usual:
            nominal = np.where(frequency > 55, 60.0, 50.0)
            percent = np.abs(frequency - nominal)
        percent /= nominal
        percent *= 100
        row = scores[FIRST[Kind.FREQUENCY]]
        np.divide(percent, self._limits[Kind.FREQUENCY], out=row)
        if not usual:
            row[~(frequency > 0)] = np.nan

    def _judge_status(self, said: Stretch, scores: Floats, supplied: Bools) -> Bools:
        """Who is supplied; whose relay is open uses nothing, and that is right."""
        values, unknown = said.values[ROW["status"]], said.unknown[ROW["status"]]
        tamper, overload = scores[FIRST[Kind.TAMPER]], scores[_OVERLOAD]
        if np.count_nonzero(values == _CLOSED_BIT) == values.size:
            tamper[:] = overload[0] = 0.0
            np.copyto(overload[1:], 0.0, where=self._three)
            return supplied
        status = np.where(unknown, 0, values).astype(np.int64)
        tamper[:] = np.where(unknown, np.nan, (status & _COVER_BIT) != 0)
        overload[0] = np.where(unknown, np.nan, (status & _OVERLOAD_BIT) != 0)
        np.copyto(overload[1:], overload[0], where=self._three)
        closed: Bools = unknown | ((status & _CLOSED_BIT) != 0)
        return supplied & (closed | ~self._relay)

    def _note_rest(self, said: Stretch, strongest: Floats, supplied: Bools) -> None:
        """Note who uses nothing: by its current, or by its power where it tells no current."""
        unknown = said.unknown[CURRENT]
        rests = strongest < self._rest_current
        known = said.fresh
        if np.count_nonzero(unknown):
            blind = unknown.all(axis=0)
            rests |= blind & (np.abs(said.power) < REST_POWER)
            known = known & ~(blind & ~said.powered)
        self._habits.note("rested", rests & supplied, known)

    def _judge_current(
        self, said: Stretch, share: Floats | None, strongest: Floats, scores: Floats, supplied: Bools
    ) -> None:
        limit, current, unknown = self._limits, said.values[CURRENT], said.unknown[CURRENT]
        times = current / self._largest
        overload = scores[_OVERLOAD]
        np.fmax(overload, times / limit[Kind.OVERLOAD], out=overload)
        if np.count_nonzero(unknown):
            # who tells no current at all is judged by its status
            overload[unknown & ~unknown.all(axis=0)] = np.nan
        short = scores[_SHORT_CIRCUIT]
        np.multiply(times, 0.0, out=short)
        row = scores[FIRST[Kind.ZERO_CURRENT]]
        np.multiply(strongest, 0.0, out=row)
        # without a voltage nobody can tell an outage from a meter that reads nothing
        if share is not None:
            if np.count_nonzero(deep := share < DEEP):
                np.divide(times, limit[Kind.SHORT_CIRCUIT], out=short, where=deep)
            judged = self._arrays["never_rested"] & supplied
            if np.count_nonzero(dark := said.unknown[VOLTAGE]):
                judged = judged & ~np.logical_and.reduce(dark, axis=0)
            np.divide(self._zero_current, strongest, out=row, where=judged)

    def _judge_power(self, said: Stretch, scores: Floats, supplied: Bools) -> None:
        limit, arrays, values = self._limits, self._arrays, said.values
        power, known = said.power, said.powered
        collapse, export = scores[FIRST[Kind.LOAD_COLLAPSE]], scores[FIRST[Kind.REVERSE_ENERGY]]
        np.multiply(power, 0.0, out=collapse)
        export[:] = collapse
        if said.told[ROW["power_factor"]]:
            factor, row = values[ROW["power_factor"]], scores[FIRST[Kind.POWER_FACTOR]]
            np.multiply(factor, 0.0, out=row)
            row += collapse
            np.divide(limit[Kind.POWER_FACTOR], np.abs(factor), out=row, where=power > NOTEWORTHY)
        # what reads no current is found by its current
        # a little above it as well: the score tells when it is over
        little = power < self._little
        if np.count_nonzero(little):
            low = supplied & little & (power >= 0) & ~(scores[FIRST[Kind.ZERO_CURRENT]] >= 1)
            np.divide(self._least, power, out=collapse, where=low)
        back = power < -REST_POWER
        self._habits.note("exported", back, known)
        if np.count_nonzero(back):
            stranger = back & arrays["never_exported"] & ~self._exporter
            np.divide(-power, limit[Kind.REVERSE_ENERGY], out=export, where=stranger)
        # everything that a meter measures stands still, to the last digit; the bits of NaN are equal too
        before = said.before(arrays["last_values"])
        equal = (power == before[ROW["active_power"]]) & known & (power != 0)
        if np.count_nonzero(equal):
            equal &= np.logical_and.reduce(values.view(np.int64) == before.view(np.int64), axis=0)
        rows = self._habits.note("equal", equal, known)
        frozen = scores[FIRST[Kind.METER_FROZEN]]
        if rows is None:
            np.copyto(frozen, 0.0, where=known)
        else:
            np.divide(rows, self._most_equal, out=frozen, where=known)


def _strongest(phases: Floats) -> Floats:
    """The largest of three phases that is known."""
    strongest: Floats = np.fmax(np.fmax(phases[0], phases[1]), phases[2])
    return strongest


def unbalance_of(phases: Floats) -> Floats:
    """Largest deviation from the mean over the mean, in %, of values of shape (3, meters).

    NEMA MG 1-14.36. NaN where a phase is missing or all are zero.
    """
    mean = (phases[0] + phases[1] + phases[2]) / 3
    deviation = np.abs(phases - mean)
    largest: Floats = np.maximum(np.maximum(deviation[0], deviation[1]), deviation[2])
    largest /= mean
    largest *= 100
    some = mean > 0
    if np.count_nonzero(some) < some.size:
        largest[~some] = np.nan
    return largest
