"""What the doors write down, and that nobody is kept from anything by a disk."""

from __future__ import annotations

import asyncio
from contextlib import suppress
import datetime as dt
from pathlib import Path
import threading
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.csj_meter.access import audit_log
from custom_components.csj_meter.access.audit_log import (
    AUDIT_FILE,
    FURTHER_REFUSALS,
    MOST_REFUSED,
    async_audit_log,
    async_close_audit_log,
)
from custom_components.csj_meter.access.doors import async_allowed, async_verify, visible_meters
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.csv_export import EXPORT_URL
from custom_components.csj_meter.site import audit
from custom_components.csj_meter.site.access import Permission, Place, Role
from custom_components.csj_meter.site.audit import AuditLine, AuditStore
from custom_components.csj_meter.telemetry.errors import StoreUnavailableError

from ..driven_time import DrivenTime
from ..open_files import handles
from .conftest import ELSEWHERE, NEXT_DOOR, OWN, Site, line, lines

pytestmark = pytest.mark.loopback


def told(line: AuditLine) -> tuple[Any, ...]:
    entry = line.entry
    return entry.name, entry.role, entry.what, entry.serial, line.word


async def call(site: Site, role: Role | None, action: str, **data: Any) -> None:
    context = Context() if role is None else Context(user_id=site.users[role].id)
    await site.hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)


async def test_a_command_is_written_down_with_who_where_and_what_came_of_it(site: Site) -> None:
    for role in (Role.TECHNICIAN, Role.TENANT, None):
        with pytest.raises(HomeAssistantError):  # no bridge is set up, or they may not
            await call(site, role, "set_clock", device_id=site.devices[NEXT_DOOR])

    serial = site.serials[NEXT_DOOR]
    written = await lines(site.hass)
    assert [told(line) for line in written] == [
        ("Technician", Role.TECHNICIAN, "set_clock", serial, "failed"),
        ("Tenant", Role.TENANT, "set_clock", serial, "refused"),
        ("automation", None, "set_clock", serial, "failed"),
    ]
    assert written[0].outcome is not None
    assert written[0].outcome.detail == "bridge_not_set_up"


async def test_what_is_done_is_said_to_be_done_and_what_only_looks_is_not_written(site: Site) -> None:
    ada = site.users[Role.TECHNICIAN]
    for permission in (Permission.SEE_RAW, Permission.COMMAND):
        async with async_allowed(site.hass, ada, (permission,), (Place(),), what="a test"):
            pass

    (line,) = await lines(site.hass)
    assert (line.entry.permission, line.word) == (Permission.COMMAND, "done")


@pytest.mark.parametrize(("failures", "word"), [([], "unknown"), (["cut_off"], "failed")])
async def test_of_what_was_cancelled_nobody_knows_more_than_was_told(
    site: Site, failures: list[str], word: str
) -> None:
    async def cancelled() -> None:
        ada = site.users[Role.TECHNICIAN]
        async with async_allowed(site.hass, ada, (Permission.COMMAND,), (Place(),), what="a test") as fail:
            for failure in failures:
                fail(failure)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await cancelled()

    (line,) = await lines(site.hass)
    assert line.word == word


async def test_it_is_on_disk_before_anything_is_done(site: Site) -> None:
    ada = site.users[Role.TECHNICIAN]
    async with async_allowed(site.hass, ada, (Permission.COMMAND,), (Place(),), what="a test"):
        (line,) = await lines(site.hass)
        assert line.word == "unknown"


async def test_the_same_refusal_is_written_once_a_minute(site: Site, freezer: FrozenDateTimeFactory) -> None:
    tenant = site.users[Role.TENANT]

    async def ask(unit: int) -> None:
        with pytest.raises(Unauthorized):
            await async_verify(
                site.hass, tenant, Permission.SEE_MONEY, serial=site.serials[unit], what="a test"
            )

    for unit in (NEXT_DOOR, NEXT_DOOR, ELSEWHERE):
        await ask(unit)
    freezer.tick(dt.timedelta(seconds=61))
    await ask(NEXT_DOOR)

    expected = [site.serials[unit] for unit in (NEXT_DOOR, ELSEWHERE, NEXT_DOOR)]
    assert [line.entry.serial for line in await lines(site.hass)] == expected


