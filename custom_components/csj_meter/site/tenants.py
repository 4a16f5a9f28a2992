"""Tenants as people: who lives or lived behind which meter, from when to when, and the links to the portal.

A tenancy is one person behind one meter. Those of a meter follow one another without overlapping. Of the
token of a link only a hash is kept. ``Tenancies.from_dict`` is the door for what was stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
import datetime as dt
from decimal import Decimal
import hashlib
import hmac
import re
import secrets
from typing import Any, Final, Self

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..alerts.settings_shape import decoded
from .errors import TenantError

MOST_TENANCIES: Final = 5000

LONGEST_NAME: Final = 100
LONGEST_CONTACT: Final = 100
LARGEST_ENERGY: Final = Decimal(100_000_000)
LARGEST_BALANCE: Final = Decimal(100_000_000)

TOKEN_BYTES: Final = 32

ENGLISH: Final = "en"

_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.-]{2,38}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def new_token() -> str:
    """256 random bits, as letters of an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What is kept of a token: with that many random bits, a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The moment at which somebody moves in or out, and what the meter showed."""

    at: dt.datetime
    """UTC."""

    energy: Decimal | None = None
    """The counter of imported energy, kWh; None when nobody has read it."""

    balance: Decimal | None = None
    """The credit, in the unit of the meter; None likewise."""

    def __post_init__(self) -> None:
        """Raises TenantError."""
        if self.at.tzinfo is None:
            raise TenantError("at", "cannot_be")
        if self.energy is not None and not (self.energy.is_finite() and 0 <= self.energy <= LARGEST_ENERGY):
            raise TenantError("energy", "impossible_reading")
        if self.balance is not None and not (
            self.balance.is_finite() and abs(self.balance) <= LARGEST_BALANCE
        ):
            raise TenantError("balance", "impossible_reading")


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalLink:
    """A private link to the portal."""

    digest: str = field(repr=False)
    """SHA-256 of its token, in hex."""

    made_at: dt.datetime
    """UTC."""

    def __post_init__(self) -> None:
        """Raises TenantError."""
        if _DIGEST.fullmatch(self.digest) is None or self.made_at.tzinfo is None:
            raise TenantError("link", "cannot_be")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """One person behind one meter."""

    id: str
    """Never changes; 32 hexadecimal digits."""

    serial: str
    """Serial number of the meter."""

    name: str
    moved_in: Turn
    moved_out: Turn | None = None
    """None while they live there."""

    language: str = ENGLISH
    """In which they are written to."""

    email: str | None = None
    phone: str | None = None
    channel: str | None = None
    """Id of the channel of the site over which they are told something; None for not at all."""

    link: PortalLink | None = None
    """None without one; it ends when they move out."""

    def __post_init__(self) -> None:
        """Raises TenantError."""
        if not self.serial or not self.id:
            raise TenantError("meter", "cannot_be")
        if (
            not 0 < len(self.name) <= LONGEST_NAME
            or not self.name.isprintable()
            or self.name != self.name.strip()
        ):
            raise TenantError("name", "nameless")
        if self.email is not None and not _is_mail_address(self.email):
            raise TenantError("email", "no_mail_address")
        if self.phone is not None and _PHONE.fullmatch(self.phone) is None:
            raise TenantError("phone", "no_phone_number")
        if _LANGUAGE.fullmatch(self.language) is None:
            raise TenantError("language", "cannot_be")
        if self.moved_out is None:
            return
        if self.moved_out.at <= self.moved_in.at:
            raise TenantError("at", "out_before_in")
        before, after = self.moved_in.energy, self.moved_out.energy
        if before is not None and after is not None and after < before:
            raise TenantError("energy", "energy_fell")
        if self.link is not None:
            raise TenantError("link", "cannot_be")

    @property
    def is_current(self) -> bool:
        """Whether they live there."""
        return self.moved_out is None

    def overlaps(self, other: Tenancy) -> bool:
        """Whether both have the same meter at the same time; one may move in when the other moves out."""
        if self.serial != other.serial:
            return False
        ends = (
            other.moved_out is None or self.moved_in.at < other.moved_out.at,
            self.moved_out is None or other.moved_in.at < self.moved_out.at,
        )
        return all(ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancies:
    """All that are known, those of the past as well."""

    all: tuple[Tenancy, ...] = ()

    def __post_init__(self) -> None:
        """Raises TenantError."""
        if len(self.all) > MOST_TENANCIES:
            raise TenantError("tenants", "too_many")
        if len({one.id for one in self.all}) != len(self.all):
            raise TenantError("tenants", "twice")
        before: dict[str, Tenancy] = {}
        for one in sorted(self.all, key=lambda one: (one.serial, one.moved_in.at)):
            if (last := before.get(one.serial)) is not None and last.overlaps(one):
                raise TenantError("meter", "somebody_lives_there")
            before[one.serial] = one

    def find(self, tenancy_id: str) -> Tenancy | None:
        """One by its id."""
        return next((one for one in self.all if one.id == tenancy_id), None)

    def get(self, tenancy_id: str) -> Tenancy:
        """The same. Raises TenantError."""
        if (found := self.find(tenancy_id)) is None:
            raise TenantError("tenant", "no_tenant")
        return found

    def current(self, serial: str) -> Tenancy | None:
        """Who lives behind a meter now."""
        return next((one for one in self.all if one.serial == serial and one.is_current), None)

    def of_meter(self, serial: str) -> tuple[Tenancy, ...]:
        """All tenancies of a meter, the newest first."""
        theirs = (one for one in self.all if one.serial == serial)
        return tuple(sorted(theirs, key=lambda one: one.moved_in.at, reverse=True))

    def by_token(self, token: str) -> Tenancy | None:
        """Whose link has this token; takes the same time whoever's it is, and when it is nobody's."""
        wanted, found = digest_of(token), None
        for one in self.all:
            known = one.link.digest if one.link is not None else ""
            if hmac.compare_digest(wanted, known.ljust(len(wanted))):
                found = one
        return found

    def with_tenancy(self, tenancy: Tenancy) -> Self:
        """The same with a new one, or with another in the place of one. Raises TenantError."""
        others = tuple(one for one in self.all if one.id != tenancy.id)
        return type(self)(all=(*others, tenancy))

    def changed(self, tenancy_id: str, change: Callable[[Tenancy], Tenancy]) -> Self:
        """The same with one as ``change`` makes it. Raises TenantError."""
        return self.with_tenancy(change(self.get(tenancy_id)))

    def without(self, tenancy_id: str) -> Self:
        """The same with nothing of somebody. Raises TenantError."""
        self.get(tenancy_id)
        return type(self)(all=tuple(one for one in self.all if one.id != tenancy_id))

    @classmethod
    def from_dict(cls, stored: object) -> Self:
        """What ``as_dict`` gave. Raises TenantError."""
        settings: Self = decoded(stored, cls, _DECODER, TenantError)
        return settings

    def as_dict(self) -> dict[str, Any]:
        """For storage: plain data that ``from_dict`` takes."""
        stored: dict[str, Any] = _ENCODER.encode(self)
        return stored


def move_out(tenancy: Tenancy, turn: Turn) -> Tenancy:
    """The same when somebody has moved out: the link is gone. Raises TenantError."""
    if not tenancy.is_current:
        raise TenantError("tenant", "moved_out_already")
    return replace(tenancy, moved_out=turn, link=None)


def _is_mail_address(text: str) -> bool:
    name, at, host = text.partition("@")
    return (
        bool(name and at and host) and len(text) <= LONGEST_CONTACT and text.isprintable() and " " not in text
    )


_DECODER: Final = BasicDecoder(Tenancies)
_ENCODER: Final = BasicEncoder(Tenancies)
