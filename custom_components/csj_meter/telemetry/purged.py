"""Hours and days whose samples were removed for their age: which of them may still be worked out anew.

What such an hour was made of is gone, so what is known of it stays, unless there are more samples now than it
was made of. What was used between two samples belongs to the time between them only if none are gone there.
All else is worked out from its samples however old it is: what is imported comes in parts and in several
files, and each of them says what the last hour of the one before was, and what lies between them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import ABSENT, COUNTS, Steps
from .series import FOREVER, HOUR, Aggregates, Minutes


def hours_gone(known: Aggregates, minutes: Minutes) -> Minutes:
    """Starts of those ``known`` hours that were made of more samples than there are at ``minutes`` now."""
    there = np.searchsorted(minutes, known.starts + HOUR) - np.searchsorted(minutes, known.starts)
    return known.starts[_samples(known) > there]


def may_be_put(
    new: Aggregates, old: Aggregates, counted: Minutes, *, first: int, kept_from: int, gone: Minutes
) -> NDArray[np.bool_]:
    """Which of the ``new`` periods are right; of the others, the ``old`` ones are.

    ``counted``: minutes of the samples in and around them that have the counters. ``first``: the first sample
    that there is, with them or not. ``kept_from``: from there on nothing was removed. ``gone``: the hours
    between the first and the last of ``counted`` that lack samples.
    """
    known = np.isin(new.starts, old.starts)
    were, measured = np.zeros((2, len(new)), np.int64)
    again = np.isin(old.starts, new.starts)
    were[known] = _samples(old)[again]
    measured[known] = _counts(old, "measured_count")[again]
    are = _samples(new)
    # what was measured and a file has as much of looks as if nothing of it were gone
    still_there = (new.starts >= kept_from) | ((are >= were) & (measured == 0))
    ends = new.starts + new.lengths
    nothing, forever = np.array([-1]), np.array([FOREVER])
    before = np.append(nothing, counted)[np.searchsorted(counted, new.starts, side="right")]
    behind = np.append(counted, forever)[np.searchsorted(counted, ends)]
    between = np.searchsorted(gone, behind) - np.searchsorted(gone, before // HOUR * HOUR)
    shared_out_rightly = (between == 0) & (~known | (ends > first))
    right: NDArray[np.bool_] = (are > were) | (still_there & shared_out_rightly)
    return right


def _samples(aggregates: Aggregates) -> Steps:
    """How many samples each was made of."""
    samples: Steps = np.sum([_counts(aggregates, key) for key in COUNTS], axis=0, dtype=np.int64)
    return samples


def _counts(aggregates: Aggregates, key: str) -> Steps:
    counts = aggregates.steps(key)
    return np.where(counts == ABSENT, 0, counts)
