"""What meters hold in their registers, and what that means: both written by hand from the makers' maps.

Nothing here is derived from a profile, so that a wrong address or scale in a profile has nowhere to
hide. An image holds the addresses that the map documents; a read of any other is refused, as a meter
would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
import struct

from custom_components.csj_meter.meters.profile import Space
from custom_components.csj_meter.meters.reading import Value

type Words = list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One meter as its registers show it."""

    profile: str
    """Profile that has to recognise it."""

    registers: Mapping[Space, Mapping[int, Words]]
    """Space -> first address -> words from there."""

    model: str
    """Expected model name."""

    serial: str | None
    """Expected serial number; None where the map has none."""

    firmware: str | None = None
    """Expected firmware version."""

    ct_ratio: float = 1.0
    """Expected transformer ratio."""

    pt_ratio: float = 1.0
    """Expected transformer ratio."""

    values: Mapping[str, Value] = field(default_factory=dict)
    """Every quantity that the meter offers, with its expected value."""


def floats(*numbers: float) -> Words:
    """IEEE 754 singles, high word first."""
    return [word for number in numbers for word in struct.unpack(">HH", struct.pack(">f", number))]


def longs(*numbers: int) -> Words:
    """32-bit values, high word first; negative ones as two's complement."""
    return [word for number in numbers for word in divmod(number & 0xFFFF_FFFF, 0x1_0000)]


def text(characters: str, registers: int) -> Words:
    """ASCII, NUL padded."""
    data = characters.encode().ljust(2 * registers, b"\0")
    return list(struct.unpack(f">{registers}H", data))


CSJ_LIVE: Words = [
    4711,  # sequence
    0b10_0001,  # relay closed, cover opened
    *(2301, 2312, 2323),
    *(3987, 4003, 3995),
    *longs(5123, 100_000, 42),
    *longs(7001),
    *longs(11523, -5001, 10, 6532),
    *longs(1001, -1, 0, 1000),
    *longs(11566, 5001, 10, 16577),
    *(996, 0x1_0000 - 1000, 1000, 394),
    4998,
    *(211, 198, 0),
    *(1234, 0xFFFF, 800),  # no THD of the current in L2
    45,
    13320,
    0x1_0000 - 50,
    3012,
    2,
    *longs(65538),
]

CSJ_ENERGY: Words = [
    *longs(1_234_567, 100_001, 200_002, 300_003, 400_004, 5, 60, 700, 8000),
    *longs(99_999_999, 11, 22, 33, 44, 55, 66, 77, 88),
    *longs(4567, 89),
    *longs(73215),
]

CSJ_PREPAY: Words = [
    *longs(-1250),
    0,
    17,
    *longs(5000),
    *longs(2000),
    *longs(1000),
    *longs(300),
    *longs(2999, 1850, 2400, 1200, 5001, 6002, 7003, 8004),
    0,
    2,
    3,
    978,
]

