"""Who gets in, and that nobody else hears anything: not by a text, not by an address, not by a log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
import hmac
from http import HTTPStatus
import logging
from pathlib import Path

import pytest

from custom_components.csj_meter.portal.guard import _GUARD, COOKIE, Doing, guard_of
from custom_components.csj_meter.site.access import Permission
from custom_components.csj_meter.site.tenants import Tenancies, digest_of, new_token
from custom_components.csj_meter.tenants.book import async_tenants
from custom_components.csj_meter.tenants.links import PORTAL_URL, async_revoke_link
from custom_components.csj_meter.tenants.moving import async_move_out, async_turn

from ..test_secrets import files
from .conftest import JSON_NOTHING, OWN, UNIT, Phone, Portal

pytestmark = pytest.mark.loopback

DATA = (
    ("GET", "api/overview"),
    ("GET", "api/hours?day=2026-10-31"),
    ("GET", "api/csv?resolution=hour"),
    ("GET", "api/statement?month=2026-10"),
    ("POST", "api/top_up"),
    ("POST", "api/message"),
    ("POST", "api/dismiss_tip"),
)
"""All that is somebody's."""


async def refused_everywhere(phone: Phone) -> set[tuple[int, bytes]]:
    """What is heard at each address: status and body."""
    heard = set()
    for method, path in DATA:
        body = b"{}" if method == "POST" else None
        reply = await phone.ask(method, f"{PORTAL_URL}/{path}", body, **(OWN if body else {}))
        heard.add((reply.status, reply.body))
    return heard


