"""Profiles from files: what loads, what is refused and in which words, and who replaces whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import re

from hypothesis import given, settings, strategies as st
import pytest
import yaml

from custom_components.csj_meter.meters import profile_loader
from custom_components.csj_meter.meters.identity import Capability
from custom_components.csj_meter.meters.profile import Check, Field, FieldType
from custom_components.csj_meter.meters.profile_fields import IDENTITY_NAMES
from custom_components.csj_meter.meters.profile_loader import (
    MOST_FILES,
    SHIPPED,
    ProfileError,
    ProfileLibrary,
    load_profile,
)
from custom_components.csj_meter.meters.profile_schema import MAX_FIELDS, build, sections_of
from custom_components.csj_meter.meters.profile_yaml import MAX_BYTES, parse, read
from custom_components.csj_meter.meters.quantities import QUANTITIES, STATUS_BITS
from custom_components.csj_meter.meters.reading import Group

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


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


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


def test_shipped_profiles_are_read_once_however_many_bridges_begin() -> None:
    profile_loader._read_shipped.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        libraries = list(pool.map(lambda _: ProfileLibrary.load(), range(4)))

    assert len({id(library["csj_3p_prepay"]) for library in libraries}) == 1


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


CASES = [
    # what is written, what is written instead, line to be named, problem, remedy
    ("voltage_l1..l3", "voltage_l1..l4", "unknown quantity 'voltage_l4'", "did you mean 'voltage_l1'?"),
    ("frequency: 0x", "frequencey: 0x", "unknown quantity 'frequencey'", "did you mean 'frequency'?"),
    ("frequency: 0x", "zzz: 0x", "unknown quantity 'zzz'", "docs/profiles.md"),
    ("frequency: 0x", "serial: 0x", "unknown quantity 'serial'", "group 'identity'"),
    ("ct_ratio: {", "uptime: {", "unknown quantity 'uptime'", "another group"),
    ("verified: false", "verifed: false", "unknown key 'verifed'", "did you mean 'verified'?"),
    (
        "verified: false",
        "verified: perhaps",
        "'verified' should be true or false, not 'perhaps'",
        "write true",
    ),
    ("verified: false", "model: again", "'model' stands here twice (first in line 2)", "remove one"),
    ("phases: 3", "phases: 2", "2 phases", "write 1 or 3"),
    ("phases: 3", "phases: three", "'phases' should be a whole number, not 'three'", "from 1 to 3"),
    ("phases: 3", "phases: 03", "'phases' should be a whole number, not '03'", "from 1 to 3"),
    ("phases: 3", "phases: [3]", "'phases' should be a whole number, not a list", "from 1 to 3"),
    ("max_read: 60", "max_read: {a: 1}", "should be a whole number, not a group of keys", "from 1 to 125"),
    ("between: [80, 300]", "between: [[80], 300]", "should be a number, not a list", "0.1"),
    ("verified: false", "verified: [false]", "should be true or false, not a list", "write true"),
    ("model: Nowhere 3000", "model: [Nowhere]", "'model' should be a text, not a list", "1 to 100"),
    ("phases: 3", "phases: 1", "'voltage_l2' cannot be in a meter with 1 phase(s)", "remove the field"),
    ("tariffs: 4", "tariffs: 9", "'tariffs' is out of range: 9", "from 1 to 8"),
    ("[relay, export]", "[relays]", "unknown capability 'relays'", "did you mean 'relay'?"),
    ("[relay, export]", "[export]", "'relay_contact' needs 'relay'", "remove 'needs'"),
    ("[relay, export]", "relay", "'capabilities' should be a list, not 'relay'", "[1, 2]"),
    ("max_read: 60", "max_read: 126", "'max_read' is out of range: 126", "from 1 to 125"),
    ("max_read: 60", "max_read: 1", "'serial' has 6 registers, more than one read of 1", "raise"),
    ("[0x0000..0x00FF]", "[0x0000-0x00FF]", "'0x0000-0x00FF' is no range", "0x0000..0x0059"),
    ("[0x0000..0x00FF]", "[0x00FF..0x0000]", "is no range of addresses", "0x0000..0x0059"),
    (
        "[0x0000..0x00FF]",
        "[0..9, 5..255]",
        "0x0005..0x00FF does not come after 0x0000..0x0009",
        "rising order",
    ),
    ("  input: [", "  output: [", "unknown key 'output'", "input"),
    ("  input: [", "  coil: [", "unknown key 'coil'", "input or holding"),
    ("at: 10, type", "at: 200, type", "a check at holding 0x00C8..0x00C8 is not inside", "'ranges'"),
    ("one_of: [7, 0x08]", "one_of: [seven]", "should be a whole number, not 'seven'", "0x..."),
    ("one_of: [7, 0x08]", "one_of: []", "'one_of' should be a list", "[1, 2]"),
    ("one_of: [7, 0x08]", "scale: 2", "either 'one_of' or 'between'", "add or remove"),
    ("type: u16, one_of", "type: float32, one_of", "'one_of' compares raw whole numbers", "'between'"),
    ("type: u16, one_of", "type: ascii, one_of", "a check compares numbers", "use u16"),
    ("between: [80, 300]", "between: [300, 80]", "a smaller and a larger number", "[80, 300]"),
    ("between: [80, 300]", "between: [80, lots]", "should be a number, not 'lots'", "0.1"),
    ("space: input, at: 0x0000", "space: inputs, at: 0", "unknown space 'inputs'", "did you mean 'input'?"),
    ("space: input, at: 0x0000", "at: 0x0000", "'space' is missing", "add for example"),
    (
        "checks:",
        "probe: {space: input, at: 0x00FC}\nchecks:",
        "the probe, six registers at input 0x00FC",
        "correct 'at'",
    ),
    ("checks:", "probe: 5\nchecks:", "'probe' should be 'probe', not '5'", "key: value"),
    ("  live:", "  life:", "unknown key 'life'", "did you mean 'live'?"),
    ("registers: 6}", "registers: 0}", "'registers' is out of range", "from 1 to 64"),
    ("registers: 6}", "items: 6}", "'items' does not go with 'serial'", "a text has 'registers'"),
    ("type: ascii, registers: 6", "type: ascii", "'registers' is missing", "registers: 6"),
    (
        "serial: {at: 0x0100",
        "serial: {at: 0x01FE",
        "'serial' at holding 0x01FE..0x0203 is not inside",
        "'ranges'",
    ),
    (
        "ct_ratio: {",
        "pt_ratio: {",
        "multiplied with ct_ratio, which the profile does not read",
        "add ct_ratio",
    ),
    (
        "at: 0x0110",
        "at: 0x0102",
        "'ct_ratio' at 0x0102 overlaps 'serial' at 0x0100..0x0105 (line 18)",
        "correct",
    ),
    ("scale: 0.1}\n    active", "scale: 0}\n    active", "a scale of 0 is not plausible", "one raw step"),
    ("scale: 0.1}\n    active", "scale: 1e99}\n    active", "a scale of 1E+99 is not plausible", "raw step"),
    ("scale: 0.1}\n    active", "scale: .inf}\n    active", "'scale' should be a number", "0.1"),
    ("unit: kW", "unit: kV", "'active_power' is not measured in kV", "kW, MW or W"),
    ("unit: kW", "unit: horses", "unknown unit 'horses'", "choose"),
    ("0x0022", "{at: 0x0022, unit: s}", "'frequency' is not measured in s", "mHz or Hz"),
    ("multiply: [ct_ratio]", "multiply: [ct]", "unknown ratio 'ct'", "choose ct_ratio or pt_ratio"),
    (
        "0x0022",
        "{at: 0x0022, multiply: [ct_ratio]}",
        "cannot be multiplied with ct_ratio",
        "remove 'multiply'",
    ),
    (
        "multiply: [ct_ratio]",
        "multiply: [ct_ratio, ct_ratio]",
        "cannot be multiplied",
        "ct_ratio and pt_ratio",
    ),
    ("values: {0: closed, 1: open}", "values: {0: shut}", "unknown word 'shut'", "open or closed"),
    ("values: {0: closed, 1: open}", "values: {a: open}", "'a' is no number from 0", "number: word"),
    ("values: {0: closed, 1: open}", "values: {1: open, 0x1: open}", "1 stands in 'values' twice", "remove"),
    ("values: {0: closed, 1: open}, ", "", "'values' is missing", "values: {0: open}"),
    (
        "values: {0: closed, 1: open}",
        "values: {0: open}, scale: 2",
        "'scale' does not go with",
        "as they are",
    ),
    ("0x0022", "{at: 0x0022, values: {1: x}}", "'values' does not go with 'frequency'", "only codes"),
    ("bits: {3: cover_opened}", "bits: {3: lid}", "unknown bit 'lid'", "choose"),
    ("bits: {3: cover_opened}", "bits: {16: arrears}", "'16' is no number from 0 to 15", "number: word"),
    ("bits: {3: cover_opened}", "type: float32, bits: {1: arrears}", "a float has no bits", "u16 or u32"),
    ("0x0022", "{at: 0x0022, bits: {1: arrears}}", "'bits' does not go with 'frequency'", "status or cap"),
    ("0x0022", "{at: 0x0022, version: [8, 8]}", "'version' does not go with 'frequency'", "only a firmware"),
    ("0x0022", "{at: 0x0022, rolls_over_at: 1000}", "'rolls_over_at' does not go with", "energy counters"),
    ("0x0022", "{at: 0x0022, items: 3}", "'items' does not go with 'frequency'", "only lists"),
    ("0x0022", "{at: 0x0022, registers: 3}", "'registers' does not go with 'frequency'", "only texts"),
    (
        "0x0022",
        "{at: 0x0022, type: bcd, registers: 1}",
        "'frequency' is a number and cannot be bcd",
        "use u16",
    ),
    ("0x0022", "{at: 0x0022, type: u17}", "unknown type 'u17'", "did you mean 'u16'?"),
    ("0x0022", "{at: 0x0022, type: float32, absent: 5}", "float32 cannot have a pattern", "NaN"),
    ("0x0022", "{at: 0x0022, absent: 0x10000}", "'absent' is out of range", "from 0 to 65535"),
    ("0x0022", "{at: 0x0022, word_order: middle}", "unknown word order 'middle'", "big or little"),
    ("0x0022", "{at: 0x10000}", "'at' is out of range: 0x10000", "from 0 to 65535"),
    ("0x0022", "{at: 0xFFFF, type: u32}", "'frequency' ends beyond 0xFFFF", "correct 'at'"),
    ("0x0022", "{type: u16}", "'at' is missing", "at: 0x0102"),
    ("0x0022", "{at: 0x0022, scale: 1, skale: 2}", "unknown key 'skale'", "did you mean 'scale'?"),
    ("0x0022", "[1]", "'frequency' should be a field, not a list", "key: value"),
    ("0x0022", "", "should be a whole number, not nothing", "0x..."),
    ("phases: 3", "phases: 3\nserial: none", "'serial: none', but the group 'identity' reads one", "remove"),
    ("phases: 3", "phases: 3\nserial: 17", "'serial' can only be 'none' here", "group 'identity'"),
    ("phases: 3", "phases: 3\nextends: nobody", "there is no profile 'nobody' to extend", "csj_3p"),
    ("phases: 3", "phases: 3\nextends: ../secret", "there is no profile '../secret' to extend", "choose"),
    ("phases: 3", "phases: 3\ndrop: [prepay]", "there is no group 'prepay' to drop", "remove it from 'drop'"),
    ("model: Nowhere 3000", "model: ''", "'model' should be a text, not nothing", "1 to 100"),
    ("model: Nowhere 3000", f"model: {'x' * 101}", "'model' should be a text", "1 to 100"),
    ("model: Nowhere 3000", "model: &a Nowhere", "anchors and aliases", "write the value out"),
    ("model: Nowhere 3000", "model: !!python/name:os.system x", "tags (!) are not used", "remove it"),
    ("model: Nowhere 3000", "model: 'open", "not valid YAML", "check indentation"),
    ("model: Nowhere 3000", "model: [[[[[[[[[[1]]]]]]]]]]", "nested too deeply", "shipped profile"),
    ("model: Nowhere 3000", "{a: 1}: 2", "is not a plain word", "key: value"),
    ("model: Nowhere 3000", "model: a: b", "not valid YAML", "check indentation"),
    ("model: Nowhere 3000", "model: a\x07b", "character U+0007", "remove it"),
]


@pytest.mark.parametrize(("old", "new", "problem", "remedy"), CASES, ids=[case[2][:60] for case in CASES])
def test_a_mistake_is_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, problem: str, remedy: str
) -> None:
    assert GOOD.count(old) >= 1
    text = GOOD.replace(old, new, 1)

    error = refused(tmp_path, text)

    assert problem in error.problem
    assert remedy in error.remedy
    assert error.file == "nowhere.yaml"
    assert error.line is not None
    assert 1 <= error.line <= len(text.splitlines())
    assert str(error) == f"nowhere.yaml line {error.line}: {error.problem}; {error.remedy}"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("voltage_l1..l3", "voltage_l1..l4", "voltage_l1..l4"),
        ("verified: false", "verified: perhaps", "verified"),
        ("at: 0x0110", "at: 0x0102", "ct_ratio"),
        ("bits: {3: cover_opened}", "bits: {3: lid}", "status"),
        ("unit: kW", "unit: kV", "active_power"),
        ("one_of: [7, 0x08]", "one_of: [seven]", "one_of"),
        ("[0x0000..0x00FF]", "[0x0000-0x00FF]", "  input:"),
        ("model: Nowhere 3000", "model: &a Nowhere", "model"),
    ],
)
def test_the_line_is_the_right_one(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert refused(tmp_path, text).line == line_of(text, named)


def test_the_message_reads_like_this(tmp_path: Path) -> None:
    text = GOOD.replace("voltage_l1..l3", "voltage_l4")
    assert str(refused(tmp_path, text, "eastron_sdm630.yaml")) == (
        "eastron_sdm630.yaml line 23: unknown quantity 'voltage_l4'; did you mean 'voltage_l1'?"
    )


@pytest.mark.parametrize(
    "key", ["manufacturer", "model", "source", "verified", "phases", "max_read", "ranges", "checks", "groups"]
)
def test_a_missing_key_is_asked_for_with_an_example(tmp_path: Path, key: str) -> None:
    document = yaml.safe_load(GOOD)
    del document[key]
    error = refused(tmp_path, yaml.safe_dump(document, sort_keys=False))
    assert error.problem == f"'{key}' is missing"
    assert f"{key}:" in error.remedy


@pytest.mark.parametrize(
    ("group", "problem"),
    [("live", "group 'live' is missing"), ("identity", "which the profile does not read")],
)
def test_groups_that_must_be_there(tmp_path: Path, group: str, problem: str) -> None:
    document = yaml.safe_load(GOOD)
    del document["groups"][group]
    if group == "live":
        document["groups"]["energy"] = {"space": "input", "energy_import": {"at": 0, "type": "u32"}}
    assert problem in refused(tmp_path, yaml.safe_dump(document, sort_keys=False)).problem


def test_a_profile_says_which_meter_it_is_or_that_it_cannot(tmp_path: Path) -> None:
    text = GOOD.replace("    serial: {at: 0x0100, type: ascii, registers: 6}\n", "")
    error = refused(tmp_path, text)
    assert error.problem == "nothing says which meter this is"
    assert "serial: none" in error.remedy

    assert not load_profile(write(tmp_path, f"serial: none\n{text}")).has_serial


def test_one_quantity_has_one_place(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{GOOD}  energy:\n    space: input\n    frequency: {{at: 0x60, type: u16}}\n")
    assert error.problem == "'frequency' is already in group 'live', line 27"


def test_a_group_without_fields_is_a_mistake(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{GOOD}  energy: {{space: input}}\n")
    assert "group 'energy' has no fields" in error.problem


def test_the_model_may_be_a_text_of_the_meter(tmp_path: Path) -> None:
    text = GOOD.replace("    ct_ratio", "    model: {at: 0x0120, type: ascii, registers: 8}\n    ct_ratio")
    fields = load_profile(write(tmp_path, text)).groups[Group.IDENTITY]
    model = next(field for field in fields if field.quantity == "model")
    assert (model.type, model.length, model.values) == (FieldType.ASCII, 8, {})


def test_counters_roll_over_above_zero(tmp_path: Path) -> None:
    entry = "{at: 0x60, type: u32, rolls_over_at: 0}"
    error = refused(tmp_path, f"{GOOD}  energy:\n    space: input\n    energy_import: {entry}\n")
    assert "roll over at or below 0" in error.problem


def test_versions_use_all_bits_of_their_register(tmp_path: Path) -> None:
    text = GOOD.replace(
        "    ct_ratio", "    firmware: {at: 0x0120, type: u16, version: [8, 4]}\n    ct_ratio"
    )
    assert "the parts have 12 bits, u16 has 16" in refused(tmp_path, text).problem


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        (b"", "the file is empty", 1),
        (b"# nothing but a comment\n", "the file is empty", 1),
        (b"- a\n- b\n", "should be a profile, not a list", 1),
        (b"just words\n", "should be a profile, not 'just words'", 1),
        (b"model: caf\xe9\n", "this is not UTF-8 text", 1),
        (b"a: 1\n---\nb: 2\n", "not valid YAML", 2),
        (b'a: "\\UFFFFFFFF"\n', "not valid YAML", None),
        (b"x" * (MAX_BYTES + 1), "larger than 256 KiB", None),
    ],
)
def test_what_is_no_profile_at_all(tmp_path: Path, content: bytes, problem: str, line: int | None) -> None:
    path = tmp_path / "nowhere.yaml"
    path.write_bytes(content)
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert problem in caught.value.problem
    assert caught.value.line == line


def test_a_short_file_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    """Overlapping runs make few lines into many fields; the count stops before anything else looks."""
    tariffs = [(first, last) for first in range(1, 9) for last in range(first, 9)]
    phases = [(first, last) for first in range(1, 4) for last in range(first, 4)]
    runs = [f"{stem}_t{a}..t{b}" for stem in ("energy_import", "energy_export", "price") for a, b in tariffs]
    stems = ("voltage", "current", "active_power", "reactive_power", "apparent_power", "power_factor")
    runs += [f"{stem}_l{a}..l{b}" for stem in stems for a, b in phases]
    document = yaml.safe_load(GOOD)
    for group in ("live", "energy", "prepay", "harmonics", "settings"):
        document["groups"][group] = {"space": "input", "type": "u16"} | dict.fromkeys(runs, 0)

    assert refused(tmp_path, yaml.safe_dump(document)).problem == f"more than {MAX_FIELDS} fields"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "nowhere.yaml").symlink_to("/proc/self/mem")  # opens, and then refuses to be read
    with pytest.raises(ProfileError, match=r"nowhere\.yaml: cannot be read \(.+\); check its permissions"):
        read(tmp_path / "nowhere.yaml")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """What it leads to would be quoted in a message, and in the diagnostics that people send away."""
    folder, elsewhere = tmp_path / "profiles", tmp_path / "secrets.yaml"
    folder.mkdir()
    elsewhere.write_text("name: the_password\n", encoding="utf-8")
    (folder / "linked.yaml").symlink_to(elsewhere)
    (folder / "extending.yaml").write_text("extends: linked\n", encoding="utf-8")

    library = ProfileLibrary.load(folder)

    assert [(error.file, error.problem) for error in library.errors] == [
        ("linked.yaml", "it is a link that leads out of the folder")
    ] * 2
    assert "the_password" not in str(library.errors)


def test_a_folder_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    real, linked = tmp_path / "real", tmp_path / "profiles"
    real.mkdir()
    (real / "mine.yaml").write_bytes((SHIPPED / "csj_3p.yaml").read_bytes())
    linked.symlink_to(real)

    assert "mine" in ProfileLibrary.load(linked).profiles


def test_a_folder_full_of_other_files_is_not_read_to_its_end(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 5):
        (tmp_path / f"a{number:03}.yaml").touch()

    library = ProfileLibrary.load(tmp_path)

    assert len(library.errors) == MOST_FILES + 1
    assert "more than 200 profiles" in library.errors[0].problem


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for name in ("absent.yaml", "folder.yaml"):
        with pytest.raises(ProfileError, match=f"{name}: there is no such file; check name and folder"):
            load_profile(tmp_path / name)


@pytest.mark.parametrize("name", ["My Meter.yaml", "Ümlaut.yaml", "-x.yaml"])
def test_a_file_needs_a_plain_name(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, GOOD, name)
    assert "is no name for a profile" in error.problem
    assert "my_meter.yaml" in error.remedy


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


class TestLibrary:
    """Shipped profiles and those of the user."""

    def test_without_a_folder_there_are_the_shipped_ones(self, tmp_path: Path) -> None:
        assert set(ProfileLibrary.load().profiles) == {path.stem for path in SHIPPED.glob("*.yaml")}
        assert set(ProfileLibrary.load(tmp_path / "absent").profiles) == set(ProfileLibrary.load().profiles)

    def test_a_profile_of_the_user_is_added(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        library = ProfileLibrary.load(tmp_path)
        assert library["nowhere"].model == "Nowhere 3000"
        assert library["csj_3p"].model == "DTS300"
        assert library.errors == ()

    def test_a_profile_of_the_user_replaces_the_shipped_one_of_its_name(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD, "csj_3p.yaml")
        assert ProfileLibrary.load(tmp_path)["csj_3p"].model == "Nowhere 3000"

    def test_a_broken_file_hides_no_other_profile(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        write(tmp_path, GOOD.replace("phases: 3", "phases: many"), "broken.yaml")
        library = ProfileLibrary.load(tmp_path)
        assert "nowhere" in library.profiles
        assert set(ProfileLibrary.load().profiles) <= set(library.profiles)
        assert [(error.file, error.line) for error in library.errors] == [("broken.yaml", 5)]

    def test_a_broken_replacement_does_not_bring_the_shipped_registers_back(self, tmp_path: Path) -> None:
        write(tmp_path, "model: oops\n", "csj_3p.yaml")
        library = ProfileLibrary.load(tmp_path)
        assert "csj_3p" not in library.profiles
        with pytest.raises(KeyError):
            library["csj_3p"]
        assert len(library.errors) == 1

    def test_other_files_in_the_folder_are_left_alone(self, tmp_path: Path) -> None:
        write(tmp_path, "not a profile", "notes.txt")
        write(tmp_path, "not a profile", ".hidden.yaml")
        assert ProfileLibrary.load(tmp_path).errors == ()

    def test_profiles_that_know_codes_are_tried_before_those_that_guess(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            GOOD.replace("  - {space: holding, at: 10, type: u16, one_of: [7, 0x08]}\n", ""),
            "a.yaml",
        )
        names = list(ProfileLibrary.load(tmp_path).profiles)
        assert names.index("csj_3p") < names.index("a")


def loads_or_is_refused(text: str) -> None:
    """Whatever is in the file, only ProfileError comes out."""
    error: ProfileError | None = None
    try:
        document = parse(text, "fuzz.yaml")
        build("fuzz", "fuzz.yaml", document, [sections_of(document)])
    except ProfileError as err:
        error = err
    if error is not None:
        assert error.file == "fuzz.yaml"
        assert error.problem
        assert error.remedy
        assert str(error).isprintable()  # whatever stood there, the message can be shown


@given(st.text())
def test_any_text_loads_or_is_refused(text: str) -> None:
    loads_or_is_refused(text)


@given(st.text(alphabet="aZ0 \t\n:-?[]{}#&*!|>'\"%@`,.\\xU~=<", max_size=200))
def test_any_yaml_like_text_loads_or_is_refused(text: str) -> None:
    loads_or_is_refused(text)


@settings(max_examples=300)
@given(data=st.data())
def test_a_damaged_profile_loads_or_is_refused(data: st.DataObject) -> None:
    shipped = sorted(path.read_text(encoding="utf-8") for path in SHIPPED.glob("*.yaml"))
    text = data.draw(st.sampled_from([GOOD, *shipped]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.text(max_size=10)) + text[end:]
    loads_or_is_refused(text)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(key=st.sampled_from(sorted(yaml.safe_load(GOOD))), value=json_like)
def test_any_value_at_any_key_loads_or_is_refused(key: str, value: object) -> None:
    loads_or_is_refused(yaml.safe_dump(yaml.safe_load(GOOD) | {key: value}, allow_unicode=True))


class TestGuide:
    """docs/profiles.md is what people copy from, so it has to be right."""

    GUIDE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")

    def test_the_worked_example_loads(self, tmp_path: Path) -> None:
        example = self.GUIDE.split("```yaml\n")[1].split("```")[0]
        profile = load_profile(write(tmp_path, example, "brightwater_bw1.yaml"))
        scales = {field.quantity: field.scale for fields in profile.groups.values() for field in fields}
        assert scales["current_l1"] == 0.001
        assert scales["active_power"] == 10.0
        assert scales["energy_import_t2"] == 0.001

    def test_it_lists_every_shipped_profile(self) -> None:
        assert [path.stem for path in SHIPPED.glob("*.yaml") if f"| `{path.stem}` |" not in self.GUIDE] == []

    def test_it_lists_every_name(self) -> None:
        runs = re.findall(r"`(\w+)_([lt])(\d)\.\.\2(\d)`", self.GUIDE)
        listed = {f"{stem}_{sort}{n}" for stem, sort, a, b in runs for n in range(int(a), int(b) + 1)}
        listed |= set(re.findall(r"`(\w+)`", self.GUIDE))
        assert [name for name in QUANTITIES if name not in listed] == []
        assert [name for name in IDENTITY_NAMES if f"`{name}`" not in self.GUIDE] == []
        assert [word for word in STATUS_BITS if f"`{word}`" not in self.GUIDE] == []
