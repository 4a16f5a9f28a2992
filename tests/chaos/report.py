"""What became of a run, in figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from .clock import EPOCH
from .run import Life, Run

DAY = 86_400


def report(run: Run) -> str:
    """All of it, for people."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    day = (run.true - EPOCH) / DAY
    lived = f"{day - run.since:.2f} of {run.days - run.since:g} days"
    if run.since:
        lived += f" (day {run.since:g} to {day:.2f} of the plan)"
    cpu = sum(life.cpu for life in run.lives)
    yield f"{run.site.meters} meters on {run.site.lines} lines, seed {run.seed}"
    yield f"lived {lived} in {len(run.lives)} lives, {cpu:.0f} s of CPU"
    yield "what happened: " + _told(run.counts)
    yield f"alerts on the bus: {_told(Counter(one['type'] for one in run.alerts))}"
    yield f"messages that got through: {_told(Counter(channel for _, channel, _ in run.told))}"
    done = sum(order.done for order in run.orders.values())
    yield f"payments: {len(run.orders)} orders, {done} done, {len(run.booked)} bookings on meters"
    yield "log lines: " + _told(run.logged)
    yield from _slow(run)
    yield "memory by life:"
    for life in run.lives:
        yield from _memory(life)
    yield f"violations: {len(run.violations)}"
    yield from run.violations[:200]


def _told(counts: Counter[str]) -> str:
    told = [f"{name} {count}" for name, count in sorted(counts.items()) if not name.startswith("told twice")]
    return ", ".join(told) or "nothing"


def _slow(run: Run) -> Iterator[str]:
    by_name: dict[str, list[float]] = defaultdict(list)
    for _, seconds, what in run.slow:
        by_name[what].append(seconds)
    yield f"callbacks above 50 ms of CPU: {len(run.slow)}"
    for what, all_seconds in sorted(by_name.items(), key=lambda one: -len(one[1])):
        yield f"  {len(all_seconds)} times, at most {max(all_seconds) * 1000:.0f} ms: {what}"


def _memory(life: Life) -> Iterator[str]:
    if len(life.memory) < 2:
        return
    since, first = life.memory[0].at, life.memory[min(5, len(life.memory) - 1)]
    last = life.memory[-1]
    counted = [one for one in life.memory if one.objects]
    yield (
        f"  {(last.at - since) / 3600:.0f} h: "
        f"resident {first.resident / 1e6:.0f} MB -> {last.resident / 1e6:.0f} MB, "
        f"tasks {first.tasks} -> {last.tasks}, objects {counted[0].objects} -> {counted[-1].objects}"
    )
    grown = Counter(counted[-1].of_class)
    grown.subtract(counted[0].of_class)
    yield "    grown most: " + ", ".join(
        f"{name} +{count}" for name, count in grown.most_common(6) if count > 0
    )
