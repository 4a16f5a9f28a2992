"""The audit log as a table: for owners, page by page, and what came of it is a line too."""

from __future__ import annotations

import csv
import datetime as dt
from http import HTTPStatus
import io
from typing import Any

from aiohttp import ClientPayloadError
import pytest

from custom_components.csj_meter.access import audit_view
from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.access.audit_view import AUDIT_URL, AuditView
from custom_components.csj_meter.access.doors import async_verify
from custom_components.csj_meter.site.access import Permission, Role
from custom_components.csj_meter.site.audit import AuditLine, AuditStore
from custom_components.csj_meter.telemetry.errors import StoreUnavailableError

from .conftest import Site, line, lines

pytestmark = pytest.mark.loopback


async def test_owners_download_it_as_a_table(site: Site) -> None:
    await async_verify(site.hass, site.users[Role.TECHNICIAN], Permission.COMMAND, what="a test")
    headers = {"Authorization": f"Bearer {site.tokens[Role.OWNER]}"}
    async with site.client.get(AUDIT_URL, headers=headers) as response:
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(await response.text())))
    assert [(row["name"], row["what"]) for row in rows] == [
        ("Technician", "a test"),
        ("Owner", "api:csj_meter:audit"),  # that it was taken away is a line of it
    ]

    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with site.client.get(f"{AUDIT_URL}?since={later}", headers=headers) as response:
        assert len((await response.text()).splitlines()) == 1
    for query in ("since=yesterday", "since=2026-11-02T12:00:00", f"from={later}"):
        async with site.client.get(f"{AUDIT_URL}?{query}", headers=headers) as response:
            assert response.status == 400, query
        last = (await lines(site.hass))[-1]
        assert (last.word, last.outcome and last.outcome.detail) == ("failed", "malformed")


async def test_of_a_long_log_no_more_than_a_page_is_read_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_view, "PAGE", 2)
    asked, real = [], AuditStore.lines_after

    def counted(store: AuditStore, number: int, **more: Any) -> list[AuditLine]:
        found = real(store, number, **more)
        asked.append(len(found))
        return found

    monkeypatch.setattr(AuditStore, "lines_after", counted)
    log = await async_audit_log(site.hass)
    await log.async_add(*(line(name) for name in "abcd"))
    headers = {"Authorization": f"Bearer {site.tokens[Role.OWNER]}"}
    async with site.client.get(AUDIT_URL, headers=headers) as response:
        rows = list(csv.DictReader(io.StringIO(await response.text())))

    assert [row["what"] for row in rows] == [*"abcd", AuditView.name]
    assert asked == [2, 2, 1]


@pytest.mark.parametrize(
    ("read_to", "status"),
    [(-1, HTTPStatus.SERVICE_UNAVAILABLE), (2, HTTPStatus.OK)],
    ids=["at once", "later"],
)
async def test_a_log_that_cannot_be_read_is_not_said_to_be_taken_away(
    site: Site, monkeypatch: pytest.MonkeyPatch, read_to: int, status: HTTPStatus
) -> None:
    monkeypatch.setattr(audit_view, "PAGE", 2)
    real = AuditStore.lines_after

    def fail(store: AuditStore, number: int, **more: Any) -> list[AuditLine]:
        if number > read_to:
            raise StoreUnavailableError("disk on fire")
        return real(store, number, **more)

    monkeypatch.setattr(AuditStore, "lines_after", fail)
    log = await async_audit_log(site.hass)
    await log.async_add(*(line(name) for name in "abcd"))
    headers = {"Authorization": f"Bearer {site.tokens[Role.OWNER]}"}
    async with site.client.get(AUDIT_URL, headers=headers) as response:
        assert response.status == status
        if status is HTTPStatus.OK:
            with pytest.raises(ClientPayloadError):
                await response.read()

    last = (await lines(site.hass))[-1]
    assert (last.word, last.outcome and last.outcome.detail) == ("failed", "audit_unreadable")
