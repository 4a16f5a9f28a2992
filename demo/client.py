"""Home Assistant from outside: its REST and WebSocket interfaces, as the signed-in demo user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any, Final, Self

import aiohttp

from .errors import DemoError, RefusedError

USER: Final = "demo"
PASSWORD: Final = "demo"  # a home that nobody lives in, on loopback only

POLL: Final = 0.25
"""Seconds between two looks at something that is not there yet."""


class Client:
    """A signed-in user."""

    def __init__(
        self, url: str, session: aiohttp.ClientSession, websocket: aiohttp.ClientWebSocketResponse
    ) -> None:
        """Talk to the Home Assistant at ``url`` through an authorised session."""
        self._url = url
        self._session = session
        self._websocket = websocket
        self._last_id = 0

    @classmethod
    @asynccontextmanager
    async def sign_in(cls, url: str, is_alive: Callable[[], bool]) -> AsyncIterator[Self]:
        """Wait until Home Assistant answers, and sign in; the first time this makes the user.

        Raises ``DemoError`` when ``is_alive`` says that nobody will ever answer.
        """
        async with aiohttp.ClientSession() as anonymous:
            new = await _waits_for_its_user(anonymous, url, is_alive)
            code = await (_make_user(anonymous, url) if new else _login(anonymous, url))
            token = await _json(
                anonymous.post(
                    f"{url}/auth/token",
                    data={"grant_type": "authorization_code", "code": code, "client_id": f"{url}/"},
                )
            )
        access = token["access_token"]
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {access}"}) as session,
            session.ws_connect(f"{url}/api/websocket", max_msg_size=0) as websocket,
        ):
            await websocket.receive_json()
            await websocket.send_json({"type": "auth", "access_token": access})
            await websocket.receive_json()
            yield cls(url, session, websocket)

    async def call(self, command: str, **fields: Any) -> Any:
        """The result of one WebSocket command. Raises ``RefusedError``."""
        self._last_id += 1
        await self._websocket.send_json({"id": self._last_id, "type": command, **fields})
        while (answer := await self._receive())["id"] != self._last_id:
            pass
        if not answer["success"]:
            raise RefusedError(command, answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    async def _receive(self) -> Any:
        message = await self._websocket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise DemoError("Home Assistant has closed the connection")
        return message.json()

    async def post(self, path: str, **fields: Any) -> Any:
        """The answer to a POST request. Raises ``DemoError`` when it is refused."""
        return await _json(self._session.post(f"{self._url}{path}", json=fields))

    async def get(self, path: str) -> Any:
        """The answer to a GET request. Raises ``DemoError`` when it is refused."""
        return await _json(self._session.get(f"{self._url}{path}"))

    async def until_running(self) -> None:
        """Return when every integration of the configuration is set up."""
        while True:
            if (await self.call("get_config"))["state"] == "RUNNING":
                return
            await asyncio.sleep(POLL)


async def _waits_for_its_user(session: aiohttp.ClientSession, url: str, is_alive: Callable[[], bool]) -> bool:
    """Wait until Home Assistant answers, and tell whether its first user has yet to be made."""
    while is_alive():
        try:
            async with session.get(f"{url}/api/onboarding") as response:
                if response.status != HTTPStatus.OK:
                    return False  # since its last start, that page is gone
                steps = await response.json()
                return any(step["step"] == "user" and not step["done"] for step in steps)
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(POLL)
    raise DemoError("Home Assistant ended while it was starting")


async def _make_user(session: aiohttp.ClientSession, url: str) -> str:
    """Make the first user, who is the owner, and return an authorisation code."""
    answer = await _json(
        session.post(
            f"{url}/api/onboarding/users",
            json={
                "client_id": f"{url}/",
                "name": "Demo",
                "username": USER,
                "password": PASSWORD,
                "language": "en-GB",
            },
        )
    )
    return str(answer["auth_code"])


async def _login(session: aiohttp.ClientSession, url: str) -> str:
    """Log in as the login form does and return an authorisation code."""
    client = {"client_id": f"{url}/"}
    form = await _json(
        session.post(
            f"{url}/auth/login_flow",
            json=client | {"handler": ["homeassistant", None], "redirect_uri": f"{url}/"},
        )
    )
    answer = await _json(
        session.post(
            f"{url}/auth/login_flow/{form['flow_id']}",
            json=client | {"username": USER, "password": PASSWORD},
        )
    )
    if answer["type"] != "create_entry":
        raise DemoError(f"user {USER!r} cannot sign in any more: start anew with another --dir")
    return str(answer["result"])


async def _json(request: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> Any:
    try:
        async with request as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                text = await response.text()
                raise DemoError(f"{response.method} {response.url.path}: {response.status} {text}")
            return await response.json(content_type=None)
    except aiohttp.ClientError as err:
        raise DemoError(f"Home Assistant does not answer: {err}") from err
