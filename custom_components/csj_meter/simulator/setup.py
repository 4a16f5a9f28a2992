"""Settings that can be written: where they stand, what they may be, and what a change of them does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from .energy import Schedule, SwitchPoint
from .household import DAY
from .models import Capability, Nameplate, Settings
from .registers import (
    ANYTHING,
    BAUD_CODES,
    PARITY_CODES,
    SWITCH_POINTS,
    UNUSED,
    RefusalError,
    Refused,
    Width,
    day_table,
)
from .state import ClockSetting, Sampling

if TYPE_CHECKING:
    from .meter import SimulatedMeter

LARGEST_MONEY: Final = 99_999_999
"""0.01, of limits and top-ups."""

LARGEST_PRICE: Final = 99_999_999
"""0.0001 per kWh."""

EARLIEST_CLOCK: Final = 946_684_800
"""2000-01-01."""

DAY_TABLES: Final = 0x0560
DAY_TABLE: Final = 2 * SWITCH_POINTS
"""Registers of one."""

KEPT_CLOCKS: Final = 40

SETTINGS_CHANGED: Final = 7
CLOCK_SET: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a write asks for; None is left alone."""

    settings: Settings
    """As they shall be."""

    clock: int | None = None
    """Seconds since 1970-01-01 UTC."""

    unit_id: int | None = None
    """Unit id."""

    speed: int | None = None
    """Line speed."""

    parity: str | None = None
    """Line parity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value that can be written."""

    width: Width
    """Encoding."""

    low: int
    """Smallest raw value."""

    high: int
    """Largest raw value."""

    put: Callable[[Change, int], Change]
    """The change with the raw value in it."""

    needs: Capability = ANYTHING
    """Only on meters that can do this."""

    tariff: int = 0
    """Of this tariff; absent on a meter that has fewer."""


def _alarm(place: int) -> Callable[[Change, int], Change]:
    def put(change: Change, raw: int) -> Change:
        alarms = change.settings.alarms
        alarms = (raw / 100, alarms[1]) if place == 0 else (alarms[0], raw / 100)
        return replace(change, settings=replace(change.settings, alarms=alarms))

    return put


def _price(tariff: int) -> Callable[[Change, int], Change]:
    def put(change: Change, raw: int) -> Change:
        prices = list(change.settings.prices)
        prices[tariff - 1] = raw / 10_000
        return replace(change, settings=replace(change.settings, prices=tuple(prices)))

    return put


def _reporting(change: Change, raw: int) -> Change:
    return replace(change, settings=replace(change.settings, reporting_interval=raw))


def _profile(change: Change, raw: int) -> Change:
    return replace(change, settings=replace(change.settings, load_profile_interval=raw))


def _overdraft(change: Change, raw: int) -> Change:
    return replace(change, settings=replace(change.settings, overdraft_limit=raw / 100))


def _setting(
    width: str, low: int, high: int, put: Callable[[Change, int], Change], *, tariff: int = 0
) -> Setting:
    return Setting(width=Width(width), low=low, high=high, put=put, tariff=tariff)


def _money(put: Callable[[Change, int], Change]) -> Setting:
    return Setting(width=Width.U32, low=0, high=LARGEST_MONEY, put=put, needs=Capability.PREPAY)


SETTINGS: Final[dict[int, Setting]] = {
    0x0500: _setting("u16", 1, 3600, _reporting),
    0x0501: _setting("u16", 1, 60, _profile),
    0x0502: _setting("u32", EARLIEST_CLOCK, 0xFFFFFFFE, lambda change, raw: replace(change, clock=raw)),
    0x0504: _setting("u16", 1, 247, lambda change, raw: replace(change, unit_id=raw)),
    0x0505: _setting(
        "u16", 0, len(BAUD_CODES) - 1, lambda change, raw: replace(change, speed=BAUD_CODES[raw])
    ),
    0x0506: _setting(
        "u16", 0, len(PARITY_CODES) - 1, lambda change, raw: replace(change, parity=PARITY_CODES[raw])
    ),
    0x0508: _money(_alarm(0)),
    0x050A: _money(_alarm(1)),
    0x050C: _money(_overdraft),
} | {
    0x0510 + 2 * place: Setting(
        width=Width.U32,
        low=0,
        high=LARGEST_PRICE,
        put=_price(place + 1),
        needs=Capability.PREPAY,
        tariff=place + 1,
    )
    for place in range(8)
}
"""Address -> what stands there."""


