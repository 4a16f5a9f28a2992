"""The real parts at the other end of delivery: a phone, a mail server, and the technicians' own system."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
import hashlib
import hmac
from itertools import count
import json
from typing import Any

from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer
from aiosmtpd.smtp import SMTP, Envelope
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

SECRET = "not a secret: of the tests alone"

type Connect = Callable[[], Awaitable[ClientWebSocketResponse]]


@dataclass(slots=True)
class Mailbox:
    """An SMTP server on loopback, and the mails that it took."""

    port: int = 0
    mails: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - its name
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.put_nowait(mail)
        return "250 OK"


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    async with server:
        yield mailbox


async def set_up_mail(hass: HomeAssistant, port: int, address: str) -> str:
    """Home Assistant's own mail integration; gives the notify entity."""
    entry = MockConfigEntry(
        domain="smtp",
        title="Meters",
        data={
            "server": "127.0.0.1",
            "port": port,
            "encryption": "none",
            "verify_ssl": False,
            "sender": "meters@example.org",
        },
        options={"timeout": 5},
        subentries_data=[
            ConfigSubentryData(data={}, subentry_type="recipient", title="Bob", unique_id=address)
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(0)
    (entity_id,) = hass.states.async_entity_ids("notify")
    return entity_id


@dataclass(slots=True)
class Phone:
    """The Home Assistant app on a phone, with its local push channel open."""

    client: TestClient[Any, Any]
    socket: ClientWebSocketResponse
    webhook_id: str
    action: str
    """The notify action that reaches it."""

    numbers: Iterator[int] = field(default_factory=lambda: count(90))

    shown: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    """What it has shown, the oldest first."""

    async def listen(self) -> None:
        """Take notifications and confirm them, as the app does, until the socket is closed."""
        async for frame in self.socket:
            heard = frame.json()
            if heard["type"] != "event":
                continue
            shown: dict[str, Any] = heard["event"]
            confirm_id = shown.pop("hass_confirm_id")
            await self.socket.send_json(
                {
                    "id": next(self.numbers),
                    "type": "mobile_app/push_notification_confirm",
                    "webhook_id": self.webhook_id,
                    "confirm_id": confirm_id,
                }
            )
            self.shown.put_nowait(shown)

    async def press(self, action: str) -> None:
        """Press a button of a notification."""
        answer = await self.client.post(
            f"/api/webhook/{self.webhook_id}",
            json={
                "type": "fire_event",
                "data": {"event_type": "mobile_app_notification_action", "event_data": {"action": action}},
            },
        )
        assert answer.status == 200


async def register_phone(
    hass: HomeAssistant, client: TestClient[Any, Any], connect: Connect, name: str = "Ada's phone"
) -> Phone:
    """As the app registers itself; its integration is set up."""
    answer = await client.post(
        "/api/mobile_app/registrations",
        json={
            "app_id": "org.example.meters",
            "app_name": "Meters",
            "app_version": "1",
            "device_id": "phone-1",
            "device_name": name,
            "manufacturer": "Invented",
            "model": "One",
            "os_name": "Os",
            "os_version": "1",
            "supports_encryption": False,
            "app_data": {"push_websocket_channel": True},
        },
    )
    assert answer.status == 201, await answer.text()
    webhook_id = (await answer.json())["webhook_id"]
    socket = await connect()
    await socket.send_json(
        {
            "id": 89,
            "type": "mobile_app/push_notification_channel",
            "webhook_id": webhook_id,
            "support_confirm": True,
        }
    )
    assert (await socket.receive_json())["success"]
    action = next(name for name in hass.services.async_services()["notify"] if name.startswith("mobile_app_"))
    return Phone(client, socket, webhook_id, f"notify.{action}")


@dataclass(slots=True)
class Receiver:
    """The technicians' own system, which takes only what is signed."""

    url: str = ""
    calls: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    deliveries: set[str] = field(default_factory=set)
    refuse: int = 0
    """How many calls are answered with an error first."""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        parts = dict(part.split("=", 1) for part in request.headers["X-CSJ-Signature"].split(","))
        signed = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, parts["v1"]):
            return web.Response(status=401)
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        delivery = request.headers["X-CSJ-Delivery"]
        if delivery not in self.deliveries:
            self.deliveries.add(delivery)
            self.calls.put_nowait(json.loads(body))
        return web.Response(status=204)

    async def send_on(self, _request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("/orders")


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    system = Receiver()
    app = web.Application()
    app.router.add_post("/orders", system.take)
    app.router.add_post("/moved", system.send_on)
    async with TestServer(app, host="127.0.0.1") as server:
        system.url = str(server.make_url("/orders"))
        yield system
