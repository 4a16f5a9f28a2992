"""The steps of the options about people: which user has which role, on which meters and circuits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.auth.models import User
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
from ..site.access import Role
from ..site.errors import AccessSettingsError
from ..site.people import AccessSettings, Person
from ..site_settings import async_site_settings
from .choices import circuit_options, meter_options, one_of, several_of, unchosen
from .site_options import Input, SiteOptions, without_what_is_gone
from .users import async_users, label, name_of
from .words import Words, async_words, listed

ROLE: Final = "role"
"""Selector in the translations."""

ROLES: Final = SelectSelector(
    SelectSelectorConfig(
        options=[role.value for role in Role if role is not Role.OWNER],
        mode=SelectSelectorMode.LIST,
        translation_key=ROLE,
    )
)


class PeopleOptions(SiteOptions):
    """Give roles to users of Home Assistant, change them and take them back."""

    _person: Person
    """Whose role is changed or taken back."""

    async def async_step_people(self, _user_input: Input | None = None) -> ConfigFlowResult:
        """Show who has which role, and choose what to do."""
        access = await self._async_access()
        words, users = await async_words(self.hass), await async_users(self.hass)
        names = names_of(self.hass)
        steps = ["add_person"] if self._without_role(access, users) else []
        if access.people:
            steps += ["change_person", "remove_person"]
        return self.async_show_menu(
            step_id="people",
            menu_options=[*steps, "done"],
            description_placeholders={
                "people": listed(
                    f"**{name_of(users, person.user_id)}**: {_told(person, words, names)}"
                    for person in access.people
                )
                or words.phrase("no_people")
            },
        )

    async def async_step_add_person(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Give a role to a user who has none."""
        access, users = await self._async_access(), await async_users(self.hass)
        options = [
            SelectOptionDict(value=user.id, label=label(user)) for user in self._without_role(access, users)
        ]

        def change(access: AccessSettings, entered: Input) -> AccessSettings:
            user = users.get(entered["user"])
            if user is None:
                raise AccessSettingsError("user", "no_user")
            if user.is_admin:
                raise AccessSettingsError("user", "administrator")
            return AccessSettings(people=(*access.people, _person_of(user.id, entered)))

        return await self._async_person_form(
            "add_person", user_input, {probatio.Required("user"): one_of(options)}, None, change
        )

    async def async_step_change_person(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose whose role to change."""
        if (shown := await self._async_choose_person("change_person", user_input)) is not None:
            return shown
        return await self.async_step_person()

    async def async_step_person(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Give somebody another role, or other meters."""
        person, users = self._person, await async_users(self.hass)
        return await self._async_person_form(
            "person",
            user_input,
            {},
            person,
            lambda access, entered: access.with_person(_person_of(person.user_id, entered)),
            {"name": name_of(users, person.user_id)},
        )

    async def async_step_remove_person(self, user_input: Input | None = None) -> ConfigFlowResult:
        """Choose whose role to take back, and do."""
        if (shown := await self._async_choose_person("remove_person", user_input)) is not None:
            return shown
        user_id = self._person.user_id
        name = name_of(await async_users(self.hass), user_id)
        async with self._async_changing(Doing.TAKE_ROLE, name) as settings:
            await settings.async_change_access(lambda access: access.without_person(user_id))
        return await self.async_step_people()

    # --- what they are made of ------------------------------------------------------------

    async def _async_access(self) -> AccessSettings:
        return (await async_site_settings(self.hass)).access

    def _without_role(self, access: AccessSettings, users: Mapping[str, User]) -> list[User]:
        """Users to whom a role can be given: administrators are owners."""
        return [user for user in users.values() if not user.is_admin and access.person(user.id) is None]

    async def _async_person_form(
        self,
        step_id: str,
        user_input: Input | None,
        first: dict[Any, Any],
        before: Person | None,
        change: Callable[[AccessSettings, Input], AccessSettings],
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Ask for a role and what is theirs; once it makes sense, keep what ``change`` makes of it."""
        form = {**first, probatio.Required("role"): ROLES}
        if meters := meter_options(self.hass, () if before is None else before.meters):
            form[probatio.Optional("meters")] = several_of(meters)
        if circuits := circuit_options(self.hass, () if before is None else before.circuits):
            form[probatio.Optional("circuits")] = several_of(circuits)
        schema = probatio.Schema(form)
        now: Input = unchosen(schema) if before is None else _as_entered(before)
        errors: dict[str, str] = {}
        if user_input is not None:
            entered = user_input
            now = without_what_is_gone(schema, entered)
            try:
                change(await self._async_access(), entered)
                doing = Doing.GIVE_ROLE if before is None else Doing.CHANGE_ROLE
                user_id = entered["user"] if before is None else before.user_id
                name = name_of(await async_users(self.hass), user_id)
                async with self._async_changing(doing, name) as settings:
                    await settings.async_change_access(lambda access: change(access, entered))
            except AccessSettingsError as err:
                errors[err.path if err.path in map(str, schema.schema) else "base"] = err.problem
            else:
                return await self.async_step_people()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, now),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_choose_person(self, step_id: str, user_input: Input | None) -> ConfigFlowResult | None:
        """Let somebody choose a person; None once it is known."""
        access, users = await self._async_access(), await async_users(self.hass)
        errors: dict[str, str] = {}
        if user_input is not None:
            if (person := access.person(user_input["user"])) is not None:
                self._person = person
                return None
            errors["user"] = "no_user"  # somebody else was faster
        options = [
            SelectOptionDict(value=person.user_id, label=name_of(users, person.user_id))
            for person in access.people
        ]
        schema = probatio.Schema({probatio.Required("user"): one_of(options, mode=SelectSelectorMode.LIST)})
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, unchosen(schema)),
            errors=errors,
        )


def _person_of(user_id: str, entered: Input) -> Person:
    """The person that somebody has described. Raises AccessSettingsError."""
    return Person(
        user_id=user_id,
        role=Role(entered["role"]),
        meters=tuple(entered.get("meters", ())),
        circuits=tuple(entered.get("circuits", ())),
    )


def _as_entered(person: Person) -> Input:
    """A person as somebody would have entered it."""
    return {"role": person.role.value, "meters": list(person.meters), "circuits": list(person.circuits)}


def _told(person: Person, words: Words, names: Mapping[str, str]) -> str:
    """A role with what belongs to it, in a line."""
    theirs = [*(names.get(serial, serial) for serial in person.meters), *person.circuits]
    return ", ".join((words.option(ROLE, person.role), *theirs))
