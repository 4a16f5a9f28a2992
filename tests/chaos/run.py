"""What a run remembers from one life of Home Assistant to the next: the world, and what was seen of it."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
import os
from pathlib import Path
import pickle
import random
import socket
from typing import Any, Final, Self

from .clock import CLOCK, EPOCH
from .growth import Weight
from .plan import DAY, QUIET_START, Disaster, Site, plan

RUN_FILE: Final = "run.pickle"
HOME: Final = "home"
"""Folder of Home Assistant, in that of the run."""


def free_port() -> int:
    """A port of loopback that stays free between two lives: none that is given to those who ask for any."""
    while True:
        port = random.SystemRandom().randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(slots=True, kw_only=True)
class Episode:
    """A fault that must have led to exactly one alert."""

    fault: str
    serial: str
    line: int
    since: float
    """True time, UTC s."""
    until: float
    exposed: float = 0.0
    """Longest stretch of it, in seconds, in which Home Assistant ran and the line was well."""
    after: float = 0.0
    """The same, since it is over."""
    heard_from: float | None = None
    """True time at which that longest stretch began: nobody can tell sooner that it is over."""
    stretch: float = 0.0
    """The one that lasts."""
    judged: bool = False
    """It has been looked at whether there was an alert."""
    muddled: bool = False
    """The clock was set meanwhile: when it was, nobody can tell."""


@dataclass(slots=True, kw_only=True)
class Order:
    """Money that somebody wants on a meter; it is asked for until the answer is yes."""

    key: str
    serial: str
    cents: int
    asked: int = 0
    done: bool = False
    refused: str | None = None


@dataclass(slots=True, kw_only=True)
class Booking:
    """What has really been put on a meter."""

    serial: str
    count: int
    cents: int
    rival: bool


@dataclass(slots=True, kw_only=True)
class Life:
    """One life of Home Assistant, in true time."""

    began: float
    ended: float | None = None
    cpu: float = 0.0
    """Seconds of this process."""
    memory: list[Weight] = field(default_factory=list)
    """Weighed every hour."""


@dataclass(slots=True, kw_only=True)
class Run:
    """All of it; it is pickled whenever Home Assistant ends, however that is."""

    folder: Path
    seed: int
    days: float
    site: Site
    plan: list[Disaster]
    since: float = 0.0
    """Day of the plan with whose beginning the site was new."""
    done: int = 0
    """How many disasters of the plan have happened."""
    pending: list[Disaster] = field(default_factory=list)
    """Their ends, that are still to come."""
    true: float = EPOCH
    ahead: float = 0.0
    off_until: float = 0.0
    """True time until which Home Assistant stays off."""
    ports: list[int] = field(default_factory=list)
    world: dict[str, Any] = field(default_factory=dict)
    """States of the simulated meters and their faults."""
    said: dict[str, list[Any]] = field(default_factory=dict)
    """Serial number -> what the meter has shown since the store was looked at."""
    checked_until: int = 0
    """Minute before which the store was compared with that, by the clock on the wall."""
    lost: list[tuple[int, int]] = field(default_factory=list)
    """Minutes, from and before, that may be missing."""
    digests: dict[tuple[str, int], int] = field(default_factory=dict)
    """Serial number and hour -> checksum of what was measured in it."""
    trouble_since: float | None = None
    """True time since when the database takes nothing."""
    clocks: list[tuple[float, float]] = field(default_factory=list)
    """True time and seconds of each setting of the clock."""
    twice: list[tuple[int, int]] = field(default_factory=list)
    """Minutes by the clock on the wall, from and before, that came twice or never."""
    episodes: list[Episode] = field(default_factory=list)
    outages: list[tuple[int, float, float]] = field(default_factory=list)
    """Lines that nobody could reach: which, from and until when (true)."""
    noises: list[tuple[int, float, float]] = field(default_factory=list)
    """Lines that carried only a part of what was said: which, from and until when (true)."""
    alerts: list[dict[str, Any]] = field(default_factory=list)
    """What the event bus said of alerts."""
    told: list[tuple[float, str, str]] = field(default_factory=list)
    """Messages that got through: true time, channel, text."""
    orders: dict[str, Order] = field(default_factory=dict)
    booked: list[Booking] = field(default_factory=list)
    away: dict[str, Any] = field(default_factory=dict)
    """Meters that somebody has removed, to be added again."""
    lives: list[Life] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """What happened how often."""
    logged: Counter[str] = field(default_factory=Counter)
    """Logger and level -> lines."""
    slow: list[tuple[float, float, str]] = field(default_factory=list)
    """Callbacks that took too long: true time, seconds of CPU, which."""
    violations: list[str] = field(default_factory=list)

    @classmethod
    def new(cls, folder: Path, seed: int, site: Site, days: float, *, since: float = 0.0) -> Self:
        """A run that has not begun; what was planned for before ``since`` (days) has befallen nobody."""
        planned = plan(seed, site, days)
        return cls(
            folder=folder,
            seed=seed,
            days=days,
            site=site,
            plan=planned,
            since=since,
            done=sum(one.at < since * DAY + QUIET_START for one in planned),
            true=EPOCH + since * DAY,
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The run that was kept in a folder."""
        run: Self = pickle.loads((folder / RUN_FILE).read_bytes())
        run.folder = folder
        return run

    def save(self) -> None:
        """Keep it, whole or not at all."""
        beside = self.folder / f"{RUN_FILE}.new"
        # by hand: Home Assistant watches who writes in its event loop
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        content = memoryview(pickle.dumps(self))
        while content:
            content = content[os.write(descriptor, content) :]
        os.close(descriptor)
        beside.replace(self.folder / RUN_FILE)

    @property
    def home(self) -> Path:
        """Folder of Home Assistant."""
        return self.folder / HOME

    @property
    def ends_at(self) -> float:
        """True time at which the run is over."""
        return EPOCH + self.days * 86_400

    def violated(self, text: str) -> None:
        """Something that was promised did not hold; what is seen again and again is told once."""
        if any(known.endswith(f" h: {text}") for known in self.violations):
            return
        day, second = divmod(CLOCK.true() - EPOCH, 86_400)
        told = f"day {day:.0f} {second / 3600:05.2f} h: {text}"
        self.violations.append(told)
        print(f"violation: {told}", flush=True)  # noqa: T201 - a program, and a run takes hours
