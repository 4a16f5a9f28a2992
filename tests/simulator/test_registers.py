"""The register map, checked against addresses and types written down once more by hand."""

from __future__ import annotations

from collections.abc import Callable
import struct

import pytest

from custom_components.csj_meter.simulator import Model, SimulatedLine, SimulatedMeter
from custom_components.csj_meter.simulator.registers import (
    LIVE as LIVE_CELLS,
    RefusalError,
    Refused,
    Space,
    encode,
    read,
)
from custom_components.csj_meter.simulator.writes import write
from tests.simulator.conftest import Clock

INPUT, HOLDING = Space.INPUT, Space.HOLDING

type Decode = Callable[[SimulatedMeter, int], int]


def u16(meter: SimulatedMeter, address: int) -> int:
    return read(meter, INPUT, address, 1)[0]


def i16(meter: SimulatedMeter, address: int) -> int:
    value: int = struct.unpack(">h", struct.pack(">H", u16(meter, address)))[0]
    return value


def u32(meter: SimulatedMeter, address: int, space: Space = INPUT) -> int:
    high, low = read(meter, space, address, 2)
    return high << 16 | low


def i32(meter: SimulatedMeter, address: int) -> int:
    value: int = struct.unpack(">i", struct.pack(">I", u32(meter, address)))[0]
    return value


def of(line: SimulatedLine, model: Model) -> SimulatedMeter:
    return next(meter for meter in line.meters.values() if meter.nameplate.model is model)


@pytest.fixture(params=Model, ids=lambda model: model.name)
def meter(request: pytest.FixtureRequest, line: SimulatedLine) -> SimulatedMeter:
    return of(line, request.param)


def test_identity(meter: SimulatedMeter) -> None:
    block = read(meter, HOLDING, 0, 20)
    plate = meter.nameplate
    serial = struct.pack(">6H", *block[13:19]).rstrip(b"\0").decode()
    capabilities = {
        Model.DDS100: 0b0111_0000,
        Model.DDSY100: 0b1111_0111,
        Model.DTS300: 0b0111_1100,
        Model.DTSY300: 0b1111_1111,
    }

    assert block[:7] == [
        0x4353,
        {"DDS100": 101, "DDSY100": 102, "DTS300": 301, "DTSY300": 302}[plate.model.name],
        0x0100,
        3 if plate.model.name.startswith("DT") else 1,
        plate.tariffs,
        capabilities[plate.model],
        3,
    ]
    assert block[7] << 16 | block[8] == 1 << 24 | 4 << 16 | 2
    assert block[9:13] == [2300, round(plate.max_current * 100), plate.ct_ratio, 1]
    assert serial == plate.serial
    assert block[19] == 0


LIVE: list[tuple[int, Decode, float, tuple[str, ...]]] = [
    (0x0102, u16, 0.1, ("voltage_l1", "voltage_l2", "voltage_l3")),
    (0x0105, u16, 0.1, ("voltage_l1_l2", "voltage_l2_l3", "voltage_l3_l1")),
    (0x0108, u32, 0.001, ("current_l1", "current_l2", "current_l3", "current_n")),
    (0x0110, i32, 0.1, ("active_power_l1", "active_power_l2", "active_power_l3", "active_power")),
    (0x0118, i32, 0.1, ("reactive_power_l1", "reactive_power_l2", "reactive_power_l3", "reactive_power")),
    (0x0120, u32, 0.1, ("apparent_power_l1", "apparent_power_l2", "apparent_power_l3", "apparent_power")),
    (0x0128, i16, 0.001, ("power_factor_l1", "power_factor_l2", "power_factor_l3", "power_factor")),
    (0x012C, u16, 0.01, ("frequency",)),
    (0x012D, u16, 0.01, ("voltage_thd_l1", "voltage_thd_l2", "voltage_thd_l3")),
    (0x0130, u16, 0.01, ("current_thd_l1", "current_thd_l2", "current_thd_l3")),
    (0x0133, u16, 0.01, ("voltage_unbalance", "current_unbalance")),
    (0x0135, i16, 0.1, ("temperature",)),
    (0x0136, u16, 0.001, ("battery_voltage",)),
    (0x0137, u16, 1, ("active_tariff",)),
    (0x0138, u32, 1, ("uptime",)),
    (0x0100, u16, 1, ("sequence", "status")),
    (0x0200, u32, 0.01, ("energy_import", *(f"energy_import_t{t}" for t in range(1, 9)))),
    (0x0212, u32, 0.01, ("energy_export", *(f"energy_export_t{t}" for t in range(1, 9)))),
    (0x0224, u32, 0.01, ("reactive_energy_import", "reactive_energy_export")),
    (0x0228, u32, 0.1, ("max_demand",)),
]
PREPAY: list[tuple[int, Decode, float, tuple[str, ...]]] = [
    (0x0300, i32, 0.01, ("balance",)),
    (0x0302, u16, 1, ("credit_mode", "top_up_count")),
    (0x0304, u32, 0.01, ("last_top_up", "overdraft_limit", "credit_alarm_1", "credit_alarm_2")),
    (0x030C, u32, 0.0001, tuple(f"price_t{t}" for t in range(1, 9))),
    (0x031C, u16, 1, ("relay_contact", "relay_mode", "relay_cause", "currency")),
]
ABSENT: dict[Decode, int] = {u16: 0xFFFF, i16: 0x7FFF, u32: 0xFFFFFFFF, i32: 0x7FFFFFFF}


