"""Whatever is in a file: it is a profile, or it is refused in words."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest
import yaml

from custom_components.csj_meter.meters.profile_loader import SHIPPED, ProfileError, load_profile
from custom_components.csj_meter.meters.profile_schema import MAX_FIELDS, build, sections_of
from custom_components.csj_meter.meters.profile_yaml import MAX_BYTES, parse, read

from .profile_files import GOOD, refused


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


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for name in ("absent.yaml", "folder.yaml"):
        with pytest.raises(ProfileError, match=f"{name}: there is no such file; check name and folder"):
            load_profile(tmp_path / name)


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
