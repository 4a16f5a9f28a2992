"""Who hangs on the same circuit, and what they say of each other's findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from .channels import CHANNELS, Channel
from .finding import Standing
from .intake import ROW
from .kinds import FAMILIES, Family, Kind
from .latches import Stage
from .memory import Floats, Memory
from .meter import WatchedMeter
from .neighbours import Neighbour, Question, Verdict, standing_of, vote

_ROWS: Final[Mapping[Family, list[int]]] = {
    family: [
        row
        for row, channel in enumerate(CHANNELS)
        if FAMILIES.get(channel.kind) is family and channel.kind is not Kind.METER_SILENT
    ]
    for family in Family
}
"""Family -> rows of its channels; silence is seen by the samples that do not come."""

_DOUBTFUL: Final = [
    row for row, channel in enumerate(CHANNELS) if channel.kind in (Kind.METER_FROZEN, Kind.TAMPER)
]
"""Rows of what makes a meter a bad witness."""

DRAWING: Final = 20.0
"""W from which somebody draws current."""


class Circuits:
    """The neighbours of every meter."""

    def __init__(self, memory: Memory, meters: Sequence[WatchedMeter]) -> None:
        """Of ``meters``, in the order of the arrays."""
        self._arrays = memory
        self._meters = meters
        self._neighbours = [
            [
                other
                for other, its in enumerate(meters)
                if other != number and meter.circuit is not None and its.circuit == meter.circuit
            ]
            for number, meter in enumerate(meters)
        ]
        self._controls = [
            [
                other
                for other, its in enumerate(meters)
                if other != number
                and other not in self._neighbours[number]
                and meter.gateway is not None
                and its.gateway == meter.gateway
            ]
            for number, meter in enumerate(meters)
        ]

    def ask(self, channel: Channel, column: int, since: int, minute: int, values: Floats) -> Verdict | None:
        """What the neighbours say of a finding since minute ``since``; None where they are not asked.

        ``values``: what the meters said last, shape (inputs, meters).
        """
        family = FAMILIES.get(channel.kind)
        if family is None or not (self._neighbours[column] or self._controls[column]):
            return None
        meter = self._meters[column]
        question = Question(
            family=family,
            onset=since,
            silent=channel.kind is Kind.METER_SILENT,
            bridge=meter.gateway or "",
            phase=meter.feeder_phase,
            partly=self._partly(column, family),
        )
        others = [
            self._witness(question, channel, other, minute, values) for other in self._neighbours[column]
        ]
        controls = [
            self._witness(question, channel, other, minute, values) for other in self._controls[column]
        ]
        return vote(question, others, controls)

    def others_draw(self, column: int, minute: int) -> bool:
        """Whether a neighbour that is heard of draws current now."""
        arrays = self._arrays
        for other in self._neighbours[column]:
            heard = minute - int(arrays["last_seen"][other]) <= 2 * self._meters[other].interval
            if heard and arrays["last_values"][ROW["active_power"], other] > DRAWING:
                return True
        return False

    def _witness(
        self, question: Question, channel: Channel, column: int, minute: int, values: Floats
    ) -> Neighbour:
        meter, arrays = self._meters[column], self._arrays
        rows = _ROWS[question.family]
        active = arrays["stage"][rows, column] != Stage.QUIET
        since = int(arrays["since"][rows, column][active].min()) if active.any() else None
        last = int(arrays["last_seen"][column])
        standing = standing_of(
            question,
            minute,
            interval=meter.interval * 60.0,
            last=None if last < 0 else last,
            abnormal_since=since,
        )
        value = None if standing in (None, Standing.NEWLY_SILENT) else _value(channel, values[:, column])
        return Neighbour(
            serial=meter.serial,
            standing=standing,
            since=since if standing is Standing.ABNORMAL and since is not None else last,
            value=value,
            bridge=meter.gateway or "",
            phase=meter.feeder_phase,
            partly=self._partly(column, question.family),
            doubted=bool((arrays["stage"][_DOUBTFUL, column] == Stage.CONFIRMED).any()),
        )

    def _partly(self, column: int, family: Family) -> bool | None:
        """Whether a three-phase meter shows it on some of its phases only."""
        if self._meters[column].phases != 3 or family is Family.BALANCE:
            return None  # out of balance is what some phases are, whoever is to blame
        phases = {
            CHANNELS[row].phase for row in _ROWS[family] if self._arrays["stage"][row, column] != Stage.QUIET
        } - {None}
        return len(phases) < 3 if phases else None


def _value(channel: Channel, values: Floats) -> float | None:
    """What a neighbour measured of the finding's quantity: of a phase, the lowest of its own."""
    if channel.phase is None:
        row = ROW.get(channel.quantity)
        value = np.nan if row is None else values[row]
    else:
        first = ROW[f"{channel.rule.quantity}_l1"]
        value = np.fmin.reduce(values[first : first + 3])
    return None if np.isnan(value) else float(value)
