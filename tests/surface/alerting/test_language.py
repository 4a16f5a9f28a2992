"""Whoever is told of alerts is told in the language of the site, also after it was changed."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_integration
import pytest

from custom_components.csj_meter.alerting.summary import async_send_summary
from custom_components.csj_meter.anomaly.kinds import Kind, Scope, Severity, State
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.language.texts import CATEGORY, GROUPS
from custom_components.csj_meter.logbook import line_of
from custom_components.csj_meter.site_texts import current_texts

from ...alerts.found import found
from ...languages import changed
from .conftest import MAIL, PHONE, SETTINGS, SMS, Site

LANGUAGE = "xx"
OTHER_ORDER = "{where}: {kind} ({severity})"


@pytest.fixture
async def translated(hass: HomeAssistant, tmp_path: Path) -> None:
    """One more language in the folder of the integration, whose letters are small where ours are great.

    Its titles have another order, one of its texts is missing, and one is damaged.
    """
    integration = await async_get_integration(hass, DOMAIN)
    english = (integration.file_path / "translations" / "en.json").read_text(encoding="utf-8")
    tree = {
        group: {key: changed(text, str.swapcase) for key, text in texts.items()}
        for group, texts in json.loads(english)[CATEGORY].items()
        if group in GROUPS
    }
    tree["messages"]["title"] = OTHER_ORDER
    del tree["buttons"]["open"]
    tree["messages"]["cleared"] = "NORMAL AFTER {duration!r}"
    folder = tmp_path / "translations"
    folder.mkdir()
    (folder / "en.json").write_text(english, encoding="utf-8")
    (folder / f"{LANGUAGE}.json").write_text(json.dumps({CATEGORY: tree}), encoding="utf-8")
    integration.file_path = tmp_path


@pytest.fixture
async def abroad(hass: HomeAssistant, translated: None) -> None:
    """A Home Assistant that speaks that language from the beginning."""
    await hass.config.async_update(language=LANGUAGE)


def messages(site: Site, channel: str) -> list[dict[str, Any]]:
    return [data for name, data in site.said if name == channel]


def issue_texts(site: Site) -> list[dict[str, str]]:
    issues = ir.async_get(site.hass).issues.values()
    return [dict(issue.translation_placeholders or {}) for issue in issues if issue.domain == DOMAIN]


async def test_everybody_is_told_in_the_language_of_the_site(abroad: None, site: Site) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial))
    overload: dict[str, Any] = {"quantity": "current_l1", "value": 81.0, "high": 80.0}
    await site.find(found(serial, kind=Kind.OVERLOAD, severity=Severity.WARNING, **overload))

    title, seen = "Home 1: vOLTAGE SAG (cRITICAL)", "171 V AT PHASE 1; AT LEAST 180 V IS ALLOWED."
    push = messages(site, "phone")[0]
    assert push["title"] == title
    assert push["message"] == (
        f"{seen} oNLY THIS METER. sWITCH OFF WHAT IS SENSITIVE AND CALL AN ELECTRICIAN NOW."
    )
    assert [button["title"] for button in push["data"]["actions"]] == ["aCKNOWLEDGE", "fALSE ALARM", "Open"]

    (sms,) = messages(site, "sms")
    assert sms["message"].startswith(f"{title}. {seen} sWITCH OFF")
    assert len(sms["message"]) <= 160

    (mail,) = messages(site, "mail")
    assert mail["title"] == "Home 1: oVERLOAD (wARNING)"
    for text in (
        f'lang="{LANGUAGE}"',
        "wHAT TO DO",
        "81 A AT PHASE 1",
        "mEASURED",
        "sENT BY csj mETER ON sAT 31",
    ):
        assert text in mail["data"]["html"]

    confirmed = next(event for event in site.events if event["type"] == "confirmed")
    assert (confirmed["title"], confirmed["message"]) == (title, push["message"])
    assert (confirmed["kind"], confirmed["severity"], confirmed["action"]) == (
        *("voltage_sag", "critical", "call_electrician_now"),
    )
    assert line_of(confirmed, current_texts(site.hass)) == f"IS CONFIRMED: {push['message']}"
    assert {"title": title} in issue_texts(site)
    assert site.home.state("sensor", 1, "alert_state").attributes["alerts"][0]["title"] == title


async def test_what_is_missing_or_damaged_is_told_in_english(abroad: None, site: Site) -> None:
    serial = site.home.serial(1)
    await site.find(found(serial))
    await site.find(found(serial, State.CLEARED, minute=9))

    over = messages(site, "phone")[-1]
    assert over["title"] == "oVER: vOLTAGE SAG, Home 1"
    assert over["message"].startswith("Normal again after ")


async def test_a_circuit_and_the_week_are_told_in_it_as_well(abroad: None, site: Site) -> None:
    await site.find(*(found(site.home.serial(unit), scope=Scope.AREA) for unit in (1, 2)))
    await site.home.time.through(async_send_summary(site.hass, ["mail"]))
    await site.home.time.run(1)

    assert messages(site, "phone")[0]["title"] == "CIRCUIT street: vOLTAGE SAG (cRITICAL)"
    assert "mETERS: Home 1, Home 2." in messages(site, "phone")[0]["message"]
    summary = messages(site, "mail")[-1]
    assert summary["title"].startswith("wEEK OF ")
    assert "sTILL OPEN:\n- vOLTAGE SAG, CIRCUIT street: 171 V AT PHASE 1;" in summary["message"]


async def test_what_keeps_a_channel_from_working_is_told_in_it_as_well(abroad: None, site: Site) -> None:
    phone = replace(PHONE, fallback="sms")
    await site.set_alerts(replace(SETTINGS, channels=(phone, SMS, MAIL)))
    site.hass.services.async_remove("notify", "phone")
    await site.find(found(site.home.serial(1)))

    assert {"channel": "Phone", "error": "notify.phone IS NOT THERE"} in issue_texts(site)


@pytest.mark.meters(1, 2, 3)
async def test_another_language_holds_from_the_next_message_on(translated: None, site: Site) -> None:
    await site.find(found(site.home.serial(1)))
    assert {"title": "Critical: Voltage sag, Home 1"} in issue_texts(site)

    await site.hass.config.async_update(language=LANGUAGE)
    await site.home.time.run(1)
    assert {"title": "Home 1: vOLTAGE SAG (cRITICAL)"} in issue_texts(site), "what is shown is told anew"
    await site.find(found(site.home.serial(2)))
    assert messages(site, "phone")[-1]["title"] == "Home 2: vOLTAGE SAG (cRITICAL)"

    await site.hass.config.async_update(language="en")
    await site.home.time.run(1)
    await site.restart()
    await site.find(found(site.home.serial(3)))
    assert messages(site, "phone")[-1]["title"] == "Critical: Voltage sag, Home 3"


async def test_a_language_that_there_is_not_is_english(translated: None, site: Site) -> None:
    await site.hass.config.async_update(language="yy")
    await site.home.time.run(1)
    await site.find(found(site.home.serial(1)))

    assert current_texts(site.hass).language == "yy"
    assert messages(site, "phone")[-1]["title"] == "Critical: Voltage sag, Home 1"
