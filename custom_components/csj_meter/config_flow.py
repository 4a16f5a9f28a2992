"""The flow that sets a bridge up, or changes how it is reached.

From the link to its meters: describe, test, scan, choose, create everything in one go. What is
asked of the line is in ``flow.search``, the steps of the link in ``flow.link``, those that a
meter's own flow shares in ``flow.steps``, discovery in ``flow.discovery``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
import probatio

from .const import (
    CONF_CIRCUIT,
    CONF_IDENTITY,
    CONF_KEY,
    CONF_LINK,
    CONF_PROFILE,
    CONF_UNIT_ID,
    DOMAIN,
    ENTRY_VERSION,
    SUBENTRY_METER,
    Link,
)
from .control import CONF_SUBENTRY_ID
from .flow.discovery import async_title, kept_data, kept_id
from .flow.forms import Described
from .flow.key import async_known_keys, async_try_key, line_of
from .flow.link import LinkSteps
from .flow.meters import KEY, Choice, async_library, free_serial, owners, subentry_of, tidy
from .flow.options import CsjOptionsFlow
from .flow.search import KnownMeter, Outcome, Roll, Tell, call_the_roll, search
from .flow.steps import spans
from .flow.subentry import MeterSubentryFlow
from .link_data import AnyLink, DialInLink, PulseLink, SimulatedLink
from .links import async_temporary_bus
from .meters.discovery import identify
from .meters.identity import Identity
from .meters.pulse import pulse_identity

MODBUS_LINKS: Final = (Link.SERIAL, Link.RTU_OVER_TCP, Link.MODBUS_TCP, Link.DIAL_IN)
"""Ways to reach a real line; a bridge can change between them."""


class CsjConfigFlow(LinkSteps, ConfigFlow, domain=DOMAIN):
    """Set up a bridge with its meters, or change its link."""

    VERSION = ENTRY_VERSION
    MINOR_VERSION = 1

    _roll: Roll
    """What came of the roll-call."""

    _locked_meter: str
    """Subentry id of the meter whose key is wrong."""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """What can be set at any time, of this bridge and of the site."""
        return CsjOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Meters; a pulse counter is one meter and stays one."""
        if config_entry.data.get(CONF_LINK) == Link.PULSE:
            return {}
        return {SUBENTRY_METER: MeterSubentryFlow}

    @override
    async def async_go_on_from_open_link(self) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_check()
        if isinstance(self._link, SimulatedLink):
            self.unit_ids = tuple(range(1, self._link.meters + 1))
            return await self.async_step_scan()
        return await self.async_step_scan_range()

    # --- the meters -----------------------------------------------------------------------

    @property
    @override
    def place(self) -> str:
        return self._any_link.name

    @override
    def is_own(self, entry_id: str) -> bool:
        return False

    @override
    async def async_search(self, tell: Tell) -> Outcome:
        self.library = await async_library(self.hass)
        outcome = await search(
            self.hass,
            self._link,
            self.library.profiles.values(),
            self.unit_ids,
            tell,
            candidates=self._candidates,
        )
        # what hears itself does so at any settings: they are still to be found
        if outcome.trouble not in {"undetected", "link_failed", "echo"}:
            self._described = Described(link=outcome.link)
        return outcome

    @override
    async def async_identify(self, unit_id: int, profile: str) -> Identity:
        async with async_temporary_bus(self.hass, self._link) as bus:
            return await identify(bus, unit_id, (), self.library.profiles[profile])

    @override
    async def async_check_key(self, choice: Choice, text: str) -> tuple[int | None, str | None]:
        meter = choice.meter
        profile = self.library.profiles.get(meter.identity.profile)
        line = async_temporary_bus(self.hass, self._link)
        return await async_try_key(line, meter.unit_id, profile, meter.identity, text)

    @override
    async def async_known_keys(self) -> dict[str, int]:
        return await async_known_keys(self.hass, self._link)

    @override
    async def async_step_link_failed(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return await self._async_step_link(self._link.kind, None, {"base": self._outcome.reason})

    async def async_step_other_framing(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The gateway answers in the framing that was not chosen."""
        speaks_rtu = self._link.kind is Link.MODBUS_TCP
        return await (self.async_step_speaks_rtu() if speaks_rtu else self.async_step_speaks_modbus_tcp())

    async def async_step_speaks_rtu(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Modbus TCP was chosen, the gateway is transparent."""
        return self._explain("speaks_rtu", "switch_framing", "scan", "edit_link")

    async def async_step_speaks_modbus_tcp(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """RTU over TCP was chosen, the gateway speaks Modbus TCP."""
        return self._explain("speaks_modbus_tcp", "switch_framing", "scan", "edit_link")

    async def async_step_switch_framing(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Use the framing in which the gateway answers, and scan again."""
        self._described = Described(link=self._outcome.instead or self._link)
        return await self.async_step_scan()

    async def async_step_without_meters(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up the bridge alone; meters can be added later."""
        return await self.async_take([])

    @override
    async def async_take(self, choices: list[Choice]) -> ConfigFlowResult:
        await self._async_abort_if_configured()
        if owners(self.hass).keys() & {choice.meter.identity.serial for choice in choices}:
            return await self.async_step_scan_done()  # another bridge was faster
        return self.async_create_entry(
            title=await async_title(self.hass, self._link),
            data={**self._link.as_data(), **await self.async_discovered_data(self._link)},
            subentries=[
                subentry_of(
                    choice.meter.identity, choice.meter.unit_id, choice.name, choice.circuit, choice.key
                )
                for choice in choices
            ],
        )

    @override
    async def async_go_on_from_counter(self, link: PulseLink, user_input: dict[str, Any]) -> ConfigFlowResult:
        name = tidy(user_input["name"]) or link.entity_id
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_save_pulse(link, name, tidy(user_input.get(CONF_CIRCUIT)))
        registered = er.async_get(self.hass).async_get(link.entity_id)
        # a meter stays known by the counter that it was set up with, also when it gets another one
        serial = free_serial(registered.id if registered is not None else link.entity_id, owners(self.hass))
        identity = pulse_identity(serial, "Pulse counter")
        return self.async_create_entry(
            title=name,
            data=link.as_data(),
            subentries=[subentry_of(identity, None, name, tidy(user_input.get(CONF_CIRCUIT)))],
        )

    async def _async_save_pulse(self, link: PulseLink, name: str, circuit: str) -> ConfigFlowResult:
        """Store another counter, or another name, for the same meter."""
        entry = self._get_reconfigure_entry()
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER):
            self.hass.config_entries.async_update_subentry(
                entry, subentry, title=name, data={**subentry.data, CONF_CIRCUIT: circuit}
            )
        self.hass.config_entries.async_update_entry(entry, title=name)
        return await self._async_save(link)

    # --- the key of a meter ---------------------------------------------------------------

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """A meter does not accept its key any more."""
        self._locked_meter = str(entry_data[CONF_SUBENTRY_ID])
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Enter the right one."""
        entry = self._get_reauth_entry()
        if (subentry := entry.subentries.get(self._locked_meter)) is None:
            return self.async_abort(reason="meter_gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            self.library = await async_library(self.hass, entry)
            unit_id, identity = subentry.data[CONF_UNIT_ID], Identity.from_dict(subentry.data[CONF_IDENTITY])
            profile = self.library.profiles.get(subentry.data[CONF_PROFILE])
            line = line_of(self.hass, entry, unit_id)
            key, trouble = await async_try_key(line, unit_id, profile, identity, user_input[CONF_KEY])
            if trouble is None:
                self.hass.config_entries.async_update_subentry(
                    entry, subentry, data={**subentry.data, CONF_KEY: key}
                )
                return self.async_abort(reason="reauth_successful")
            errors[CONF_KEY] = trouble
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=probatio.Schema({probatio.Required(CONF_KEY): KEY}),
            errors=errors,
            description_placeholders={
                "meter": subentry.title,
                "bridge": entry.title,
                "serial": subentry.unique_id or "-",
            },
        )

    # --- another link for the same meters -------------------------------------------------

    async def async_step_reconfigure(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose how the line is reached from now on."""
        match self._get_reconfigure_entry().data.get(CONF_LINK):
            case Link.SIMULATED:
                return await self.async_step_simulated()
            case Link.PULSE:
                return await self.async_step_pulse()
            case _:
                return self.async_show_menu(
                    step_id="reconfigure", menu_options=[link.value for link in MODBUS_LINKS]
                )

    async def async_step_check(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Call the roll of the known meters on the new link."""
        if self.must_call_again:
            return await self.async_step_dial_in_wait()
        if (progress := self.show("check", self._async_check, "opening")) is not None:
            return progress
        self._roll = self.came_of_it
        return self.async_show_progress_done(next_step_id="check_done")

    async def _async_check(self, tell: Tell) -> Roll:
        library = await async_library(self.hass)
        meters = [
            KnownMeter(
                unit_id=subentry.data[CONF_UNIT_ID],
                serial=subentry.unique_id or "",
                profile=library.profiles.get(subentry.data[CONF_PROFILE]),
            )
            for subentry in self._get_reconfigure_entry().get_subentries_of_type(SUBENTRY_METER)
        ]
        # back before the answer is shown: perhaps nobody looks any more
        async with self.async_off_its_line(self._link):
            return await call_the_roll(self.hass, self._link, meters, tell, candidates=self._candidates)

    async def async_step_check_done(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save when a known meter is there, else say what was found."""
        roll = self._roll
        if roll.reached:
            return await self._async_save(roll.link)
        if roll.reason:
            return await self._async_step_link(self._link.kind, None, {"base": roll.reason})
        return await self.async_step_unreached()

    async def async_step_unreached(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """None of the known meters is on the new link."""
        roll = self._roll
        return self._explain(
            "unreached",
            "check",
            "edit_link",
            "save_anyway",
            silent=spans(roll.silent) or "-",
            strangers="; ".join(f"{serial} ({unit_id})" for unit_id, serial in roll.strangers.items()) or "-",
        )

    async def async_step_save_anyway(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Keep the new link although nobody answered."""
        return await self._async_save(self._link)

    async def _async_save(self, link: AnyLink) -> ConfigFlowResult:
        """Store the link whole; the entry's update listener reloads, if it is there."""
        entry = self._get_reconfigure_entry()
        if isinstance(link, DialInLink):
            await self.async_pause()  # until the flow is over, which keeps the gateway on the line so long
        listens = bool(entry.update_listeners)
        self.hass.config_entries.async_update_entry(
            entry,
            data={**link.as_data(), **kept_data(entry, link)},
            unique_id=kept_id(entry, link),
        )
        self._saved = True
        if not self._paused and not listens:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(reason="reconfigure_successful")
