"""Files of ours in Home Assistant's storage, as they come from a disk and as they go there.

Home Assistant itself sets aside what is no JSON. What is JSON and nothing that was ever kept there is seen to
here, so that a damaged file costs what is in it and no meter. Of a file that cannot be written it tells the
log alone; whoever has changed something hears of it here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from .const import DOMAIN, LOGGER

NOT_WRITTEN: Final = "kept_file_not_written"
"""Key of what is said of a file that cannot be written, also as the end of a dialogue."""


class KeptFileDamagedError(HomeAssistantError):
    """A file holds nothing that was ever kept there; translated."""

    def __init__(self, key: str, problem: str) -> None:
        """``key``: of the file in the storage."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="kept_file_damaged",
            translation_placeholders={"file": key, "problem": problem},
        )
        self.problem = problem


class KeptFileNotWrittenError(HomeAssistantError):
    """A file could not be written, and on disk is what was there before; translated."""

    def __init__(self, key: str, problem: Exception) -> None:
        """``key``: of the file in the storage."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=NOT_WRITTEN,
            translation_placeholders={"file": key, "problem": str(problem)},
        )
        self.problem = problem


class KeptStore[T: Mapping[str, Any] | Sequence[Any]](Store[T]):
    """A file with what somebody has set: whether that is on disk matters to them."""

    _problem: Exception | None = None

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        try:
            await super()._async_write_data(data)
        except (SerializationError, WriteError) as err:
            self._problem = err
            raise

    async def async_save_surely(self, data: T) -> None:
        """Write it, one change after the other; on return it is on disk, or is while Home Assistant stops.

        Raises KeptFileNotWrittenError.
        """
        self._problem = None
        await self.async_save(data)
        if self._problem is not None:
            raise KeptFileNotWrittenError(self.key, self._problem)


async def async_load_kept(store: Store[Any]) -> dict[str, Any]:
    """What a file holds, nothing where there is none. Raises KeptFileDamagedError.

    Raises HomeAssistantError besides for a file that cannot be read or that a newer release has written.
    """
    try:
        found = await store.async_load()
    except (LookupError, TypeError, ValueError, AttributeError, NotImplementedError) as err:
        raise KeptFileDamagedError(store.key, type(err).__name__) from err
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise KeptFileDamagedError(store.key, type(found).__name__)
    return found


async def async_load_or_set_aside(hass: HomeAssistant, store: Store[Any]) -> dict[str, Any]:
    """The same; a damaged file is moved away, so that nobody overwrites it, and there is nothing.

    Raises HomeAssistantError as ``async_load_kept``.
    """
    try:
        return await async_load_kept(store)
    except KeptFileDamagedError as err:
        LOGGER.error("%s is damaged (%s): it begins anew", store.key, err.problem)
        await hass.async_add_executor_job(_set_aside, Path(store.path))
        return {}


def _set_aside(path: Path) -> None:
    moved = path.with_name(f"{path.name}.damaged")
    try:
        path.replace(moved)
    except FileNotFoundError:
        return
    except OSError as err:
        LOGGER.warning("%s cannot be moved away and will be overwritten: %s", path, err)
        return
    LOGGER.error("What was kept in %s is now in %s", path, moved)
