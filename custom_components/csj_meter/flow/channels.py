"""The steps of the options about channels: over what people are told, and a test of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util.uuid import random_uuid_hex
import probatio

from ..access.dialogues import Doing
from ..alerting.alerting import current_alerting
from ..alerting.names import names_of
from ..alerts.message import Message, MessageState
from ..alerts.settings import AlertSettings, AlertSettingsError, Channel, Medium
from ..markdown import plain
from .choices import (
    channel_options,
    check_target,
    circuit_options,
    meter_options,
    one_of,
    several_of,
    suggesting,
    target_options,
    unchosen,
)
from .routes import uses_of, with_channel, without_channel
from .site_options import Input, SiteOptions
from .users import async_users, label, name_of
from .words import Words, async_words, listed

MEDIUM: Final = "alert_medium"
"""Selector in the translations."""

WITH_ADDRESS: Final = frozenset({Medium.SMS, Medium.EMAIL, Medium.MESSAGE})
"""Media whose notify action may serve many people."""


class ChannelOptions(SiteOptions):
    """Add, change, remove and test channels."""

    _channel: Channel
    """The one that was added, or is changed, removed or tested."""

    _is_new = True
    """Whether the form describes another one than there are."""

    _problem: str | None = None
    """What a test has met; None when it was delivered."""

    async def async_step_channels(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Show which there are, and choose what to do with them."""
        channels = (await self._async_alerts()).channels
        words, users = await async_words(self.hass), await async_users(self.hass)
        self._is_new = True
        steps = ["change_channel", "test_channel", "remove_channel"] if channels else []
        return self.async_show_menu(
            step_id="channels",
            menu_options=["add_channel", *steps, "alerts", "done"],
            description_placeholders={
                "channels": listed(
                    f"**{one.name}**: {words.option(MEDIUM, one.medium)}, {one.person}, `{one.target}`"
                    + _answering(one, users, words)
                    for one in channels
                )
                or words.phrase("no_channels")
            },
        )

    # --- add and change -------------------------------------------------------------------

    async def async_step_add_channel(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Choose the medium."""
        return self.async_show_menu(
            step_id="add_channel", menu_options=["push", "sms", "email", "message", "channels"]
        )

    async def async_step_change_channel(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose one to change."""
        if (shown := await self._async_choose("change_channel", user_input)) is not None:
            return shown
        self._is_new = False
        return await self._async_channel(self._channel.medium, None)

    async def async_step_push(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Describe the app on a phone."""
        return await self._async_channel(Medium.PUSH, user_input)

    async def async_step_sms(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Describe a telephone."""
        return await self._async_channel(Medium.SMS, user_input)

    async def async_step_email(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Describe a mailbox."""
        return await self._async_channel(Medium.EMAIL, user_input)

    async def async_step_message(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Describe anything else that takes a message."""
        return await self._async_channel(Medium.MESSAGE, user_input)

    async def async_step_channel_saved(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """It is kept; see whether it works."""
        return self.async_show_menu(
            step_id="channel_saved",
            menu_options=["testing", "channels", "done"],
            description_placeholders={"channel": self._channel.name},
        )

    async def _async_channel(self, medium: Medium, user_input: Input | None) -> ConfigFlowResult:
        alerts, users = await self._async_alerts(), await async_users(self.hass)
        before = None if self._is_new else self._channel
        channel_id = random_uuid_hex() if before is None else before.id

        def change(alerts: AlertSettings, entered: Input) -> AlertSettings:
            channel = _channel_of(channel_id, medium, entered)
            check_target(self.hass, channel)
            if channel.user is not None and channel.user not in users:
                raise AlertSettingsError("user", "no_user")
            changed = with_channel(alerts, channel, new=before is None)
            self._channel = channel
            return changed

        schema = self._channel_schema(medium, alerts, before, users)
        return await self._async_alert_form(
            medium.value,
            user_input,
            schema,
            {"quiet": True, **unchosen(schema)} if before is None else _as_entered(before, users),
            change,
            doing=Doing.CHANNELS,
            then=self.async_step_channel_saved,
        )

    def _channel_schema(
        self, medium: Medium, alerts: AlertSettings, before: Channel | None, users: Mapping[str, User]
    ) -> probatio.Schema:
        persons = {channel.person for channel in alerts.channels} | {
            state.attributes.get(ATTR_FRIENDLY_NAME, state.entity_id)
            for state in self.hass.states.async_all("person")
        }
        form: dict[Any, Any] = {
            probatio.Required("name"): TextSelector(),
            probatio.Required("target"): suggesting(target_options(self.hass, medium)),
        }
        if medium in WITH_ADDRESS:
            form[probatio.Optional("address")] = TextSelector()
        form[probatio.Required("person")] = suggesting(
            [SelectOptionDict(value=one, label=one) for one in sorted(persons, key=str.casefold)]
        )
        if medium is Medium.PUSH:
            form[probatio.Optional("user")] = one_of(
                [SelectOptionDict(value=one.id, label=label(one)) for one in users.values()]
            )
        meters = meter_options(self.hass, () if before is None else before.meters)
        if meters:
            form[probatio.Optional("meters")] = several_of(meters)
        circuits = circuit_options(self.hass, () if before is None else before.circuits)
        if circuits:
            form[probatio.Optional("circuits")] = several_of(circuits)
        others = channel_options(alerts, without=None if before is None else before.id)
        if others:
            form[probatio.Optional("fallback")] = one_of(others)
        form[probatio.Required("quiet")] = BooleanSelector()
        return probatio.Schema(form)

    # --- remove ---------------------------------------------------------------------------

    async def async_step_remove_channel(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose one to remove."""
        if (shown := await self._async_choose("remove_channel", user_input)) is not None:
            return shown
        return await self.async_step_confirm_removal()

    async def async_step_confirm_removal(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Say what it is used for, and ask again."""
        words = await async_words(self.hass)
        uses = uses_of(await self._async_alerts(), self._channel.id, words, names_of(self.hass))
        return self.async_show_menu(
            step_id="confirm_removal",
            menu_options=["remove_now", "channels"],
            description_placeholders={
                "channel": self._channel.name,
                "uses": listed(uses) or words.phrase("nothing"),
            },
        )

    async def async_step_remove_now(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Take it out of everything."""
        channel_id = self._channel.id
        async with self._async_changing(Doing.CHANNELS) as settings:
            await settings.async_change_alerts(lambda alerts: without_channel(alerts, channel_id))
        return await self.async_step_channels()

    # --- test -----------------------------------------------------------------------------

    async def async_step_test_channel(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose one to test."""
        if (shown := await self._async_choose("test_channel", user_input)) is not None:
            return shown
        return await self.async_step_testing()

    async def async_step_testing(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Send a test, and wait for how it goes."""
        progress = self._until_done("testing", self._async_test, channel=self._channel.name)
        if progress is not None:
            return progress
        return self.async_show_progress_done(next_step_id="tested")

    async def async_step_tested(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Say how it went."""
        self._problem = self._finished.result()
        if self._problem is None:
            return await self.async_step_test_delivered()
        return await self.async_step_test_failed()

    async def async_step_test_delivered(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """It was taken."""
        return self.async_show_menu(
            step_id="test_delivered",
            menu_options=["channels", "done"],
            description_placeholders={"channel": self._channel.name, "person": self._channel.person},
        )

    async def async_step_test_failed(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """It was not, and why."""
        return self.async_show_menu(
            step_id="test_failed",
            menu_options=["testing", "channels", "done"],
            description_placeholders={"channel": self._channel.name, "problem": plain(self._problem or "")},
        )

    async def _async_test(self) -> str | None:
        """What went wrong; None when it was delivered."""
        words = await async_words(self.hass)
        if (alerting := current_alerting(self.hass)) is None:
            return words.phrase("not_running")
        message: Message | None = await alerting.async_test(self._channel.id)
        if message is None:
            return words.phrase("channel_gone")
        if message.state is MessageState.DELIVERED:
            return None
        return message.error or words.phrase("interrupted")

    async def _async_choose(self, step_id: str, user_input: Input | None) -> ConfigFlowResult | None:
        """Let somebody choose a channel; None once it is known."""
        alerts = await self._async_alerts()
        errors: dict[str, str] = {}
        if user_input is not None:
            if (channel := alerts.channel(user_input["channel"])) is not None:
                self._channel = channel
                return None
            errors["channel"] = "unknown_channel"  # somebody else was faster
        options = one_of(channel_options(alerts), mode=SelectSelectorMode.LIST)
        schema = probatio.Schema({probatio.Required("channel"): options})
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, unchosen(schema)),
            errors=errors,
        )


def _channel_of(channel_id: str, medium: Medium, entered: Input) -> Channel:
    """The channel that somebody has described. Raises AlertSettingsError."""
    return Channel(
        id=channel_id,
        name=entered["name"].strip(),
        medium=medium,
        target=entered["target"].strip(),
        person=entered["person"].strip(),
        address=entered.get("address", "").strip() or None,
        meters=tuple(entered.get("meters", ())),
        circuits=tuple(entered.get("circuits", ())),
        fallback=entered.get("fallback"),
        quiet=entered["quiet"],
        user=entered.get("user"),
    )


def _as_entered(channel: Channel, users: Mapping[str, User]) -> Input:
    """A channel as somebody would have entered it; without its user where that one was removed."""
    return {
        "name": channel.name,
        "target": channel.target,
        "address": channel.address or "",
        "person": channel.person,
        "meters": list(channel.meters),
        "circuits": list(channel.circuits),
        "fallback": channel.fallback,
        "quiet": channel.quiet,
        "user": channel.user if channel.user in users else None,
    }


def _answering(channel: Channel, users: Mapping[str, User], words: Words) -> str:
    """In whose name answers count, as the end of a line."""
    if channel.user is None:
        return ""
    return ", " + words.phrase("answers_as", user=name_of(users, channel.user))
