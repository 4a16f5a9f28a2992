"""Real users with real tokens, and a site whose meters are known but not set up: doors are asked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.simulator import demo_line
from custom_components.csj_meter.site.access import OWNER, STRANGER, Permission, Place, Role, Standing
from custom_components.csj_meter.site.audit import AuditEntry, AuditLine

from ..conftest import subentry_of
from ..people import give_role

ROLES: Final = (*Role, None)
"""With those to whom nobody has given one."""

ELM: Final = "Elm Row"
OWN, NEXT_DOOR, ELSEWHERE = 1, 2, 3
"""Unit ids: of the tenant, on the same circuit, and on another one."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site with people."""

    hass: HomeAssistant
    client: TestClient[Any, Any]
    serials: dict[int, str]
    devices: dict[int, str]
    users: dict[Role | None, MockUser]
    tokens: dict[Role | None, str]

    def place(self, unit: int) -> Place:
        """Where a meter is."""
        return Place(serial=self.serials[unit], circuit="Oak Row" if unit == ELSEWHERE else ELM)

    async def ask(self, role: Role | None, method: str, path: str, body: Any = None) -> int:
        """Ask over HTTP as somebody; the status."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        async with self.client.request(method, path, headers=headers, json=body) as response:
            await response.read()
            return response.status


async def user_with(hass: HomeAssistant, role: Role | None) -> MockUser:
    """A user who uses entities; the owner administers Home Assistant."""
    name = "Nobody" if role is None else role.value.title()
    user: MockUser = MockUser(name=name, is_owner=role is Role.OWNER).add_to_hass(hass)
    user.mock_policy({"entities": True})
    return user


async def token_of(hass: HomeAssistant, user: MockUser) -> str:
    """A token as the frontend has one."""
    refresh = await hass.auth.async_create_refresh_token(user, "http://example.invalid")
    return hass.auth.async_create_access_token(refresh)


async def give_roles(hass: HomeAssistant, users: dict[Role | None, MockUser], own: str) -> None:
    """Give each their role: the tenant the meter ``own``, the landlord the circuit ``ELM``."""
    await give_role(hass, users[Role.TECHNICIAN], Role.TECHNICIAN)
    await give_role(hass, users[Role.SUPPORT], Role.SUPPORT)
    await give_role(hass, users[Role.LANDLORD], Role.LANDLORD, circuits=[ELM])
    await give_role(hass, users[Role.TENANT], Role.TENANT, meters=[own])


@pytest.fixture
async def site(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Site:
    """Three meters on two circuits, somebody of each role, and somebody without one."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "api", {})
    meters = demo_line(1, 3).meters
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={"link": "simulated", "seed": 1, "meters": 3},
        subentries_data=[
            subentry_of(meter, circuit="Oak Row" if unit == ELSEWHERE else ELM)
            for unit, meter in meters.items()
        ],
    )
    entry.add_to_hass(hass)
    serials = {unit: meter.nameplate.serial for unit, meter in meters.items()}
    registry = dr.async_get(hass)
    devices = {
        unit: registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, serial)}).id
        for unit, serial in serials.items()
    }
    users = {role: await user_with(hass, role) for role in ROLES}
    await give_roles(hass, users, serials[OWN])
    return Site(
        hass=hass,
        client=await hass_client_no_auth(),
        serials=serials,
        devices=devices,
        users=users,
        tokens={role: await token_of(hass, user) for role, user in users.items()},
    )


def standing_of(role: Role | None, own: str, circuit: str) -> Standing:
    """What somebody of a role is here, said independently: the tenant has a meter, the landlord a circuit."""
    match role:
        case None:
            return STRANGER
        case Role.OWNER:
            return OWNER
        case Role.LANDLORD:
            return Standing(role=role, circuits=frozenset({circuit}))
        case Role.TENANT:
            return Standing(role=role, meters=frozenset({own}))
        case _:
            return Standing(role=role)


async def lines(hass: HomeAssistant) -> list[AuditLine]:
    """The log, the oldest first."""
    return (await (await async_audit_log(hass)).async_read(lambda store: store.lines()))[::-1]


def line(what: str) -> AuditEntry:
    """A line of somebody who may."""
    return AuditEntry(
        id=what,
        at=dt_util.utcnow(),
        user_id=None,
        name="automation",
        role=None,
        permission=Permission.COMMAND,
        what=what,
        serial=None,
        circuit=None,
        allowed=True,
    )
