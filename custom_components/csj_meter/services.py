"""The actions of the integration, registered once for all bridges; what they do is in ``actions``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
import probatio

from .access.doors import async_allowed, async_caller, async_places, async_verify_look
from .access.places import SITE, places_of
from .actions import alerts, energy, faults, meter, payments, statements, telemetry, tenants, vouchers
from .const import DOMAIN
from .site.access import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action."""

    do: Callable[[ServiceCall], Coroutine[Any, Any, Any]]
    """What it does."""

    schema: probatio.Schema
    """What it takes."""

    response: SupportsResponse = SupportsResponse.OPTIONAL
    """Whether it answers."""

    takes: tuple[Permission, ...]
    """Permissions that its caller needs, in all places that the call names."""

    whole_site: bool = False
    """Whether it is about the whole site, whichever meters are named."""

    narrows: bool = False
    """Whether it tells its caller no more than they may see, when no meter is named."""

    only_looks: Callable[[Mapping[str, Any]], bool] = lambda _: False
    """Whether a call with these fields changes nothing, though its permissions would let it."""


_ONLY: Final = SupportsResponse.ONLY

_CONFIGURE: Final = (Permission.CONFIGURE,)
_SEE_MONEY: Final = (Permission.SEE_MONEY,)
_TOP_UP: Final = (Permission.TOP_UP,)
_REDEEM: Final = (Permission.REDEEM,)
_COMMAND: Final = (Permission.COMMAND,)
_ANSWER: Final = (Permission.ANSWER_ALERTS,)
_JUDGE: Final = (Permission.JUDGE_ALERTS,)
_TENANTS: Final = (Permission.TENANTS,)

