"""The flow of one meter: find new ones on a running line, add one by hand, change one."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, cast, override

from homeassistant.config_entries import (
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio

from ..bus.errors import BusError, LinkDownError, RefusedError, UnitBusyError, UnitSilentError
from ..const import CONF_CIRCUIT, CONF_IDENTITY, CONF_KEY, CONF_PROFILE, CONF_UNIT_ID, SUBENTRY_METER
from ..link_data import InvalidLinkError, ModbusLink, link_from_data
from ..links import LinkInUseError
from ..meters.discovery import FoundMeter, identify
from ..meters.errors import MeterError, UnknownDeviceError
from ..meters.identity import Identity
from ..meters.profile import Profile
from .key import (
    async_known_keys,
    async_try_key,
    line_of,
    without_key,
)
from .meters import (
    AUTOMATIC,
    KEY,
    Choice,
    async_library,
    choice_of,
    owners,
    profile_selector,
    subentry_of,
    tidy,
)
from .search import Outcome, Tell, reason_of, search_on
from .steps import UNIT_ID, SearchSteps

FORGET_KEY: Final = "forget_key"


class MeterSubentryFlow(SearchSteps[SubentryFlowResult], ConfigSubentryFlow):
    """Add meters to a bridge while it polls the others, or change one."""

    async def async_step_user(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Scan again, or add by hand."""
        try:
            link_from_data(self._get_entry().data)
        except InvalidLinkError:
            return self.async_abort(reason="invalid_link")
        return self.async_show_menu(
            step_id="user",
            menu_options=["scan_range", "by_hand"],
            description_placeholders={"link": self.place},
        )

    # --- the line -------------------------------------------------------------------------

    @property
    def _link(self) -> ModbusLink:
        """Link of the bridge. Raises InvalidLinkError."""
        return cast(ModbusLink, link_from_data(self._get_entry().data))

    @property
    def _known_units(self) -> dict[int, ConfigSubentry]:
        """Unit id -> the meter of this bridge that has it."""
        return {
            subentry.data[CONF_UNIT_ID]: subentry
            for subentry in self._get_entry().get_subentries_of_type(SUBENTRY_METER)
        }

    # --- scan -----------------------------------------------------------------------------

    @property
    @override
    def place(self) -> str:
        return self._get_entry().title

    @override
    def is_own(self, entry_id: str) -> bool:
        return entry_id == self._entry_id

    @override
    async def async_search(self, tell: Tell) -> Outcome:
        self.library = await async_library(self.hass, self._get_entry())
        wanted = [unit_id for unit_id in self.unit_ids if unit_id not in self._known_units]
        try:
            async with line_of(self.hass, self._get_entry(), *wanted) as bus:
                return await search_on(bus, self._link, self.library.profiles.values(), wanted, tell)
        except (LinkDownError, LinkInUseError, OSError) as err:
            return Outcome(link=self._link, trouble="link_failed", reason=reason_of(err, self._link))

    @override
    async def async_identify(self, unit_id: int, profile: str) -> Identity:
        async with line_of(self.hass, self._get_entry(), unit_id) as bus:
            return await identify(bus, unit_id, (), self.library.profiles[profile])

    @override
    async def async_check_key(self, choice: Choice, text: str) -> tuple[int | None, str | None]:
        identity = choice.meter.identity
        return await self._async_try_key(choice.meter.unit_id, identity, identity.profile, text)

    async def _async_try_key(
        self, unit_id: int, identity: Identity, profile: str, text: str
    ) -> tuple[int | None, str | None]:
        line = line_of(self.hass, self._get_entry(), unit_id)
        return await async_try_key(line, unit_id, self.library.profiles.get(profile), identity, text)

    @override
    async def async_known_keys(self) -> dict[str, int]:
        return await async_known_keys(self.hass, self._link)

    @override
    async def async_take(self, choices: list[Choice]) -> SubentryFlowResult:
        if not choices:
            return self.async_abort(reason="no_meter_added")
        if self._taken_now(choices):
            return await self.async_step_scan_done()  # another flow was faster
        for choice in choices:
            self._add(choice)
        return self.async_abort(reason="meters_added", description_placeholders={"count": str(len(choices))})

    def _taken_now(self, choices: list[Choice]) -> bool:
        return bool(owners(self.hass).keys() & {choice.meter.identity.serial for choice in choices})

    def _add(self, choice: Choice) -> None:
        stored = subentry_of(
            choice.meter.identity, choice.meter.unit_id, choice.name, choice.circuit, choice.key
        )
        self.hass.config_entries.async_add_subentry(
            self._get_entry(),
            ConfigSubentry(
                data=MappingProxyType(dict(stored["data"])),
                subentry_type=stored["subentry_type"],
                title=stored["title"],
                unique_id=stored["unique_id"],
            ),
        )

    # --- by hand --------------------------------------------------------------------------

    async def async_step_by_hand(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add the meter at one unit id."""
        errors: dict[str, str] = {}
        self.library = await async_library(self.hass, self._get_entry())
        found: dict[str, str] = {"found": "-"}
        if user_input is not None:
            unit_id = int(user_input[CONF_UNIT_ID])
            profile = self.library.profiles.get(user_input[CONF_PROFILE])
            meter: FoundMeter | None = None
            if unit_id in self._known_units:
                errors[CONF_UNIT_ID] = "unit_taken"
            else:
                identity, errors = await self._async_ask(unit_id, profile)
                if identity is not None:
                    meter = self._told_apart(FoundMeter(unit_id=unit_id, identity=identity))
            if meter is not None and (owner := owners(self.hass).get(meter.identity.serial)) is not None:
                errors["base"] = "meter_taken"
                found = {"found": f"{meter.identity.serial}: {owner.meter}, {owner.bridge}"}
            elif meter is not None:
                choice = choice_of(meter, self.library, await self.async_known_keys())
                key, trouble = choice.key, None
                if text := str(user_input.get(CONF_KEY) or "").strip():
                    key, trouble = await self.async_check_key(choice, text)
                if trouble is None:
                    stored = subentry_of(
                        meter.identity,
                        unit_id,
                        tidy(user_input.get("name")) or choice.name,
                        tidy(user_input.get(CONF_CIRCUIT)),
                        key,
                    )
                    return self.async_create_entry(
                        title=stored["title"], data=stored["data"], unique_id=stored["unique_id"]
                    )
                errors[CONF_KEY] = trouble
        schema = probatio.Schema(
            {
                probatio.Required(CONF_UNIT_ID): UNIT_ID,
                probatio.Required(CONF_PROFILE, default=AUTOMATIC): profile_selector(self.library, AUTOMATIC),
                probatio.Optional("name"): TextSelector(),
                probatio.Optional(CONF_CIRCUIT): TextSelector(),
                probatio.Optional(CONF_KEY): KEY,
            }
        )
        return self.async_show_form(
            step_id="by_hand",
            data_schema=self.add_suggested_values_to_schema(schema, without_key(user_input)),
            errors=errors,
            description_placeholders={"link": self.place, **found},
        )

    async def _async_ask(
        self, unit_id: int, profile: Profile | None
    ) -> tuple[Identity | None, dict[str, str]]:
        """Who is at ``unit_id``, or the error of the form that says why that is not known."""
        try:
            async with line_of(self.hass, self._get_entry(), unit_id) as bus:
                return await identify(bus, unit_id, self.library.profiles.values(), profile), {}
        except UnknownDeviceError, RefusedError:
            return None, {"base": "profile_does_not_fit" if profile is not None else "unknown_device"}
        except (LinkDownError, LinkInUseError, OSError) as err:
            return None, {"base": reason_of(err, self._link)}
        except InvalidLinkError:
            return None, {"base": "invalid_link"}
        except UnitSilentError:
            return None, {CONF_UNIT_ID: "unit_silent"}
        except UnitBusyError:
            return None, {CONF_UNIT_ID: "unit_busy"}
        except BusError, MeterError:
            return None, {CONF_UNIT_ID: "unit_garbled"}

    # --- change ---------------------------------------------------------------------------

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change name and circuit; unit id and profile once the meter has answered that way."""
        subentry = self._get_reconfigure_subentry()
        self.library = await async_library(self.hass, self._get_entry())
        errors: dict[str, str] = {}
        found = {"found": "-"}
        if user_input is not None:
            changed = {**subentry.data, CONF_CIRCUIT: tidy(user_input.get(CONF_CIRCUIT))}
            unit_id, profile = int(user_input[CONF_UNIT_ID]), user_input[CONF_PROFILE]
            if (unit_id, profile) != (subentry.data[CONF_UNIT_ID], subentry.data[CONF_PROFILE]):
                identity, errors, found = await self._async_check_move(subentry, unit_id, profile)
                if identity is not None:
                    stored = replace(identity, serial=subentry.unique_id or identity.serial).as_dict()
                    changed |= {CONF_UNIT_ID: unit_id, CONF_PROFILE: profile, CONF_IDENTITY: stored}
            if user_input.get(FORGET_KEY):
                changed.pop(CONF_KEY, None)
            elif (text := str(user_input.get(CONF_KEY) or "").strip()) and not errors:
                identity = Identity.from_dict(changed[CONF_IDENTITY])
                key, trouble = await self._async_try_key(
                    changed[CONF_UNIT_ID], identity, changed[CONF_PROFILE], text
                )
                if trouble is None:
                    changed[CONF_KEY] = key
                else:
                    errors[CONF_KEY] = trouble
            if not errors:
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    title=tidy(user_input["name"]) or subentry.title,
                    data=changed,
                    reason="meter_changed",
                )
        schema = probatio.Schema(
            {
                probatio.Required("name"): TextSelector(),
                probatio.Optional(CONF_CIRCUIT): TextSelector(),
                probatio.Required(CONF_UNIT_ID): UNIT_ID,
                probatio.Required(CONF_PROFILE): profile_selector(
                    self.library, *self._profile_gone(subentry)
                ),
                probatio.Optional(CONF_KEY): KEY,
                **({probatio.Optional(FORGET_KEY): BooleanSelector()} if CONF_KEY in subentry.data else {}),
            }
        )
        values = without_key(user_input or {"name": subentry.title, **subentry.data})
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={"meter": subentry.title, "serial": subentry.unique_id or "-", **found},
        )

    def _profile_gone(self, subentry: ConfigSubentry) -> tuple[str, ...]:
        """The meter's profile when it is no choice any more, so that the rest can still be changed."""
        profile = subentry.data[CONF_PROFILE]
        return () if profile in self.library.profiles else (profile,)

    async def _async_check_move(
        self, subentry: ConfigSubentry, unit_id: int, profile: str
    ) -> tuple[Identity | None, dict[str, str], dict[str, str]]:
        """Whether the meter answers there and that way.

        Who it is, or errors of the form and who is there instead.
        """
        other = self._known_units.get(unit_id)
        if other is not None and other.subentry_id != subentry.subentry_id:
            return None, {CONF_UNIT_ID: "unit_taken"}, {"found": other.title}
        chosen = self.library.profiles.get(profile)
        if chosen is None:
            return None, {CONF_PROFILE: "profile_missing"}, {"found": profile}
        identity, errors = await self._async_ask(unit_id, chosen)
        if identity is None:
            return None, errors, {"found": "-"}
        if chosen.has_serial and identity.serial != subentry.unique_id:
            return None, {CONF_UNIT_ID: "other_meter"}, {"found": identity.serial}
        return identity, {}, {"found": identity.serial}
