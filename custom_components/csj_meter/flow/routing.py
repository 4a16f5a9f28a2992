"""The steps of the options about routing: who is told of what, at once or when nobody has acknowledged."""

from __future__ import annotations

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from ..access.dialogues import Doing
from ..alerting.names import names_of
from ..alerts.settings import MOST_LEVELS, AlertSettings, Route
from ..anomaly.kinds import Kind, Severity
from .choices import (
    SEVERAL_KINDS,
    SEVERAL_SEVERITIES,
    channel_options,
    circuit_options,
    meter_options,
    one_of,
    several_of,
    unchosen,
)
from .routes import LEVEL, SIMPLE, rules_of, simple_channels, told, with_rule, with_simple, without_rule
from .site_options import Input, SiteOptions
from .words import async_words, listed


class RoutingOptions(SiteOptions):
    """Say which alerts go to which channels."""

    _rule: Route
    """The special rule that is changed or removed."""

    _is_new_rule = True
    """Whether the form describes another one than there are."""

    async def async_step_routing(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose the channels of each severity; special rules stay as they are."""
        alerts = await self._async_alerts()
        channels = several_of(channel_options(alerts))
        return await self._async_alert_form(
            "routing",
            user_input,
            probatio.Schema({probatio.Optional(name): channels for name in SIMPLE}),
            {name: simple_channels(alerts, name) for name in SIMPLE},
            with_simple,
            placeholders={"rules": str(len(rules_of(alerts)))},
        )

    # --- special rules --------------------------------------------------------------------

    async def async_step_rules(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Show which there are, and choose what to do with them."""
        self._is_new_rule = True
        rules = await self._async_rules()
        words = await async_words(self.hass)
        steps = ["change_rule", "remove_rule"] if rules else []
        return self.async_show_menu(
            step_id="rules",
            menu_options=["add_rule", *steps, "alerts", "done"],
            description_placeholders={"rules": listed(rules.values()) or words.phrase("no_rules")},
        )

    async def async_step_add_rule(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Begin a new one."""
        return await self.async_step_rule()

    async def async_step_change_rule(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose one to change."""
        if (shown := await self._async_choose_rule("change_rule", user_input)) is not None:
            return shown
        self._is_new_rule = False
        return await self.async_step_rule()

    async def async_step_remove_rule(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose one to remove, and do so."""
        if (shown := await self._async_choose_rule("remove_rule", user_input)) is not None:
            return shown
        async with self._async_changing(Doing.ALERTS) as settings:
            await settings.async_change_alerts(lambda alerts: without_rule(alerts, self._rule))
        return await self.async_step_rules()

    async def async_step_rule(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Describe it."""
        alerts = await self._async_alerts()
        before = None if self._is_new_rule else self._rule
        form: dict[Any, Any] = {
            probatio.Optional("severities"): SEVERAL_SEVERITIES,
            probatio.Optional("kinds"): SEVERAL_KINDS,
        }
        meters = meter_options(self.hass, () if before is None else before.meters)
        if meters:
            form[probatio.Optional("meters")] = several_of(meters)
        circuits = circuit_options(self.hass, () if before is None else before.circuits)
        if circuits:
            form[probatio.Optional("circuits")] = several_of(circuits)
        form[probatio.Required("level")] = SelectSelector(
            SelectSelectorConfig(
                options=[str(level) for level in range(MOST_LEVELS + 1)],
                mode=SelectSelectorMode.LIST,
                translation_key=LEVEL,
            )
        )
        form[probatio.Optional("channels")] = several_of(channel_options(alerts))

        def change(alerts: AlertSettings, entered: Input) -> AlertSettings:
            return with_rule(alerts, _rule_of(entered), instead_of=before)

        return await self._async_alert_form(
            "rule",
            user_input,
            probatio.Schema(form),
            {"level": "0"} if before is None else _as_entered(before),
            change,
            then=self.async_step_rules,
        )

    async def _async_choose_rule(self, step_id: str, user_input: Input | None) -> ConfigFlowResult | None:
        """Let somebody choose a special rule; None once it is known."""
        rules = await self._async_rules()
        by_name = {str(hash(rule)): rule for rule in rules}  # a place in the list would not stay the same
        errors: dict[str, str] = {}
        if user_input is not None:
            if (rule := by_name.get(user_input["rule"])) is not None:
                self._rule = rule
                return None
            errors["rule"] = "rule_gone"  # somebody else was faster
        options = [SelectOptionDict(value=name, label=rules[rule]) for name, rule in by_name.items()]
        schema = probatio.Schema({probatio.Required("rule"): one_of(options, mode=SelectSelectorMode.LIST)})
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, unchosen(schema)),
            errors=errors,
        )

    async def _async_rules(self) -> dict[Route, str]:
        """The special rules, each in words."""
        alerts = await self._async_alerts()
        words, names = await async_words(self.hass), names_of(self.hass)
        return {rule: told(rule, alerts, words, names) for rule in rules_of(alerts)}


def _rule_of(entered: Input) -> Route:
    """The rule that somebody has described. Raises AlertSettingsError."""
    return Route(
        severities=tuple(Severity(one) for one in entered.get("severities", ())),
        kinds=tuple(Kind(one) for one in entered.get("kinds", ())),
        meters=tuple(entered.get("meters", ())),
        circuits=tuple(entered.get("circuits", ())),
        level=int(entered["level"]),
        channels=tuple(entered.get("channels", ())),
    )


def _as_entered(rule: Route) -> Input:
    """A rule as somebody would have entered it."""
    return {
        "severities": [severity.value for severity in rule.severities],
        "kinds": [kind.value for kind in rule.kinds],
        "meters": list(rule.meters),
        "circuits": list(rule.circuits),
        "level": str(rule.level),
        "channels": list(rule.channels),
    }
