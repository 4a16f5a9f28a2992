"""Profiles from files: those that are shipped, and those in a folder of the user.

Everything here blocks on files; call it from an executor. A user's file with the name of a shipped
profile takes its place. One broken file costs nobody else his meter: it ends up in ``errors``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
import re
import threading
from types import MappingProxyType
from typing import Final, Self

from .profile import Profile
from .profile_schema import Sections, build, sections_of
from .profile_yaml import Item, ProfileError, read, shown

__all__ = ["SHIPPED", "ProfileError", "ProfileLibrary", "load_profile"]

SHIPPED: Final = Path(__file__).parent / "profiles"
"""Folder of the profiles that come with the product."""

MOST_FILES: Final = 200
"""Profiles of the user that are read; somebody may have mistaken the folder for their own."""

_READING: Final = threading.Lock()

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,62}")


def load_profile(path: Path) -> Profile:
    """The profile in one file, with what it extends. Blocking.

    A profile to extend is looked for in the folder of the file first, then among the shipped ones.
    Raises ``ProfileError``.
    """
    if not _NAME.fullmatch(path.stem):
        raise ProfileError(
            file=path.name,
            line=None,
            problem=f"{shown(path.stem)} is no name for a profile",
            remedy="name the file with small letters, digits and underscores, for example my_meter.yaml",
        )
    document = _read(path)
    chain: list[Sections] = [sections_of(document)]
    seen = [path.resolve()]
    while (extends := chain[-1].get("extends")) is not None:
        base = _base(extends, path.parent, seen)
        seen.append(base.resolve())
        chain.append(sections_of(_read(base)))
    return build(path.stem, str(path), document, chain)


def _read(path: Path) -> Item:
    """The document in a file: by a link in its folder nobody has another one read, and quoted in messages."""
    if not path.resolve().is_relative_to(path.parent.resolve()):
        raise ProfileError(
            file=path.name,
            line=None,
            problem="it is a link that leads out of the folder",
            remedy="put the file itself there",
        )
    return read(path)


def _base(extends: Item, folder: Path, seen: Sequence[Path]) -> Path:
    """File of the profile to extend; a file may extend the shipped one that it replaces."""
    name = extends.text()
    candidates = [folder / f"{name}.yaml", SHIPPED / f"{name}.yaml"] if _NAME.fullmatch(name) else []
    for candidate in candidates:
        if candidate.is_file() and candidate.resolve() not in seen:
            return candidate
    if any(candidate.resolve() in seen for candidate in candidates):
        raise extends.error("profiles extend each other in a circle", "let one of them stand alone")
    raise extends.error(
        f"there is no profile {shown(name)} to extend",
        f"choose one of {', '.join(sorted(path.stem for path in SHIPPED.glob('*.yaml')))}",
    )


class ProfileLibrary:
    """All profiles of an installation, and what is wrong with those that could not be loaded."""

    def __init__(self, profiles: Mapping[str, Profile], errors: Sequence[ProfileError] = ()) -> None:
        """Put the profiles in the order in which to try them on an unknown meter."""
        ordered = sorted(profiles.values(), key=lambda profile: (-_exactness(profile), profile.name))
        self.profiles: Final[Mapping[str, Profile]] = MappingProxyType(
            {profile.name: profile for profile in ordered}
        )
        """Name -> profile; first those that know codes of their family, last those that only know what
        is plausible, so that a vague profile never takes a meter away from an exact one."""
        self.errors: Final = tuple(errors)
        """One for each file that could not be used."""

    @classmethod
    def load(cls, user_folder: Path | None = None) -> Self:
        """Shipped profiles and those in ``user_folder``, which need not exist. Blocking.

        A broken file of the user is not replaced by the shipped one of its name: its owner meant
        other registers, and wrong values are worse than none.
        """
        profiles = dict(_shipped())
        errors: list[ProfileError] = []
        if user_folder is not None and user_folder.is_dir():
            paths = sorted(user_folder.glob("[!.]*.yaml"))
            if len(paths) > MOST_FILES:
                errors.append(
                    ProfileError(
                        file=user_folder.name,
                        line=None,
                        problem=f"there are more than {MOST_FILES} profiles, and not all were read",
                        remedy="leave only those in this folder that are needed",
                    )
                )
            for path in paths[:MOST_FILES]:
                profiles.pop(path.stem, None)
                try:
                    profiles[path.stem] = load_profile(path)
                except ProfileError as err:
                    errors.append(err)
        return cls(profiles, errors)

    def __getitem__(self, name: str) -> Profile:
        """The profile of that name; raises ``KeyError``."""
        return self.profiles[name]


def _shipped() -> Mapping[str, Profile]:
    """Name -> profile. They are read once: they change with the software, which begins anew then."""
    with _READING:  # bridges begin at the same time, each in a thread of its own
        return _read_shipped()


@cache
def _read_shipped() -> Mapping[str, Profile]:
    return MappingProxyType({path.stem: load_profile(path) for path in sorted(SHIPPED.glob("*.yaml"))})


def _exactness(profile: Profile) -> int:
    """How many codes a meter has to match."""
    return sum(1 for check in profile.checks if check.one_of)
