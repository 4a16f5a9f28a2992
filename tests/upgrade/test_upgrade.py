"""A home of each earlier version, found by this one: everything that its users have is still theirs.

``script/upgrade-data`` makes the archives, with the integration of that version in a real Home Assistant.
What it has told then is compared with what this version tells of the same folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import logging
from pathlib import Path
import tarfile
from typing import Any, Final

from aiohttp.test_utils import TestClient, TestServer
from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.csj_meter.history import backfill
from tests.surface.driven_time import EPOCH, DrivenTime

from .furnish import COUNTER, HOME, TOLD
from .running import DOMAIN, running, set_up
from .told import Teller, Told

HOMES: Final = sorted((Path(__file__).parent / "homes").glob("*.tar.xz"))

LEARNT_ANEW: Final = frozenset({"before-0.1.0-alerts"})
"""Homes whose engine kept other arrays: what is usual comes back from the measurements of the last month."""

AWAY: Final = 600.0
"""Seconds for which Home Assistant is down while the new version is installed."""

NOT_COMPARED: Final = frozenset(
    {"at", "secrets", "commit", "kept", "balances", "measurements", "entities", "settings"}
    | {"alerts", "work_orders", "audit", "tenants"}
)
"""What is looked at in tests of its own."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A home of an earlier version that runs with this one."""

    hass: HomeAssistant
    time: DrivenTime
    folder: Path
    before: Told
    """What the earlier version has told."""

    at_once: Told
    """What is told of alerts before any meter has said anything: the faults of before are over by now."""

    teller: Teller

    @property
    def first(self) -> str:
        """Serial number of the first meter: that with the customised entities and the tenants."""
        return str(next(iter(self.before["bridges"][0]["meters"])))


@asynccontextmanager
async def upgraded(archive: Path, folder: Path, freezer: FrozenDateTimeFactory) -> AsyncIterator[Upgraded]:
    """Unpack a home and start it, a few minutes after it was left."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    home = folder / HOME
    before = json.loads((home / TOLD).read_text(encoding="utf-8"))
    time = DrivenTime(asyncio.get_running_loop(), real_monotonic(), freezer)
    try:
        await time.skip(before["at"] - EPOCH + AWAY)
        async with running(home, time) as hass:
            hass.states.async_set(COUNTER, "1700")
            assert await set_up(hass, time)
            teller = Teller(hass, time)
            at_once = await teller.alerts()
            await time.run(150)
            yield Upgraded(hass, time, home, before, at_once, teller)
    finally:
        time.release()


def test_there_are_homes_to_upgrade() -> None:
    assert len(HOMES) >= 3


@pytest.mark.loopback
@pytest.mark.parametrize("expected_lingering_timers", [True])  # Home Assistant ends, and with it its process
@pytest.mark.parametrize("archive", HOMES, ids=lambda path: path.name.removesuffix(".tar.xz"))
async def test_all_that_a_user_has_is_still_theirs(
    archive: Path,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    expected_lingering_timers: bool,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(backfill, "MOST_HISTORY", 0)  # of meters that an early version has not measured
    async with upgraded(archive, tmp_path, freezer) as home:
        after = await home.teller.told()
        for entry in home.hass.config_entries.async_entries(DOMAIN):
            assert entry.state is ConfigEntryState.LOADED
        for part in home.before.keys() - NOT_COMPARED:
            assert after[part] == home.before[part], part
        assert set(home.before.get("audit", ())) <= set(after["audit"])
        for then, now in zip(
            home.before.get("tenants", ()), after["tenants"], strict="tenants" in home.before
        ):
            assert {name: now[name] for name in then} == then  # there may be more to tell by now
        for part in home.before.keys() & home.at_once:
            assert home.at_once[part] == home.before[part], part
        _entities_are_the_same(home, after)
        _settings_are_the_same(home, after)
        _balances_only_fall_by_what_was_used(home, after)
        await _measurements_go_on(home, after)
        await _money_goes_on(home, after)
        await _the_link_of_the_tenant_opens(home)
        assert [issue.translation_key for issue in _issues(home.hass)] == []
    _nothing_was_wrong(home, archive.name.removesuffix(".tar.xz"), caplog)


def _entities_are_the_same(home: Upgraded, after: Told) -> None:
    """Nobody's entity is gone or changed; a new version may have more of them."""
    for unique_id, entity in home.before["entities"].items():
        assert after["entities"].get(unique_id) == entity, unique_id
    power = home.hass.states.get("sensor.my_power")
    assert power is not None
    assert float(power.state) > 0
    assert power.attributes["icon"] == "mdi:meter-electric"


