"""A process that tops up until it is killed: ``python -m tests.prepay.mortal`` reads one life a line.

The meter is in another process (the test), behind a socket that also hears of every step at which this one
may be killed: it waits for an answer there. Each life is a fork, so that a hundred of them cost little;
importing is done once, without Home Assistant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import datetime as dt
from decimal import Decimal
import json
from pathlib import Path
from typing import Any

from tests.forks import fork_a_life_a_line, leave_home_assistant_out

leave_home_assistant_out()

from sqlalchemy import event  # noqa: E402 - only possible now

from custom_components.csj_meter.prepay.credit import Credit  # noqa: E402
from custom_components.csj_meter.prepay.errors import (  # noqa: E402
    PrepayError,
    TopUpRefusedError,
    TopUpUncertainError,
)
from custom_components.csj_meter.prepay.ledger import Ledger  # noqa: E402
from custom_components.csj_meter.prepay.movement import Actor, Source  # noqa: E402
from custom_components.csj_meter.prepay.top_up import TopUps  # noqa: E402

TENANT = Actor(id=None, name="Tom Tenant")


class RemoteMeter:
    """The meter in the other process; one question and one answer a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, serial: str) -> None:
        self.serial = serial
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock()

    async def ask(self, **question: Any) -> Any:
        async with self._turn:
            self._writer.write(json.dumps(question).encode() + b"\n")
            return json.loads(await self._reader.readline())

    async def open(self) -> None:
        """It has no key."""

    async def read_credit(self) -> Credit:
        answer = await self.ask(ask="credit")
        return Credit(
            balance=Decimal(answer["balance"]),
            count=answer["count"],
            last_amount=Decimal(answer["last_amount"]),
            unit="EUR",
            most_per_hour=Decimal("6.00"),
        )

    async def write_top_up(self, amount: Decimal, count: int) -> None:
        answer = await self.ask(ask="top_up", amount=str(amount), count=count)
        if answer == "silent":
            raise TopUpUncertainError("no answer")
        if answer == "refused":
            raise TopUpRefusedError("refused")


async def live(path: str, socket: str, serial: str, keys: list[str], *, steps: bool) -> None:
    """Top up 10.00 for every key; ``steps``: ask before every statement of the ledger and every commit."""
    meter = RemoteMeter(*await asyncio.open_unix_connection(socket), serial)
    loop = asyncio.get_running_loop()
    ledger = Ledger.at(Path(path))

    def _step(*_: object) -> None:
        asyncio.run_coroutine_threadsafe(meter.ask(ask="step"), loop).result()

    async def _run[T](job: Callable[[], T]) -> T:
        return await loop.run_in_executor(None, job)

    if steps:
        event.listen(ledger._engine, "before_cursor_execute", _step)
        event.listen(ledger._engine, "commit", _step)
    top_ups = TopUps(ledger, _run, clock=lambda: dt.datetime.now(dt.UTC))
    for key in keys:
        try:
            await top_ups.top_up(meter, "10.00", actor=TENANT, source=Source.WEBHOOK, key=key)
        except PrepayError as err:
            await meter.ask(ask="told", error=type(err).__name__)
    await meter.ask(ask="finished")  # never answered: every life ends by a kill


if __name__ == "__main__":
    fork_a_life_a_line(live)
