"""Settings, clock and day tables: written, read back, compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import Final

from ..identity import Capability
from ..reading import Group
from .errors import NotConfirmedError, NotOfferedError, RefusedValueError
from .registers import DAY_TABLE_LENGTH, DAY_TABLES, NO_SWITCH_POINT, SETTINGS
from .session import Session, number_of, words_of

CLOCK_TOLERANCE: Final = 5
"""Seconds by which a clock that has just been set may differ."""

MINUTES_A_DAY: Final = 1440
SWITCH_POINTS: Final = DAY_TABLE_LENGTH // 2

_PREPAID: Final = frozenset({"credit_alarm_1", "credit_alarm_2", "overdraft_limit"})


class Day(IntEnum):
    """Which day a table is for; the order is that of the registers."""

    WEEKDAY = 0
    SATURDAY = 1
    SUNDAY = 2


async def write_setting(session: Session, quantity: str, value: Decimal | float) -> None:
    """Set a canonical quantity, in its canonical unit.

    Raises RefusedValueError for a value that cannot be, NotConfirmedError when the meter keeps
    another one, CommandError, OutcomeUnknownError or a BusError.
    """
    meter = session.meter
    setting = None if quantity == "clock" else SETTINGS.get(quantity)  # a clock does not stand still
    prepaid = quantity in _PREPAID or quantity.startswith("price_")
    if setting is None or (prepaid and Capability.PREPAY not in meter.identity.capabilities):
        raise NotOfferedError(f"unit {meter.unit_id}: {quantity} cannot be set")
    steps = Decimal(str(value)) / setting.step
    if (
        not steps.is_finite()
        or steps != steps.to_integral_value()
        or not setting.low <= steps <= setting.high
    ):
        raise RefusedValueError(
            f"{quantity} is {setting.least} to {setting.most} in steps of {setting.step}, not {value}"
        )
    raw = int(steps)
    async with session.lock:
        await session.write(setting.address, words_of(raw, setting.words))
        kept = number_of(await session.read(setting.address, setting.words))
        if kept != raw:
            raise NotConfirmedError(f"unit {meter.unit_id}: {quantity} is {kept}, not {raw}")
        # the new value is shown at once, and the rhythm of polling follows the reporting interval
        await meter.read(Group.PREPAY if prepaid else Group.SETTINGS)


async def set_clock(session: Session, now: Callable[[], float]) -> int:
    """Set the meter's clock to what ``now`` gives at the moment of writing, seconds since 1970-01-01 UTC.

    Returns what was written. Raises as ``write_setting``.
    """
    await session.open()
    async with session.lock:
        setting = SETTINGS["clock"]
        raw = int(now())
        if not setting.low <= raw <= setting.high:
            raise RefusedValueError(f"a clock cannot be set to {raw}")
        await session.write(setting.address, words_of(raw, setting.words))
        kept = number_of(await session.read(setting.address, setting.words))
        if not 0 <= kept - raw <= CLOCK_TOLERANCE:
            raise NotConfirmedError(f"unit {session.meter.unit_id}: the clock is at {kept}, not {raw}")
        await session.meter.read(Group.SETTINGS)
    return raw


async def write_day_table(session: Session, day: Day, points: Sequence[tuple[int, int]]) -> None:
    """Set the switch points of a kind of day: minutes since midnight and tariff, rising.

    Raises RefusedValueError for points that cannot be, else as ``write_setting``.
    """
    meter = session.meter
    minutes = [minute for minute, _ in points]
    if not 1 <= len(points) <= SWITCH_POINTS or minutes[0] != 0 or minutes != sorted(set(minutes)):
        raise RefusedValueError(f"a day has 1 to {SWITCH_POINTS} switch points, the first at 00:00, rising")
    if minutes[-1] >= MINUTES_A_DAY:
        raise RefusedValueError("a switch point is before 24:00")
    if not all(1 <= tariff <= meter.identity.tariffs for _, tariff in points):
        raise RefusedValueError(f"the meter has tariffs 1 to {meter.identity.tariffs}")
    words = [word for point in points for word in point]
    words += [NO_SWITCH_POINT] * (DAY_TABLE_LENGTH - len(words))
    address = DAY_TABLES + day * DAY_TABLE_LENGTH
    async with session.lock:
        await session.write(address, words)
        if await session.read(address, DAY_TABLE_LENGTH) != words:
            raise NotConfirmedError(f"unit {meter.unit_id}: the day table is another one")


async def read_day_table(session: Session, day: Day) -> list[tuple[int, int]]:
    """Switch points of a kind of day. Raises a BusError."""
    words = await session.read(DAY_TABLES + day * DAY_TABLE_LENGTH, DAY_TABLE_LENGTH)
    pairs = zip(words[::2], words[1::2], strict=True)
    return [(minute, tariff) for minute, tariff in pairs if minute != NO_SWITCH_POINT]
