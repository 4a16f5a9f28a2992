"""Commands at random moments on a line that is never idle, and how long each waited for the wire."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle, islice
import random
from statistics import median, quantiles
import time

from custom_components.csj_meter.bus.bus import Bus
from custom_components.csj_meter.bus.timing import LineTiming
from custom_components.csj_meter.meters.commands.credit import load_token
from custom_components.csj_meter.meters.commands.relay import set_relay
from custom_components.csj_meter.meters.commands.sample import take_sample
from custom_components.csj_meter.meters.commands.session import Session
from custom_components.csj_meter.meters.commands.settings import write_setting
from custom_components.csj_meter.meters.discovery import identify
from custom_components.csj_meter.meters.meter import Meter
from custom_components.csj_meter.meters.poller import Poller, PollReport
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary
from custom_components.csj_meter.meters.quantities import RelayMode
from custom_components.csj_meter.meters.reading import Group
from custom_components.csj_meter.prepay.credit import next_count
from custom_components.csj_meter.prepay.prepaid_meter import PrepaidMeter

from ..lines import TURNAROUND, bus_on, keys_of, simulated_line
from .wire import Wire, tapped

EVERY_MINUTE = (Group.LIVE, Group.ENERGY, Group.PREPAY)
"""What is due every minute; here again as soon as it has been read."""

ALWAYS_DUE = 1.0
"""Seconds: a period that no line of this benchmark can keep."""

LONGEST_PAUSE = 0.6
"""Seconds between two commands, at random up to this; several poll transactions."""

type Command = Callable[[Session], Awaitable[object]]


async def _top_up(session: Session) -> None:
    meter = PrepaidMeter(session)
    credit = await meter.read_credit()
    await meter.write_top_up(Decimal("1.00"), next_count(credit.count))


COMMANDS: Mapping[str, Command] = {
    "unlock": Session.test_key,
    "top-up": _top_up,
    "token": lambda session: load_token(session, "0000 0000 0000 0000 0000"),
    "relay": lambda session: set_relay(session, RelayMode.FORCED_CLOSED),
    "setting": lambda session: write_setting(session, "reporting_interval", 5),
    "sample": take_sample,
}
"""Given in turn; what each asks first is its own affair."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One command; times on the monotonic clock."""

    kind: str
    """Key of ``COMMANDS``."""

    task: asyncio.Task[None]
    """What carried it out."""

    called: float
    """When it was called."""

    returned: float
    """When it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Figures of one line; seconds."""

    waits: Sequence[float]
    """From the call of each command to its first byte at the serial port."""

    whole: Mapping[str, float]
    """Kind of command -> median time from the call to the return."""

    poll: float
    """Median time of the longest transaction among what is polled without a pause, from the request
    to the last byte of its reply."""

    arithmetic: float
    """The same by the formula of the line."""

    floor: float
    """95th percentile of the wait if there were only the line: by the formula, from a random moment
    to the end of the poll transaction under way and of the silence after it."""

    load: float
    """Share of the time in which the line was in use, 0..1."""

    @property
    def p95(self) -> float:
        """95th percentile of the waits."""
        return quantiles(self.waits, n=20)[-1]


async def measure(
    meters: int, baudrate: int, commands: int, groups: Sequence[Group] = EVERY_MINUTE
) -> Latency:
    """Poll ``groups`` of all meters without a pause, and give ``commands`` commands meanwhile."""
    profiles = ProfileLibrary.load().profiles
    keys = keys_of(meters)
    with tapped() as wire:
        async with simulated_line(meters, baudrate) as line, bus_on(line, baudrate) as bus:
            sessions: list[Session] = []
            for unit_id in range(1, meters + 1):
                identity = await identify(bus, unit_id, profiles.values())
                meter = Meter(bus, unit_id, profiles[identity.profile], identity)
                sessions.append(Session(meter, keys[identity.serial]))
            polling = _Polling(bus, [session.meter for session in sessions], groups)
            await polling.begun.wait()
            wire.transactions.clear()
            calls = await _give(sessions, commands)
            await polling.poller.stop()
    if polling.troubles:
        raise RuntimeError(f"not everything could be polled: {dict(polling.troubles)}")
    blocks = {
        count for session in sessions for group in groups for _, _, count in session.meter.plan(group).blocks
    }
    return _figures(wire, calls, bus.timing, max(blocks))


class _Polling:
    """The poller at work, ``begun`` once it has read everything, also what is due once an hour."""

    def __init__(self, bus: Bus, meters: Sequence[Meter], groups: Sequence[Group]) -> None:
        self.begun = asyncio.Event()
        self.troubles: Counter[str] = Counter()
        self._meters = meters
        self.poller = Poller(bus, self._heard, periods=dict.fromkeys(groups, ALWAYS_DUE))
        self.poller.start(meters)

    def _heard(self, report: PollReport) -> None:
        self.troubles.update(f"{group}: {error}" for group, error in report.failed.items())
        if all(meter.readings.keys() >= set(meter.groups) for meter in self._meters):
            self.begun.set()


async def _give(sessions: Sequence[Session], commands: int) -> list[Call]:
    """Give commands one after the other, each to any meter at any moment."""
    luck = random.Random(commands)
    calls: list[Call] = []
    for kind, command in islice(cycle(COMMANDS.items()), commands):
        await asyncio.sleep(luck.uniform(0, LONGEST_PAUSE))
        calls.append(await _call(kind, command, luck.choice(sessions)))
    return calls


async def _call(kind: str, command: Command, session: Session) -> Call:
    times: list[float] = []

    async def run() -> None:
        times.append(time.monotonic())
        await command(session)
        times.append(time.monotonic())

    task = asyncio.create_task(run())
    await task
    called, returned = times
    return Call(kind=kind, task=task, called=called, returned=returned)


def _figures(wire: Wire, calls: Sequence[Call], timing: LineTiming, longest: int) -> Latency:
    """The figures, with the poll of ``longest`` registers as what the waits are compared with."""
    commanders = {call.task for call in calls}
    polls: dict[int, list[float]] = defaultdict(list)
    for one in wire.transactions[:-1]:  # the last one may have been broken off
        if one.task not in commanders and one.registers is not None:
            polls[one.registers].append(one.seconds)
    whole: dict[str, list[float]] = defaultdict(list)
    for call in calls:
        whole[call.kind].append(call.returned - call.called)
    first, last = wire.transactions[0], wire.transactions[-2]
    used = sum(one.seconds + timing.silence for one in wire.transactions[:-1])
    return Latency(
        waits=[wire.first_of(call.task).sent - call.called for call in calls],
        whole={kind: median(times) for kind, times in whole.items()},
        poll=median(polls[longest]),
        arithmetic=timing.read(longest, TURNAROUND) - timing.silence,
        floor=_waiting(
            [timing.read(registers, TURNAROUND) for registers, times in polls.items() for _ in times], 0.95
        ),
        load=used / (last.sent + last.seconds + timing.silence - first.sent),
    )


def _waiting(spans: Sequence[float], share: float) -> float:
    """The ``share`` quantile of the time from a random moment to the end of the span it is in."""
    low, high, total = 0.0, max(spans), sum(spans)
    while high - low > 1e-6:
        middle = (low + high) / 2
        if sum(max(0.0, span - middle) for span in spans) > (1 - share) * total:
            low = middle
        else:
            high = middle
    return high
