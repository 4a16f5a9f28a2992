"""A Home Assistant with nothing but an alert desk, until it is killed.

``python -m tests.end_to_end.alert_life`` reads one life a line from standard input. Each life hears of the
same finding, as the engine tells it once more after a restart, and tells people by appending to a file.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
import random
from typing import Any, Final

from homeassistant.core import Event, ServiceCall, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from tests import ha_2026_11_shim  # noqa: F401 - before the test tools, which need it

# isort: split
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.csj_meter.alerting.alerting import Alerting, async_alerting
from custom_components.csj_meter.alerting.status import EVENT_ALERT
from custom_components.csj_meter.alerts.alert import Changes, alert_id
from custom_components.csj_meter.alerts.errors import NotPossibleError
from custom_components.csj_meter.alerts.settings import AlertSettings, Channel, Medium, Route
from custom_components.csj_meter.anomaly.kinds import Severity, State
from custom_components.csj_meter.detection.status import SIGNAL_FINDINGS
from custom_components.csj_meter.site_settings import async_site_settings
from custom_components.csj_meter.site_texts import async_load_texts
from tests.alerts.found import found
from tests.forks import fork_a_life_a_line

SETTINGS: Final = AlertSettings(
    channels=(
        Channel(id="push", name="Phone", medium=Medium.PUSH, target="notify.push", person="Ada"),
        Channel(id="sms", name="SMS", medium=Medium.SMS, target="notify.sms", person="Ada"),
        Channel(id="mail", name="Mail", medium=Medium.EMAIL, target="notify.mail", person="Bob"),
    ),
    routes=(Route(severities=(Severity.CRITICAL,), channels=("push", "sms", "mail")),),
)

FINDING: Final = found("SN1")
ALERT: Final = alert_id(FINDING)


def append(path: Path, content: dict[str, Any]) -> None:
    """One line that is there whole or not at all, whatever becomes of this process."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, json.dumps(content).encode() + b"\n")
    os.close(file)


async def live(folder: str, until: str, seed: int) -> None:
    """Live until what happens last is confirmed, acknowledged or cleared; then wait to be killed."""
    draw, home = random.Random(seed), Path(folder)
    async with async_test_home_assistant(config_dir=folder) as hass:
        (home / ".storage").mkdir(exist_ok=True)

        async def say(call: ServiceCall) -> None:
            await asyncio.sleep(draw.random() / 200)
            append(home / "said", {"by": call.service, "message": call.data["message"]})
            await asyncio.sleep(draw.random() / 200)

        for channel in SETTINGS.channels:
            hass.services.async_register("notify", channel.id, say)

        @callback
        def happened(event: Event[dict[str, Any]]) -> None:
            append(home / "events", {"type": event.data["type"]})

        hass.bus.async_listen(EVENT_ALERT, happened)
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test tools forbid to look for any
        await async_load_texts(hass)
        await (await async_site_settings(hass)).async_set_alerts(SETTINGS)
        alerting = await async_alerting(hass)
        append(home / "begun", {})
        known = alerting.desk.find(ALERT)
        # what was over when this life began is not told once more: only what lasts is
        for state in () if known is not None and not known.is_open else (State.SUSPECTED, State.CONFIRMED):
            async_dispatcher_send(hass, SIGNAL_FINDINGS, [found("SN1", state)])
            await asyncio.sleep(draw.random() / 100)
        if until != "confirmed":
            await _acknowledge(alerting, home)
        if until == "cleared":
            async_dispatcher_send(hass, SIGNAL_FINDINGS, [found("SN1", State.CLEARED, minute=9)])
        await alerting.do(lambda _: Changes())  # after all that was found
        while alerting.status.waiting:  # noqa: ASYNC110 - until everything has been said
            await asyncio.sleep(0.002)
        append(home / "done", {})
        await asyncio.Event().wait()


async def _acknowledge(alerting: Alerting, home: Path) -> None:
    """As soon as the alert is there."""
    while True:
        await asyncio.sleep(0.002)
        alert = alerting.desk.find(ALERT)
        if alert is not None and not alert.is_open:
            return
        if alert is None or not alert.is_active:
            continue
        try:
            await alerting.async_acknowledge(ALERT, "Ada")
        except NotPossibleError:
            continue
        append(home / "acknowledged", {})
        return


if __name__ == "__main__":
    fork_a_life_a_line(live)
