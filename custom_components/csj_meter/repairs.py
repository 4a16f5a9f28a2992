"""Which dialogue repairs an issue; the dialogues are with what they are about."""

from __future__ import annotations

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .alerting.alert_repairs import AlertFlow
from .alerting.issues import ISSUE_ALERT
from .history.troubles import ISSUE_SET_ASIDE
from .money.credit_repairs import CountFellFlow, OvertakenFlow
from .money.credit_watch import ISSUE_COUNT_FELL
from .money.prepayment import ISSUE_VOUCHERS


async def async_create_fix_flow(
    hass: HomeAssistant, _issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """The dialogue that repairs one of the issues of alerts, money or measurements."""
    data = data or {}
    match data.get("kind"):
        case str(kind) if kind in {ISSUE_SET_ASIDE, ISSUE_VOUCHERS}:
            return ConfirmRepairFlow()  # there is nothing to do but to know of it
        case str(kind) if kind == ISSUE_ALERT:
            return AlertFlow(hass, str(data["alert"]))
        case str(kind) if kind == ISSUE_COUNT_FELL:
            return CountFellFlow(hass, data)
    return OvertakenFlow(hass, data)
