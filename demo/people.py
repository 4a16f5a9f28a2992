"""Others who look at the home, each with another role: what they see of the panel differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from .client import PASSWORD, Client
from .errors import DemoError
from .site import Site

OPTIONS: Final = "/api/config/config_entries/options/flow"

USERS: Final = "system-users"
"""The group of Home Assistant whose members administer nothing."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role, and the number of meters that are theirs: none is for a role that is for all of them."""

    name: str
    meters: int = 0
    circuits: int = 0


ROLES: Final = (Role("technician"), Role("support"), Role("landlord", circuits=1), Role("tenant", meters=1))
"""The user of each is called as the role is."""


async def arrive(client: Client, site: Site) -> None:
    """Make a user for each role that has none yet, and give them the role."""
    users = await client.call("config/auth/list")
    there = {user["username"] for user in users}
    new = [role for role in ROLES if role.name not in there]
    if not new:
        return
    # who has no password yet is of a demo that was stopped in between
    names = {role.name.capitalize() for role in new}
    for user in users:
        if user["username"] is None and user["name"] in names:
            await client.call("config/auth/delete", user_id=user["id"])
    made = {role: await _make(client, role) for role in new}
    step = await _go(client, await client.post(OPTIONS, handler=site.entry), next_step_id="people")
    for role, user_id in made.items():
        step = await _go(client, step, next_step_id="add_person")
        step = await _go(client, step, user=user_id, role=role.name, **_theirs(site, role))
    step = await _go(client, step, next_step_id="done")
    if step["type"] != "create_entry":
        raise DemoError(f"the roles were not kept: {step}")
    for role, user_id in made.items():
        await client.call(
            "config/auth_provider/homeassistant/create",
            user_id=user_id,
            username=role.name,
            password=PASSWORD,
        )


async def _make(client: Client, role: Role) -> str:
    """A user who cannot sign in yet; returns the id."""
    created = await client.call("config/auth/create", name=role.name.capitalize(), group_ids=[USERS])
    return str(created["user"]["id"])


def _theirs(site: Site, role: Role) -> dict[str, list[str]]:
    theirs = {
        "meters": [meter.serial for meter in site.meters if meter.currency is not None][: role.meters],
        "circuits": sorted({meter.circuit for meter in site.meters})[: role.circuits],
    }
    return {kind: chosen for kind, chosen in theirs.items() if chosen}


async def _go(client: Client, step: dict[str, Any], **answer: Any) -> dict[str, Any]:
    """The next step of the options. Raises ``DemoError`` with what is wrong with the answer."""
    following: dict[str, Any] = await client.post(f"{OPTIONS}/{step['flow_id']}", **answer)
    if following.get("errors"):
        raise DemoError(f"the options do not take {answer}: {following['errors']}")
    return following
