"""The profiles that the command line knows: those that are shipped, and those in a folder of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from custom_components.csj_meter.meters.profile import Profile
from custom_components.csj_meter.meters.profile_loader import ProfileLibrary

from .errors import CommandError


def library(folder: Path | None) -> ProfileLibrary:
    """The shipped profiles and those in ``folder``.

    Raises CommandError when there is no such folder, or a profile in it has a mistake.
    """
    if folder is not None and not folder.is_dir():
        raise CommandError(f"there is no folder {folder}: give the one that your profiles are in")
    found = ProfileLibrary.load(folder)
    if found.errors:
        raise CommandError("; ".join(str(error) for error in found.errors))
    return found


def chosen_profile(profiles: Mapping[str, Profile], name: str | None) -> Profile | None:
    """The profile called ``name``, None for "find out". Raises CommandError."""
    if name is None:
        return None
    if name not in profiles:
        raise CommandError(f"there is no profile {name!r}: use one of {', '.join(sorted(profiles))}")
    return profiles[name]
