"""Repair issues of alerts: for whom can act, gone when somebody has, and what their dialogue does."""

from __future__ import annotations

import datetime as dt
from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import UnknownStep
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.csj_meter.alerting.issues import MOST_ISSUES, issue_id_of
from custom_components.csj_meter.alerts.alert import AlertState
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site_settings import async_site_settings

from ...alerts.found import found
from ..audited import audited
from .conftest import Site

WARNING = Severity.WARNING


def issues(site: Site) -> dict[str, ir.IssueEntry]:
    """Title -> issue, of alerts."""
    return {
        (issue.translation_placeholders or {})["title"]: issue
        for issue in ir.async_get(site.hass).issues.values()
        if issue.domain == DOMAIN and issue.translation_key == "alert" and issue.active
    }


class Dialogue:
    """Somebody walks through the repair of the only issue there is."""

    def __init__(self, site: Site) -> None:
        self.site = site
        (self.issue,) = issues(site).values()
        self.manager: RepairsFlowManager = site.hass.data[REPAIRS]["flow_manager"]
        self.step: Any = None

    async def begin(self) -> Any:
        """Open it."""
        context: Any = {"issue_id": self.issue.issue_id}
        self.step = await self.site.home.time.through(self.manager.async_init(DOMAIN, context=context))
        return self.step

    async def send(self, **answer: Any) -> Any:
        """Send a form."""
        sent = self.manager.async_configure(self.step["flow_id"], answer)
        self.step = await self.site.home.time.through(sent)
        return self.step

    async def choose(self, option: str) -> Any:
        """Choose from a menu."""
        return await self.send(next_step_id=option)

    async def wait(self) -> Any:
        """Let what is under way come to its end, and look."""
        await self.site.home.time.run(1)
        self.step = self.manager.async_get(self.step["flow_id"])
        return await self.look()

    async def look(self) -> Any:
        """The step as a browser that comes back sees it."""
        self.step = await self.site.home.time.through(self.manager.async_configure(self.step["flow_id"]))
        return self.step


@pytest.fixture
async def dialogues(site: Site) -> Site:
    """A site whose repairs can be opened."""
    assert await async_setup_component(site.hass, REPAIRS, {})
    return site


async def open_dialogue(site: Site, **facts: Any) -> Dialogue:
    """The dialogue of an alert."""
    await site.find(found(site.home.serial(1), **facts))
    dialogue = Dialogue(site)
    await dialogue.begin()
    return dialogue


# when there is one


@pytest.mark.parametrize(
    ("severity", "shown"),
    [(Severity.CRITICAL, ir.IssueSeverity.ERROR), (WARNING, ir.IssueSeverity.WARNING)],
)
async def test_an_alert_that_somebody_can_act_on_is_an_issue_until_it_is_over(
    site: Site, severity: Severity, shown: ir.IssueSeverity
) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial, State.SUSPECTED, kind=Kind.OVERLOAD, severity=severity))
    assert issues(site) == {}

    await site.find(found(serial, kind=Kind.OVERLOAD, severity=severity))
    ((title, issue),) = issues(site).items()
    assert title.endswith(": Overload, Home 1")
    assert (issue.severity, issue.is_fixable, issue.is_persistent) == (shown, True, False)

    await site.find(found(serial, State.CLEARED, kind=Kind.OVERLOAD, severity=severity, minute=9))
    assert issues(site) == {}


async def test_what_is_only_good_to_know_is_none(site: Site) -> None:
    await site.find(found(site.home.serial(1), kind=Kind.DRIFT, severity=Severity.INFO))

    assert issues(site) == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": Kind.UNDERVOLTAGE, "severity": WARNING},
        {"kind": Kind.FREQUENCY, "severity": WARNING},
        {"scope": Scope.AREA},
    ],
)
async def test_what_only_the_network_operator_can_mend_is_none(site: Site, facts: dict[str, Any]) -> None:
    await site.find(found(site.home.serial(1), **facts))

    assert len(site.alerting.active_of(site.home.serial(1))) == 1
    assert issues(site) == {}


@pytest.mark.parametrize("verdict", ["acknowledge", "shelve", "false_alarm"])
async def test_it_is_gone_when_somebody_has_seen_to_it_elsewhere(site: Site, verdict: str) -> None:
    await site.find(found(site.home.serial(1)))
    (alert,) = site.alerting.active_of(site.home.serial(1))
    alerting = site.alerting

    await site.home.time.through(
        {
            "acknowledge": lambda: alerting.async_acknowledge(alert.id, "Ada"),
            "shelve": lambda: alerting.async_shelve(alert.id, dt.timedelta(seconds=20), "Ada"),
            "false_alarm": lambda: alerting.async_report_false_alarm(alert.id, "Ada"),
        }[verdict]()
    )

    assert issues(site) == {}
    await site.home.time.run(25)
    assert len(issues(site)) == (1 if verdict == "shelve" else 0)


