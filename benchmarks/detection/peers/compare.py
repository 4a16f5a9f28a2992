"""Which peers there are, and how each of them does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
import time
from typing import Final

from ..faults import Event
from ..homes import DAY, Homes, Loads
from ..scoring import Score, false_alarms, matched_threshold, score
from . import baselines, helpers, learned, seasonal
from .peer import Peer, Scores

PEERS: Final = (
    Peer(name="hour of week, z > 3, three in a row", score=baselines.hour_of_week, usual=3.0),
    Peer(name="mean + 3 sigma, three in a row", score=baselines.month, usual=3.0),
    Peer(
        name="Home Assistant's helpers: deviation > 3",
        score=helpers.deviation,
        usual=3.0,
        alarms=helpers.threshold,
    ),
    Peer(
        name="Home Assistant's helpers: hour > 3 x week",
        score=helpers.ratio,
        usual=3.0,
        alarms=helpers.threshold,
    ),
    Peer(name="ADTK SeasonalAD", score=seasonal.seasonal, usual=seasonal.FACTOR, step=seasonal.HOUR),
    Peer(
        name="scikit-learn IsolationForest",
        score=learned.isolation_forest,
        usual=learned.USUAL,
        step=learned.QUARTER,
    ),
    Peer(name="river HalfSpaceTrees", score=learned.half_space_trees, usual=None, step=learned.QUARTER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One peer."""

    name: str
    """Its name."""

    threshold: float
    """Where it has the budget's false alarms in the homes that thresholds are taken from."""

    matched: Score
    """With that, in the other homes."""

    usual: Score | None
    """With the threshold that it usually has; None when it has none."""

    seconds: float
    """Of a core, for all of it."""


def compare(
    tuning: Homes,
    homes: Homes,
    copies: Loads,
    events: Sequence[Event],
    warm_up: int,
    peers: Iterable[Peer] = PEERS,
) -> Iterator[Compared]:
    """Peer after peer: the threshold from ``tuning``, all else from ``homes`` and their ``copies``."""
    for peer in peers:
        begun = time.process_time()
        threshold = _matched(peer, tuning, warm_up)
        clean, injected = peer.scores(homes.power), peer.scores(copies)
        matched = _score(peer, clean, injected, threshold, homes, events, warm_up)
        usual = None
        if peer.usual is not None:
            usual = _score(peer, clean, injected, peer.usual, homes, events, warm_up)
        yield Compared(
            name=peer.name,
            threshold=threshold,
            matched=matched,
            usual=usual,
            seconds=time.process_time() - begun,
        )


def _matched(peer: Peer, homes: Homes, warm_up: int) -> float:
    scores = peer.scores(homes.power)

    def rate(threshold: float) -> float:
        alarms = peer.on(scores, threshold, len(homes.power))
        return false_alarms(alarms, homes.power, warm_up).mean

    return matched_threshold(scores[warm_up * DAY // peer.step :], rate)


def _score(
    peer: Peer,
    clean: Scores,
    injected: Scores,
    threshold: float,
    homes: Homes,
    events: Sequence[Event],
    warm_up: int,
) -> Score:
    minutes = len(homes.power)
    return score(
        peer.on(clean, threshold, minutes),
        peer.on(injected, threshold, minutes),
        events,
        homes.power,
        warm_up,
        peer.patience,
    )
