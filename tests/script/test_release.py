"""A release is what is committed, under the version that the manifest says."""

from __future__ import annotations

import json
from pathlib import Path
import shutil
import subprocess
from typing import Final
from zipfile import ZipFile

import pytest

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of version 1.2.3, committed."""
    root = tmp_path / "checkout"
    integration = root / "custom_components" / "csj_meter"
    integration.mkdir(parents=True)
    (integration / "manifest.json").write_text(json.dumps({"version": "1.2.3"}, indent=2), encoding="utf-8")
    (integration / "sensor.py").write_text("SENSORS = ()\n", encoding="utf-8")
    (root / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\nTo come.\n\n"
        "## 1.2.3 (2026-11-27)\n\n- Tea.\n- Cake.\n\n## 1.2.30\n\nOld.\n",
        encoding="utf-8",
    )
    (root / "LICENSE").write_text("MIT License\n", encoding="utf-8")
    (root / "tests" / "upgrade" / "homes").mkdir(parents=True)
    (root / "tests" / "upgrade" / "homes" / "1.2.3.tar.xz").write_bytes(b"A home.")
    (root / "script").mkdir()
    shutil.copy(ROOT / "script" / "release", root / "script" / "release")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    commit(root)
    return root


def commit(checkout: Path) -> None:
    """Commit all as it is."""
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["add", "--all"], ["commit", "--quiet", "--message", "All"]):
        subprocess.run([*git, *words], cwd=checkout, check=True)


def release(checkout: Path, tag: str) -> subprocess.CompletedProcess[str]:
    """What making a release says."""
    return subprocess.run(
        ["script/release", tag, "made"], cwd=checkout, check=False, capture_output=True, text=True
    )


def test_a_release_holds_the_integration_and_says_what_is_new(checkout: Path) -> None:
    (checkout / "custom_components" / "csj_meter" / "left_over.pyc").write_bytes(b"")

    made = release(checkout, "v1.2.3")

    assert made.returncode == 0, made.stderr
    with ZipFile(checkout / "made" / "csj_meter.zip") as archive:
        assert sorted(archive.namelist()) == ["LICENSE", "manifest.json", "sensor.py"]
        assert archive.read("LICENSE") == b"MIT License\n"
        assert json.loads(archive.read("manifest.json"))["version"] == "1.2.3"
    assert (checkout / "made" / "notes.md").read_text(encoding="utf-8").strip() == "- Tea.\n- Cake."


def test_another_tag_than_the_version_makes_nothing(checkout: Path) -> None:
    made = release(checkout, "v1.2.4")

    assert made.returncode == 1
    assert made.stderr == "The tag is v1.2.4, and the manifest says 1.2.3.\n"
    assert not (checkout / "made").exists()


def test_a_version_that_the_changelog_does_not_tell_of_makes_no_zip(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Tea.\n", encoding="utf-8")
    commit(checkout)

    made = release(checkout, "v1.2.3")

    assert made.returncode == 1
    assert made.stderr == "CHANGELOG.md does not say what is new in 1.2.3.\n"
    assert not (checkout / "made" / "csj_meter.zip").exists()


def test_a_version_without_a_home_to_upgrade_makes_nothing(checkout: Path) -> None:
    (checkout / "tests" / "upgrade" / "homes" / "1.2.3.tar.xz").unlink()
    commit(checkout)

    made = release(checkout, "v1.2.3")

    assert made.returncode == 1
    assert "script/upgrade-data HEAD 1.2.3" in made.stderr
    assert not (checkout / "made").exists()


def test_a_version_that_is_not_committed_is_none(checkout: Path) -> None:
    manifest = checkout / "custom_components" / "csj_meter" / "manifest.json"
    manifest.write_text(json.dumps({"version": "1.2.4"}, indent=2), encoding="utf-8")

    made = release(checkout, "v1.2.4")

    assert made.returncode == 1
    assert made.stderr == "The tag is v1.2.4, and the manifest says 1.2.3.\n"


def test_the_folder_is_that_of_whoever_types_it(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = subprocess.run(
        ["../checkout/script/release", "v1.2.3", "made"],
        cwd=elsewhere,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert (elsewhere / "made" / "csj_meter.zip").exists()
    assert not (checkout / "made").exists()
