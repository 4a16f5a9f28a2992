"""What runs when something is pushed: pinned, bounded, allowed little; the whole suite on both releases."""

from __future__ import annotations

from pathlib import Path
import re
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
        for step in told["steps"]:
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
    for job in told["jobs"].values():
        # six hours are the most that a job may have
        assert job["timeout-minutes"] <= (355 if name == "soak" else 30)
        assert job["permissions"] == {"contents": "write" if name == "release" else "read"}
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_commit_and_say_which_version_that_is(name: str) -> None:
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)

    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # \S+", line)] == []


def test_an_action_has_the_same_commit_everywhere() -> None:
    commits: dict[str, set[str]] = {}
    for path in WORKFLOWS.values():
        for action, commit in re.findall(r"uses: (\S+)@(\w+)", path.read_text(encoding="utf-8")):
            commits.setdefault(action, set()).add(commit)

    assert [action for action, found in commits.items() if len(found) > 1] == []


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
