"""To whom which role was given, on which meters and circuits: a setting of the site.

``AccessSettings.from_dict`` is the door for what was stored; it says where something is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..alerts.settings_shape import decoded
from .access import TABLE, Role, Scope, Standing
from .errors import AccessSettingsError

MOST_PEOPLE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a role."""

    user_id: str
    """The user of Home Assistant."""

    role: Role

    meters: tuple[str, ...] = ()
    """Serial numbers of the meters that are theirs."""

    circuits: tuple[str, ...] = ()
    """Circuits that are theirs, with all meters on them."""

    def __post_init__(self) -> None:
        if not self.user_id:
            raise AccessSettingsError("user", "no_user")
        if self.role is Role.OWNER:
            raise AccessSettingsError("role", "owner_not_given")
        scopes = set(TABLE[self.role].values())
        if scopes == {Scope.SITE}:
            for path, named in (("meters", self.meters), ("circuits", self.circuits)):
                if named:
                    raise AccessSettingsError(path, "role_for_all")
        elif Scope.CIRCUIT not in scopes and self.circuits:
            raise AccessSettingsError("circuits", "no_circuits")
        elif not self.meters and not self.circuits:
            raise AccessSettingsError("meters", "no_meters")

    @property
    def standing(self) -> Standing:
        """What they are, and what is theirs."""
        return Standing(role=self.role, meters=frozenset(self.meters), circuits=frozenset(self.circuits))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Everybody to whom a role was given."""

    people: tuple[Person, ...] = ()

    def __post_init__(self) -> None:
        if len(self.people) > MOST_PEOPLE:
            raise AccessSettingsError("people", "too_many")
        if len({person.user_id for person in self.people}) != len(self.people):
            raise AccessSettingsError("user", "user_twice")

    def person(self, user_id: str) -> Person | None:
        """Somebody by their user; None when no role was given to them."""
        return next((person for person in self.people if person.user_id == user_id), None)

    def with_person(self, person: Person) -> Self:
        """The same with another role for one user."""
        others = tuple(one for one in self.people if one.user_id != person.user_id)
        return type(self)(people=(*others, person))

    def without_person(self, user_id: str) -> Self:
        """The same without a role for one user."""
        return type(self)(people=tuple(one for one in self.people if one.user_id != user_id))

    @classmethod
    def from_dict(cls, stored: object) -> Self:
        """What ``as_dict`` gave. Raises AccessSettingsError."""
        settings: Self = decoded(stored, cls, _DECODER, AccessSettingsError)
        return settings

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain data that ``from_dict`` takes."""
        stored: dict[str, Any] = _ENCODER.encode(self)
        return stored


_DECODER: Final = BasicDecoder(AccessSettings)
_ENCODER: Final = BasicEncoder(AccessSettings)
