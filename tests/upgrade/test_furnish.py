"""The home that ``script/upgrade-data`` makes can be made: with this version, and all that it is to have."""

from __future__ import annotations

import json
from pathlib import Path
import tarfile

from freezegun.api import FrozenDateTimeFactory
import pytest

from . import furnish


@pytest.mark.parametrize("expected_lingering_timers", [True])  # Home Assistant ends, and with it its process
async def test_a_home_of_this_version_has_everything(
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected_lingering_timers: bool,
) -> None:
    archive = tmp_path / "archive.tar.xz"
    monkeypatch.setenv("UPGRADE_ARCHIVE", str(archive))
    monkeypatch.setenv("UPGRADE_COMMIT", "0123456789ab")

    await furnish.test_furnish(freezer, tmp_path, monkeypatch, expected_lingering_timers)

    with tarfile.open(archive) as packed:
        file = packed.extractfile(f"{furnish.HOME}/{furnish.TOLD}")
        assert file is not None
        told = json.load(file)
    # one of a person's own words, beside those of alerts
    assert "Invented" in {order["summary"].partition(",")[0] for order in told["work_orders"]}
    assert told["secrets"].keys() == {"payments", "voucher", "portal"}
    assert {name for name, part in told.items() if not part} == set()