async def test_nobody_fills_the_log_with_what_they_make_up(
    site: Site, freezer: FrozenDateTimeFactory
) -> None:
    stranger = site.users[None]
    for number in range(100):
        for serial, circuit in ((f"made up {number}", None), (None, "x" * 10_000 + str(number))):
            with pytest.raises(Unauthorized):
                await async_verify(
                    *(site.hass, stranger, Permission.SEE_METERS),
                    serial=serial,
                    circuit=circuit,
                    what="a test",
                )

    (line,) = await lines(site.hass)
    assert (line.entry.serial, line.entry.circuit) == (None, None)

    for number in range(100):
        with pytest.raises(Unauthorized):
            await async_verify(site.hass, stranger, Permission.SEE_METERS, what=f"test {number}")
    *each, further = await lines(site.hass)
    assert len(each) == MOST_REFUSED
    assert (further.entry.user_id, further.entry.what) == (stranger.id, FURTHER_REFUSALS)
    with pytest.raises(Unauthorized):
        await async_verify(site.hass, site.users[Role.TENANT], Permission.SEE_MONEY, what="a test")
    assert len(await lines(site.hass)) == MOST_REFUSED + 2

    freezer.tick(dt.timedelta(seconds=61))
    for number in range(50):
        with pytest.raises(Unauthorized):
            await async_verify(site.hass, stranger, Permission.SEE_METERS, what=f"test {number}")
    asked = [line.entry.what for line in await lines(site.hass)]
    assert (len(asked), asked.count(FURTHER_REFUSALS)) == (2 * MOST_REFUSED + 3, 2)


async def test_what_is_done_to_the_meters_of_somebody_is_written_of_each(site: Site) -> None:
    landlord = Context(user_id=site.users[Role.LANDLORD].id)
    await site.hass.services.async_call(
        DOMAIN, "monthly_statements", {"send": True}, blocking=True, context=landlord, return_response=True
    )

    assert [told(line) for line in await lines(site.hass)] == [
        ("Landlord", Role.LANDLORD, "monthly_statements", serial, "done")
        for serial in sorted(site.serials[unit] for unit in (OWN, NEXT_DOOR))
    ]


ONLY_LOOKED_AT: Final[dict[str, dict[str, Any]]] = {
    "get_alerts": {},
    "list_payment_requests": {},
    "list_tenants": {},
    "monthly_statements": {"send": False},
    "set_up_energy_dashboard": {"confirm": False},
    "import_csv": {"file": "none.csv", "dry_run": True},
}
"""What takes no meter and changes nothing, with the fields that make it so."""


@pytest.mark.parametrize("action", ONLY_LOOKED_AT)
async def test_looking_leaves_no_line_and_a_refusal_to_look_leaves_one(site: Site, action: str) -> None:
    async def ask(role: Role | None) -> None:
        await site.hass.services.async_call(
            DOMAIN,
            action,
            ONLY_LOOKED_AT[action],
            blocking=True,
            context=Context(user_id=site.users[role].id),
            return_response=True,
        )

    for role in (Role.OWNER, Role.LANDLORD):
        with suppress(HomeAssistantError):  # no bridge is set up, or it is not for landlords
            await ask(role)
    assert [line.word for line in await lines(site.hass) if line.entry.allowed] == []

    with pytest.raises(Unauthorized):
        await ask(None)
    assert told((await lines(site.hass))[-1]) == ("Nobody", Role.TENANT, action, None, "refused")


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("set_up_energy_dashboard", {"confirm": True}),
        ("import_csv", {"file": "none.csv", "dry_run": False}),
    ],
)
async def test_what_may_only_look_is_written_down_where_it_does_more(
    site: Site, action: str, data: dict[str, Any]
) -> None:
    with pytest.raises(HomeAssistantError):  # no bridge is set up
        await call(site, Role.OWNER, action, **data)

    assert [told(line) for line in await lines(site.hass)] == [("Owner", Role.OWNER, action, None, "failed")]


