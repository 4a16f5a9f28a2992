"""Money on simulated meters, through the real bus: the whole way but Home Assistant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
import datetime as dt
from decimal import Decimal
from pathlib import Path
import random
from typing import Any, Final

import pytest

from custom_components.csj_meter.bus.errors import BusError, UnitSilentError
from custom_components.csj_meter.meters.commands.credit import TokenResult
from custom_components.csj_meter.meters.commands.errors import NoKeyError, NotOfferedError, WrongKeyError
from custom_components.csj_meter.meters.commands.registers import TOKEN, TOP_UP, UNLOCK
from custom_components.csj_meter.meters.commands.session import MARGIN, UNLOCKED_FOR, Session
from custom_components.csj_meter.meters.errors import ForeignMeterError
from custom_components.csj_meter.prepay import prepaid_meter
from custom_components.csj_meter.prepay.errors import (
    AmountError,
    PrepayError,
    TokenError,
    TokenRefusedError,
    TopUpUncertainError,
)
from custom_components.csj_meter.prepay.ledger import Ledger
from custom_components.csj_meter.prepay.movement import ON_THE_METER, MovementState, Reason, Source
from custom_components.csj_meter.prepay.prepaid_meter import PrepaidMeter
from custom_components.csj_meter.prepay.top_up import LATE, TopUps
from custom_components.csj_meter.simulator.faults import Fault, FaultKind
from custom_components.csj_meter.simulator.line import Port
from custom_components.csj_meter.simulator.meter import SimulatedMeter
from custom_components.csj_meter.simulator.tokens import toy_token
from tests.simulated import Bench
from tests.virtual_time import run_virtual

from .model import LANDLORD, at_once

TEN: Final = Decimal("10.00")

WRITE_REGISTERS: Final = 16
"""Function code."""


class Counter:
    """Where money is put on one meter, and what is really on it."""

    def __init__(self, bench: Bench, simulated: SimulatedMeter, meter: PrepaidMeter, ledger: Ledger) -> None:
        self.bench = bench
        self.simulated = simulated
        self.meter = meter
        self.ledger = ledger
        self.top_ups = TopUps(ledger, at_once, clock=lambda: dt.datetime.fromtimestamp(bench.clock(), dt.UTC))
        self.paid_in: dict[int, Decimal] = {}
        self._pay_in = simulated.pay_in
        simulated.pay_in = self._count_pay_in  # type: ignore[method-assign]

    def _count_pay_in(self, cents: int, **token: Any) -> None:
        self._pay_in(cents, **token)
        account = self.simulated.credit_at(self.simulated.local(self.bench.clock()))
        self.paid_in[account.top_up_count] = Decimal(cents) / 100

    @property
    def called_paid_in(self) -> dict[int | None, Decimal | None]:
        """What the ledger says is on the meter: count -> amount."""
        on_the_meter = [one for one in self.ledger.movements() if one.state in ON_THE_METER]
        assert len({movement.count for movement in on_the_meter}) == len(on_the_meter)
        return {movement.count: movement.amount for movement in on_the_meter}

    def fault(self, kind: FaultKind, magnitude: float | None = None) -> None:
        self.bench.line.faults.set(Fault(kind=kind, unit=self.unit_id, magnitude=magnitude))

    def heal(self, kind: FaultKind) -> None:
        self.bench.line.faults.clear(kind, self.unit_id)

    @property
    def unit_id(self) -> int:
        return self.simulated.unit_id


def at_the_counter(path: Path, story: Callable[[Counter], Coroutine[Any, Any, None]], key: int = 0) -> None:
    """Tell a story in virtual time; ``key`` is added to the meter's key, to have a wrong one."""

    async def _tell() -> None:
        bench = Bench.make(3)
        meter = await bench.meter(1)
        simulated = bench.line.meters[1]
        simulated.end_habits()  # nobody but this test tops up
        ledger = Ledger.at(path)
        counter = Counter(
            bench, simulated, PrepaidMeter(Session(meter, simulated.nameplate.key + key)), ledger
        )
        await counter.top_ups.settle(counter.meter)
        await story(counter)
        ledger.close()

    run_virtual(_tell())


