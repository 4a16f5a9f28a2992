"""Mistakes in a profile: each is named with its line, and with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from custom_components.csj_meter.meters.profile_loader import load_profile

from .profile_files import GOOD, refused, write


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


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


def test_counters_roll_over_above_zero(tmp_path: Path) -> None:
    entry = "{at: 0x60, type: u32, rolls_over_at: 0}"
    error = refused(tmp_path, f"{GOOD}  energy:\n    space: input\n    energy_import: {entry}\n")
    assert "roll over at or below 0" in error.problem


def test_versions_use_all_bits_of_their_register(tmp_path: Path) -> None:
    text = GOOD.replace(
        "    ct_ratio", "    firmware: {at: 0x0120, type: u16, version: [8, 4]}\n    ct_ratio"
    )
    assert "the parts have 12 bits, u16 has 16" in refused(tmp_path, text).problem


@pytest.mark.parametrize("name", ["My Meter.yaml", "Ümlaut.yaml", "-x.yaml"])
def test_a_file_needs_a_plain_name(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, GOOD, name)
    assert "is no name for a profile" in error.problem
    assert "my_meter.yaml" in error.remedy
