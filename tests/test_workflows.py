"""What runs when something is pushed: pinned, bounded, allowed little; the whole suite on both releases."""

from __future__ import annotations

from pathlib import Path
import re
import shutil
import subprocess
import sys
from typing import Any, Final

import pytest
import yaml

from .test_repository import locked

ROOT: Final = Path(__file__).parents[1]
WORKFLOWS: Final = {path.stem: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yaml"))}


def jobs(name: str) -> dict[str, Any]:
    """The jobs of a workflow."""
    told: dict[str, Any] = yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))["jobs"]
    return told


def runs(name: str, job: str) -> list[str]:
    """What the steps of a job run, once for each part of its matrix."""
    told = jobs(name)[job]
    parts = told.get("strategy", {}).get("matrix", {}).get("include", [{}])
    found: list[str] = []
    for part in parts:
        for step in told.get("steps", []):
            command: str = step.get("run", "")
            for key, value in part.items():
                command = command.replace(f"${{{{ matrix.{key} }}}}", value)
            found.append(command)
    return found


def test_there_are_the_four_workflows() -> None:
    assert set(WORKFLOWS) == {"release", "soak", "tests", "validate"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_bounded_and_may_do_little(name: str) -> None:
    told = yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))

    assert told["permissions"] == {}
    for key, job in told["jobs"].items():
        assert job["permissions"] == {
            "contents": "write" if (name, key) == ("release", "release") else "read"
        }
        if "uses" in job:  # another of these workflows, which is bounded itself
            continue
        # six hours are the most that a job may have
        assert job["timeout-minutes"] <= (355 if name == "soak" else 30)
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_commit_and_say_which_version_that_is(name: str) -> None:
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    used = re.findall(r"uses: (?!\./\.github/workflows/)(.+)", text)

    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # \S+", line)] == []


def test_an_action_has_the_same_commit_everywhere() -> None:
    commits: dict[str, set[str]] = {}
    for path in WORKFLOWS.values():
        for action, commit in re.findall(r"uses: (\S+)@(\w+)", path.read_text(encoding="utf-8")):
            commits.setdefault(action, set()).add(commit)

    assert [action for action, found in commits.items() if len(found) > 1] == []


def test_a_job_that_is_run_again_keeps_what_it_makes() -> None:
    """It is the same run, in which a name of an artifact is taken."""
    kept = [
        step["with"]
        for name in WORKFLOWS
        for job in jobs(name).values()
        for step in job.get("steps", [])
        if step.get("uses", "").startswith("actions/upload-artifact@")
    ]

    assert kept
    assert all(one["overwrite"] is True for one in kept)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_names_where_packages_come_from(name: str) -> None:
    text = WORKFLOWS[name].read_text(encoding="utf-8")

    assert not re.search(r"pypi|npmjs|ghcr\.io|docker\.io|index-url|https?://", text)


def test_the_real_checks_are_run() -> None:
    text = WORKFLOWS["validate"].read_text(encoding="utf-8")

    assert "uses: home-assistant/actions/hassfest@" in text
    assert "uses: hacs/action@" in text
    assert "category: integration" in text


def covered(commands: list[str]) -> set[Path]:
    """The test files that calls of script/test run."""
    found: set[Path] = set()
    for command in commands:
        if not command.startswith("script/test "):
            continue
        words = command.split()[1:]
        left_out = [ROOT / word.removeprefix("--ignore=") for word in words if word.startswith("--ignore=")]
        for word in words:
            if word.startswith("tests"):
                assert (ROOT / word).is_dir(), word
                found |= {
                    path
                    for path in (ROOT / word).rglob("test_*.py")
                    if not any(path.is_relative_to(folder) for folder in left_out)
                }
    return found


def test_the_parts_are_the_whole_suite() -> None:
    every = set((ROOT / "tests").rglob("test_*.py"))
    browser = set((ROOT / "tests" / "browser").rglob("test_*.py"))
    with_home_assistant = {
        path
        for folder in ("surface", "end_to_end", "upgrade")
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
    }

    assert covered(runs("tests", "pinned")) - browser == every - browser
    assert covered(runs("tests", "newest")) == with_home_assistant
    assert covered(runs("tests", "browser")) == browser


