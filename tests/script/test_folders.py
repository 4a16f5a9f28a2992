"""Folders that are given to scripts are those of whoever types them, and what lies there is not imported."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import subprocess
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

PYTHON: Final = """\
#!/bin/sh
[ "$1" = -m ] && [ "$PYTHONPATH" = "{checkout}" ] && [ -n "$PYTHONSAFEPATH" ] || exit 9
for last; do :; done
[ "$last" = --check ] || printf '%s\\n' "$2" "$PWD/$last" >"{checkout}/said"
"""
"""What notes which module is run, and which folder its last argument is."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts, with environments that do nothing."""
    made = tmp_path / "checkout"
    shutil.copytree(ROOT / "script", made / "script", ignore=shutil.ignore_patterns("__pycache__"))
    setup = made / "script" / "setup"
    setup.write_text("#!/bin/sh\n", encoding="utf-8")
    for name in ("test", "newest", "meter", "benchmark"):
        python = made / ".venv" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON.format(checkout=made), encoding="utf-8")
        python.chmod(0o755)
    (made / "benchmarks" / "detection").mkdir(parents=True)
    (made / "benchmarks" / "detection" / "__main__.py").touch()
    return made


@pytest.mark.parametrize(
    ("name", "words", "module"),
    [
        ("demo", ["--dir"], "demo"),
        ("meter", ["scan", "--profiles"], "cli"),
        ("replay", [], "cli.replay"),
        ("validate", [], "script.validation"),
        ("soak", [], "tests.chaos"),
        ("benchmark", ["detection", "--data"], "benchmarks.detection"),
        ("screenshot", ["dashboard", "--folder"], "demo.pictures"),
    ],
)
def test_a_folder_is_that_of_whoever_types_it(
    name: str, words: list[str], module: str, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_URL", "http://127.0.0.1:1")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = subprocess.run(
        [f"../checkout/script/{name}", *words, "folder"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = (checkout / "said").read_text(encoding="utf-8").splitlines()
    assert said == [module, str(elsewhere / "folder")]


def test_no_demo_is_started_for_a_picture_that_there_is_not(checkout: Path) -> None:
    python = checkout / ".venv" / "newest" / "bin" / "python"
    python.write_text("#!/bin/sh\necho 'no such picture' >&2\nexit 2\n", encoding="utf-8")
    (checkout / "script" / "demo").write_text("#!/bin/sh\ntouch started\n", encoding="utf-8")

    done = subprocess.run(
        ["script/screenshot", "dashbord"], cwd=checkout, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr == "no such picture\n"
    assert not (checkout / "started").exists()


def test_a_demo_that_does_not_start_ends_the_pictures(checkout: Path, tmp_path: Path) -> None:
    demo, temporary = checkout / "script" / "demo", tmp_path / "temporary"
    demo.write_text("#!/bin/sh\necho 'port 8129 cannot be used' >&2\nexit 1\n", encoding="utf-8")
    temporary.mkdir()

    done = subprocess.run(
        ["script/screenshot"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "port 8129 cannot be used",
        "Without a demo there are no pictures: DEMO_URL may be the address of one that runs.",
    ]
    assert list(temporary.iterdir()) == []