CSJ_3P_PREPAY = Image(
    profile="csj_3p_prepay",
    model="DTSY300",
    serial="CSJ302000017",
    firmware="2.1.3",
    registers={
        "holding": {
            0x0000: [
                *(0x4353, 302, 0x0100, 3, 8, 0b1111_1111, 7),
                *longs(0x0201_0003),
                *(2300, 10000, 1, 1),
                *text("CSJ302000017", 6),
                0,
            ],
            0x0500: [60, 15, *longs(1_795_359_000), 17, 3, 0],
        },
        "input": {
            0x0100: CSJ_LIVE,
            0x0200: CSJ_ENERGY,
            0x0300: CSJ_PREPAY,
            0x0400: list(range(1, 181)),
        },
    },
    values={
        "sequence": 4711,
        "status": 33,
        "voltage_l1": 230.1,
        "voltage_l2": 231.2,
        "voltage_l3": 232.3,
        "voltage_l1_l2": 398.7,
        "voltage_l2_l3": 400.3,
        "voltage_l3_l1": 399.5,
        "current_l1": 5.123,
        "current_l2": 100.0,
        "current_l3": 0.042,
        "current_n": 7.001,
        "active_power_l1": 1152.3,
        "active_power_l2": -500.1,
        "active_power_l3": 1.0,
        "active_power": 653.2,
        "reactive_power_l1": 100.1,
        "reactive_power_l2": -0.1,
        "reactive_power_l3": 0.0,
        "reactive_power": 100.0,
        "apparent_power_l1": 1156.6,
        "apparent_power_l2": 500.1,
        "apparent_power_l3": 1.0,
        "apparent_power": 1657.7,
        "power_factor_l1": 0.996,
        "power_factor_l2": -1.0,
        "power_factor_l3": 1.0,
        "power_factor": 0.394,
        "frequency": 49.98,
        "voltage_thd_l1": 2.11,
        "voltage_thd_l2": 1.98,
        "voltage_thd_l3": 0.0,
        "current_thd_l1": 12.34,
        "current_thd_l2": None,
        "current_thd_l3": 8.0,
        "voltage_unbalance": 0.45,
        "current_unbalance": 133.2,
        "temperature": -5.0,
        "battery_voltage": 3.012,
        "active_tariff": 2,
        "uptime": 65538,
        "energy_import": 12345.67,
        "energy_import_t1": 1000.01,
        "energy_import_t2": 2000.02,
        "energy_import_t3": 3000.03,
        "energy_import_t4": 4000.04,
        "energy_import_t5": 0.05,
        "energy_import_t6": 0.6,
        "energy_import_t7": 7.0,
        "energy_import_t8": 80.0,
        "energy_export": 999_999.99,
        "energy_export_t1": 0.11,
        "energy_export_t2": 0.22,
        "energy_export_t3": 0.33,
        "energy_export_t4": 0.44,
        "energy_export_t5": 0.55,
        "energy_export_t6": 0.66,
        "energy_export_t7": 0.77,
        "energy_export_t8": 0.88,
        "reactive_energy_import": 45.67,
        "reactive_energy_export": 0.89,
        "max_demand": 7321.5,
        "balance": Decimal("-12.50"),
        "credit_mode": "money",
        "top_up_count": 17,
        "last_top_up": Decimal("50.00"),
        "overdraft_limit": Decimal("20.00"),
        "credit_alarm_1": Decimal("10.00"),
        "credit_alarm_2": Decimal("3.00"),
        "price_t1": Decimal("0.2999"),
        "price_t2": Decimal("0.1850"),
        "price_t3": Decimal("0.2400"),
        "price_t4": Decimal("0.1200"),
        "price_t5": Decimal("0.5001"),
        "price_t6": Decimal("0.6002"),
        "price_t7": Decimal("0.7003"),
        "price_t8": Decimal("0.8004"),
        "relay_contact": "open",
        "relay_mode": "forced_open",
        "relay_cause": "remote",
        "currency": 978,
        "voltage_harmonics_l1": tuple(n / 100 for n in range(1, 31)),
        "voltage_harmonics_l2": tuple(n / 100 for n in range(31, 61)),
        "voltage_harmonics_l3": tuple(n / 100 for n in range(61, 91)),
        "current_harmonics_l1": tuple(n / 100 for n in range(91, 121)),
        "current_harmonics_l2": tuple(n / 100 for n in range(121, 151)),
        "current_harmonics_l3": tuple(n / 100 for n in range(151, 181)),
        "reporting_interval": 60,
        "load_profile_interval": 900,
        "clock": 1_795_359_000,
    },
)

ABSENT32 = 0xFFFF_FFFF
ABSENT_I32 = 0x7FFF_FFFF

CSJ_1P = Image(
    profile="csj_1p",
    model="DDS100",
    serial="CSJ101000001",
    firmware="1.12.345",
    registers={
        "holding": {
            0x0000: [
                # four tariffs; relay and load profile, but no prepayment, harmonics, export or battery
                *(0x4353, 101, 0x0105, 1, 4, 0b0010_0001, 2),
                *longs(0x010C_0159),
                *(2300, 6000, 1, 1),
                *text("CSJ101000001", 6),
                0,
            ],
            0x0500: [10, 60, *longs(0), 1, 3, 0],
        },
        "input": {
            0x0100: [
                *(65535, 1),
                *(2298, 0xFFFF, 0xFFFF),
                *(0xFFFF, 0xFFFF, 0xFFFF),
                *longs(1500, ABSENT32, ABSENT32),
                *longs(ABSENT32),
                *longs(3447, ABSENT_I32, ABSENT_I32, 3447),
                *longs(-12, ABSENT_I32, ABSENT_I32, -12),
                *longs(3450, ABSENT32, ABSENT32, 3450),
                *(999, 0x7FFF, 0x7FFF, 999),
                5002,
                *(150, 0xFFFF, 0xFFFF),
                *(420, 0xFFFF, 0xFFFF),
                *(0xFFFF, 0xFFFF),
                0x7FFF,  # no thermometer
                0xFFFF,
                4,
                *longs(7),
            ],
            0x0200: [
                *longs(1000, 100, 200, 300, 400),
                *longs(*[ABSENT32] * 4),
                *longs(*[ABSENT32] * 9),
                *longs(10, 20),
                *longs(30),
            ],
        },
    },
    values={
        "sequence": 65535,
        "status": 1,
        "voltage_l1": 229.8,
        "current_l1": 1.5,
        "current_n": None,
        "active_power_l1": 344.7,
        "active_power": 344.7,
        "reactive_power_l1": -1.2,
        "reactive_power": -1.2,
        "apparent_power_l1": 345.0,
        "apparent_power": 345.0,
        "power_factor_l1": 0.999,
        "power_factor": 0.999,
        "frequency": 50.02,
        "voltage_thd_l1": 1.5,
        "current_thd_l1": 4.2,
        "temperature": None,
        "active_tariff": 4,
        "uptime": 7,
        "energy_import": 10.0,
        "energy_import_t1": 1.0,
        "energy_import_t2": 2.0,
        "energy_import_t3": 3.0,
        "energy_import_t4": 4.0,
        "reactive_energy_import": 0.1,
        "reactive_energy_export": 0.2,
        "max_demand": 3.0,
        "reporting_interval": 10,
        "load_profile_interval": 3600,
        "clock": 0,
    },
)