async def test_a_drill_is_one_as_well_and_says_so(site: Site) -> None:
    until = dt.datetime.fromtimestamp(site.home.time.wall + 10, dt.UTC)

    await site.home.time.through(site.alerting.async_drill([found(site.home.serial(1))], until))
    assert list(issues(site)) == ["DRILL Critical: Voltage sag, Home 1"]

    await site.home.time.run(12)
    assert issues(site) == {}


async def test_of_too_many_the_worst_are_shown_and_drills_take_no_place_from_them(site: Site) -> None:
    serial = site.home.serial(1)
    kinds = (Kind.OVERLOAD, Kind.LEAK, Kind.STUCK_LOAD, Kind.HIGH_USAGE)
    warnings = [
        found(site.home.serial(unit), kind=kind, severity=WARNING)
        for unit in site.home.line.meters
        for kind in kinds
    ]
    until = dt.datetime.fromtimestamp(site.home.time.wall + 40, dt.UTC)
    await site.home.time.through(site.alerting.async_drill([found(serial)], until))
    assert len(issues(site)) == 1

    await site.find(*warnings, found(site.home.serial(2)))

    shown = [issue for issue in ir.async_get(site.hass).issues.values() if issue.translation_key == "alert"]
    assert len(shown) == MOST_ISSUES
    assert "Critical: Voltage sag, Home 2" in issues(site)
    assert "DRILL Critical: Voltage sag, Home 1" not in issues(site)


async def test_after_a_restart_they_are_made_anew_and_ignored_ones_stay_ignored(site: Site) -> None:
    serial = await site.sag(2)
    before = set(issues(site))
    sag = next(alert for alert in site.alerting.active_of(serial) if alert.kind is Kind.VOLTAGE_SAG)
    ir.async_ignore_issue(site.hass, DOMAIN, issue_id_of(sag.id), ignore=True)

    assert await site.home.tear_down()
    assert issues(site) == {}
    assert await site.home.time.through(site.hass.config_entries.async_setup(site.home.entry.entry_id))

    assert site.home.entry.state is ConfigEntryState.LOADED
    assert set(issues(site)) == before
    again = ir.async_get(site.hass).async_get_issue(DOMAIN, issue_id_of(sag.id))
    assert again is not None
    assert again.dismissed_version is not None


# the dialogue


async def test_it_tells_what_was_seen_and_what_can_be_done(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues)

    step = dialogue.step
    assert step["menu_options"] == ["acknowledge", "false_alarm", "threshold", "work_order"]
    words = step["description_placeholders"]
    assert words["title"] == "Critical: Voltage sag, Home 1"
    assert words["message"].startswith("171 V at phase 1;")
    assert words["causes"].startswith("- ")


async def test_acknowledging_ends_it(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues)

    done = await dialogue.choose("acknowledge")

    assert done["type"] == "create_entry"
    assert issues(dialogues) == {}
    (alert,) = dialogues.alerting.active_of(dialogues.home.serial(1))
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "repair issue")


async def test_who_has_sent_the_form_is_the_one_who_sees_to_it(
    dialogues: Site, hass_client: ClientSessionGenerator
) -> None:
    await dialogues.find(found(dialogues.home.serial(1)))
    (issue,) = issues(dialogues).values()
    client = await dialogues.home.time.through(hass_client())

    address, asked = "/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": issue.issue_id}

    begun = await client.post(address, json=asked)
    flow_id = (await begun.json())["flow_id"]
    ended = await client.post(f"{address}/{flow_id}", json={"next_step_id": "acknowledge"})

    assert (await ended.json())["type"] == "create_entry"
    (alert,) = dialogues.alerting.active_of(dialogues.home.serial(1))
    assert alert.acknowledged_by == "Mock User"
    assert await dialogues.home.time.through(audited(dialogues.hass)) == [
        ("repairs_acknowledge", "Mock User", dialogues.home.serial(1), "done")
    ]


