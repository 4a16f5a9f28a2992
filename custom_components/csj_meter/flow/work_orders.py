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

from ..access.dialogues import Doing
from ..alerting.alerting import current_alerting
from ..alerting.errors import DeliveryError
from ..alerting.webhook import async_post_test
from ..alerts.settings import AlertSettings, AlertSettingsError, TicketSettings
from ..anomaly.kinds import Severity
from .choices import SEVERAL_SEVERITIES
from .site_options import Input, SiteOptions
from .words import async_words

SECRET_BYTES: Final = 32


class WorkOrderOptions(SiteOptions):
    """Say which alerts open a work order, and who else hears of it."""

    _webhook_secret: str | None = None
    """Shown once."""

    _answer = ""
    """What a test has met: the status of the answer, or what is wrong."""

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
            doing=Doing.WORK_ORDERS,
            then=self._async_kept,
        )

    async def async_step_new_webhook_secret(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Make another secret, which signs from now on."""
        if user_input is None:
            return self.async_show_form(step_id="new_webhook_secret", data_schema=probatio.Schema({}))
        secret = secrets.token_hex(SECRET_BYTES)
        async with self._async_changing(Doing.WORK_ORDERS) as settings:
            await settings.async_change_alerts(
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

    # --- test -----------------------------------------------------------------------------

    async def async_step_test_webhook(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Post a test, and wait for the answer."""
        if (progress := self._until_done("test_webhook", self._async_test_webhook)) is not None:
            return progress
        return self.async_show_progress_done(next_step_id="webhook_tested")

    async def async_step_webhook_tested(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Say how it went."""
        try:
            self._answer = str(self._finished.result())
        except DeliveryError as err:
            self._answer = str(err)
            return await self.async_step_webhook_fails()
        return await self.async_step_webhook_works()

    async def async_step_webhook_works(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """It was taken."""
        return self.async_show_menu(
            step_id="webhook_works",
            menu_options=["alerts", "done"],
            description_placeholders={"status": self._answer},
        )

    async def async_step_webhook_fails(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """It was not, and why."""
        return self.async_show_menu(
            step_id="webhook_fails",
            menu_options=["test_webhook", "work_orders", "alerts", "done"],
            description_placeholders={"problem": self._answer},
        )

    async def _async_test_webhook(self) -> int:
        """The status that the receiver answers. Raises DeliveryError."""
        if (alerting := current_alerting(self.hass)) is None:
            raise DeliveryError((await async_words(self.hass)).phrase("not_running"))
        tickets = (await self._async_alerts()).tickets
        return await async_post_test(self.hass, tickets, alerting.wording.texts)

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
