"""A demo that was stopped while it furnished the home goes on from there when it is started again."""

from __future__ import annotations

from itertools import count
from typing import Any, Final, cast

import pytest

from demo import dashboard, people
from demo.client import Client
from demo.site import Site

SITE: Final = Site(entry="line", meters=(), line={}, entities=0, actions=frozenset())


class StoppedError(Exception):
    """Somebody has pressed Ctrl-C."""


class HomeAssistant:
    """What it answers to those who furnish, until it is stopped."""

    def __init__(self) -> None:
        self.left = -1
        self.users: dict[str, dict[str, Any]] = {"0": {"id": "0", "name": "Demo", "username": "demo"}}
        self.roles: dict[str, str] = {}
        self.dashboards: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self._ids = count(1)

    def _tick(self) -> None:
        self.left -= 1
        if self.left == -1:
            raise StoppedError

    async def call(self, command: str, **told: Any) -> Any:
        self._tick()
        match command:
            case "config/auth/list":
                return list(self.users.values())
            case "config/auth/create":
                user = {"id": str(next(self._ids)), "name": told["name"], "username": None}
                self.users[user["id"]] = user
                return {"user": user}
            case "config/auth/delete":
                del self.users[told["user_id"]]
                self.roles.pop(told["user_id"], None)
            case "config/auth_provider/homeassistant/create":
                self.users[told["user_id"]]["username"] = told["username"]
            case "lovelace/dashboards/list":
                return [{"url_path": path} for path in self.dashboards]
            case "lovelace/dashboards/create":
                assert told["url_path"] not in self.dashboards
                self.dashboards[told["url_path"]] = None
            case "lovelace/config/save":
                self.dashboards[told["url_path"]] = told["config"]
            case "frontend/get_user_data":
                return {"value": self.data.get(told["key"])}
            case "frontend/set_user_data":
                self.data[told["key"]] = told["value"]
        return None

    async def post(self, path: str, **answer: Any) -> Any:
        self._tick()
        if "role" in answer:
            assert answer["user"] not in self.roles
            self.roles[answer["user"]] = answer["role"]
        return {"flow_id": "1", "type": "create_entry" if answer.get("next_step_id") == "done" else "menu"}

    def furnished(self) -> object:
        """What its people have of it."""
        users = sorted(
            (user["name"], str(user["username"]), self.roles.get(user["id"])) for user in self.users.values()
        )
        return users, self.dashboards, self.data


async def furnish(home: HomeAssistant) -> None:
    client = cast("Client", home)
    await dashboard.arrange(client, SITE)
    await people.arrive(client, SITE)


@pytest.mark.parametrize("after", range(35))
async def test_what_was_stopped_is_completed(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "overview", lambda site: {"title": "Meters"})
    monkeypatch.setattr(dashboard, "credit_view", lambda coloured, actions: {"title": "Prepayment"})
    monkeypatch.setattr(dashboard, "_coloured", lambda meters: ())
    whole, stopped = HomeAssistant(), HomeAssistant()
    await furnish(whole)
    stopped.left = after

    try:
        await furnish(stopped)
    except StoppedError:
        await furnish(stopped)
    assert stopped.furnished() == whole.furnished()
