"""Profiles from files: what a good one becomes, and one that is another with changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_components.csj_meter.meters.identity import Capability
from custom_components.csj_meter.meters.profile import Check, Field, FieldType
from custom_components.csj_meter.meters.profile_loader import load_profile
from custom_components.csj_meter.meters.reading import Group

from .profile_files import GOOD, refused, write


def test_a_good_file_becomes_a_profile(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, GOOD))

    assert (profile.name, profile.manufacturer, profile.model) == (
        "nowhere",
        "Invented Instruments",
        "Nowhere 3000",
    )
    assert (profile.phases, profile.tariffs, profile.max_read, profile.verified) == (3, 4, 60, False)
    assert profile.capabilities == {Capability.RELAY, Capability.EXPORT}
    assert profile.ranges == {"input": ((0, 255),), "holding": ((0, 99), (256, 511))}
    assert profile.checks == (
        Check(space="input", address=0, type=FieldType.U16, scale=0.1, low=80, high=300),
        Check(space="holding", address=10, type=FieldType.U16, one_of=(7, 8)),
    )
    assert profile.probe == ("input", 0)
    assert profile.has_serial
    assert profile.source_file == str(tmp_path / "nowhere.yaml")
    assert set(profile.groups) == {Group.IDENTITY, Group.LIVE}


def test_fields_carry_what_the_file_says(tmp_path: Path) -> None:
    fields = {field.quantity: field for field in load_profile(write(tmp_path, GOOD)).groups[Group.LIVE]}

    assert [fields[f"voltage_l{n}"].address for n in (1, 2, 3)] == [0, 1, 2]
    assert [fields[f"voltage_l{n}"].phase for n in (1, 2, 3)] == [1, 2, 3]
    assert fields["active_power"] == Field(
        quantity="active_power",
        space="input",
        address=16,
        type=FieldType.I32,
        scale=1.0,  # 0.001 kW are one watt
        multiply=("ct_ratio",),
    )
    assert fields["relay_contact"].values == {0: "closed", 1: "open"}
    assert fields["relay_contact"].needs is Capability.RELAY
    assert fields["status"].bits == {3: "cover_opened"}
    assert fields["frequency"].address == 0x22


@pytest.mark.parametrize(
    ("entry", "addresses"),
    [
        ("energy_import_t1..t4: {at: 0x40, type: u32}", [0x40, 0x42, 0x44, 0x46]),
        ("energy_import_t2..t4: {at: 0x40, type: u32, step: 12}", [0x40, 0x4C, 0x58]),
        ("energy_import_t4..t4: {at: 0x40, type: u64}", [0x40]),
    ],
)
def test_runs_expand_to_consecutive_addresses(tmp_path: Path, entry: str, addresses: list[int]) -> None:
    text = f"{GOOD}  energy:\n    space: input\n    {entry}\n"
    fields = load_profile(write(tmp_path, text)).groups[Group.ENERGY]
    assert [field.address for field in fields] == addresses
    assert [field.tariff for field in fields] == list(range(5 - len(addresses), 5))


@pytest.mark.parametrize(
    ("type_", "absent", "pattern"),
    [
        ("u16", "by_type", 0xFFFF),
        ("i16", "by_type", 0x7FFF),
        ("u32", "by_type", 0xFFFFFFFF),
        ("i32", "by_type", 0x7FFFFFFF),
        ("u64", "by_type", 0xFFFFFFFFFFFFFFFF),
        ("i64", "by_type", 0x7FFFFFFFFFFFFFFF),
        ("float32", "by_type", None),
        ("u16", "never", None),
        ("i16", "0x8000", 0x8000),
        ("u16", "0", 0),
    ],
)
def test_the_absent_pattern_follows_the_type(
    tmp_path: Path, type_: str, absent: str, pattern: int | None
) -> None:
    text = GOOD.replace("frequency: 0x0022", f"frequency: {{at: 0x0022, type: {type_}, absent: {absent}}}")
    fields = load_profile(write(tmp_path, text)).groups[Group.LIVE]
    assert next(field for field in fields if field.quantity == "frequency").absent == pattern


def test_absent_is_inherited_from_group_and_profile(tmp_path: Path) -> None:
    text = GOOD.replace("phases: 3", "phases: 3\nabsent: by_type").replace(
        "    type: u16\n    voltage", "    type: u16\n    absent: never\n    voltage"
    )
    profile = load_profile(write(tmp_path, text))
    live = {field.quantity: field.absent for field in profile.groups[Group.LIVE]}
    identity = {field.quantity: field.absent for field in profile.groups[Group.IDENTITY]}
    assert set(live.values()) == {None}
    assert identity == {"serial": None, "ct_ratio": 0xFFFF}


def test_the_model_may_be_a_text_of_the_meter(tmp_path: Path) -> None:
    text = GOOD.replace("    ct_ratio", "    model: {at: 0x0120, type: ascii, registers: 8}\n    ct_ratio")
    fields = load_profile(write(tmp_path, text)).groups[Group.IDENTITY]
    model = next(field for field in fields if field.quantity == "model")
    assert (model.type, model.length, model.values) == (FieldType.ASCII, 8, {})


class TestExtending:
    """A profile that is another one with changes."""

    def test_keys_and_groups_replace_their_namesakes(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        text = (
            "extends: nowhere\nmodel: Nowhere 3001\ngroups:\n  energy:\n    space: input\n"
            "    energy_import: {at: 0x60, type: u32}\n"
        )
        base = load_profile(tmp_path / "nowhere.yaml")
        profile = load_profile(write(tmp_path, text, "better.yaml"))

        assert (profile.name, profile.model, profile.manufacturer) == (
            "better",
            "Nowhere 3001",
            "Invented Instruments",
        )
        assert profile.groups[Group.LIVE] == base.groups[Group.LIVE]
        assert [field.quantity for field in profile.groups[Group.ENERGY]] == ["energy_import"]

    def test_fewer_phases_leave_the_other_phases_out(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        profile = load_profile(write(tmp_path, "extends: nowhere\nphases: 1\n", "small.yaml"))
        names = {field.quantity for field in profile.groups[Group.LIVE]}
        assert names == {"voltage_l1", "active_power", "relay_contact", "status", "frequency"}

    def test_dropped_groups_are_gone(self, tmp_path: Path) -> None:
        profile = load_profile(write(tmp_path, "extends: csj_3p_prepay\ndrop: [prepay, harmonics]\n"))
        assert set(profile.groups) == {Group.IDENTITY, Group.LIVE, Group.ENERGY, Group.SETTINGS}

    def test_a_file_may_extend_the_shipped_one_that_it_replaces(self, tmp_path: Path) -> None:
        text = "extends: eastron_sdm630\nmodel: Our SDM630\n"
        profile = load_profile(write(tmp_path, text, "eastron_sdm630.yaml"))
        assert (profile.name, profile.model, profile.manufacturer) == (
            "eastron_sdm630",
            "Our SDM630",
            "Eastron",
        )

    def test_a_circle_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path, "extends: second\n", "first.yaml")
        error = refused(tmp_path, "extends: first\n", "second.yaml")
        assert "in a circle" in error.problem
        assert (error.file, error.line) == ("first.yaml", 1)

    def test_a_mistake_in_the_base_names_the_base(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD.replace("frequency:", "frequencey:"))
        error = refused(tmp_path, "extends: nowhere\n", "better.yaml")
        assert (error.file, error.line) == ("nowhere.yaml", 27)