def test_a_top_up_is_on_the_meter_and_in_the_ledger(path: Path) -> None:
    async def story(counter: Counter) -> None:
        before = await counter.meter.read_credit()

        movement = await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)

        after = await counter.meter.read_credit()
        assert (movement.state, movement.unit, movement.count) == (
            MovementState.DONE,
            "EUR",
            before.count + 1,
        )
        assert (after.count, after.last_amount) == (before.count + 1, TEN)
        assert after.balance == pytest.approx(before.balance + TEN, abs=Decimal("0.05"))
        assert before.most_per_hour is not None
        assert before.most_per_hour > 1

    at_the_counter(path, story)


def test_somebody_else_at_the_counter_is_seen(path: Path) -> None:
    async def story(counter: Counter) -> None:
        counter.simulated.pay_in(1234)

        seen = await counter.top_ups.observe(counter.meter, (await counter.meter.read_credit()).count)

        assert seen is not None
        assert [movement.amount for movement in seen.foreign] == [Decimal("12.34")]

    at_the_counter(path, story)


def test_a_meter_without_prepayment_has_no_credit_to_read() -> None:
    async def story() -> None:
        bench = Bench.make(3)
        with pytest.raises(NotOfferedError, match="no prepayment"):
            await PrepaidMeter(Session(await bench.meter(3))).read_credit()

    run_virtual(story())


def test_with_a_wrong_key_no_movement_begins_and_the_meter_never_locks_itself(path: Path) -> None:
    async def story(counter: Counter) -> None:
        for _ in range(4):
            with pytest.raises(WrongKeyError):
                await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)

        assert counter.simulated.state.wrong_keys == 1
        assert counter.paid_in == {}
        assert counter.ledger.movements() == ()

    at_the_counter(path, story, key=1)


@pytest.mark.parametrize("fault", [FaultKind.LOST_REPLIES, FaultKind.LOST_REQUESTS])
def test_where_only_unlocking_fails_nothing_is_sent_and_the_same_key_pays_later(
    path: Path, fault: FaultKind
) -> None:
    async def story(counter: Counter) -> None:
        before_the_write_to(counter, UNLOCK, lambda: counter.fault(fault, 1.0))
        with pytest.raises(UnitSilentError):
            await counter.top_ups.top_up(
                counter.meter, TEN, actor=LANDLORD, source=Source.WEBHOOK, key="order-1"
            )
        assert counter.ledger.movements() == ()
        counter.heal(fault)

        movement = await counter.top_ups.top_up(
            counter.meter, TEN, actor=LANDLORD, source=Source.WEBHOOK, key="order-1"
        )

        assert movement.state is MovementState.DONE
        assert list(counter.paid_in.values()) == [TEN]

    at_the_counter(path, story)


def test_a_meter_that_would_close_before_the_write_is_unlocked_before_anything_is_written_down(
    path: Path,
) -> None:
    async def story(counter: Counter) -> None:
        await counter.meter.open()
        await asyncio.sleep(UNLOCKED_FOR - MARGIN - 0.1)  # open, but not for as long as reading takes
        before_the_write_to(counter, UNLOCK, lambda: counter.fault(FaultKind.LOST_REPLIES, 1.0))

        with pytest.raises(UnitSilentError):
            await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)

        assert counter.ledger.movements() == ()

    at_the_counter(path, story)


def before_the_write_to(counter: Counter, register: int, happens: Callable[[], None]) -> None:
    """Have something happen just before the next write to a register is put on the line."""
    line = counter.bench.line
    transmit = line.transmit

    def watched(frame: bytes, port: Port) -> float:
        if frame[1] == WRITE_REGISTERS and int.from_bytes(frame[2:4]) == register:
            line.transmit = transmit  # type: ignore[method-assign]
            happens()
        return transmit(frame, port)

    line.transmit = watched  # type: ignore[method-assign]


def test_without_a_key_nothing_is_sent(path: Path) -> None:
    async def story(counter: Counter) -> None:
        keyless = PrepaidMeter(Session(counter.meter._session.meter))

        with pytest.raises(NoKeyError):
            await counter.top_ups.top_up(keyless, TEN, actor=LANDLORD, source=Source.ACTION)

        assert counter.ledger.movements() == ()

    at_the_counter(path, story)


