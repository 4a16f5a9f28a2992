"""The money of this site while a bridge is set up: one ledger for all bridges, and what works on it.

The ledger is opened by the first who needs it and closed with the last bridge. That it cannot be
opened is told by a repair issue, and by an error to whoever wants to move money; meters are read
all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
import secrets
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .prepay.errors import LedgerTooNewError, LedgerUnavailableError
from .prepay.ledger import Ledger
from .prepay.top_up import TopUps
from .prepay.vouchers import SECRET_LENGTH, Vouchers

LEDGER_FILE: Final = "csj_meter_ledger.db"
"""In the configuration folder, so that it is part of every backup."""

SECRETS_VERSION: Final = 1

ISSUE_LEDGER: Final = "ledger"


class Prepayment:
    """Ledger, top-ups and vouchers of this Home Assistant."""

    def __init__(self, hass: HomeAssistant, ledger: Ledger, voucher_secret: bytes) -> None:
        """Work on an open ledger."""
        self._hass = hass
        self.ledger = ledger
        """Every movement; its methods block."""
        self.top_ups = TopUps(ledger, self.run, clock=dt_util.utcnow)
        """Money to meters."""
        self.vouchers = Vouchers(ledger, self.top_ups, self.run, clock=dt_util.utcnow, secret=voucher_secret)
        """Vouchers, and how they are redeemed."""

    def run[T](self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Run something that blocks, such as a method of the ledger, in the executor."""
        return self._hass.async_add_executor_job(job)


class _Door:
    """The one ``Prepayment``, open or not."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.open: Prepayment | None = None


_DOOR: Final[HassKey[_Door]] = HassKey(f"{DOMAIN}_prepayment")


async def async_prepayment(hass: HomeAssistant) -> Prepayment:
    """The money of this site. Raises LedgerUnavailableError or LedgerTooNewError."""
    door = hass.data.setdefault(_DOOR, _Door())
    async with door.lock:
        if door.open is None:
            secret = await _async_voucher_secret(hass)
            path = Path(hass.config.path(LEDGER_FILE))
            try:
                ledger = await hass.async_add_executor_job(Ledger.at, path)
            except (LedgerUnavailableError, LedgerTooNewError) as err:
                _point_out(hass, err)
                raise
            ir.async_delete_issue(hass, DOMAIN, ISSUE_LEDGER)
            door.open = Prepayment(hass, ledger, secret)
        return door.open


async def async_close_prepayment(hass: HomeAssistant) -> None:
    """Close the ledger, if it is open."""
    if (door := hass.data.get(_DOOR)) is None:
        return
    async with door.lock:
        if door.open is not None:
            ledger, door.open = door.open.ledger, None
            await hass.async_add_executor_job(ledger.close)


def _point_out(hass: HomeAssistant, err: LedgerUnavailableError | LedgerTooNewError) -> None:
    too_new = isinstance(err, LedgerTooNewError)
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_LEDGER,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key="ledger_too_new" if too_new else "ledger_unavailable",
        translation_placeholders={"file": LEDGER_FILE, "error": str(err)},
    )


async def _async_voucher_secret(hass: HomeAssistant) -> bytes:
    """The key of the hashes of voucher codes, apart from the ledger; made when it is missing."""
    store: Store[dict[str, str]] = Store(hass, SECRETS_VERSION, f"{DOMAIN}.secrets", private=True)
    stored = await store.async_load() or {}
    if (known := stored.get("voucher")) is not None:
        return bytes.fromhex(known)
    made = secrets.token_bytes(SECRET_LENGTH)
    await store.async_save({**stored, "voucher": made.hex()})
    return made