SDM120 = Image(
    profile="eastron_sdm120",
    model="SDM120",
    serial="22104567",
    firmware="2.5",
    registers={
        "input": {
            0x0000: floats(230.5, 0, 0, 1.5, 0, 0, -345.75, 0, 0, 345.75, 0, 0, 28.5, 0, 0, -0.984375),
            0x0020: floats(*[0.0] * 19),
            0x0046: floats(49.96875, 12345.5, 678.25, 90.125, 45.0625, 0, 0, 100.25, 2304.5, 0, 0, 0, 0),
            0x0156: floats(13023.75, 135.1875),
        },
        "holding": {0xFC00: [*longs(22_104_567), 0x0020, 0x0205]},
    },
    values={
        "voltage_l1": 230.5,
        "current_l1": 1.5,
        "active_power": -345.75,
        "apparent_power": 345.75,
        "reactive_power": 28.5,
        "power_factor": -0.984375,
        "frequency": 49.96875,
        "energy_import": 12345.5,
        "energy_export": 678.25,
        "reactive_energy_import": 90.125,
        "reactive_energy_export": 45.0625,
        "max_demand": 2304.5,
    },
)

SDM630 = Image(
    profile="eastron_sdm630",
    model="SDM630",
    serial="4294967290",
    registers={
        "input": {
            0x0000: floats(
                *(230.5, 231.25, 229.75),
                *(1.5, 2.25, 0.125),
                *(345.75, -519.75, 28.5),
                *(346.5, 520.25, 28.75),
                *(10.0, -6.5, 0.5),
                *(0.96875, -0.984375, 1.0),
                *(0, 0, 0),  # phase angles
                *(230.5, 0, 1.25, 3.875, 0),  # averages
            ),
            0x0034: floats(-145.5, 0, 895.5, 0, 4.0, -0.125, 0, 0, 0, 50.0),
            0x0048: floats(12345.5, 678.25, 90.125, 45.0625, 0, 0, 100.25, 2311.5),
            0x00C8: floats(400.25, 399.5, 401.75, 400.5),
            0x00D0: floats(*[0.0] * 8),
            0x00E0: floats(2.375, 0, 0, 0, 0, 2.25, 2.5, 2.75, 12.5, 25.0, 50.0),
        },
        "holding": {0x000A: floats(3.0), 0xFC00: longs(4_294_967_290)},
    },
    values={
        "voltage_l1": 230.5,
        "voltage_l2": 231.25,
        "voltage_l3": 229.75,
        "current_l1": 1.5,
        "current_l2": 2.25,
        "current_l3": 0.125,
        "active_power_l1": 345.75,
        "active_power_l2": -519.75,
        "active_power_l3": 28.5,
        "apparent_power_l1": 346.5,
        "apparent_power_l2": 520.25,
        "apparent_power_l3": 28.75,
        "reactive_power_l1": 10.0,
        "reactive_power_l2": -6.5,
        "reactive_power_l3": 0.5,
        "power_factor_l1": 0.96875,
        "power_factor_l2": -0.984375,
        "power_factor_l3": 1.0,
        "active_power": -145.5,
        "apparent_power": 895.5,
        "reactive_power": 4.0,
        "power_factor": -0.125,
        "frequency": 50.0,
        "voltage_l1_l2": 400.25,
        "voltage_l2_l3": 399.5,
        "voltage_l3_l1": 401.75,
        "current_n": 2.375,
        "voltage_thd_l1": 2.25,
        "voltage_thd_l2": 2.5,
        "voltage_thd_l3": 2.75,
        "current_thd_l1": 12.5,
        "current_thd_l2": 25.0,
        "current_thd_l3": 50.0,
        "energy_import": 12345.5,
        "energy_export": 678.25,
        "reactive_energy_import": 90.125,
        "reactive_energy_export": 45.0625,
        "max_demand": 2311.5,
    },
)

