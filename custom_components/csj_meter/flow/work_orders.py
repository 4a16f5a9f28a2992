"""The steps of the options about work orders: when one is opened, and the webhook that is told of them.

Its address may hold a token and is never shown again; its secret is shown when it is made, and never again.
"""

from __future__ import annotations

from dataclasses import replace
import secrets
from typing import Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..alerts.settings import AlertSettings, AlertSettingsError, TicketSettings
from ..anomaly.kinds import Severity
from ..site_settings import async_site_settings
from .choices import SEVERAL_SEVERITIES
from .site_options import Input, SiteOptions

SECRET_BYTES: Final = 32


class WorkOrderOptions(SiteOptions):
    """Say which alerts open a work order, and who else hears of it."""

    _webhook_secret: str | None = None
    """Shown once."""

    async def async_step_work_orders(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Set severities and webhook."""
        tickets = (await self._async_alerts()).tickets
        address = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

        def change(alerts: AlertSettings, entered: Input) -> AlertSettings:
            tickets, self._webhook_secret = _tickets_of(alerts.tickets, entered)
            return replace(alerts, tickets=tickets)

        return await self._async_alert_form(
            "work_orders",
            user_input,
            probatio.Schema(
                {
                    probatio.Optional("severities"): SEVERAL_SEVERITIES,
                    probatio.Required("webhook"): BooleanSelector(),
                    probatio.Optional("webhook_url"): address,
                }
            ),
            {
                "severities": [severity.value for severity in tickets.severities],
                "webhook": tickets.webhook_url is not None,
            },
            change,
            then=self._async_kept,
        )

    async def async_step_new_webhook_secret(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Make another secret, which signs from now on."""
        if user_input is None:
            return self.async_show_form(step_id="new_webhook_secret", data_schema=probatio.Schema({}))
        secret = secrets.token_hex(SECRET_BYTES)
        await (await async_site_settings(self.hass)).async_change_alerts(
            lambda alerts: replace(alerts, tickets=replace(alerts.tickets, webhook_secret=secret))
        )
        self._webhook_secret = secret
        return await self.async_step_webhook_secret()

    async def async_step_webhook_secret(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Show the secret, this once."""
        if user_input is not None:
            return self._end()
        return self.async_show_form(
            step_id="webhook_secret",
            data_schema=probatio.Schema({}),
            description_placeholders={"secret": self._webhook_secret or ""},
        )

    async def _async_kept(self) -> ConfigFlowResult:
        return self._end() if self._webhook_secret is None else await self.async_step_webhook_secret()


def _tickets_of(before: TicketSettings, entered: Input) -> tuple[TicketSettings, str | None]:
    """The settings that somebody has entered, and the secret when it was made for them.

    Raises AlertSettingsError.
    """
    address = entered.get("webhook_url", "").strip()
    url = None
    if entered["webhook"]:
        url = address or before.webhook_url
        if url is None:
            raise AlertSettingsError("webhook_url", "no_webhook_address")
    elif address:
        raise AlertSettingsError("webhook_url", "address_without_webhook")
    made = secrets.token_hex(SECRET_BYTES) if url is not None and before.webhook_secret is None else None
    tickets = TicketSettings(
        severities=tuple(Severity(one) for one in entered.get("severities", ())),
        webhook_url=url,
        webhook_secret=made or before.webhook_secret,
    )
    return tickets, made
