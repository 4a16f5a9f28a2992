"""Every role against every action and every address, over HTTP with real tokens.

What is asked is what is registered: an action without a rule, or one whose fields nobody here knows, fails.
Only the door is looked at: whoever is let through hears that the bridge is not set up.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import probatio
import pytest

from custom_components.csj_meter.access.audit_view import AUDIT_URL
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.csv_export import EXPORT_URL
from custom_components.csj_meter.services import ACTIONS
from custom_components.csj_meter.site.access import Permission, Place, Role, may
from custom_components.csj_meter.tenants.links import PORTAL_URL

from .conftest import ELM, ELSEWHERE, NEXT_DOOR, OWN, ROLES, Site, standing_of

pytestmark = pytest.mark.loopback

FIELDS: Final[dict[str, Any]] = {
    "alert_id": "none",
    "amount": 5,
    "code": "no such code",
    "config_entry_id": "none",
    "day": "weekday",
    "duration": {"hours": 1},
    "fault": "leak",
    "file": "none.csv",
    "kind": "leak",
    "name": "Ada",
    "note": "a reason",
    "number": 1,
    "resolution": "minute",
    "format": "standard",
    "switch_points": [{"time": "00:00", "tariff": 1}],
    "token": "1" * 20,
}
"""A value for each field that an action must have."""

THROUGH: Final = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR})
"""What somebody hears who was let through: it was done, or the error of a bridge that is not set up."""

WITHOUT_A_METER: Final = frozenset({"get_alerts", "list_tenants", "monthly_statements"})
"""Actions that tell everybody what is theirs when no meter is named."""


def required(schema: probatio.Schema) -> dict[str, Any]:
    """The least that an action takes, but for the meter."""
    keys = [str(key) for key in schema.schema if isinstance(key, probatio.Required)]
    return {key: FIELDS[key] for key in keys if key != "device_id"}


def takes_a_meter(schema: probatio.Schema) -> bool:
    return "device_id" in map(str, schema.schema)


def needs_a_meter(schema: probatio.Schema) -> bool:
    return any(str(key) == "device_id" and isinstance(key, probatio.Required) for key in schema.schema)


def test_every_action_that_is_registered_has_a_rule(site: Site) -> None:
    registered = set(site.hass.services.async_services_for_domain(DOMAIN))

    assert registered == set(ACTIONS)
    assert all(action.takes for action in ACTIONS.values())


@pytest.mark.parametrize("role", ROLES)
async def test_actions_are_for_those_who_may(site: Site, role: Role | None) -> None:
    standing, asked, wrong = standing_of(role, site.serials[OWN], ELM), 0, []
    for name, action in ACTIONS.items():
        units = (OWN, NEXT_DOOR, ELSEWHERE, None) if takes_a_meter(action.schema) else (None,)
        for unit in units:
            data = required(action.schema)
            place = Place()
            if unit is not None:
                data["device_id"] = site.devices[unit]
                place = Place() if action.whole_site else site.place(unit)
            elif needs_a_meter(action.schema):
                continue
            allowed = all(standing.may(permission, place) for permission in action.takes)
            if unit is None and name in WITHOUT_A_METER:
                allowed = role is not None and all(may(role, permission) for permission in action.takes)
            answer = "?return_response" if action.response is SupportsResponse.ONLY else ""
            status = await site.ask(role, "POST", f"/api/services/{DOMAIN}/{name}{answer}", data)
            asked += 1
            if status not in (THROUGH if allowed else {HTTPStatus.UNAUTHORIZED}):
                wrong.append(f"{role} {name} {unit}: {status}")

    assert wrong == []
    assert asked > len(ACTIONS)


async def test_an_automation_passes_every_door(site: Site) -> None:
    for name, action in ACTIONS.items():
        data = required(action.schema)
        if takes_a_meter(action.schema):
            data["device_id"] = site.devices[ELSEWHERE]
        answers = action.response is SupportsResponse.ONLY
        call = site.hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=answers)
        try:
            await call
        except Unauthorized:
            pytest.fail(f"{name} has refused an automation")
        except HomeAssistantError:
            continue  # from behind the door: no bridge is set up


def test_every_address_of_ours_is_known_here(site: Site) -> None:
    ours = {
        resource.canonical
        for resource in site.hass.http.app.router.resources()
        if DOMAIN in resource.canonical
    }

    # who may at the portal, which asks for a link and no user, is for tests/surface/portal
    portal = {address for address in ours if address.startswith(PORTAL_URL)}
    assert ours - portal == {EXPORT_URL, AUDIT_URL}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("resolution", ["minute", "hour"])
async def test_exports_are_for_those_who_may(site: Site, role: Role | None, resolution: str) -> None:
    standing, wrong = standing_of(role, site.serials[OWN], ELM), []
    takes = [Permission.EXPORT, *([Permission.SEE_RAW] if resolution == "minute" else [])]
    span = "since=2026-10-01T00:00:00Z&until=2026-10-02T00:00:00Z"
    for unit in (OWN, NEXT_DOOR, ELSEWHERE, None):
        place = Place() if unit is None else site.place(unit)
        named = "" if unit is None else f"&meters={site.serials[unit]}"
        status = await site.ask(role, "GET", f"{EXPORT_URL}?{span}&resolution={resolution}{named}")
        allowed = all(standing.may(permission, place) for permission in takes)
        if status != (HTTPStatus.SERVICE_UNAVAILABLE if allowed else HTTPStatus.UNAUTHORIZED):
            wrong.append(f"{role} {unit}: {status}")

    assert wrong == []


async def test_several_meters_are_exported_only_by_those_whose_all_of_them_are(site: Site) -> None:
    span = "since=2026-10-01T00:00:00Z&until=2026-10-02T00:00:00Z&resolution=hour"

    async def statuses(*units: int) -> list[int]:
        meters = ",".join(site.serials[unit] for unit in units)
        path = f"{EXPORT_URL}?{span}&meters={meters}"
        return [await site.ask(role, "GET", path) for role in (Role.SUPPORT, Role.LANDLORD, Role.TENANT)]

    assert await statuses(OWN, NEXT_DOOR) == [503, 503, 401]
    assert await statuses(OWN, ELSEWHERE) == [503, 401, 401]


@pytest.mark.parametrize("role", ROLES)
async def test_the_audit_log_is_for_owners(site: Site, role: Role | None) -> None:
    expected = HTTPStatus.OK if role is Role.OWNER else HTTPStatus.UNAUTHORIZED

    assert await site.ask(role, "GET", AUDIT_URL) == expected


async def test_without_a_token_there_is_nothing(site: Site) -> None:
    paths = [("POST", f"/api/services/{DOMAIN}/{name}") for name in ACTIONS]
    for method, path in (*paths, ("GET", EXPORT_URL), ("GET", AUDIT_URL)):
        async with site.client.request(method, path) as response:
            assert response.status == HTTPStatus.UNAUTHORIZED, path
