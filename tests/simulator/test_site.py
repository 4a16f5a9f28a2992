"""The demo site."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.simulator import Kind, Model, SimulatedLine, demo_line
from tests.simulator.conftest import Clock


def test_six_meters_of_four_models_on_two_circuits(line: SimulatedLine) -> None:
    meters = line.meters

    assert list(meters) == [1, 2, 3, 4, 5, 6]
    assert {meter.nameplate.model for meter in meters.values()} == set(Model)
    assert [meter.circuit for meter in meters.values()] == ["Elm Row"] * 3 + ["Mill Lane"] * 3
    assert [meter.household.kind for meter in meters.values()].count(Kind.SOLAR) == 1
    assert len({meter.label for meter in meters.values()}) == 6


def test_serial_numbers_are_unique_and_stay(line: SimulatedLine, clock: Clock) -> None:
    many = demo_line(meters=247, clock=clock)
    serials = {meter.nameplate.serial for meter in many.meters.values()}

    assert len(serials) == 247
    assert [many.meters[unit].nameplate.serial for unit in line.meters] == [
        meter.nameplate.serial for meter in line.meters.values()
    ]


def test_a_full_line_has_circuits_of_a_dozen_homes(clock: Clock) -> None:
    circuits: dict[str, int] = {}
    for meter in demo_line(meters=247, clock=clock).meters.values():
        circuits[meter.circuit] = circuits.get(meter.circuit, 0) + 1

    assert max(circuits.values()) == 12
    assert len(circuits) == 22


def test_a_neighbour_more_changes_nobodys_consumption(line: SimulatedLine, clock: Clock) -> None:
    more = demo_line(meters=9, clock=clock)

    assert more.meters[4].truth()["energy_import"] == line.meters[4].truth()["energy_import"]


def test_the_meters_own_time_may_differ_from_utc(clock: Clock) -> None:
    east = demo_line(clock=clock, utc_offset=3 * 3600).meters[1]

    assert east.truth()["active_tariff"] == 3  # 14:13 UTC is 17:13 there
    assert east.truth()["clock"] == int(clock.now)
    assert east.installed_at % 86400 == 86400 - 3 * 3600


@pytest.mark.parametrize("meters", [0, 248, -1])
def test_a_line_carries_at_most_247_meters(meters: int) -> None:
    with pytest.raises(ValueError, match="1 to 247 meters"):
        demo_line(meters=meters)


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"baudrate": 0}, "not a line speed"), ({"parity": "X"}, "parity is N, E or O")],
)
def test_a_line_has_real_settings(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        demo_line(**settings)  # type: ignore[arg-type]


def test_preparing_does_the_long_sums(line: SimulatedLine) -> None:
    line.prepare()

    assert all(len(meter.energy._until) > 200 for meter in line.meters.values())
