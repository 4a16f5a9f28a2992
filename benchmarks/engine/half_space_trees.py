"""river's HalfSpaceTrees as the peer: one model a meter, asked and taught each minute."""

from __future__ import annotations

from statistics import median
import time

import numpy as np
from river.anomaly import HalfSpaceTrees

MINUTES = 40


def seconds_per_meter(meters: int = 20) -> float:
    """Seconds to learn and score one minute of one meter: power and its smallest values over four spans."""
    draw = np.random.default_rng(1)
    names = ("power", "floor_quarter", "floor_hours", "floor_day", "mean_day")
    models = [HalfSpaceTrees(n_trees=25, height=6, window_size=250, seed=number) for number in range(meters)]
    rounds = []
    for _ in range(MINUTES):
        asked = [dict(zip(names, draw.random(len(names)).tolist(), strict=True)) for _ in models]
        begun = time.perf_counter()
        for model, features in zip(models, asked, strict=True):
            model.score_one(features)
            model.learn_one(features)
        rounds.append(time.perf_counter() - begun)
    return median(rounds) / meters
