"""The one table of everything a meter can tell: name, unit, kind, precision and physical limits.

Sensor entities, telemetry columns, CSV headers and the command line all derive from
``QUANTITIES``; a profile may use these names and no others. The meaning of coded values
(credit mode, relay, status bits) lives here too. Names of phases and tariffs are generated:
``voltage_l1..l3`` are one line of the table, ``energy_import_t1..t8`` another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum, IntFlag, StrEnum
import math
from types import MappingProxyType
from typing import Final, Literal

from .reading import Value

PHASES: Final = (1, 2, 3)
TARIFFS: Final = (1, 2, 3, 4, 5, 6, 7, 8)
HARMONIC_ORDERS: Final = tuple(range(2, 32))
"""Item n of a harmonics list belongs to ``HARMONIC_ORDERS[n]``."""


class Unit(StrEnum):
    """Canonical units; every decoded value is in one of these."""

    NONE = ""
    VOLT = "V"
    AMPERE = "A"
    WATT = "W"
    VAR = "var"
    VOLT_AMPERE = "VA"
    HERTZ = "Hz"
    PERCENT = "%"
    KILOWATT_HOUR = "kWh"
    KILOVAR_HOUR = "kvarh"
    CELSIUS = "°C"
    SECOND = "s"
    MONEY = "money"
    """The meter's currency; kWh on a meter whose ``credit_mode`` is ``energy``."""
    MONEY_PER_KILOWATT_HOUR = "money/kWh"


class Kind(StrEnum):
    """What sort of number it is, and so how it may be shown, summed and stored."""

    VOLTAGE = "voltage"
    CURRENT = "current"
    ACTIVE_POWER = "active_power"
    REACTIVE_POWER = "reactive_power"
    APPARENT_POWER = "apparent_power"
    POWER_FACTOR = "power_factor"
    FREQUENCY = "frequency"
    RATIO = "ratio"
    TEMPERATURE = "temperature"
    ENERGY_COUNTER = "energy_counter"
    """Only ever rises, until it rolls over."""
    REACTIVE_ENERGY_COUNTER = "reactive_energy_counter"
    MONEY = "money"
    """A ``Decimal``: money is never a binary fraction."""
    PRICE = "price"
    DURATION = "duration"
    TIMESTAMP = "timestamp"
    """Seconds since 1970-01-01 UTC."""
    NUMBER = "number"
    """A count or an ordinal; a mean of it means nothing."""
    CODE = "code"
    """A word out of ``Quantity.codes``."""
    FLAGS = "flags"
    """An integer mask of ``Status`` bits."""


class CreditMode(IntEnum):
    """What the balance counts."""

    MONEY = 0
    ENERGY = 1


class RelayContact(IntEnum):
    """Where the supply contact really is."""

    OPEN = 0
    CLOSED = 1


class RelayMode(IntEnum):
    """Who decides about the contact."""

    AUTOMATIC = 0
    FORCED_CLOSED = 1
    FORCED_OPEN = 2


class RelayCause(IntEnum):
    """Why the contact is open."""

    NONE = 0
    ARREARS = 1
    OVERLOAD = 2
    REMOTE = 3
    TAMPER = 4
    VOLTAGE = 5


class Status(IntFlag):
    """Bits of the quantity ``status``; a profile maps a maker's own bits to these."""

    RELAY_CLOSED = 1 << 0
    ARREARS = 1 << 1
    BALANCE_LOW = 1 << 2
    BALANCE_VERY_LOW = 1 << 3
    OVERLOAD = 1 << 4
    COVER_OPENED = 1 << 5
    PHASE_SEQUENCE_WRONG = 1 << 6
    CLOCK_NOT_SET = 1 << 7
    BATTERY_LOW = 1 << 8
    MEMORY_ERROR = 1 << 9


STATUS_BITS: Final[Mapping[str, Status]] = MappingProxyType(
    {bit.name.lower(): bit for bit in Status if bit.name}
)
"""Word -> bit, for profiles and for people."""

