"""The steps of the options about alerts: quiet hours, escalation, flood control, the weekly summary.

Channels, routing and work orders have modules of their own.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import UnitOfTime
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
import probatio

from ..alerts.settings import (
    AlertSettings,
    AlertSettingsError,
    Escalation,
    FloodControl,
    QuietHours,
    SummarySettings,
)
from ..anomaly.kinds import Severity
from .channels import ChannelOptions
from .choices import SEVERAL_SEVERITIES, channel_options, number, several_of
from .routing import RoutingOptions
from .site_options import Input, whole
from .work_orders import WorkOrderOptions

WEEKDAY: Final = SelectSelector(
    SelectSelectorConfig(
        options=[str(day) for day in range(7)],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key="weekday",
    )
)


class AlertOptions(ChannelOptions, RoutingOptions, WorkOrderOptions):
    """Set who is told what, how and when."""

    async def async_step_alerts(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Choose what to set; what goes over channels can be set once there is one."""
        alerts = await self._async_alerts()
        steps = ["channels"]
        if alerts.channels:
            steps += ["routing", "rules"]
        steps += ["quiet_hours", "escalation", "flood_control"]
        if alerts.channels:
            steps.append("summary")
        steps.append("work_orders")
        if alerts.tickets.webhook_url is not None:
            steps += ["test_webhook", "new_webhook_secret"]
        return self.async_show_menu(step_id="alerts", menu_options=steps)

    async def async_step_quiet_hours(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Say when nobody is woken for less than something critical."""
        hours = (await self._async_alerts()).quiet_hours
        return await self._async_alert_form(
            "quiet_hours",
            user_input,
            probatio.Schema(
                {
                    probatio.Required("enabled"): BooleanSelector(),
                    probatio.Required("start"): TimeSelector(),
                    probatio.Required("end"): TimeSelector(),
                }
            ),
            {"enabled": hours.enabled, "start": hours.start.isoformat(), "end": hours.end.isoformat()},
            _with_quiet_hours,
        )

    async def async_step_escalation(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Say when others are told."""
        rules = (await self._async_alerts()).escalation
        minutes = number(UnitOfTime.MINUTES)
        return await self._async_alert_form(
            "escalation",
            user_input,
            probatio.Schema(
                {
                    probatio.Optional("severities"): SEVERAL_SEVERITIES,
                    probatio.Optional("first"): minutes,
                    probatio.Optional("second"): minutes,
                }
            ),
            {
                "severities": [severity.value for severity in rules.severities],
                **dict(zip(("first", "second"), rules.after, strict=False)),
            },
            _with_escalation,
            fields={"after": "second"},
        )

    async def async_step_flood_control(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Say how much somebody can bear."""
        flood = (await self._async_alerts()).flood
        units = {"chattering_minutes": UnitOfTime.MINUTES, "shelve_minutes": UnitOfTime.MINUTES}
        names = [one.name for one in fields(FloodControl)]
        return await self._async_alert_form(
            "flood_control",
            user_input,
            probatio.Schema({probatio.Required(name): number(units.get(name)) for name in names}),
            {name: getattr(flood, name) for name in names},
            lambda alerts, entered: replace(
                alerts, flood=FloodControl(**{name: whole(name, entered[name]) for name in names})
            ),
        )

    async def async_step_summary(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Say when the weekly summary is sent, and to whom."""
        alerts = await self._async_alerts()
        summary = alerts.summary
        return await self._async_alert_form(
            "summary",
            user_input,
            probatio.Schema(
                {
                    probatio.Optional("channels"): several_of(channel_options(alerts)),
                    probatio.Required("weekday"): WEEKDAY,
                    probatio.Required("hour"): number(),
                }
            ),
            {
                "channels": list(summary.channels),
                "weekday": str(summary.weekday),
                "hour": summary.hour,
            },
            _with_summary,
        )


def _with_quiet_hours(alerts: AlertSettings, entered: Input) -> AlertSettings:
    start, end = cv.time(entered["start"]), cv.time(entered["end"])
    if entered["enabled"] and start == end:
        raise AlertSettingsError("end", "never_quiet")
    return replace(alerts, quiet_hours=QuietHours(start=start, end=end, enabled=entered["enabled"]))


def _with_escalation(alerts: AlertSettings, entered: Input) -> AlertSettings:
    if "second" in entered and "first" not in entered:
        raise AlertSettingsError("first", "first_missing")
    return replace(
        alerts,
        escalation=Escalation(
            after=tuple(whole(name, entered[name]) for name in ("first", "second") if name in entered),
            severities=tuple(Severity(one) for one in entered.get("severities", ())),
        ),
    )


def _with_summary(alerts: AlertSettings, entered: Input) -> AlertSettings:
    return replace(
        alerts,
        summary=SummarySettings(
            weekday=int(entered["weekday"]),
            hour=whole("hour", entered["hour"]),
            channels=tuple(entered.get("channels", ())),
        ),
    )
