"""The steps that describe a link, test it, and wait for gateways that call.

Used to set a bridge up and to change how it is reached. A link that another bridge or another
dialogue has already is refused, in whatever spelling. The port is held for the time of a question
only, except that of a gateway that calls: it would have to call again. When a dialogue is left that keeps
a bridge from its port, it lets go of that as well, and waits for another call when somebody goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final, Self, cast, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow

from ..bus.dial_in import DialIn
from ..bus.line_settings import LineSettings
from ..const import CONF_CIRCUIT, SUBENTRY_METER, Link
from ..dial_in_ports import async_hold_port
from ..link_data import (
    AnyLink,
    DialInLink,
    InvalidLinkError,
    ModbusLink,
    NetworkLink,
    PulseLink,
    SimulatedLink,
    link_from_data,
)
from ..links import async_places, async_places_of, standard_utc_offset
from .discovery import DiscoverySteps, async_stable_path
from .forms import FORMS, Described, described, suggested
from .pause import PausingSteps
from .search import Tell, async_reason_not_to_open, reason_of

CALL_PATIENCE: Final = 300.0
"""Seconds to wait for the call of a gateway; many try once a minute."""


class LinkSteps(DiscoverySteps, PausingSteps):
    """Get from nothing to a link that opens."""

    can_edit_link = True

    def __init__(self) -> None:
        """Start without a link."""
        super().__init__()
        self._described: Described | None = None
        self._dial_in: DialIn
        self._places: frozenset[str] = frozenset()
        self._left: list[Self] = []
        self._held = AsyncExitStack()
        self._holds = False
        self._hand = asyncio.Lock()
        """Whoever takes or gives back a port has it."""
        self.letting_go: asyncio.Task[None]
        """What is left to do once the flow is over."""
        self._saved = False

    # --- what the flow has to bring -------------------------------------------------------

    async def async_go_on_from_open_link(self) -> ConfigFlowResult:
        """Go on: the line can be asked."""
        raise NotImplementedError

    async def async_go_on_from_counter(self, link: PulseLink, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Go on: the counter counts."""
        raise NotImplementedError

    @override
    def is_matching(self, other_flow: Self) -> bool:
        """Whether the other flow is busy with the same port or host; one that was left is noted instead."""
        if not self._places & other_flow._places:
            return False
        if other_flow.gives_way:
            self._left.append(other_flow)
            return False
        return True

    @callback
    @override
    def async_remove(self) -> None:
        """Let go of everything when the dialogue is closed, however it ended."""
        self.letting_go = self.hass.async_create_task(self._async_let_go(), "csj_meter let go of the line")

    async def _async_let_go(self) -> None:
        if self._task is not None:  # cancelled a moment ago; the port is free when it has ended
            await asyncio.wait([self._task])
        async with self._hand:
            self.stop_watch()
            if self._saved:
                # the bridge takes the dial-in port over before it is let go, so that the gateway stays
                await self.async_resume()
            await self._async_close_port()
            await self.async_resume()

    @override
    async def async_give_back(self) -> None:
        async with self._hand:
            await self._async_close_port()
            await self.async_resume()

    async def _async_close_port(self) -> None:
        self._holds = False
        await self._held.aclose()

    # --- the link -------------------------------------------------------------------------

    async def async_step_user(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose how the line is reached."""
        return self.async_show_menu(step_id="user", menu_options=[link.value for link in Link])

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a serial port."""
        return await self._async_step_link(Link.SERIAL, user_input)

    async def async_step_rtu_over_tcp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a transparent gateway."""
        return await self._async_step_link(Link.RTU_OVER_TCP, user_input)

    async def async_step_modbus_tcp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a Modbus TCP gateway or meter."""
        return await self._async_step_link(Link.MODBUS_TCP, user_input)

    async def async_step_dial_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe the port at which a gateway calls."""
        return await self._async_step_link(Link.DIAL_IN, user_input)

    async def async_step_simulated(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a simulated line."""
        return await self._async_step_link(Link.SIMULATED, user_input)

    async def async_step_pulse(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe a pulse counter."""
        return await self._async_step_link(Link.PULSE, user_input)

    async def async_step_edit_link(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go back to the settings of the link."""
        return await self._async_step_link(self._link.kind, None)

    async def _async_step_link(
        self, kind: Link, user_input: dict[str, Any] | None, errors: dict[str, str] | None = None
    ) -> ConfigFlowResult:
        errors = dict(errors or {})
        if user_input is not None:
            try:
                self._described = await self._async_describe(kind, user_input)
            except InvalidLinkError as err:
                errors[err.name] = err.problem
            else:
                await self._async_abort_if_configured()
                if (reason := await self._async_reason_not_to_open()) is None:
                    return await self._async_go_on_from_link(user_input)
                errors["base"] = reason
        return self.async_show_form(
            step_id=kind.value,
            data_schema=self.add_suggested_values_to_schema(FORMS[kind], user_input or self._suggested(kind)),
            errors=errors,
        )

    def _suggested(self, kind: Link) -> Mapping[str, Any]:
        """What to fill the form with: what was entered, what is set up, what was discovered."""
        if self._described is not None and self._described.link.kind is kind:
            return suggested(self._described.link, self._described.candidates)
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            try:
                link = link_from_data(entry.data)
            except InvalidLinkError:
                return {}
            if link.kind is kind:
                circuits = [
                    subentry.data[CONF_CIRCUIT] for subentry in entry.get_subentries_of_type(SUBENTRY_METER)
                ]
                return {**suggested(link), "name": entry.title, CONF_CIRCUIT: next(iter(circuits), "")}
        return self.discovered_values

    async def _async_describe(self, kind: Link, user_input: dict[str, Any]) -> Described:
        match kind:
            case Link.SERIAL:
                device = await async_stable_path(self.hass, str(user_input["device"]).strip())
                return described(kind, {**user_input, "device": device})
            case Link.SIMULATED:
                return described(kind, user_input, utc_offset=standard_utc_offset())
            case _:
                return described(kind, user_input)

    async def _async_abort_if_configured(self) -> None:
        """Stop when another bridge or another flow has this link, in whatever spelling.

        A flow that was left has nobody who could close it: it is closed here.
        """
        self.see()
        self._places = await async_places(self.hass, self._any_link)
        own = self.context.get("entry_id") if self.source == SOURCE_RECONFIGURE else None
        for entry in self._async_current_entries(include_ignore=False):
            if entry.entry_id != own and self._places & await async_places_of(self.hass, entry):
                # a counter counts for one meter: there is nothing to add to it
                taken = "counter_taken" if isinstance(self._any_link, PulseLink) else "already_configured"
                raise AbortFlow(taken, {"bridge": entry.title})
        self._left.clear()
        flows = self.hass.config_entries.flow
        if flows.async_has_matching_flow(self):
            raise AbortFlow("already_in_progress")
        for other in self._left:
            flows.async_abort(other.flow_id)
        if self._left:
            await asyncio.wait([other.letting_go for other in self._left])

    async def _async_reason_not_to_open(self) -> str | None:
        """Why the link cannot be used, as the key of a form error."""
        match self._any_link:
            case PulseLink(entity_id=entity_id):
                return self._reason_not_to_count(entity_id)
            case SimulatedLink():
                return None
            case DialInLink() as link:
                return await self._async_hold(link)
            case link if self.source == SOURCE_RECONFIGURE and await self.async_is_own(link):
                return None  # the bridge is using it; the roll-call will tell
            case NetworkLink() as link:
                reason = await async_reason_not_to_open(self.hass, link)
                if reason == "connection_closed":
                    # some gateways hang up on what they do not understand: then the scan will tell
                    other = await async_reason_not_to_open(self.hass, link.framed_otherwise)
                    return None if other is None else reason
                return reason
            case link:
                return await async_reason_not_to_open(self.hass, link)

    def _reason_not_to_count(self, entity_id: str) -> str | None:
        state = self.hass.states.get(entity_id)
        if state is None:
            return "entity_missing"
        if state.state in {"unavailable", "unknown"}:
            return "entity_unavailable"
        try:
            return None if float(state.state) >= 0 else "not_a_counter"
        except ValueError:
            return "not_a_counter"

    async def _async_go_on_from_link(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        link = self._any_link
        if isinstance(link, PulseLink):
            return await self.async_go_on_from_counter(link, user_input)
        if isinstance(link, DialInLink):
            return await self.async_step_dial_in_wait()
        return await self.async_go_on_from_open_link()

    @property
    def _any_link(self) -> AnyLink:
        return cast(Described, self._described).link

    @property
    def _link(self) -> ModbusLink:
        return cast(ModbusLink, self._any_link)

    @property
    def _candidates(self) -> tuple[LineSettings, ...]:
        return cast(Described, self._described).candidates

    # --- gateways that call ---------------------------------------------------------------

    async def _async_hold(self, link: DialInLink) -> str | None:
        """Listen for the gateway until the flow is over or left; the error key if that fails."""
        async with self._hand:
            await self._async_close_port()
            if await self.async_is_own(link):
                current = link_from_data(self._get_reconfigure_entry().data)
                is_other = isinstance(current, DialInLink) and current.registration != link.registration
                if is_other and await self.async_pause():
                    self.watch()
            try:
                self._dial_in = await self._held.enter_async_context(
                    async_hold_port(self.hass, link.listen_port, link.registration_bytes)
                )
            except OSError as err:
                await self.async_resume()
                return reason_of(err, link)
            self._holds = True
            return None

    @property
    def must_call_again(self) -> bool:
        """Whether the port was let go meanwhile at which the gateway has to call."""
        return isinstance(self._any_link, DialInLink) and self._task is None and not self._holds

    async def async_step_dial_in_wait(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait for the call."""
        if self.must_call_again and (reason := await self._async_hold(cast(DialInLink, self._any_link))):
            return await self._async_step_link(Link.DIAL_IN, None, {"base": reason})
        if (progress := self.show("dial_in_wait", self._async_wait_for_call, "waiting")) is not None:
            return progress
        return self.async_show_progress_done(next_step_id="called" if self.came_of_it else "no_call")

    async def _async_wait_for_call(self, _tell: Tell) -> bool:
        try:
            async with asyncio.timeout(CALL_PATIENCE):
                await self._dial_in.wait_for_call()
        except TimeoutError:
            return False
        return True

    async def async_step_called(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on: the gateway is on the line."""
        return await self.async_go_on_from_open_link()

    async def async_step_no_call(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Nobody has called."""
        if self._refused:
            return await self.async_step_wrong_call()
        return self._explain("no_call", "dial_in_wait", "edit_link")

    async def async_step_wrong_call(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Somebody has called and did not know the registration text."""
        return self._explain("wrong_call", "dial_in_wait", "edit_link", count=str(self._refused))

    @property
    def _refused(self) -> int:
        """How many callers were sent away."""
        return sum(self._dial_in.refusals.values())
