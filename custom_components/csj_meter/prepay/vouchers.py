"""Vouchers: a landlord creates and prints them, a tenant redeems them, each once.

A code exists on paper alone; here is a keyed hash of it. The key is handed in by whoever keeps secrets:
without it, the database tells nobody a code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import datetime as dt
from decimal import Decimal
from typing import Final

from sqlalchemy.exc import IntegrityError

from ..meters.commands.credit import LARGEST_TOP_UP
from . import guessing, rows
from .errors import (
    ExpiredVoucherError,
    KeyReusedError,
    LedgerUnavailableError,
    OtherMeterVoucherError,
    TopUpUncertainError,
    UnknownVoucherError,
    UsedVoucherError,
    VoucherError,
    WithdrawnVoucherError,
)
from .ledger import Ledger
from .money import amount_of
from .movement import ON_THE_METER, Actor, Movement, MovementKind, Source
from .order import Order
from .schema import VOUCHERS
from .top_up import LOGGER, MoneyMeter, Runner, TopUps
from .voucher import Voucher, add_voucher, find_vouchers, withdraw
from .voucher_code import VoucherCode

SECRET_LENGTH: Final = 32
"""Bytes of the key of the hash, at least."""

NOTE_LENGTH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVoucher:
    """A voucher that was just created, with its code for the only time."""

    voucher: Voucher
    """What is kept."""

    code: VoucherCode
    """To be printed and forgotten; ``str`` writes it."""


class Vouchers:
    """All vouchers of this site."""

    def __init__(
        self,
        ledger: Ledger,
        top_ups: TopUps,
        run: Runner,
        *,
        clock: Callable[[], dt.datetime],
        secret: bytes,
        limit: Decimal = LARGEST_TOP_UP,
    ) -> None:
        """Keep them in ``ledger``.

        ``secret`` is random, at least 32 bytes, and kept apart from the database; vouchers are lost with it.
        ``limit`` is the largest voucher. Raises ValueError for a short secret.
        """
        if len(secret) < SECRET_LENGTH:
            raise ValueError(f"the secret of vouchers has at least {SECRET_LENGTH} bytes, not {len(secret)}")
        self._ledger = ledger
        self._top_ups = top_ups
        self._run = run
        self._clock = clock
        self._secret = secret
        self._limit = limit

    async def create(
        self,
        amount: Decimal | int | str,
        expires_at: dt.datetime,
        *,
        unit: str,
        actor: Actor,
        serial: str | None = None,
        note: str = "",
    ) -> NewVoucher:
        """A new voucher, for one meter (``serial``) or for any that counts in ``unit``.

        Raises AmountError, or VoucherError for an expiry in the past or too long a note.
        """
        now = self._clock()
        worth = amount_of(amount, self._limit)
        if expires_at <= now:
            raise VoucherError(f"the voucher would have expired already, at {expires_at}")
        if len(note) > NOTE_LENGTH:
            raise VoucherError(f"a note has at most {NOTE_LENGTH} characters, this has {len(note)}")
        code = VoucherCode.new()

        def _add() -> Voucher:
            with self._ledger.transaction() as connection:
                return add_voucher(
                    connection,
                    code_hash=code.fingerprint(self._secret),
                    amount=worth,
                    unit=unit,
                    serial=serial,
                    note=note,
                    created_at=now,
                    expires_at=expires_at,
                    actor=actor,
                )

        return NewVoucher(voucher=await self._run(_add), code=code)

    async def redeem(
        self,
        code: str,
        meter: MoneyMeter,
        *,
        guesser: str,
        actor: Actor,
        source: Source = Source.VOUCHER,
        key: str | None = None,
    ) -> Movement:
        """Put what the voucher is worth on a meter; returns when the meter shows it.

        ``guesser`` says where the code comes from (a user, an address, a portal link): unknown codes slow it
        down. Raises, with nothing sent and the voucher as it was: MistypedVoucherError, UnknownVoucherError,
        ExpiredVoucherError, UsedVoucherError, WithdrawnVoucherError, OtherMeterVoucherError,
        TooManyGuessesError, and what ``TopUps.carry_out`` raises before it sends. A refused top-up gives the
        voucher back, an uncertain one keeps it until it is settled.
        """
        fingerprint = VoucherCode.parse(code).fingerprint(self._secret)
        guesser = guesser[: guessing.GUESSER_LENGTH]
        voucher = await self._run(lambda: self._look_up(fingerprint, guesser))
        earlier = None if key is None else await self._run(lambda: self._ledger.find(source, key))
        if earlier is None:
            await self._verify_valid(voucher, meter)
        elif earlier.voucher_id != voucher.id:
            raise KeyReusedError(earlier)
        order = Order(
            kind=MovementKind.VOUCHER,
            amount=voucher.amount,
            unit=voucher.unit,
            actor=actor,
            source=source,
            key=key,
            voucher_id=voucher.id,
        )
        movement = await self._top_ups.carry_out(meter, order)
        # whoever sends the same again has paid for nothing, and may be guessing at others
        if earlier is not None and earlier.state in ON_THE_METER:
            return movement
        try:
            await self._run(lambda: self._forgive(guesser))
        except LedgerUnavailableError as err:  # the money is on the meter, so this is no failure
            LOGGER.warning("Earlier wrong codes could not be forgiven: %s", err)
        return movement

    async def withdraw(self, voucher_id: str) -> Voucher:
        """Take a voucher back. Raises KeyError, or UsedVoucherError when it is taken."""
        now = self._clock()

        def _withdraw() -> tuple[Voucher, Movement | None]:
            with self._ledger.transaction() as connection:
                done = withdraw(connection, voucher_id, now)
                found = find_vouchers(connection, VOUCHERS.c.id == voucher_id)
                if not found:
                    raise KeyError(voucher_id)
                taken_by = found[0].movement_id
                if done or taken_by is None:
                    return found[0], None
                return found[0], rows.get(connection, taken_by)

        voucher, movement = await self._run(_withdraw)
        if movement is not None:
            raise UsedVoucherError(movement)
        return voucher

    async def all(self, serial: str | None = None) -> tuple[Voucher, ...]:
        """Every voucher, oldest first; those for one meter alone if ``serial`` is given."""

        def _all() -> tuple[Voucher, ...]:
            with self._ledger.transaction() as connection:
                return find_vouchers(connection, *([] if serial is None else [VOUCHERS.c.serial == serial]))

        return await self._run(_all)

    def _look_up(self, fingerprint: str, guesser: str) -> Voucher:
        """The voucher of a code. Raises TooManyGuessesError and UnknownVoucherError."""
        try:
            return self._look_up_once(fingerprint, guesser)
        except IntegrityError:  # two first failures of one guesser at the same moment: the other is kept now
            return self._look_up_once(fingerprint, guesser)

    def _look_up_once(self, fingerprint: str, guesser: str) -> Voucher:
        now = self._clock()
        with self._ledger.transaction() as connection:
            guessing.verify_may_guess(connection, guesser, now)
            found = find_vouchers(connection, VOUCHERS.c.code_hash == fingerprint)
            if not found:
                guessing.remember_failure(connection, guesser, now)
        if not found:
            raise UnknownVoucherError("nobody has issued this code")
        return found[0]

    async def _verify_valid(self, voucher: Voucher, meter: MoneyMeter) -> None:
        """Raises the answer to a voucher that cannot be redeemed on this meter now."""
        if voucher.serial not in {None, meter.serial}:
            raise OtherMeterVoucherError("the voucher is for another meter")
        taken_by = await self._taken_by(voucher)
        if taken_by is not None and taken_by.settles and taken_by.serial == meter.serial:
            await self._top_ups.settle(meter)  # it may be refused by now, and the voucher free again
            taken_by = await self._taken_by(voucher)
        if taken_by is not None:
            if taken_by.settles and taken_by.serial == meter.serial:
                raise TopUpUncertainError(
                    "the voucher is being redeemed; the meter has to answer first", taken_by
                )
            raise UsedVoucherError(taken_by)
        if voucher.withdrawn_at is not None:
            raise WithdrawnVoucherError("the voucher was withdrawn")
        if self._clock() >= voucher.expires_at:
            raise ExpiredVoucherError(voucher.expires_at)

    async def _taken_by(self, voucher: Voucher) -> Movement | None:
        def _find() -> Movement | None:
            with self._ledger.transaction() as connection:
                (now,) = find_vouchers(connection, VOUCHERS.c.id == voucher.id)
                return None if now.movement_id is None else rows.get(connection, now.movement_id)

        return await self._run(_find)

    def _forgive(self, guesser: str) -> None:
        with self._ledger.transaction() as connection:
            guessing.forgive(connection, guesser)