DTSD1352 = Image(
    # behind 10 000/100 V and 150/5 A transformers
    profile="acrel_dtsd1352",
    model="DTSD1352",
    serial=None,
    ct_ratio=30,
    pt_ratio=100,
    registers={
        "holding": {
            0x0000: [
                *longs(9, 9, 9, 9, 9),  # total active: import and export together
                *longs(150, 10, 20, 30, 90),
                *longs(15, 1, 2, 3, 9),
                *longs(9, 9, 9, 9, 9),
                *longs(70, 9, 9, 9, 9),
                *longs(7, 9, 9, 9, 9),
            ],
            0x0061: [577, 578, 579, 150, 151, 152],
            0x0077: [4998, 1000, 1001, 1002, 1234],
            0x007C: [0] * 17,
            0x008D: [100, 30, 0],
            0x0091: [0, 0, 12, 345, 0, 0, 0],
            0x0164: [
                *longs(80, -81, 82, 81),
                *longs(-10, 11, 12, 13),
                *longs(86, 87, 88, 261),
                *(998, 0x1_0000 - 999, 1000, 997),
            ],
        },
    },
    values={
        "voltage_l1": 5770.0,
        "voltage_l2": 5780.0,
        "voltage_l3": 5790.0,
        "voltage_l1_l2": 10000.0,
        "voltage_l2_l3": 10010.0,
        "voltage_l3_l1": 10020.0,
        "current_l1": 45.0,
        "current_l2": 45.3,
        "current_l3": 45.6,
        "frequency": 49.98,
        "voltage_unbalance": 1.2,
        "current_unbalance": 34.5,
        "active_power_l1": 240_000,
        "active_power_l2": -243_000,
        "active_power_l3": 246_000,
        "active_power": 243_000,
        "reactive_power_l1": -30_000,
        "reactive_power_l2": 33_000,
        "reactive_power_l3": 36_000,
        "reactive_power": 39_000,
        "apparent_power_l1": 258_000,
        "apparent_power_l2": 261_000,
        "apparent_power_l3": 264_000,
        "apparent_power": 783_000,
        "power_factor_l1": 0.998,
        "power_factor_l2": -0.999,
        "power_factor_l3": 1.0,
        "power_factor": 0.997,
        "energy_import": 4500,
        "energy_import_t1": 300,
        "energy_import_t2": 600,
        "energy_import_t3": 900,
        "energy_import_t4": 2700,
        "energy_export": 450,
        "energy_export_t1": 30,
        "energy_export_t2": 60,
        "energy_export_t3": 90,
        "energy_export_t4": 270,
        "reactive_energy_import": 2100,
        "reactive_energy_export": 210,
        "max_demand": 3_702_000,
    },
)

DDSY1352 = Image(
    profile="acrel_ddsy1352",
    model="DDSY1352",
    serial="190120040017",
    registers={
        "holding": {
            0x0000: [
                *longs(1_234_567, 100, 200, 300, 1_233_967),
                1,
                *(2204, 1234),
                0x1_0000 - 1500,
                0,
                2720,
                551,
            ],
            0x0043: [
                *(0x1901, 0x2004, 0x0017),
                *longs(1000, 300, 2000, 0),
                *(23, *longs(-1250)),
                *([0] * 6),
                *(1, 1),
                *longs(29, 18, 24, 12),
                6600,
            ],
        },
    },
    values={
        "voltage_l1": 220.4,
        "current_l1": 12.34,
        "active_power": -1500,
        "apparent_power": 2720,
        "power_factor": 0.551,
        "energy_import": 12345.67,
        "energy_import_t1": 1.0,
        "energy_import_t2": 2.0,
        "energy_import_t3": 3.0,
        "energy_import_t4": 12339.67,
        "top_up_count": 23,
        "balance": Decimal("-12.50"),
        "relay_mode": "forced_open",
    },
)