@pytest.mark.parametrize(("address", "decode", "scale", "quantities"), LIVE)
def test_measurements_decode_to_the_truth(
    meter: SimulatedMeter, address: int, decode: Decode, scale: float, quantities: tuple[str, ...]
) -> None:
    compare(meter, address, decode, scale, quantities)


@pytest.mark.parametrize(("address", "decode", "scale", "quantities"), PREPAY)
@pytest.mark.parametrize("model", [Model.DDSY100, Model.DTSY300])
def test_prepayment_decodes_to_the_truth(
    line: SimulatedLine, model: Model, address: int, decode: Decode, scale: float, quantities: tuple[str, ...]
) -> None:
    compare(of(line, model), address, decode, scale, quantities)


def compare(
    meter: SimulatedMeter, address: int, decode: Decode, scale: float, quantities: tuple[str, ...]
) -> None:
    truth = meter.truth()
    for quantity in quantities:
        raw, value = decode(meter, address), truth[quantity]
        if value is None:
            assert raw == ABSENT[decode], quantity
        else:
            assert raw * scale == pytest.approx(value, abs=scale / 100), quantity
            assert raw != ABSENT[decode]
        address += 2 if decode in (u32, i32) else 1


@pytest.mark.parametrize(
    ("model", "absent"),
    [
        (Model.DDS100, {"voltage_l2", "current_l3", "energy_export", "temperature", "energy_import_t5"}),
        (Model.DDSY100, {"voltage_l2", "voltage_l1_l2", "energy_export", "voltage_unbalance"}),
        (Model.DTS300, {"energy_import_t5"}),
        (Model.DTSY300, {"energy_import_t7", "price_t7"}),
    ],
)
def test_what_a_model_does_not_have_is_absent(line: SimulatedLine, model: Model, absent: set[str]) -> None:
    truth = of(line, model).truth()

    assert {quantity for quantity in absent if truth[quantity] is not None} == set()


@pytest.mark.parametrize("model", [Model.DDSY100, Model.DTS300, Model.DTSY300])
def test_harmonics_are_six_spectra_in_two_reads(line: SimulatedLine, model: Model) -> None:
    meter = of(line, model)
    registers = read(meter, INPUT, 0x0400, 120) + read(meter, INPUT, 0x0478, 60)
    names = [f"{kind}_harmonics_l{phase}" for kind in ("voltage", "current") for phase in (1, 2, 3)]
    for place, name in enumerate(names):
        spectrum = meter.truth()[name]
        expected = [0xFFFF] * 30 if spectrum is None else [round(item * 100) for item in spectrum]  # type: ignore[union-attr]
        assert registers[30 * place : 30 * place + 30] == expected


def test_a_spectrum_does_not_fit_a_cell() -> None:
    with pytest.raises(TypeError, match="sequence is not a number"):
        encode(LIVE_CELLS, {"sequence": (1.0, 2.0)})


def test_settings(meter: SimulatedMeter, clock: Clock) -> None:
    prepaid = meter.nameplate.model in (Model.DDSY100, Model.DTSY300)

    assert read(meter, HOLDING, 0x0500, 2) == [5, 15]
    assert u32(meter, 0x0502, HOLDING) == int(clock.now)
    assert read(meter, HOLDING, 0x0504, 3) == [meter.unit_id, 3, 0]
    if prepaid:
        assert [u32(meter, address, HOLDING) for address in (0x0508, 0x050A, 0x050C)] == [500, 200, 100]
        assert u32(meter, 0x0510, HOLDING) == 1900
        assert u32(meter, 0x0510 + 2 * meter.nameplate.tariffs, HOLDING) == 0xFFFFFFFF
    else:
        assert u32(meter, 0x0508, HOLDING) == 0xFFFFFFFF