ACTIONS: Final = {
    "simulate_fault": Action(
        do=faults.async_simulate,
        schema=faults.SIMULATE_SCHEMA,
        response=SupportsResponse.NONE,
        takes=_CONFIGURE,
    ),
    "clear_simulated_faults": Action(
        do=faults.async_clear, schema=faults.CLEAR_SCHEMA, response=SupportsResponse.NONE, takes=_CONFIGURE
    ),
    "top_up": Action(do=payments.async_top_up, schema=payments.TOP_UP_SCHEMA, takes=_TOP_UP),
    # a token or a voucher is money that its holder has paid for already
    "load_token": Action(do=payments.async_load_token, schema=payments.TOKEN_SCHEMA, takes=_REDEEM),
    "redeem_voucher": Action(do=vouchers.async_redeem_voucher, schema=vouchers.REDEEM_SCHEMA, takes=_REDEEM),
    "list_payments": Action(
        do=payments.async_list_payments,
        schema=payments.LIST_PAYMENTS_SCHEMA,
        response=_ONLY,
        takes=_SEE_MONEY,
    ),
    "correct_payment": Action(
        do=payments.async_correct_payment,
        schema=payments.CORRECT_SCHEMA,
        takes=(Permission.CORRECT_PAYMENTS,),
    ),
    "list_payment_requests": Action(
        do=payments.async_list_payment_requests,
        schema=payments.LIST_REQUESTS_SCHEMA,
        response=_ONLY,
        takes=(Permission.SEE_AUDIT,),
    ),
    # without its answer a voucher is lost
    "create_voucher": Action(
        do=vouchers.async_create_voucher,
        schema=vouchers.CREATE_VOUCHER_SCHEMA,
        response=_ONLY,
        takes=_TOP_UP,
    ),
    "withdraw_voucher": Action(
        do=vouchers.async_withdraw_voucher, schema=vouchers.WITHDRAW_SCHEMA, takes=_TOP_UP
    ),
    "list_vouchers": Action(
        do=vouchers.async_list_vouchers,
        schema=vouchers.LIST_VOUCHERS_SCHEMA,
        response=_ONLY,
        takes=_SEE_MONEY,
    ),
    "statement": Action(
        do=statements.async_statement, schema=statements.STATEMENT_SCHEMA, response=_ONLY, takes=_SEE_MONEY
    ),
    "move_in": Action(do=tenants.async_tenant_moves_in, schema=tenants.MOVE_IN_SCHEMA, takes=_TENANTS),
    "move_out": Action(
        do=tenants.async_tenant_moves_out,
        schema=tenants.MOVE_OUT_SCHEMA,
        takes=(Permission.TENANTS, Permission.SEE_MONEY),
    ),
    "list_tenants": Action(
        do=tenants.async_list_tenants,
        schema=tenants.LIST_SCHEMA,
        response=_ONLY,
        takes=_TENANTS,
        narrows=True,
        only_looks=lambda _: True,
    ),
    "forget_tenants": Action(do=tenants.async_forget_tenants, schema=tenants.TENANT_SCHEMA, takes=_TENANTS),
    # without its answer a link is lost
    "make_portal_link": Action(
        do=tenants.async_make_portal_link, schema=tenants.TENANT_SCHEMA, response=_ONLY, takes=_TENANTS
    ),
    "revoke_portal_link": Action(
        do=tenants.async_revoke_portal_link,
        schema=tenants.TENANT_SCHEMA,
        response=SupportsResponse.NONE,
        takes=_TENANTS,
    ),
    "remind_tenant": Action(
        do=tenants.async_remind_tenant,
        schema=tenants.TENANT_SCHEMA,
        takes=(Permission.TENANTS, Permission.SEE_MONEY),
    ),
    "monthly_statements": Action(
        do=tenants.async_all_statements,
        schema=tenants.STATEMENTS_SCHEMA,
        takes=(Permission.TENANTS, Permission.SEE_MONEY),
        narrows=True,
        only_looks=lambda data: not data[tenants.ATTR_SEND],
    ),
    "set_day_table": Action(
        do=meter.async_set_day_table, schema=meter.DAY_TABLE_SCHEMA, takes=(Permission.SET_PRICES,)
    ),
    "get_day_tables": Action(
        do=meter.async_get_day_tables,
        schema=meter.METER_SCHEMA,
        response=_ONLY,
        takes=(Permission.SEE_DIAGNOSTICS,),
    ),
    "set_clock": Action(do=meter.async_set_clock, schema=meter.CLOCK_SCHEMA, takes=_COMMAND),
    # hundreds of questions on the line, and minutes of somebody's life
    "read_load_profile": Action(
        do=meter.async_read_load_profile,
        schema=meter.LOAD_PROFILE_SCHEMA,
        response=_ONLY,
        takes=(Permission.COMMAND, Permission.SEE_RAW),
    ),
    "unlock_test": Action(do=meter.async_unlock_test, schema=meter.METER_SCHEMA, takes=_COMMAND),
    # it writes into the configuration folder; whoever has fewer meters downloads instead
    "export_csv": Action(
        do=telemetry.async_export_csv,
        schema=telemetry.EXPORT_SCHEMA,
        takes=(Permission.EXPORT, Permission.SEE_RAW, Permission.SEE_MONEY),
        whole_site=True,
    ),
    "import_csv": Action(
        do=telemetry.async_import_csv,
        schema=telemetry.IMPORT_SCHEMA,
        takes=_CONFIGURE,
        whole_site=True,
        only_looks=lambda data: bool(data[telemetry.ATTR_DRY_RUN]),
    ),
    # whoever is there may see to it; their name stands there
    "acknowledge_alert": Action(do=alerts.async_acknowledge, schema=alerts.ALERT_SCHEMA, takes=_ANSWER),
    "shelve_alert": Action(do=alerts.async_shelve, schema=alerts.SHELVE_SCHEMA, takes=_JUDGE),
    "report_false_alarm": Action(
        do=alerts.async_report_false_alarm, schema=alerts.ALERT_SCHEMA, takes=_JUDGE
    ),
    "create_work_order": Action(
        do=alerts.async_create_work_order, schema=alerts.WORK_ORDER_SCHEMA, takes=(Permission.WORK_ORDERS,)
    ),
    "get_alerts": Action(
        do=alerts.async_get_alerts,
        schema=alerts.GET_ALERTS_SCHEMA,
        response=_ONLY,
        takes=(Permission.SEE_ALERTS,),
        narrows=True,
    ),
    "send_summary": Action(do=alerts.async_send_the_summary, schema=alerts.SUMMARY_SCHEMA, takes=_CONFIGURE),
    "set_up_energy_dashboard": Action(
        do=energy.async_set_up_energy_dashboard,
        schema=energy.ENERGY_SCHEMA,
        takes=_CONFIGURE,
        whole_site=True,
        only_looks=lambda data: not data[energy.ATTR_CONFIRM],
    ),
    "fire_drill": Action(
        do=alerts.async_fire_drill, schema=alerts.DRILL_SCHEMA, takes=_CONFIGURE, whole_site=True
    ),
}
"""Name -> action; described in services.yaml and the translations."""


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register all actions."""
    for name, action in ACTIONS.items():
        hass.services.async_register(DOMAIN, name, _guarded(name, action), action.schema, action.response)


def _guarded(name: str, action: Action) -> Callable[[ServiceCall], Coroutine[Any, Any, Any]]:
    """The action for those who may; others hear Unauthorized."""

    async def handler(call: ServiceCall) -> Any:
        user = await async_caller(call.hass, call.context)
        places = [SITE] if action.whole_site else places_of(call)
        if action.narrows and places == [SITE]:
            places = await async_places(call.hass, user, action.takes)
        if action.only_looks(call.data):
            await async_verify_look(call.hass, user, action.takes, places, what=name, context=call.context)
            return await action.do(call)
        async with async_allowed(call.hass, user, action.takes, places, what=name, context=call.context):
            return await action.do(call)

    return handler
