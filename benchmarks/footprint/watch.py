"""What the threads of this process do for whom: calls of the event loop, jobs of executors.

A call of the loop is ours when anything of our code ran in it: it may be Home Assistant's own, which adds
our entities or tells our listeners something. All of its time is counted then. Times are those in which the
thread really worked (``time.thread_time``), so somebody else on the same core is not in them; the wall clock
is told beside it. What watching costs is in these figures: nobody watches while processes are compared.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import thread as pools
from dataclasses import asdict, dataclass, field
import gc
from importlib.machinery import SourceFileLoader
from pathlib import Path
import sys
import threading
import time
from types import CodeType
from typing import Any, Final

TOOL: Final = 4
"""Of ``sys.monitoring``; no debugger, profiler or optimizer."""

STARTS: Final = sys.monitoring.events.PY_START | sys.monitoring.events.PY_RESUME

LONG: Final = 0.005
"""Seconds from which on a call of the loop is told by name."""

MOST_LONG: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One long call of the loop in which code of ours ran."""

    cpu: float
    wall: float
    """Seconds; those in which Python collected garbage of the whole process are not in ``cpu``."""

    at: float
    """Seconds of the process until it ended."""

    name: str
    parts: tuple[str, ...]
    """The files of ours that had a part in it, by the number of functions called."""


@dataclass(slots=True)
class Span:
    """What was seen since the last report."""

    since: float = field(default_factory=time.perf_counter)
    ours: float = 0.0
    others: float = 0.0
    """CPU seconds of the loop's calls."""

    by_file: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """CPU seconds of our calls by the file of ours that was called first."""

    jobs: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """CPU seconds of our jobs in other threads by their name."""

    longest_wall: float = 0.0
    long: list[Call] = field(default_factory=list)
    collections: list[tuple[int, float]] = field(default_factory=list)
    """Generation and CPU seconds of what the loop's thread collected of garbage."""

    def told(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "ours": self.ours,
            "others": self.others,
            "by_file": dict(self.by_file),
            "jobs": dict(self.jobs),
            "longest_wall": self.longest_wall,
            "long": [asdict(call) for call in self.long],
            "collections": self.collections,
        }