def _settings_are_the_same(home: Upgraded, after: Told) -> None:
    """What was set is still set; there may be new settings."""
    for part, settings in home.before["settings"].items():
        for name, value in settings.items():
            assert after["settings"][part][name] == value, f"{part}: {name}"


def _balances_only_fall_by_what_was_used(home: Upgraded, after: Told) -> None:
    """A quarter of an hour costs less than a few coins; what was paid is compared to the cent above."""
    for serial, balance in home.before["balances"].items():
        assert balance - 1 < after["balances"][serial] <= balance, serial


async def _measurements_go_on(home: Upgraded, after: Told) -> None:
    """The hours of before are there, and each minute adds to them."""
    if "measurements" in home.before:
        assert after["measurements"]["rows"] >= home.before["measurements"]["rows"]
        assert after["measurements"]["first"] == home.before["measurements"]["first"]
    energy = await home.teller.newest_energy()
    await home.time.run(300)
    newer = await home.teller.newest_energy()
    assert newer.keys() == energy.keys()
    assert all(newer[serial] > energy[serial] for serial in home.before["balances"])


async def _money_goes_on(home: Upgraded, after: Told) -> None:
    """A receipt that was paid is not paid again, and a voucher that was sold is still worth its money."""
    device = home.teller.device(home.first)
    again = await home.teller.act("top_up", device_id=device, amount=20, key="receipt-1")
    paid = [one for one in home.before["payments"] if one["id"] == again["id"]]
    assert [one["amount"] for one in paid] == [20.0]
    redeemed = await home.teller.act(
        "redeem_voucher", device_id=device, code=home.before["secrets"]["voucher"]
    )
    assert (redeemed["state"], redeemed["amount"]) == ("done", 7.5)
    newest = await home.teller.told()
    assert len(newest["payments"]) == len(after["payments"]) + 1


async def _the_link_of_the_tenant_opens(home: Upgraded) -> None:
    if (token := home.before["secrets"].get("portal")) is None:
        return
    async with TestClient(TestServer(home.hass.http.app)) as phone:

        async def overview() -> dict[str, Any]:
            url = f"/{DOMAIN}/portal"
            own = {"X-CSJ-Portal": "1"}
            async with phone.post(f"{url}/session", json={"token": token}, headers=own) as reply:
                assert reply.status == 200
                secret = reply.cookies
            async with phone.get(f"{url}/api/overview", cookies=secret) as reply:
                told: dict[str, Any] = await reply.json()
                return told

        assert (await home.time.through(overview()))["tenant"] == "Bob Invented"


def _issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Those of files and versions; what alerts have to say was said before."""
    return [
        issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active and not str(issue.translation_key).startswith("alert")
    ]


def _nothing_was_wrong(home: Upgraded, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """No error, no setting that cannot be used, nothing learnt anew, nothing set aside."""
    said = [record for record in caplog.records if DOMAIN in record.name]
    assert [record.getMessage() for record in said if record.levelno >= logging.WARNING] == []
    anew = any("learnt anew" in record.getMessage() for record in said)
    assert anew is (name in LEARNT_ANEW or f".storage/{DOMAIN}.engine" not in home.before["kept"])
    assert not [path for path in home.folder.rglob("*") if "broken" in path.name or "corrupt" in path.name]
