"""The table of roles, and who is where."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

from custom_components.csj_meter.site.access import (
    AUDITED,
    OWNER,
    STRANGER,
    TABLE,
    Permission,
    Place,
    Role,
    Scope,
    Standing,
    may,
)
from custom_components.csj_meter.site.errors import AccessSettingsError
from custom_components.csj_meter.site.people import MOST_PEOPLE, AccessSettings, Person

DOCS = Path(__file__).parents[2] / "docs" / "access.md"

SITE = Place()
OWN = Place(serial="1", circuit="Elm")
NEXT_DOOR = Place(serial="2", circuit="Elm")
ELSEWHERE = Place(serial="3", circuit="Oak")
ELM = Place(circuit="Elm")

TENANT = Standing(role=Role.TENANT, meters=frozenset({"1"}))
LANDLORD = Standing(role=Role.LANDLORD, circuits=frozenset({"Elm"}))
LANDLORD_OF_ONE = Standing(role=Role.LANDLORD, meters=frozenset({"1"}))


def test_every_role_has_a_row_and_the_owner_may_everything_everywhere() -> None:
    assert set(TABLE) == set(Role)
    assert set(TABLE[Role.OWNER]) == set(Permission)
    assert set(TABLE[Role.OWNER].values()) == {Scope.SITE}


def test_every_permission_but_those_of_owners_alone_is_given_to_somebody() -> None:
    given = {permission for role in Role if role is not Role.OWNER for permission in TABLE[role]}

    assert set(Permission) - given == {
        Permission.SEE_AUDIT,
        Permission.CORRECT_PAYMENTS,
        Permission.SET_PRICES,
        Permission.INSTALL_FIRMWARE,
        Permission.CONFIGURE,
    }


def test_a_role_has_one_reach() -> None:
    """So that the options can ask for just the meters and circuits that it uses."""
    assert {role: set(row.values()) for role, row in TABLE.items()} == {
        Role.OWNER: {Scope.SITE},
        Role.TECHNICIAN: {Scope.SITE},
        Role.SUPPORT: {Scope.SITE},
        Role.LANDLORD: {Scope.CIRCUIT},
        Role.TENANT: {Scope.OWN},
    }


@pytest.mark.parametrize(
    ("role", "never"),
    [
        (Role.TECHNICIAN, {"see_money", "redeem", "top_up", "correct_payments", "set_prices"}),
        (Role.SUPPORT, {"see_raw", "see_money", "command", "switch_supply", "install_firmware"}),
        (Role.LANDLORD, {"see_raw", "command", "switch_supply"}),
        (Role.TENANT, {"command", "switch_supply", "top_up", "work_orders", "see_diagnostics"}),
    ],
)
def test_what_a_role_is_promised_never_to_do(role: Role, never: set[str]) -> None:
    assert not never & {permission.value for permission in TABLE[role]}


def test_the_documentation_has_the_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    written = {permission: [cell.strip() for cell in cells.split("|")][1:] for permission, cells in rows}
    words = {None: "", Scope.SITE: "site", Scope.CIRCUIT: "theirs", Scope.OWN: "own"}

    assert written == {
        permission.value: [words[may(role, permission)] for role in Role] for permission in Permission
    }


@pytest.mark.parametrize(
    ("standing", "places"),
    [
        (OWNER, {SITE, ELM, OWN, NEXT_DOOR, ELSEWHERE}),
        (Standing(role=Role.SUPPORT), {SITE, ELM, OWN, NEXT_DOOR, ELSEWHERE}),
        (LANDLORD, {ELM, OWN, NEXT_DOOR}),
        (LANDLORD_OF_ONE, {OWN}),
        (TENANT, {OWN}),
        (STRANGER, set()),
    ],
)
def test_where_somebody_may_see_meters(standing: Standing, places: set[Place]) -> None:
    everywhere = (SITE, ELM, OWN, NEXT_DOOR, ELSEWHERE)

    assert {place for place in everywhere if standing.may(Permission.SEE_METERS, place)} == places


def test_what_a_role_may_not_it_may_nowhere() -> None:
    assert not any(
        standing.may(Permission.SWITCH_SUPPLY, place)
        for standing in (LANDLORD, TENANT, Standing(role=Role.SUPPORT))
        for place in (SITE, ELM, OWN)
    )


def test_all_that_changes_something_is_written_down() -> None:
    assert {permission for permission in Permission if not permission.startswith("see_")} == AUDITED


# who has which role


@pytest.mark.parametrize(
    ("person", "path", "problem"),
    [
        ({"user_id": "", "role": Role.SUPPORT}, "user", "no_user"),
        ({"role": Role.OWNER}, "role", "owner_not_given"),
        ({"role": Role.SUPPORT, "meters": ("1",)}, "meters", "role_for_all"),
        ({"role": Role.TECHNICIAN, "circuits": ("Elm",)}, "circuits", "role_for_all"),
        ({"role": Role.TENANT, "meters": ("1",), "circuits": ("Elm",)}, "circuits", "no_circuits"),
        ({"role": Role.TENANT}, "meters", "no_meters"),
        ({"role": Role.LANDLORD}, "meters", "no_meters"),
    ],
)
def test_a_person_that_makes_no_sense_is_refused(person: dict[str, object], path: str, problem: str) -> None:
    with pytest.raises(AccessSettingsError) as refused:
        Person(**{"user_id": "ada"} | person)  # type: ignore[arg-type]

    assert (refused.value.path, refused.value.problem) == (path, problem)


def test_a_user_has_one_role() -> None:
    ada = Person(user_id="ada", role=Role.SUPPORT)
    other = Person(user_id="ada", role=Role.TECHNICIAN)
    with pytest.raises(AccessSettingsError):
        AccessSettings(people=(ada, other))
    with pytest.raises(AccessSettingsError):
        AccessSettings(
            people=tuple(Person(user_id=str(one), role=Role.SUPPORT) for one in range(MOST_PEOPLE + 1))
        )

    changed = AccessSettings(people=(ada,)).with_person(other)
    assert changed.person("ada") == other
    assert changed.without_person("ada") == AccessSettings()


def test_settings_come_back_as_they_were() -> None:
    settings = AccessSettings(
        people=(
            Person(user_id="ada", role=Role.TECHNICIAN),
            Person(user_id="bob", role=Role.LANDLORD, meters=("1",), circuits=("Elm", "Zoë's")),
        )
    )

    assert AccessSettings.from_dict(settings.as_dict()) == settings
    assert settings.people[1].standing.circuits == {"Elm", "Zoë's"}


@pytest.mark.parametrize(
    "stored",
    [
        [],
        {"people": {}},
        {"people": [{"user_id": "ada", "role": "king"}]},
        {"people": [{"user_id": 7, "role": "support"}]},
        {"people": [{"role": "support"}]},
        {"people": [{"user_id": "ada", "role": "support", "may": "all"}]},
        {"people": [{"user_id": "ada", "role": "owner"}]},
        {"people": [{"user_id": "ada", "role": "tenant", "meters": "123"}]},
    ],
)
def test_settings_of_another_version_are_refused(stored: object) -> None:
    with pytest.raises(AccessSettingsError):
        AccessSettings.from_dict(stored)