async def test_a_false_alarm_offers_another_threshold(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues)

    offered = await dialogue.choose("false_alarm")
    (alert,) = dialogues.alerting.active_of(dialogues.home.serial(1))
    assert (alert.state, alert.false_alarm_by) == (AlertState.FALSE_ALARM, "repair issue")
    assert issues(dialogues) == {}
    assert offered["menu_options"] == ["threshold", "finish"]

    assert (await dialogue.choose("finish"))["type"] == "create_entry"


async def test_there_is_no_threshold_where_nothing_can_be_tuned(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues, kind=Kind.TAMPER, severity=WARNING, quantity="status")

    assert dialogue.step["menu_options"] == ["acknowledge", "false_alarm", "work_order"]
    assert (await dialogue.choose("false_alarm"))["type"] == "create_entry"


async def test_a_work_order_leaves_the_alert_to_be_acknowledged(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues, kind=Kind.LEAK, severity=WARNING)

    told = await dialogue.choose("work_order")

    assert (told["type"], told["reason"]) == ("abort", "work_order")
    assert told["description_placeholders"]["number"] == "WO-0001"
    assert dialogues.alerting.work_orders.get(1).created_by == "repair issue"
    assert len(issues(dialogues)) == 1


async def test_another_threshold_is_tried_on_the_last_month_and_kept_for_this_meter(dialogues: Site) -> None:
    site = dialogues
    serial = await site.sag(2)
    site.home.line.faults.clear()
    for alert in site.alerting.active_of(serial):
        if alert.kind is not Kind.VOLTAGE_SAG:
            await site.home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))
    dialogue = Dialogue(site)
    await dialogue.begin()

    form = await dialogue.choose("threshold")
    limits = form["description_placeholders"]
    assert (limits["now"], limits["low"], limits["high"]) == ("0.78 ×", "0.5 ×", "0.95 ×")
    assert limits["meaning"] == "A phase is below this multiple of the nominal voltage."
    same = await dialogue.send(threshold=0.78)
    assert same["errors"] == {"threshold": "threshold_unchanged"}
    looking = await dialogue.send(threshold=0.55)
    assert (looking["type"], looking["progress_action"]) == ("progress", "preview")
    compared = await dialogue.wait()

    assert compared["step_id"] == "not_found"
    words = compared["description_placeholders"]
    assert (int(words["times_now"]) > 0, words["times_then"], words["threshold"]) == (True, "0", "0.55")
    settings = await async_site_settings(site.hass)
    assert settings.detection.of(Kind.VOLTAGE_SAG, serial, None).threshold == 0.78, "nothing is saved yet"

    saved = await dialogue.choose("save")

    assert (saved["type"], saved["reason"]) == ("abort", "threshold_saved")
    assert settings.detection.of(Kind.VOLTAGE_SAG, serial, None).threshold == 0.55
    assert settings.detection.of(Kind.VOLTAGE_SAG, site.home.serial(1), None).threshold == 0.78


async def test_a_threshold_that_changes_nothing_says_so_and_another_can_be_tried(dialogues: Site) -> None:
    site = dialogues
    serial = await site.sag(2)
    for alert in site.alerting.active_of(serial):
        if alert.kind is not Kind.VOLTAGE_SAG:
            await site.home.time.through(site.alerting.async_acknowledge(alert.id, "Ada"))
    dialogue = Dialogue(site)
    await dialogue.begin()
    await dialogue.choose("false_alarm")
    await dialogue.choose("threshold")
    await dialogue.send(threshold=0.8)

    compared = await dialogue.wait()
    assert compared["step_id"] == "found"
    words = compared["description_placeholders"]
    assert words["times_now"] == words["times_then"] != "0"

    form = await dialogue.choose("threshold")
    assert form["step_id"] == "threshold"
    await dialogue.send(threshold=0.79)
    await dialogue.wait()
    assert (await dialogue.choose("save"))["type"] == "create_entry"
    settings = await async_site_settings(site.hass)
    assert settings.detection.of(Kind.VOLTAGE_SAG, serial, None).threshold == 0.79


async def test_what_is_over_meanwhile_ends_the_dialogue(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues)
    await dialogues.find(found(dialogues.home.serial(1), State.CLEARED, minute=9))

    told = await dialogue.choose("acknowledge")

    assert (told["type"], told["reason"]) == ("abort", "over")


async def test_without_a_bridge_nothing_can_be_decided(dialogues: Site) -> None:
    dialogue = await open_dialogue(dialogues)
    assert await dialogues.home.tear_down()

    told = await dialogue.choose("acknowledge")

    assert (told["type"], told["reason"]) == ("abort", "not_set_up")
    with pytest.raises(UnknownStep):
        await dialogue.begin()
