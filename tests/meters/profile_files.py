"""A profile of an invented meter, written to a file or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_components.csj_meter.meters.profile_loader import ProfileError, load_profile

GOOD = """\
manufacturer: Invented Instruments
model: Nowhere 3000
source: made up for a test
verified: false
phases: 3
tariffs: 4
capabilities: [relay, export]
max_read: 60
ranges:
  input: [0x0000..0x00FF]
  holding: [0..99, 0x0100..0x01FF]
checks:
  - {space: input, at: 0x0000, type: u16, scale: 0.1, between: [80, 300]}
  - {space: holding, at: 10, type: u16, one_of: [7, 0x08]}
groups:
  identity:
    space: holding
    serial: {at: 0x0100, type: ascii, registers: 6}
    ct_ratio: {at: 0x0110, type: u16}
  live:
    space: input
    type: u16
    voltage_l1..l3: {at: 0x0000, scale: 0.1}
    active_power: {at: 0x0010, type: i32, scale: 0.001, unit: kW, multiply: [ct_ratio]}
    relay_contact: {at: 0x0020, values: {0: closed, 1: open}, needs: relay}
    status: {at: 0x0021, bits: {3: cover_opened}}
    frequency: 0x0022
"""


def write(folder: Path, text: str, name: str = "nowhere.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str, name: str = "nowhere.yaml") -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        load_profile(write(folder, text, name))
    return caught.value
