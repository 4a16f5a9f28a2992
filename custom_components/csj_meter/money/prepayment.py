"""The money of this site while a bridge is set up: one ledger for all bridges, and what works on it.

The ledger is opened by the first who needs it and closed with the last bridge, or when Home
Assistant stops. That it cannot be opened is told by a repair issue, and by an error to whoever
wants to move money; meters are read all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import datetime as dt
from functools import partial
from pathlib import Path
import secrets
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..daily_purge import DailyPurge
from ..file_issues import point_out_file, stored_file, withdraw_file
from ..kept_file import KeptFileDamagedError, KeptFileNotWrittenError, KeptStore, async_load_kept
from ..opened_file import async_opened
from ..prepay.audit import AuditTrail
from ..prepay.errors import LedgerTooNewError, LedgerUnavailableError
from ..prepay.ledger import Ledger
from ..prepay.top_up import TopUps
from ..prepay.voucher import VoucherState
from ..prepay.vouchers import SECRET_LENGTH, Vouchers
from ..site_part import SitePart

LEDGER_FILE: Final = "csj_meter_ledger.db"
"""In the configuration folder, so that it is part of every backup."""

SECRETS_VERSION: Final = 1

ISSUE_LEDGER: Final = "ledger"

ISSUE_VOUCHERS: Final = "vouchers_void"
"""Id of the issue that vouchers are void; it stays until somebody has read it."""


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
        self.audit = AuditTrail(ledger)
        """What was asked for from outside; its methods block."""
        self._purging = DailyPurge(hass, self._async_purge, name=f"{DOMAIN} purge of the audit trail")

    async def _async_purge(self, now: dt.datetime) -> None:
        try:
            while await self.run(lambda: self.audit.purge(now)):
                pass
        except LedgerUnavailableError as err:
            LOGGER.warning("The audit trail could not be purged, tomorrow it is tried again: %s", err)

    async def async_close(self) -> None:
        """Let go of the ledger."""
        self._purging.stop()
        await self.run(self._close)

    def _close(self) -> None:
        try:
            self.audit.flush()
        except LedgerUnavailableError as err:
            LOGGER.warning("The last counts of the audit trail are lost: %s", err)
        finally:
            self.ledger.close()

    def run[T](self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Run something that blocks, such as a method of the ledger, in the executor."""
        return self._hass.async_add_executor_job(job)


_PART: Final[HassKey[SitePart[Prepayment]]] = HassKey(f"{DOMAIN}_prepayment")


async def async_prepayment(hass: HomeAssistant) -> Prepayment:
    """The money of this site. Raises LedgerUnavailableError or LedgerTooNewError."""

    async def begin() -> Prepayment:
        path = Path(hass.config.path(LEDGER_FILE))
        try:
            secret, is_new = await _async_voucher_secret(hass)
            ledger = await async_opened(hass, partial(Ledger.at, path), Ledger.close)
        except UnsupportedStorageVersionError as newer:
            too_new = LedgerTooNewError(newer.found_version, newer.max_supported_version)
            point_out_file(hass, ISSUE_LEDGER, "ledger_too_new", stored_file(newer), too_new)
            raise too_new from newer
        except (LedgerUnavailableError, LedgerTooNewError) as err:
            key = "ledger_too_new" if isinstance(err, LedgerTooNewError) else "ledger_unavailable"
            point_out_file(hass, ISSUE_LEDGER, key, LEDGER_FILE, err)
            raise
        withdraw_file(hass, ISSUE_LEDGER)
        prepayment = Prepayment(hass, ledger, secret)
        if is_new:
            await _async_tell_void_vouchers(hass, prepayment)
        return prepayment

    return await hass.data.setdefault(_PART, SitePart()).async_open(hass, begin)


async def async_close_prepayment(hass: HomeAssistant) -> None:
    """Close the ledger, if it is open."""
    if (part := hass.data.get(_PART)) is not None:
        await part.async_close()


async def _async_voucher_secret(hass: HomeAssistant) -> tuple[bytes, bool]:
    """The key of the hashes of voucher codes, apart from the ledger; whether it was missing, and is new."""
    store: KeptStore[dict[str, str]] = KeptStore(hass, SECRETS_VERSION, f"{DOMAIN}.secrets", private=True)
    try:
        stored = await async_load_kept(store)
        if (known := stored.get("voucher")) is not None:
            return bytes.fromhex(known), False
    except (KeptFileDamagedError, TypeError, ValueError) as err:
        # with another key no voucher that was sold would be good any more
        raise LedgerUnavailableError(f"{store.key} is damaged: {err}") from err
    made = secrets.token_bytes(SECRET_LENGTH)
    try:
        await store.async_save_surely({**stored, "voucher": made.hex()})
    except KeptFileNotWrittenError as err:
        # vouchers that are sold with it would be void after the next start
        raise LedgerUnavailableError(f"{store.key} cannot be written: {err.problem}") from err
    return made, True


async def _async_tell_void_vouchers(hass: HomeAssistant, prepayment: Prepayment) -> None:
    """Say how many vouchers that were sold nobody can redeem any more: their key is lost."""
    now = dt_util.utcnow()
    try:
        vouchers = await prepayment.vouchers.all()
    except LedgerUnavailableError as err:
        LOGGER.warning("Nobody knows whether vouchers are void now: %s", err)
        return
    if count := sum(voucher.state_at(now) is VoucherState.VALID for voucher in vouchers):
        ir.async_create_issue(
            hass,
            DOMAIN,
            ISSUE_VOUCHERS,
            is_fixable=True,
            is_persistent=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ISSUE_VOUCHERS,
            translation_placeholders={"count": str(count), "file": f"{STORAGE_DIR}/{DOMAIN}.secrets"},
            data={"kind": ISSUE_VOUCHERS},
        )
