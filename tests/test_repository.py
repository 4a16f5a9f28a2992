"""What the repository promises about itself: locks, versions and pictures that fit together."""

from __future__ import annotations

import json
from pathlib import Path
import re
import struct
import tomllib
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
INTEGRATION: Final = ROOT / "custom_components" / "csj_meter"
LOCKS: Final = sorted(
    path.stem for path in (ROOT / "requirements").glob("*.txt") if path.with_suffix(".in").exists()
)
"""Of what is asked for in a file beside it; ``overrides.txt`` is no lock."""


def locked(name: str) -> dict[str, str]:
    """Package -> version of one lock file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_versions_and_hashes_but_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")

    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    assert len(locked(name)) == len(re.findall(r"^[a-z].* \\\n    --hash=sha256:", text, re.MULTILINE)) > 0


def test_the_two_home_assistants_are_those_that_the_scripts_speak_of() -> None:
    script = (ROOT / "script" / "test").read_text(encoding="utf-8")

    for name in ("test", "newest"):
        assert f"On Home Assistant {locked(name)['homeassistant']}:" in script


def test_the_command_line_runs_on_the_versions_that_home_assistant_runs() -> None:
    newest = locked("newest")

    assert {name: newest[name] for name in locked("meter")} == locked("meter")


def test_benchmarks_run_on_the_versions_that_are_tested() -> None:
    benchmark = locked("benchmark")

    assert {name: benchmark.get(name) for name in locked("test")} == locked("test")


def test_the_marketplace_asks_for_the_oldest_release_that_shares_modbus_links() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))

    assert hacs == {"name": "CSJ Meter", "homeassistant": "2026.10.0"}


def test_manifest_and_project_have_one_version_and_one_changelog_entry() -> None:
    manifest = json.loads((INTEGRATION / "manifest.json").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert manifest["version"] == project["project"]["version"]
    assert re.search(rf"^## (Unreleased|{re.escape(manifest['version'])}\b)", changelog, re.MULTILINE)


@pytest.mark.parametrize("theme", ["", "dark_"])
@pytest.mark.parametrize(
    ("picture", "size"),
    [
        ("icon.png", (256, 256)),
        ("icon@2x.png", (512, 512)),
        ("logo.png", (548, 128)),
        ("logo@2x.png", (1096, 256)),
    ],
)
def test_brand_pictures_have_the_sizes_that_home_assistant_serves(
    theme: str, picture: str, size: tuple[int, int]
) -> None:
    header = (INTEGRATION / "brand" / f"{theme}{picture}").read_bytes()[:26]

    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == size
    assert header[25] == 6, "a brand picture has a transparent ground"
