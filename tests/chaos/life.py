"""One life of Home Assistant: from its start on the folder of the run until it is stopped or killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
import gc
from itertools import chain
import logging
import os
from pathlib import Path
import signal
import sys
import time
import traceback
from typing import Any, Final

from homeassistant import bootstrap
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.runner import RuntimeConfig

from custom_components.csj_meter.alerting.status import EVENT_ALERT
from custom_components.csj_meter.money.prepayment import LEDGER_FILE
from custom_components.csj_meter.prepay import schema
from custom_components.csj_meter.telemetry import database

from .clock import CLOCK, EPOCH, HomeAssistantLoop
from .disasters import Disasters, damage, limit_files
from .growth import Weight, growth
from .home import CHANNELS, add_bridges, seed_folder
from .judge import Judge, look_at_files
from .logs import LogWatch
from .observer import Observer
from .plan import HOUR
from .run import Life, Run
from .watch import COLLECTOR, HOST, LoopWatch
from .world import World, noisy

OF_THE_WORLD: Final = frozenset(
    {"unplugged", "plugged", "noise", "silence", "fault", "mended", "gateway", "gateway_on", "clock"}
    | {"channels", "channels_work", "back", "written", "top_up"}
)
"""What happens also while Home Assistant is off."""

AT_ONCE: Final = frozenset({"disk_has_room", "unlocked"})
"""What has come to its end with the process."""

SETTLED: Final = 240.0
"""Seconds after the start from which Home Assistant counts as running."""

OBJECTS_EVERY: Final = 6 * HOUR


class Living:
    """What goes on in this life."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.world = World(run)
        self.hass: HomeAssistant | None = None
        self.judge = Judge(run, self.world)
        self.observer: Observer
        self.disasters = Disasters(self)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ending: str | None = None
        self._wake = asyncio.Event()
        self.watch = LoopWatch(self._slow, lambda: self.world.cpu)
        secrets = [str(meter.nameplate.key) for meter in self.world.meters.values()]
        self.log = LogWatch(run.folder / "problems.log", secrets, self._noisy)

    def _noisy(self) -> bool:
        return any(noisy(line) for line in self.world.lines)

    def _slow(self, seconds: float, what: str) -> None:
        self.run.slow.append((CLOCK.true(), seconds, what))
        if what not in {COLLECTOR, HOST}:  # when they work, and how long, is not up to the product
            self.run.violated(f"{what} has held up the event loop for {seconds * 1000:.0f} ms")

    def task(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something meanwhile; it ends with this life."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.run.violated(f"harness: {error!r}")
            logging.getLogger(__name__).warning("a task of the harness", exc_info=error)

    def disk_full(self, *, full: bool) -> None:
        """Whether no file may grow."""
        self.log.disk_full = full
        limit_files(full=full)

    def stop(self, why: str) -> None:
        """End this life in order."""
        self._ending = why
        self._wake.set()

    def die(self, off: float) -> None:
        """End it as a power cut does: now."""
        now = CLOCK.true()
        self.run.off_until = now + off
        minute = int((CLOCK.wall() - 3.5) // 60)
        since = (
            minute
            if self.run.trouble_since is None
            else int((self.run.trouble_since + CLOCK.ahead) // 60) - 1
        )
        self.run.lost.append((since, int(CLOCK.wall() // 60) + 1))
        self._keep()
        os.kill(os.getpid(), signal.SIGKILL)

    def _keep(self) -> None:
        limit_files(full=False)
        run = self.run
        run.true, run.ahead = CLOCK.true(), CLOCK.ahead
        self.world.keep()
        run.pending = [one for one in run.pending if one.kind not in AT_ONCE]
        if run.trouble_since is not None and not any(one.kind == "written" for one in run.pending):
            run.trouble_since = None  # the trouble has ended with the process
        self._take_log()
        life = run.lives[-1]
        for grown in growth(life.memory):
            run.violated(grown)
        life.ended = run.true
        life.cpu = time.process_time()
        run.save()

    def _take_log(self) -> None:
        self.run.logged.update(self.log.counts)
        self.log.counts = Counter()
        for problem in self.log.problems:
            self.run.violated(problem)
        self.log.problems = []

    # --- the course of a life -----------------------------------------------------------------

    async def live(self) -> str:
        """Until the end; says which."""
        run = self.run
        run.lives.append(Life(began=run.true))
        await self.world.open_gateways()
        await self._wait_until(run.off_until)
        if run.world.get("damage"):
            self._damage()
        else:
            look_at_files(run)
        self.world.prepare()
        with self.watch.own():
            self.judge.look_at_money(run.home / LEDGER_FILE)
        await self._start()
        self.task(self._tick())
        await self._wait_until(run.ends_at)
        why = self._ending = self._ending or "end"
        self.watch.active = False
        if why == "end":
            await self._last_look()
        # what is on its way now may not be heard any more
        for one in chain.from_iterable(run.said.values()):
            one.sound = one.sound and abs(CLOCK.wall() - one.at) > 2
        for task in list(self._tasks):
            task.cancel()
        self.log.losing = run.trouble_since is not None
        await self._stop_home_assistant()
        await self.world.close()
        if run.trouble_since is not None:
            since = int((run.trouble_since + CLOCK.ahead) // 60) - 1
            run.lost.append((since, int(CLOCK.wall() // 60) + 1))
        self._keep()
        return why

    def _damage(self) -> None:
        """The disk has damaged the measurements: what was measured before is gone, and may be."""
        run = self.run
        run.world["damage"] = False
        path = run.home / "csj_meter.db"
        for name in (path, path.with_name(f"{path.name}-wal")):
            if name.exists() and name.stat().st_size:
                damage(name)
        run.checked_until = int(CLOCK.wall() // 60)
        run.digests.clear()

    async def _start(self) -> None:
        run = self.run
        first = not run.home.exists()
        if first:
            seed_folder(run.home)
        logging.getLogger().addHandler(self.log)
        hass = await bootstrap.async_setup_hass(RuntimeConfig(config_dir=str(run.home), skip_pip=True))
        assert hass is not None
        logging.getLogger("homeassistant.core").setLevel(logging.WARNING)
        self._running = asyncio.get_running_loop().create_task(hass.async_run(attach_signals=False))
        for channel in CHANNELS:
            hass.services.async_register("notify", channel.id, self._tell)
        hass.bus.async_listen(EVENT_ALERT, self._alerted)
        if first:
            await add_bridges(hass, self.world)
            run.checked_until = int(CLOCK.wall() // 60)
        self.hass = hass
        self.observer = Observer(run, self.world, hass)
        self.watch.install()
        for order in run.orders.values():
            if not order.done:
                self.task(self.disasters.pay(order))

    async def _stop_home_assistant(self) -> None:
        hass, self.hass = self.hass, None
        if hass is not None:
            await hass.async_stop()
            await self._running

    async def _wait_until(self, end: float) -> None:
        """Let time pass and happen what happens, until then or until this life ends."""
        run = self.run
        while self._ending is None:
            coming = run.pending[0] if run.pending else None
            planned = run.plan[run.done] if run.done < len(run.plan) else None
            if planned is not None and (coming is None or planned.at < coming.at):
                coming = planned
            if coming is None or coming.at + EPOCH >= end:
                await self._sleep_until(end)
                if CLOCK.true() >= end:
                    return
                continue
            await self._sleep_until(coming.at + EPOCH)
            if self._ending is not None or CLOCK.true() < coming.at + EPOCH:
                continue
            if coming is planned:
                run.done += 1
            else:
                run.pending.remove(coming)
            if self.hass is not None or coming.kind in OF_THE_WORLD:
                with self.watch.own():
                    self.disasters.bring(coming)

    async def _sleep_until(self, true: float) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(max(0.0, true - CLOCK.true())):
                await self._wake.wait()
        except TimeoutError:
            pass

    # --- what is watched ------------------------------------------------------------------------

    async def _tick(self) -> None:
        """Each minute of true time."""
        began, minutes, objects_at = CLOCK.true(), 0, 0.0
        while True:
            await asyncio.sleep(60)
            minutes += 1
            settled = CLOCK.true() - began > SETTLED
            with self.watch.own():
                self._note_episodes(running=settled)
            self.watch.active = settled and self._ending is None
            self.log.starting = not settled
            if minutes % 10 == 0 and settled:
                with self.watch.own():
                    self.observer.look_at_entities()
            if minutes % 60 == 0:
                await self._each_hour()
                if CLOCK.true() >= objects_at:
                    objects_at = CLOCK.true() + OBJECTS_EVERY
                    with self.watch.own():
                        self._weigh(objects=True)
                else:
                    with self.watch.own():
                        self._weigh(objects=False)

    async def _each_hour(self) -> None:
        active, self.watch.active = self.watch.active, False
        try:
            await self.observer.look_at_store()
            self.judge.look_at_alerts()
            self._take_log()
            self._say()
            if int(CLOCK.true() // HOUR) % 12 == 0:
                await self.observer.look_at_past()
                assert self.hass is not None
                await self.judge.look_at_messages(self.hass)
        finally:
            self.watch.active = active and self._ending is None

    async def _last_look(self) -> None:
        await self.observer.look_at_store()
        await self.observer.look_at_past()
        assert self.hass is not None
        await self.judge.look_at_messages(self.hass)
        self.observer.look_at_entities()
        self.judge.look_at_alerts()
        self._weigh(objects=True)

    def _note_episodes(self, *, running: bool) -> None:
        """How long faults could be seen."""
        now = CLOCK.true()
        for episode in self.run.episodes:
            if episode.judged:
                continue
            line = self.world.lines[episode.line]
            clear = (
                running
                and not line.unplugged
                and not noisy(line)
                and (episode.line == 0 or episode.line in self.world._gateways)
            )
            if episode.since + 60 > now:
                continue
            episode.stretch = episode.stretch + 60 if clear else 0.0
            if now <= episode.until:
                episode.exposed = max(episode.exposed, episode.stretch)
            elif now - 60 <= episode.until:
                episode.stretch = 0.0
            elif episode.stretch > episode.after:
                episode.after, episode.heard_from = episode.stretch, now - episode.stretch

    def _weigh(self, *, objects: bool) -> None:
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        kinds: Counter[str] = Counter()
        count = 0
        if objects:
            gc.collect()
            found = gc.get_objects()
            count = len(found)
            kinds.update(
                f"{type(one).__module__}.{type(one).__qualname__}"
                for one in found
                if str(type(one).__module__).startswith("custom_components")
            )
            del found
        tasks = len(asyncio.all_tasks())
        self.run.lives[-1].memory.append(
            Weight(CLOCK.true(), resident, tasks, count, dict(kinds.most_common(60)))
        )

    def _say(self) -> None:
        """How it goes, for whoever waits."""
        run, now = self.run, CLOCK.true()
        day, second = divmod(now - EPOCH, 86_400)
        if self.log.disk_full:
            return
        told = f"day {day:2.0f} {second / 3600:05.2f} h"
        if weights := run.lives[-1].memory:
            told += (
                f"  cpu {time.process_time():7.1f} s  longest {self.watch.longest * 1000:5.1f} ms"
                f"  rss {weights[-1].resident / 1e6:5.0f} MB  samples {run.counts['samples compared']}"
                f"  violations {len(run.violations)}"
            )
        print(told, flush=True)  # noqa: T201 - a program

    # --- what Home Assistant says ---------------------------------------------------------------

    async def _tell(self, call: ServiceCall) -> None:
        await asyncio.sleep(0.2)
        if call.service in self.disasters.failing:
            raise HomeAssistantError("the way to people does not work now")
        self.run.told.append((CLOCK.true(), call.service, str(call.data.get("message"))[:80]))

    @callback
    def _alerted(self, event: Event[dict[str, Any]]) -> None:
        kept = ("type", "alert_id", "kind", "state", "serial", "circuit", "since", "message", "area_alert_id")
        self.run.alerts.append(
            {name: event.data[name] for name in kept} | {"true": CLOCK.true(), "seen": False}
        )


def live(folder: Path) -> str:
    """One life, in this process; says how it ended, unless it was killed."""
    # waiting for a lock takes real time, and time stands still meanwhile
    database.BUSY_TIMEOUT = 0.02  # type: ignore[misc]
    schema.BUSY_TIMEOUT = 0.02  # type: ignore[misc]
    from custom_components.csj_meter import links

    run = Run.load(folder)

    async def main() -> str:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, HomeAssistantLoop)
        CLOCK.start(loop, run.true, run.ahead)
        living = Living(run)
        loop.add_signal_handler(signal.SIGTERM, living.stop, "interrupted")

        async def the_line(*_: Any) -> Any:
            return living.world.lines[0]

        # it outlives reloads, and kills
        vars(links)["async_simulated_line"] = the_line
        try:
            return await living.live()
        except Exception:  # noqa: BLE001 - the root of a process, whose loop might never come to an end now
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(4)

    with asyncio.Runner(loop_factory=HomeAssistantLoop) as runner:
        return runner.run(main())