type Ratio = Literal["ct_ratio", "pt_ratio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One canonical quantity."""

    name: str
    """The name that it has from the profile to the CSV file."""

    unit: Unit
    """Unit of the decoded value."""

    kind: Kind
    """What sort of number it is."""

    decimals: int = 0
    """Decimals worth showing."""

    low: float
    """Smallest value that physics allows, in ``unit``, on a directly connected meter."""

    high: float
    """Largest value that physics allows, likewise."""

    scales_with: tuple[Ratio, ...] = ()
    """Transformer ratios that widen the limits: the limits are those of the meter's terminals."""

    items: int = 1
    """Most items of a list; 1 = a plain value."""

    phase: int | None = None
    """Phases that a meter needs to have it; None = does not depend on phases."""

    tariff: int | None = None
    """Tariffs that a meter needs to have it; None = does not depend on tariffs."""

    codes: type[IntEnum] | None = None
    """The words of a code with their canonical numbers."""

    @property
    def words(self) -> Mapping[str, int]:
        """Word -> canonical number of a code, in the order to show them; empty for other kinds."""
        return {code.name.lower(): code.value for code in self.codes} if self.codes else {}

    def plausible(self, value: Value, *, ct_ratio: float = 1.0, pt_ratio: float = 1.0) -> bool:
        """Whether a decoded value can be true; one that cannot is a corrupt reading.

        ``None`` (no such value) is plausible, a list is when all its items are. ``ct_ratio`` and
        ``pt_ratio`` are those of the meter's identity.
        """
        match value:
            case None:
                return True
            case tuple():
                return len(value) <= self.items and all(
                    self._within(item, ct_ratio, pt_ratio) for item in value if item is not None
                )
            case str():
                return value in self.words
            case _:
                return self._within(value, ct_ratio, pt_ratio)

    def _within(self, value: float | Decimal, ct_ratio: float, pt_ratio: float) -> bool:
        number = float(value)
        if not math.isfinite(number):
            return False
        factor = 1.0
        if "ct_ratio" in self.scales_with:
            factor *= max(1.0, ct_ratio)
        if "pt_ratio" in self.scales_with:
            factor *= max(1.0, pt_ratio)
        return self.low * factor <= number <= self.high * factor


# The limits are wide on purpose. They do not judge whether a value is healthy (a voltage of 0 or
# 320 V is an alarm, not nonsense); they reject what no meter can measure: a late reply decoded as
# something else, or the wrong word order of a float, is usually wrong by orders of magnitude.
_MAX_VOLTAGE: Final = 1000.0
"""Low voltage ends at 1000 V AC (IEC 60038)."""
_MAX_CURRENT: Final = 10_000.0
"""Prospective short-circuit current of a service connection; meters stand 30 Imax, about 3 kA."""
_MAX_PHASE_POWER: Final = _MAX_VOLTAGE * _MAX_CURRENT
_MAX_POWER: Final = 3 * _MAX_PHASE_POWER
_MAX_POWER_FACTOR: Final = 1.001
"""1, and what the rounding of P and S in a meter may add."""
_MAX_DISTORTION: Final = 1000.0
"""Of a current that is nearly all harmonics; of a voltage it stays far below."""
_MAX_UNBALANCE: Final = 200.0
"""Largest deviation from the mean over the mean, when one phase of three carries everything."""
_MAX_ENERGY: Final = 1e9
"""kWh. 115 kA at 1000 V for a year: beyond every counter here."""
_MAX_MONEY: Final = 42_949_672.95
"""A u32 of hundredths, the widest in any map here."""
_MAX_PRICE: Final = 429_496.7295
_U16: Final = 65_535.0
_U32: Final = 4_294_967_295.0

_PT: Final[tuple[Ratio, ...]] = ("pt_ratio",)
_CT: Final[tuple[Ratio, ...]] = ("ct_ratio",)
_CT_PT: Final[tuple[Ratio, ...]] = ("ct_ratio", "pt_ratio")


def _phases(stem: Quantity) -> Iterator[Quantity]:
    """``stem_l1`` to ``stem_l3``."""
    for phase in PHASES:
        yield replace(stem, name=f"{stem.name}_l{phase}", phase=phase)


def _tariffs(stem: Quantity) -> Iterator[Quantity]:
    """``stem_t1`` to ``stem_t8``."""
    for tariff in TARIFFS:
        yield replace(stem, name=f"{stem.name}_t{tariff}", tariff=tariff)


def _power(name: str, unit: Unit, kind: Kind, low: float) -> Iterator[Quantity]:
    """The three phases of a power and their total; ``low`` is 0 or -1 times the limit."""
    total = Quantity(
        name=name,
        unit=unit,
        kind=kind,
        decimals=1,
        low=low * _MAX_POWER,
        high=_MAX_POWER,
        scales_with=_CT_PT,
    )
    yield from _phases(replace(total, low=low * _MAX_PHASE_POWER, high=_MAX_PHASE_POWER))
    yield total


def _percent(name: str, high: float, items: int = 1, phase: int | None = None) -> Quantity:
    return Quantity(
        name=name, unit=Unit.PERCENT, kind=Kind.RATIO, decimals=2, low=0, high=high, items=items, phase=phase
    )


def _counter(name: str, unit: Unit = Unit.KILOWATT_HOUR, kind: Kind = Kind.ENERGY_COUNTER) -> Quantity:
    return Quantity(name=name, unit=unit, kind=kind, decimals=2, low=0, high=_MAX_ENERGY, scales_with=_CT_PT)


def _money(name: str, low: float = 0) -> Quantity:
    return Quantity(name=name, unit=Unit.MONEY, kind=Kind.MONEY, decimals=2, low=low, high=_MAX_MONEY)


def _number(name: str, low: float, high: float) -> Quantity:
    return Quantity(name=name, unit=Unit.NONE, kind=Kind.NUMBER, low=low, high=high)


def _seconds(name: str, low: float, high: float, kind: Kind = Kind.DURATION) -> Quantity:
    return Quantity(name=name, unit=Unit.SECOND, kind=kind, low=low, high=high)


def _code(name: str, codes: type[IntEnum]) -> Quantity:
    return Quantity(name=name, unit=Unit.NONE, kind=Kind.CODE, low=min(codes), high=max(codes), codes=codes)


def _all() -> Iterator[Quantity]:
    """Every quantity, in the order in which people expect them in a list."""
    voltage = Quantity(
        name="voltage",
        unit=Unit.VOLT,
        kind=Kind.VOLTAGE,
        decimals=1,
        low=0,
        high=_MAX_VOLTAGE,
        scales_with=_PT,
    )
    current = Quantity(
        name="current",
        unit=Unit.AMPERE,
        kind=Kind.CURRENT,
        decimals=3,
        low=0,
        high=_MAX_CURRENT,
        scales_with=_CT,
    )
    power_factor = Quantity(
        name="power_factor",
        unit=Unit.NONE,
        kind=Kind.POWER_FACTOR,
        decimals=3,
        low=-_MAX_POWER_FACTOR,
        high=_MAX_POWER_FACTOR,
    )
    yield from _phases(voltage)
    for pair in ("l1_l2", "l2_l3", "l3_l1"):
        yield replace(voltage, name=f"voltage_{pair}", phase=3)
    yield from _phases(current)
    yield replace(current, name="current_n")
    yield from _power("active_power", Unit.WATT, Kind.ACTIVE_POWER, low=-1)
    yield from _power("reactive_power", Unit.VAR, Kind.REACTIVE_POWER, low=-1)
    yield from _power("apparent_power", Unit.VOLT_AMPERE, Kind.APPARENT_POWER, low=0)
    yield from _phases(power_factor)
    yield power_factor
    yield Quantity(
        name="frequency", unit=Unit.HERTZ, kind=Kind.FREQUENCY, decimals=2, low=0, high=100
    )  # 0 while no phase carries voltage
    yield from _phases(_percent("voltage_thd", _MAX_DISTORTION))
    yield from _phases(_percent("current_thd", _MAX_DISTORTION))
    yield from _phases(_percent("voltage_harmonics", _MAX_DISTORTION, items=len(HARMONIC_ORDERS)))
    yield from _phases(_percent("current_harmonics", _MAX_DISTORTION, items=len(HARMONIC_ORDERS)))
    yield _percent("voltage_unbalance", _MAX_UNBALANCE, phase=3)
    yield _percent("current_unbalance", _MAX_UNBALANCE, phase=3)
    yield Quantity(
        name="temperature", unit=Unit.CELSIUS, kind=Kind.TEMPERATURE, decimals=1, low=-60, high=150
    )
    yield Quantity(name="battery_voltage", unit=Unit.VOLT, kind=Kind.VOLTAGE, decimals=3, low=0, high=20)
    yield _number("active_tariff", 1, len(TARIFFS))
    yield _seconds("uptime", 0, _U32)
    yield _number("sequence", 0, _U16)
    yield Quantity(name="status", unit=Unit.NONE, kind=Kind.FLAGS, low=0, high=_U16)
    yield _counter("energy_import")
    yield from _tariffs(_counter("energy_import"))
    yield _counter("energy_export")
    yield from _tariffs(_counter("energy_export"))
    yield _counter("reactive_energy_import", Unit.KILOVAR_HOUR, Kind.REACTIVE_ENERGY_COUNTER)
    yield _counter("reactive_energy_export", Unit.KILOVAR_HOUR, Kind.REACTIVE_ENERGY_COUNTER)
    yield Quantity(
        name="max_demand",
        unit=Unit.WATT,
        kind=Kind.ACTIVE_POWER,
        decimals=1,
        low=0,
        high=_MAX_POWER,
        scales_with=_CT_PT,
    )
    yield _money("balance", low=-_MAX_MONEY)
    yield _code("credit_mode", CreditMode)
    yield _number("top_up_count", 0, _U16)
    yield _money("last_top_up")
    yield _money("overdraft_limit")
    yield _money("credit_alarm_1")
    yield _money("credit_alarm_2")
    yield from _tariffs(
        Quantity(
            name="price",
            unit=Unit.MONEY_PER_KILOWATT_HOUR,
            kind=Kind.PRICE,
            decimals=4,
            low=0,
            high=_MAX_PRICE,
        )
    )
    yield _code("relay_contact", RelayContact)
    yield _code("relay_mode", RelayMode)
    yield _code("relay_cause", RelayCause)
    yield _number("currency", 1, 999)  # ISO 4217 numeric
    yield _seconds("reporting_interval", 1, 3600)
    yield _seconds("load_profile_interval", 60, 86_400)
    yield _seconds("clock", 0, _U32, Kind.TIMESTAMP)


COUNTERS: Final = frozenset({Kind.ENERGY_COUNTER, Kind.REACTIVE_ENERGY_COUNTER})
"""Kinds that only ever rise."""

QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType({quantity.name: quantity for quantity in _all()})
"""Canonical name -> quantity, in display order."""
