"""The dialogue of a bridge's options: how often its meters are asked, and settings of the whole site.

The periods belong to the bridge. Measurements (``telemetry``), alerts, detection, people, tenants and
payments belong to the site and are the same from every bridge. The secret of payments is shown when it is
made, and never again.
"""

from __future__ import annotations

from dataclasses import replace
import datetime as dt
from decimal import Decimal
import secrets
from typing import Any, Final

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import UnitOfTime
from homeassistant.helpers.network import NoURLAvailableError
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)
from homeassistant.util import dt as dt_util
import probatio

from ..access.dialogues import Doing
from ..const import CONF_LINK, Link
from ..meters.commands.credit import LARGEST_TOP_UP
from ..periods import PERIODS
from ..prepay.money import CENT, round_money
from ..site_settings import PaymentSettings, async_site_settings
from .alerts import AlertOptions
from .detection import DetectionOptions
from .people import PeopleOptions
from .telemetry import TelemetryOptions
from .tenants import TenantOptions

SECRET_BYTES: Final = 32

USUAL_OVERLAP: Final = 24
LONGEST_OVERLAP: Final = 7 * 24
"""Hours for which the old secret stays good beside the new one."""

LARGEST_PER_DAY: Final = 10 * LARGEST_TOP_UP

LONGEST_NAME: Final = 100


class CsjOptionsFlow(TelemetryOptions, AlertOptions, DetectionOptions, PeopleOptions, TenantOptions):
    """Set what can be set; the entry's update listener reloads when the periods have changed."""

    _new_secret: str | None = None
    """Shown once."""

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what to set."""
        if self.config_entry.data.get(CONF_LINK) == Link.PULSE:
            # it is not read at intervals, and not prepaid
            steps = ["telemetry", "alerts", "detection", "people", "tenants"]
            return self.async_show_menu(step_id="init", menu_options=steps)
        steps = ["polling", "telemetry", "alerts", "detection", "people", "tenants", "payments"]
        if (await self._async_payments()).enabled:
            steps.append("new_secret")
        return self.async_show_menu(step_id="init", menu_options=steps)

    async def async_step_polling(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Edit the periods."""
        if user_input is not None:
            async with self._async_changing(Doing.POLLING, self.config_entry.title):
                pass  # Home Assistant keeps them
            return self.async_create_entry(
                data={**self.config_entry.options, **{name: int(user_input[name]) for name in PERIODS}}
            )
        return self.async_show_form(
            step_id="polling",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required(name, default=period.default): NumberSelector(
                            NumberSelectorConfig(
                                min=period.low,
                                max=period.high,
                                step=1,
                                mode=NumberSelectorMode.BOX,
                                unit_of_measurement=UnitOfTime.SECONDS,
                            )
                        )
                        for name, period in PERIODS.items()
                    }
                ),
                self.config_entry.options,
            ),
        )

    async def async_step_payments(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say whether a payment service may top up, and how much."""
        errors: dict[str, str] = {}
        payments = await self._async_payments()
        shown: dict[str, Any] = {
            "enabled": payments.enabled,
            "provider": payments.provider,
            "local_only": payments.local_only,
            "largest_amount": float(payments.largest_amount),
            "largest_per_day": float(payments.largest_per_day),
        }
        if user_input is not None:
            shown = user_input
            wanted = replace(
                payments,
                enabled=user_input["enabled"],
                provider=user_input["provider"].strip(),
                local_only=user_input["local_only"],
                largest_amount=_amount(user_input["largest_amount"]),
                largest_per_day=_amount(user_input["largest_per_day"]),
            )
            if not 0 < len(wanted.provider) <= LONGEST_NAME or not wanted.provider.isprintable():
                errors["provider"] = "nameless"
            elif wanted.largest_per_day < wanted.largest_amount:
                errors["largest_per_day"] = "day_below_amount"
            else:
                return await self._async_keep(wanted)
        return self.async_show_form(
            step_id="payments",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required("enabled"): BooleanSelector(),
                        probatio.Required("provider"): TextSelector(),
                        probatio.Required("local_only"): BooleanSelector(),
                        probatio.Required("largest_amount"): _amount_up_to(LARGEST_TOP_UP),
                        probatio.Required("largest_per_day"): _amount_up_to(LARGEST_PER_DAY),
                    }
                ),
                shown,
            ),
            errors=errors,
        )

    async def async_step_new_secret(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make another secret, and say how long the old one stays good."""
        if user_input is not None:
            payments = await self._async_payments()
            overlap = dt.timedelta(hours=user_input["overlap"])
            self._new_secret = secrets.token_hex(SECRET_BYTES)
            return await self._async_keep(
                replace(
                    payments,
                    secret=self._new_secret,
                    old_secret=payments.secret if overlap else None,
                    old_secret_until=dt_util.utcnow() + overlap if overlap else None,
                ),
                Doing.PAYMENT_SECRET,
            )
        return self.async_show_form(
            step_id="new_secret",
            data_schema=probatio.Schema(
                {
                    probatio.Required("overlap", default=USUAL_OVERLAP): NumberSelector(
                        NumberSelectorConfig(
                            min=0,
                            max=LONGEST_OVERLAP,
                            step=1,
                            mode=NumberSelectorMode.BOX,
                            unit_of_measurement=UnitOfTime.HOURS,
                        )
                    )
                }
            ),
        )

    async def async_step_payment_secret(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show address and secret, this once."""
        if user_input is not None:
            return self._end()
        return self.async_show_form(
            step_id="payment_secret",
            data_schema=probatio.Schema({}),
            description_placeholders={
                "address": await self._async_address(),
                "secret": self._new_secret or "",
            },
        )

    async def async_step_payment_address(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the address; the secret is known already."""
        if user_input is not None:
            return self._end()
        return self.async_show_form(
            step_id="payment_address",
            data_schema=probatio.Schema({}),
            description_placeholders={"address": await self._async_address()},
        )

    async def _async_payments(self) -> PaymentSettings:
        return (await async_site_settings(self.hass)).payments

    async def _async_keep(self, payments: PaymentSettings, doing: Doing = Doing.PAYMENTS) -> ConfigFlowResult:
        """Keep the settings of payments, then show what has to be copied."""
        if payments.enabled and payments.secret is None:
            self._new_secret = secrets.token_hex(SECRET_BYTES)
            payments = replace(payments, webhook_id=webhook.async_generate_id(), secret=self._new_secret)
        async with self._async_changing(doing) as settings:
            await settings.async_set_payments(payments)
        if not payments.enabled:
            return self._end()
        if self._new_secret is None:
            return await self.async_step_payment_address()
        return await self.async_step_payment_secret()

    async def _async_address(self) -> str:
        """Where the webhook is, as far as Home Assistant knows its own address."""
        payments = await self._async_payments()
        webhook_id = payments.webhook_id or ""
        outside = not payments.local_only
        try:
            return webhook.async_generate_url(
                self.hass, webhook_id, allow_external=outside, prefer_external=outside
            )
        except NoURLAvailableError:
            return webhook.async_generate_path(webhook_id)


def _amount_up_to(limit: Decimal) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=float(CENT), max=float(limit), step=float(CENT), mode=NumberSelectorMode.BOX)
    )


def _amount(entered: float) -> Decimal:
    """What somebody has entered, to the hundredth."""
    return round_money(Decimal(str(entered)))
