"""An alert desk that is really killed, again and again, at any moment: one alert, nobody paged twice."""

from __future__ import annotations

import asyncio
from collections import Counter
import datetime as dt
import json
import os
from pathlib import Path
import random
import signal
from typing import Any, Final

import pytest

from custom_components.csj_meter.alerting.keeping import ALERTS_FILE
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.alerts.message import PAGES, MessageState
from custom_components.csj_meter.alerts.store import AlertStore
from tests.forks import lives_of

from .alert_life import ALERT

LIVES: Final = 8
"""Of each stage; every one of them is killed."""


def lines(path: Path) -> list[dict[str, Any]]:
    """What was appended to a file."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def until_there(path: Path, count: int = 1) -> None:
    """Until so many lines are in a file."""
    async with asyncio.timeout(60):
        while len(lines(path)) < count:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.002)


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_alert_and_one_page_whenever_the_process_is_killed(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    async with lives_of("tests.end_to_end.alert_life") as lives:
        for number, until in enumerate(
            until for until in ("confirmed", "acknowledged", "cleared") for _ in range(LIVES)
        ):
            begun, done = (len(lines(tmp_path / name)) for name in ("begun", "done"))
            child = await lives.begin(folder=str(tmp_path), until=until, seed=100 * seed + number)
            await until_there(tmp_path / "begun", begun + 1)
            last_of_stage = number % LIVES == LIVES - 1
            if last_of_stage:
                await until_there(tmp_path / "done", done + 1)
            else:
                await asyncio.sleep(draw.random() / 40)
            os.kill(child, signal.SIGKILL)
            await lives.ended()

    now = dt.datetime.now(dt.UTC)
    store = AlertStore.at(tmp_path / ALERTS_FILE, now)
    try:
        (alert,) = store.alerts()
        messages = store.messages(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    finally:
        store.close()
    assert alert.id == ALERT
    assert alert.state is AlertState.CLEARED
    assert alert.acknowledged_by == "Ada"
    assert all(message.state is not MessageState.WAITING for message in messages)
    pages = Counter(message.channel for message in messages if message.reason in PAGES)
    assert pages == {"push": 1, "sms": 1, "mail": 1}
    said = Counter(line["by"] for line in lines(tmp_path / "said") if "171 V" in line["message"])
    # a push takes the place of the one before; a text never comes twice
    assert said["push"] >= 1
    assert said["sms"] <= 1
    assert said["mail"] >= 1
    events = Counter(line["type"] for line in lines(tmp_path / "events"))
    assert events["raised"] <= 1
    assert events["confirmed"] <= 1
    assert events["acknowledged"] <= 1