DTSU666 = Image(
    # behind 250/5 A transformers
    profile="chint_dtsu666",
    model="DTSU666",
    serial=None,
    firmware="2.04",
    ct_ratio=50,
    registers={
        "holding": {
            0x0000: [204, 701, 0, 0],
            0x0006: [50, 10],
            0x002C: [3, 3, 1],
            0x101E: floats(10.25, 0, 0, 0, 0, 0.5),
            0x2000: floats(
                *(3995.0, 4002.5, 4017.5),
                *(2305.0, 2312.5, 2297.5),
                *(1500.0, 2250.0, 125.0),
                *(1455.0, 3457.5, -2287.5, 285.0),
                *(40.0, 100.0, -65.0, 5.0),
            ),
            0x202A: floats(-125.0, 968.75, -984.5, 1000.0),
            0x2044: floats(4998.0),
        },
    },
    values={
        "voltage_l1_l2": 399.5,
        "voltage_l2_l3": 400.25,
        "voltage_l3_l1": 401.75,
        "voltage_l1": 230.5,
        "voltage_l2": 231.25,
        "voltage_l3": 229.75,
        "current_l1": 75.0,
        "current_l2": 112.5,
        "current_l3": 6.25,
        "active_power": 7275.0,
        "active_power_l1": 17287.5,
        "active_power_l2": -11437.5,
        "active_power_l3": 1425.0,
        "reactive_power": 200.0,
        "reactive_power_l1": 500.0,
        "reactive_power_l2": -325.0,
        "reactive_power_l3": 25.0,
        "power_factor": -0.125,
        "power_factor_l1": 0.96875,
        "power_factor_l2": -0.9845,
        "power_factor_l3": 1.0,
        "frequency": 49.98,
        "energy_import": 512.5,
        "energy_export": 25.0,
    },
)

WE517 = Image(
    profile="orno_we517",
    model="OR-WE-517",
    serial="20190317",
    firmware="1.25",
    registers={
        "holding": {
            0x0000: [
                *longs(20_190_317),
                *(1, 9600),
                *floats(1.25, 1.5),
                1,
                *floats(1000.0),
                *(5, 0, 10),
                *floats(230.5, 231.25, 229.75),
                *floats(50.0),
                *floats(1.5, 2.25, 0.125),
                *floats(-0.5, 0.25, -0.75, 0.0),
                *floats(0.125, 0.0625, 0.03125, 0.03125),
                *floats(1.0, 0.5, 0.25, 0.25),
                *floats(-0.5, 0.96875, -0.984375, 1.0),
            ],
            0x0100: floats(
                *(1100.5, 0, 0, 0),
                *(1000.25, 0, 0, 0),
                *(100.25, 0, 0, 0),
                *(75.5, 0, 0, 0),
                *(50.25, 0, 0, 0),
                *(25.25, 0, 0, 0),
                *(110.0, 100.0, 10.0, 0, 0, 0),
                *(220.0, 200.0, 20.0, 0, 0, 0),
                *(330.0, 300.0, 30.0, 0, 0, 0),
                *(440.5, 400.25, 40.25, 0, 0, 0),
            ),
        },
    },
    values={
        "voltage_l1": 230.5,
        "voltage_l2": 231.25,
        "voltage_l3": 229.75,
        "frequency": 50.0,
        "current_l1": 1.5,
        "current_l2": 2.25,
        "current_l3": 0.125,
        "active_power": -500.0,
        "active_power_l1": 250.0,
        "active_power_l2": -750.0,
        "active_power_l3": 0.0,
        "reactive_power": 125.0,
        "reactive_power_l1": 62.5,
        "reactive_power_l2": 31.25,
        "reactive_power_l3": 31.25,
        "apparent_power": 1000.0,
        "apparent_power_l1": 500.0,
        "apparent_power_l2": 250.0,
        "apparent_power_l3": 250.0,
        "power_factor": -0.5,
        "power_factor_l1": 0.96875,
        "power_factor_l2": -0.984375,
        "power_factor_l3": 1.0,
        "energy_import": 1000.25,
        "energy_export": 100.25,
        "reactive_energy_import": 50.25,
        "reactive_energy_export": 25.25,
        "energy_import_t1": 100.0,
        "energy_import_t2": 200.0,
        "energy_import_t3": 300.0,
        "energy_import_t4": 400.25,
        "energy_export_t1": 10.0,
        "energy_export_t2": 20.0,
        "energy_export_t3": 30.0,
        "energy_export_t4": 40.25,
    },
)

IMAGES = (CSJ_3P_PREPAY, CSJ_1P, SDM120, SDM630, DTSD1352, DDSY1352, DTSU666, WE517)
