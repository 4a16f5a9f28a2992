"""Seven hours of disasters, with every kind of them: nothing that is promised breaks.

``script/soak`` is the long run.
"""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys

import pytest

from .plan import Site, plan

ROOT = Path(__file__).parents[2]


def test_the_same_seed_plans_the_same_disasters() -> None:
    site = Site(meters=9)
    assert plan(3, site, 2) == plan(3, site, 2)
    assert plan(3, site, 2) != plan(4, site, 2)


@pytest.mark.timeout(900)  # a minute of CPU, on a machine that may be shared
def test_a_small_site_lives_through_seven_hours_of_disasters(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.chaos", str(tmp_path / "soak"), "--meters", "3", "--days", "0.3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
