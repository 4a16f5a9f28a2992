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
        self._limits = limits
        self._nominal = np.array([meter.rated_voltage for meter in meters])
        self._three = np.array([meter.phases == 3 for meter in meters], np.bool_)
        self._largest = np.array([meter.max_current or np.nan for meter in meters])
        self._ct = np.array([meter.ct_ratio for meter in meters])
        self._relay = np.array([meter.has_relay for meter in meters], np.bool_)
        self._exporter = np.array([meter.may_export for meter in meters], np.bool_)
        self.refresh()

    def refresh(self) -> None:
        """Work out anew what follows from habits; they change when a day is over."""
        arrays, limit = self._arrays, self._limits.threshold
        rest = np.where(arrays["never_rested"], REST_POWER, np.nan)
        self._least = np.fmax(rest, limit[Kind.LOAD_COLLAPSE] * arrays["rest_limit"])
        usual = arrays["equal_record"] * limit[Kind.METER_FROZEN]
        self._most_equal = np.fmax(np.where(np.isnan(usual), UNKNOWN_EQUAL, usual), LONGEST_EQUAL)

    def judge(self, values: Floats, fresh: Bools, weight: Floats, scores: Floats) -> None:
        """Write the scores of one minute into ``scores`` (channels, meters), in which all are NaN.

        They stay so where a rule cannot tell. To be called before ``last_values`` are those of this minute.
        """
        told: Bools = np.logical_or.reduce(~np.isnan(values), axis=1)
        supplied = np.ones(len(fresh), np.bool_)
        if told[VOLTAGE].any():
            self._judge_voltage(values, weight, scores, supplied, told)
        if told[ROW["frequency"]]:
            self._judge_frequency(values[ROW["frequency"]], scores)
        if told[VOLTAGE_THD].any():
            most = self._limits.threshold[Kind.HARMONIC_DISTORTION]
            np.divide(values[VOLTAGE_THD], most, out=scores[_HARMONIC_DISTORTION])
        if told[ROW["status"]]:
            self._judge_status(values[ROW["status"]], scores, supplied)
        if told[CURRENT].any():
            self._judge_current(values, fresh, scores, supplied)
        if told[ROW["active_power"]]:
            self._judge_power(values, fresh, scores, supplied, told)

    def _judge_voltage(
        self, values: Floats, weight: Floats, scores: Floats, supplied: Bools, told: Bools
    ) -> None:
        """Also takes those from ``supplied`` who have no voltage."""
        limit, voltage = self._limits.threshold, values[VOLTAGE]
        share = voltage / self._nominal
        best = np.fmax(np.fmax(share[0], share[1]), share[2])
        np.divide(limit[Kind.OUTAGE], best, out=scores[FIRST[Kind.OUTAGE]])
        low = share < limit[Kind.VOLTAGE_SAG]
        np.divide(limit[Kind.VOLTAGE_SAG], share, out=scores[_VOLTAGE_SAG])
        np.divide(limit[Kind.UNDERVOLTAGE], share, out=scores[_UNDERVOLTAGE])
        np.divide(share, limit[Kind.VOLTAGE_SWELL], out=scores[_VOLTAGE_SWELL])
        loss = scores[_PHASE_LOSS]
        np.multiply(share, 0.0, out=loss)
        explained = np.zeros(len(best), np.bool_)
        if low.any():
            supplied &= ~(best < WELL)
            dark = best < limit[Kind.OUTAGE]
            lost = (share < limit[Kind.PHASE_LOSS]) & (best >= WELL) & self._three
            np.divide(limit[Kind.PHASE_LOSS], share, out=loss, where=lost)
            scores[_UNDERVOLTAGE][low] = 0.0
            scores[_VOLTAGE_SAG][(lost | dark) & ~np.isnan(share)] = 0.0
            explained = lost.any(axis=0) | dark
        if self._three.any():
            unbalance = unbalance_of(voltage) / limit[Kind.PHASE_IMBALANCE]
            unbalance[explained] = 0.0
            np.copyto(scores[FIRST[Kind.PHASE_IMBALANCE]], unbalance, where=self._three)
            if told[CURRENT].all():
                self._judge_current_balance(values[CURRENT], weight, scores)

    def _judge_current_balance(self, current: Floats, weight: Floats, scores: Floats) -> None:
        mean = (current[0] + current[1] + current[2]) / 3
        row = scores[FIRST[Kind.CURRENT_IMBALANCE]]
        np.multiply(mean, 0.0, out=row, where=self._three)
        loaded = self._three & (mean > LOADED)
        if not loaded.any():
            return
        percent = np.where(loaded, unbalance_of(current), np.nan)
        usual = self._arrays["usual_unbalance"]
        most = np.maximum(self._limits.threshold[Kind.CURRENT_IMBALANCE], usual + MORE_THAN_USUAL)
        np.divide(percent, most, out=row, where=loaded)
        self._habits.note_unbalance(percent, weight)

    def _judge_frequency(self, frequency: Floats, scores: Floats) -> None:
        nominal = np.where(frequency > 55, 60.0, 50.0)
        percent = np.abs(frequency - nominal) / nominal * 100
        row = scores[FIRST[Kind.FREQUENCY]]
        np.divide(percent, self._limits.threshold[Kind.FREQUENCY], out=row, where=frequency > 0)

    def _judge_status(self, said: Floats, scores: Floats, supplied: Bools) -> None:
        """Also takes those from ``supplied`` whose relay is open: they use nothing, and that is right."""
        told = ~np.isnan(said)
        status = np.where(told, said, 0).astype(np.int64)
        scores[FIRST[Kind.TAMPER]] = np.where(told, (status & _COVER_BIT) != 0, np.nan)
        supplied &= ~(self._relay & told & ((status & _CLOSED_BIT) == 0))
        overload = scores[_OVERLOAD]
        overload[0] = np.where(told, (status & _OVERLOAD_BIT) != 0, np.nan)
        np.copyto(overload[1:], overload[0], where=self._three)

    def _judge_current(self, values: Floats, fresh: Bools, scores: Floats, supplied: Bools) -> None:
        limit, current = self._limits.threshold, values[CURRENT]
        share = values[VOLTAGE] / self._nominal
        times = current / self._largest
        overload = scores[_OVERLOAD]
        np.fmax(overload, times / limit[Kind.OVERLOAD], out=overload)
        overload[np.isnan(current)] = np.nan
        short = scores[_SHORT_CIRCUIT]
        np.multiply(times, 0.0, out=short)
        np.divide(times, limit[Kind.SHORT_CIRCUIT], out=short, where=share < DEEP)
        strongest = np.fmax(np.fmax(current[0], current[1]), current[2])
        rests = (strongest < REST_CURRENT * self._ct) & supplied
        self._habits.note("rested", rests, fresh & ~np.isnan(strongest))
        row = scores[FIRST[Kind.ZERO_CURRENT]]
        np.multiply(strongest, 0.0, out=row)
        # without a voltage nobody can tell an outage from a meter that reads nothing
        judged = self._arrays["never_rested"] & supplied & ~np.isnan(share).all(axis=0)
        np.divide(limit[Kind.ZERO_CURRENT] * self._ct, strongest, out=row, where=judged)

    def _judge_power(
        self, values: Floats, fresh: Bools, scores: Floats, supplied: Bools, told: Bools
    ) -> None:
        limit, arrays = self._limits.threshold, self._arrays
        power = values[ROW["active_power"]]
        known = fresh & ~np.isnan(power)
        if told[ROW["power_factor"]]:
            factor, row = values[ROW["power_factor"]], scores[FIRST[Kind.POWER_FACTOR]]
            np.multiply(factor, 0.0, out=row)
            np.divide(limit[Kind.POWER_FACTOR], np.abs(factor), out=row, where=power > NOTEWORTHY)
        blind = np.isnan(values[CURRENT]).all(axis=0)
        if blind.any():
            self._habits.note("rested", (np.abs(power) < REST_POWER) & supplied & blind, known & blind)
        nothing = power * 0.0
        collapse = scores[FIRST[Kind.LOAD_COLLAPSE]]
        collapse[:] = nothing
        # what reads no current is found by its current
        # a little above it as well: the score tells when it is over
        low = supplied & (power < self._least * 1.1) & (power >= 0) & ~(scores[FIRST[Kind.ZERO_CURRENT]] >= 1)
        np.divide(self._least, power, out=collapse, where=low)
        back = power < -REST_POWER
        self._habits.note("exported", back, known)
        export = scores[FIRST[Kind.REVERSE_ENERGY]]
        export[:] = nothing
        if back.any():
            stranger = arrays["never_exported"] & ~self._exporter
            np.divide(-power, limit[Kind.REVERSE_ENERGY], out=export, where=stranger)
        # everything that a meter measures stands still, to the last digit; the bits of NaN are equal too
        same = values.view(np.int64) == arrays["last_values"].view(np.int64)
        equal = np.logical_and.reduce(same, axis=0) & known & (power != 0)
        self._habits.note_equal(equal, known)
        np.divide(arrays["equal_row"], self._most_equal, out=scores[FIRST[Kind.METER_FROZEN]])


def unbalance_of(phases: Floats) -> Floats:
    """Largest deviation from the mean over the mean, in %, of values of shape (3, meters).

    NEMA MG 1-14.36. NaN where a phase is missing or all are zero.
    """
    mean = (phases[0] + phases[1] + phases[2]) / 3
    deviation = np.abs(phases - mean)
    largest = np.maximum(np.maximum(deviation[0], deviation[1]), deviation[2])
    return np.where(mean > 0, largest / mean * 100, np.nan)
