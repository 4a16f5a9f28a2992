"""Buttons of notifications, pressed by people of every role."""

from __future__ import annotations

from dataclasses import replace

from homeassistant.core import Context
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.alerting.answers import EVENT_ANSWER
from custom_components.csj_meter.alerting.channel_users import ACKNOWLEDGE, FALSE_ALARM
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.site.access import Role

from ...alerts.found import found
from ..people import give_role
from .conftest import MAIL, PHONE, SETTINGS, SMS, Site


async def press(site: Site, button: str, context: Context) -> AlertState:
    """An alert has come; somebody presses a button of its notification. How the alert stands then."""
    await site.find(found(site.home.serial(1)))
    site.hass.bus.async_fire(EVENT_ANSWER, {"action": f"{button}:{phone_message(site)}"}, context=context)
    await site.home.time.run(1)
    (alert,) = site.alerting.desk.alerts
    return alert.state


def phone_message(site: Site) -> str:
    """Id of the message that the phone shows."""
    return next(message.id for message in site.alerting.desk.outbox if message.channel == PHONE.id)


@pytest.mark.parametrize(
    ("role", "acknowledges", "judges"),
    [
        (Role.TECHNICIAN, True, True),
        (Role.SUPPORT, False, False),
        (Role.LANDLORD, True, True),
        (Role.TENANT, True, False),
        (None, False, False),
    ],
)
@pytest.mark.parametrize("button", [ACKNOWLEDGE, FALSE_ALARM])
async def test_an_answer_counts_when_the_role_allows_it(
    site: Site, button: str, role: Role | None, acknowledges: bool, judges: bool
) -> None:
    user = MockUser(name="Ada").add_to_hass(site.hass)
    if role is not None:
        theirs = [site.home.serial(1)] if role in (Role.LANDLORD, Role.TENANT) else []
        await give_role(site.hass, user, role, meters=theirs)

    state = await press(site, button, Context(user_id=user.id))

    counts = acknowledges if button == ACKNOWLEDGE else judges
    wanted = AlertState.ACKNOWLEDGED if button == ACKNOWLEDGE else AlertState.FALSE_ALARM
    assert (state is wanted) is counts
    (line,) = await (await async_audit_log(site.hass)).async_read(lambda store: store.lines())
    assert (line.entry.name, line.word) == ("Ada", "done" if counts else "refused")


async def test_an_answer_without_a_user_counts(site: Site) -> None:
    assert await press(site, ACKNOWLEDGE, Context()) is AlertState.ACKNOWLEDGED


async def test_an_answer_of_a_removed_user_does_not(site: Site) -> None:
    assert await press(site, ACKNOWLEDGE, Context(user_id="gone")) is AlertState.CONFIRMED


# a channel that says whose phone it is


def buttons(site: Site) -> list[str]:
    """Titles of the buttons of the last notification on the phone."""
    shown = [data for name, data in site.said if name == "phone"]
    return [button["title"] for button in shown[-1]["data"]["actions"]]


async def is_phone_of(site: Site, user_id: str) -> None:
    owned = replace(PHONE, user=user_id)
    await site.set_alerts(replace(SETTINGS, channels=(owned, SMS, MAIL)))


@pytest.mark.parametrize(
    ("role", "own", "shown"),
    [
        (Role.TECHNICIAN, False, ["Acknowledge", "False alarm", "Open"]),
        (Role.SUPPORT, False, ["Open"]),
        (Role.TENANT, True, ["Acknowledge", "Open"]),
        (Role.TENANT, False, ["Open"]),
        (None, False, ["Open"]),
    ],
)
async def test_a_phone_shows_only_buttons_that_its_user_may_press(
    site: Site, role: Role | None, own: bool, shown: list[str]
) -> None:
    user = MockUser(name="Ada").add_to_hass(site.hass)
    if role is not None:
        theirs = [site.home.serial(1 if own else 2)] if role is Role.TENANT else []
        await give_role(site.hass, user, role, meters=theirs)
    await is_phone_of(site, user.id)

    await site.find(found(site.home.serial(1)))

    assert buttons(site) == shown


async def test_a_phone_of_nobody_in_particular_shows_all_buttons(site: Site) -> None:
    await site.find(found(site.home.serial(1)))

    assert buttons(site) == ["Acknowledge", "False alarm", "Open"]


async def test_answers_of_a_phone_are_those_of_its_user(site: Site) -> None:
    ada, family = (MockUser(name=name).add_to_hass(site.hass) for name in ("Ada", "Family tablet"))
    await give_role(site.hass, ada, Role.TENANT, meters=[site.home.serial(1)])
    await give_role(site.hass, family, Role.TECHNICIAN)
    await is_phone_of(site, ada.id)

    assert await press(site, FALSE_ALARM, Context(user_id=family.id)) is AlertState.CONFIRMED
    site.hass.bus.async_fire(EVENT_ANSWER, {"action": f"{ACKNOWLEDGE}:{phone_message(site)}"})
    await site.home.time.run(1)

    (alert,) = site.alerting.desk.alerts
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "Ada")
    lines = await (await async_audit_log(site.hass)).async_read(lambda store: store.lines())
    assert {(line.entry.name, line.entry.role, line.word) for line in lines} == {
        ("Ada", Role.TENANT, "refused"),
        ("Ada", Role.TENANT, "done"),
    }


async def test_a_phone_whose_user_was_removed_answers_as_before(site: Site) -> None:
    ada = MockUser(name="Ada").add_to_hass(site.hass)
    await give_role(site.hass, ada, Role.TECHNICIAN)
    await is_phone_of(site, "gone")

    assert await press(site, ACKNOWLEDGE, Context(user_id=ada.id)) is AlertState.ACKNOWLEDGED
    (first, *_) = [data for name, data in site.said if name == "phone"]
    assert len(first["data"]["actions"]) == 3
    assert site.alerting.desk.alerts[0].acknowledged_by == "Ada"
