"""The door of the portal: who holds a link that is good, and who asks too often.

Whoever has no good link hears the same, whatever is wrong with theirs: it never was one, was taken back, or
its tenant has moved out. All of them are looked for in the same way, and none is told apart by its time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.uuid import random_uuid_hex

from ..access.audit_log import async_audit_log
from ..access.doors import place_of
from ..access.outcome import failure_of, outcome_told
from ..const import DOMAIN, LOGGER
from ..site.access import Permission, Role, Standing
from ..site.audit import AuditEntry, AuditOutcome
from ..site.tenants import Tenancy
from ..tenants.book import async_tenants
from .limits import Window

COOKIE: Final = "csj_portal"
"""Holds the token: only the portal gets it, no script, and no other site can have it sent."""

OWN_HEADER: Final = "X-CSJ-Portal"
"""Whatever changes something carries it: no form and no picture of another site can."""

LONGEST_TOKEN: Final = 128
"""Characters that are looked at; a token has 43."""

NAME: Final = "portal"
"""By what the audit log knows tenants: their names are not for a log that nothing is removed from."""


class Doing(StrEnum):
    """What tenants do, as the audit log has it; the panel has a text for each."""

    SIGN_IN = "sign in"
    SIGN_OUT = "sign out"
    SESSION = "session"
    """One of the two: refused before it was known which."""

    OVERVIEW = "overview"
    HOURS = "hours"
    TOP_UP = "top up"
    TOP_UP_BY_VOUCHER = "top up by voucher"
    TOP_UP_BY_TOKEN = "top up by token"
    MESSAGE = "message"
    STATEMENT = "statement"
    CSV = "csv"
    CSV_BY_HOUR = "csv by hour"
    CSV_BY_MINUTE = "csv by minute"
    DISMISS_TIP = "dismiss tip"
    ADDRESS = "address"
    """Something at an address where nothing is."""

    @classmethod
    def at(cls, path: str) -> Doing:
        """What is done at an address of the portal."""
        word = path.rpartition("/")[2].replace("_", " ")
        return next((one for one in cls if one == word), cls.ADDRESS)


_SAME_ORIGIN: Final = frozenset({"same-origin", "none"})


class RefusedError(Exception):
    """The portal does not do that; what is answered holds nothing but a word."""

    def __init__(self, status: HTTPStatus, word: str, retry_after: int = 0, *, written: bool = False) -> None:
        """``retry_after``: seconds, 0 for none; ``written``: whether the audit log has it already."""
        super().__init__(word)
        self.status = status
        self.word = word
        self.retry_after = retry_after
        self.written = written


# made anew each time: an error that is raised again keeps the tracebacks, and so the requests, of before


def malformed() -> RefusedError:
    """It has not the shape that it should have."""
    return RefusedError(HTTPStatus.BAD_REQUEST, "malformed")


def not_now() -> RefusedError:
    """Something that it takes does not answer."""
    return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "not_now")


def nothing_yet() -> RefusedError:
    """There is nothing of it that the tenant may see."""
    return RefusedError(HTTPStatus.NOT_FOUND, "nothing_yet")


class Guard:
    """Looks at everybody who comes in."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody has come yet."""
        self._hass = hass
        clock = hass.loop.time
        self._wrong = Window(10, 600, clock)
        """Links that are not good, from an address."""
        self._asked = Window(240, 60, clock)
        """All that a tenant asks for."""
        self.sign_ins = Window(30, 3600, clock)
        self.top_ups = Window(30, 3600, clock)
        """Entries of vouchers and tokens."""
        self.downloads = Window(12, 3600, clock)
        self.messages = Window(5, 24 * 3600, clock)

    async def async_open(self, request: web.Request, what: Doing) -> Tenancy:
        """Whose cookie a request has. Raises RefusedError."""
        return await self.async_open_with(request, request.cookies.get(COOKIE, ""), what)

    async def async_open_with(self, request: web.Request, token: str, what: Doing) -> Tenancy:
        """Whose token this is. Raises RefusedError.

        A good one is let in however many wrong ones came from its address: nobody guesses 256 random bits,
        but the address of a proxy or a mobile network is that of many, and one would lock out all others.
        """
        tenancy = (await async_tenants(self._hass)).tenancies.by_token(token[:LONGEST_TOKEN])
        if tenancy is None:
            address = _address(request)
            await self.async_refuse(what)
            if wait := self._wrong.take(address):
                raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too_many", wait, written=True)
            if self._wrong.wait(address):
                LOGGER.warning("The portal was asked with wrong links too often from %s", address)
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "not_open", written=True)
        if wait := self._asked.take(tenancy.id):
            raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too_many", wait)
        return tenancy

    async def async_verify_not_another(self, request: web.Request, tenancy: Tenancy) -> None:
        """That the phone does not show the portal of somebody else already. Raises RefusedError.

        Whoever sends them the link of another meter would otherwise get the vouchers that they enter next.
        """
        if (cookie := request.cookies.get(COOKIE)) is None:
            return
        shown = (await async_tenants(self._hass)).tenancies.by_token(cookie[:LONGEST_TOKEN])
        if shown is not None and shown.id != tenancy.id:
            raise RefusedError(HTTPStatus.CONFLICT, "another_is_open")

    async def async_verify_own(self, request: web.Request, what: Doing) -> None:
        """That a request that changes something comes from the portal's own page. Raises RefusedError."""
        origin = request.headers.get(hdrs.ORIGIN)
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if (
            request.headers.get(OWN_HEADER) != "1"
            or request.content_type != "application/json"
            or site not in _SAME_ORIGIN
            or (origin is not None and origin.partition("://")[2].lower() != request.host.lower())
        ):
            await self.async_refuse(what)
            raise RefusedError(HTTPStatus.FORBIDDEN, "not_from_here", written=True)

    async def async_refuse(self, what: Doing, tenancy: Tenancy | None = None) -> None:
        """Write down that something was refused; the same within a minute is one line."""
        await (await async_audit_log(self._hass)).async_add(
            self._entry(Permission.SEE_METERS, what, tenancy, allowed=False)
        )

    async def async_count(self, window: Window, tenancy: Tenancy, what: Doing) -> None:
        """Count what a tenant does. Raises RefusedError when it is too often, which is written down."""
        if wait := window.take(tenancy.id):
            await self.async_refuse(what, tenancy)
            raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too_many", wait, written=True)

    @asynccontextmanager
    async def async_audited(
        self, tenancy: Tenancy, permission: Permission, what: Doing
    ) -> AsyncIterator[Callable[[str], None]]:
        """Let a tenant do something, and write down what came of it. Raises RefusedError.

        What is yielded takes the key of an error that is told otherwise than by raising it.
        """
        place = place_of(self._hass, tenancy.serial)
        standing = Standing(role=Role.TENANT, meters=frozenset({tenancy.serial}))
        log = await async_audit_log(self._hass)
        allowed = standing.may(permission, place)
        entry = self._entry(permission, what, tenancy, allowed=allowed)
        await log.async_add(entry)
        if not allowed:
            raise RefusedError(HTTPStatus.FORBIDDEN, "not_allowed", written=True)

        async def tell(failure: str | None) -> None:
            await log.async_add(_outcome(entry, failure))

        try:
            async with outcome_told(tell, _failure_of) as fail:
                yield fail
        except RefusedError as err:
            raise RefusedError(err.status, err.word, err.retry_after, written=True) from err

    def _entry(
        self, permission: Permission, what: Doing, tenancy: Tenancy | None, *, allowed: bool
    ) -> AuditEntry:
        serial = None if tenancy is None else tenancy.serial
        return AuditEntry(
            id=random_uuid_hex(),
            at=dt_util.utcnow(),
            user_id=None if tenancy is None else tenancy.id,
            name=NAME,
            role=Role.TENANT,
            permission=permission,
            what=f"{NAME}: {what}",
            serial=serial,
            circuit=None if serial is None else place_of(self._hass, serial).circuit,
            allowed=allowed,
        )


def _failure_of(err: Exception) -> str:
    return err.word if isinstance(err, RefusedError) else failure_of(err)


def _outcome(entry: AuditEntry, failure: str | None) -> AuditOutcome:
    """What came of it just now; ``failure``: the key of what went wrong."""
    return AuditOutcome(entry=entry.id, at=dt_util.utcnow(), failed=failure is not None, detail=failure or "")


def _address(request: web.Request) -> str:
    """Where a request comes from; of IPv6 the network, as a home has all addresses of one."""
    text = request.remote or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


_GUARD: Final[HassKey[Guard]] = HassKey(f"{DOMAIN}_portal_guard")


@callback
def guard_of(hass: HomeAssistant) -> Guard:
    """The one of this Home Assistant."""
    if (found := hass.data.get(_GUARD)) is None:
        found = hass.data[_GUARD] = Guard(hass)
    return found
