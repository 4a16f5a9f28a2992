"""The arithmetic of a line, against figures worked out by hand."""

from __future__ import annotations

import pytest

from custom_components.csj_meter.bus.line_settings import LIKELY_SETTINGS, LineSettings
from custom_components.csj_meter.bus.timing import LineTiming


@pytest.mark.parametrize(
    ("baudrate", "bits", "count", "turnaround", "milliseconds"),
    [
        (9600, 10, 2, 0.010, 31.7),
        (9600, 10, 60, 0.010, 152.6),
        (9600, 10, 120, 0.010, 277.6),
        (19200, 10, 60, 0.010, 81.3),
        (115200, 10, 120, 0.010, 33.7),
        (2400, 10, 2, 0.050, 136.9),
        (9600, 11, 60, 0.010, 166.4),
    ],
)
def test_a_read_takes_its_characters_the_turnaround_and_the_silence(
    baudrate: int, bits: int, count: int, turnaround: float, milliseconds: float
) -> None:
    timing = LineTiming(baudrate=baudrate, bits_per_character=bits)
    assert timing.read(count, turnaround) * 1000 == pytest.approx(milliseconds, abs=0.06)


@pytest.mark.parametrize(
    ("baudrate", "milliseconds"), [(2400, 16.04), (9600, 4.01), (19200, 2.005), (38400, 1.75), (115200, 1.75)]
)
def test_silence_is_three_and_a_half_characters_but_never_below_the_fixed_one(
    baudrate: int, milliseconds: float
) -> None:
    assert LineTiming(baudrate=baudrate).silence * 1000 == pytest.approx(milliseconds, abs=0.01)


@pytest.mark.parametrize(
    ("baudrate", "turnaround", "registers"),
    [(9600, 0.005, 10), (9600, 0.050, 32), (19200, 0.010, 18), (115200, 0.010, 74)],
)
def test_a_gap_is_bridged_while_that_is_cheaper_than_a_second_request(
    baudrate: int, turnaround: float, registers: int
) -> None:
    timing = LineTiming(baudrate=baudrate)
    assert timing.bridgeable_gap(turnaround) == registers
    bridged = timing.read(20 + registers, turnaround)
    apart = 2 * timing.read(10, turnaround)
    assert bridged <= apart < timing.read(22 + registers, turnaround)


def test_patience_covers_the_slowest_healthy_meter_and_the_adapter() -> None:
    timing = LineTiming(baudrate=9600, max_turnaround=0.050, latency=0.016)
    assert timing.patience(2) == pytest.approx(timing.read(2, 0.050) + 0.016)


@pytest.mark.parametrize(
    ("settings", "bits", "text"),
    [
        (LineSettings(), 10, "9600 8N1"),
        (LineSettings(parity="E"), 11, "9600 8E1"),
        (LineSettings(baudrate=2400, stopbits=2), 11, "2400 8N2"),
    ],
)
def test_line_settings_know_their_character_and_their_name(
    settings: LineSettings, bits: int, text: str
) -> None:
    assert settings.bits_per_character == bits
    assert str(settings) == text


def test_the_factory_setting_of_the_meter_is_tried_first_and_none_twice() -> None:
    assert LIKELY_SETTINGS[0] == LineSettings(baudrate=9600, parity="N")
    assert len(set(LIKELY_SETTINGS)) == len(LIKELY_SETTINGS)