def test_money_is_not_put_on_a_meter_with_another_serial_number(path: Path) -> None:
    async def story(counter: Counter) -> None:
        counter.fault(FaultKind.FOREIGN_SERIAL)

        with pytest.raises(ForeignMeterError):
            await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)

        assert counter.paid_in == {}
        assert counter.ledger.movements() == ()

    at_the_counter(path, story)


def test_a_dead_meter_takes_nothing_and_no_movement_begins(path: Path) -> None:
    async def story(counter: Counter) -> None:
        counter.fault(FaultKind.METER_DEAD)

        with pytest.raises(UnitSilentError):
            await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)

        assert counter.ledger.movements() == ()

    at_the_counter(path, story)


@pytest.mark.parametrize(
    ("fault", "state"),
    [(FaultKind.LOST_REPLIES, MovementState.DONE), (FaultKind.LOST_REQUESTS, MovementState.REFUSED)],
)
def test_a_line_that_breaks_at_the_write_settles_when_it_is_back(
    path: Path, fault: FaultKind, state: MovementState
) -> None:
    async def story(counter: Counter) -> None:
        write = counter.meter.write_top_up

        async def _broken(amount: Decimal, count: int) -> None:
            await counter.meter._session.test_key()  # open already, so that the write itself is what is lost
            counter.fault(fault, 1.0)
            await write(amount, count)

        counter.meter.write_top_up = _broken  # type: ignore[method-assign]
        with pytest.raises(TopUpUncertainError):
            await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)
        await asyncio.sleep(3600)
        with pytest.raises(BusError):
            await counter.top_ups.settle(counter.meter)
        counter.heal(fault)

        (settled,) = (await counter.top_ups.settle(counter.meter)).settled

        assert settled.state is state
        assert counter.paid_in == counter.called_paid_in

    at_the_counter(path, story)


def test_a_gateway_that_sends_a_write_again_puts_the_money_on_once(path: Path) -> None:
    async def story(counter: Counter) -> None:
        _repeat_writes(counter)

        movement = await counter.top_ups.top_up(counter.meter, TEN, actor=LANDLORD, source=Source.ACTION)

        assert (movement.state, movement.reason) == (MovementState.DONE, Reason.FOUND)
        assert counter.paid_in == counter.called_paid_in
        assert list(counter.paid_in.values()) == [TEN]

    at_the_counter(path, story)


def test_a_token_that_a_gateway_sends_again_is_on_the_meter(path: Path) -> None:
    async def story(counter: Counter) -> None:
        token = toy_token(counter.meter.serial, 15.0, 7)
        _repeat_writes(counter)

        movement = await counter.top_ups.load_token(
            counter.meter, token, actor=LANDLORD, source=Source.ACTION, guesser="somebody"
        )

        assert (movement.state, movement.amount) == (MovementState.DONE, Decimal("15.00"))
        assert counter.paid_in == counter.called_paid_in

    at_the_counter(path, story)


def _repeat_writes(counter: Counter) -> None:
    """Have a gateway miss the reply to each write of money or of a token, and send it once more."""
    line = counter.bench.line
    reply = line._reply

    def repeated(meter: SimulatedMeter, frame: bytes) -> bytes:
        if frame[1] == WRITE_REGISTERS and int.from_bytes(frame[2:4]) in {TOP_UP, TOKEN}:
            reply(meter, frame)
        return reply(meter, frame)

    line._reply = repeated  # type: ignore[method-assign]