def test_the_clock_runs_between_samples(meter: SimulatedMeter, clock: Clock) -> None:
    before = u32(meter, 0x0502, HOLDING)
    clock.now += 1

    assert u32(meter, 0x0502, HOLDING) == before + 1


def test_day_tables_hold_twelve_switch_points(meter: SimulatedMeter) -> None:
    tables = read(meter, HOLDING, 0x0560, 72)
    expected = meter.settings.schedule
    for place, points in enumerate((expected.weekday, expected.saturday, expected.sunday)):
        table = tables[24 * place : 24 * place + 24]
        assert list(zip(table[::2], table[1::2], strict=True)) == [
            *points,
            *[(0xFFFF, 0xFFFF)] * (12 - len(points)),
        ]


def test_commands_read_as_locked_and_idle(line: SimulatedLine) -> None:
    meter = of(line, Model.DTSY300)

    assert read(meter, HOLDING, 0x0600, 4) == [0, 0, 0, 0]
    assert read(meter, HOLDING, 0x0610, 3) == [0, 0, 0]
    assert read(meter, HOLDING, 0x0618, 6) == [0] * 6
    assert read(meter, HOLDING, 0x0540, 6) == [0] * 6


@pytest.mark.parametrize(
    ("space", "address", "count", "code"),
    [
        (INPUT, 0x0100, 121, Refused.VALUE),
        (INPUT, 0x0100, 0, Refused.VALUE),
        (INPUT, 0x0000, 1, Refused.ADDRESS),
        (INPUT, 0x00FF, 2, Refused.ADDRESS),
        (INPUT, 0x0100, 59, Refused.ADDRESS),
        (INPUT, 0x0200, 43, Refused.ADDRESS),
        (INPUT, 0x0500, 1, Refused.ADDRESS),
        (HOLDING, 0x0014, 1, Refused.ADDRESS),
        (HOLDING, 0x0100, 1, Refused.ADDRESS),
        (HOLDING, 0x0507, 1, Refused.ADDRESS),
        (HOLDING, 0x0500, 8, Refused.ADDRESS),
        (HOLDING, 0x0560, 73, Refused.ADDRESS),
        (HOLDING, 0xFFFF, 2, Refused.ADDRESS),
    ],
)
def test_holes_and_greed_are_refused(
    meter: SimulatedMeter, space: Space, address: int, count: int, code: Refused
) -> None:
    with pytest.raises(RefusalError) as refusal:
        read(meter, space, address, count)

    assert refusal.value.code is code


@pytest.mark.parametrize(
    ("model", "space", "address"),
    [
        (Model.DDS100, INPUT, 0x0300),
        (Model.DDS100, INPUT, 0x0400),
        (Model.DTS300, INPUT, 0x0300),
        (Model.DTS300, HOLDING, 0x0610),
        (Model.DTS300, HOLDING, 0x0618),
    ],
)
def test_what_a_model_cannot_do_is_a_hole(
    line: SimulatedLine, model: Model, space: Space, address: int
) -> None:
    with pytest.raises(RefusalError) as refusal:
        read(of(line, model), space, address, 1)

    assert refusal.value.code is Refused.ADDRESS


@pytest.mark.parametrize(
    ("address", "count", "code"),
    [
        (0x0500, 1, Refused.LOCKED),
        (0x0508, 6, Refused.LOCKED),
        (0x0560, 24, Refused.LOCKED),
        (0x0603, 1, Refused.LOCKED),
        (0x0618, 5, Refused.LOCKED),
        (0x0544, 1, Refused.LOCKED),
        (0x0610, 3, Refused.LOCKED),
        (0x0000, 1, Refused.ADDRESS),
        (0x0530, 1, Refused.ADDRESS),
        (0x0507, 1, Refused.ADDRESS),
        (0x0560, 61, Refused.VALUE),
    ],
)
def test_a_locked_meter_takes_no_writes(line: SimulatedLine, address: int, count: int, code: Refused) -> None:
    with pytest.raises(RefusalError) as refusal:
        write(of(line, Model.DTSY300), address, [1] * count)

    assert refusal.value.code is code