async def test_a_meter_that_is_named_many_times_has_one_line(site: Site) -> None:
    own = site.serials[OWN]
    span = "since=2026-10-01T00:00:00Z&until=2026-10-02T00:00:00Z&resolution=hour"
    await site.ask(Role.TENANT, "GET", f"{EXPORT_URL}?{span}&meters={','.join([own] * 300)}")
    ada = site.users[Role.TECHNICIAN]
    async with async_allowed(site.hass, ada, (Permission.COMMAND,), [site.place(OWN)] * 300, what="a test"):
        pass

    assert [line.entry.what for line in await lines(site.hass)] == ["api:csj_meter:export hour", "a test"]


async def test_a_refusal_says_what_it_takes(site: Site) -> None:
    with pytest.raises(Unauthorized) as refused:
        await async_verify(site.hass, site.users[Role.SUPPORT], Permission.SEE_RAW, what="a test")

    assert refused.value.translation_key == "not_allowed"
    assert "see_raw" in str(refused.value)
    assert refused.value.user_id == site.users[Role.SUPPORT].id


async def test_a_user_who_was_removed_may_nothing(site: Site) -> None:
    gone = site.users[Role.TECHNICIAN]
    await site.hass.auth.async_remove_user(gone)

    with pytest.raises(Unauthorized):
        await call(site, Role.TECHNICIAN, "set_clock", device_id=site.devices[OWN])


async def test_a_full_disk_keeps_nobody_from_anything_and_nothing_is_lost(site: Site) -> None:
    hass = site.hass
    path = Path(hass.config.path(AUDIT_FILE))
    await hass.async_add_executor_job(path.mkdir)  # nothing can be written there
    ada = site.users[Role.TECHNICIAN]

    async with async_allowed(hass, ada, (Permission.COMMAND,), (Place(),), what="first"):
        pass
    assert ir.async_get(hass).async_get_issue(DOMAIN, "audit") is not None

    await hass.async_add_executor_job(path.rmdir)
    async with async_allowed(hass, ada, (Permission.COMMAND,), (Place(),), what="second"):
        pass
    assert [(line.entry.what, line.word) for line in await lines(hass)] == [
        ("first", "done"),
        ("second", "done"),
    ]
    assert ir.async_get(hass).async_get_issue(DOMAIN, "audit") is None


async def test_no_line_is_lost_while_many_wait_for_a_disk_that_takes_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "MOST_WAITING", 3)
    log = await async_audit_log(site.hass)

    await asyncio.gather(*(log.async_add(line(f"{number}")) for number in range(20)))

    assert len(await lines(site.hass)) == 20


async def test_only_so_many_lines_wait_for_a_disk_that_takes_none(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "MOST_WAITING", 3)
    path = audit_path(site.hass)
    await site.hass.async_add_executor_job(path.mkdir)  # nothing can be written there
    log = await async_audit_log(site.hass)
    for number in range(5):
        await log.async_add(line(f"{number}"))

    await site.hass.async_add_executor_job(path.rmdir)

    assert [one.entry.what for one in await lines(site.hass)] == ["2", "3", "4"]


def audit_path(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(AUDIT_FILE))


async def test_whoever_reads_while_it_is_closed_leaves_no_file_open(site: Site) -> None:
    log = await async_audit_log(site.hass)
    await log.async_add(line("a"))

    closing = asyncio.create_task(async_close_audit_log(site.hass))
    await asyncio.sleep(0)
    (read,) = await log.async_read(AuditStore.lines)
    await closing

    assert read.entry.what == "a"
    assert handles(audit_path(site.hass)) == 0


async def test_nobody_waits_to_be_written_down_while_another_reads(site: Site) -> None:
    log, has_begun, goes_on = await async_audit_log(site.hass), asyncio.Event(), threading.Event()

    def slowly(store: AuditStore) -> list[AuditLine]:
        site.hass.loop.call_soon_threadsafe(has_begun.set)
        goes_on.wait(10)
        return store.lines()

    reader = asyncio.create_task(log.async_read(slowly))
    await has_begun.wait()
    async with asyncio.timeout(5):
        await log.async_add(line("a"))
    assert not reader.done()
    closing = asyncio.create_task(async_close_audit_log(site.hass))
    await asyncio.sleep(0.1)
    assert not closing.done(), "somebody reads"
    goes_on.set()

    assert [one.entry.what for one in await reader] == ["a"]
    await closing
    assert handles(audit_path(site.hass)) == 0


