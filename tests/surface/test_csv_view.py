"""Downloads over real HTTP: who gets them, what is in them, and how half of one goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
import datetime as dt
import gzip
import logging
from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.test_utils import TestClient
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter import csv_view
from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.csv_export import EXPORT_URL, Wish, signed_link
from custom_components.csj_meter.csv_view import CsvView
from custom_components.csj_meter.history.troubles import TelemetryUnavailableError
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.audit import AuditLine, AuditStore
from custom_components.csj_meter.telemetry.export import Resolution
from custom_components.csj_meter.telemetry.series import DAY

from .conftest import Home, subentry_of
from .measured import NOW, OTHER, UNIT, MeasuredHome, rows_of
from .people import give_role

pytestmark = pytest.mark.loopback

DAYS = 12


@dataclass(frozen=True, slots=True)
class Reply:
    """What a downloader hears."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def rows(self) -> list[dict[str, str]]:
        return rows_of(self.body.decode())


class Downloader:
    """Somebody with a client."""

    def __init__(self, home: Home, client: TestClient[Any, Any]) -> None:
        self.home = home
        self.client = client

    async def get(self, path: str, **headers: str) -> Reply:
        async def do() -> Reply:
            async with self.client.get(
                path, headers={key.replace("_", "-"): value for key, value in headers.items()}
            ) as response:
                return Reply(response.status, response.headers, await response.read())

        return await self.home.time.through(do())


@pytest.fixture
async def measured(home: Home) -> MeasuredHome:
    """A bridge with two meters, one of which has been measured for some days."""
    bridge = home.with_meters(*(subentry_of(home.line.meters[unit]) for unit in (UNIT, OTHER)))
    assert await bridge.set_up()
    await bridge.time.run(5)
    found = MeasuredHome(bridge)
    await found.measure(UNIT, NOW - DAYS * DAY, DAYS * DAY)
    return found


@pytest.fixture
async def visitor(measured: MeasuredHome, hass_client_no_auth: ClientSessionGenerator) -> Downloader:
    """Somebody who is not logged in."""
    return Downloader(measured.home, await measured.home.time.through(hass_client_no_auth()))


def path_of(wish: Wish) -> str:
    return f"{EXPORT_URL}?{wish.query}"


def wish_of(measured: MeasuredHome, **changes: Any) -> Wish:
    wanted: dict[str, Any] = {
        "serials": (measured.home.serial(UNIT),),
        "since": NOW - DAYS * DAY,
        "until": NOW,
    } | changes
    return Wish(**wanted)


def link(measured: MeasuredHome, minutes: int = 60, **changes: Any) -> str:
    wish = wish_of(measured, **changes)
    made = signed_link(measured.home.hass, wish, dt.timedelta(minutes=minutes), for_anybody=True)
    assert made is not None
    return made


async def came_of_it(measured: MeasuredHome) -> list[str]:
    """What the audit log has of each download, the newest first."""

    async def read() -> list[AuditLine]:
        return await (await async_audit_log(measured.home.hass)).async_read(AuditStore.lines)

    lines = await measured.home.time.through(read())
    return [f"{line.word} {'' if line.outcome is None else line.outcome.detail}".strip() for line in lines]


async def bearer(hass: HomeAssistant, user: MockUser) -> str:
    """Make a user logged in."""
    token = await hass.auth.async_create_refresh_token(user, "http://example.invalid")
    return f"Bearer {hass.auth.async_create_access_token(token)}"


# what is sent


async def test_a_link_gives_the_measurements(measured: MeasuredHome, visitor: Downloader) -> None:
    reply = await visitor.get(link(measured))

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    serial = measured.home.serial(UNIT)
    assert reply.headers["Content-Disposition"] == (
        f'attachment; filename="csj_meter_{serial}_minute_20261019T1000Z_20261031T1000Z.csv"'
    )
    assert len(reply.rows) == DAYS * DAY
    first, last = reply.rows[0], reply.rows[-1]
    assert (first["utc_time"], first["name"], first["provenance"]) == (
        "2026-10-19T10:00:00Z",
        f"Home {UNIT}",
        "measured",
    )
    assert (last["voltage_l1 [V]"], last["energy_import [kWh]"]) == ("235.9", "1172.79")
    # the meter offers more than was measured
    assert first["active_power [W]"] == ""
    assert "balance [EUR]" in first


async def test_all_meters_follow_one_another(measured: MeasuredHome, visitor: Downloader) -> None:
    await measured.measure(OTHER, NOW - 10, 5)

    reply = await visitor.get(link(measured, serials=(), since=NOW - 10))

    serials = sorted([measured.home.serial(UNIT)] * 10 + [measured.home.serial(OTHER)] * 5)
    assert [row["meter"] for row in reply.rows] == serials