async def test_a_link_opens_the_portal_of_its_tenant(portal: Portal) -> None:
    phone = await portal.phone()
    token = await portal.link(portal.ada)
    reply = await phone.sign_in(token)

    assert (reply.status, reply.body) == (200, b"{}")
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}={token};")
    assert {"HttpOnly", f"Path={PORTAL_URL}", "SameSite=Strict"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert (await phone.get("api/overview")).told["tenant"] == "Ada Lovelace"
    assert "portal: sign in done" in await portal.lines()

    assert (await phone.ask("DELETE", f"{PORTAL_URL}/session", b"{}", **OWN)).status == 200
    assert (await phone.get("api/overview")).short == (401, "not_open")


async def test_whoever_has_no_good_link_hears_the_same_everywhere(portal: Portal) -> None:
    old = await portal.opened()
    revoked_token = await portal.link(portal.ada)  # the one before ends
    revoked = await portal.phone()
    assert (await revoked.sign_in(revoked_token)).status == 200
    await portal.home.time.through(async_revoke_link(portal.hass, portal.ada.id))
    gone = await portal.opened(portal.bob)
    await portal.home.time.run(60)
    turn = await portal.home.time.through(async_turn(portal.hass, portal.bob.serial, None))
    await portal.home.time.through(async_move_out(portal.hass, portal.bob.id, turn))
    stranger, nobody = await portal.phone(), await portal.phone()
    stranger.base = {"Cookie": f"{COOKIE}={new_token()}"}

    one_answer = {(401, b'{"error":"not_open"}')}
    assert await refused_everywhere(old) == one_answer
    assert await refused_everywhere(nobody) | await refused_everywhere(stranger) <= {
        *one_answer,
        (429, b'{"error":"too_many"}'),
    }
    await portal.home.time.run(700)
    assert await refused_everywhere(revoked) == one_answer
    await portal.home.time.run(700)
    assert await refused_everywhere(gone) == one_answer
    await portal.home.time.run(700)
    refusals = {(await nobody.sign_in(token)).body for token in (new_token(), revoked_token, "", "x" * 300)}
    assert refusals == {b'{"error":"not_open"}'}


async def test_unknown_and_revoked_links_are_looked_for_in_the_same_way(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time is not measured, it is counted: as many comparisons, of as many letters, whatever the token."""
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def counting(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return bool(real(one, other))

    monkeypatch.setattr(hmac, "compare_digest", counting)
    revoked = await portal.link(portal.ada)
    good = await portal.link(portal.ada)
    phone, counts = await portal.phone(), []
    for token in (new_token(), revoked, "short", "x" * 128, good):
        compared.clear()
        await phone.sign_in(token)
        counts.append(tuple(compared))
    assert set(counts) == {((64, 64), (64, 64))}


async def test_only_so_many_sign_ins_are_let_in(portal: Portal) -> None:
    phone, token = await portal.phone(), await portal.link(portal.ada)
    assert [(await phone.sign_in(token)).status for _ in range(31)] == [200] * 30 + [429]
    await portal.home.time.run(3601)
    assert (await phone.sign_in(token)).status == 200


async def test_brute_force_is_refused_and_written_down_and_locks_out_nobody(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    neighbour, token = await portal.opened(portal.bob), await portal.link(portal.ada)
    attacker = await portal.phone()
    statuses = [(await attacker.sign_in(new_token())).status for _ in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    blocked = await attacker.sign_in(new_token())
    assert blocked.short == (429, "too_many")
    assert 0 < int(blocked.headers["Retry-After"]) <= 600
    assert "wrong links too often from 127.0.0.1" in caplog.text
    assert caplog.text.count("wrong links too often") == 1
    refused = [line for line in await portal.lines() if line == "portal: sign in refused"]
    assert len(refused) == 1  # within a minute

    # others share the address, of a proxy say; also after a restart, when nobody was let in yet
    del portal.hass.data[_GUARD]
    assert [(await attacker.sign_in(new_token())).status for _ in range(11)] == [401] * 10 + [429]
    assert (await neighbour.get("api/overview")).status == 200
    assert (await (await portal.phone()).sign_in(token)).status == 200
    assert (await attacker.sign_in(new_token())).status == 429
    await portal.home.time.run(601)
    assert (await attacker.sign_in(new_token())).status == 401


async def test_the_link_of_somebody_else_opens_only_when_that_was_meant(portal: Portal) -> None:
    """Whoever sends it would get the vouchers that are entered next."""
    phone, other = await portal.opened(portal.ada), await portal.link(portal.bob)
    assert (await phone.sign_in(other)).short == (409, "another_is_open")
    assert (await phone.get("api/overview")).told["tenant"] == "Ada Lovelace"
    assert (await phone.post("session", {"token": other, "instead": "yes"})).status == 400

    assert (await phone.post("session", {"token": other, "instead": True})).status == 200
    assert (await phone.get("api/overview")).told["tenant"] == "Bob Babbage"
    # a new link of the same tenant takes the place of the one before
    assert (await phone.sign_in(await portal.link(portal.bob))).status == 200
    assert (await phone.ask("DELETE", f"{PORTAL_URL}/session", JSON_NOTHING, **OWN)).status == 200
    assert (await phone.sign_in(await portal.link(portal.ada))).status == 200


async def test_a_body_that_never_comes_is_not_waited_for(portal: Portal) -> None:
    phone = await portal.phone()

    async def stall() -> int:
        async def drip() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.sleep(60)

        url = f"{phone.url}{PORTAL_URL}/session"
        async with phone.session.post(url, data=drip(), headers=OWN) as response:
            return response.status

    assert await portal.home.time.through(stall()) == HTTPStatus.BAD_REQUEST


async def test_no_token_is_in_an_address_a_log_a_file_or_a_state(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("aiohttp.access", "aiohttp", "homeassistant.components.http", "custom_components.csj_meter"):
        caplog.set_level(logging.DEBUG, name)
    token, phone = await portal.link(portal.ada), await portal.phone()
    wrong = new_token()
    await phone.sign_in(token)
    await phone.sign_in(wrong)
    page = await phone.ask("GET", PORTAL_URL)
    overview = await phone.get("api/overview")
    await phone.get("api/csv?resolution=hour")
    await phone.post("api/top_up", {"kind": "voucher", "code": "nonsense", "key": "k" * 20})
    assert await portal.home.tear_down()
    await portal.home.time.run(100)

    said = [caplog.text, page.body.decode(), overview.body.decode()]
    said += [str(state.as_dict()) for state in portal.hass.states.async_all()]
    said += await portal.hass.async_add_executor_job(files, Path(portal.hass.config.config_dir), "-")
    for secret in (token, wrong):
        assert not [text for text in said if secret in text]
    # of the link there is the hash, in its one place
    assert sum(digest_of(token) in text for text in said) == 1


async def test_every_answer_keeps_browsers_strict(portal: Portal) -> None:
    phone = await portal.opened()
    version = (await phone.ask("GET", PORTAL_URL)).body.decode().split("/files/")[1].partition("/")[0]
    for path in ("", "/manifest.webmanifest", f"/files/{version}/portal.js", "/api/overview", "/api/hours"):
        reply = await phone.ask("GET", f"{PORTAL_URL}{path}")
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        expected = "public, max-age=31536000, immutable" if "/files/" in path else "no-store"
        assert reply.headers["Cache-Control"] == expected
        assert "Access-Control-Allow-Origin" not in reply.headers
    statement = await phone.get("api/statement?month=2026-10")
    assert "script" not in statement.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X_CSJ_Portal": ""},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_no_other_site_has_something_done(portal: Portal, headers: dict[str, str]) -> None:
    phone, code = await portal.opened(), await portal.voucher()
    before = portal.on_the_meter()
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    for path, content in (
        ("api/top_up", {"kind": "voucher", "code": code, "key": "k" * 20}),
        ("api/message", {"text": "Hello"}),
        ("api/dismiss_tip", {"key": "0" * 16}),
        ("session", {"token": "x"}),
    ):
        reply = await phone.post(path, content, **named)
        assert reply.short == (403, "not_from_here"), path
    assert portal.on_the_meter() == before
    assert {"portal: top up refused", "portal: message refused", "portal: sign in refused"} <= set(
        await portal.lines()
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"kind":"voucher"}',
        b'{"kind":"voucher","code":"A","key":"kkkkkkkkkkkkkkkkkkkk","meter":"CSJ000000001"}',
        b'{"kind":"voucher","code":"A","code":"B","key":"kkkkkkkkkkkkkkkkkkkk"}',
        b'{"kind":"cash","code":"A","key":"kkkkkkkkkkkkkkkkkkkk"}',
        b'{"kind":"voucher","code":7,"key":"kkkkkkkkkkkkkkkkkkkk"}',
        b'{"kind":"voucher","code":"A","key":"short"}',
        b'{"kind":"voucher","code":"A","key":"../../../../etc/passwd"}',
        b'{"kind":"voucher","code":"' + b"A" * 5000 + b'","key":"kkkkkkkkkkkkkkkkkkkk"}',
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ],
)
async def test_what_is_malformed_is_refused_and_written_down(portal: Portal, body: bytes) -> None:
    phone = await portal.opened()
    assert (await phone.post("api/top_up", body)).short == (400, "malformed")
    assert "portal: top up refused" in await portal.lines()
    assert (await phone.post("api/top_up", body, **{"Content-Encoding": "gzip"})).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "files/x/portal.js",
        "files/{version}/panel.js",
        "files/{version}/later.js",
        "files/{version}/portal.js%00.png",
        "files/{version}/portal.js/",
        "api",
        "api/overview/1",
        ".git/config",
        "nothing",
    ],
)
async def test_tricks_with_paths_lead_nowhere(portal: Portal, path: str) -> None:
    phone = await portal.opened()
    version = (await phone.ask("GET", PORTAL_URL)).body.decode().split("/files/")[1].partition("/")[0]
    reply = await phone.get(path.format(version=version))
    # one answer for all of them, also for what is there and is none of a phone's business
    assert (reply.status, reply.body) == (HTTPStatus.NOT_FOUND, b'{"error":"nothing_yet"}')
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert "portal: address refused" in await portal.lines()


@pytest.mark.parametrize(
    "path",
    [
        "files/../../session",
        "files/..%2fportal.js",
        "files/%2e%2e%2f%2e%2e%2fsecrets.yaml",
        "api/csv/../overview",
        "api/csv/%2e%2e/overview",
        "../../api/states",
    ],
)
async def test_ways_up_do_not_come_as_far(portal: Portal, path: str) -> None:
    """Home Assistant itself takes no such address, whatever it is the name of."""
    phone = await portal.opened()
    reply = await phone.get(path)
    assert (reply.status, reply.body) == (HTTPStatus.BAD_REQUEST, b"400: Bad Request")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods_are_not_there(portal: Portal, method: str) -> None:
    phone = await portal.opened()
    for path in ("api/top_up", "api/overview"):
        reply = await phone.ask(method, f"{PORTAL_URL}/{path}", b"{}", **OWN)
        assert reply.status in (
            HTTPStatus.METHOD_NOT_ALLOWED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
        )


async def test_a_tenant_asks_only_so_often(portal: Portal) -> None:
    phone = await portal.opened()
    url = f"{phone.url}{PORTAL_URL}/api/hours?day=x"

    async def many() -> list[int]:
        return [(await phone.session.get(url)).status for _ in range(245)]

    statuses = await portal.home.time.through(many())
    assert statuses[:200] == [400] * 200
    assert statuses[-1] == 429
    await portal.home.time.run(61)
    assert (await phone.get("api/hours?day=2026-10-31")).status == 200


async def test_the_portal_opens_for_nobody_when_tenants_were_forgotten(portal: Portal) -> None:
    phone = await portal.opened()
    book = await async_tenants(portal.hass)
    await portal.home.time.through(book.async_change(lambda _: Tenancies()))
    assert (await phone.get("api/overview")).short == (401, "not_open")


@pytest.mark.parametrize(("failures", "word"), [([], "unknown"), (["cut_off"], "failed")])
async def test_what_was_cancelled_is_not_said_to_be_done(
    portal: Portal, failures: list[str], word: str
) -> None:
    guard = guard_of(portal.hass)

    async def cancelled() -> None:
        async with guard.async_audited(portal.ada, Permission.REDEEM, Doing.TOP_UP) as fail:
            for failure in failures:
                fail(failure)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await portal.home.time.through(cancelled())

    assert (await portal.lines())[0] == f"portal: top up {word}"


async def test_a_log_that_stays_holds_no_name(portal: Portal) -> None:
    phone = await portal.opened()
    await phone.post("api/message", {"text": "The tap drips"})
    lines = [line for line in await portal.audited() if line.entry.what.startswith("portal")]
    assert {line.entry.what for line in lines} >= {"portal: sign in", "portal: message"}

    for line in lines:
        assert line.entry.name == "portal"
        assert line.entry.user_id in (None, portal.ada.id)
        assert "Ada" not in str(line)
        assert line.entry.serial in (None, portal.home.serial(UNIT))
