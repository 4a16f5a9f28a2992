"""What a peer is: scores at a step of its own, and alarms that come of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..faults import Load
from ..homes import Loads
from ..scoring import Alarms

type Scores = NDArray[np.float32]
"""How unusual, shape (steps, columns); NaN where that cannot be said."""

type OneScore = NDArray[np.floating]
"""The same of one column, shape (steps,)."""


def above(scores: Scores, threshold: float) -> Alarms:
    """On while the score is above the threshold."""
    return scores > threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One way to watch a meter."""

    name: str
    """As the table calls it."""

    score: Callable[[Load], OneScore]
    """Scores of a load from its first minute on."""

    usual: float | None
    """The threshold that its authors or its users give it; None when it has none."""

    step: int = 1
    """Minutes from score to score; the first is known when so many minutes are over."""

    alarms: Callable[[Scores, float], Alarms] = above
    """When it is on at a threshold, step by step."""

    def scores(self, power: Loads) -> Scores:
        """Scores of many loads."""
        return np.stack([self.score(load).astype(np.float32) for load in power.T], axis=1)

    def on(self, scores: Scores, threshold: float, minutes: int) -> Alarms:
        """Minute by minute: what is said of a step stands from its last minute on, until the next is over."""
        alarms = self.alarms(scores, threshold)
        if self.step == 1:
            return alarms
        shown = np.zeros((minutes, alarms.shape[1]), np.bool_)
        late = self.step - 1
        shown[late:] = np.repeat(alarms, self.step, axis=0)[: minutes - late]
        return shown

    @property
    def patience(self) -> int:
        """Minutes after an event until all of it was looked at."""
        return self.step - 1
