"""``python -m tests.chaos FOLDER``: lets a site live through a month of disasters. See ``script/soak``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
import os
from pathlib import Path
import shutil
import signal
import sys
import traceback
from typing import Final

from tests.chaos import clock

clock.install()

from custom_components.csj_meter.simulator.site import LARGEST_LINE  # noqa: E402 - only now
from tests.chaos.life import live  # noqa: E402
from tests.chaos.plan import LINES, LONGEST, SHORTEST, Site  # noqa: E402
from tests.chaos.report import report  # noqa: E402
from tests.chaos.run import RUN_FILE, Run, free_port  # noqa: E402

INTERRUPTS: Final = frozenset({signal.SIGINT, signal.SIGTERM})


def main(arguments: Sequence[str]) -> int:
    """Live one life after the other until the run is over; 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("folder", type=Path, help="where everything is kept")
    parser.add_argument("--meters", type=_meters, default=100, help="how many (default 100)")
    parser.add_argument("--days", type=_days, default=30, help="how long, simulated (default 30)")
    parser.add_argument(
        "--from", type=float, default=0.0, dest="since", help="begin with a new site on this day of the plan"
    )
    parser.add_argument("--seed", type=int, default=1, help="which disasters (default 1)")
    parser.add_argument("--resume", action="store_true", help="go on where a run has ended")
    parser.add_argument("--report", action="store_true", help="only tell how far a run has come")
    parser.add_argument("--must-end", action="store_true", help="being interrupted is a failure")
    options = parser.parse_args(arguments)
    if not 0 <= options.since <= options.days - SHORTEST:
        parser.error(f"--from is a day from 0 to {options.days - SHORTEST:g}, not {options.since:g}")
    if (options.report or options.resume) and not (options.folder / RUN_FILE).is_file():
        parser.error(f"there is no run in {options.folder}: leave out --resume and --report to begin one")
    if options.report:
        print(report(Run.load(options.folder)))  # noqa: T201 - a program
        return 0
    if not options.resume:
        if options.folder.exists():
            parser.error(f"{options.folder} is there already: --resume, or another folder")
        run = Run.new(
            options.folder, options.seed, Site(meters=options.meters), options.days, since=options.since
        )
        run.ports = [free_port() for _ in range(run.site.lines)]
        try:
            options.folder.mkdir(parents=True)
        except OSError as err:
            parser.error(f"cannot make {options.folder}: {err.strerror}; choose another folder")
        run.save()
        print(f"seed {run.seed}, {run.site.meters} meters, {run.days:g} days")  # noqa: T201
        for disaster in run.plan[run.done :]:
            print(disaster)  # noqa: T201
    ended = _live_on(options.folder)
    run = Run.load(options.folder)
    print(report(run))  # noqa: T201
    well = {"end"} if options.must_end else {"end", "interrupted"}
    return 1 if run.violations or ended not in well else 0


def _meters(text: str) -> int:
    try:
        meters = int(text)
    except ValueError:
        meters = 0
    if not LINES <= meters <= LINES * LARGEST_LINE:
        raise argparse.ArgumentTypeError(
            f"{LINES} lines carry {LINES} to {LINES * LARGEST_LINE} meters, not {text!r}"
        )
    return meters


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not SHORTEST <= days <= LONGEST:
        raise argparse.ArgumentTypeError(f"a run lasts {SHORTEST:g} to {LONGEST:g} days, not {text!r}")
    return days


def _live_on(folder: Path) -> str:
    """All lives, each in a fork of this process: what they need is imported once."""
    child, interrupted = 0, False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        interrupted = True
        # it may have ended of itself, and the next one is not there yet
        with suppress(ProcessLookupError):
            if child:
                os.kill(child, signal.SIGTERM)

    for number in INTERRUPTS:
        signal.signal(number, interrupt)
    while True:
        _keep_aside(folder)
        sys.stdout.flush()
        # whoever interrupts meanwhile is heard when it is clear who is the child
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        child = os.fork()
        if child == 0:
            _one_life(folder)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
        if interrupted:
            interrupt()
        _, status = os.waitpid(child, 0)
        if (ended := _end(folder, status, interrupted=interrupted)) is not None:
            return ended


def _end(folder: Path, status: int, *, interrupted: bool) -> str | None:
    """How the run ended with this life; None when another one follows."""
    if os.WIFSIGNALED(status):
        if interrupted and os.WTERMSIG(status) == signal.SIGTERM:
            return "interrupted"  # before the life has begun
        if os.WTERMSIG(status) != signal.SIGKILL:
            return f"died of signal {os.WTERMSIG(status)}"
        if Run.load(folder).lives[-1].ended is None:
            return "killed by somebody else"
    elif os.WEXITSTATUS(status):
        return {2: "end", 3: "interrupted"}.get(os.WEXITSTATUS(status), "failed")
    return "interrupted" if interrupted else None


def _one_life(folder: Path) -> None:
    # a Ctrl-C reaches the whole group of processes: it is for the parent, which ends this life in order
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # that handler is the parent's; a life that has begun has one of its own
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
    code = 4
    try:
        code = {"restart": 0, "end": 2, "interrupted": 3}[live(folder)]
    except BaseException:  # noqa: BLE001 - the root of a process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _keep_aside(folder: Path) -> None:
    """A copy of all of it as this life finds it, to go on from when the machine is switched off."""
    aside = folder / "aside"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    shutil.copy2(folder / RUN_FILE, aside)
    if (folder / "home").exists():
        shutil.copytree(folder / "home", aside / "home", symlinks=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
