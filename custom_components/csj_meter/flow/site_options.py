"""What the options have in common that belong to the whole site, whichever bridge they are edited from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.helpers.selector import SelectSelector
import probatio

from ..access.dialogues import Doing, async_in_dialogue
from ..access.places import SITE
from ..alerts.settings import AlertSettings, AlertSettingsError
from ..const import DOMAIN
from ..site.access import Permission
from ..site_settings import SiteSettings, async_site_settings

type Input = dict[str, Any]
"""What somebody has entered in a form."""


class SiteOptions(OptionsFlow):
    """Forms whose settings are kept elsewhere than in the options of the bridge."""

    _task: asyncio.Task[Any] | None = None
    _finished: asyncio.Task[Any]
    """What took its time last; it has the result, or what was raised."""

    @callback
    @override
    def async_remove(self) -> None:
        """The dialogue was closed: nobody waits for anything any more."""
        if self._task is not None:
            self._task.cancel()

    async def async_step_done(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Close the dialogue."""
        return self._end()

    def _end(self) -> ConfigFlowResult:
        """What is set here is kept elsewhere: the options of the bridge stay as they are."""
        return self.async_create_entry(data=dict(self.config_entry.options))

    @asynccontextmanager
    async def _async_changing(self, doing: Doing, detail: str | None = None) -> AsyncIterator[SiteSettings]:
        """The settings of the site, around a change of them that the audit log has to have.

        ``detail``: what else that log says of it. What makes no sense is refused before.
        """
        what = doing.value if detail is None else f"{doing}: {detail}"
        async with async_in_dialogue(self.hass, Permission.CONFIGURE, SITE, what):
            yield await async_site_settings(self.hass)

    # --- alerts ---------------------------------------------------------------------------

    async def _async_alerts(self) -> AlertSettings:
        return (await async_site_settings(self.hass)).alerts

    async def _async_alert_form(
        self,
        step_id: str,
        user_input: Input | None,
        schema: probatio.Schema,
        now: Input,
        change: Callable[[AlertSettings, Input], AlertSettings],
        *,
        doing: Doing = Doing.ALERTS,
        then: Callable[[], Awaitable[ConfigFlowResult]] | None = None,
        fields: Mapping[str, str] | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show a form with what holds ``now``; once it makes sense, keep what ``change`` makes of it.

        ``change`` raises AlertSettingsError; ``doing``: how the audit log calls it;
        ``fields``: path of one -> field that it belongs to.
        """
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            entered = user_input
            now = without_what_is_gone(schema, entered)
            try:
                change(await self._async_alerts(), entered)
                async with self._async_changing(doing) as settings:
                    await settings.async_change_alerts(lambda alerts: change(alerts, entered))
            except AlertSettingsError as err:
                name = (fields or {}).get(err.path, err.path)
                errors[name if name in map(str, schema.schema) else "base"] = err.problem
                problem = err.detail
            else:
                return self._end() if then is None else await then()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, now),
            errors=errors,
            description_placeholders={"problem": problem, **(placeholders or {})},
        )

    # --- what takes its time --------------------------------------------------------------

    def _until_done(
        self, step_id: str, work: Callable[[], Coroutine[Any, Any, Any]], **placeholders: str
    ) -> ConfigFlowResult | None:
        """Begin or continue work that takes its time: the progress to show, None once it is ``_finished``."""
        if self._task is None:
            # not eager: the first progress must not overtake the form that shows it
            self._task = self.hass.async_create_background_task(
                work(), f"{DOMAIN} dialogue {step_id}", eager_start=False
            )
        if self._task.done():
            self._finished, self._task = self._task, None
            return None
        return self.async_show_progress(
            step_id=step_id,
            progress_action=step_id,
            progress_task=self._task,
            description_placeholders=placeholders,
        )


def whole(path: str, entered: float) -> int:
    """A number of a form that counts something. Raises AlertSettingsError."""
    if not float(entered).is_integer():
        raise AlertSettingsError(path, "not_whole")
    return int(entered)


def without_what_is_gone(schema: probatio.Schema, entered: Input) -> Input:
    """What was entered, but for what nobody can choose any more."""
    kept = dict(entered)
    for key, selector in schema.schema.items():
        if not isinstance(selector, SelectSelector) or selector.config.get("custom_value"):
            continue
        offered = {
            option if isinstance(option, str) else option["value"] for option in selector.config["options"]
        }
        value = kept.get(str(key))
        if isinstance(value, list):
            kept[str(key)] = [one for one in value if one in offered]
        elif value is not None and value not in offered:
            del kept[str(key)]
    return kept
