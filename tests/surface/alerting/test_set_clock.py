"""The clock is set while a message waits: of a machine that has none of its own, or one in local time."""

from __future__ import annotations

import datetime as dt

from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.csj_meter.alerts.alert import Alert, AlertState
from custom_components.csj_meter.alerts.store import PASSED_DAYS, AlertStore, Batch
from custom_components.csj_meter.anomaly.kinds import Severity

from ...alerts.found import found
from .conftest import Site

HOUR = 3600


class Broken:
    """A text that nobody takes, until the network is there."""

    def __init__(self, site: Site) -> None:
        self.is_up = False
        self.tries = 0
        self.taken = 0
        site.hass.services.async_register("notify", "sms", self.send)

    async def send(self, _: ServiceCall) -> None:
        self.tries += 1
        if not self.is_up:
            raise HomeAssistantError("no network")
        self.taken += 1


@pytest.mark.parametrize("by", [-2 * HOUR, 3 * 24 * HOUR])
async def test_what_waits_waits_no_longer_for_it(site: Site, by: int) -> None:
    sms = Broken(site)
    await site.find(found(site.home.serial(1)))
    assert sms.tries == 1
    sms.is_up = True
    await site.home.time.step(by)
    await site.home.time.run(25)  # what is left of its wait, and the wait once more

    assert sms.taken == 1


async def test_what_has_waited_while_home_assistant_was_off_for_days_is_dropped(site: Site) -> None:
    sms = Broken(site)
    await site.find(found(site.home.serial(1)))
    assert sms.tries == 1
    assert await site.home.tear_down()
    await site.home.time.step(3 * 24 * HOUR)
    sms.is_up = True

    await site.home.time.through(site.hass.config_entries.async_setup(site.home.entry.entry_id))
    await site.home.time.run(25)

    assert sms.taken == 0


@pytest.mark.usefixtures("short_days")
async def test_alerts_of_long_ago_go_but_not_by_a_clock_that_has_just_jumped(site: Site) -> None:
    def over(name: str, days: int) -> Alert:
        moment = dt_util.utcnow() - dt.timedelta(days=days)
        return Alert(
            id=name,
            finding=found(site.home.serial(1)),
            state=AlertState.CLEARED,
            severity=Severity.CRITICAL,
            raised_at=moment,
            cleared_at=moment,
        )

    async def alerts() -> set[str]:
        known = await site.home.time.through(site.alerting.async_read(AlertStore.alerts))
        return {one.id for one in known}

    kept = Batch(alerts=[over("of days ago", PASSED_DAYS - 2), over("long ago", PASSED_DAYS + 1)])
    await site.home.time.through(site.alerting.async_read(lambda store: store.write(kept)))
    await site.home.time.run(65)
    await site.home.time.step(3 * 24 * HOUR)
    await site.home.time.run(58)
    assert await alerts() == {"of days ago", "long ago"}

    await site.home.time.step(-3 * 24 * HOUR)
    await site.home.time.run(180)
    assert await alerts() == {"of days ago"}
