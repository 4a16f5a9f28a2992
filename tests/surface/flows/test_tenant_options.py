"""In the options, tenants move in and out, get links to the portal and lose them, and are forgotten."""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.csj_meter.alerts.settings import AlertSettings
from custom_components.csj_meter.site.tenants import Tenancies, Tenancy, Turn, digest_of
from custom_components.csj_meter.site_settings import async_site_settings
from custom_components.csj_meter.site_texts import async_load_texts
from custom_components.csj_meter.tenants.book import async_tenants
from custom_components.csj_meter.tenants.links import PORTAL_URL

from ..alerting.conftest import MAIL
from ..conftest import Home
from .dialogue import Dialogue, Person

pytestmark = pytest.mark.meters(1, 2, 3, 4, 5, 6)


@pytest.fixture
async def entry(home: Home) -> MockConfigEntry:
    """A bridge with six meters that is not set up, on a site that has its texts."""
    await home.time.through(async_load_texts(home.hass))
    home.entry.add_to_hass(home.hass)
    return home.entry


async def tenants(person: Person, entry: MockConfigEntry) -> Dialogue:
    """Somebody has opened the list of tenants."""
    return await (await person.options(entry)).choose("tenants")


async def known(hass: HomeAssistant) -> Tenancies:
    return (await async_tenants(hass)).tenancies


async def lives_there(home: Home, name: str = "Ada", unit: int = 1) -> Tenancy:
    """Somebody has moved in a day ago."""
    turn = Turn(at=dt.datetime.fromtimestamp(home.time.wall - 86400, dt.UTC), energy=Decimal(100))
    tenancy = Tenancy(id=name.lower(), serial=home.serial(unit), name=name, moved_in=turn)
    await (await async_tenants(home.hass)).async_change(lambda all_: all_.with_tenancy(tenancy))
    return tenancy


async def test_somebody_moves_in(person: Person, entry: MockConfigEntry, home: Home) -> None:
    settings = await async_site_settings(home.hass)
    await settings.async_set_alerts(AlertSettings(channels=(MAIL,)))
    dialogue = await tenants(person, entry)
    assert dialogue.options_offered == ["add_tenant", "done"]
    assert dialogue.placeholders == {"tenants": "Nobody was entered yet."}

    await dialogue.choose("add_tenant")
    await dialogue.fill(
        meter=home.serial(2),
        name=" Ada Lovelace ",
        email="ada@example.org",
        phone="+44 20 7946 0000",
        channel="mail",
        at="2026-10-30 12:00:00",
        energy=1234.5,
        balance=-3,
    )
    (ada,) = (await known(home.hass)).all
    assert (ada.name, ada.serial, ada.language, ada.channel) == (
        "Ada Lovelace",
        home.serial(2),
        "en",
        "mail",
    )
    # by the clock of the home, which is that of California in tests
    assert ada.moved_in == Turn(
        at=dt.datetime(2026, 10, 30, 19, tzinfo=dt.UTC), energy=Decimal("1234.50"), balance=Decimal("-3.00")
    )
    assert dialogue.at == "tenants"
    assert dialogue.placeholders == {"tenants": "- **Ada Lovelace**, Home 2, since 30 October 2026"}
    assert dialogue.options_offered == [
        "add_tenant",
        "change_tenant",
        "move_out",
        "portal_link",
        "forget_tenant",
        "done",
    ]
    await dialogue.choose("add_tenant")
    offered = dialogue.result["data_schema"].schema["meter"].config["options"]
    assert home.serial(2) not in {option["value"] for option in offered}


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": " "}, {"name": "nameless"}),
        ({"email": "ada"}, {"email": "no_mail_address"}),
        ({"phone": "call me"}, {"phone": "no_phone_number"}),
        ({"at": "2026-11-30 12:00:00"}, {"at": "in_the_future"}),
        ({"energy": -1}, {"energy": "impossible_reading"}),
        ({"at": "2026-10-01 12:00:00"}, {"meter": "somebody_lives_there"}),
    ],
)
async def test_what_makes_no_sense_is_said_beside_its_field(
    person: Person, entry: MockConfigEntry, home: Home, values: dict[str, object], errors: dict[str, str]
) -> None:
    ada = await lives_there(home)
    gone = replace(ada, moved_out=Turn(at=ada.moved_in.at + dt.timedelta(hours=1)))
    await (await async_tenants(home.hass)).async_change(lambda all_: all_.with_tenancy(gone))
    dialogue = await (await tenants(person, entry)).choose("add_tenant")
    await dialogue.fill(**{"meter": home.serial(1), "name": "Bob", **values})
    assert dialogue.errors == errors
    assert len((await known(home.hass)).all) == 1


