"""How often somebody may ask: sliding windows that are bounded in what they remember."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

MOST_ASKERS: Final = 10_000
"""Of whom something is remembered; who asked longest ago is forgotten first."""


class Window:
    """So many times within so many seconds, for each who asks."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        """``clock``: seconds that only go up."""
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, who: str) -> int:
        """Whole seconds until somebody may ask again; 0 for at once."""
        times = self._recent(who)
        if len(times) < self._most:
            return 0
        return max(1, -int(-(times[0] + self._seconds - self._clock()) // 1))

    def count(self, who: str) -> None:
        """Somebody has asked."""
        times = self._recent(who)
        times.append(self._clock())
        self._times[who] = times
        self._times.move_to_end(who)
        while len(self._times) > MOST_ASKERS:
            self._times.popitem(last=False)

    def take(self, who: str) -> int:
        """As ``wait``; where that is 0, it counts."""
        if not (wait := self.wait(who)):
            self.count(who)
        return wait

    def _recent(self, who: str) -> deque[float]:
        times = self._times.get(who) or deque(maxlen=self._most)
        limit = self._clock() - self._seconds
        while times and times[0] <= limit:
            times.popleft()
        return times
