"""The firmware images that the user has put into the configuration folder, one library for all bridges.

What an image is, and how it gets into a meter, is in ``meters.commands.firmware``. Files are looked
at again every hour, when somebody asks for it, and before an image is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .markdown import plain
from .meters.commands.errors import ImageRejectedError
from .meters.commands.firmware import HEADER, LARGEST_IMAGE, Image, ImageHeader

SCAN_INTERVAL: Final = timedelta(hours=1)

LARGEST_NOTES: Final = 64 * 1024
"""Bytes of a release text that are read."""

MOST_FILES: Final = 200
"""Files that are looked at; somebody may have mistaken the folder for his own."""

NOTES_SUFFIX: Final = ".md"

_ISSUE: Final = "broken_firmware"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """A file whose header is that of a firmware image."""

    path: Path
    """Where it is."""

    header: ImageHeader
    """What it says of itself."""

    notes: str
    """The release text beside it, in Markdown; empty when there is none."""

    @property
    def summary(self) -> str | None:
        """First paragraph of the release text, without its headings."""
        lines = (line.strip() for line in self.notes.splitlines())
        return next((line for line in lines if line and not line.startswith("#")), None)

    def load(self) -> Image:
        """Read the whole image; blocks.

        Raises OSError, or ImageRejectedError when it is not the image any more that it was.
        """
        with self.path.open("rb") as file:
            image = Image.parse(file.read(LARGEST_IMAGE + 1))
        if image.header != self.header:
            raise ImageRejectedError(f"{self.path.name} has been exchanged meanwhile")
        return image


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFile:
    """A file that cannot be used."""

    name: str
    """Name of the file."""

    problem: str
    """What is wrong with it."""

    remedy: str
    """What to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a folder holds."""

    images: tuple[StoredImage, ...] = ()
    """Newest version first."""

    broken: tuple[BrokenFile, ...] = ()
    """Files that cannot be used, by name."""

    def of_model(self, model: int) -> tuple[StoredImage, ...]:
        """Images for the model with this code, newest version first."""
        return tuple(image for image in self.images if image.header.model == model)


def scan(folder: Path) -> Shelf:
    """Look through a folder, which need not exist; blocks."""
    images: list[StoredImage] = []
    broken: list[BrokenFile] = []
    try:
        root = folder.resolve()
        files = sorted(islice(_files(root), MOST_FILES + 1)) if root.is_dir() else []
    except OSError as err:
        return Shelf(broken=(_unreadable(folder, err),))
    if len(files) > MOST_FILES:
        broken.append(
            BrokenFile(
                name=folder.name,
                problem=f"there are more than {MOST_FILES} files in this folder, and not all were looked at",
                remedy="leave only firmware images and their release texts in it",
            )
        )
    for path in files[:MOST_FILES]:
        try:
            images.append(_look_at(path, root))
        except OSError as err:
            broken.append(_unreadable(path, err))
        except ImageRejectedError as err:
            broken.append(
                BrokenFile(
                    name=_readable(path.name),
                    problem=str(err),
                    remedy="replace it by the file as the maker of the meters has delivered it, or remove it",
                )
            )
    images.sort(key=lambda image: (-image.header.number, image.path.name))
    return Shelf(images=tuple(images), broken=tuple(broken))


def _files(root: Path) -> Iterator[Path]:
    """Everything that may be an image; what is hidden belongs to editors and file managers."""
    for path in root.iterdir():
        if not path.name.startswith(".") and path.suffix != NOTES_SUFFIX and not path.is_dir():
            yield path


def _look_at(path: Path, root: Path) -> StoredImage:
    """Raises OSError or ImageRejectedError."""
    real = _real(path, root)
    with real.open("rb") as file:
        header = ImageHeader.parse(file.read(HEADER.size), real.stat().st_size)
    return StoredImage(path=real, header=header, notes=_notes(path, root))


def _real(path: Path, root: Path) -> Path:
    """The file behind a path: nobody reads another folder, or waits for a pipe, by a link in here."""
    real = path.resolve(strict=True)
    if not real.is_relative_to(root):
        raise ImageRejectedError("it is a link that leads out of the folder")
    if not real.is_file():
        raise ImageRejectedError("it is no file")
    return real


def _notes(path: Path, root: Path) -> str:
    """Release text of an image: ``name.md`` beside ``name.bin``, or ``name.bin.md``."""
    for beside in (path.with_suffix(NOTES_SUFFIX), path.with_name(path.name + NOTES_SUFFIX)):
        if beside.exists():
            with _real(beside, root).open("rb") as file:
                return file.read(LARGEST_NOTES).decode("utf-8", "replace").strip()
    return ""


def _readable(name: str) -> str:
    """The name of a file as it can be shown and stored: names on a disk are bytes, and need not be text."""
    return name.encode("utf-8", "backslashreplace").decode()


def _unreadable(path: Path, err: OSError) -> BrokenFile:
    return BrokenFile(
        name=_readable(path.name),
        problem=f"it cannot be read ({err.strerror or err})",
        remedy="make sure that Home Assistant may read it, or remove it",
    )


class FirmwareLibrary(DataUpdateCoordinator[Shelf]):
    """The folder as it was when it was last looked at."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Stand for the folder of this Home Assistant."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=None,
            name="firmware images",
            update_interval=SCAN_INTERVAL,
            always_update=False,
        )
        self.data = Shelf()
        self._folder = firmware_folder(hass)

    @override
    async def _async_update_data(self) -> Shelf:
        shelf = await self.hass.async_add_executor_job(scan, self._folder)
        self._tell_of(shelf.broken)
        return shelf

    @callback
    def _tell_of(self, broken: tuple[BrokenFile, ...]) -> None:
        """Keep one repair issue for each file that cannot be used."""
        issues = {f"{_ISSUE}_{file.name}": file for file in broken}
        for domain, issue_id in list(ir.async_get(self.hass).issues):
            if domain == DOMAIN and issue_id.startswith(f"{_ISSUE}_") and issue_id not in issues:
                ir.async_delete_issue(self.hass, DOMAIN, issue_id)
        for issue_id, file in issues.items():
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=_ISSUE,
                translation_placeholders={
                    "file": plain(file.name),
                    "problem": plain(file.problem),
                    "remedy": file.remedy,
                },
            )


_LIBRARY: Final[HassKey[FirmwareLibrary]] = HassKey(f"{DOMAIN}_firmware_library")


def firmware_folder(hass: HomeAssistant) -> Path:
    """Where users put firmware images; it need not exist."""
    return Path(hass.config.path(DOMAIN, "firmware"))


async def async_firmware_library(hass: HomeAssistant) -> FirmwareLibrary:
    """The library of this Home Assistant, with its folder just looked at."""
    if (library := hass.data.get(_LIBRARY)) is None:
        library = hass.data[_LIBRARY] = FirmwareLibrary(hass)
        await library.async_register_shutdown()
    await library.async_refresh()
    return library