def test_the_names_of_the_jobs_are_those_of_the_locked_releases() -> None:
    told = jobs("tests")

    assert told["pinned"]["name"].startswith(f"Home Assistant {locked('test')['homeassistant']},")
    assert told["newest"]["name"].startswith(f"Home Assistant {locked('newest')['homeassistant']},")
    assert [step["env"] for step in told["newest"]["steps"] if "env" in step] == [{"NEWEST": "1"}]


def test_the_part_that_starts_the_demo_has_its_environment() -> None:
    for part in jobs("tests")["pinned"]["strategy"]["matrix"]["include"]:
        command = f"script/test {part['folders']} "
        if ROOT / "tests" / "demo" / "test_check.py" in covered([command]):
            steps = jobs("tests")["pinned"]["steps"]
            (place,) = (place for place, step in enumerate(steps) if "script/setup newest" in str(step))
            assert steps[place]["if"] == f"matrix.part == '{part['part']}'"
            assert any("script/test" in str(step) for step in steps[place + 1 :])
            return
    pytest.fail("no part has the test of the demo")


def test_what_is_released_has_passed_all_tests() -> None:
    told = jobs("release")

    assert told["release"]["needs"] == "tests"
    assert told["tests"]["uses"] == "./.github/workflows/tests.yaml"
    # YAML takes "on" for true
    assert "workflow_call" in yaml.safe_load(WORKFLOWS["tests"].read_text(encoding="utf-8"))[True]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("tests/demo/test_check.py", []),
        ("tests/browser/test_portal.py", ["-c", "tests/browser/pytest.ini", "--rootdir", "."]),
    ],
    ids=["the demo", "browsers"],
)
@pytest.mark.parametrize("pushed", [False, True])
def test_what_is_pushed_is_not_let_through_untested(
    file: str, words: list[str], pushed: bool, tmp_path: Path
) -> None:
    """On a machine without what is needed, a test is left out only where a person sees it."""
    for name in ("pyproject.toml", "custom_components", "demo"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "tests" / Path(file).parts[1], tmp_path / Path(file).parent)
    for name in ("__init__.py", "conftest.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words, file],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)} | ({"CI": "true"} if pushed else {}),
        capture_output=True,
        text=True,
        check=False,
    )

    if pushed:
        assert done.returncode in {1, 4}, done.stdout
        assert "script/demo" in done.stdout or "Chromium is not installed" in done.stderr
    else:
        assert done.returncode == 0, done.stdout
        assert re.search(r"^\d+ skipped", done.stdout, re.MULTILINE)


def test_the_scripts_that_are_run_are_there() -> None:
    for name in WORKFLOWS:
        for job in jobs(name):
            for command in runs(name, job):
                if command.startswith("script/"):
                    assert (ROOT / command.split()[0]).is_file(), command


def test_the_parts_of_the_soak_go_on_from_each_other_and_stop_in_time() -> None:
    job = jobs("soak")["month"]
    first, *others = job["strategy"]["matrix"]["include"]
    (run,) = (step["run"] for step in job["steps"] if "script/soak soak $" in step.get("run", ""))
    patience = re.search(r" (\d+)m script/soak ", run)

    assert job["strategy"]["max-parallel"] == 1
    assert first["how"] == "--meters 100 --days 30"
    assert [part["how"] for part in others] == ["--resume"] * (len(others) - 1) + ["--resume --must-end"]
    assert [part["before"] for part in others] == [part["part"] for part in (first, *others)][:-1]
    assert patience is not None
    assert int(patience[1]) + 15 < job["timeout-minutes"]


def test_lint_validates() -> None:
    assert re.search(
        r"^script/validate$", (ROOT / "script" / "lint").read_text(encoding="utf-8"), re.MULTILINE
    )
