"""The money of the meters of one bridge: what waits is settled, what others paid in is found.

Each reading of a prepaid meter's account is looked at. A look that is worth a question to the meter
(``TopUps.observe`` knows) settles what is open; what only a person can decide becomes a repair issue.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from ..bus.errors import BusError
from ..const import DOMAIN, LOGGER
from ..control import MeterControl
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..language import dates
from ..meters.errors import MeterError
from ..meters.identity import Capability
from ..prepay.errors import (
    CountFellError,
    CreditUnknownError,
    LedgerTooNewError,
    LedgerUnavailableError,
)
from ..prepay.movement import Movement
from ..prepay.prepaid_meter import PrepaidMeter
from ..prepay.tariffs import Prices
from ..site_texts import current_texts
from ..tenants.book import SIGNAL_TENANTS, async_tenants
from .credit_forecast import ForecastCoordinator
from .prepayment import Prepayment, async_prepayment
from .prices import told_prices

ISSUE_COUNT_FELL: Final = "count_fell"
ISSUE_OVERTAKEN: Final = "overtaken"
ISSUE_OVERTAKEN_TOKEN: Final = "overtaken_token"
"""Translation keys of the issues, and what their ids begin with."""


def is_prepaid(coordinator: CsjCoordinator) -> bool:
    """Whether money can be put on the meter."""
    return coordinator.control is not None and Capability.PREPAY in coordinator.identity.capabilities


class CreditWatch:
    """Looks after the account of every prepaid meter of a bridge."""

    def __init__(self, hass: HomeAssistant, entry: CsjConfigEntry) -> None:
        """Look while ``entry`` is set up."""
        self._hass = hass
        self._entry = entry
        self._looks: dict[str, asyncio.Task[None]] = {}
        self._newest: dict[str, Movement] = {}
        self._looked: dict[str, int] = {}
        """Serial number -> the changes of the ledger up to which it was looked at."""
        self._prices: dict[str, tuple[Prices, dt.datetime]] = {}
        """Serial number -> what was noted last, and when."""
        self._forecasts: dict[str, ForecastCoordinator] = {}
        self._issues: dict[str, str] = {}
        self._stopped = False
        self._stop_following = async_dispatcher_connect(hass, SIGNAL_TENANTS, self._tenants_changed)

    def newest(self, serial: str) -> Movement | None:
        """The movement of a meter that began last, as far as looked at."""
        return self._newest.get(serial)

    def forecast(self, coordinator: CsjCoordinator) -> ForecastCoordinator:
        """How long the credit of a meter lasts: one for all who show it."""
        serial = coordinator.identity.serial
        if (found := self._forecasts.get(serial)) is None:
            found = self._forecasts[serial] = ForecastCoordinator(self._hass, coordinator)
        return found

    @callback
    def account_read(self, coordinator: CsjCoordinator) -> None:
        """A meter has told its account: look what that means, in the background."""
        serial = coordinator.identity.serial
        if (
            self._stopped
            or serial in self._looks
            or (control := coordinator.control) is None
            or not is_prepaid(coordinator)
        ):
            return
        # not eager: what it reads itself must find it under way
        look = self._looks[serial] = self._entry.async_create_background_task(
            self._hass,
            self._async_look(coordinator, control),
            f"{DOMAIN} account of {serial}",
            eager_start=False,
        )
        # not by itself: one that is cancelled before it has begun would stay for good
        look.add_done_callback(lambda _: self._looks.pop(serial))

    @callback
    def forget(self, coordinator: CsjCoordinator) -> None:
        """A meter has left the bridge."""
        serial = coordinator.identity.serial
        if (look := self._looks.get(serial)) is not None:
            look.cancel()  # it would point out what nobody can see to any more
        self._prices.pop(serial, None)
        self._newest.pop(serial, None)
        self._looked.pop(serial, None)
        self._forecasts.pop(serial, None)
        for issue_id in [issue_id for issue_id, of in self._issues.items() if of == serial]:
            self._withdraw(issue_id)

    async def async_stop(self) -> None:
        """End every look, and withdraw what was pointed out; the next set-up finds it again."""
        self._stopped = True
        self._stop_following()
        looks = list(self._looks.values())
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        for issue_id in list(self._issues):
            self._withdraw(issue_id)

    async def _tenants_changed(self) -> None:
        """Somebody has moved in or out."""
        book = await async_tenants(self._hass)
        for forecast in () if self._stopped else self._forecasts.values():
            forecast.tenants_changed(book)

    async def _async_look(self, coordinator: CsjCoordinator, control: MeterControl) -> None:
        serial = coordinator.identity.serial
        try:
            prepayment = await async_prepayment(self._hass)
            if await self._async_settle(prepayment, coordinator, control):
                await self._async_note_prices(prepayment, coordinator)
            await self._async_show(prepayment, coordinator)
        except (LedgerUnavailableError, LedgerTooNewError) as err:
            LOGGER.debug("account of meter %s: %s", serial, err)  # a repair issue says so

    async def _async_settle(
        self, prepayment: Prepayment, coordinator: CsjCoordinator, control: MeterControl
    ) -> bool:
        """Bring the ledger in line with the meter, if there is something to do.

        Returns whether its reading is to be believed: not when it was asked who it is and did not say so.
        """
        count = coordinator.value("top_up_count")
        if not isinstance(count, int):
            return True
        issue_id = f"{ISSUE_COUNT_FELL}_{coordinator.subentry.subentry_id}"
        try:
            await control.watched(
                lambda session: prepayment.top_ups.observe(PrepaidMeter(session), count), awaited=False
            )
        except CountFellError as err:
            self._point_out(issue_id, coordinator, ISSUE_COUNT_FELL, known=str(err.known), seen=str(err.seen))
            return True
        except (BusError, MeterError, CreditUnknownError) as err:
            # it is asked again with its next reading
            LOGGER.debug("account of meter %s: %s", coordinator.identity.serial, err)
            return isinstance(err, CreditUnknownError)
        self._withdraw(issue_id)
        return True

    async def _async_note_prices(self, prepayment: Prepayment, coordinator: CsjCoordinator) -> None:
        """Keep the prices of now for the statements of later."""
        serial, at, prices = coordinator.identity.serial, dt_util.utcnow(), told_prices(coordinator)
        noted, noted_at = self._prices.get(serial, (None, at))
        # also when the clock was set back: by that time they had not been seen yet
        if prices is not None and (prices != noted or at < noted_at):
            await prepayment.run(lambda: prepayment.ledger.note_prices(serial, prices, at))
            self._prices[serial] = prices, at

    async def _async_show(self, prepayment: Prepayment, coordinator: CsjCoordinator) -> None:
        """Show the newest movement, and point out what a person has to decide, if the ledger is new."""
        serial = coordinator.identity.serial
        ledger = prepayment.ledger
        changes = ledger.changes
        if self._looked.get(serial) == changes:
            return
        newest, undecided = await prepayment.run(lambda: (ledger.newest(serial), ledger.undecided(serial)))
        if newest is not None and newest != self._newest.get(serial):
            self._newest[serial] = newest
            coordinator.async_update_listeners()
        wanted = {f"{ISSUE_OVERTAKEN}_{movement.id}": movement for movement in undecided}
        for issue_id, movement in wanted.items():
            if issue_id not in self._issues:
                # a token has no amount that anybody here knows: its last digits say which one it is
                what = (
                    {"token": movement.note}
                    if movement.amount is None
                    else {"amount": f"{movement.amount} {movement.unit}".strip()}
                )
                self._point_out(
                    issue_id,
                    coordinator,
                    ISSUE_OVERTAKEN_TOKEN if movement.amount is None else ISSUE_OVERTAKEN,
                    **what,
                    at=dates.date_and_time(current_texts(self._hass), dt_util.as_local(movement.created_at)),
                    movement=movement.id,
                )
        for issue_id, of in list(self._issues.items()):
            if of == serial and issue_id.startswith(ISSUE_OVERTAKEN) and issue_id not in wanted:
                self._withdraw(issue_id)
        self._looked[serial] = changes

    def _point_out(self, issue_id: str, coordinator: CsjCoordinator, kind: str, **placeholders: str) -> None:
        self._issues[issue_id] = coordinator.identity.serial
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=kind,
            translation_placeholders={"meter": coordinator.subentry.title, **placeholders},
            data={
                "entry_id": self._entry.entry_id,
                "subentry_id": coordinator.subentry.subentry_id,
                "kind": kind,
                **placeholders,
            },
        )

    def _withdraw(self, issue_id: str) -> None:
        if self._issues.pop(issue_id, None) is not None:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
