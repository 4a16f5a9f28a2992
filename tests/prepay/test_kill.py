"""Really killed: a process that tops up gets SIGKILL, and its successor finds the truth on disk and meter.

The meter lives here, in the test's process, and goes on living; the ledger is a file. The process to be
killed is ``tests.prepay.mortal``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import datetime as dt
from decimal import Decimal
from itertools import count
import json
import os
from pathlib import Path
import random
import shutil
import signal
from typing import Any, Final

import pytest

from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import MovementState, Source
from custom_components.csj_meter.prepay.top_up import LATE, TopUps
from tests.forks import Lives, lives_of

from .model import Account, Clock, LineMeter, assert_nothing_unaccounted, at_once

SERIAL: Final = "CSJ000000001"


class MeterAtASocket:
    """The meter of the other process, and the hand that kills it: every life once."""

    def __init__(self) -> None:
        self.account = Account(balance=Decimal("3.00"))
        self.questions = 0
        self.loses_requests = False
        self.loses_replies = False
        self.rivals: list[Decimal] = []
        self._kills_at: int | None = None
        self._kills_after = 0.0
        self._victim: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._doom: asyncio.Task[None] | None = None

    def await_victim(self, kills_at: int | None, kills_after: float) -> None:
        """A life begins; it ends some seconds after its question ``kills_at``, or when it has finished."""
        self.questions = 0
        self._kills_at = kills_at
        self._kills_after = kills_after
        self._victim = asyncio.get_running_loop().create_future()
        self._doom = None

    def name_victim(self, process: int) -> None:
        self._victim.set_result(process)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while line := await reader.readline():
                question = json.loads(line)
                if question["ask"] == "finished":
                    self._end(0.0)
                    continue
                if self.questions == self._kills_at:
                    self._end(self._kills_after)
                    if not self._kills_after and self._doom is not None:
                        await self._doom
                self.questions += 1
                answer = self._answer(question)  # what is on the wire arrives, whoever sent it
                writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    def _end(self, seconds: float) -> None:
        if self._doom is None:
            self._doom = asyncio.create_task(self._kill(seconds))

    async def _kill(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        os.kill(await self._victim, signal.SIGKILL)

    def _answer(self, question: dict[str, Any]) -> Any:
        account = self.account
        if question["ask"] == "credit":
            return {
                "balance": str(account.balance),
                "count": account.count,
                "last_amount": str(account.last_amount),
            }
        if question["ask"] == "top_up":
            if self.loses_requests:
                return "silent"
            accepted = account.top_up(Decimal(question["amount"]), question["count"])
            while self.rivals:
                account.rival(self.rivals.pop())
            if self.loses_replies:
                return "silent"
            return "accepted" if accepted else "refused"
        return "go on"


class Mortals:
    """Starts one process after the other."""

    def __init__(self, lives: Lives, folder: Path) -> None:
        self._lives = lives
        self._folder = folder

    async def live(
        self,
        meter: MeterAtASocket,
        path: Path,
        keys: list[str],
        *,
        steps: bool,
        kills_at: int | None,
        kills_after: float = 0.0,
    ) -> None:
        """One life, to its end."""
        meter.await_victim(kills_at, kills_after)
        socket = self._folder / "meter.sock"
        server = await asyncio.start_unix_server(meter.serve, socket)
        meter.name_victim(
            await self._lives.begin(path=str(path), socket=str(socket), serial=SERIAL, keys=keys, steps=steps)
        )
        await self._lives.ended()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def _mortals(folder: Path) -> AsyncIterator[Mortals]:
    async with lives_of("tests.prepay.mortal") as lives:
        yield Mortals(lives, folder)


async def _settled(path: Path, account: Account, orders: int) -> Ledger:
    """The successor, which looks at the meter twice; the ledger is left open for the test."""
    clock = Clock(dt.datetime.now(dt.UTC))
    ledger = Ledger.at(path)
    meter = LineMeter(clock, SERIAL, account)
    top_ups = TopUps(ledger, at_once, clock=clock)
    await top_ups.settle(meter)
    clock.advance(LATE.total_seconds() + 1)
    assert (await top_ups.settle(meter)).waiting is None
    assert_nothing_unaccounted(ledger, SERIAL, account)
    ours = [movement for movement in ledger.movements() if movement.source is Source.WEBHOOK]
    assert len(ours) <= orders
    return ledger


@pytest.mark.parametrize("trouble", ["none", "requests lost", "replies lost", "rival"])
async def test_a_process_that_is_killed_at_any_step_neither_loses_nor_doubles_money(
    tmp_path: Path, trouble: str
) -> None:
    Ledger.at(tmp_path / "empty.db").close()
    async with _mortals(tmp_path) as mortals:
        for step in count():
            path = Path(shutil.copy(tmp_path / "empty.db", tmp_path / f"{step}.db"))
            meter = MeterAtASocket()
            meter.loses_requests = trouble == "requests lost"
            meter.loses_replies = trouble == "replies lost"
            meter.rivals = [Decimal("25.00")] if trouble == "rival" else []

            await mortals.live(meter, path, ["once"], steps=True, kills_at=step)

            assert len(meter.account.applied) <= (2 if trouble == "rival" else 1)
            (await _settled(path, meter.account, 1)).close()
            if meter.questions <= step:
                assert step > 15, "there was hardly a step to die at"
                break


async def test_a_process_killed_at_any_time_goes_on_where_it_was(tmp_path: Path) -> None:
    """One ledger and one meter through many lives, each killed some milliseconds after one of its steps."""
    dice = random.Random(7)
    path = tmp_path / "ledger.db"
    meter = MeterAtASocket()
    told: set[str] = set()
    keys = [f"payment {number}" for number in range(1000)]
    async with _mortals(tmp_path) as mortals:
        for _ in range(40):
            waiting = [key for key in keys if key not in told]
            await mortals.live(
                meter,
                path,
                waiting,
                steps=False,
                kills_at=dice.randrange(30),
                kills_after=dice.uniform(0.0005, 0.02),
            )
            ledger = await _settled(path, meter.account, len(keys))
            told = {movement.key for movement in ledger.movements() if movement.key is not None}
            ledger.close()

    ledger = await _settled(path, meter.account, len(keys))
    movements = ledger.movements()
    ledger.close()
    assert len(told) == len(movements) > 80, "hardly anything was tried"
    done = [movement for movement in movements if movement.state is MovementState.DONE]
    assert sum(movement.amount or 0 for movement in done) == meter.account.total
