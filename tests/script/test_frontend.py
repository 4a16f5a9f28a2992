"""script/frontend, on a machine that lacks what it needs."""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]


@pytest.mark.parametrize("how", [[], ["--check"], ["--packages"]], ids=["build", "check", "packages"])
def test_it_says_what_is_missing_where_there_is_no_npm(how: list[str], tmp_path: Path) -> None:
    for name in ("bash", "dirname"):
        program = shutil.which(name)
        assert program
        (tmp_path / name).symlink_to(program)

    done = subprocess.run(
        [ROOT / "script" / "frontend", *how],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "There is no npm here: install Node.js 20.19 or newer, with npm, and start again.\n"
