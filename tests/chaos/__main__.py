"""``python -m tests.chaos FOLDER``: lets a site live through a month of disasters. See ``script/soak``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import os
from pathlib import Path
import shutil
import signal
import sys
import traceback

from tests.chaos import clock

clock.install()

from tests.chaos.life import live  # noqa: E402 - only now
from tests.chaos.plan import Site  # noqa: E402
from tests.chaos.report import report  # noqa: E402
from tests.chaos.run import RUN_FILE, Run, free_port  # noqa: E402


def main(arguments: Sequence[str]) -> int:
    """Live one life after the other until the run is over; 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("folder", type=Path, help="where everything is kept")
    parser.add_argument("--meters", type=int, default=100)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on where a run has ended")
    parser.add_argument("--report", action="store_true", help="only tell how far a run has come")
    options = parser.parse_args(arguments)
    if options.report:
        print(report(Run.load(options.folder)))  # noqa: T201 - a program
        return 0
    if not options.resume:
        if options.folder.exists():
            parser.error(f"{options.folder} is there already: --resume, or another folder")
        options.folder.mkdir(parents=True)
        run = Run.new(options.folder, options.seed, Site(meters=options.meters), options.days)
        run.ports = [free_port() for _ in range(run.site.lines)]
        run.save()
        print(f"seed {run.seed}, {run.site.meters} meters, {run.days:g} days")  # noqa: T201
        for disaster in run.plan:
            print(disaster)  # noqa: T201
    ended = _live_on(options.folder)
    run = Run.load(options.folder)
    print(report(run))  # noqa: T201
    return 1 if run.violations or ended not in {"end", "interrupted"} else 0


def _live_on(folder: Path) -> str:
    """All lives, each in a fork of this process: what they need is imported once."""
    interrupted: list[int] = []
    while True:
        _keep_aside(folder)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _one_life(folder)

        def interrupt(*_: object, child: int = child) -> None:
            interrupted.append(child)
            os.kill(child, signal.SIGTERM)

        signal.signal(signal.SIGTERM, interrupt)
        signal.signal(signal.SIGINT, interrupt)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            if os.WTERMSIG(status) != signal.SIGKILL:
                return f"died of signal {os.WTERMSIG(status)}"
            if Run.load(folder).lives[-1].ended is None:
                return "killed by somebody else"
        elif os.WEXITSTATUS(status):
            return {2: "end", 3: "interrupted"}.get(os.WEXITSTATUS(status), "failed")
        if interrupted:
            return "interrupted"


def _one_life(folder: Path) -> None:
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
