"""The actions of the integration, registered once for all bridges; what they do is in ``actions``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers.service import async_register_admin_service
import probatio

from .actions import alerts, faults, meter, payments, statements, telemetry, vouchers
from .const import DOMAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action."""

    do: Callable[[ServiceCall], Coroutine[Any, Any, Any]]
    """What it does."""

    schema: probatio.Schema
    """What it takes."""

    response: SupportsResponse = SupportsResponse.OPTIONAL
    """Whether it answers."""

    for_everybody: bool = False
    """Whether users may call it who do not administer Home Assistant; automations always may."""


_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = {
    "simulate_fault": Action(
        do=faults.async_simulate, schema=faults.SIMULATE_SCHEMA, response=SupportsResponse.NONE
    ),
    "clear_simulated_faults": Action(
        do=faults.async_clear, schema=faults.CLEAR_SCHEMA, response=SupportsResponse.NONE
    ),
    "top_up": Action(do=payments.async_top_up, schema=payments.TOP_UP_SCHEMA),
    # a token or a voucher is money that its holder has paid for already
    "load_token": Action(do=payments.async_load_token, schema=payments.TOKEN_SCHEMA, for_everybody=True),
    "redeem_voucher": Action(
        do=vouchers.async_redeem_voucher, schema=vouchers.REDEEM_SCHEMA, for_everybody=True
    ),
    "list_payments": Action(
        do=payments.async_list_payments, schema=payments.LIST_PAYMENTS_SCHEMA, response=_ONLY
    ),
    "correct_payment": Action(do=payments.async_correct_payment, schema=payments.CORRECT_SCHEMA),
    "list_payment_requests": Action(
        do=payments.async_list_payment_requests, schema=payments.LIST_REQUESTS_SCHEMA, response=_ONLY
    ),
    # without its answer a voucher is lost
    "create_voucher": Action(
        do=vouchers.async_create_voucher, schema=vouchers.CREATE_VOUCHER_SCHEMA, response=_ONLY
    ),
    "withdraw_voucher": Action(do=vouchers.async_withdraw_voucher, schema=vouchers.WITHDRAW_SCHEMA),
    "list_vouchers": Action(
        do=vouchers.async_list_vouchers, schema=vouchers.LIST_VOUCHERS_SCHEMA, response=_ONLY
    ),
    "statement": Action(do=statements.async_statement, schema=statements.STATEMENT_SCHEMA, response=_ONLY),
    "set_day_table": Action(do=meter.async_set_day_table, schema=meter.DAY_TABLE_SCHEMA),
    "get_day_tables": Action(do=meter.async_get_day_tables, schema=meter.METER_SCHEMA, response=_ONLY),
    "set_clock": Action(do=meter.async_set_clock, schema=meter.CLOCK_SCHEMA),
    "read_load_profile": Action(
        do=meter.async_read_load_profile, schema=meter.LOAD_PROFILE_SCHEMA, response=_ONLY
    ),
    "unlock_test": Action(do=meter.async_unlock_test, schema=meter.METER_SCHEMA),
    "export_csv": Action(do=telemetry.async_export_csv, schema=telemetry.EXPORT_SCHEMA),
    "import_csv": Action(do=telemetry.async_import_csv, schema=telemetry.IMPORT_SCHEMA),
    # whoever is there may see to it; their name stands there
    "acknowledge_alert": Action(do=alerts.async_acknowledge, schema=alerts.ALERT_SCHEMA, for_everybody=True),
    "shelve_alert": Action(do=alerts.async_shelve, schema=alerts.SHELVE_SCHEMA),
    "report_false_alarm": Action(do=alerts.async_report_false_alarm, schema=alerts.ALERT_SCHEMA),
    "create_ticket": Action(do=alerts.async_create_ticket, schema=alerts.TICKET_SCHEMA),
    "get_alerts": Action(do=alerts.async_get_alerts, schema=alerts.GET_ALERTS_SCHEMA, response=_ONLY),
    "send_summary": Action(do=alerts.async_send_the_summary, schema=alerts.SUMMARY_SCHEMA),
    "fire_drill": Action(do=alerts.async_fire_drill, schema=alerts.DRILL_SCHEMA),
}
"""Name -> action; described in services.yaml and the translations."""


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register all actions."""
    for name, action in ACTIONS.items():
        if action.for_everybody:
            hass.services.async_register(DOMAIN, name, action.do, action.schema, action.response)
        else:
            async_register_admin_service(hass, DOMAIN, name, action.do, action.schema, action.response)
