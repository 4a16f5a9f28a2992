"""Which tariff the energy of a gap belongs to, when only the total is known over time.

Whole steps, and nothing is lost: at every minute the tariffs together have risen as the total has, and at the
end each has risen exactly as its own counter says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .columns import Steps
from .series import Minutes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TariffShares:
    """The rises of several tariffs, minute by minute."""

    edges: Minutes
    """Minutes between which shares are the same, shape (pieces + 1,), rising."""

    given: Steps
    """What each tariff gets of a piece, shape (pieces, tariffs)."""

    before: Steps
    """What each has got of all pieces before, likewise."""

    ahead: Steps
    """What of a piece goes to other tariffs first, likewise: pieces are short, so they take turns in them."""

    @classmethod
    def of(cls, edges: Minutes, energy: Steps, wanted: NDArray[np.int64], rises: Steps) -> Self:
        """Share out the ``energy`` of each piece, so that each tariff gets its ``rises`` (of the same sum).

        ``wanted``: place among the tariffs of the one that a piece belongs to, below 0 where nobody knows.
        It gets the energy, as far as its rise allows. What is left goes to the tariffs that still miss
        some, in proportion to how much.
        """
        given = np.zeros((len(energy), len(rises)), np.int64)
        for tariff, rise in enumerate(rises):
            mine = np.where(wanted == tariff, energy, 0)
            so_far = np.concatenate(([0], np.cumsum(mine)))
            if so_far[-1] > rise:
                so_far = so_far * rise // so_far[-1]
            given[:, tariff] = np.diff(so_far)
        left = energy - given.sum(axis=1)
        missing: list[int] = (rises - given.sum(axis=0)).tolist()
        for piece in np.flatnonzero(left):
            parts = in_proportion(int(left[piece]), missing)
            given[piece] += parts
            missing = [rest - part for rest, part in zip(missing, parts, strict=True)]
        return cls(
            edges=edges,
            given=given,
            before=np.cumsum(given, axis=0) - given,
            ahead=np.cumsum(given, axis=1) - given,
        )

    def rises(self, minutes: Minutes, energy: Steps) -> Steps:
        """How much each tariff has risen at ``minutes``, shape (tariffs, minutes).

        ``energy``: how much all together have risen by then, as it was when the pieces were made.
        """
        piece = np.clip(np.searchsorted(self.edges, minutes, side="right") - 1, 0, len(self.given) - 1)
        within = energy - self.before[piece].sum(axis=1)
        part = np.clip(within[:, None] - self.ahead[piece], 0, self.given[piece])
        return np.ascontiguousarray((self.before[piece] + part).T)


def in_proportion(amount: int, weights: Sequence[int]) -> list[int]:
    """Split ``amount`` into whole parts in proportion to ``weights`` (largest remainder).

    The sum of the weights is at least ``amount``; no part is larger than its weight.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -remainders[place])
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts
