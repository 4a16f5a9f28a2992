"""script/brand, on a machine that lacks what it needs."""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def test_it_says_what_is_missing_where_there_is_no_chromium(tmp_path: Path) -> None:
    for name in ("bash", "dirname"):
        program = shutil.which(name)
        assert program
        (tmp_path / name).symlink_to(program)

    done = subprocess.run(
        [ROOT / "script" / "brand"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no Chromium here: install it (Debian: chromium) and start again.\n"
