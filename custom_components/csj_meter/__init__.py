"""CSJ smart prepayment meters on RS485: sets a bridge up and takes it down again.

A config entry is a bridge, each of its subentries a meter. What a bridge does while it is set
up is in ``bridge`` and ``pulse_bridge``; how a line is opened is in ``links``.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from homeassistant.const import Platform
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady, UnsupportedStorageVersionError
from homeassistant.helpers import config_validation as cv, device_registry as dr, issue_registry as ir
from homeassistant.helpers.typing import ConfigType

from .access.audit_view import AuditView
from .advising.advising import async_forget_dismissed
from .alerting.answers import async_listen_for_answers
from .alerting.event_feed import async_event_feed
from .assist.sentences import async_set_up_sentences
from .bridge import Bridge
from .const import CONF_LINK, DOMAIN, ENTRY_VERSION, SUBENTRY_METER, Link
from .coordinator import CsjConfigEntry
from .csv_view import CsvView
from .detection.engine_file import async_forget_engine
from .file_issues import point_out_newer, stored_file
from .library import async_load_library
from .links import async_open_bus
from .meter_log import async_forget_log
from .meter_memory import MeterMemory
from .money.payment_webhook import async_finish_payments, async_set_up_payments
from .panel import async_set_up_panel
from .portal.views import async_register_portal
from .pulse_bridge import PulseBridge
from .pulse_feed import async_forget_pulses
from .services import async_register_actions
from .simulated_line import async_forget_line
from .site_parts import async_hold_site_parts, async_leave_site_parts, async_open_site_parts
from .site_settings import async_site_settings
from .site_texts import async_load_texts
from .stale_entities import async_remove_stale_entities
from .tenants.book import async_tenants
from .websocket_api import async_register_commands

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
    Platform.UPDATE,
)


CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register what there is once, however many bridges there are."""
    try:
        await async_site_settings(hass)  # who may do what
    except UnsupportedStorageVersionError as err:
        point_out_newer(hass, err)
        return False
    _point_out_newer_bridges(hass)
    await async_tenants(hass)
    await async_load_texts(hass)
    async_register_actions(hass)
    async_register_commands(hass)
    hass.http.register_view(CsvView())
    hass.http.register_view(AuditView())
    async_register_portal(hass)
    await async_set_up_payments(hass)
    async_listen_for_answers(hass)
    async_event_feed(hass)  # before there is anything to hear
    async_set_up_sentences(hass)
    async_set_up_panel(hass)
    return True


@callback
def _point_out_newer_bridges(hass: HomeAssistant) -> None:
    """Say which bridges were set up by a newer version; Home Assistant does not start them."""
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        if entry.version > ENTRY_VERSION:
            ir.async_create_issue(
                hass,
                DOMAIN,
                f"newer_bridge_{entry.entry_id}",
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="bridge_too_new",
                translation_placeholders={"bridge": entry.title},
            )


async def async_setup_entry(hass: HomeAssistant, entry: CsjConfigEntry) -> bool:
    """Open the line of a bridge and begin to poll its meters.

    Raises ConfigEntryNotReady when the link itself is down; a silent meter is no reason. Raises
    ConfigEntryError when a newer version has written what is remembered of the meters.
    """
    settings = entry.as_dict()
    try:
        bridge = await _async_bridge(hass, entry)
        entry.runtime_data = bridge.runtime
        await bridge.async_prepare()
    except ConfigEntryNotReady:
        await async_hold_site_parts(hass, entry)
        raise
    except UnsupportedStorageVersionError as err:
        point_out_newer(hass, err)
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="written_by_newer",
            translation_placeholders={"file": stored_file(err)},
        ) from err
    try:
        telemetry = await async_open_site_parts(hass, entry)
        # entities of a meter that has been removed meanwhile could not be added
        settings = await _async_follow(hass, entry, bridge, settings)
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        bridge.start(telemetry)
        async_remove_stale_entities(hass, entry)
    except BaseException:  # Home Assistant gives up waiting in the end
        await async_leave_site_parts(hass, entry)
        raise
    entry.async_on_unload(hass.async_add_shutdown_job(HassJob(bridge.runtime.stop, f"stop {entry.title}")))
    entry.async_on_unload(entry.add_update_listener(bridge.async_settings_changed))
    await _async_follow(hass, entry, bridge, settings)
    return True