class Watch:
    """Sees everything that the loop of this thread calls, and all jobs of its executors."""

    def __init__(self, folder: Path, domains: frozenset[str]) -> None:
        """Look out for code in ``folder``, and for imports of integrations that are there for ours."""
        self._folder = str(folder)
        self._domains = domains
        self._loop = threading.get_ident()
        self._run = events.Handle._run  # noqa: SLF001 - there is no other place to stand
        self._wanted = STARTS
        self._marks: Counter[int] = Counter()
        self._codes: dict[int, CodeType] = {}
        self._collecting = 0.0
        self._collected = 0.0
        self._since = 0.0
        self.span = Span()

    def begin(self) -> None:
        """From now on; before any of our code is imported."""
        sys.monitoring.use_tool_id(TOOL, "footprint")
        for event in (sys.monitoring.events.PY_START, sys.monitoring.events.PY_RESUME):
            sys.monitoring.register_callback(TOOL, event, self._mark)
        self._follow_imports()
        self._follow_calls()
        self._follow_jobs()
        gc.callbacks.append(self._note_collection)

    def rest(self) -> None:
        """Look away, at no cost, until ``look``."""
        events.Handle._run = self._run  # type: ignore[method-assign]  # noqa: SLF001
        self._follow_functions(sys.monitoring.events.NO_EVENTS)

    def look(self) -> None:
        """Go on."""
        self._follow_functions(STARTS)
        self._follow_calls()

    def _follow_functions(self, wanted: int) -> None:
        self._wanted = wanted
        for code in self._codes.values():
            sys.monitoring.set_local_events(TOOL, code, wanted)

    def next_span(self) -> Span:
        """What was seen, with the call that is under way as far as it has got; begins anew."""
        span, self.span = self.span, Span()
        now = time.thread_time()
        span.ours += now - self._since
        self._since = now
        return span

    def _mark(self, code: CodeType, _: int) -> None:
        if threading.get_ident() == self._loop:
            self._marks[id(code)] += 1  # code hashes all that is in it

    def _follow_imports(self) -> None:
        get_code = SourceFileLoader.get_code

        def followed(loader: SourceFileLoader, name: str) -> CodeType | None:
            code = get_code(loader, name)
            if code is not None and self._is_ours(code.co_filename):
                for one in _all(code):
                    self._codes[id(one)] = one
                    sys.monitoring.set_local_events(TOOL, one, self._wanted)
            return code

        SourceFileLoader.get_code = followed  # type: ignore[assignment, method-assign]

    def _follow_calls(self) -> None:
        run = self._run
        marks = self._marks
        thread_time, perf_counter = time.thread_time, time.perf_counter

        def timed(handle: events.Handle) -> None:
            callback = handle._callback  # type: ignore[attr-defined]  # noqa: SLF001 - gone when it has run
            collected = self._collected
            began, self._since = perf_counter(), thread_time()
            begun = self._since
            run(handle)
            now = thread_time()
            cpu, wall, rest = now - begun, perf_counter() - began, now - self._since
            span = self.span
            if not marks:
                span.others += rest
                return
            span.ours += rest
            span.by_file[self._file(self._codes[next(iter(marks))])] += rest
            span.longest_wall = max(span.longest_wall, wall)
            cpu -= self._collected - collected
            if cpu > LONG:
                self._note_long(cpu, wall, callback)
            marks.clear()

        events.Handle._run = timed  # type: ignore[assignment, method-assign]  # noqa: SLF001

    def _note_long(self, cpu: float, wall: float, callback: Any) -> None:
        parts: Counter[str] = Counter()
        for number, times in self._marks.items():
            code = self._codes[number]
            parts[f"{self._file(code)}:{code.co_qualname}"] += times
        long = self.span.long
        long.append(
            Call(
                cpu=cpu,
                wall=wall,
                at=time.perf_counter() - self.span.since,
                name=_name(callback),
                parts=tuple(f"{part} {times}" for part, times in parts.most_common(6)),
            )
        )
        long.sort(key=lambda call: -call.cpu)
        del long[MOST_LONG:]

    def _follow_jobs(self) -> None:
        run = pools.WorkerContext.run

        def timed(context: pools.WorkerContext, task: Any) -> Any:
            begun = time.thread_time()
            try:
                return run(context, task)
            finally:
                if (name := self._job(*task[:2])) is not None:
                    self.span.jobs[name] += time.thread_time() - begun

        pools.WorkerContext.run = timed  # type: ignore[assignment, method-assign]

    def _job(self, job: Callable[..., Any], arguments: tuple[Any, ...]) -> str | None:
        """The name of a job that is ours: of the innermost function that is handed on."""
        if getattr(getattr(job, "__self__", None), "domain", None) in self._domains:
            return f"import {job.__self__.domain}"  # type: ignore[attr-defined]
        name = None
        waiting = [job, *arguments]
        while waiting:
            one = waiting.pop(0)
            if callable(one) and not isinstance(one, type):
                waiting += [getattr(one, "func", None), *getattr(one, "args", ())]
                if "csj_meter." in (module := getattr(one, "__module__", None) or ""):
                    name = f"{module.partition('csj_meter.')[2]}.{getattr(one, '__qualname__', '')}"
        return name

    def _is_ours(self, filename: str) -> bool:
        return filename.startswith(self._folder)

    def _file(self, code: CodeType) -> str:
        return code.co_filename[len(self._folder) + 1 :].removesuffix(".py")

    def _note_collection(self, phase: str, info: dict[str, int]) -> None:
        if threading.get_ident() != self._loop:
            return
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            spent = time.thread_time() - self._collecting
            self._collected += spent
            self.span.collections.append((info["generation"], spent))


def _all(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all(constant)


def _name(callback: Any) -> str:
    """What a call of the loop is, as well as it can be told."""
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"{task.get_name()} ({getattr(task.get_coro(), '__qualname__', '')})"
    return f"{getattr(callback, '__module__', '')}.{getattr(callback, '__qualname__', repr(callback))}"
