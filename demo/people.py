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
    there = {user["username"] for user in await client.call("config/auth/list")}
    new = [role for role in ROLES if role.name not in there]
    if not new:
        return
    users = {}
    for role in new:
        created = await client.call("config/auth/create", name=role.name.capitalize(), group_ids=[USERS])
        users[role] = created["user"]["id"]
        await client.call(
            "config/auth_provider/homeassistant/create",
            user_id=users[role],
            username=role.name,
            password=PASSWORD,
        )
    step = await _go(client, await client.post(OPTIONS, handler=site.entry), next_step_id="people")
    for role, user in users.items():
        step = await _go(client, step, next_step_id="add_person")
        step = await _go(client, step, user=user, role=role.name, **_theirs(site, role))
    step = await _go(client, step, next_step_id="done")
    if step["type"] != "create_entry":
        raise DemoError(f"the roles were not kept: {step}")


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
