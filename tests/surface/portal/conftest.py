"""Tenants with phones: a bridge with prepaid meters, links to the portal, and real HTTP clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
import datetime as dt
from decimal import Decimal
import json
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession, CookieJar
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.const import CONF_KEY
from custom_components.csj_meter.money.prepayment import async_prepayment
from custom_components.csj_meter.portal import page
from custom_components.csj_meter.portal.guard import OWN_HEADER
from custom_components.csj_meter.prepay.movement import Actor
from custom_components.csj_meter.site.audit import AuditLine
from custom_components.csj_meter.site.tenants import Tenancy
from custom_components.csj_meter.tenants.links import PORTAL_URL, async_make_link
from custom_components.csj_meter.tenants.moving import async_move_in, async_turn, new_id

from ..conftest import Home, subentry_of

UNIT, OTHER = 2, 5
"""Unit ids of two prepaid meters: of Ada and of Bob."""

OWN: Final = {OWN_HEADER: "1", "Content-Type": "application/json"}
"""What the page sends with all that changes something."""

JSON_NOTHING: Final = b"{}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a phone hears."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content

    @property
    def short(self) -> tuple[int, str]:
        return self.status, str(self.told.get("error"))


@dataclass(slots=True)
class Phone:
    """A phone, with the cookies that it was given."""

    home: Home
    session: ClientSession
    url: str
    base: dict[str, str] = field(default_factory=dict)
    """Headers of all that it asks for."""

    async def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """Ask for something, as it stands: no path is tidied up."""
        named = {**self.base, **{key.replace("_", "-"): value for key, value in headers.items()}}

        async def do() -> Reply:
            async with self.session.request(
                method, URL(f"{self.url}{path}", encoded=True), data=body, headers=named
            ) as response:
                return Reply(response.status, response.headers, await response.read())

        return await self.home.time.through(do())

    async def get(self, path: str) -> Reply:
        return await self.ask("GET", f"{PORTAL_URL}/{path}")

    async def post(self, path: str, content: Any, **headers: str) -> Reply:
        """As the page does."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await self.ask("POST", f"{PORTAL_URL}/{path}", body, **{**OWN, **headers})

    async def sign_in(self, token: str) -> Reply:
        return await self.post("session", {"token": token})


@dataclass(slots=True)
class Portal:
    """The whole of it, from both sides."""

    home: Home
    ada: Tenancy
    bob: Tenancy
    phone: Callable[[], Awaitable[Phone]]

    @property
    def hass(self) -> HomeAssistant:
        return self.home.hass

    async def link(self, tenancy: Tenancy) -> str:
        """A new link for somebody: its token."""
        link = await self.home.time.through(async_make_link(self.hass, tenancy.id))
        return link.partition("#")[2]

    async def opened(self, tenancy: Tenancy | None = None) -> Phone:
        """A phone on which the portal is open."""
        phone, token = await self.phone(), await self.link(tenancy or self.ada)
        assert (await phone.sign_in(token)).status == 200
        return phone

    async def voucher(self, amount: float = 20, unit_id: int | None = None) -> str:
        """The code of a new voucher."""
        hass = self.hass

        async def make() -> str:

            money = await async_prepayment(hass)
            made = await money.vouchers.create(
                Decimal(str(amount)),
                dt_util.utcnow() + dt.timedelta(days=30),
                unit="EUR",
                actor=Actor(id=None, name="landlord"),
                serial=None if unit_id is None else self.home.serial(unit_id),
            )
            return str(made.code)

        return await self.home.time.through(make())

    def on_the_meter(self, unit_id: int = UNIT) -> int:
        """How often it was topped up."""
        meter = self.home.line.meters[unit_id]
        return int(meter.credit_at(meter.local(self.home.time.wall)).top_up_count)

    async def audited(self) -> list[AuditLine]:
        """What is in the audit log, the newest first."""

        async def read() -> list[AuditLine]:
            return await (await async_audit_log(self.hass)).async_read(lambda store: store.lines())

        return await self.home.time.through(read())

    async def lines(self) -> list[str]:
        """The same in short."""
        return [f"{line.entry.what} {line.word}" for line in await self.audited()]


async def moved_in(home: Home, name: str, unit_id: int, **more: Any) -> Tenancy:
    """Somebody has moved in just now."""

    async def do() -> Tenancy:
        serial = home.serial(unit_id)
        turn = await async_turn(home.hass, serial, None)
        return await async_move_in(
            home.hass, Tenancy(id=new_id(), serial=serial, name=name, moved_in=turn, **more)
        )

    return await home.time.through(do())


@pytest.fixture
async def tenants_home(home: Home, everything_enabled: None) -> Home:
    """Two prepaid meters whose keys are known, set up."""
    meters = home.line.meters
    for meter in meters.values():
        meter.end_habits()  # nobody but these tests tops up
    bridge = home.with_meters(
        *(subentry_of(meters[unit], **{CONF_KEY: meters[unit].nameplate.key}) for unit in (UNIT, OTHER))
    )
    assert await bridge.set_up()
    await bridge.time.run(90)
    return bridge


@pytest.fixture
async def portal(
    tenants_home: Home,
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Portal]:
    """Ada and Bob live there, and have no link yet."""
    (tmp_path / "portal.js").write_text('import{a as b}from"./elements.js";b();import("./later.js");')
    (tmp_path / "elements.js").write_text("export const a = 1;" * 50)
    (tmp_path / "panel.js").write_text("secret")
    monkeypatch.setattr(page, "FOLDER", tmp_path)
    time = tenants_home.time
    client = await time.through(hass_client_no_auth())
    sessions: list[ClientSession] = []

    async def phone() -> Phone:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        sessions.append(session)
        return Phone(tenants_home, session, f"http://{client.host}:{client.port}")

    ada = await moved_in(tenants_home, "Ada Lovelace", UNIT)
    bob = await moved_in(tenants_home, "Bob Babbage", OTHER)
    portal = Portal(tenants_home, ada, bob, phone)
    yield portal
    for session in sessions:
        await session.close()
