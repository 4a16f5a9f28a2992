"""Settings of the whole site: kept, read back, and found in files of earlier versions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest

from custom_components.csj_meter.anomaly.kinds import Kind
from custom_components.csj_meter.anomaly.settings import Settings as DetectionSettings
from custom_components.csj_meter.const import DOMAIN
from custom_components.csj_meter.site.access import Role
from custom_components.csj_meter.site.people import AccessSettings, Person
from custom_components.csj_meter.site_settings import (
    SIGNAL_SITE_SETTINGS,
    PaymentSettings,
    SiteSettings,
    TelemetrySettings,
)

from .full_disk import unwritable

SECRET_URL = "postgresql+psycopg://home:hush@db.example/meters"


async def loaded(hass: HomeAssistant) -> SiteSettings:
    """The settings as somebody sees them who begins now."""
    settings = SiteSettings(hass)
    await settings.async_load()
    return settings


async def test_measurements_are_kept_half_a_year_in_a_file_unless_somebody_wants_it_otherwise(
    hass: HomeAssistant,
) -> None:
    telemetry = (await loaded(hass)).telemetry

    assert (telemetry.database_url, telemetry.raw_days, telemetry.aggregate_months) == (None, 180, 24)


async def test_what_is_set_about_measurements_is_there_after_a_restart(hass: HomeAssistant) -> None:
    wanted = TelemetrySettings(database_url=SECRET_URL, raw_days=30, aggregate_months=6)

    await (await loaded(hass)).async_set_telemetry(wanted)

    assert (await loaded(hass)).telemetry == wanted


async def test_what_cannot_be_written_is_refused_and_does_not_hold(hass: HomeAssistant) -> None:
    settings = await loaded(hass)
    before = replace(PaymentSettings(), enabled=True, webhook_id="an-address", secret="0" * 64)
    wanted = replace(before, secret="1" * 64)
    await settings.async_set_payments(before)
    heard: list[None] = []
    async_dispatcher_connect(hass, SIGNAL_SITE_SETTINGS, lambda: heard.append(None))

    with unwritable(hass, f"{DOMAIN}.site"), pytest.raises(HomeAssistantError) as refused:
        await settings.async_set_payments(wanted)
    await hass.async_block_till_done()

    assert refused.value.translation_key == "kept_file_not_written"
    assert settings.payments == (await loaded(hass)).payments == before
    assert heard == []

    await settings.async_set_payments(wanted)
    assert settings.payments == (await loaded(hass)).payments == wanted


async def test_setting_one_thing_leaves_the_other_alone(hass: HomeAssistant) -> None:
    settings = await loaded(hass)
    payments = replace(PaymentSettings(), enabled=True, webhook_id="an-address", secret="0" * 64)
    telemetry = TelemetrySettings(raw_days=7)

    await settings.async_set_payments(payments)
    await settings.async_set_telemetry(telemetry)
    await settings.async_set_payments(replace(payments, provider="Bank"))

    again = await loaded(hass)
    assert again.telemetry == telemetry
    assert again.payments == replace(payments, provider="Bank")


async def test_a_file_from_before_there_were_measurements_still_loads(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    payments = replace(PaymentSettings(), provider="Bank")
    hass_storage[f"{DOMAIN}.site"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.site",
        "data": {"payments": payments.as_dict()},
    }

    settings = await loaded(hass)

    assert settings.payments == payments
    assert settings.telemetry == TelemetrySettings()


async def test_what_is_set_about_anomalies_is_there_after_a_restart(hass: HomeAssistant) -> None:
    wanted = DetectionSettings.from_dict(
        {"site": {"leak": {"enabled": False}}, "meters": {"123": {"voltage_sag": {"threshold": 0.8}}}}
    )

    await (await loaded(hass)).async_change_detection(lambda _: wanted)

    assert (await loaded(hass)).detection == wanted


async def test_meters_that_are_switched_at_once_are_all_switched(hass: HomeAssistant) -> None:
    settings = await loaded(hass)
    await settings.async_change_detection(lambda _: DetectionSettings(unwatched=frozenset({"1"})))

    await asyncio.gather(
        settings.async_set_watched("1", watched=True),
        *(settings.async_set_watched(serial, watched=False) for serial in ("2", "3")),
    )

    assert (await loaded(hass)).detection.unwatched == {"2", "3"}


async def test_a_threshold_that_is_set_while_meters_are_switched_is_kept(hass: HomeAssistant) -> None:
    settings = await loaded(hass)

    await asyncio.gather(
        settings.async_set_watched("1", watched=False),
        settings.async_set_threshold(Kind.LEAK, "2", 2.5),
        settings.async_set_watched("3", watched=False),
    )

    detection = (await loaded(hass)).detection
    assert detection.of(Kind.LEAK, "2", None).threshold == 2.5
    assert detection.unwatched == {"1", "3"}


async def test_what_another_version_has_set_about_anomalies_stops_nobody(
    hass: HomeAssistant, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    hass_storage[f"{DOMAIN}.site"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.site",
        "data": {
            "telemetry": TelemetrySettings(raw_days=9).as_dict(),
            "detection": {"site": {"ghosts": {"enabled": True}}},
        },
    }

    settings = await loaded(hass)

    assert settings.telemetry.raw_days == 9
    assert settings.detection == DetectionSettings()
    assert "site.ghosts" in caplog.text


async def test_everybody_hears_of_a_change_when_it_is_there(hass: HomeAssistant) -> None:
    settings, heard = await loaded(hass), []
    async_dispatcher_connect(hass, SIGNAL_SITE_SETTINGS, lambda: heard.append(settings.telemetry.raw_days))

    await settings.async_set_telemetry(TelemetrySettings(raw_days=9))
    await hass.async_block_till_done()

    assert heard == [9]


def test_the_address_of_the_database_is_never_shown_with_its_password() -> None:
    assert "hush" not in repr(TelemetrySettings(database_url=SECRET_URL))


async def test_roles_of_another_version_are_no_roles(
    hass: HomeAssistant, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    hass_storage[f"{DOMAIN}.site"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.site",
        "data": {
            "telemetry": TelemetrySettings(raw_days=9).as_dict(),
            "access": {"people": [{"user_id": "ada", "role": "king"}]},
        },
    }

    settings = await loaded(hass)

    assert settings.telemetry.raw_days == 9
    assert settings.access == AccessSettings()
    assert "people.0.role" in caplog.text


async def test_a_role_is_there_after_a_restart(hass: HomeAssistant) -> None:
    ada = Person(user_id="ada", role=Role.TENANT, meters=("1",))

    await (await loaded(hass)).async_change_access(lambda access: access.with_person(ada))

    assert (await loaded(hass)).access.person("ada") == ada


async def test_settings_that_cannot_be_used_are_kept_beside_the_file(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    known = (await loaded(hass))._all.as_dict()
    stored = {**known, "alerts": {**known["alerts"], "of_a_later_version": True}}
    hass_storage[f"{DOMAIN}.site"] = {"version": 1, "key": f"{DOMAIN}.site", "data": stored}

    settings = await loaded(hass)
    await settings.async_set_telemetry(TelemetrySettings(raw_days=7))

    assert hass_storage[f"{DOMAIN}.site.unusable"]["data"] == stored
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "settings_unusable")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert "of_a_later_version" in issue.translation_placeholders["error"]

    await settings.async_forget()

    assert not [key for key in hass_storage if key.startswith(f"{DOMAIN}.site")]
