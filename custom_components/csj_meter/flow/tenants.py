"""The steps of the options about tenants: who lives behind which meter, and their links to the portal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    DateTimeSelector,
    LanguageSelector,
    QrCodeSelector,
    QrCodeSelectorConfig,
    SelectOptionDict,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import probatio

from ..access.dialogues import async_in_dialogue
from ..access.doors import place_of
from ..alerting.names import names_of
from ..language import dates
from ..language.texts import Texts
from ..markdown import plain
from ..moments import utc_of
from ..site.access import Permission
from ..site.errors import TenantError
from ..site.tenants import Tenancies, Tenancy
from ..site_texts import current_texts
from ..tenants.book import async_tenants
from ..tenants.links import async_make_link, async_revoke_link
from ..tenants.moving import (
    async_closing_statement,
    async_move_in,
    async_move_out,
    async_turn,
    new_id,
)
from .choices import channel_options, meter_options, number, one_of, unchosen
from .site_options import Input, SiteOptions, without_what_is_gone
from .words import Words, async_words, listed

QR_SCALE: Final = 5
"""Dots of the screen for one of the code."""


class Doing(StrEnum):
    """What is done here, as the audit log has it; the panel has a text for each."""

    MOVE_IN = "move in"
    CHANGE_TENANT = "change tenant"
    MOVE_OUT = "move out"
    MAKE_PORTAL_LINK = "make portal link"
    REVOKE_PORTAL_LINK = "revoke portal link"
    FORGET_TENANT = "forget tenant"


_READINGS: Final = ("energy", "balance")


class TenantOptions(SiteOptions):
    """Tenants move in and out; their links are made and taken back."""

    _tenancy: Tenancy
    """Who was chosen."""

    async def async_step_tenants(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Show who lives where, and choose what to do."""
        tenancies, names = await self._async_tenancies(), names_of(self.hass)
        words, texts = await async_words(self.hass), current_texts(self.hass)
        current = [one for one in tenancies.all if one.is_current]
        steps = ["add_tenant"]
        if current:
            steps += ["change_tenant", "move_out", "portal_link"]
        if any(one.link is not None for one in current):
            steps.append("revoke_link")
        if tenancies.all:
            steps.append("forget_tenant")
        return self.async_show_menu(
            step_id="tenants",
            menu_options=[*steps, "done"],
            description_placeholders={
                "tenants": listed(_line(one, words, texts, names) for one in current)
                or words.phrase("no_tenants")
            },
        )

    async def async_step_add_tenant(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Somebody moves in."""
        taken = {one.serial for one in (await self._async_tenancies()).all if one.is_current}
        meters = [one for one in meter_options(self.hass) if one["value"] not in taken]
        schema = probatio.Schema(
            {
                probatio.Required("meter"): one_of(meters),
                **await self._async_person_fields(),
                **_turn_fields(),
            }
        )

        async def move_in(entered: Input) -> None:
            serial = entered["meter"]
            moved_in = await async_turn(self.hass, serial, _moment(entered), *_readings(entered))
            tenancy = _described(Tenancy(id=new_id(), serial=serial, name="-", moved_in=moved_in), entered)
            async with self._async_audited(serial, Doing.MOVE_IN):
                await async_move_in(self.hass, tenancy)

        if (errors := await self._async_tried(schema, user_input, move_in)) is None:
            return await self.async_step_tenants()
        now = {**unchosen(schema), "language": self.hass.config.language}
        return self._form("add_tenant", schema, user_input or now, errors)

    async def async_step_change_tenant(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose whose name or contact to change."""
        if (shown := await self._async_choose_tenant("change_tenant", user_input)) is not None:
            return shown
        return await self.async_step_tenant()

    async def async_step_tenant(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Change name, contact and language of somebody."""
        tenancy = self._tenancy
        schema = probatio.Schema(await self._async_person_fields())

        async def change(entered: Input) -> None:
            async with self._async_audited(tenancy.serial, Doing.CHANGE_TENANT):
                await (await async_tenants(self.hass)).async_change(
                    lambda all_: all_.changed(tenancy.id, lambda one: _described(one, entered))
                )

        if (errors := await self._async_tried(schema, user_input, change)) is None:
            return await self.async_step_tenants()
        now = {
            name: value
            for name in ("name", "email", "phone", "channel", "language")
            if (value := getattr(tenancy, name)) is not None
        }
        return self._form("tenant", schema, user_input or now, errors)

    async def async_step_move_out(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose who moves out."""
        if (shown := await self._async_choose_tenant("move_out", user_input)) is not None:
            return shown
        return await self.async_step_moving_out()

    async def async_step_moving_out(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Say when, and what the meter showed."""
        tenancy, schema = self._tenancy, probatio.Schema(_turn_fields())

        async def leave(entered: Input) -> None:
            turn = await async_turn(self.hass, tenancy.serial, _moment(entered), *_readings(entered))
            async with self._async_audited(tenancy.serial, Doing.MOVE_OUT):
                self._tenancy = await async_move_out(self.hass, tenancy.id, turn)

        if (errors := await self._async_tried(schema, user_input, leave)) is None:
            return await self.async_step_closing_statement()
        return self._form("moving_out", schema, user_input or {}, errors, name=plain(tenancy.name))

    async def async_step_closing_statement(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Show what was used, paid and left over."""
        if user_input is not None:
            return await self.async_step_tenants()
        told = await async_closing_statement(self.hass, self._tenancy)
        words, unit = await async_words(self.hass), told["unit"] or ""
        texts = current_texts(self.hass)

        def shown(name: str, unit: str) -> str:
            value = told[name]
            return words.phrase("unknown") if value is None else f"{value:.2f} {unit}".strip()

        return self._form(
            "closing_statement",
            probatio.Schema({}),
            {},
            {},
            name=plain(self._tenancy.name),
            energy=shown("energy", "kWh"),
            **{name: shown(name, unit) for name in ("topped_up", "cost", "credit_left")},
            remarks="\n\n".join(texts(f"statement.remark_{remark}") for remark in told["remarks"]),
        )

    async def async_step_portal_link(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose who gets a link; one that they have ends."""
        made: list[str] = []

        async def make(tenancy: Tenancy) -> None:
            async with self._async_audited(tenancy.serial, Doing.MAKE_PORTAL_LINK):
                made.append(await async_make_link(self.hass, tenancy.id))

        if (shown := await self._async_choose_tenant("portal_link", user_input, work=make)) is not None:
            return shown
        (link,) = made
        return self._form(
            "portal_link_made",
            probatio.Schema(
                {
                    probatio.Optional("qr_code"): QrCodeSelector(
                        QrCodeSelectorConfig(data=link, scale=QR_SCALE)
                    )
                }
            ),
            {},
            {},
            name=plain(self._tenancy.name),
            link=link,
        )

    async def async_step_portal_link_made(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """The link was copied; it is not shown again."""
        return await self.async_step_tenants()

    async def async_step_revoke_link(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose whose link ends, and do."""

        async def revoke(tenancy: Tenancy) -> None:
            async with self._async_audited(tenancy.serial, Doing.REVOKE_PORTAL_LINK):
                await async_revoke_link(self.hass, tenancy.id)

        shown = await self._async_choose_tenant(
            "revoke_link", user_input, lambda one: one.link is not None, revoke
        )
        return await self.async_step_tenants() if shown is None else shown

    async def async_step_forget_tenant(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose of whom nothing is kept, and do."""

        async def forget(tenancy: Tenancy) -> None:
            async with self._async_audited(tenancy.serial, Doing.FORGET_TENANT):
                await (await async_tenants(self.hass)).async_change(lambda all_: all_.without(tenancy.id))

        shown = await self._async_choose_tenant("forget_tenant", user_input, lambda _: True, forget)
        return await self.async_step_tenants() if shown is None else shown

    # --- what they are made of ------------------------------------------------------------

    async def _async_tenancies(self) -> Tenancies:
        return (await async_tenants(self.hass)).tenancies

    async def _async_person_fields(self) -> dict[Any, Any]:
        """Who somebody is, and how they are told something."""
        fields: dict[Any, Any] = {
            probatio.Required("name"): TextSelector(),
            probatio.Optional("email"): TextSelector(TextSelectorConfig(type=TextSelectorType.EMAIL)),
            probatio.Optional("phone"): TextSelector(TextSelectorConfig(type=TextSelectorType.TEL)),
        }
        if channels := channel_options(await self._async_alerts()):
            fields[probatio.Optional("channel")] = one_of(channels)
        fields[probatio.Required("language")] = LanguageSelector()
        return fields

    async def _async_tried(
        self, schema: probatio.Schema, user_input: Input | None, work: Callable[[Input], Any]
    ) -> dict[str, str] | None:
        """What is wrong with an input; None when ``work`` has done what was asked for."""
        if user_input is None:
            return {}
        try:
            await work(user_input)
        except TenantError as err:
            return {err.path if err.path in map(str, schema.schema) else "base": err.problem}
        return None

    @callback
    def _form(
        self, step_id: str, schema: probatio.Schema, now: Input, errors: dict[str, str], **placeholders: str
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, without_what_is_gone(schema, now)),
            errors=errors,
            description_placeholders=placeholders or None,
        )

    async def _async_choose_tenant(
        self,
        step_id: str,
        user_input: Input | None,
        offered: Callable[[Tenancy], bool] = lambda one: one.is_current,
        work: Callable[[Tenancy], Awaitable[None]] | None = None,
    ) -> ConfigFlowResult | None:
        """Let somebody choose a tenant; None once it is known, and ``work`` done."""
        tenancies = await self._async_tenancies()
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                found = tenancies.get(user_input["tenant"])
                if work is not None:
                    await work(found)
            except TenantError:
                errors["tenant"] = "no_tenant"  # somebody else was faster
            else:
                self._tenancy = found
                return None
        options = _options(filter(offered, tenancies.all), names_of(self.hass))
        schema = probatio.Schema({probatio.Required("tenant"): one_of(options, mode=SelectSelectorMode.LIST)})
        return self._form(step_id, schema, unchosen(schema), errors)

    def _async_audited(self, serial: str, what: Doing) -> Any:
        """Around something that the audit log has to have."""
        place = place_of(self.hass, serial)
        return async_in_dialogue(self.hass, Permission.TENANTS, place, f"options: {what}")


def _options(tenancies: Iterable[Tenancy], names: dict[str, str]) -> list[SelectOptionDict]:
    """Tenants by name, with their meter, and when they moved out."""
    found = sorted(tenancies, key=lambda one: (not one.is_current, one.name.casefold()))
    return [SelectOptionDict(value=one.id, label=_label(one, names)) for one in found]


def _line(tenancy: Tenancy, words: Words, texts: Texts, names: dict[str, str]) -> str:
    """Somebody in a line of the list."""
    told = {
        "name": plain(tenancy.name),
        "meter": names.get(tenancy.serial, tenancy.serial),
        "since": dates.date(texts, dt_util.as_local(tenancy.moved_in.at)),
    }
    if tenancy.link is None:
        return words.phrase("tenant", **told)
    return words.phrase("tenant_with_link", **told)


def _label(tenancy: Tenancy, names: dict[str, str]) -> str:
    label = f"{tenancy.name}, {names.get(tenancy.serial, tenancy.serial)}"
    if tenancy.moved_out is None:
        return label
    days = (dt_util.as_local(turn.at).date() for turn in (tenancy.moved_in, tenancy.moved_out))
    return f"{label} ({' – '.join(map(str, days))})"


def _turn_fields() -> dict[Any, Any]:
    """When, and what the meter showed; what is left empty is now, and as the meter says."""
    return {
        probatio.Optional("at"): DateTimeSelector(),
        probatio.Optional("energy"): number("kWh", fraction=True),
        probatio.Optional("balance"): number(fraction=True),
    }


def _described(tenancy: Tenancy, entered: Input) -> Tenancy:
    """Somebody as a form describes them. Raises TenantError."""
    return replace(
        tenancy,
        name=entered["name"].strip(),
        email=_text(entered, "email"),
        phone=_text(entered, "phone"),
        channel=_text(entered, "channel"),
        language=_text(entered, "language") or tenancy.language,
    )


def _text(entered: Input, name: str) -> str | None:
    return str(entered.get(name) or "").strip() or None


def _moment(entered: Input) -> dt.datetime | None:
    """The moment of a form, by the clock of the home; None for now. Raises TenantError."""
    if not (text := entered.get("at")):
        return None
    try:
        return utc_of(dt_util.parse_datetime(text, raise_on_error=True))
    except ValueError as err:
        raise TenantError("at", "cannot_be") from err


def _readings(entered: Input) -> list[Decimal | None]:
    """Energy and balance that somebody has read themselves. Raises TenantError."""
    found: list[Decimal | None] = []
    for name in _READINGS:
        value = entered.get(name)
        try:
            found.append(None if value is None else Decimal(str(value)).quantize(Decimal("0.01")))
        except ArithmeticError as err:
            raise TenantError(name, "impossible_reading") from err
    return found