async def test_meters_that_were_removed_are_exported_without_a_name(
    measured: MeasuredHome, visitor: Downloader
) -> None:
    entry = measured.home.entry
    (subentry_id,) = [one.subentry_id for one in entry.subentries.values() if one.title == f"Home {UNIT}"]
    hass = measured.home.hass
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await measured.home.time.run(10)

    reply = await visitor.get(link(measured, since=NOW - 3))

    assert [row["name"] for row in reply.rows] == ["", "", ""]


async def test_hours_days_and_gzip(measured: MeasuredHome, visitor: Downloader) -> None:
    hours = await visitor.get(link(measured, resolution=Resolution.HOUR, since=NOW - DAY + 17))
    packed = await visitor.get(link(measured, resolution=Resolution.DAY, compressed=True))

    # the hour in which it begins is there as a whole
    assert hours.rows[0]["utc_time"] == "2026-10-30T10:00:00Z"
    assert hours.rows[0]["energy_import_used [kWh]"] == "0.60"
    assert packed.headers["Content-Type"] == "application/gzip"
    assert packed.headers["Content-Disposition"].endswith('.csv.gz"')
    days = rows_of(gzip.decompress(packed.body).decode())
    assert {row["minutes"] for row in days} <= {"1440", "1500"}
    assert len(days) >= DAYS - 1


async def test_a_spreadsheet_gets_its_own_marks(measured: MeasuredHome, visitor: Downloader) -> None:
    reply = await visitor.get(link(measured, dialect="spreadsheet_comma", since=NOW - 1))

    assert reply.body.startswith(b"\xef\xbb\xbfutc_time;local_time;")
    assert b";235,9;" in reply.body


async def test_a_meter_without_measurements_has_a_header(measured: MeasuredHome, visitor: Downloader) -> None:
    reply = await visitor.get(link(measured, serials=(measured.home.serial(OTHER),)))

    assert reply.status == 200
    assert reply.rows == []
    assert reply.body.startswith(b"utc_time,")


# who gets it


async def test_strangers_get_nothing(measured: MeasuredHome, visitor: Downloader) -> None:
    good = link(measured)
    wish = wish_of(measured)
    reply = await visitor.get(path_of(wish))
    other = await visitor.get(good.replace("minute", "hour"))
    bare = await visitor.get(EXPORT_URL)

    assert [one.status for one in (reply, other, bare)] == [401, 401, 401]


async def test_a_link_expires(measured: MeasuredHome, visitor: Downloader) -> None:
    good = link(measured, minutes=5, since=NOW - 1)
    await measured.home.time.run(250)
    assert (await visitor.get(good)).status == 200

    await measured.home.time.run(100)
    assert (await visitor.get(good)).status == 401


async def test_administrators_need_no_link_and_others_have_no_use_for_one_of_their_own(
    measured: MeasuredHome, visitor: Downloader, hass_read_only_user: MockUser
) -> None:
    hass = measured.home.hass
    admin = MockUser(is_owner=True).add_to_hass(hass)
    wish = wish_of(measured, since=NOW - 2)

    assert (await visitor.get(path_of(wish), Authorization=await bearer(hass, admin))).status == 200

    reader = await bearer(hass, hass_read_only_user)
    assert (await visitor.get(path_of(wish), Authorization=reader)).status == 401
    # not with a signature that means nothing, nor with one of their own
    assert (await visitor.get(f"{path_of(wish)}&authSig=x", Authorization=reader)).status == 401
    token = next(iter(hass_read_only_user.refresh_tokens.values()))
    own = async_sign_path(hass, path_of(wish), dt.timedelta(hours=1), refresh_token_id=token.id)
    assert (await visitor.get(own)).status == 401