def asked_for(meter: SimulatedMeter, address: int, values: Sequence[int]) -> Change:
    """What a write of ``values`` from ``address`` on asks for: whole values in a row.

    Raises ``RefusalError``: address for what the meter does not have, value for half a value or
    one that it may not have.
    """
    if address >= DAY_TABLES:
        return _other_day(meter, address, values)
    change = Change(settings=meter.settings)
    end = address + len(values)
    while address < end:
        setting = SETTINGS.get(address)
        if setting is None or address + setting.width.words > end:
            raise RefusalError(Refused.VALUE)
        if setting.needs not in meter.capabilities:
            raise RefusalError(Refused.ADDRESS)
        raw = 0
        for _ in range(setting.width.words):
            raw = raw << 16 | values[len(values) - (end - address)]
            address += 1
        if setting.tariff > meter.nameplate.tariffs:
            if raw != setting.width.absent:
                raise RefusalError(Refused.VALUE)
            continue
        if not setting.low <= raw <= setting.high:
            raise RefusalError(Refused.VALUE)
        change = setting.put(change, raw)
    return change


def _other_day(meter: SimulatedMeter, address: int, values: Sequence[int]) -> Change:
    place, rest = divmod(address - DAY_TABLES, DAY_TABLE)
    if rest or len(values) != DAY_TABLE:
        raise RefusalError(Refused.VALUE)
    tables = list(meter.settings.schedule.tables())
    tables[place] = _switch_points(values, meter.nameplate)
    weekday, saturday, sunday = tables
    schedule = Schedule(weekday=weekday, saturday=saturday, sunday=sunday)
    return Change(settings=replace(meter.settings, schedule=schedule))


def _switch_points(values: Sequence[int], nameplate: Nameplate) -> tuple[SwitchPoint, ...]:
    """The points of one day table: rising, and nothing after the first unused one.

    Before the first point, the tariff of the last one holds.
    """
    pairs = zip(values[::2], values[1::2], strict=True)
    points = tuple((minute, tariff) for minute, tariff in pairs if minute != UNUSED)
    minutes = [minute for minute, _ in points]
    if not points or day_table(points) != list(values) or minutes != sorted(set(minutes)):
        raise RefusalError(Refused.VALUE)
    if minutes[-1] >= DAY // 60 or not all(1 <= tariff <= nameplate.tariffs for _, tariff in points):
        raise RefusalError(Refused.VALUE)
    return points


def configure(meter: SimulatedMeter, change: Change, address: int) -> None:
    """Make it so; ``address`` is that of the write, for the event log."""
    state, now, local = meter.state, meter.clock(), meter.local(meter.clock())
    old, new = meter.settings, change.settings
    if new.reporting_interval != old.reporting_interval:
        shown, sequence = meter.sample_at(now)
        state.sampling = Sampling(since=now, shown=shown, sequence=sequence)
    if new.load_profile_interval != old.load_profile_interval:
        # entries of another length would not fit the ring: it begins anew
        interval = 60 * new.load_profile_interval
        state.profile_since = now - now % -interval
    if new.prices != old.prices:
        meter.account.reprice(local, new.rates)
    meter.settings = state.settings = new
    if change.clock is not None:
        state.clocks.append(ClockSetting(time=now, offset=change.clock - now))
        del state.clocks[:-KEPT_CLOCKS]
        meter.log(CLOCK_SET, 0)
    moved = meter.counted.calendar.change(local, new.schedule, meter.clock_error(now))
    if moved is not None:
        meter.counted.changed(moved)
    if change.speed is not None:
        state.next_speed = change.speed
    if change.parity is not None:
        state.next_parity = change.parity
    if change != Change(settings=old, clock=change.clock):
        meter.log(SETTINGS_CHANGED, address)
    meter.relay.judge(local)
    meter.mirror(now)
    if change.unit_id is not None:
        meter.move_to(change.unit_id)
    meter.keep()