async def _async_follow(
    hass: HomeAssistant, entry: CsjConfigEntry, bridge: Bridge | PulseBridge, known: dict[str, Any]
) -> dict[str, Any]:
    """Have a bridge follow what was changed while it was set up, as nobody tells it yet.

    ``known`` and what is returned are the settings that it has followed.
    """
    settings = entry.as_dict()
    if settings != known:
        await bridge.async_settings_changed(hass, entry)
    return settings


async def _async_bridge(hass: HomeAssistant, entry: CsjConfigEntry) -> Bridge | PulseBridge:
    """The bridge of an entry, ready to start."""
    memory = MeterMemory(hass, entry.entry_id)
    await memory.async_load()
    library = await async_load_library(hass)
    if entry.data[CONF_LINK] == Link.PULSE:
        return PulseBridge(hass, entry, library, memory)
    return Bridge(hass, entry, await async_open_bus(hass, entry), library, memory)


async def async_unload_entry(hass: HomeAssistant, entry: CsjConfigEntry) -> bool:
    """Stop polling; the link is let go by those who opened it."""
    await async_finish_payments(hass, entry)
    controls = [one.control for one in entry.runtime_data.coordinators.values() if one.control is not None]
    for control in controls:
        await control.async_finish()
    for task in list(entry.runtime_data.arriving):
        task.cancel()
    if not await _async_unload_platforms(hass, entry):
        for control in controls:
            control.resume()
        return False
    await entry.runtime_data.stop()
    await async_leave_site_parts(hass, entry)
    return True


async def _async_unload_platforms(hass: HomeAssistant, entry: CsjConfigEntry) -> bool:
    """Take the entities away, a platform after the other: a line may have thousands."""
    for platform in PLATFORMS:
        await asyncio.sleep(0)  # others have a turn
        if not await hass.config_entries.async_unload_platforms(entry, [platform]):
            return False
    return True


async def async_remove_entry(hass: HomeAssistant, entry: CsjConfigEntry) -> None:
    """Forget what was remembered of the meters, and what simulated ones have kept.

    With the last bridge the settings of the site go as well, the address and secret of payments above
    all, and what is usual on its meters. The ledger stays, with the secret of its vouchers: what was paid
    remains true. So do measurements, alerts and the audit log.
    """
    await async_leave_site_parts(hass, entry)  # one that was never up; what is closing keeps what it knows
    await MeterMemory(hass, entry.entry_id).async_remove()
    await async_forget_log(hass, entry.entry_id)
    await async_forget_pulses(hass, entry.entry_id)
    await async_forget_line(hass, entry.entry_id)
    bridges = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    if all(bridge.entry_id == entry.entry_id for bridge in bridges):
        await (await async_site_settings(hass)).async_forget()
        await (await async_tenants(hass)).async_forget()
        await async_forget_engine(hass)
        await async_forget_dismissed(hass)
        registry = ir.async_get(hass)
        for issue_id in [issue_id for domain, issue_id in registry.issues if domain == DOMAIN]:
            registry.async_delete(DOMAIN, issue_id)


async def async_remove_config_entry_device(
    _hass: HomeAssistant, entry: CsjConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let users remove what is no meter of this bridge any more."""
    serials = {subentry.unique_id for subentry in entry.get_subentries_of_type(SUBENTRY_METER)}
    return not device.identifiers & {(DOMAIN, name) for name in (entry.entry_id, *serials)}
