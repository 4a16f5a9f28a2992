"""Firmware of the meters: what runs, what is newer in the library, and how it gets there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final, override

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription
from homeassistant.components.update.const import UpdateDeviceClass, UpdateEntityFeature
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .control import MeterControl
from .coordinator import CsjConfigEntry, CsjCoordinator
from .entity import ControlEntity, async_add_for_every_control
from .exceptions import translated
from .firmware_library import FirmwareLibrary, StoredImage, async_firmware_library
from .meters.commands.errors import ImageRejectedError
from .meters.commands.firmware import MODEL_CODES, Image, Transfer
from .meters.identity import Capability
from .meters.reading import Group
from .site.access import Permission

PARALLEL_UPDATES: Final = 0  # one install at a time and meter is seen to here, the rest by the bus

FIRMWARE: Final = UpdateEntityDescription(
    key="firmware",
    device_class=UpdateDeviceClass.FIRMWARE,
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CsjConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the firmware of every meter that takes another one."""
    library = await async_firmware_library(hass)

    def updates_of(coordinator: CsjCoordinator, control: MeterControl) -> Iterator[UpdateEntity]:
        identity = coordinator.identity
        model = MODEL_CODES.get(identity.model)
        if model is not None and Capability.FIRMWARE_UPDATE in identity.capabilities:
            yield FirmwareUpdate(coordinator, control, library, model)

    async_add_for_every_control(hass, entry, async_add_entities, updates_of)


class FirmwareUpdate(ControlEntity, UpdateEntity):
    """The firmware of one meter.

    Any version for its model can be installed, an older one too; that is asked for by its number.
    """

    permission = Permission.INSTALL_FIRMWARE

    _attr_supported_features = (
        UpdateEntityFeature.INSTALL
        | UpdateEntityFeature.PROGRESS
        | UpdateEntityFeature.RELEASE_NOTES
        | UpdateEntityFeature.SPECIFIC_VERSION
    )

    def __init__(
        self, coordinator: CsjCoordinator, control: MeterControl, library: FirmwareLibrary, model: int
    ) -> None:
        """Offer what ``library`` has for the model with the code ``model``."""
        super().__init__(coordinator, control, FIRMWARE)
        self._library = library
        self._model = model
        self._transfer: Transfer | None = None  # outlives an error, so that the next attempt goes on there
        self._task: asyncio.Task[str] | None = None
        self._attr_title = f"{coordinator.identity.manufacturer} {coordinator.identity.model}"
        self._compare()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._library.async_add_listener(self._handle_library_update))

    @override
    async def async_will_remove_from_hass(self) -> None:
        """A transfer ends with its entity; the meter keeps what it has and runs on as before."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await super().async_will_remove_from_hass()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if Group.IDENTITY in self.coordinator.data.updated:
            self._compare()
            self.async_write_ha_state()

    @callback
    def _handle_library_update(self) -> None:
        self._compare()
        self.async_write_ha_state()

    @override
    async def async_update(self) -> None:
        """Look into the folder now; somebody has asked for it."""
        if self.enabled:
            await self._library.async_refresh()

    @callback
    def _compare(self) -> None:
        """See what runs and whether there is something newer."""
        installed = self.coordinator.identity.firmware
        newest = next(iter(self._library.data.of_model(self._model)), None)
        if newest is not None and installed is not None:
            newer = self.version_is_newer(newest.header.version, installed)
            newest = newest if newer else None
        self._attr_installed_version = installed
        self._attr_latest_version = installed if newest is None else newest.header.version
        self._attr_release_summary = None if newest is None else newest.summary

    @override
    async def async_release_notes(self) -> str | None:
        """The text beside the image of the latest version."""
        stored = self._stored(self.latest_version)
        return stored.notes or None if stored is not None else None

    def _stored(self, version: str | None) -> StoredImage | None:
        images = self._library.data.of_model(self._model)
        return next((image for image in images if image.header.version == version), None)

    @override
    async def async_install(self, version: str | None, backup: bool, **_: Any) -> None:
        """Bring a version into the meter: ``version``, or the newest.

        Goes on where an attempt that failed has stopped. Raises a HomeAssistantError that says
        which firmware the meter runs on with.
        """
        self._show_progress(None)  # at once: by that Home Assistant refuses whoever comes meanwhile
        async with self.async_used(self.latest_version if version is None else version):
            await self._async_install(version)

    async def _async_install(self, version: str | None) -> None:
        image = await self._load(version)
        transfer = self._transfer
        if transfer is None or transfer.image != image:
            transfer = self._transfer = Transfer(self._control.session, image)
        self._show_progress(transfer.progress)
        self._task = self.coordinator.config_entry.async_create_background_task(
            self.hass,
            self._control.run(lambda _: transfer.run(self._show_progress), awaited=False),
            f"firmware of {self.coordinator.identity.serial}",
        )
        try:
            await self._task
        except asyncio.CancelledError:
            if (caller := asyncio.current_task()) is None or caller.cancelling():
                raise
            raise self._not_installed(
                transfer, "The transfer was ended, because the meter or its bridge was unloaded."
            ) from None
        except HomeAssistantError as err:
            raise self._not_installed(transfer, str(err)) from err
        finally:
            self._task = None
        self._transfer = None

    @callback
    def _show_progress(self, progress: float | None) -> None:
        """Show a share of the image, 0..1; None while it is not known."""
        percentage = None if progress is None else int(100 * progress)
        if not self._attr_in_progress or percentage != self._attr_update_percentage:
            self._attr_in_progress = True
            self._attr_update_percentage = percentage
            self.async_write_ha_state()

    async def _load(self, version: str | None) -> Image:
        """The image to install, from the folder as it is now."""
        await self._library.async_refresh()
        wanted = self.latest_version if version is None else version
        stored = self._stored(wanted)
        if stored is None or (version is None and wanted == self.installed_version):
            known = [image.header.version for image in self._library.data.of_model(self._model)]
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="firmware_missing",
                translation_placeholders={
                    "version": str(wanted),
                    "model": self.coordinator.identity.model,
                    "known": ", ".join(known) or "-",
                },
            )
        try:
            return await self.hass.async_add_executor_job(stored.load)
        except ImageRejectedError as err:
            raise translated(err) from err
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="firmware_unreadable",
                translation_placeholders={"file": stored.path.name, "error": err.strerror or str(err)},
            ) from err

    def _not_installed(self, transfer: Transfer, reason: str) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="firmware_waits" if transfer.accepted else "firmware_not_installed",
            translation_placeholders={
                "version": transfer.image.version,
                "installed": str(self.coordinator.identity.firmware),
                "percent": str(int(100 * transfer.progress)),
                "error": reason,
            },
        )