async def test_a_meter_that_was_removed_meanwhile(person: Person, entry: MockConfigEntry, home: Home) -> None:
    dialogue = await (await tenants(person, entry)).choose("add_tenant")
    for subentry in list(entry.subentries.values()):
        home.hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await dialogue.fill(meter=home.serial(1), name="Bob")
    assert dialogue.errors == {"meter": "no_meter"}


async def test_name_and_contact_are_changed(person: Person, entry: MockConfigEntry, home: Home) -> None:
    ada = await lives_there(home)
    dialogue = await (await tenants(person, entry)).choose("change_tenant")
    await dialogue.fill(tenant=ada.id)
    assert dialogue.suggested == {"name": "Ada", "language": "en"}
    await dialogue.fill(name="Ada King", email="ada@example.org", language="pt-BR")
    assert (await known(home.hass)).all == (
        replace(ada, name="Ada King", email="ada@example.org", language="pt-BR"),
    )
    assert dialogue.at == "tenants"


async def test_somebody_moves_out_and_the_figures_are_shown(
    person: Person, entry: MockConfigEntry, home: Home
) -> None:
    ada = await lives_there(home)
    dialogue = await (await tenants(person, entry)).choose("move_out")
    await dialogue.fill(tenant=ada.id)
    assert dialogue.placeholders == {"name": "Ada"}
    await dialogue.fill(energy=99)
    assert dialogue.errors == {"energy": "energy_fell"}
    await dialogue.fill(energy=142.5, balance=7.25)

    assert dialogue.at == "closing_statement"
    assert dialogue.placeholders == {
        "name": "Ada",
        "energy": "42.50 kWh",
        "topped_up": "not known",
        "cost": "not known",
        "credit_left": "7.25",
        "remarks": "",
    }
    (gone,) = (await known(home.hass)).all
    assert gone.moved_out is not None
    assert gone.moved_out.energy == Decimal("142.50")
    await dialogue.fill()
    assert dialogue.options_offered == ["add_tenant", "forget_tenant", "done"]
    await dialogue.choose("forget_tenant")
    (option,) = dialogue.result["data_schema"].schema["tenant"].config["options"]
    assert option["label"] == "Ada, Home 1 (2026-10-30 – 2026-10-31)"
    await dialogue.fill(tenant=ada.id)
    assert (await known(home.hass)).all == ()
    assert dialogue.options_offered == ["add_tenant", "done"]
    await dialogue.choose("done")
    assert dialogue.at == "created"


async def test_a_link_is_shown_once_with_its_code_and_ends(
    person: Person, entry: MockConfigEntry, home: Home
) -> None:
    ada = await lives_there(home)
    dialogue = await (await tenants(person, entry)).choose("portal_link")
    await dialogue.fill(tenant=ada.id)
    assert dialogue.at == "portal_link_made"
    link = dialogue.placeholders["link"]
    address, _, token = link.partition("#")
    assert address.endswith(PORTAL_URL)
    selector = dialogue.result["data_schema"].schema["qr_code"]
    assert selector.config["data"] == link
    (one,) = (await known(home.hass)).all
    assert one.link is not None
    assert one.link.digest == digest_of(token)
    await dialogue.fill()

    assert dialogue.placeholders == {"tenants": "- **Ada**, Home 1, since 30 October 2026, has a portal link"}
    await dialogue.choose("revoke_link")
    await dialogue.fill(tenant=ada.id)
    assert (await known(home.hass)).all == (ada,)
    assert "revoke_link" not in dialogue.options_offered


@pytest.mark.parametrize("step", ["change_tenant", "move_out", "portal_link", "forget_tenant"])
async def test_somebody_else_was_faster(
    person: Person, entry: MockConfigEntry, home: Home, step: str
) -> None:
    ada, bob = await lives_there(home), await lives_there(home, "Bob", 2)
    dialogue = await (await tenants(person, entry)).choose(step)
    await (await async_tenants(home.hass)).async_change(lambda all_: all_.without(ada.id))
    await dialogue.fill(tenant=ada.id)
    assert dialogue.errors == {"tenant": "no_tenant"}
    assert (await known(home.hass)).all == (bob,)


async def test_a_link_is_not_made_for_whoever_has_just_been_forgotten(
    person: Person, entry: MockConfigEntry, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await lives_there(home)
    dialogue = await (await tenants(person, entry)).choose("change_tenant")
    await dialogue.fill(tenant=ada.id)
    await (await async_tenants(home.hass)).async_change(lambda all_: all_.without(ada.id))
    await dialogue.fill(name="Ada King")
    assert dialogue.errors == {"base": "no_tenant"}
