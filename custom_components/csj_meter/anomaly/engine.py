"""The engine: one call a minute with what all meters said, and what that means.

Pure: the same samples in the same minutes give the same findings, whatever their order, and whether it was
saved and restored in between. It asks no clock and does no I/O. A call takes well under a millisecond; the
first of an hour and of a day take longer, so that it belongs into a thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import datetime as dt
from typing import Final, Self

import numpy as np

from ..meters.sample import Sample
from .baseline import SLOTS as BASELINE_SLOTS, Baseline, Expected
from .channels import CHANNELS, FIRST, Limits
from .circuits import Circuits
from .finding import Finding
from .guard import SLOTS as GUARD_SLOTS, TOLD, Guard
from .habits import SLOTS as HABIT_SLOTS, Habits
from .intake import INPUTS, ROW, Rows, rows_of
from .kinds import Kind
from .latches import SLOTS as LATCH_SLOTS, Latches, Stage
from .load_memory import HOURS, QUARTER, SLOTS as LOAD_SLOTS, LoadMemory, days_before
from .load_scores import MONTH, SLOTS as SCORE_SLOTS, LoadScores
from .local_time import Holiday, LocalTime
from .memory import Bools, Floats, Memory, SavedMemoryError, Slot
from .meter import WatchedMeter
from .report import SLOTS as REPORT_SLOTS, Moment, Reporter
from .rule_scores import RuleScores
from .settings import Settings
from .week_scores import SLOTS as WEEK_SLOTS, WeekScores

SLOTS: Final = (
    *LOAD_SLOTS,
    *SCORE_SLOTS,
    *BASELINE_SLOTS,
    *WEEK_SLOTS,
    *HABIT_SLOTS,
    *LATCH_SLOTS,
    *GUARD_SLOTS,
    *REPORT_SLOTS,
    Slot(name="last_values", shape=(len(INPUTS),)),
    Slot(name="last_seen", dtype=np.int64, fill=-1),
)

SILENT_DAYS: Final = 14
"""Days for which statistical kinds say nothing of a meter."""

_STATISTICAL: Final = np.array([channel.rule.statistical for channel in CHANNELS])
_TUNED: Final = [
    FIRST[kind]
    for kind in (
        Kind.STUCK_LOAD,
        Kind.LEAK,
        Kind.HIGH_USAGE,
        Kind.LOW_USAGE,
        Kind.DRIFT,
        Kind.DAILY_SHAPE,
        Kind.UNUSUAL_USAGE,
    )
]
"""Rows whose scores come without their thresholds."""

_SILENCE: Final = FIRST[Kind.METER_SILENT]


class Engine:
    """All meters of a site."""

    def __init__(
        self,
        meters: Sequence[WatchedMeter],
        zone: dt.tzinfo,
        settings: Settings | None = None,
        *,
        holiday: Holiday | None = None,
    ) -> None:
        """Begin with nothing known. Raises ValueError when two meters have one serial number."""
        self._time = LocalTime(zone, holiday)
        self._memory = Memory(SLOTS, [meter.serial for meter in meters])
        self._minute = -1
        self._wall = -1
        self.passed_over = 0
        """Samples that came too late, or twice."""
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
        self._load_scores = LoadScores(memory, self._loads)
        self._week_scores = WeekScores(memory)
        self._baseline = Baseline(memory, self._time)
        self._rules = RuleScores(memory, self._habits, meters, limits)
        self._latches = Latches(memory)
        memory["stage"][~limits.looked_for] = Stage.QUIET
        self._guard = Guard(memory)
        self._reporter = Reporter(memory, meters, limits, Circuits(memory, meters))
        self._asks_week = bool(limits.looked_for[FIRST[Kind.UNUSUAL_USAGE]].any())
        self._tuned = np.stack([limits.threshold[CHANNELS[row].kind] for row in _TUNED])
        self._scores = np.full((len(CHANNELS), len(meters)), np.nan)
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

    def nothing(self, minute: int) -> Rows:
        """A minute of which nobody has said anything."""
        count = len(self._meters)
        return Rows(
            minute=minute, values=np.full((len(INPUTS), count), np.nan), fresh=np.zeros(count, np.bool_)
        )

    def observe_rows(self, rows: Rows) -> list[Finding]:
        """As ``observe``, for the one minute after those before it. Raises ValueError for an earlier one."""
        if rows.minute <= self._minute:
            raise ValueError(f"minute {rows.minute} was observed before")
        memory, minute, fresh = self._memory, rows.minute, rows.fresh
        wall = self._time.wall(minute)
        with np.errstate(all="ignore"):
            self._advance(minute, wall)
            last = memory["last_seen"]
            weight = np.where(last < 0, self._interval, np.minimum(minute - last, self._interval))
            np.copyto(last, minute, where=fresh)
            power = rows.values[ROW["active_power"]]
            powered = fresh & ~np.isnan(power)
            self._loads.add(minute, wall, power, powered, self._interval)
            scores = self._score(minute, rows, weight)
            np.copyto(memory["last_values"], rows.values, where=fresh)
            transitions = self._latches.step(minute, scores, self._interval, self._limits)
        self._minute = minute
        moment = Moment(minute=minute, wall=self._wall, scores=scores)
        findings = self._reporter.report(moment, transitions)
        for finding in findings:
            self._guard.confirmed(finding, self._places[finding.serial], minute, self._wall)
        return findings

    def _score(self, minute: int, rows: Rows, weight: Floats) -> Floats:
        """Scores of all channels, NaN where there is nothing to judge."""
        memory, limit = self._memory, self._limits.threshold
        scores = self._scores
        scores.fill(np.nan)
        self._rules.judge(rows.values, rows.fresh, weight, scores)
        self._load_scores.judge(minute, rows.values[ROW["active_power"]], scores)
        scores[FIRST[Kind.DAILY_SHAPE]] = self._shape_score
        if self._asks_week:
            scores[FIRST[Kind.UNUSUAL_USAGE]] = self._week_scores.unusual(rows.values[ROW["active_power"]])
        scores[FIRST[Kind.LASTING_CHANGE]] = minute - memory["adopted_at"] < TOLD
        scores[_TUNED] /= self._tuned
        if self._young is not None:
            scores[self._young] = np.nan
        if rows.fresh.all():
            scores[_SILENCE] = 0.0
            return scores
        scores[:, ~rows.fresh] = np.nan
        seen = memory["last_seen"]
        missed = (minute - seen) / self._interval / limit[Kind.METER_SILENT]
        scores[_SILENCE] = np.where(seen < 0, np.nan, missed)
        return scores

    # spans that are over

    def _advance(self, minute: int, wall: int) -> None:
        """Close what is over before ``wall``, in order; where clocks go back, nothing is."""
        if self._wall >= 0:
            newest = wall // QUARTER
            learnt: int | None = None
            for quarter in range(max(self._wall // QUARTER, newest - 4 * HOURS), newest):
                self._loads.close_quarter(quarter, self._interval)
                self._load_scores.close_quarter(quarter)
                if quarter % 4 == 3:
                    learnt = self._close_hour(quarter // 4) or learnt
            if newest // 4 > self._wall // QUARTER // 4:
                if self._guard.adopt(minute, wall, self._limits.threshold[Kind.LASTING_CHANGE]):
                    learnt = wall // 60 // 24 - 1
                if self._asks_week:
                    self._week_scores.begin_hour(newest // 4)
            if learnt is not None:
                self._load_scores.learn(learnt)
                self._baseline.learn(learnt)
            if newest > self._wall // QUARTER:
                self._wall = wall
                self._refresh()
        self._wall = max(self._wall, wall)

    def _refresh(self) -> None:
        """Work out anew what stands until the next quarter of an hour."""
        with np.errstate(all="ignore"):
            self._rules.refresh()
            self._load_scores.refresh(self._wall)
            self._shape_score = self._week_scores.shape()
        young = self._memory["known_days"] < SILENT_DAYS
        self._young = np.ix_(_STATISTICAL, young) if young.any() else None

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
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return self._memory.nbytes

    def expected(self, serial: str, minute: int) -> Expected | None:
        """What is usual in the hour of ``minute`` (UTC). Raises KeyError for a meter that is not watched."""
        hour, now = self._time.wall(minute) // 60, max(self._wall, 0) // 60
        return self._baseline.at(self._places[serial], hour, now)

    def scores(self, serial: str) -> dict[Kind, float]:
        """The largest score of each kind in the newest minute, where there is one; 1 is the threshold."""
        column = self._scores[:, self._places[serial]]
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
        return self._reporter.active(Moment(minute=self._minute, wall=self._wall, scores=self._scores))

    def set_season(self, factors: Mapping[str, float]) -> None:
        """How much more than in the last month each will use, by last year: half of that is believed."""
        for serial, factor in factors.items():
            if serial in self._places:
                self._memory["season"][self._places[serial]] = 1 + (np.clip(factor, 0.6, 1.6) - 1) / 2

    # saving

    def saved(self) -> bytes:
        """Everything, so that ``restore`` goes on as if nothing had happened."""
        words = {"minute": str(self._minute), "wall": str(self._wall), "zone": str(self._time.zone)}
        return self._memory.saved(words)

    def restore(self, body: bytes) -> Self:
        """Go on where ``saved`` was: of meters that are watched, what was known then.

        Raises SavedMemoryError when it cannot be that; then nothing has changed.
        """
        memory, words = Memory.restored(SLOTS, body)
        try:
            minute, wall = int(words["minute"]), int(words["wall"])
        except (KeyError, ValueError) as err:
            raise SavedMemoryError(f"damaged: {err}") from err
        if words.get("zone") != str(self._time.zone):
            raise SavedMemoryError("saved in another time zone")
        memory.arrange(self._memory.serials)
        # the parts hold on to the object, not to its arrays
        self._memory.arrays = memory.arrays
        self._minute, self._wall = minute, wall
        self.configure(self._meters, self._settings)
        return self
