"""What a person decides about money: that a meter was reset, or whether a lost top-up arrived."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import probatio

from ..access.dialogues import Doing, async_in_dialogue
from ..access.doors import place_of
from ..bus.errors import BusError
from ..coordinator import CsjConfigEntry, CsjCoordinator
from ..meters.errors import MeterError
from ..prepay.errors import (
    CreditUnknownError,
    LedgerTooNewError,
    LedgerUnavailableError,
    NotDecidableError,
)
from ..prepay.movement import Actor, Nameless
from ..prepay.prepaid_meter import PrepaidMeter
from ..site.access import Permission
from .prepayment import async_prepayment

IN_REPAIRS = Actor(id=None, name=Nameless.REPAIR_ISSUE.value)
"""Who has decided; Home Assistant does not tell a repair who its user is."""

_NO_LEDGER = (LedgerUnavailableError, LedgerTooNewError)


class MoneyFlow(RepairsFlow):
    """What both have in common: the meter that the issue is about."""

    def __init__(self, hass: HomeAssistant, data: dict[str, str | int | float | None]) -> None:
        """Decide about what ``data`` of the issue says."""
        super().__init__()
        self.hass = hass
        self.facts = {key: str(value) for key, value in data.items()}

    @property
    def meter(self) -> CsjCoordinator | None:
        """The meter, while its bridge is set up."""
        entry: CsjConfigEntry | None = self.hass.config_entries.async_get_entry(self.facts["entry_id"])
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry.runtime_data.coordinators.get(self.facts["subentry_id"])

    def _async_audited(self, doing: Doing) -> AbstractAsyncContextManager[object]:
        """Around a person's decision, which the audit log has. What it raises is raised."""
        entry = self.hass.config_entries.async_get_entry(self.facts["entry_id"])
        meter = None if entry is None else entry.subentries.get(self.facts["subentry_id"])
        place = place_of(self.hass, None if meter is None else meter.unique_id)
        return async_in_dialogue(self.hass, Permission.CORRECT_PAYMENTS, place, doing)

    def name(self) -> str:
        """What people call the meter."""
        return "-" if (meter := self.meter) is None else meter.subentry.title


class CountFellFlow(MoneyFlow):
    """Confirm that a meter was reset: its account begins anew."""

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and do it."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=probatio.Schema({}),
                description_placeholders={"meter": self.name(), **self.facts},
            )
        meter = self.meter
        if meter is None or (control := meter.control) is None:
            return self.async_abort(reason="not_set_up")
        try:
            prepayment = await async_prepayment(self.hass)
            async with self._async_audited(Doing.METER_RESET):
                await control.watched(
                    lambda session: prepayment.top_ups.restart(PrepaidMeter(session), IN_REPAIRS)
                )
        except BusError, MeterError, CreditUnknownError:
            return self.async_abort(reason="not_reachable")
        except NotDecidableError:
            return self.async_abort(reason="decided")
        except _NO_LEDGER:
            return self.async_abort(reason="ledger_unavailable")
        return self.async_create_entry(data={})


class OvertakenFlow(MoneyFlow):
    """Say whether a top-up arrived that the meter cannot tell about any more."""

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        return self.async_show_menu(
            step_id="init",
            menu_options=["arrived", "not_arrived"],
            description_placeholders={"meter": self.name(), **self.facts},
        )

    async def async_step_arrived(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """It is on the meter."""
        return await self._async_decide(applied=True)

    async def async_step_not_arrived(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """It is not."""
        return await self._async_decide(applied=False)

    async def _async_decide(self, *, applied: bool) -> RepairsFlowResult:
        try:
            ledger = (prepayment := await async_prepayment(self.hass)).ledger
            at = dt_util.utcnow()
            async with self._async_audited(Doing.ARRIVED if applied else Doing.NOT_ARRIVED):
                await prepayment.run(
                    lambda: ledger.decide(self.facts["movement"], applied=applied, actor=IN_REPAIRS, at=at)
                )
        except KeyError, NotDecidableError:
            return self.async_abort(reason="decided")
        except _NO_LEDGER:
            return self.async_abort(reason="ledger_unavailable")
        return self.async_create_entry(data={})
