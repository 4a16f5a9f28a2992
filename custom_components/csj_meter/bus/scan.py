"""Which unit ids on a line answer: one cheap question to each, a second look where it pays.

Modbus has no broadcast search, so a scan is a list of time-outs; what counts is that each is
as short as is safe. Any valid frame is a hit, a refusal included. Who the hits are is not
decided here (see ``meters.identification``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from .bus import Bus
from .errors import (
    GATEWAY_EXCEPTIONS,
    GarbledReplyError,
    RefusedError,
    StaleReplyError,
    UnitError,
    UnitSilentError,
)
from .question import Space
from .timing import READ_REPLY_OVERHEAD, READ_REQUEST_CHARACTERS
from .turns import Priority

ALL_UNITS: Final = range(1, 248)
"""Unit ids that a device may have; Modbus over Serial Line V1.02, section 2.2."""

PROBE_SPACE: Final[Space] = "holding"
PROBE_ADDRESS: Final = 0x0000
PROBE_LENGTH: Final = 2

SECOND_LOOK: Final = 3
"""How many times longer the second pass waits."""

LIKELY_UNITS: Final = frozenset({*range(1, 11), 100, 247})
"""Factory settings, the first of a row, and what installers like."""

SHORT_LIST: Final = 32
"""So many unit ids are few enough to ask all of them slowly when nobody has answered."""

SETTLING: Final = 0.55
"""Seconds. A slave built on libmodbus that hears a question to somebody else waits half a second
for that answer, deaf to questions to itself: a fast scan over empty ids can miss it."""

GIVES_UP: Final = 1.0
"""Seconds after which common Modbus TCP gateways give up on a unit that is silent."""

CATCHES_UP: Final = 5.0
"""Seconds that a gateway may take to be through with a unit that is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProgress:
    """How far a scan has come."""

    unit_id: int
    """Unit id just asked."""

    done: int
    """Questions asked so far."""

    total: int
    """Questions that are to be asked, as far as known."""

    found: int
    """Unit ids that answered so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What a scan heard."""

    hits: tuple[int, ...]
    """Unit ids that answer, ascending."""

    garbled: tuple[int, ...]
    """Unit ids at which something answers that cannot be understood."""


@dataclass(slots=True)
class _Scan:
    """State of one scan."""

    bus: Bus
    on_progress: Callable[[ScanProgress], None] | None
    total: int
    patient: bool
    done: int = 0
    hits: set[int] = field(default_factory=set)
    garbled: set[int] = field(default_factory=set)
    guide: int | None = None
    """The unit id that has answered last."""

    @property
    def patience(self) -> float:
        """Seconds to wait for one answer: the safe time, shorter once a gateway is known.

        A network gateway may be slow, so the first wait is long; the turnaround of the first
        hits then tells how slow it is. It never gets shorter than what a meter may take.
        """
        timing = self.bus.timing
        safe = timing.patience(PROBE_LENGTH) - timing.silence
        # the shortest: an answer may have waited for a gateway that was busy with a silent unit
        known = [min(turns) for unit in self.hits if (turns := self.bus.statistics.unit(unit).turnarounds)]
        if not known:
            return safe
        slowest = max(known)
        characters = READ_REQUEST_CHARACTERS + READ_REPLY_OVERHEAD + 2 * PROBE_LENGTH
        learned = characters * timing.character + max(2 * slowest, slowest + timing.max_turnaround)
        return min(safe, learned)

    async def look(self, unit_id: int, patience: float) -> None:
        """Ask one unit id, and have a gateway free for the next one."""
        if await self.ask(unit_id, patience) or not self.bus.queues:
            return
        if self.guide is not None:
            if not await self._catches_up(self.guide):
                self.guide = None
        elif self.patient:
            await asyncio.sleep(max(0.0, GIVES_UP - patience))

    async def _catches_up(self, guide: int) -> bool:
        """Return when a gateway has given up on a unit that is silent; whether that was seen.

        It asks one after the other: until then questions to others wait, and those would be called silent as
        well, meters that were found included. One that is there is answered as soon as it is through.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(CATCHES_UP):
                while not await self._answers(guide):
                    pass  # the link may end the wait for one answer much sooner
                return True
        return False

    async def _answers(self, unit_id: int) -> bool:
        try:
            await self._read(unit_id, CATCHES_UP)
        except UnitSilentError:
            return False
        except UnitError:
            pass  # whatever it says, it was its turn
        return True

    async def _read(self, unit_id: int, patience: float) -> None:
        await self.bus.read(
            unit_id,
            PROBE_SPACE,
            PROBE_ADDRESS,
            PROBE_LENGTH,
            priority=Priority.SCAN,
            timeout=patience,
            retry=False,
        )

    async def ask(self, unit_id: int, patience: float) -> bool:
        """Ask one unit id and file its answer; whether there was one in time."""
        try:
            await self._read(unit_id, patience)
        except UnitSilentError:
            return False
        except RefusedError as err:
            if err.code in GATEWAY_EXCEPTIONS:
                return True
        except GarbledReplyError, StaleReplyError:
            self.garbled.add(unit_id)
            return True
        finally:
            self.done += 1
            if self.on_progress is not None:
                self.on_progress(
                    ScanProgress(unit_id=unit_id, done=self.done, total=self.total, found=len(self.hits))
                )
        self.hits.add(unit_id)
        self.guide = unit_id
        self.garbled.discard(unit_id)
        return True


async def scan(
    bus: Bus,
    unit_ids: Iterable[int] = ALL_UNITS,
    on_progress: Callable[[ScanProgress], None] | None = None,
    *,
    patient: bool = True,
    longer: int = 1,
) -> ScanResult:
    """Ask every unit id once, then those again that were garbled or stand next to a hit.

    With ``patient``, the likely ones are asked once more, slowly, when nobody has answered, and a gateway is
    given the time that it takes over a silent unit also while no other is known. The first
    look waits so many times ``longer`` than is safe where nobody is busy. Runs at the lowest priority, so a
    line that is being polled stays polled. Cancelling is safe at any time. Raises LinkDownError.
    """
    wanted = sorted(set(unit_ids))
    state = _Scan(bus, on_progress, len(wanted), patient)
    for unit_id in wanted:
        await state.look(unit_id, longer * state.patience)
    asked_again: set[int] = set()
    while again := sorted((state.garbled | _neighbours(state.hits, wanted)) - state.hits - asked_again):
        state.total += len(again)
        for unit_id in again:
            await state.look(unit_id, SECOND_LOOK * state.patience)
        asked_again.update(again)
    if patient and not state.hits and not state.garbled:
        slowly = wanted if len(wanted) <= SHORT_LIST else sorted(LIKELY_UNITS.intersection(wanted))
        state.total += len(slowly)
        for unit_id in slowly:
            await asyncio.sleep(SETTLING)
            await state.look(unit_id, SECOND_LOOK * state.patience)
    return ScanResult(hits=tuple(sorted(state.hits)), garbled=tuple(sorted(state.garbled)))


def _neighbours(hits: Iterable[int], wanted: Iterable[int]) -> set[int]:
    """The wanted unit ids next to a hit: installers number in a row."""
    return {unit + step for unit in hits for step in (-1, 1)}.intersection(wanted)


def forget_strangers(bus: Bus, known: Iterable[int], asked: Iterable[int]) -> None:
    """Drop the statistics of ids that a scan asked and that are no meters of this line."""
    for unit_id in set(asked) - set(known):
        bus.forget(unit_id)
