"""The file of the alerts, while the disk does not take what is written into it."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.csj_meter.alerting.keeping import ISSUE_ALERTS, Keeping, alerts_path, async_open
from custom_components.csj_meter.alerts.store import AlertStore, Batch
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.telemetry.errors import StoreBrokenError, StoreUnavailableError


def handles(path: Path) -> int:
    """How often this process has the file open."""
    found = 0
    for handle in Path("/proc/self/fd").iterdir():
        try:
            found += handle.readlink() == path
        except FileNotFoundError:
            continue  # it was that of looking
    return found


async def test_a_file_that_opens_and_cannot_be_written_is_let_go_and_tried_again(hass: HomeAssistant) -> None:
    keeping = Keeping(hass, (await async_open(hass))[0], Batch)
    keeping.note(notes={"a": "b"})
    with patch.object(AlertStore, "write", side_effect=StoreBrokenError(alerts_path(hass), "no such page")):
        assert await keeping.async_write()

    with patch.object(AlertStore, "write", side_effect=StoreUnavailableError("the disk is full")):
        assert await keeping.async_write()
    assert handles(alerts_path(hass)) == 0
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE_ALERTS) is not None

    assert await keeping.async_write()
    assert handles(alerts_path(hass)) > 0
    await keeping.async_close()
    assert handles(alerts_path(hass)) == 0
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE_ALERTS) is None
