"""A disk on which a file of Home Assistant's storage cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

WRITE: Final = Store._async_write_data
"""As it really is, before the storage of a test stands in for it."""


@contextmanager
def unwritable(hass: HomeAssistant, key: str) -> Iterator[None]:
    """No file can take the place of a folder."""
    path = Path(hass.config.path(".storage", key))
    path.mkdir(parents=True)
    with patch.object(Store, "_async_write_data", WRITE):
        yield
    path.rmdir()
