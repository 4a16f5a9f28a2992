"""People who look at the panel over real connections, in driven time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from homeassistant.auth.models import Credentials
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.csj_meter.const import CONF_KEY, DOMAIN
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.people import Person
from custom_components.csj_meter.site_settings import async_site_settings

from ..conftest import Home, subentry_of

CIRCUIT = "Elm Street"
"""The circuit of the first three meters."""

FRAMES = 60
"""Turns of the loop that what is on the way over a socket may take."""

MOST_TURNS = 2000

AT_ONCE = 100
"""Turns after which an answer is taken to need time."""


@dataclass(slots=True)
class Viewer:
    """One connection of somebody."""

    office: Office
    socket: ClientWebSocketResponse
    numbers: count[int] = field(default_factory=lambda: count(1))
    events: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Id of a subscription -> what it has told."""

    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """Take what comes until the socket is closed."""
        async for frame in self.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            heard = frame.json()
            for message in heard if isinstance(heard, list) else [heard]:
                if message["type"] == "event":
                    self.events.setdefault(message["id"], []).append(message["event"])
                elif message["type"] == "result":
                    self.results[message["id"]] = message

    async def send(self, name: str, /, **data: Any) -> int:
        """Give a command, without waiting for its answer; its id."""
        number = next(self.numbers)
        await self.socket.send_json({"id": number, "type": name, **data})
        return number

    async def answer(self, name: str, /, **data: Any) -> dict[str, Any]:
        """Give one of our commands, and wait for the whole answer."""
        return await self.result(await self.send(f"{DOMAIN}/{name}", **data))

    async def result(self, number: int) -> dict[str, Any]:
        """The answer to a command, once it is there."""
        for turn in range(MOST_TURNS):
            if number in self.results:
                return self.results.pop(number)
            # what asks the line takes time
            await self.office.home.time.run(0 if turn < AT_ONCE else 0.1)
            await frames(10)
        raise AssertionError(f"command {number} was not answered")

    async def ask(self, name: str, /, **data: Any) -> Any:
        """Give a command that is to work; what it answers."""
        answered = await self.answer(name, **data)
        assert answered["success"], answered
        return answered["result"]

    async def refused(self, name: str, /, **data: Any) -> tuple[str, str | None]:
        """Give a command that is not to work: code and key of the error."""
        answered = await self.answer(name, **data)
        assert not answered["success"], answered
        return answered["error"]["code"], answered["error"].get("translation_key")

    async def subscribe(self, name: str, /, **data: Any) -> int:
        """Begin a subscription; its id."""
        number = await self.send(f"{DOMAIN}/{name}", **data)
        answered = await self.result(number)
        assert answered["success"], answered
        self.events.setdefault(number, [])
        await self.office.run(0)
        return number

    async def unsubscribe(self, number: int) -> None:
        """End a subscription, as a page does that is left."""
        answered = await self.result(await self.send("unsubscribe_events", subscription=number))
        assert answered["success"], answered

    def heard(self, number: int) -> list[dict[str, Any]]:
        """What a subscription has told since this was asked last."""
        told, self.events[number] = self.events[number], []
        return told

    async def leave(self) -> None:
        """Close the connection, as a browser does."""
        await self.socket.close()
        await self.office.run(0)
        if self.listening is not None:
            await self.listening

    async def lose(self) -> None:
        """Lose the connection without a word."""
        transport = self.socket._response.connection.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()
        await self.office.run(0)


async def frames(turns: int = FRAMES) -> None:
    """Give time to what is on the way over sockets."""
    for _ in range(turns):
        await asyncio.sleep(0)


@dataclass(slots=True)
class Office:
    """A home with its viewers."""

    home: Home
    connect: WebSocketGenerator
    viewers: list[Viewer] = field(default_factory=list)

    @property
    def hass(self) -> HomeAssistant:
        return self.home.hass

    async def run(self, seconds: float) -> None:
        """Let time pass, and everything that is sent arrive."""
        time = self.home.time
        end = time.wall + seconds
        while (left := end - time.wall) > 1e-6:
            await time.run(min(5.0, left))
            await frames()
        await time.run(0)
        await frames()

    async def viewer(self, token: str | None = None) -> Viewer:
        """Somebody connects; with no token, an owner."""
        socket = await (self.connect(self.hass) if token is None else self.connect(self.hass, token))
        viewer = Viewer(self, socket)
        viewer.listening = asyncio.create_task(viewer.listen())
        self.viewers.append(viewer)
        return viewer

    async def person(
        self, role: Role | None, *, meters: tuple[str, ...] = (), circuits: tuple[str, ...] = ()
    ) -> Viewer:
        """Somebody with a role connects; None for a user to whom none was given."""
        hass = self.hass
        name = "nobody" if role is None else role.value
        user = MockUser(name=name.title()).add_to_hass(hass)
        credential = Credentials(
            id=name,
            auth_provider_type="homeassistant",
            auth_provider_id=None,
            data={"username": name},
            is_new=False,
        )
        user.credentials.append(credential)
        refresh = await hass.auth.async_create_refresh_token(user, CLIENT_ID, credential=credential)
        if role is not None:
            await self.give(user.id, role, meters=meters, circuits=circuits)
        return await self.viewer(hass.auth.async_create_access_token(refresh))

    async def give(
        self, user_id: str, role: Role, *, meters: tuple[str, ...] = (), circuits: tuple[str, ...] = ()
    ) -> None:
        """Give a role to a user."""
        settings = await async_site_settings(self.hass)
        person = Person(user_id=user_id, role=role, meters=meters, circuits=circuits)
        await settings.async_change_access(lambda access: access.with_person(person))

    async def reload(self) -> None:
        """Set the bridge up anew, while people look."""
        await self.home.time.through(self.hass.config_entries.async_reload(self.home.entry.entry_id))
        await self.run(0)


@pytest.fixture
async def office(home: Home, hass_ws_client: WebSocketGenerator) -> AsyncIterator[Office]:
    """A bridge whose first three meters are on one circuit, all their keys known; set up and read once."""
    hass = home.hass
    bridge = home.with_meters(
        *(
            subentry_of(
                meter,
                circuit=CIRCUIT if meter.unit_id <= 3 else "Oak Street",
                **{CONF_KEY: meter.nameplate.key},
            )
            for meter in home.meters()
        )
    )
    assert await home.time.through(async_setup_component(hass, DOMAIN, {}))
    assert await bridge.set_up()
    office = Office(bridge, hass_ws_client)
    await office.run(30)
    yield office
    home.line.faults.clear()
    for viewer in office.viewers:
        await viewer.socket.close()
    await office.run(0)
    for viewer in office.viewers:
        if viewer.listening is not None:
            viewer.listening.cancel()
