"""What the marketplace asks of a repository: hacs.json, licence, README, pictures, sizes, requirements."""

from __future__ import annotations

from collections.abc import Iterator
import json
import re
import struct
from typing import Final

from awesomeversion import AwesomeVersion
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
import probatio

from .repository import Repository, wrong

MARKETPLACE: Final = probatio.Schema(
    {
        probatio.Required("name"): str,
        probatio.Optional("content_in_root"): bool,
        probatio.Optional("country"): probatio.Any(str, [str]),
        probatio.Optional("filename"): str,
        probatio.Optional("hacs"): str,
        probatio.Optional("hide_default_branch"): bool,
        probatio.Optional("homeassistant"): str,
        probatio.Optional("persistent_directory"): str,
        probatio.Optional("zip_release"): bool,
    }
)

PICTURES: Final = {"icon": 256, "logo": 128}
"""Picture -> its height in pixels, and half of that of its @2x."""

LARGEST_FILE: Final = 5 << 20
LARGEST_INTEGRATION: Final = 20 << 20
"""Bytes; the marketplace itself draws the line at a hundred megabytes."""

LOCKS: Final = ("test", "newest")
"""Lock files of the releases of Home Assistant that are tested."""


def check_marketplace(repository: Repository) -> Iterator[str]:
    """hacs.json, and the files that are shown."""
    told = repository.json(repository.root / "hacs.json")
    yield from wrong(MARKETPLACE, told, "hacs.json")
    oldest = told.get("homeassistant")
    if isinstance(oldest, str) and not AwesomeVersion(oldest).valid:
        yield f"hacs.json: {oldest} is no release of Home Assistant"
    if told.get("zip_release") and not told.get("filename"):
        yield "hacs.json: zip_release needs a filename"
    if told.get("content_in_root"):
        yield "hacs.json: the integration is not in the root"
    readme = repository.root / "README.md"
    if not readme.is_file() or not readme.read_text(encoding="utf-8").strip():
        yield "there is no README.md, which the marketplace shows"
    licence = repository.root / "LICENSE"
    if not licence.is_file() or "MIT License" not in licence.read_text(encoding="utf-8"):
        yield "LICENSE does not hold the MIT licence, which the project names"


def check_brand(repository: Repository) -> Iterator[str]:
    """Icon and logo, of the right form and height, for both densities and grounds."""
    for theme in ("", "dark_"):
        for picture, height in PICTURES.items():
            for density, factor in (("", 1), ("@2x", 2)):
                path = repository.integration / "brand" / f"{theme}{picture}{density}.png"
                name = repository.name(path)
                if not path.is_file():
                    yield f"{name} is missing"
                    continue
                header = path.read_bytes()[:24]
                if len(header) < 24 or not header.startswith(b"\x89PNG\r\n\x1a\n"):
                    yield f"{name} is no PNG"
                    continue
                wide, high = struct.unpack(">II", header[16:24])
                if high != height * factor or (picture == "icon" and wide != high):
                    yield f"{name} measures {wide} x {high}, and should be {height * factor} high"


def check_sizes(repository: Repository) -> Iterator[str]:
    """Nothing that is shipped is too large, and nothing is shipped that only tools left behind."""
    whole = 0
    for path in sorted(repository.integration.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        size = path.stat().st_size
        whole += size
        if size > LARGEST_FILE:
            yield f"{repository.name(path)} has {size} bytes; {LARGEST_FILE} are the most"
        if path.suffix in {".orig", ".rej", ".swp", ".map", ".pyc"}:
            yield f"{repository.name(path)} is nothing to ship"
    if whole > LARGEST_INTEGRATION:
        yield f"the integration has {whole} bytes; {LARGEST_INTEGRATION} are the most"


def check_requirements(repository: Repository) -> Iterator[str]:
    """What the manifest asks for can be installed: it fits the versions that the releases are tested with."""
    for lock in LOCKS:
        path = repository.root / "requirements" / f"{lock}.txt"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as err:
            yield f"{repository.name(path)} cannot be read: {err}"
            continue
        locked = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))
        for asked in repository.manifest.get("requirements", []):
            try:
                requirement = Requirement(asked)
            except InvalidRequirement:
                continue  # said of the manifest already
            version = locked.get(canonicalize_name(requirement.name))
            if version is None:
                yield f"{json.dumps(asked)} is not in {repository.name(path)}"
            elif not requirement.specifier.contains(version, prereleases=True):
                yield f"{json.dumps(asked)} does not take {version}, with which {lock} is tested"
