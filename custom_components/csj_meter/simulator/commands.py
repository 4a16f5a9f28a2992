"""What a meter can be told, register by register: unlock, relay, restart, top-up, token, firmware."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .firmware import Order
from .registers import RefusalError, Refused
from .relay import RelayMode
from .setup import LARGEST_MONEY
from .tokens import DIGITS, TokenResult, judge

if TYPE_CHECKING:
    from .meter import SimulatedMeter

FIRMWARE_SIZE: Final = 0x0540
FIRMWARE_ORDER: Final = 0x0544
FIRMWARE_PHASE: Final = 0x0545
TOKEN: Final = 0x0618
TOKEN_RESULT: Final = 0x061D

SAMPLE: Final = 1
RELAY: Final = {3: RelayMode.AUTOMATIC, 4: RelayMode.FORCED_CLOSED, 5: RelayMode.FORCED_OPEN}
CLEAR_FLAGS: Final = 6
RESTART_WORD: Final = 0xA55A

LARGEST_BALANCE: Final = 0x7FFFFFFE
"""0.01; what the register can show."""


def command(meter: SimulatedMeter, address: int, values: Sequence[int]) -> None:
    """A write to holding 0x0600..0x0603. Raises ``RefusalError``."""
    now = meter.clock()
    match address, values:
        case (0x0600, [high, low]):
            try:
                meter.lock.unlock(high << 16 | low, now)
            finally:
                meter.keep()
        case (0x0602, [word]) if word == SAMPLE:
            meter.take_sample()
        case (0x0602, [word]):
            meter.lock.require(now)
            _act(meter, word)
        case (0x0603, [word]):
            meter.lock.require(now)
            if word != RESTART_WORD:
                raise RefusalError(Refused.VALUE)
            meter.restart()
        case _:
            meter.lock.require(now)
            raise RefusalError(Refused.VALUE)


def _act(meter: SimulatedMeter, word: int) -> None:
    """Move the relay, or clear the event flags."""
    if word == CLEAR_FLAGS:
        meter.clear_flags()
    elif word in RELAY and meter.relay.fitted:
        meter.relay.command(RELAY[word], meter.local(meter.clock()))
        meter.mirror(meter.clock())
        meter.keep()
    else:
        raise RefusalError(Refused.VALUE)


def top_up(meter: SimulatedMeter, address: int, values: Sequence[int]) -> None:
    """A write to holding 0x0610: (amount, count), whole or not at all. Raises ``RefusalError``."""
    meter.lock.require(meter.clock())
    if address != 0x0610 or len(values) != 3:
        raise RefusalError(Refused.VALUE)
    amount, count = values[0] << 16 | values[1], values[2]
    account = meter.credit_at(meter.local(meter.clock()))
    if count != (account.top_up_count + 1) % 65536 or not 1 <= amount <= LARGEST_MONEY:
        raise RefusalError(Refused.VALUE)
    if round(account.balance * 100) + amount > LARGEST_BALANCE:
        raise RefusalError(Refused.VALUE)
    meter.pay_in(amount)


def load_token(meter: SimulatedMeter, address: int, values: Sequence[int]) -> None:
    """A write to holding 0x0618: 20 digits as BCD. Raises ``RefusalError``."""
    meter.lock.require(meter.clock())
    if address + len(values) > TOKEN_RESULT:
        raise RefusalError(Refused.ADDRESS)
    digits = "".join(f"{word:04x}" for word in values)
    if address != TOKEN or len(digits) != DIGITS or not digits.isdecimal():
        raise RefusalError(Refused.VALUE)
    result, token = judge(digits, meter.nameplate.serial, meter.state.tokens)
    if result is TokenResult.ACCEPTED and token:
        meter.pay_in(token.amount, token=token.number)
    else:
        meter.state.token_result = result
        meter.keep()


def firmware(meter: SimulatedMeter, address: int, values: Sequence[int]) -> None:
    """A write to holding 0x0540..0x0544: size, CRC, order, in any whole part. Raises ``RefusalError``."""
    now = meter.clock()
    meter.lock.require(now)
    end = address + len(values)
    if end > FIRMWARE_PHASE:
        raise RefusalError(Refused.ADDRESS)
    ends = (FIRMWARE_SIZE + 2, FIRMWARE_ORDER, FIRMWARE_PHASE)
    if address not in (FIRMWARE_SIZE, FIRMWARE_SIZE + 2, FIRMWARE_ORDER) or end not in ends:
        raise RefusalError(Refused.VALUE)
    words = dict(zip(range(address, end), values, strict=True))
    if (order := words.get(FIRMWARE_ORDER, Order.ABORT)) not in Order:
        raise RefusalError(Refused.VALUE)
    size, crc = (
        words[place] << 16 | words[place + 1] if place in words else None
        for place in (FIRMWARE_SIZE, FIRMWARE_SIZE + 2)
    )
    if size is not None or crc is not None:
        meter.updater.announce(now, size=size, crc=crc)
    if FIRMWARE_ORDER in words:
        meter.updater.order(Order(order), now)
    meter.keep()
