"""script/setup and what it begins with, where something is missing, old or cut short."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

type Run = Callable[[str], subprocess.CompletedProcess[str]]

UV: Final = """\
echo "uv $1 $2" >>said
case $1 in
  venv) for last; do :; done; mkdir -p "$last/bin" && ln -sf "$(cat right)" "$last/bin/python" ;;
  pip) [ ! -e interrupted ] || kill -9 $PPID ;;
esac
"""
"""Makes environments without anything in them; while there is a file ``interrupted``, somebody does that."""

OLD: Final = "#!/bin/sh\ncase $2 in *version_info*) exit 1 ;; esac\n"
"""A Python that starts and is of another version."""

PIP: Final = """\
[ "$2" = pip ] || exec {python} "$@"
[ "$3" = --version ] && exit
while [ $# -gt 0 ]; do
  case $1 in
    --target) target=$2 ;;
    --requirement) cat "$2" >>"{said}" ;;
  esac
  shift
done
mkdir -p "$target/bin"
printf '#!/bin/sh\\necho fine\\n' >"$target/bin/uv"
chmod +x "$target/bin/uv"
"""
"""Installs a tool that starts, and keeps what was asked for."""


def put(path: Path, text: str) -> Path:
    """A program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts, with a uv that gets nothing."""
    root = tmp_path / "checkout"
    (root / "requirements").mkdir(parents=True)
    (root / "requirements" / "test.txt").write_text("one==1\n", encoding="utf-8")
    (root / "script").mkdir()
    shutil.copy(ROOT / "script" / "setup", root / "script" / "setup")
    put(root / "script" / "bootstrap" / "uv", UV)
    put(root / "script" / "bootstrap" / "python", f"echo {sys.executable}\n")
    (root / "right").write_text(sys.executable, encoding="utf-8")
    return root


def setup(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Make the environment; what uv was asked for is in ``said``."""
    (checkout / "said").unlink(missing_ok=True)
    return subprocess.run(["script/setup"], cwd=checkout, capture_output=True, text=True, check=False)


def said(checkout: Path) -> list[str]:
    """What uv was asked for."""
    file = checkout / "said"
    return (
        [line.split()[1] for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    )


def test_an_environment_is_made_once(checkout: Path) -> None:
    assert setup(checkout).returncode == 0
    assert said(checkout) == ["venv", "pip"]
    assert setup(checkout).returncode == 0
    assert said(checkout) == []


def test_without_a_python_nothing_is_made(checkout: Path) -> None:
    put(checkout / "script" / "bootstrap" / "python", "echo 'Could not get Python 3.14' >&2; exit 1\n")

    done = setup(checkout)

    assert done.returncode == 1
    assert done.stderr.endswith("Could not get Python 3.14\n")
    assert said(checkout) == []


@pytest.mark.parametrize("old", [OLD, "exit 127\n"], ids=["another version", "gone"])
def test_an_environment_of_another_python_is_made_anew(old: str, checkout: Path) -> None:
    setup(checkout)
    put(checkout / ".venv" / "test" / "bin" / "python", old)

    assert setup(checkout).returncode == 0
    assert said(checkout) == ["venv", "pip"]
    assert setup(checkout).returncode == 0
    assert said(checkout) == []


def test_an_environment_whose_making_was_cut_short_is_not_complete(checkout: Path) -> None:
    setup(checkout)
    lock = checkout / "requirements" / "test.txt"
    lock.write_text("one==2\n", encoding="utf-8")
    (checkout / "interrupted").touch()
    assert setup(checkout).returncode != 0
    (checkout / "interrupted").unlink()
    # back to what was locked when the environment was complete
    lock.write_text("one==1\n", encoding="utf-8")

    assert setup(checkout).returncode == 0
    assert said(checkout) == ["pip"]


@pytest.fixture
def fetch(tmp_path: Path) -> Run:
    """Have a tool, with a pip that reaches nobody; what it is asked for is in ``asked``."""
    root = tmp_path / "checkout"
    (root / "script" / "bootstrap").mkdir(parents=True)
    (root / "requirements").mkdir()
    shutil.copy(ROOT / "script" / "bootstrap" / "tool", root / "script" / "bootstrap" / "tool")
    shutil.copy(ROOT / "requirements" / "bootstrap.txt", root / "requirements" / "bootstrap.txt")
    put(tmp_path / "bin" / "python3", PIP.format(said=tmp_path / "asked", python=sys.executable))

    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"

    def run(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["script/bootstrap/tool", name],
            cwd=root,
            env={"PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_tool_is_fetched_once_in_its_version_and_by_its_checksums(fetch: Run, tmp_path: Path) -> None:
    first, again = fetch("uv"), fetch("uv")

    assert (first.returncode, first.stderr) == (again.returncode, again.stderr) == (0, "")
    assert first.stdout == again.stdout
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    lock = (ROOT / "requirements" / "bootstrap.txt").read_text(encoding="utf-8")
    assert asked == lock[lock.index("\nuv==") + 1 :]
    assert asked.count("--hash=sha256:") > 10
    version = asked.partition(" ")[0].removeprefix("uv==")
    assert Path(first.stdout.strip()).parts[-3:] == (f"uv-{version}", "bin", "uv")


def test_a_tool_is_fetched_where_mv_is_not_that_of_gnu(fetch: Run, tmp_path: Path) -> None:
    put(tmp_path / "bin" / "mv", '[ $1 != -T ] || exit 64\nexec /bin/mv "$@"\n')

    assert fetch("uv").returncode == 0


@pytest.mark.parametrize("left", ["nothing", "something that does not start"])
def test_half_a_tool_is_fetched_anew(left: str, fetch: Run) -> None:
    tool = Path(fetch("uv").stdout.strip())
    tool.unlink()
    if left != "nothing":
        put(tool, "exit 126\n")

    again = fetch("uv")

    assert again.returncode == 0
    assert again.stderr == f"{tool.parents[1]} is not complete: fetching uv anew.\n"
    assert fetch("uv").stderr == ""


def test_a_tool_that_does_not_start_is_told(fetch: Run, tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python3"
    put(python, python.read_text(encoding="utf-8").replace("echo fine", "exit 1"))

    done = fetch("uv")

    assert done.returncode == 1
    assert "does not start: remove " in done.stderr


def test_a_tool_that_is_not_locked_is_told(fetch: Run) -> None:
    done = fetch("wget")

    assert done.returncode == 1
    assert done.stderr == "requirements/bootstrap.txt does not say which version of wget is wanted.\n"
