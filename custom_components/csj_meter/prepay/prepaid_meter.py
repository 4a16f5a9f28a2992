"""A real meter as the money sees it: which of its answers are certain, and which are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ..bus.errors import BusError
from ..bus.turns import Priority
from ..meters.commands.credit import TokenResult, load_token, write_top_up
from ..meters.commands.errors import (
    CommandError,
    CountMovedError,
    NotOfferedError,
    OutcomeUnknownError,
)
from ..meters.commands.session import Session
from ..meters.errors import MeterError
from ..meters.reading import Group
from .credit import Credit, credit_of
from .errors import TokenRefusedError, TopUpRefusedError, TopUpUncertainError

STAYS_OPEN: Final = 30.0
"""Seconds for which an opened meter stays open: it is read and written to within."""


class PrepaidMeter:
    """The ``TokenMeter`` behind a session."""

    def __init__(self, session: Session) -> None:
        """Move money through ``session``."""
        self._session = session

    @property
    def serial(self) -> str:
        """Serial number."""
        return self._session.meter.identity.serial

    async def open(self) -> None:
        """Unlock the meter, where it does not stay open long enough: no money is sent.

        Raises a BusError or a MeterError, such as WrongKeyError.
        """
        await self._session.open(STAYS_OPEN)

    async def read_credit(self) -> Credit:
        """The account of this very meter: its serial number is asked for first.

        Raises a BusError, a MeterError, or CreditUnknownError.
        """
        meter = self._session.meter
        if Group.PREPAY not in meter.groups:
            raise NotOfferedError(f"unit {meter.unit_id}: the meter has no prepayment")
        await meter.verify_identity(Priority.COMMAND)
        reading = await meter.read(Group.PREPAY, Priority.COMMAND)
        return credit_of(reading, meter.identity)

    async def write_top_up(self, amount: Decimal, count: int) -> None:
        """Write once. Raises TopUpRefusedError, TopUpUncertainError or a BusError, as ``MoneyMeter`` says.

        The cause of a refusal is the command's own error.
        """
        await self._reopen()
        try:
            await write_top_up(self._session, amount, count)
        except OutcomeUnknownError as err:
            raise TopUpUncertainError(str(err)) from err
        except CountMovedError as err:
            raise TopUpRefusedError(str(err), is_taken=True) from err
        except CommandError as err:
            raise TopUpRefusedError(str(err)) from err

    async def write_token(self, token: str) -> None:
        """Load a token once. Raises TokenRefusedError with the meter's answer, else as ``write_top_up``."""
        await self._reopen()
        try:
            result = await load_token(self._session, token)
        except OutcomeUnknownError as err:
            raise TopUpUncertainError(str(err)) from err
        except CommandError as err:
            raise TopUpRefusedError(str(err)) from err
        if result is TokenResult.NONE:
            raise TopUpUncertainError("the meter does not say what became of the token")
        if result is not TokenResult.ACCEPTED:
            raise TokenRefusedError(result)

    async def _reopen(self) -> None:
        """Unlock the meter if it has closed meanwhile: what fails here fails before any money is sent.

        Raises TopUpRefusedError.
        """
        try:
            await self._session.open()
        except (BusError, MeterError) as err:
            raise TopUpRefusedError(str(err)) from err