async def test_a_link_leaves_no_trace_in_the_log(
    measured: MeasuredHome, visitor: Downloader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # as Home Assistant does when it starts
    made = link(measured, since=NOW - 1)

    assert (await visitor.get(made)).status == 200

    assert made.partition("authSig=")[2] not in caplog.text


# what is refused


async def test_what_is_wrong_is_answered(measured: MeasuredHome, visitor: Downloader) -> None:
    hour = dt.timedelta(hours=1)
    for query, field in (
        ("since=2026-10-30T10:00Z", "until"),
        ("since=2026-10-30T10:00Z&until=2026-10-31T10:00Z&meters=999", "meters"),
    ):
        reply = await visitor.get(async_sign_path(measured.home.hass, f"{EXPORT_URL}?{query}", hour))

        assert reply.status == 400
        assert f'"code":"{field}"'.encode() in reply.body
    assert await came_of_it(measured) == ["failed no_such_meter", "failed malformed"]


async def test_without_a_bridge_there_is_nothing_to_export(
    measured: MeasuredHome, visitor: Downloader
) -> None:
    await measured.home.tear_down()

    assert (await visitor.get(link(measured))).status == 503
    assert await came_of_it(measured) == ["failed no_bridge_set_up"]


async def test_a_database_that_cannot_be_read_is_told(
    measured: MeasuredHome, visitor: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise TelemetryUnavailableError("disk on fire")

    monkeypatch.setattr("custom_components.csj_meter.history.telemetry.Telemetry.async_read", fail)
    reply = await visitor.get(link(measured))

    assert (reply.status, b"telemetry_unavailable" in reply.body) == (503, True)
    assert await came_of_it(measured) == ["failed telemetry_unavailable"]


# half a download goes on


async def test_a_download_goes_on_where_it_was_cut_off(measured: MeasuredHome, visitor: Downloader) -> None:
    address = link(measured)
    whole = await visitor.get(address)
    tag = whole.headers["ETag"]

    for offset in (1, 100, len(whole.body) // 2, len(whole.body) - 1):
        for condition in ({}, {"If_Range": tag}):
            rest = await visitor.get(address, Range=f"bytes={offset}-", **condition)
            assert rest.status == 206
            size = len(whole.body)
            assert rest.headers["Content-Range"] == f"bytes {offset}-{size - 1}/{size}"
            assert rest.headers["Content-Length"] == str(size - offset)
            assert rest.headers["ETag"] == tag
            assert whole.body[:offset] + rest.body == whole.body


async def test_a_download_that_was_dropped_early_goes_on_as_well(
    measured: MeasuredHome, visitor: Downloader
) -> None:
    address = link(measured)
    half = b""

    async def read_a_little() -> None:
        nonlocal half
        async with visitor.client.get(address) as response:
            half = await response.content.readexactly(1000)
            response.close()

    await measured.home.time.through(read_a_little())
    await measured.home.time.run(1)
    assert await came_of_it(measured) == ["failed cut_off"]
    rest = await visitor.get(address, Range="bytes=1000-")

    assert rest.status == 206
    assert rows_of((half + rest.body).decode()) == (await visitor.get(address)).rows


async def test_what_is_past_the_end_or_never_began_is_not_resumed(
    measured: MeasuredHome, visitor: Downloader
) -> None:
    address = link(measured)
    unknown = await visitor.get(address, Range="bytes=1000-")
    size = len(unknown.body)
    past = await visitor.get(address, Range=f"bytes={size}-")
    stale = await visitor.get(address, Range="bytes=1000-", If_Range='"0123"')
    dated = await visitor.get(address, Range="bytes=1000-", If_Range="Sat, 31 Oct 2026 10:00:00 GMT")
    several = await visitor.get(address, Range="bytes=0-5,10-20")
    assert Counter(await came_of_it(measured)) == {"done": 4, "failed nothing_left": 1}

    assert unknown.status == 200
    assert (past.status, past.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert [one.status for one in (stale, dated, several)] == [200, 200, 200]
    assert {one.body for one in (stale, dated, several)} == {unknown.body}


async def test_a_download_is_sent_anew_when_its_measurements_have_changed(
    measured: MeasuredHome, visitor: Downloader
) -> None:
    address = link(measured)
    whole = await visitor.get(address)
    await measured.measure(UNIT, NOW - DAYS * DAY, DAYS * DAY, volts=2400)

    rest = await visitor.get(address, Range="bytes=1000-", If_Range=whole.headers["ETag"])

    assert rest.status == 200
    assert rest.headers["ETag"] != whole.headers["ETag"]
    assert len(rest.rows) == len(whole.rows)
    assert rest.rows[0]["voltage_l1 [V]"] == "240.0"


async def test_a_database_that_fails_on_the_way_breaks_the_answer_off(
    measured: MeasuredHome, visitor: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = link(measured)
    part, calls = csv_view._async_part, 0

    async def fail_late(*args: Any) -> bytes:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise TelemetryUnavailableError("disk on fire")
        return await part(*args)

    with monkeypatch.context() as patched:
        patched.setattr(csv_view, "_async_part", fail_late)
        with pytest.raises(ClientPayloadError):
            await visitor.get(address)

    assert (await visitor.get(address)).status == 200
    assert await came_of_it(measured) == ["done", "failed telemetry_unavailable"]


def test_the_view_asks_who_is_there() -> None:
    assert CsvView.requires_auth


async def test_who_sees_no_money_gets_no_columns_of_it_and_no_half_of_another_download(
    measured: MeasuredHome, visitor: Downloader, hass_read_only_user: MockUser
) -> None:
    hass = measured.home.hass
    owner = MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    await give_role(hass, hass_read_only_user, Role.TECHNICIAN)
    path = path_of(wish_of(measured))
    whole = await visitor.get(path, Authorization=await bearer(hass, owner))
    assert "balance [EUR]" in whole.rows[0]

    reply = await visitor.get(path, Authorization=await bearer(hass, hass_read_only_user))
    assert reply.status == 200
    assert not [column for column in reply.rows[0] if "EUR" in column]
    assert reply.rows[0]["voltage_l1 [V]"] == whole.rows[0]["voltage_l1 [V]"]

    token = await bearer(hass, hass_read_only_user)
    rest = await visitor.get(path, Authorization=token, Range="bytes=100-", If_Range=whole.headers["ETag"])
    assert rest.status == 200
    assert not [column for column in rest.rows[0] if "EUR" in column]