def test_hundreds_of_top_ups_over_a_bad_line_with_a_rival_agree_to_the_cent(path: Path) -> None:
    async def story(counter: Counter) -> None:
        dice = random.Random(3)
        counter.fault(FaultKind.LOST_REQUESTS, 0.08)
        counter.fault(FaultKind.LOST_REPLIES, 0.08)
        for _ in range(250):
            if dice.random() < 0.1:
                counter.simulated.pay_in(100 * dice.randint(1, 50))
                await asyncio.sleep(dice.choice([0, 5]))
            try:
                await counter.top_ups.settle(counter.meter)
                await counter.top_ups.top_up(
                    counter.meter, dice.randint(1, 50), actor=LANDLORD, source=Source.ACTION
                )
            except BusError, PrepayError:
                await asyncio.sleep(dice.choice([1, 60, 130]))
        for kind in (FaultKind.LOST_REQUESTS, FaultKind.LOST_REPLIES):
            counter.heal(kind)
        await counter.top_ups.settle(counter.meter)
        await asyncio.sleep(LATE.total_seconds() + 1)
        assert (await counter.top_ups.settle(counter.meter)).waiting is None

        assert counter.called_paid_in.keys() == counter.paid_in.keys()
        for count, amount in counter.called_paid_in.items():
            assert amount in {None, counter.paid_in[count or 0]}
        movements = counter.ledger.movements()
        assert all(one.amount or one.reason is Reason.AMOUNT_UNSEEN for one in movements)
        assert {Reason.CONFIRMED, Reason.FOUND, Reason.NOT_ARRIVED, Reason.SEEN} <= {
            movement.reason for movement in movements
        }

    at_the_counter(path, story)


def test_a_token_is_worth_what_the_meter_says_and_only_once(path: Path) -> None:
    async def story(counter: Counter) -> None:
        token = toy_token(counter.meter.serial, 15.0, 7)

        movement = await counter.top_ups.load_token(
            counter.meter,
            f"{token[:4]} {token[4:8]}-{token[8:]}",
            actor=LANDLORD,
            source=Source.ACTION,
            guesser="somebody",
        )
        with pytest.raises(TokenRefusedError, match="already used"):
            await counter.top_ups.load_token(
                counter.meter, token, actor=LANDLORD, source=Source.ACTION, guesser="somebody"
            )
        with pytest.raises(TokenError):
            await counter.top_ups.load_token(
                counter.meter, token[1:], actor=LANDLORD, source=Source.ACTION, guesser="somebody"
            )

        assert movement.amount == Decimal("15.00")
        assert list(counter.paid_in.values()) == [Decimal("15.00")]
        assert counter.paid_in == counter.called_paid_in

    at_the_counter(path, story)


def test_with_a_wrong_key_no_token_is_loaded(path: Path) -> None:
    async def story(counter: Counter) -> None:
        token = toy_token(counter.meter.serial, 15.0, 7)

        with pytest.raises(WrongKeyError):
            await counter.top_ups.load_token(
                counter.meter, token, actor=LANDLORD, source=Source.ACTION, guesser="somebody"
            )

        assert counter.paid_in == {}
        assert counter.ledger.movements() == ()

    at_the_counter(path, story, key=1)


def test_a_token_whose_reply_is_lost_settles_with_its_amount(path: Path) -> None:
    async def story(counter: Counter) -> None:
        token = toy_token(counter.meter.serial, 15.0, 7)
        await counter.meter._session.test_key()
        load = counter.meter.write_token

        async def _broken(token: str) -> None:
            counter.fault(FaultKind.LOST_REPLIES, 1.0)
            await load(token)

        counter.meter.write_token = _broken  # type: ignore[method-assign]
        with pytest.raises(TopUpUncertainError):
            await counter.top_ups.load_token(
                counter.meter, token, actor=LANDLORD, source=Source.ACTION, guesser="somebody"
            )
        counter.heal(FaultKind.LOST_REPLIES)

        (settled,) = (await counter.top_ups.settle(counter.meter)).settled

        assert (settled.state, settled.amount) == (MovementState.DONE, Decimal("15.00"))
        assert counter.paid_in == counter.called_paid_in

    at_the_counter(path, story)


def test_a_meter_that_says_nothing_about_a_token_leaves_it_uncertain(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def _nothing(*_: object) -> TokenResult:
        return TokenResult.NONE

    monkeypatch.setattr(prepaid_meter, "load_token", _nothing)

    async def story(counter: Counter) -> None:
        with pytest.raises(TopUpUncertainError):
            await counter.top_ups.load_token(
                counter.meter, "1" * 20, actor=LANDLORD, source=Source.ACTION, guesser="somebody"
            )

    at_the_counter(path, story)


def test_more_than_a_meter_takes_at_once_is_not_sent(path: Path) -> None:
    async def story(counter: Counter) -> None:
        with pytest.raises(AmountError, match=r"9999\.99"):
            await counter.top_ups.top_up(counter.meter, 10_000, actor=LANDLORD, source=Source.ACTION)

    at_the_counter(path, story)
