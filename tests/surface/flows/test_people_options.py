"""In the options, users of Home Assistant are given roles, other ones, and none any more."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.csj_meter.access.doors import standing_of, visible_meters
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site.access import STRANGER, Permission, Role
from custom_components.csj_meter.site.people import AccessSettings, Person as PersonWithRole
from custom_components.csj_meter.site_settings import async_site_settings

from ..audited import audited
from ..conftest import Home
from ..full_disk import unwritable
from .dialogue import Dialogue, Person

pytestmark = pytest.mark.meters(1, 2, 3, 4, 5, 6)


@pytest.fixture
def entry(home: Home) -> MockConfigEntry:
    """A bridge with six meters that is not set up."""
    home.entry.add_to_hass(home.hass)
    return home.entry


@pytest.fixture
def ada(hass: HomeAssistant) -> MockUser:
    """A user of the group "users"."""
    return user(hass, "Ada")


def user(hass: HomeAssistant, name: str) -> MockUser:
    found = MockUser(name=name, groups=[]).add_to_hass(hass)
    found.mock_policy({"entities": True})
    return found


async def access_of(hass: HomeAssistant) -> AccessSettings:
    return (await async_site_settings(hass)).access


async def people(person: Person, entry: MockConfigEntry) -> Dialogue:
    """Somebody has opened the list of people."""
    return await (await person.options(entry)).choose("people")


def offered(dialogue: Dialogue, name: str) -> dict[str, str]:
    """What a field offers: value -> label."""
    selector = dialogue.result["data_schema"].schema[name]
    return {option["value"]: option["label"] for option in selector.config["options"]}


async def test_a_role_is_given_and_holds_at_once(
    person: Person, entry: MockConfigEntry, home: Home, ada: MockUser
) -> None:
    hass, serial = home.hass, home.serial(2)
    dialogue = await people(person, entry)
    assert dialogue.options_offered == ["add_person", "done"]
    assert dialogue.placeholders == {"people": "Nobody has a role yet."}

    await dialogue.choose("add_person")
    assert offered(dialogue, "user") == {ada.id: "Ada"}
    await dialogue.fill(user=ada.id, role="tenant", meters=[serial])

    assert dialogue.at == "people"
    assert dialogue.placeholders == {"people": "- **Ada**: Tenant, Home 2"}
    assert dialogue.options_offered == ["change_person", "remove_person", "done"]
    assert visible_meters(hass, ada, Permission.SEE_MONEY) == frozenset({serial})
    await dialogue.choose("done")
    assert dialogue.at == "created"


async def test_a_role_is_changed_to_whole_circuits_and_taken_back(
    person: Person, entry: MockConfigEntry, home: Home, ada: MockUser
) -> None:
    hass = home.hass
    circuit = next(meter.circuit for meter in home.line.meters.values())
    there = frozenset(
        meter.nameplate.serial for meter in home.line.meters.values() if meter.circuit == circuit
    )
    own = PersonWithRole(user_id=ada.id, role=Role.TENANT, meters=(home.serial(1), "gone"))
    await (await async_site_settings(hass)).async_change_access(lambda access: access.with_person(own))

    dialogue = await (await people(person, entry)).choose("change_person")
    await dialogue.fill(user=ada.id)
    assert dialogue.suggested == {"role": "tenant", "meters": [home.serial(1), "gone"], "circuits": []}
    assert offered(dialogue, "meters")["gone"] == "gone"
    await dialogue.fill(role="landlord", meters=[], circuits=[circuit])
    assert dialogue.placeholders == {"people": f"- **Ada**: Landlord, {circuit}"}
    assert visible_meters(hass, ada, Permission.TOP_UP) == there

    await (await dialogue.choose("remove_person")).fill(user=ada.id)
    assert dialogue.placeholders == {"people": "Nobody has a role yet."}
    assert standing_of(hass, ada) == STRANGER


async def test_a_role_that_cannot_be_taken_from_the_disk_is_not_said_to_be_taken(
    person: Person, entry: MockConfigEntry, home: Home, ada: MockUser
) -> None:
    role = PersonWithRole(user_id=ada.id, role=Role.SUPPORT)
    await (await async_site_settings(home.hass)).async_change_access(lambda access: access.with_person(role))
    dialogue = await (await people(person, entry)).choose("remove_person")

    with unwritable(home.hass, f"{DOMAIN}.site"):
        await dialogue.fill(user=ada.id)

    assert dialogue.at == "abort: kept_file_not_written"
    assert standing_of(home.hass, ada).role is Role.SUPPORT
    assert [line[-1] for line in await person.do(audited(home.hass))] == ["failed"]


async def test_who_was_given_a_role_and_from_whom_it_was_taken_is_in_the_audit_log(
    person: Person, entry: MockConfigEntry, home: Home, ada: MockUser
) -> None:
    dialogue = await (await people(person, entry)).choose("add_person")
    await dialogue.fill(user=ada.id, role="tenant", meters=[])
    assert dialogue.errors, "what makes no sense changes nothing"
    await dialogue.fill(user=ada.id, role="support", meters=[])
    await (await dialogue.choose("change_person")).fill(user=ada.id)
    await dialogue.fill(role="technician")
    await (await dialogue.choose("remove_person")).fill(user=ada.id)

    assert await person.do(audited(home.hass)) == [
        (f"options_{done}_role: Ada", "automation", None, "done") for done in ("give", "change", "take")
    ]


@pytest.mark.parametrize(
    ("role", "theirs", "errors"),
    [
        ("tenant", {}, {"meters": "no_meters"}),
        ("landlord", {}, {"meters": "no_meters"}),
        ("tenant", {"circuits": 1}, {"circuits": "no_circuits"}),
        ("technician", {"meters": 1}, {"meters": "role_for_all"}),
        ("support", {"circuits": 1}, {"circuits": "role_for_all"}),
    ],
)
async def test_what_makes_no_sense_is_said_where_it_stands(
    person: Person,
    entry: MockConfigEntry,
    home: Home,
    ada: MockUser,
    role: str,
    theirs: dict[str, int],
    errors: dict[str, str],
) -> None:
    meter = home.line.meters[1]
    values = {"meters": meter.nameplate.serial, "circuits": meter.circuit}
    dialogue = await (await people(person, entry)).choose("add_person")

    await dialogue.fill(user=ada.id, role=role, **{name: [values[name]] for name in theirs})

    assert dialogue.errors == errors
    assert (await access_of(home.hass)).people == ()
    await dialogue.fill(role="technician", meters=[], circuits=[])
    assert (await access_of(home.hass)).people == (PersonWithRole(user_id=ada.id, role=Role.TECHNICIAN),)


async def test_what_others_do_meanwhile_is_noticed(
    person: Person, entry: MockConfigEntry, home: Home, ada: MockUser
) -> None:
    hass = home.hass
    bob = user(hass, "Bob")
    first, second = [await (await people(person, entry)).choose("add_person") for _ in range(2)]
    await first.fill(user=ada.id, role="support")
    await second.fill(user=ada.id, role="support")
    assert second.errors == {"user": "user_twice"}

    await hass.auth.async_update_user(bob, group_ids=["system-admin"])
    assert (await people(person, entry)).options_offered == ["change_person", "remove_person", "done"]


async def test_administrators_and_removed_users_get_no_role(
    person: Person, entry: MockConfigEntry, home: Home, ada: MockUser
) -> None:
    hass = home.hass
    bob = user(hass, "Bob")
    dialogue = await (await people(person, entry)).choose("add_person")
    await hass.auth.async_update_user(ada, group_ids=["system-admin"])
    await dialogue.fill(user=ada.id, role="support")
    assert dialogue.errors == {"user": "administrator"}

    other = await (await people(person, entry)).choose("add_person")
    assert offered(other, "user") == {bob.id: "Bob"}
    await hass.auth.async_remove_user(bob)
    await other.fill(user=bob.id, role="support")
    assert other.errors == {"user": "no_user"}
    assert (await access_of(hass)).people == ()


async def test_the_role_of_a_removed_user_can_be_taken_back_once(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, ada: MockUser
) -> None:
    await (await async_site_settings(hass)).async_change_access(
        lambda access: access.with_person(PersonWithRole(user_id=ada.id, role=Role.SUPPORT))
    )
    await hass.auth.async_remove_user(ada)

    dialogue = await people(person, entry)
    assert dialogue.placeholders == {"people": f"- **{ada.id}**: Support"}
    await dialogue.choose("remove_person")
    other = await (await people(person, entry)).choose("remove_person")
    await dialogue.fill(user=ada.id)
    await other.fill(user=ada.id)

    assert other.errors == {"user": "no_user"}


async def test_without_meters_there_is_nothing_to_choose_but_the_role(
    hass: HomeAssistant, person: Person, ada: MockUser
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"link": "simulated", "seed": 1, "meters": 1})
    entry.add_to_hass(hass)

    dialogue = await (await people(person, entry)).choose("add_person")

    assert list(map(str, dialogue.result["data_schema"].schema)) == ["user", "role"]
