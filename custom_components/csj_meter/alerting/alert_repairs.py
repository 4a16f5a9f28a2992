"""The dialogue of an alert: see to it, call it a false alarm, change its threshold, or call a technician."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
from homeassistant.util import dt as dt_util
import probatio

from ..access.dialogues import Doing, async_in_dialogue
from ..access.doors import place_of_alert
from ..alerts.alert import Alert
from ..alerts.errors import AlertError
from ..anomaly.rules import RULES
from ..const import DOMAIN
from ..flow.tuning import UNITS
from ..flow.words import THRESHOLD, async_words
from ..history.troubles import TelemetryUnavailableError
from ..site.access import Permission
from ..site_settings import async_site_settings
from .alerting import Alerting, current_alerting
from .issues import has_issue
from .people import name_in_dialogue
from .threshold_preview import PREVIEW_DAYS, Preview, async_preview

CONF_THRESHOLD: Final = "threshold"


class AlertFlow(RepairsFlow):
    """What somebody does about one alert."""

    def __init__(self, hass: HomeAssistant, alert_id: str) -> None:
        """Decide about an alert."""
        super().__init__()
        self.hass = hass
        self._alert_id = alert_id
        self._threshold = 0.0
        self._looking: asyncio.Task[Preview] | None = None
        self._seen: Preview | None = None

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Tell what was seen, and ask what to do."""
        if not self._alert.is_active:
            raise AbortFlow("over")
        threshold = ["threshold"] if self._is_tunable else []
        return self.async_show_menu(
            step_id="init",
            menu_options=["acknowledge", "false_alarm", *threshold, "work_order"],
            description_placeholders=self._words(),
        )

    async def async_step_acknowledge(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Somebody sees to it."""
        async with self._async_audited(Permission.ANSWER_ALERTS, Doing.ACKNOWLEDGE):
            await self._alerting.async_acknowledge(self._alert_id, name_in_dialogue())
        return self.async_create_entry(data={})

    async def async_step_false_alarm(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Nothing is wrong; then perhaps the threshold is."""
        async with self._async_audited(Permission.JUDGE_ALERTS, Doing.FALSE_ALARM):
            await self._alerting.async_report_false_alarm(self._alert_id, name_in_dialogue())
        if not self._is_tunable:
            return self.async_create_entry(data={})
        return self.async_show_menu(
            step_id="false_alarm",
            menu_options=["threshold", "finish"],
            description_placeholders=self._words(),
        )

    async def async_step_finish(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Leave the threshold as it is."""
        return self.async_create_entry(data={})

    async def async_step_work_order(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Have a technician come; the alert still waits for somebody to acknowledge it."""
        async with self._async_audited(Permission.WORK_ORDERS, Doing.WORK_ORDER):
            order = await self._alerting.async_open_work_order(self._alert_id, name_in_dialogue())
        return self.async_abort(reason="work_order", description_placeholders={"number": order.name})

    async def async_step_threshold(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask from when on it is too much."""
        finding, rule = self._alert.finding, RULES[self._alert.kind]
        settings = (await async_site_settings(self.hass)).detection
        now = settings.of(finding.kind, finding.serial, finding.circuit).threshold
        errors: dict[str, str] = {}
        if user_input is not None:
            self._threshold = float(user_input[CONF_THRESHOLD])
            if self._threshold != now:
                return await self.async_step_preview()
            errors[CONF_THRESHOLD] = "threshold_unchanged"
        meaning = (await async_words(self.hass)).option(THRESHOLD, finding.kind)
        number = NumberSelectorConfig(min=rule.low, max=rule.high, step="any", mode=NumberSelectorMode.BOX)
        if (unit := UNITS.get(finding.kind)) is not None:
            number["unit_of_measurement"] = unit
        wanted = probatio.Required(CONF_THRESHOLD, default=self._threshold or now)
        figures = {"now": now, "low": rule.low, "high": rule.high}
        limits = {name: " ".join(filter(None, (f"{figure:g}", unit))) for name, figure in figures.items()}
        return self.async_show_form(
            step_id="threshold",
            data_schema=probatio.Schema({wanted: NumberSelector(number)}),
            errors=errors,
            description_placeholders=self._words() | limits | {"meaning": meaning},
        )

    async def async_step_preview(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Look what the other threshold would have found; that takes many seconds."""
        if self._looking is None:
            look = async_preview(self.hass, self._alert, self._threshold, dt_util.utcnow())
            self._looking = self.hass.async_create_task(look, f"{DOMAIN} preview", eager_start=False)
        if not self._looking.done():
            return self.async_show_progress(
                step_id="preview",
                progress_action="preview",
                progress_task=self._looking,
                description_placeholders={"days": str(PREVIEW_DAYS)},
            )
        try:
            self._seen = self._looking.result()
        except TelemetryUnavailableError, TimeoutError:
            self._seen = None
        self._looking = None
        return self.async_show_progress_done(next_step_id=self._step_of_preview())

    async def async_step_found(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """The alert would have come all the same."""
        return self._comparison()

    async def async_step_not_found(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """The alert would not have come."""
        return self._comparison()

    async def async_step_unknown(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """What is past cannot be read."""
        raise AbortFlow("telemetry_unavailable")

    async def async_step_save(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Have the other threshold from now on, on this meter."""
        alert = self._alert
        settings = await async_site_settings(self.hass)
        place = place_of_alert(self.hass, alert)
        async with async_in_dialogue(self.hass, Permission.CONFIGURE, place, Doing.THRESHOLD):
            await settings.async_set_threshold(alert.kind, alert.finding.serial, self._threshold)
        if not has_issue(alert):
            return self.async_create_entry(data={})
        # it is there, and still asks for somebody
        words = self._words() | {"threshold": f"{self._threshold:g}"}
        return self.async_abort(reason="threshold_saved", description_placeholders=words)

    # what they are made of

    @asynccontextmanager
    async def _async_audited(self, permission: Permission, doing: Doing) -> AsyncIterator[None]:
        """Around a decision, which the audit log has; the dialogue ends where the alert is over."""
        place = place_of_alert(self.hass, self._alert)
        try:
            async with async_in_dialogue(self.hass, permission, place, doing):
                yield
        except AlertError as err:
            raise AbortFlow("over") from err

    @property
    def _alerting(self) -> Alerting:
        if (alerting := current_alerting(self.hass)) is None:
            raise AbortFlow("not_set_up")
        return alerting

    @property
    def _alert(self) -> Alert:
        if (alert := self._alerting.desk.find(self._alert_id)) is None:
            raise AbortFlow("over")
        return alert

    @property
    def _is_tunable(self) -> bool:
        """Whether there is a threshold to change: not for a circuit, a drill, or what is all or nothing."""
        alert = self._alert
        rule = RULES[alert.kind]
        return not alert.is_area and not alert.drill and rule.low < rule.high

    def _words(self) -> dict[str, str]:
        """What the steps say of the alert."""
        alert, wording = self._alert, self._alerting.wording
        return {
            "title": wording.title(alert),
            "message": wording.text(alert, self._alerting.desk.members_of(alert)),
            "causes": "\n".join(f"- {cause}" for cause in wording.causes(alert)),
            "meter": wording.where(alert),
        }

    def _step_of_preview(self) -> str:
        if self._seen is None:
            return "unknown"
        return "found" if self._seen.still_found else "not_found"

    def _comparison(self) -> RepairsFlowResult:
        if (seen := self._seen) is None:
            raise AbortFlow("telemetry_unavailable")
        figures = {
            "days": str(PREVIEW_DAYS),
            "threshold": f"{seen.threshold:g}",
            "times_now": str(seen.times_now),
            "times_then": str(seen.times_then),
        }
        return self.async_show_menu(
            step_id=self._step_of_preview(),
            menu_options=["save", "threshold"],
            description_placeholders=self._words() | figures,
        )
