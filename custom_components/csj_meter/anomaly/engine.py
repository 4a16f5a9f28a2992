"""The engine: one call a minute with what all meters said, and what that means.

Pure: the same samples in the same minutes give the same findings, whatever their order, and whether it was
saved and restored in between. It asks no clock and does no I/O. A call takes well under a millisecond; the
first of an hour and of a day take longer, so that it belongs into a thread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
import datetime as dt
from typing import Final, Self

import numpy as np

from ..meters.sample import Sample
from .baseline import Baseline, Expected
from .channels import CHANNELS, FIRST, Limits
from .circuits import Circuits
from .engine_slots import SLOTS, take_findings, take_past
from .finding import Finding
from .guard import TOLD, Guard
from .habits import Habits
from .intake import INPUTS, Block, Rows, rows_of
from .kinds import Kind
from .latches import Latches, Stage
from .load_memory import HOURS, QUARTER, LoadMemory, days_before
from .load_scores import MONTH, LoadScores
from .local_time import DAY, HOUR, Holidays, LocalTime
from .memory import Bools, Floats, Ints, Memory, SavedMemoryError
from .meter import WatchedMeter
from .report import Moment, Reporter
from .rule_scores import RuleScores
from .settings import Settings
from .stretch import Stretch, newest
from .week_scores import WeekScores

FEW: Final = 20
"""Meters up to which an hour is judged at once."""

SILENT_DAYS: Final = 14
"""Days for which statistical kinds say nothing of a meter."""

_STATISTICAL: Final = np.array([channel.rule.statistical for channel in CHANNELS])
_SILENCE: Final = FIRST[Kind.METER_SILENT]
_FROZEN: Final = FIRST[Kind.METER_FROZEN]


class Engine:
    """All meters of a site."""

    def __init__(
        self,
        meters: Sequence[WatchedMeter],
        zone: dt.tzinfo,
        settings: Settings | None = None,
    ) -> None:
        """Begin with nothing known. Raises ValueError when two meters have one serial number."""
        self._time = LocalTime(zone)
        self._memory = Memory(SLOTS, [meter.serial for meter in meters])
        self._minute = -1
        self._wall = -1
        self.passed_over = 0
        """Samples that came too late, or twice."""
        self.strangers: frozenset[str] = frozenset()
        """Serial numbers of the meters that were not among those which were restored."""
        self.configure(meters, settings)

    def configure(self, meters: Sequence[WatchedMeter], settings: Settings | None = None) -> None:
        """Watch these meters from now on, by these settings; what is known of a meter that stays is kept.

        Raises ValueError when two meters have one serial number.
        """
        serials = [meter.serial for meter in meters]
        if len(set(serials)) != len(serials):
            raise ValueError("two meters have one serial number")
        if serials != self._memory.serials:
            self._memory.arrange(serials)
        self._meters = list(meters)
        self._places = {serial: place for place, serial in enumerate(serials)}
        self._interval = np.array([meter.interval for meter in meters], np.int64)
        self._settings = settings or Settings()
        self._limits = limits = Limits.of(meters, self._settings)
        memory = self._memory
        self._loads = LoadMemory(memory, self._interval)
        self._habits = Habits(memory)
        self._load_scores = LoadScores(memory, self._loads, limits.threshold)
        self._week_scores = WeekScores(memory)
        self._baseline = Baseline(memory, self._time)
        self._rules = RuleScores(memory, self._habits, meters, limits)
        self._latches = Latches(memory)
        memory["stage"][~limits.looked_for] = Stage.QUIET
        self._guard = Guard(memory)
        self._reporter = Reporter(memory, meters, limits, Circuits(memory, meters))
        self._asks_week = bool(limits.looked_for[FIRST[Kind.UNUSUAL_USAGE]].any())
        self._scores = np.full((len(CHANNELS), 1, len(meters)), np.nan)
        self._refresh()

    # samples

    def observe(self, samples: Iterable[Sample], at: int) -> list[Finding]:
        """Take in what has come up to minute ``at`` (UTC), and say what that changes.

        Samples of minutes that were observed before are passed over, and so are those of other meters.
        """
        findings: list[Finding] = []
        known = [sample for sample in samples if sample.minute <= at]
        late = sum(sample.minute <= self._minute for sample in known)
        self.passed_over += late
        for rows in rows_of((sample for sample in known if sample.minute > self._minute), self._places):
            findings += self.observe_rows(rows)
        if at > self._minute:
            findings += self.observe_rows(self.nothing(at))
        return findings

    def pass_over(self, minutes: int) -> None:
        """Nobody listened for so many minutes after the newest one: in them no meter was silent."""
        seen = self._memory["last_seen"]
        seen[seen >= 0] += minutes

    def nothing(self, minute: int) -> Rows:
        """A minute of which nobody has said anything."""
        count = len(self._meters)
        return Rows(
            minute=minute, values=np.full((len(INPUTS), count), np.nan), fresh=np.zeros(count, np.bool_)
        )

    def observe_rows(self, rows: Rows) -> list[Finding]:
        """As ``observe``, for the one minute after those before it. Raises ValueError for an earlier one."""
        wall = self._time.wall(rows.minute)
        frozen = None if rows.frozen is None else rows.frozen[None]
        return self._observe(self._said(rows.minute, wall, rows.values[:, None], rows.fresh[None], frozen))

    def observe_block(self, block: Block) -> list[Finding]:
        """As ``observe_rows`` for one minute after the other, and much sooner done with many of them."""
        # longer stretches are sooner done with, as long as their tables are small
        longest = HOUR if len(self._meters) <= FEW else QUARTER
        findings: list[Finding] = []
        begin = 0
        while begin < len(block):
            minute = block.minute + begin
            wall = self._time.wall(minute)
            end = min(begin + longest - wall % longest, len(block))
            if self._time.wall(minute + end - begin - 1) != wall + end - begin - 1:
                end = begin + 1  # clocks change before the hour is over
            values = np.ascontiguousarray(block.values[begin:end].transpose(1, 0, 2))
            findings += self._observe(self._said(minute, wall, values, block.fresh[begin:end]))
            begin = end
        return findings

    def _said(
        self, minute: int, wall: int, values: Floats, fresh: Bools, frozen: Bools | None = None
    ) -> Stretch:
        last, excused = self._memory["last_values"], self._memory["stage"][_FROZEN] != Stage.QUIET
        return Stretch.of(minute, wall, values, fresh, frozen, last=last, excused=excused)

    def _observe(self, said: Stretch) -> list[Finding]:
        """Judge a stretch by the rules, and its quarters of an hour by what is known by then."""
        if said.minute <= self._minute:
            raise ValueError(f"minute {said.minute} was observed before")
        findings: list[Finding] = []
        with np.errstate(all="ignore"):
            self._advance(said.minute, said.wall)
            if self._scores.shape[1] != len(said):
                self._scores = np.empty((len(CHANNELS), len(said), len(self._meters)))
            np.copyto(self._scores, self._standing[:, None])
            self._rules.judge(said, self._scores)
            begin = 0
            while begin < len(said):
                end = min(begin + QUARTER - (said.wall + begin) % QUARTER, len(said))
                if begin:
                    self._advance(said.minute + begin, said.wall + begin)
                    stuck = FIRST[Kind.STUCK_LOAD]
                    self._scores[stuck, begin:end] = self._standing[stuck]
                self._score(said, begin, end)
                findings += self._go_through(said, begin, end)
                begin = end
        return findings

    def _go_through(self, said: Stretch, begin: int, end: int) -> list[Finding]:
        """Take minutes in, stopping at those in which a finding may change."""
        findings: list[Finding] = []
        done = begin
        while done < end:
            minute, rest = said.minute + done, self._scores[:, done:end]
            active = self._latches.active()
            concerned = self._latches.concerned(rest, active, self._limits)
            due = None if active is None else self._reporter.due(minute, rest, active)
            moves = _first(concerned, due)
            until = end if moves is None else done + moves + 1
            self._take(said, done, until)
            if active is not None:
                self._latches.stand(minute, rest[:, : until - done], active)
            if moves is not None:
                findings += self._step(rest[:, moves], None if concerned is None else concerned[:, moves])
            done = until
        return findings

    def _take(self, said: Stretch, begin: int, end: int) -> None:
        """Remember what was said in minutes from number ``begin`` to before number ``end``."""
        memory, some = self._memory, slice(begin, end)
        self._minute = said.minute + end - 1
        self._wall = max(self._wall, said.wall + end - 1)
        if said.whole:
            memory["last_seen"].fill(self._minute)
            memory["last_values"][:] = said.values[:, end - 1]
        else:
            for number in range(begin, end):
                np.copyto(memory["last_seen"], said.minute + number, where=said.fresh[number])
                np.copyto(memory["last_values"], said.values[:, number], where=said.measured[number])
        self._loads.add(said.minute + begin, said.wall + begin, said.power[some], said.powered[some])
        self._habits.take(begin, end)

    def _step(self, scores: Floats, concerned: Bools | None) -> list[Finding]:
        """What the minute that was taken last changes."""
        minute = self._minute
        transitions = (
            []
            if concerned is None
            else self._latches.step(minute, scores, concerned, self._interval, self._limits)
        )
        findings = self._reporter.report(Moment(minute=minute, wall=self._wall, scores=scores), transitions)
        for finding in findings:
            self._guard.confirmed(finding, self._places[finding.serial], minute, self._wall)
        return findings

    def _score(self, said: Stretch, begin: int, end: int) -> None:
        """Write what the rules have not into the scores of minutes of one quarter of an hour."""
        memory, limit, some = self._memory, self._limits.threshold, slice(begin, end)
        minutes, fresh, scores = said.minutes[some], said.fresh[some], self._scores[:, some]
        self._loads.catch_up(said.minute)
        self._load_scores.judge(said.minute + begin, said.power[some], said.powered[some], scores)
        if self._asks_week:
            unusual = self._week_scores.unusual(said.power[some])
            np.divide(unusual, limit[Kind.UNUSUAL_USAGE], out=scores[FIRST[Kind.UNUSUAL_USAGE]])
        if said.minute + begin - self._adopted_last < TOLD:
            scores[FIRST[Kind.LASTING_CHANGE]] = minutes - memory["adopted_at"] < TOLD
        if self._young is not None:
            np.copyto(scores, np.nan, where=self._young)
        if said.whole:
            scores[_SILENCE] = 0.0
            return
        np.copyto(scores, np.nan, where=~fresh)
        seen = newest(memory["last_seen"], minutes, fresh)[1:]
        missed = (minutes - seen) / self._interval / limit[Kind.METER_SILENT]
        scores[_SILENCE] = np.where(seen < 0, np.nan, missed)

    # spans that are over

    def _advance(self, minute: int, wall: int) -> None:
        """Close what is over before ``wall``, in order; where clocks go back, nothing is."""
        newest, before = wall // QUARTER, self._wall // QUARTER
        begins, self._wall = self._wall < 0, max(self._wall, wall)
        if begins:
            self._refresh()
            return
        if newest <= before:
            return
        learnt: int | None = None
        for quarter in range(max(before, newest - 4 * HOURS), newest):
            self._loads.close_quarter(quarter)
            self._load_scores.close_quarter(quarter)
            if quarter % 4 == 3:
                learnt = self._close_hour(quarter // 4) or learnt
        if newest // 4 == before // 4:
            self._load_scores.refresh_quarter(wall, self._standing)
            return
        if self._guard.adopt(minute, wall, self._limits.threshold[Kind.LASTING_CHANGE]):
            learnt = wall // 60 // 24 - 1
        if self._asks_week:
            self._week_scores.begin_hour(newest // 4)
        if learnt is not None:
            self._load_scores.learn(learnt)
            self._baseline.learn(learnt)
            self._rules.refresh()
        self._refresh()

    def _refresh(self) -> None:
        """Work out anew what stands until the next hour, but for what a quarter of an hour changes."""
        memory, limit = self._memory, self._limits.threshold
        self._standing = standing = np.full((len(CHANNELS), len(self._meters)), np.nan)
        with np.errstate(all="ignore"):
            self._load_scores.refresh(self._wall, standing)
            standing[FIRST[Kind.DAILY_SHAPE]] = self._week_scores.shape() / limit[Kind.DAILY_SHAPE]
        standing[FIRST[Kind.LASTING_CHANGE]] = 0.0
        self._adopted_last = int(memory["adopted_at"].max(initial=-TOLD))
        young = memory["known_days"] < SILENT_DAYS
        self._young = _STATISTICAL[:, None, None] & young if np.count_nonzero(young) else None

    def _close_hour(self, hour: int) -> int | None:
        """The day that is over with it, if any."""
        self._loads.close_hour(hour, self._guard.guarded)
        self._load_scores.close_hour(hour)
        self._baseline.close_hour(hour)
        if hour % 24 != 23:
            return None
        day = hour // 24
        self._loads.close_day(day)
        self._load_scores.close_day(day)
        self._week_scores.close_day(day)
        self._habits.close_day(day, self._measured(day))
        return day

    def _measured(self, day: int) -> Bools:
        return np.isfinite(self._memory["day_min"][days_before(day + 1, MONTH)])

    # what is known

    @property
    def minute(self) -> int:
        """The newest minute that was observed; -1 before the first."""
        return self._minute

    @property
    def last_seen(self) -> Ints:
        """The newest minute in which each meter was heard; -1 before the first."""
        seen: Ints = self._memory["last_seen"]
        return seen

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return self._memory.nbytes

    def expected(self, serial: str, minute: int) -> Expected | None:
        """What is usual in the hour of ``minute`` (UTC). Raises KeyError for a meter that is not watched."""
        hour, now = self._time.wall(minute) // 60, max(self._wall, 0) // 60
        return self._baseline.at(self._places[serial], hour, now)

    def scores(self, serial: str) -> dict[Kind, float]:
        """The largest score of each kind in the newest minute, where there is one; 1 is the threshold."""
        column = self._scores[:, -1, self._places[serial]]
        found: dict[Kind, float] = {}
        for row, channel in enumerate(CHANNELS):
            if self._limits.looked_for[row, self._places[serial]] and not np.isnan(column[row]):
                found[channel.kind] = max(float(column[row]), found.get(channel.kind, 0.0))
        return found

    def known_days(self, serial: str) -> int:
        """Days of the last 30 that are known of a meter."""
        return int(self._memory["known_days"][self._places[serial]])

    def active(self) -> list[Finding]:
        """What is suspected or confirmed now, as last told."""
        return self._reporter.active(Moment(minute=self._minute, wall=self._wall, scores=self._scores[:, -1]))

    @property
    def zone(self) -> dt.tzinfo:
        """Whose clock it goes by."""
        return self._time.zone

    @property
    def holidays(self) -> Holidays:
        """Dates that count as days off."""
        return self._time.holidays

    def know_holidays(self, holidays: Holidays) -> None:
        """Count these dates as days off from now on, those of the last month and tomorrow among them.

        What is usual today is worked out anew, which takes a while for hundreds of meters.
        """
        self._time = replace(self._time, holidays=holidays)
        self.configure(self._meters, self._settings)
        if self._wall >= 0:
            with np.errstate(all="ignore"):
                self._baseline.learn(self._wall // DAY - 1)

    def take_past(self, other: Self) -> None:
        """Know of meters what ``other`` has learnt of them, which has observed up to the same minute.

        What is suspected or confirmed stays as it is. Raises ValueError when ``other`` is elsewhere in time.
        """
        if other.minute != self._minute:
            raise ValueError(f"minute {other.minute} is not minute {self._minute}")
        take_past(self._memory, other._memory)
        self.configure(self._meters, self._settings)

    def take_findings(self, other: Self, minute: int) -> None:
        """Go on in ``minute`` with what ``other`` has suspected and confirmed, by a clock that was ahead.

        What was found meanwhile in the samples of the past is none of now.
        """
        take_findings(self._memory, other._memory, minute - other.minute)
        self.configure(self._meters, self._settings)

    # saving

    def saved(self, without: Collection[str] = ()) -> bytes:
        """Everything but the meters ``without``, so that ``restore`` goes on as if nothing had happened."""
        words = {
            "minute": str(self._minute),
            "wall": str(self._wall),
            "zone": str(self._time.zone),
            "holidays": " ".join(sorted(date.isoformat() for date in self.holidays)),
        }
        return self._memory.saved(words, without)

    def restore(self, body: bytes) -> Self:
        """Go on where ``saved`` was: of meters that are watched, what was known then.

        Raises SavedMemoryError when it cannot be that; then nothing has changed.
        """
        memory, words = Memory.restored(SLOTS, body)
        try:
            minute, wall = int(words["minute"]), int(words["wall"])
            holidays = frozenset(map(dt.date.fromisoformat, words["holidays"].split()))
        except (KeyError, ValueError) as err:
            raise SavedMemoryError(f"damaged: {err}") from err
        if words.get("zone") != str(self._time.zone):
            raise SavedMemoryError("saved in another time zone")
        self.strangers = frozenset(self._memory.serials) - frozenset(memory.serials)
        memory.arrange(self._memory.serials)
        # the parts hold on to the object, not to its arrays
        self._memory.arrays = memory.arrays
        self._minute, self._wall = minute, wall
        self._time = replace(self._time, holidays=holidays)
        self.configure(self._meters, self._settings)
        return self


def _first(concerned: Bools | None, due: Bools | None) -> int | None:
    """The first of some minutes in which a latch may move or something is due; None for none of them.

    ``concerned`` of (channels, minutes, meters), ``due`` of (minutes,).
    """
    moving = due
    if concerned is not None:
        moving = np.logical_or.reduce(concerned, axis=(0, 2))
        if due is not None:
            moving |= due
    if moving is None or not np.count_nonzero(moving):
        return None
    return int(moving.argmax())
