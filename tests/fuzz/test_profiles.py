"""Profiles that users write: a profile, or a sentence that says where it is wrong."""

from __future__ import annotations

from pathlib import Path
import tempfile
from typing import Any

from hypothesis import given, strategies as st
import yaml

from custom_components.csj_meter.meters.decode import QuantityField
from custom_components.csj_meter.meters.profile_loader import SHIPPED, ProfileError, load_profile
from custom_components.csj_meter.meters.profile_yaml import MAX_BYTES

from .malformed import LEAVES, door, is_short, mutated, mutated_bytes

FILES = tuple(path.read_bytes() for path in sorted(SHIPPED.glob("*.yaml")))
DOCUMENTS = tuple(yaml.safe_load(text) for text in FILES)
TOKENS = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        *("&a ", "*a", "<<: *a", "!!python/object/apply:os.system [true]", "!!binary x", "---\n", "...\n"),
        *("%YAML 9.9\n", "%TAG ! x\n", "? ", "- ", ": ", "[", "]", "{", "}", "|\n", ">-\n", '"\\x', "'"),
        *(
            '"\\uD800"',
            "\ud800",
            "\0",
            "\ufeff",
            "\u0085",
            "\t",
            "\r",
            "# ",
            "~",
            "@",
            "`",
            "1e999999",
            ".inf",
        ),
        *(".nan", "0x", "0o7", "1_000", "2026-11-27", "=", "extends: ", "voltage_l1..l3", "voltage_l9..l1"),
    )
)


def load(data: bytes) -> None:
    """Read a file, and decode something with what it says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mine.yaml")
        path.write_bytes(data)
        try:
            profile = load_profile(path)
        except ProfileError as err:
            is_short(err)
            return
    for fields in profile.groups.values():
        for field in fields:
            assert 1 <= field.registers <= profile.max_read
            for word in (0, 1, 0x7F80, 0x8000, 0xFFFF):
                QuantityField(field).decode([word] * field.registers)


@door(150)
@given(st.one_of(mutated_bytes(FILES, TOKENS), st.binary(max_size=300)))
def test_a_file_of_bytes(data: bytes) -> None:
    load(data)


@door(100)
@given(mutated(*DOCUMENTS, values=LEAVES | st.lists(LEAVES, max_size=3)))
def test_a_file_of_other_values(document: Any) -> None:
    load(yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass"))


def test_files_that_would_grow() -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (c, c, *[c - 1] * 7) for c in range(98, 112)
    )
    for data in (
        bomb,
        b"[" * MAX_BYTES,
        b"{" * MAX_BYTES,
        b"- " * (MAX_BYTES // 2),
        b"? " * (MAX_BYTES // 2),
        b"a:\n" + b"  - 1\n" * 40_000,
        b"x" * MAX_BYTES,
        b"\n" * MAX_BYTES,
        b"%YAML " + b"1" * 5000 + b".1\n---\nx",
        b'"' + b"\\x41" * 60_000,
        b"#" * MAX_BYTES,
        b" " * MAX_BYTES,
        b"a: |\n" + b" \n" * 100_000,
    ):
        load(data)
