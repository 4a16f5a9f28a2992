"""The file of the alerts, while the disk does not take what is written into it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.csj_meter.alerting.keeping import ISSUE_ALERTS, Keeping, alerts_path, async_open
from custom_components.csj_meter.alerts.store import AlertStore, Batch
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.telemetry.errors import StoreBrokenError, StoreUnavailableError

from ..open_files import handles


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


@pytest.mark.parametrize("begins", [False, True])
async def test_a_file_that_is_being_opened_for_a_step_that_is_cut_off_is_closed(
    hass: HomeAssistant, begins: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping, open_store = Keeping(hass, None, Batch), AlertStore.at
    if begins:  # a new file, in the place of a broken one
        await keeping.async_read_late()
        keeping.note(notes={"a": "b"})
        with patch.object(AlertStore, "write", side_effect=StoreBrokenError(alerts_path(hass), "no page")):
            await keeping.async_write()
    has_begun, is_cut = asyncio.Event(), threading.Event()

    def slowly(*args: Any) -> AlertStore:
        hass.loop.call_soon_threadsafe(has_begun.set)
        is_cut.wait(10)
        return open_store(*args)

    monkeypatch.setattr(AlertStore, "at", slowly)
    step = asyncio.create_task(keeping.async_write() if begins else keeping.async_read_late())
    await has_begun.wait()
    step.cancel()
    await asyncio.sleep(0)
    is_cut.set()
    with pytest.raises(asyncio.CancelledError):
        await step
    await keeping.async_close()

    assert handles(alerts_path(hass)) == 0
