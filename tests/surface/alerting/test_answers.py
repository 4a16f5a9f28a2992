"""Buttons of notifications, pressed by people of every role."""

from __future__ import annotations

from homeassistant.core import Context
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.csj_meter.access.audit_log import async_audit_log
from custom_components.csj_meter.alerting.answers import EVENT_ANSWER
from custom_components.csj_meter.alerting.payloads import ACKNOWLEDGE, FALSE_ALARM
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.site.access import Role

from ...alerts.found import found
from ..people import give_role
from .conftest import Site


async def press(site: Site, button: str, context: Context) -> AlertState:
    """An alert has come; somebody presses a button of its notification. How the alert stands then."""
    await site.find(found(site.home.serial(1)))
    message = next(iter(site.alerting.desk.outbox))
    site.hass.bus.async_fire(EVENT_ANSWER, {"action": f"{button}:{message.id}"}, context=context)
    await site.home.time.run(1)
    return site.alerting.desk.get(message.alerts[0]).state


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
