"""Money to a simulated meter over a real line, from a process that is really killed, again and again.

Requests and replies get lost, somebody else tops up in between, and every life ends by SIGKILL at a
random moment. What the meter has booked is compared with what the ledger says.
"""

from __future__ import annotations

import asyncio
from collections import Counter
import datetime as dt
from decimal import Decimal
import os
from pathlib import Path
import random
import signal
from typing import Any, Final

import pytest

from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import ON_THE_METER, MovementState, Source
from custom_components.csj_meter.prepay.top_up import LATE, TopUps
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.line import SimulatedLine
from custom_components.csj_meter.simulator.site import demo_line
from custom_components.csj_meter.simulator.tcp import serve_rtu_over_tcp
from tests.forks import lives_of

from .payer import BAUDRATE, prepaid_meter

PAYER: Final = "tests.end_to_end.payer"
UNIT: Final = 2
LIVES: Final = 40
RIVAL: Final = 2500
"""Hundredths that somebody else pays in."""


class Booked:
    """What the meter has really booked: count -> amount."""

    def __init__(self, line: SimulatedLine) -> None:
        self.meter = line.meters[UNIT]
        self.by_count: dict[int, Decimal] = {}
        self._pay_in = self.meter.pay_in
        self.meter.pay_in = self._count  # type: ignore[method-assign]

    def _count(self, cents: int, **token: Any) -> None:
        self._pay_in(cents, **token)
        account = self.meter.credit_at(self.meter.local(self.meter.clock()))
        self.by_count[account.top_up_count] = Decimal(cents) / 100


async def traffic(line: SimulatedLine, requests: int) -> None:
    """Return when so many more requests were sent: a busy machine takes longer for them."""
    until = line.counters.requests + requests
    while True:
        if line.counters.requests >= until:
            return
        await asyncio.sleep(0.001)


async def settle(path: Path, port: int, booked: Booked) -> Ledger:
    """The successor looks at the meter, and once more when nothing can be on its way any more."""
    ledger = Ledger.at(path)
    for later in (dt.timedelta(0), LATE + dt.timedelta(seconds=1)):

        def _now(later: dt.timedelta = later) -> dt.datetime:
            return dt.datetime.now(dt.UTC) + later

        top_ups = TopUps(ledger, asyncio.to_thread, clock=_now)
        async with prepaid_meter(port, UNIT, booked.meter.nameplate.key) as meter:
            outcome = await top_ups.settle(meter)
    assert outcome.waiting is None
    return ledger


def assert_the_same(ledger: Ledger, booked: Booked) -> None:
    """Every top-up on the meter is one movement, every movement called done is on the meter."""
    on_the_meter = [one for one in ledger.movements() if one.state in ON_THE_METER]
    assert max(Counter(one.count for one in on_the_meter).values(), default=1) == 1
    called = {one.count: one.amount for one in on_the_meter}
    # the amount of somebody else's top-up is only known if it was the last one when the meter was asked
    assert called.keys() == booked.by_count.keys()
    for count, amount in booked.by_count.items():
        assert called[count] in {amount, None}
    ours = [one for one in on_the_meter if one.state is MovementState.DONE]
    assert max(Counter(one.key for one in ours).values(), default=1) == 1
    assert sum(one.amount or 0 for one in ours) == sum(
        amount for count, amount in booked.by_count.items() if amount * 100 != RIVAL
    )


@pytest.mark.timeout(900)  # dozens of processes that are killed, on a machine that may be shared
@pytest.mark.loopback
async def test_a_process_killed_at_any_moment_neither_loses_nor_doubles_money(tmp_path: Path) -> None:
    dice = random.Random(11)
    path = tmp_path / "ledger.db"
    line = demo_line(1, 2, baudrate=BAUDRATE, turnaround=0.002)
    booked = Booked(line)
    payments = [f"payment {number}" for number in range(400)]
    # the first look is where the account begins
    async with serve_rtu_over_tcp(line, "127.0.0.1", 0) as server, lives_of(PAYER) as lives:
        (await settle(path, server.port, booked)).close()
        done: set[str | None] = set()
        for number in range(LIVES):
            share = (0.0, 0.1, 0.3)[number % 3]
            line.faults.clear()
            for kind in (FaultKind.LOST_REQUESTS, FaultKind.LOST_REPLIES):
                if share:
                    line.faults.set(Fault(kind=kind, unit=UNIT, magnitude=share))
            victim = await lives.begin(
                path=str(path),
                port=server.port,
                unit_id=UNIT,
                key=booked.meter.nameplate.key,
                payments=[payment for payment in payments if payment not in done],
            )
            await traffic(line, dice.randrange(1, 30))
            if number % 4 == 1:
                booked.meter.pay_in(RIVAL)
            await traffic(line, dice.randrange(30))
            await asyncio.sleep(dice.uniform(0, 0.02))  # somewhere between two of them
            os.kill(victim, signal.SIGKILL)
            await lives.ended()
            line.faults.clear()
            ledger = await settle(path, server.port, booked)
            assert_the_same(ledger, booked)
            done = {one.key for one in ledger.movements() if one.source is Source.WEBHOOK}
            ledger.close()

    ledger = Ledger.at(path)
    states = Counter(one.state for one in ledger.movements())
    ledger.close()
    assert states[MovementState.DONE] > LIVES, "hardly anything was paid"
    assert states[MovementState.REFUSED], "nothing was cut short"
    assert states[MovementState.FOREIGN] >= LIVES // 4 - 2
