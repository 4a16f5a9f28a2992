"""What the engine knows, on disk: one private file of bytes beside Home Assistant's own. All of it blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import write_utf8_file_atomic

from ..const import DOMAIN

ENGINE_FILE: Final = f"{DOMAIN}.engine"


def engine_path(hass: HomeAssistant) -> Path:
    """Where it is."""
    return Path(hass.config.path(STORAGE_DIR, ENGINE_FILE))


def read_engine(path: Path) -> bytes | None:
    """What was kept; None when nothing was. Raises OSError when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write_engine(path: Path, body: bytes) -> None:
    """Keep it, all or nothing. Raises WriteError."""
    path.parent.mkdir(exist_ok=True)
    write_utf8_file_atomic(str(path), body, private=True, mode="wb")


async def async_forget_engine(hass: HomeAssistant) -> None:
    """Delete the file: the last bridge was removed."""
    await hass.async_add_executor_job(lambda: engine_path(hass).unlink(missing_ok=True))