async def test_nobody_waits_for_what_is_removed_once_a_day(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, doomed, goes_on = await async_audit_log(site.hass), AuditStore.doomed, threading.Event()
    monkeypatch.setattr(audit, "MOST_LINES", 1)

    def slowly(store: AuditStore, now: dt.datetime | None) -> list[str]:
        goes_on.wait(10)
        return doomed(store, now)

    monkeypatch.setattr(AuditStore, "doomed", slowly)
    async with asyncio.timeout(5):
        for name in ("a", "b", "c"):
            await log.async_add(line(name))
    goes_on.set()
    await site.hass.async_block_till_done(wait_background_tasks=True)

    assert [one.entry.what for one in await lines(site.hass)] == ["c"]


async def test_a_clock_that_jumps_by_years_removes_nothing(
    hass: HomeAssistant, driven_time: DrivenTime
) -> None:
    log = await async_audit_log(hass)
    for name, years in (("a", 3), ("b", 0)):
        await driven_time.through(log.async_add(line(name)))
        await driven_time.run(1)
        await driven_time.step(years * 365 * 86_400)

    assert [one.entry.what for one in await driven_time.through(lines(hass))] == ["a", "b"]
    await driven_time.run(25 * 3600)
    await driven_time.through(log.async_add(line("c")))
    await driven_time.run(1)
    assert [one.entry.what for one in await driven_time.through(lines(hass))] == ["b", "c"]


async def test_what_cannot_be_removed_is_said_and_keeps_nobody_from_anything(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("disk on fire")

    monkeypatch.setattr(AuditStore, "doomed", fail)
    log = await async_audit_log(site.hass)
    await log.async_add(line("a"))
    await site.hass.async_block_till_done(wait_background_tasks=True)
    assert ir.async_get(site.hass).async_get_issue(DOMAIN, "audit") is not None

    await log.async_add(line("b"))
    assert [one.entry.what for one in await lines(site.hass)] == ["a", "b"]


async def test_a_file_that_is_being_opened_for_somebody_who_has_left_is_closed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, open_store = await async_audit_log(site.hass), AuditStore.at
    has_begun, has_left = asyncio.Event(), threading.Event()

    def slowly(*args: Any) -> AuditStore:
        site.hass.loop.call_soon_threadsafe(has_begun.set)
        has_left.wait(10)
        return open_store(*args)

    monkeypatch.setattr(AuditStore, "at", slowly)
    leaver = asyncio.create_task(log.async_add(line("a")))
    await has_begun.wait()
    leaver.cancel()
    await asyncio.sleep(0)
    has_left.set()
    with pytest.raises(asyncio.CancelledError):
        await leaver

    assert handles(audit_path(site.hass)) == 0
    (read,) = await log.async_read(AuditStore.lines)
    assert read.entry.what == "a", "it waits for the next one"


async def test_it_goes_on_after_it_was_closed(site: Site) -> None:
    log = await async_audit_log(site.hass)
    ada = site.users[Role.TECHNICIAN]
    await async_verify(site.hass, ada, Permission.COMMAND, what="first")
    await async_close_audit_log(site.hass)
    await async_verify(site.hass, ada, Permission.COMMAND, what="second")

    assert await async_audit_log(site.hass) is not log
    assert [line.entry.what for line in await lines(site.hass)] == ["first", "second"]


async def test_meters_that_are_visible(site: Site) -> None:
    def units(role: Role | None, permission: Permission) -> set[int] | None:
        visible = visible_meters(site.hass, site.users[role], permission)
        return (
            None if visible is None else {unit for unit, serial in site.serials.items() if serial in visible}
        )

    assert units(Role.SUPPORT, Permission.SEE_ALERTS) is None
    assert units(Role.SUPPORT, Permission.SEE_RAW) == set()
    assert units(Role.LANDLORD, Permission.SEE_ALERTS) == {OWN, NEXT_DOOR}
    assert units(Role.TENANT, Permission.SEE_RAW) == {OWN}
    assert units(None, Permission.SEE_METERS) == set()
    assert visible_meters(site.hass, None, Permission.CONFIGURE) is None
