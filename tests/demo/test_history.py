"""The past that the demo imports is that of the very meters behind the line."""

from __future__ import annotations

from pathlib import Path
import time

from custom_components.csj_meter.simulator.past import history
from custom_components.csj_meter.simulator.site import demo_line
from demo.history import informed_twins
from demo.site import METERS, SEED


def test_hours_that_are_filled_in_know_of_top_ups_in_an_earlier_run(tmp_path: Path) -> None:
    now = [time.time() - 10_800]
    kept = tmp_path / ".storage" / "csj_meter.entry.line"
    kept.parent.mkdir()
    line = demo_line(SEED, METERS, clock=lambda: now[0], state_file=kept)
    meter = line.meters[1]
    now[0] += 3600
    meter.pay_in(4000)
    left = kept.read_bytes()

    with informed_twins(tmp_path, "entry") as twins:
        rows = list(history(twins[meter.nameplate.serial], now[0] - 7200, now[0] + 7200))

    balances = [row.balance for row in rows if row.balance is not None]
    assert 38 < max(balances) - min(balances) < 45
    assert kept.read_bytes() == left


def test_a_new_home_has_twins_that_nothing_has_happened_to(tmp_path: Path) -> None:
    with informed_twins(tmp_path, "entry") as twins:
        assert len(twins) == METERS
        assert all(not twin.state.postings for twin in twins.values())
